/**
 * Pixels of a cell: rectangles, and columns of stacked shares, written as words into a buffer. Pure; nothing is allocated per
 * interval. All x and y here are device pixels within the cell.
 *
 * A cell is a piece of a lane: [t0, t1) of time, painted once per scale. Columns are 2 CSS px wide on a grid that all cells of
 * a scale share, so neighbours fit.
 */
import {FIRST_PARKED, N_STATES} from "../core/color.js";

export const MAX_W = 6000;

/**
 * @typedef {object} Cell
 * @property {Uint32Array} buf @property {number} w @property {number} h
 * @property {number} dpr
 * @property {number} s           device px per ns
 * @property {number} x0          device px of time 0, within the cell: x = t * s + x0 after subtracting `ref`
 * @property {number} x1          device px of the cell's end: up to half a px beside w
 * @property {number} ref         page ns that x counts from: the cell's own start, so that small numbers are subtracted
 * @property {number} t0 @property {number} t1
 * @property {number} colW        device px of a column
 * @property {number} phase       px of the first column that lie left of the cell
 * @property {number} nCols
 * @property {Float32Array} acc   column * 12 + state: lanes, averaged over the column
 * @property {Uint8Array} flag    px that columns may paint
 */

const acc = new Float32Array((MAX_W + 8) * N_STATES);
const flag = new Uint8Array(MAX_W + 8);
const heights = new Int32Array(N_STATES);

/**
 * @param {{w: number, h: number, dpr: number, s: number, left: number, t0: number, t1: number, offset: number}} how left: px of the
 *   cell's edge on the grid of its scale; offset: where t0 lies right of that edge, a fraction of a px
 * @param {Uint32Array} buf at least w * h, cleared
 * @returns {Cell}
 */
export function cellOf({w, h, dpr, s, left, t0, t1, offset}, buf) {
    const colW = Math.max(1, Math.round(2 * dpr));
    const phase = ((left % colW) + colW) % colW;
    return {buf, w, h, dpr, s, x0: offset, x1: (t1 - t0) * s + offset, ref: t0, t0, t1, colW, phase, nCols: Math.ceil((w + phase) / colW), acc, flag};
}

/** @param {Cell} c @param {number} t */
export const xOf = (c, t) => (t - c.ref) * c.s + c.x0;

/** @param {Cell} c @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 @param {number} word */
export function fillBox(c, x0, y0, x1, y1, word) {
    const a = Math.max(x0, 0);
    const b = Math.min(x1, c.w);
    if (a >= b) return;
    for (let y = Math.max(y0, 0); y < y1 && y < c.h; y++) c.buf.fill(word, y * c.w + a, y * c.w + b);
}

/** Diagonal lines for a state that is not known. @param {Cell} c @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 @param {number} word */
export function hatchBox(c, x0, y0, x1, y1, word) {
    const pitch = Math.round(5 * c.dpr);
    const thick = Math.max(1, Math.round(c.dpr));
    for (let y = Math.max(y0, 0); y < y1 && y < c.h; y++) {
        for (let x = Math.max(x0, 0); x < x1 && x < c.w; x++) if ((x + y) % pitch < thick) c.buf[y * c.w + x] = word;
    }
}

/** Forgets the columns of the last row. @param {Cell} c @param {number} all 1: columns may paint every px, 0: only what is flagged */
export function clearColumns(c, all) {
    c.acc.fill(0, 0, c.nCols * N_STATES);
    c.flag.fill(all, 0, c.w);
}

/** Adds `lanes` of a state between two places to the columns they touch. @param {Cell} c @param {number} state @param {number} xa @param {number} xb @param {number} lanes */
export function addSpan(c, state, xa, xb, lanes) {
    const a = Math.max(xa, c.x0, 0) + c.phase;
    const b = Math.min(xb, c.x1, c.w) + c.phase;
    const unit = lanes / c.colW;
    for (let col = Math.floor(a / c.colW), at = a; at < b; col++) {
        const end = Math.min((col + 1) * c.colW, b);
        const i = col * N_STATES + state;
        c.acc[i] = (c.acc[i] ?? 0) + (end - at) * unit;
        at = end;
    }
}

/** Lets columns paint the px of a short interval, at least one. @param {Cell} c @param {number} xa @param {number} xb */
export function flagSpan(c, xa, xb) {
    const a = Math.round(xa);
    const b = Math.max(Math.round(xb), a + 1);
    if (b > 0 && a < c.w) c.flag.fill(1, Math.max(a, 0), Math.min(b, c.w));
}

/** Adds the bins of a histogram tile's row. @param {Cell} c @param {import("../core/tile_codec.js").HistTile} tile @param {number} record
 * @param {number} limit states from here on are left out */
export function addTile(c, tile, record, limit = N_STATES) {
    const bin = 2 ** tile.head.k;
    const start = tile.head.x * 512 * bin;
    const from = Math.max(0, Math.floor((c.t0 - start) / bin) - 1);
    const to = Math.min(512, Math.ceil((c.t1 - start) / bin) + 1);
    const px = bin * c.s;
    const unit = (tile.full[record] ?? 1) / 255;
    const origin = xOf(c, start);
    for (let state = 1; state < limit; state++) {
        const plane = tile.planeOf[record * N_STATES + state] ?? -1;
        if (plane < 0) continue;
        for (let b = from; b < to; b++) {
            const v = tile.planes[plane + b] ?? 0;
            if (v > 0) addSpan(c, state, origin + b * px, origin + (b + 1) * px, v * unit);
        }
    }
}

