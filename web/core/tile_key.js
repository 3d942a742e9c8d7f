/**
 * Which level and which tiles a view needs. A tile (k, x) covers [x * 512 * 2^k, (x + 1) * 512 * 2^k) ns.
 */

export const BINS = 512;
/** Of TILE_FORMAT.md, at the end of every address. */
export const VERSION = 3;
/** A level is left only when its bin is this much out of 1..2 px. */
const HYSTERESIS = 0.15;

/** ns of one tile of level k. @param {number} k */
export const tileSpan = (k) => BINS * 2 ** k;

/**
 * The level for a scale: a bin spans 1 to 2 CSS px; the level in use stays while its bin is within 15 % of that.
 * @param {number} nsPerPx @param {number} levels of the trace @param {number} current the level in use, -1 none
 */
export function levelFor(nsPerPx, levels, current = -1) {
    const top = Math.max(levels - 1, 0);
    if (current >= 0 && current <= top) {
        const px = 2 ** current / nsPerPx;
        if (px >= 1 - HYSTERESIS && px <= 2 * (1 + HYSTERESIS)) return current;
    }
    return Math.min(Math.max(Math.ceil(Math.log2(nsPerPx)), 0), top);
}

/** First and last x of the tiles of level k that cover [t0, t1); last < first where there is none.
 * @param {number} k @param {number} t0 @param {number} t1 @param {number} spanNs of the trace */
export function tilesOver(k, t0, t1, spanNs) {
    const size = tileSpan(k);
    const from = Math.max(t0, 0);
    const to = Math.min(t1, spanNs + 1);
    if (to <= from) return {first: 0, last: -1};
    return {first: Math.floor(from / size), last: Math.ceil(to / size) - 1};
}

/** @param {string} view @param {number} k @param {number} y @param {number} x */
export function tileKey(view, k, y, x) {
    return `${view}/${k}/${y}/${x}`;
}

/** Begin of the name of a view whose rows are single goroutines: their ids follow, with commas. */
export const SOLO = "R:";

/** Begin of the name of a view of tasks: the numbers of the types that it tells of follow, with commas. */
export const TASKS = "T:";

/** A tile as the address of a batch spells it (batch.js). @param {string} view @param {number} k @param {number} y @param {number} x */
export function tilePiece(view, k, y, x) {
    if (view.startsWith(SOLO)) return `${view}.${k}.${x}`;
    if (view.startsWith(TASKS)) return `${view === TASKS ? "T" : view}.${k}.${x}`;
    return view === "L" ? `L.${k}.${x}` : `${view}.${k}.${y}.${x}`;
}

/** The same of a chunk. @param {string} view @param {number} block @param {number} n */
export const chunkPiece = (view, block, n) => `${view.toLowerCase()}.${block}.${n}`;
