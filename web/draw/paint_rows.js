/**
 * Exact rows and group areas into a cell: intervals of chunks as rectangles where they are wide enough, as columns where not
 * (drawing rules 2 to 5 and 14). Knows nothing of canvases or of where rows lie on the page.
 */
import {FIRST_PARKED, isParked, N_STATES} from "../core/color.js";
import {addSpan, addTile, clearColumns, fillBox, flagSpan, hatchBox, paintColumns, xOf} from "./raster.js";

/** @typedef {import("./raster.js").Cell} Cell */
/** @typedef {import("./raster.js").Style} Style */
/** @typedef {import("../core/chunk_codec.js").Chunk} Chunk */
/** @typedef {import("../core/chunk_codec.js").GroupChunk} GroupChunk */
/** @typedef {import("../core/tile_codec.js").HistTile} HistTile */

const UNKNOWN = 11;

/** When a row's first event in a chunk is, Infinity if it has none. @param {Chunk|undefined} chunk @param {number} row */
export function firstEvent(chunk, row) {
    if (!chunk || row >= chunk.rows) return Infinity;
    const i = (chunk.at[row] ?? 0) + 1;
    return i < (chunk.at[row + 1] ?? 0) ? chunk.t0[i] ?? Infinity : Infinity;
}

/** First interval of [from, to) that ends after t. @param {Float64Array} t0 @param {number} from @param {number} to @param {number} t */
export function seek(t0, from, to, t) {
    let low = from;
    let high = to;
    while (high - low > 1) {
        const middle = (low + high) >> 1;
        if ((t0[middle] ?? 0) <= t) low = middle;
        else high = middle;
    }
    return low;
}

/** One row of states. @param {Cell} c @param {Chunk[]} chunks ascending @param {number} row @param {Style} style */
export function paintRow(c, chunks, row, style) {
    clearColumns(c, 0);
    let small = false;
    for (let n = 0; n < chunks.length; n++) {
        const chunk = chunks[n];
        if (!chunk || row >= chunk.rows) continue;
        const known = n > 0 && row < (chunks[n - 1]?.rows ?? 0);
        const from = (chunk.at[row] ?? 0) + (known ? 1 : 0);
        const to = chunk.at[row + 1] ?? 0;
        if (from >= to) continue;
        small = paintIntervals(c, chunk, from, to, firstEvent(chunks[n + 1], row), style) || small;
    }
    if (small) paintColumns(c, style);
}

/** @param {Cell} c @param {Chunk} chunk @param {number} from @param {number} to @param {number} last where the last one ends @param {Style} style */
function paintIntervals(c, chunk, from, to, last, style) {
    const wide = 3 * c.dpr;
    let small = false;
    for (let i = seek(chunk.t0, from, to, c.t0); i < to; i++) {
        const t0 = chunk.t0[i] ?? 0;
        if (t0 >= c.t1) break;
        const state = chunk.state[i] ?? 0;
        if (state === 0) continue;
        const xa = xOf(c, t0);
        const xb = Math.min(xOf(c, i + 1 < to ? chunk.t0[i + 1] ?? last : last), c.w + 1e4);
        if (xb - xa >= wide) paintBar(c, state, xa, xb, style);
        else {
            addSpan(c, state, xa, xb > xa ? xb : xa + 1e-3, 1);
            flagSpan(c, xa, xb);
            small = true;
        }
    }
    return small;
}

/** @param {Cell} c @param {number} state @param {number} xa @param {number} xb @param {Style} style */
function paintBar(c, state, xa, xb, style) {
    const a = Math.round(xa);
    const line = Math.max(1, Math.round(c.dpr));
    const b = Math.round(xb) - (xb - xa >= 8 * c.dpr ? line : 0);
    const high = style.parked > 0 && isParked(state) && state !== UNKNOWN ? style.parked : style.bar;
    const word = style.words[state] ?? 0;
    if (state === UNKNOWN) hatchBox(c, a, style.base - high, b, style.base, word);
    else fillBox(c, a, style.base - high, b, style.base, word);
}

/** Births and ends of the goroutines of a row, where a life is 64 px wide.
 * @param {Cell} c @param {Chunk[]} chunks @param {number} row @param {Style} style @param {number} bornWord @param {number} goneWord @param {number} only this goroutine, 0 all */
export function paintLives(c, chunks, row, style, bornWord, goneWord, only = 0) {
    const thick = Math.max(1, Math.round(2 * c.dpr));
    for (const chunk of chunks) {
        if (row >= chunk.rows) continue;
        for (let i = chunk.lifeAt[row] ?? 0; i < (chunk.lifeAt[row + 1] ?? 0); i++) {
            if (!chunk.lifeG[i] || (only !== 0 && chunk.lifeG[i] !== only)) continue;
            const born = chunk.born[i] ?? 0;
            const gone = chunk.gone[i] ?? NaN;
            const width = ((Number.isNaN(gone) ? chunk.end : gone) - born) * c.s;
            if (width < 64 * c.dpr) continue;
            const x = Math.round(xOf(c, born));
            if (chunk.inherited[i] === 0) fillBox(c, x, style.base - style.bar, x + thick, style.base, bornWord);
            const end = Math.round(xOf(c, gone));
            if (!Number.isNaN(gone)) fillBox(c, end - thick, style.base - Math.min(Math.round(8 * c.dpr), style.bar), end, style.base, goneWord);
        }
    }
}

/** A row of histogram tiles. @param {Cell} c @param {HistTile[]} tiles @param {number} row @param {Style} style */
export function paintTiles(c, tiles, row, style) {
    let any = false;
    for (const tile of tiles) {
        const record = tile.recordOf[row] ?? -1;
        if (record < 0) continue;
        if (!any) clearColumns(c, 1);
        any = true;
        addTile(c, tile, record, style.loudOnly ? FIRST_PARKED : N_STATES);
    }
    if (any) paintColumns(c, style);
    return any;
}

const counts = new Float64Array(N_STATES);

/** A group's area from its exact changes. @param {Cell} c @param {GroupChunk[]} chunks @param {number} row @param {Style} style */
export function paintGroup(c, chunks, row, style) {
    clearColumns(c, 1);
    for (let n = 0; n < chunks.length; n++) {
        const chunk = chunks[n];
        if (!chunk || row >= chunk.rows) continue;
        counts.set(chunk.heads.subarray(row * N_STATES, (row + 1) * N_STATES));
        const end = Math.min(chunks[n + 1]?.base ?? Infinity, c.t1);
        let t = Math.max(chunk.base, c.t0 - 1 / c.s);
        for (let i = chunk.at[row] ?? 0; i < (chunk.at[row + 1] ?? 0); i++) {
            const next = chunk.t[i] ?? 0;
            if (next >= end) break;
            if (next > t) addCounts(c, t, next);
            t = Math.max(t, next);
            const change = chunk.change[i] ?? 0;
            counts[change & 15] = (counts[change & 15] ?? 0) - 1;
            counts[change >> 4] = (counts[change >> 4] ?? 0) + 1;
        }
        if (end > t) addCounts(c, t, end);
    }
    paintColumns(c, style);
}

/** @param {Cell} c @param {number} from @param {number} to */
function addCounts(c, from, to) {
    const xa = xOf(c, from);
    const xb = xOf(c, to);
    for (let s = 1; s < N_STATES; s++) {
        const lanes = counts[s] ?? 0;
        if (lanes > 0) addSpan(c, s, xa, xb, lanes);
    }
}