/**
 * Heights of the states of a column, in px: shares of `total` px, every present state at least 1, taken from the tallest.
 * @param {Float32Array} values @param {number} at first state @param {number} sum of the values @param {number} total px
 */
export function shareHeights(values, at, sum, total) {
    let used = 0;
    for (let s = 1; s < N_STATES; s++) {
        const v = values[at + s] ?? 0;
        const h = v <= 0 ? 0 : Math.max(1, Math.round(v / sum * total));
        heights[s] = h;
        used += h;
    }
    while (used !== total) {
        let tallest = 1;
        for (let s = 2; s < N_STATES; s++) if ((heights[s] ?? 0) > (heights[tallest] ?? 0)) tallest = s;
        const h = heights[tallest] ?? 0;
        if (used > total && h <= 1) break;
        const change = used > total ? -Math.max(1, Math.min(h - 1, Math.ceil((used - total) / 2))) : total - used;
        heights[tallest] = h + change;
        used += change;
    }
    return heights;
}

/** How a row's columns become px. `parked` > 0: parked states are low, as rule 4 of the look says.
 * @typedef {{base: number, bar: number, parked: number, full: number, words: Uint32Array, edge: Uint32Array|null, loudOnly?: boolean}} Style
 *   base: y below the lowest px; bar: px; full: lanes that fill the bar; edge: colours of the line on top, null none */

/** Paints the columns of a row. @param {Cell} c @param {Style} style */
export function paintColumns(c, style) {
    for (let col = 0; col < c.nCols; col++) {
        const left = Math.max(col * c.colW - c.phase, 0);
        const right = Math.min((col + 1) * c.colW - c.phase, c.w);
        let px = 0;
        for (let x = left; x < right; x++) px += c.flag[x] ?? 0;
        // Where all px are painted, what counts is how much of the column the cell's time covers: its edges lie between px.
        if (px === right - left) px = Math.max(Math.min(right, c.x1) - Math.max(left, c.x0), 1e-6);
        if (px > 0) paintColumn(c, style, col * N_STATES, left, right, c.colW / px / style.full);
    }
}

/** @param {Cell} c @param {Style} style @param {number} at @param {number} left @param {number} right @param {number} unit share of the bar per lane */
function paintColumn(c, style, at, left, right, unit) {
    let loud = 0;
    let parked = 0;
    for (let s = 1; s < FIRST_PARKED; s++) loud += c.acc[at + s] ?? 0;
    for (let s = FIRST_PARKED; s < N_STATES; s++) parked += c.acc[at + s] ?? 0;
    if (loud + parked <= 0) return;
    if (style.parked > 0) splitHeights(c.acc, at, Math.min(loud * unit, 1), loud, parked, style);
    else shareHeights(c.acc, at, loud + parked, Math.max(1, Math.round(Math.min((loud + parked) * unit, 1) * style.bar)));
    let y = style.base;
    let top = 0;
    for (let s = 1; s < N_STATES; s++) {
        const h = heights[s] ?? 0;
        if (h === 0) continue;
        const word = style.words[s] ?? 0;
        for (let row = 0; row < h; row++) writeRun(c, --y, left, right, word);
        top = s;
    }
    if (style.edge && top >= FIRST_PARKED) writeRun(c, y, left, right, style.edge[top] ?? 0);
}

/** @param {Cell} c @param {number} y @param {number} left @param {number} right @param {number} word */
function writeRun(c, y, left, right, word) {
    if (y < 0 || y >= c.h) return;
    for (let x = left; x < right; x++) if (c.flag[x] === 1) c.buf[y * c.w + x] = word;
}

/** Low parked part, and a loud part that grows with the root of its share: a 5 % burst still sticks out.
 * @param {Float32Array} values @param {number} at @param {number} share loud, 0..1 @param {number} loud @param {number} parked @param {Style} style */
function splitHeights(values, at, share, loud, parked, style) {
    const low = style.parked;
    if (loud <= 0) return void shareHeights(values, at, parked, low);
    const total = Math.min(style.bar, Math.max(Math.round(low + (style.bar - low) * Math.sqrt(share)), Math.min(low + 2, style.bar)));
    const quiet = parked > 0 ? Math.max(1, Math.min(Math.round(low * (1 - share)), total - 2)) : 0;
    scaleGroup(1, FIRST_PARKED, values, at, loud, total - quiet);
    scaleGroup(FIRST_PARKED, N_STATES, values, at, parked, quiet);
}

/** @param {number} from @param {number} to @param {Float32Array} values @param {number} at @param {number} sum @param {number} total */
function scaleGroup(from, to, values, at, sum, total) {
    let used = 0;
    let tallest = -1;
    for (let s = from; s < to; s++) {
        const v = values[at + s] ?? 0;
        const h = v > 0 ? Math.max(1, Math.round(v / sum * total)) : 0;
        heights[s] = h;
        used += h;
        if (h > 0 && (tallest < 0 || h > (heights[tallest] ?? 0))) tallest = s;
    }
    if (tallest >= 0) heights[tallest] = Math.max(1, (heights[tallest] ?? 0) + total - used);
}
