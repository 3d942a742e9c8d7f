/**
 * What lies under a place: an exact interval where chunks are at hand, else a bin of a histogram tile; a cycle or a pause in the
 * GC lane; a value in a counter.
 */
import {N_STATES} from "../core/color.js";
import {firstEvent, seek} from "./paint_rows.js";
import {isInstant, regionsOf} from "./row_marks.js";

/** @typedef {import("../types.js").Hit} Hit */
/** @typedef {import("../types.js").Row} Row */
/** @typedef {import("../core/chunk_codec.js").Chunk} Chunk */
/** @typedef {import("../net/tile_cache.js").Source} Source */
/** @typedef {import("./marks.js").Marks} Marks */

/** @param {Partial<Hit>} hit @returns {Hit} */
export function hitWith(hit) {
    return {
        kind: "interval", t0: 0, t1: 0, exact: false, row: null, T: "", g: "", state: 0, reason: 0, stack: 0, waker: "", p: 0, m: 0, more: {}, ...hit,
    };
}

const id = (/** @type {number|undefined} */ g) => (g ? String(g) : "");

/** @param {Chunk} chunk @param {number} i @param {Row} row @param {number} t1 Infinity: not known yet @param {{span: number, origin: string}} trace */
function intervalHit(chunk, i, row, t1, trace) {
    const t0 = chunk.t0[i] ?? 0;
    const corr = Math.round(chunk.corr[i] ?? 0);
    return hitWith({
        kind: "interval", t0, t1: Math.min(t1, trace.span), exact: t1 !== Infinity, row, g: id(chunk.g[i]), state: chunk.state[i] ?? 0,
        T: String(BigInt(trace.origin) + BigInt(Math.round(t0)) + BigInt(corr)),
        reason: chunk.reason[i] ?? 0, stack: chunk.stack[i] ?? 0, waker: id(chunk.waker[i]), p: chunk.p[i] ?? 0, m: chunk.m[i] ?? 0,
        more: t1 === Infinity ? {open: true} : {},
    });
}

/**
 * The interval of a row at a time. `slack` ns around it count as well: a 1 px mark can be hit.
 * @param {Chunk[]} chunks ascending @param {Row} row @param {number} t @param {number} slack @param {{span: number, origin: string}} trace
 * @returns {Hit|null}
 */
export function intervalAt(chunks, row, t, slack, trace) {
    const place = row.row % 32;
    let n = chunks.length - 1;
    while (n > 0 && (chunks[n]?.base ?? 0) > t) n--;
    const chunk = chunks[n];
    if (!chunk || place >= chunk.rows) return null;
    const from = chunk.at[place] ?? 0;
    const to = chunk.at[place + 1] ?? 0;
    let i = seek(chunk.t0, from, to, t);
    const endOf = (/** @type {number} */ j) => (j + 1 < to ? chunk.t0[j + 1] ?? Infinity : firstEvent(chunks[n + 1], place));
    if ((chunk.t0[i] ?? 0) > t + slack) return null;
    const near = [i, i + 1, i - 1].filter((j) => j >= from && j < to && chunk.state[j] !== 0 && (chunk.t0[j] ?? 0) <= t + slack && endOf(j) > t - slack);
    const inside = near.find((j) => j === i);
    const short = near.filter((j) => endOf(j) - (chunk.t0[j] ?? 0) < slack);
    i = inside ?? short[0] ?? near[0] ?? -1;
    return i < 0 ? null : intervalHit(chunk, i, row, endOf(i), trace);
}

/**
 * A log, label or sample of a goroutine's row. @param {Chunk[]} chunks @param {Row} row @param {number} t @param {number} slack
 * @param {{origin: string}} trace @param {string} g only this goroutine's, "" all @returns {Hit|null}
 */
export function markAt(chunks, row, t, slack, trace, g = "") {
    const place = row.row % 32;
    /** @type {Hit|null} */
    let best = null;
    for (const chunk of chunks) {
        for (let i = chunk.markAt[place] ?? 0; place < chunk.rows && i < (chunk.markAt[place + 1] ?? 0); i++) {
            const at = chunk.markT[i] ?? 0;
            const kind = chunk.markKind[i] ?? 0;
            if (!isInstant(kind) || Math.abs(at - t) > slack || (g !== "" && id(chunk.markG[i]) !== g)) continue;
            if (best && Math.abs(best.t0 - t) <= Math.abs(at - t)) continue;
            best = hitWith({
                kind: "mark", t0: at, t1: at, exact: true, row, g: id(chunk.markG[i]), stack: chunk.markStack[i] ?? 0,
                T: String(BigInt(trace.origin) + BigInt(Math.round(at)) + BigInt(Math.round(chunk.markCorr[i] ?? 0))),
                more: {kind, text: chunk.markText[i] ?? 0, message: chunk.markText2[i] ?? 0, task: chunk.markTask[i] ?? 0},
            });
        }
    }
    return best;
}

