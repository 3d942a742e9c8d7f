/**
 * The strips that the screen needs: a strip is what one column of bitmaps shows, some rows of a block, or one area.
 */
import {bandIndexAt, isInUse, rowNumber} from "../core/lanes.js";
import {soloView} from "./lane_goroutine.js";

/** @typedef {import("../core/lanes.js").Band} Band */
/** @typedef {import("../core/lanes.js").Layout} Layout */
/** @typedef {import("../types.js").Manifest} Manifest */
/** @typedef {import("./kinds.js").Kind} Kind */

/** The picture of a whole block takes up to 5 ms to paint; of a quarter, what is wanted most comes first. */
const STRIP_ROWS = 8;

/**
 * @typedef {object} Place
 * @property {string} key         of its bitmaps, without time
 * @property {string} view @property {number} block
 * @property {number} y           CSS px from the top of all lanes
 * @property {number} height      CSS px
 * @property {Band} band
 * @property {Strip|null} mean    what all rows of its group do together: stands in for each row while nothing of it is there
 *
 * @typedef {import("./kinds.js").Look & Place} Strip
 */

/** @param {Band} band @param {Manifest} manifest @param {Map<string, number>} tops @returns {Strip|null} of a band that shows one row */
function singleStrip(band, manifest, tops) {
    const y = band.y + band.top;
    const common = {view: band.view, block: band.row >> 5, first: band.row & 31, rows: 1, bar: band.bar, y, height: band.bar, band, mean: null};
    const key = `${band.view}${band.row}/${band.bar}`;
    const top = tops.get(band.id) ?? 1;
    switch (band.draw) {
        case "single": return {...common, kind: "G", key: `s${key}`, full: 1};
        case "area": return {...common, kind: "area", key, full: band.group?.alive_max ?? 1};
        case "activity": return {...common, kind: "area", key, full: band.row === 1 ? manifest.threads.length : manifest.procs.length};
        case "counter": return isInUse(band) ? {...common, kind: "loud", key: `loud${key}/${top}`, full: top} : null;
        default: return null;
    }
}

/** Strips of a block of rows that touch [y0, y1). @param {Band} band @param {number} y0 @param {number} y1 @param {Strip[]} out */
function rowStrips(band, y0, y1, out) {
    const size = STRIP_ROWS * band.bar;
    const top = band.y + band.top;
    const from = Math.max(0, Math.floor((y0 - top) / size));
    if (band.solo.length > 0) return void soloStrips(band, y0, y1, out);
    if (band.listed.length > 0) return void listedStrips(band, y0, y1, out);
    const mean = meanStrip(band);
    for (let i = from; i * STRIP_ROWS < band.rows && top + i * size < y1; i++) {
        const row = i * STRIP_ROWS;
        out.push(rowStrip(band, row, Math.min(STRIP_ROWS, band.rows - row), mean));
    }
}

/** @param {Band} band of rows @returns {Strip|null} */
function meanStrip(band) {
    if (!band.group) return null;
    const {group} = band.group;
    return {
        kind: "mean", key: `mean${group}/${band.bar}`, view: "F", block: group >> 5, first: group & 31, rows: 1, bar: band.bar, y: band.y + band.top,
        height: band.bar, full: band.rows, band, mean: null,
    };
}

/** These and what stands in for them, each once, that first: it is little, and covers much. @param {readonly Strip[]} strips */
export const withMeans = (strips) => [...new Set(strips.map(({mean}) => mean)), ...strips].filter((strip) => strip !== null);

/** A strip per goroutine; one tile has them all. @param {Band} band @param {number} y0 @param {number} y1 @param {Strip[]} out */
function soloStrips(band, y0, y1, out) {
    const view = soloView(band.company);
    band.solo.forEach((solo, i) => {
        const y = band.y + band.top + i * band.bar;
        if (y >= y1 || y + band.bar <= y0) return;
        out.push({kind: "solo", key: `I${solo.g}/${solo.gone}/${band.bar}`, view, block: 0, first: band.at + i, rows: 1, bar: band.bar, y, height: band.bar, full: 1, band, mean: null, solo});
    });
}

/** @param {Band} band @param {number} at place of its first row @param {number} rows that follow each other in number too @param {Strip|null} mean @returns {Strip} */
function rowStrip(band, at, rows, mean = null) {
    const {view, bar} = band;
    const number = rowNumber(band, at);
    const block = number >> 5;
    const first = number & 31;
    return {
        kind: /** @type {Kind} */ (view), key: `${view}/${block}.${first}+${rows}/${bar}`, view, block, first, rows, bar,
        y: band.y + band.top + at * bar, height: rows * bar, full: 1, band, mean,
    };
}

/** Strips of rows that are not listed by number: as long as their numbers follow each other. @param {Band} band @param {number} y0 @param {number} y1 @param {Strip[]} out */
function listedStrips(band, y0, y1, out) {
    for (let at = 0, rows = 1; at < band.rows; at += rows) {
        const number = rowNumber(band, at);
        for (rows = 1; at + rows < band.rows && rows < STRIP_ROWS; rows++) {
            if (rowNumber(band, at + rows) !== number + rows || ((number + rows) & 31) === 0) break;
        }
        const strip = rowStrip(band, at, rows);
        if (strip.y < y1 && strip.y + strip.height > y0) out.push(strip);
    }
}

/**
 * @param {Layout} layout @param {Manifest} manifest @param {number} y0 @param {number} y1 CSS px from the top of all lanes
 * @param {Map<string, number>} tops what the scales of counters end with
 * @returns {Strip[]}
 */
export function stripsBetween(layout, manifest, y0, y1, tops) {
    /** @type {Strip[]} */
    const out = [];
    for (let b = bandIndexAt(layout, y0); b < layout.bands.length; b++) {
        const band = layout.bands[b];
        if (!band || band.y >= y1) break;
        const above = layout.bands[b - 1];
        if (band.draw === "rows") rowStrips(band, y0, y1, out);
        else if (band.draw === "stack" && above && out.length === 0) soloStrips(above, -Infinity, Infinity, out); // its row is above the screen
        else {
            const strip = singleStrip(band, manifest, tops);
            if (strip) out.push(strip);
        }
    }
    return out;
}
