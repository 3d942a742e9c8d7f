/**
 * Goroutine rows, packed, and the area of a whole group: tall = working or fighting for something, low = parked.
 */
import {SOLO} from "../core/tile_key.js";
import {paintGroup, paintLives, paintRow, paintTiles} from "./paint_rows.js";
import {paintMarks} from "./row_marks.js";
import {wordOf} from "../core/color.js";

/** @typedef {import("./raster.js").Cell} Cell */
/** @typedef {import("./raster.js").Style} Style */
/** @typedef {import("./kinds.js").Look} Look */
/** @typedef {import("../core/color.js").Colors} Colors */
/** @typedef {import("../net/tile_cache.js").Source} Source */

/** Where a row's bar lies, in device px: 1 px of air above and below. @param {number} top @param {number} row CSS px @param {number} dpr */
export function barOf(top, row, dpr) {
    const bar = Math.round((row - 2) * dpr);
    return {base: top + Math.round((row - 1) * dpr), bar, low: Math.max(1, Math.round(bar * 4 / 14))};
}

/** Colours of what is no state. @param {Colors} colors */
function wordsOf({token}) {
    const word = (/** @type {string} */ name) => wordOf(token[name] ?? "#808080");
    return {born: word("text"), marks: {region: word("accent"), mark: word("text"), lane: word("lane")}};
}

export const goroutineRows = {
    /** @param {Cell} c @param {Source} source @param {Look} look @param {Colors} colors */
    paint(c, source, look, colors) {
        const {born, marks} = wordsOf(colors);
        for (let i = 0; i < look.rows; i++) {
            const {base, bar, low} = barOf(Math.round(i * look.bar * c.dpr), look.bar, c.dpr);
            const style = {base, bar, parked: low, full: 1, words: colors.fillWord, edge: null};
            if (source.kind === "tiles") paintTiles(c, source.tiles, look.first + i, style);
            else {
                const chunks = /** @type {import("../core/chunk_codec.js").Chunk[]} */ (source.chunks);
                paintRow(c, chunks, look.first + i, style);
                paintLives(c, chunks, look.first + i, style, born, colors.faintWord);
                paintMarks(c, chunks, look.first + i, style, marks);
            }
        }
    },
};

/** Name of the view that has a row for each. @param {readonly import("../types.js").Isolated[]} list */
export const soloView = (list) => SOLO + list.map(({g}) => g).join();

/** One goroutine alone: of its row only what it did itself. */
export const soloRow = {
    /** @param {Cell} c @param {Source} source @param {Look} look @param {Colors} colors */
    paint(c, source, look, colors) {
        const {solo} = look;
        if (!solo) return;
        const {base, bar, low} = barOf(0, look.bar, c.dpr);
        const style = {base, bar, parked: low, full: 1, words: colors.fillWord, edge: null};
        if (source.kind === "tiles") return paintTiles(c, source.tiles, look.first, style);
        const chunks = /** @type {import("../core/chunk_codec.js").Chunk[]} */ (source.chunks);
        const {born, marks} = wordsOf(colors);
        const life = {...c, t0: Math.max(c.t0, solo.born), t1: Math.min(c.t1, solo.gone)};
        if (life.t1 < life.t0) return;
        paintRow(life, chunks, solo.row & 31, style);
        paintLives(c, chunks, solo.row & 31, style, born, colors.faintWord, Number(solo.g));
        paintMarks(life, chunks, solo.row & 31, style, marks, Number(solo.g));
    },
};

export const groupArea = {
    /** @param {Cell} c @param {Source} source @param {Look} look @param {Colors} colors */
    paint(c, source, look, colors) {
        const bar = c.h;
        const style = {base: bar, bar, parked: 0, full: Math.max(look.full, 1), words: colors.tintWord, edge: colors.fillWord};
        if (source.kind === "tiles") paintTiles(c, source.tiles, look.first, style);
        else paintGroup(c, /** @type {import("../core/chunk_codec.js").GroupChunk[]} */ (source.chunks), look.first, style);
    },
};

/** What the rows of a group do, one with the other. */
export const meanRow = {
    /** @param {Cell} c @param {Source} source @param {Look} look @param {Colors} colors */
    paint(c, source, look, colors) {
        const {base, bar, low} = barOf(0, look.bar, c.dpr);
        const style = {base, bar, parked: low, full: Math.max(look.full, 1), words: colors.fillWord, edge: null};
        if (source.kind === "tiles") paintTiles(c, source.tiles, look.first, style);
        else paintGroup(c, /** @type {import("../core/chunk_codec.js").GroupChunk[]} */ (source.chunks), look.first, style);
    },
};

/** Goroutines that are not parked, on a scale of their own (rule 7). */
export const loudArea = {
    /** @param {Cell} c @param {Source} source @param {Look} look @param {Colors} colors */
    paint(c, source, look, colors) {
        const style = {base: c.h, bar: c.h, parked: 0, full: Math.max(look.full, 1), words: colors.fillWord, edge: null, loudOnly: true};
        if (source.kind === "tiles") paintTiles(c, source.tiles, look.first, style);
    },
};