/** Texts of the regions around a time, outer ones first. @param {Chunk[]} chunks @param {Row} row @param {number} t @param {string} g */
export const regionsAt = (chunks, row, t, g) => regionsOf(chunks, row.row % 32, Number(g))
    .filter((region) => region.t0 <= t && t < region.t1).sort((a, b) => a.depth - b.depth).map(({text}) => text);

/** Shares of a bin, from histogram tiles. @param {any[]} tiles @param {Row} row @param {number} place row within the block @param {number} t @param {number} span @returns {Hit|null} */
export function binAt(tiles, row, place, t, span) {
    for (const tile of tiles) {
        const size = 2 ** tile.head.k;
        const bin = Math.floor(t / size) - tile.head.x * 512;
        const record = tile.recordOf[place] ?? -1;
        if (bin < 0 || bin >= 512 || record < 0) continue;
        /** @type {Record<number, number>} */
        const shares = {};
        let most = 0;
        for (let s = 1; s < N_STATES; s++) {
            const plane = tile.planeOf[record * N_STATES + s] ?? -1;
            const v = plane < 0 ? 0 : tile.planes[plane + bin];
            if (!v) continue;
            const lanes = v / 255 * tile.full[record];
            shares[s] = lanes;
            if (most === 0 || lanes > (shares[most] ?? 0)) most = s;
        }
        if (most === 0) return null;
        const t0 = (tile.head.x * 512 + bin) * size;
        const g = tile.lived[record] === 1 ? id(tile.first[record]) : "";
        return hitWith({kind: "bin", t0, t1: Math.min(t0 + size, span), row, g, state: most, more: {shares, lived: tile.lived[record]}});
    }
    return null;
}

/** States of a group or of all at a time, from exact changes. @param {import("../core/chunk_codec.js").GroupChunk[]} chunks @param {Row} row @param {number} t @param {number} slack @returns {Hit|null} */
export function groupAt(chunks, row, t, slack) {
    const place = row.row % 32;
    const chunk = chunks.findLast((c) => c.base <= t) ?? chunks[0];
    if (!chunk || place >= chunk.rows || chunk.base > t + slack) return null;
    const counts = chunk.heads.slice(place * N_STATES, (place + 1) * N_STATES);
    const to = chunk.at[place + 1] ?? 0;
    let i = chunk.at[place] ?? 0;
    let t0 = chunk.base;
    for (; i < to && (chunk.t[i] ?? 0) <= t; i++) {
        const change = chunk.change[i] ?? 0;
        counts[change & 15] = (counts[change & 15] ?? 0) - 1;
        counts[change >> 4] = (counts[change >> 4] ?? 0) + 1;
        t0 = chunk.t[i] ?? t0;
    }
    const t1 = i < to ? chunk.t[i] ?? t : Math.max(chunk.end, t);
    /** @type {Record<number, number>} */
    const shares = {};
    let most = 0;
    for (let s = 1; s < N_STATES; s++) {
        if ((counts[s] ?? 0) <= 0) continue;
        shares[s] = counts[s] ?? 0;
        if (most === 0 || (counts[s] ?? 0) > (counts[most] ?? 0)) most = s;
    }
    return most === 0 ? null : hitWith({kind: "bin", t0: Math.max(t0, t - slack), t1: Math.max(Math.min(t1, t + slack), t0 + 1), row, state: most, more: {shares}});
}

/** A pause, else a cycle. @param {Marks} marks @param {number} t @param {number} slack @returns {Hit|null} */
export function gcAt(marks, t, slack) {
    const near = (/** @type {{t0: number, t1: number}} */ r) => r.t0 - slack <= t && t < r.t1 + slack;
    const pause = marks.stw.find(near);
    if (pause) return hitWith({kind: "stw", t0: pause.t0, t1: pause.t1, exact: pause.n <= 1, g: pause.g ?? "", more: {reason: pause.reason, n: pause.n}});
    const cycle = marks.gc.find(near);
    return cycle ? hitWith({kind: "gc", t0: cycle.t0, t1: cycle.t1, exact: cycle.n <= 1, state: 2, more: {seq: cycle.seq, n: cycle.n}}) : null;
}
