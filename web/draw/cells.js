/**
 * Strips onto the canvas: each is cut into cells along the tile grid, a cell is painted once per scale, and a frame only blits.
 * While a zoom runs, pictures are stretched until they are painted sharp again, what is blank first (painter.js).
 */
import {SOLO_RAW} from "../core/tile_codec.js";
import {tileKey, tileSpan} from "../core/tile_key.js";
import {withMeans} from "./strips.js";

/** @typedef {import("./display_list.js").Recorder} Recorder */
/** @typedef {import("./strips.js").Strip} Strip */
/** @typedef {import("./paint_cell.js").Order} Order */
/** @typedef {import("./scale.js").View} View */
/** @typedef {import("./bitmaps.js").Bitmap} Bitmap */
/** @typedef {import("./bitmaps.js").Bitmaps} Bitmaps */
/** @typedef {import("../core/color.js").Colors} Colors */
/** @typedef {import("../net/tile_cache.js").TileCache} TileCache */
/** @typedef {import("../net/tile_cache.js").Source} Source */
/** @typedef {{cache: TileCache, bitmaps: Bitmaps, span: number, levels: number}} Trace */
/** @typedef {{strip: Strip, key: string, x: number, source: Source, urgent: number}} Job */

/** While a zoom runs, pictures are stretched or shrunk by up to so many powers of 2. */
const STRETCH = 1.3;
const FINER = 3;

/** First and last cell that touch the window. @param {View} view @param {number} span */
export function cellsOver(view, span) {
    const size = tileSpan(view.scale.level);
    return {first: Math.floor(Math.max(view.t0, 0) / size), last: Math.ceil(Math.min(view.t1, span) / size) - 1};
}

/** Level of the tile that a cell is painted from. @param {View} view @param {number} levels */
export const tileLevel = (view, levels) => Math.min(Math.max(view.scale.level, 0), levels - 1);

/** Tile that holds a cell. @param {View} view @param {number} x of the cell @param {number} levels */
export const tileOfCell = (view, x, levels) => Math.floor(x * 2 ** (view.scale.level - tileLevel(view, levels)));

/** The best source for a cell. @param {Trace} trace @param {View} view @param {Strip} strip @param {number} x */
export function sourceOf(trace, view, strip, x) {
    if (strip.solo) {
        const own = trace.cache.source("G", tileLevel(view, trace.levels), strip.solo.row >> 5, tileOfCell(view, x, trace.levels));
        if (own?.kind === "chunks") return own;
    }
    return trace.cache.source(strip.view, tileLevel(view, trace.levels), strip.block, tileOfCell(view, x, trace.levels));
}

/** What is to be painted for a job. @param {Trace} trace @param {View} view @param {Job} job @param {Colors} colors @returns {Order} */
export function orderOf(trace, view, {strip, x, source}, colors) {
    const {s, ref, dpr, id} = view.scale;
    const {kind, first, rows, bar, full, solo} = strip;
    const size = tileSpan(view.scale.level);
    const t0 = x * size;
    const t1 = Math.max(Math.min(t0 + size, trace.span, source.until), t0 + 1);
    const left = Math.round((t0 - ref) * s);
    const w = Math.max(Math.round((t1 - ref) * s) - left, 1);
    const h = Math.max(Math.round(strip.height * dpr), 1);
    return {
        look: {kind, first, rows, bar, full, ...(solo ? {solo} : {})}, from: source.kind, w, h, dpr, s, left, t0, t1, offset: (t0 - ref) * s - left,
        scale: id, sig: source.sig, theme: colors.theme,
    };
}

