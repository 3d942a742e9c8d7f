/**
 * What the landmark tiles say about the window: GC cycles, pauses, and the longest loud interval of each group. Gathered once
 * per change, read by several renderers.
 */
import {tilesOver} from "../core/tile_key.js";

/**
 * @typedef {{t0: number, t1: number, n: number, seq: number}} Cycle
 * @typedef {{t0: number, t1: number, n: number, reason: string, g: string}} Pause
 * @typedef {{view: string, block: number, row: number, group: number, g: string, t0: number, t1: number, T: string, state: number, reason: number}} Longest
 * @typedef {{gc: Cycle[], stw: Pause[], longest: Map<number, Longest>}} Marks
 */

/** Below 1 µs per bin a coarser list is as exact. */
const FINEST = 10;

/** @param {number} k of the tiles @param {number} levels */
export const marksLevel = (k, levels) => Math.min(Math.max(k, FINEST), levels - 1);

/** @param {number} k @param {{t0: number, t1: number}} view @param {{span: number, levels: number}} trace @param {number} distance
 * @returns {import("../net/tile_cache.js").Wanted[]} */
export function wantedMarks(k, view, {span, levels}, distance) {
    const level = marksLevel(k, levels);
    const {first, last} = tilesOver(level, view.t0, view.t1, span);
    return Array.from({length: last - first + 1}, (_, i) => ({view: "L", k: level, y: 0, x: first + i, distance}));
}

/** @param {import("../net/tile_cache.js").TileCache} cache @param {number} k @param {{t0: number, t1: number}} view @param {{span: number, levels: number}} trace @returns {Marks} */
export function gatherMarks(cache, k, view, {span, levels}) {
    /** @type {Marks} */
    const out = {gc: [], stw: [], longest: new Map()};
    const level = marksLevel(k, levels);
    const {first, last} = tilesOver(level, view.t0, view.t1, span);
    const over = (/** @type {{t0: number, t1: number}} */ r) => r.t1 > view.t0 && r.t0 < view.t1;
    for (let x = first; x <= last; x++) {
        const source = cache.source("L", level, 0, x);
        for (const tile of source?.kind === "tiles" ? source.tiles : []) {
            out.gc.push(...(tile.gc ?? []).filter(over));
            out.stw.push(...(tile.stw ?? []).filter(over));
            for (const mark of tile.longest ?? []) {
                const best = out.longest.get(mark.group);
                if (over(mark) && (!best || mark.t1 - mark.t0 > best.t1 - best.t0)) out.longest.set(mark.group, mark);
            }
        }
    }
    out.gc = distinct(out.gc);
    out.stw = distinct(out.stw);
    return out;
}

/** By start; what two tiles both say is kept once. @template {{t0: number, t1: number}} R @param {R[]} list @returns {R[]} */
function distinct(list) {
    list.sort((a, b) => a.t0 - b.t0 || a.t1 - b.t1);
    return list.filter((r, i) => i === 0 || r.t0 !== list[i - 1]?.t0 || r.t1 !== list[i - 1]?.t1);
}
