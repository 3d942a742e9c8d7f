/**
 * What a program wrote into its trace, in the rows of its goroutines where they are exact: regions as lines along the upper edge,
 * one below the other as they nest; logs and labels as flagged ticks; CPU samples as short ticks at the base.
 * Pure; colours come in as words.
 */
import {LABEL, LOG, REGION_BEGIN, REGION_END, SAMPLE} from "../core/chunk_codec.js";
import {fillBox, xOf} from "./raster.js";

/** @typedef {import("./raster.js").Cell} Cell */
/** @typedef {import("./raster.js").Style} Style */
/** @typedef {import("../core/chunk_codec.js").Chunk} Chunk */
/** @typedef {{t0: number, t1: number, depth: number, text: number, task: number}} Region   t0 -Infinity, t1 Infinity: it goes on beyond the chunks */

const MOST_DEPTH = 3;
/** CSS px. In a low bar the inner regions would run through its words. */
const ROOMY_BAR = 20;
const LEAST_BAR = 8;
const PITCH = 3;

/** A mark of its own, not the end of something. @param {number} kind */
export const isInstant = (kind) => kind === LOG || kind === LABEL || kind === SAMPLE;

/**
 * Regions of a row that chunks tell of, outer ones first. What began before the first chunk and ends in it is known by its end.
 * @param {Chunk[]} chunks ascending, without a hole @param {number} row @param {number} only this goroutine, 0 all @returns {Region[]}
 */
export function regionsOf(chunks, row, only = 0) {
    /** @type {Region[]} */
    const all = [];
    /** @type {Region[]} */
    let open = [];
    let goroutine = 0;
    const close = (/** @type {number} */ t) => {
        for (const region of open) region.t1 = t;
        open = [];
    };
    for (const chunk of chunks) {
        for (let i = chunk.markAt[row] ?? 0; row < chunk.rows && i < (chunk.markAt[row + 1] ?? 0); i++) {
            const kind = chunk.markKind[i] ?? 0;
            const g = chunk.markG[i] ?? 0;
            const t = chunk.markT[i] ?? 0;
            if ((kind !== REGION_BEGIN && kind !== REGION_END) || (only !== 0 && g !== only)) continue;
            if (g !== goroutine) close(t);
            goroutine = g;
            const about = {text: chunk.markText[i] ?? 0, task: chunk.markTask[i] ?? 0};
            if (kind === REGION_BEGIN) {
                const region = {t0: t, t1: Infinity, depth: open.length, ...about};
                open.push(region);
                all.push(region);
                continue;
            }
            const last = open.pop();
            if (last) last.t1 = t;
            else {
                for (const region of all) region.depth++; // they were inside
                all.unshift({t0: -Infinity, t1: t, depth: 0, ...about});
            }
        }
    }
    return all;
}

/** @param {Cell} c @param {Chunk[]} chunks @param {number} row @param {Style} style @param {{region: number, mark: number, lane: number}} words @param {number} only this goroutine, 0 all */
export function paintMarks(c, chunks, row, style, words, only = 0) {
    const px = Math.max(1, Math.round(c.dpr));
    const top = style.base - style.bar;
    if (style.bar < LEAST_BAR * c.dpr) return;
    for (const {t0, t1, depth} of regionsOf(chunks, row, only)) {
        if (depth >= (style.bar < ROOMY_BAR * c.dpr ? 1 : MOST_DEPTH) || t1 < c.t0 || t0 > c.t1) continue;
        const a = Math.max(Math.round(xOf(c, Math.max(t0, c.t0 - 4 / c.s))), -4);
        const b = Math.min(Math.max(Math.round(xOf(c, Math.min(t1, c.t1 + 4 / c.s))), a + 1), c.w + 4);
        const y = top + Math.round(depth * PITCH * c.dpr);
        fillBox(c, a, y, b, y + 2 * px, words.region);
        fillBox(c, a, y + 2 * px, b, y + 3 * px, words.lane);
    }
    let flagged = -Infinity; // of marks that would cover each other the first is seen
    let sampled = -Infinity;
    for (const chunk of chunks) {
        for (let i = chunk.markAt[row] ?? 0; row < chunk.rows && i < (chunk.markAt[row + 1] ?? 0); i++) {
            const kind = chunk.markKind[i] ?? 0;
            if (!isInstant(kind) || (only !== 0 && chunk.markG[i] !== only)) continue;
            const x = Math.round(xOf(c, chunk.markT[i] ?? 0));
            if (x < -4 * px || x > c.w + 4 * px) continue;
            if (x - (kind === SAMPLE ? sampled : flagged) < (kind === SAMPLE ? 3 : 7) * px) continue;
            if (kind === SAMPLE) {
                sampled = x;
                fillBox(c, x - px, style.base - 5 * px, x + 2 * px, style.base, words.lane);
                fillBox(c, x, style.base - 5 * px, x + px, style.base, words.mark);
                continue;
            }
            flagged = x;
            fillBox(c, x - px, top, x + 5 * px, top + 5 * px, words.lane);
            fillBox(c, x, top, x + px, top + 5 * px, words.mark);
            fillBox(c, x, top, x + 4 * px, top + 4 * px, words.mark);
        }
    }
}