/** @param {Recorder} ctx @param {View} view @param {Bitmap} cell @param {number} y device px @param {number} from @param {number} to page ns: the part that is wanted */
function blit(ctx, view, cell, y, from, to) {
    const {ref, s} = view.scale;
    const a = Math.max(from, cell.t0);
    const b = Math.min(to, cell.t1);
    if (b <= a) return;
    const x0 = Math.round((a - ref) * s) - view.offset;
    if (cell.scale === view.scale.id && a === cell.t0 && b === cell.t1) return void ctx.drawPicture(cell.picture, 0, 0, cell.w, cell.h, x0, y, cell.w, cell.h);
    const x1 = Math.round((b - ref) * s) - view.offset;
    const sx = (a - cell.t0) / (cell.t1 - cell.t0) * cell.w;
    const sw = (b - a) / (cell.t1 - cell.t0) * cell.w;
    if (x1 > x0 && sw > 0) ctx.drawPicture(cell.picture, sx, 0, sw, cell.h, x0, y, x1 - x0, cell.h);
}

/** How far off the scale of the nearest stand-in that covers a cell is, in powers of 2; Infinity: there is none. @param {Trace} trace @param {View} view @param {Strip} strip @param {number} x */
function standInRatio(trace, view, strip, x) {
    const {level, s} = view.scale;
    const up = trace.bitmaps.get(`${strip.key}/${level + 1}/${Math.floor(x / 2)}`) ?? trace.bitmaps.get(`${strip.key}/${level + 2}/${Math.floor(x / 4)}`);
    if (up) return Math.abs(Math.log2(s / up.s));
    const a = trace.bitmaps.get(`${strip.key}/${level - 1}/${2 * x}`);
    const b = trace.bitmaps.get(`${strip.key}/${level - 1}/${2 * x + 1}`);
    return a && (b || (2 * x + 1) * tileSpan(level - 1) >= view.t1) ? Math.abs(Math.log2(s / a.s)) : Infinity;
}

/** A stand-in from another level: one that covers the cell, else parts of it. @param {Recorder} ctx @param {Trace} trace @param {View} view @param {Strip} strip @param {number} x @param {number} y */
function standIn(ctx, trace, view, strip, x, y) {
    const level = view.scale.level;
    const size = tileSpan(level);
    for (let up = 1; level + up < trace.levels; up++) {
        const cell = trace.bitmaps.get(`${strip.key}/${level + up}/${Math.floor(x / 2 ** up)}`);
        if (!cell) continue;
        blit(ctx, view, cell, y, x * size, (x + 1) * size);
        return true;
    }
    for (let down = 1; down <= FINER; down++) {
        let found = false;
        for (let i = 0; i < 2 ** down; i++) {
            const cell = trace.bitmaps.get(`${strip.key}/${level - down}/${x * 2 ** down + i}`);
            if (!cell) continue;
            blit(ctx, view, cell, y, cell.t0, cell.t1);
            found = true;
        }
        if (found) return true;
    }
    return false;
}

/** Each row as the rows of its group are together. @param {Recorder} ctx @param {Trace} trace @param {View} view @param {Strip} strip @param {Strip} mean @param {number} x @param {number} y */
function standInRows(ctx, trace, view, strip, mean, x, y) {
    const cell = trace.bitmaps.get(`${mean.key}/${view.scale.level}/${x}`);
    for (let i = 0; i < strip.rows; i++) {
        const top = y + Math.round(i * strip.bar * view.dpr);
        if (cell) blit(ctx, view, cell, top, cell.t0, cell.t1);
        else if (!standIn(ctx, trace, view, mean, x, top)) return;
    }
}

/** How urgently a cell must be painted: 0 not at all, else the more the sooner. @param {Bitmap|undefined} cell @param {Source} source @param {View} view @param {string} theme @param {boolean} moving @param {() => number} ratio of its stand-in */
function urgency(cell, source, view, theme, moving, ratio) {
    if (!cell) {
        const off = moving ? ratio() : Infinity;
        return off === Infinity ? 3 : off > STRETCH ? 1 : 0;
    }
    if (cell.theme !== theme) return 2;
    if (cell.scale !== view.scale.id) {
        return moving ? (Math.abs(Math.log2(view.scale.s / cell.s)) > STRETCH ? 1 : 0) : 2;
    }
    return cell.sig === source.sig ? 0 : moving ? 0 : 2;
}

