/**
 * The interval of a row at a time, waited for: descends to a RAW tile, loads its chunk, and the neighbours that hold the
 * interval's other end. For selections and panels; drawing never waits.
 */
import {N_STATES} from "../core/color.js";
import {BINS, chunkPiece, tileKey, tilePiece} from "../core/tile_key.js";

/** @typedef {import("../core/chunk_codec.js").Chunk} Chunk */
/** @typedef {import("../types.js").Row} Row */
/** @typedef {import("../types.js").Hit} Hit */
/** @typedef {import("./tile_cache.js").TileCache} TileCache */
/** @typedef {{chunk: Chunk, i: number}} At */

/** @param {TileCache} cache @param {string} view @param {number} block @param {number} n @returns {Promise<Chunk|null>} */
function chunkOf(cache, view, block, n) {
    return n < 0 ? Promise.resolve(null) : cache.fetch(`#${view}/${block}/${n}`, chunkPiece(view, block, n));
}

/** The chunk of a block in which t lies. @param {TileCache} cache @param {string} view @param {number} block @param {number} t @returns {Promise<Chunk|null>} */
async function chunkAt(cache, view, block, t) {
    for (let k = Math.min(cache.levels - 1, 14); k >= 0; k = k > 4 ? k - 4 : k - 1) {
        const x = Math.floor(Math.max(t, 0) / (BINS * 2 ** k));
        let numbers = cache.rawOver(view, k, block, x);
        if (!numbers) {
            const tile = await cache.fetch(tileKey(view, k, block, x), tilePiece(view, k, block, x));
            if (tile?.kind !== "raw") continue;
            numbers = /** @type {Uint32Array} */ (tile.chunks);
        }
        const chunks = await Promise.all([...numbers].map((n) => chunkOf(cache, view, block, n)));
        return chunks.findLast((c) => c !== null && c.base <= t) ?? chunks[0] ?? null;
    }
    return null;
}

/** Index of the row's interval that holds t, its first one if t is before all.
 * @param {Chunk} chunk @param {number} row within the block @param {number} t */
export function indexAt(chunk, row, t) {
    let low = chunk.at[row] ?? 0;
    let high = chunk.at[row + 1] ?? 0;
    while (high - low > 1) {
        const middle = (low + high) >> 1;
        if ((chunk.t0[middle] ?? 0) <= t) low = middle;
        else high = middle;
    }
    return low;
}

/** Last chunks found, by view and block. @type {WeakMap<TileCache, Map<string, Promise<number>>>} */
const lasts = new WeakMap();

/**
 * Number of a block's last chunk, so that none is asked for that does not exist: from the tile of the whole trace if it lists
 * chunks, else from the end of the trace; Infinity for a block of many chunks that was empty by then.
 * @param {TileCache} cache @param {string} view @param {number} block @param {number} span @returns {Promise<number>}
 */
function lastChunk(cache, view, block, span) {
    const known = lasts.get(cache) ?? new Map();
    lasts.set(cache, known);
    const key = `${cache.part}/${view}/${block}`;
    const look = async () => {
        const k = cache.levels - 1;
        const tile = await cache.fetch(tileKey(view, k, block, 0), tilePiece(view, k, block, 0));
        if (tile?.kind === "raw") return Math.max(...tile.chunks, 0);
        return (await chunkAt(cache, view, block, span - 1))?.n ?? Infinity;
    };
    if (!known.has(key)) {
        const looked = look();
        known.set(key, looked);
        looked.catch(() => known.delete(key)); // the next one asks again
    }
    return known.get(key);
}

/**
 * Where an interval goes on: its head repeated in later chunks.
 * @param {TileCache} cache @param {At} at @param {number} row @param {number} span of the trace @returns {Promise<At|null>}
 */
async function after(cache, at, row, span) {
    if (at.i + 1 < (at.chunk.at[row + 1] ?? 0)) return {chunk: at.chunk, i: at.i + 1};
    const last = await lastChunk(cache, at.chunk.view, at.chunk.block, span);
    for (let n = at.chunk.n + 1; n <= last; n++) {
        const chunk = await chunkOf(cache, at.chunk.view, at.chunk.block, n);
        if (!chunk) return null;
        const first = (chunk.at[row] ?? 0) + 1;
        if (first < (chunk.at[row + 1] ?? 0)) return {chunk, i: first};
    }
    return null;
}

/** @param {TileCache} cache @param {At} at @param {number} row @returns {Promise<At|null>} */
async function before(cache, at, row) {
    if (at.i > (at.chunk.at[row] ?? 0)) return {chunk: at.chunk, i: at.i - 1};
    const t0 = at.chunk.t0[at.i] ?? 0;
    for (let n = at.chunk.n - 1; n >= 0; n--) {
        const chunk = await chunkOf(cache, at.chunk.view, at.chunk.block, n);
        if (!chunk) return null;
        const i = indexAt(chunk, row, t0 - 0.5);
        if ((chunk.t0[i] ?? 0) < t0) return {chunk, i};
    }
    return null;
}

/** @param {Chunk} chunk @param {number} i @param {Row} row @param {number} t1 @returns {Hit} */
export function hitOf(chunk, i, row, t1) {
    const t0 = chunk.t0[i] ?? 0;
    const id = (/** @type {number} */ g) => (g > 0 ? String(g) : "");
    return {
        kind: "interval", t0, t1, exact: true, row, T: "", g: id(chunk.g[i] ?? 0), state: Math.min(chunk.state[i] ?? 0, N_STATES - 1),
        reason: chunk.reason[i] ?? 0, stack: chunk.stack[i] ?? 0, waker: id(chunk.waker[i] ?? 0), p: chunk.p[i] ?? 0, m: chunk.m[i] ?? 0,
        more: {corr: chunk.corr[i] ?? 0},
    };
}

/**
 * The interval that holds t (step 0), or the next or the last one that is something. Null where there is none.
 * @param {TileCache} cache @param {Row} row @param {number} t @param {-1|0|1} step @param {{origin: string, span: number}} trace
 * @returns {Promise<Hit|null>}
 */
export async function findInterval(cache, row, t, step, trace) {
    const block = Math.floor(row.row / 32);
    const place = row.row % 32;
    const chunk = await chunkAt(cache, row.view, block, t);
    if (!chunk || place >= chunk.rows) return null;
    /** @type {At|null} */
    let at = {chunk, i: indexAt(chunk, place, t)};
    const move = step < 0 ? before : after;
    if (step !== 0) at = await move(cache, at, place, trace.span);
    while (step !== 0 && at && at.chunk.state[at.i] === 0) at = await move(cache, at, place, trace.span);
    if (!at || at.chunk.state[at.i] === 0) return null;
    const end = await after(cache, at, place, trace.span);
    const hit = hitOf(at.chunk, at.i, row, end ? end.chunk.t0[end.i] ?? 0 : trace.span);
    hit.T = String(BigInt(trace.origin) + BigInt(Math.round(hit.t0)) + BigInt(Math.round(at.chunk.corr[at.i] ?? 0)));
    const next = end && hit.state === 5 ? end : null;
    if (next) Object.assign(hit.more, {nextState: next.chunk.state[next.i], nextP: next.chunk.p[next.i]});
    return hit;
}