/** Cells of the screen that are to be painted, the most urgent first.
 * @param {Trace} trace @param {View} view @param {Strip[]} strips @param {Colors} colors @param {boolean} moving */
export function jobsOf(trace, view, strips, colors, moving) {
    const {first, last} = cellsOver(view, trace.span);
    /** @type {Job[]} */
    const jobs = [];
    for (const strip of withMeans(strips)) {
        for (let x = first; x <= last; x++) {
            const key = `${strip.key}/${view.scale.level}/${x}`;
            const source = sourceOf(trace, view, strip, x);
            const urgent = source ? urgency(trace.bitmaps.get(key), source, view, colors.theme, moving, () => standInRatio(trace, view, strip, x)) : 0;
            if (source && urgent > 0) jobs.push({strip, key, x, source, urgent});
        }
    }
    return jobs.sort((a, b) => b.urgent - a.urgent);
}

/** Draws all strips from what is painted. @param {Recorder} ctx @param {Trace} trace @param {View} view @param {Strip[]} strips @param {number} scrollY */
export function drawStrips(ctx, trace, view, strips, scrollY) {
    const {first, last} = cellsOver(view, trace.span);
    ctx.save();
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.imageSmoothingEnabled = false;
    for (const strip of strips) {
        const y = Math.round((strip.y - scrollY) * view.dpr);
        for (let x = first; x <= last; x++) {
            const cell = trace.bitmaps.get(`${strip.key}/${view.scale.level}/${x}`);
            if (cell) blit(ctx, view, cell, y, cell.t0, cell.t1);
            else if (!standIn(ctx, trace, view, strip, x, y) && strip.mean) standInRows(ctx, trace, view, strip, strip.mean, x, y);
        }
    }
    ctx.restore();
}

/** What tells of one goroutine: the tile of all of them, the chunks of its block, or both until it is known which.
 * @param {TileCache} cache @param {Strip} strip @param {import("../types.js").Isolated} solo @param {number} k @param {number} x @param {number} distance
 * @returns {import("../net/tile_cache.js").Wanted[]} */
function wantedSolo(cache, strip, solo, k, x, distance) {
    const block = {view: "G", k, y: solo.row >> 5, x, distance};
    if (cache.rawOver("G", k, block.y, x)) return [block];
    const all = {view: strip.view, k, y: 0, x, distance};
    return cache.ready(tileKey(strip.view, k, 0, x))?.solo?.[strip.first] === SOLO_RAW ? [all, block] : [all];
}

/** Tiles that the strips need, and one step ahead in the direction of movement.
 * @param {Trace} trace @param {View} view @param {Strip[]} strips @param {{px: number, py: number, ahead: number}} where pointer in the lanes, CSS px in content; ahead: -1, 0, 1
 * @returns {import("../net/tile_cache.js").Wanted[]} */
export function wantedTiles(trace, view, strips, {px, py, ahead}) {
    const k = tileLevel(view, trace.levels);
    const size = tileSpan(k);
    const first = Math.floor(Math.max(view.t0, 0) / size);
    const last = Math.ceil(Math.min(view.t1, trace.span) / size) - 1;
    const out = [];
    for (const strip of withMeans(strips)) {
        const dy = Math.max(strip.y - py, py - strip.y - strip.height, 0);
        for (let x = first - (ahead < 0 ? 1 : 0); x <= last + (ahead > 0 ? 1 : 0); x++) {
            if (x < 0 || x * size >= trace.span) continue;
            const a = (x * size - view.t0) / view.nsPerPx;
            const dx = Math.max(a - px, px - a - size / view.nsPerPx, 0);
            const later = x < first || x > last ? 1e4 : 0;
            const distance = dx + dy + later;
            if (!strip.solo) out.push({view: strip.view, k, y: strip.block, x, distance});
            else out.push(...wantedSolo(trace.cache, strip, strip.solo, k, x, distance));
        }
    }
    return out;
}
