/**
 * Time to device pixels for the frame: a scale is an object with a number of its own, kept while the view only pans, so that
 * bitmaps fit pixel by pixel. Pixels of a scale are counted from `ref`, near the view: far from 0 a double has no room for both.
 */
import {levelFor} from "../core/tile_key.js";

/**
 * @typedef {object} Scale
 * @property {number} id
 * @property {number} s           device px per ns
 * @property {number} ref         page ns of px 0; a whole number of columns from time 0
 * @property {number} level       of the cells; below 0 where a bin of a ns is wider than 2 px
 * @property {number} dpr
 */

/** @typedef {{scale: Scale, offset: number, t0: number, t1: number, width: number, dpr: number, nsPerPx: number}} View offset: px of the left edge */

/**
 * @param {View|null} last
 * @param {number} t0 @param {number} t1 @param {number} width CSS px @param {number} dpr
 * @returns {View}
 */
export function viewOf(last, t0, t1, width, dpr) {
    const s = Math.max(width, 1) * dpr / (t1 - t0);
    const old = last?.scale;
    const keep = old && old.dpr === dpr && Math.abs(s / old.s - 1) < 1e-6 && Math.abs((t0 - old.ref) * old.s) < 1e8;
    const scale = keep ? old : scaleAt(old, s, t0, dpr);
    const offset = Math.round((t0 - scale.ref) * scale.s);
    return {scale, offset, t0, t1, width, dpr, nsPerPx: (t1 - t0) / Math.max(width, 1)};
}

/** @param {Scale|undefined} old @param {number} s @param {number} t0 @param {number} dpr @returns {Scale} */
function scaleAt(old, s, t0, dpr) {
    const colW = Math.max(1, Math.round(2 * dpr));
    const ref = Math.round(t0 * s / colW) * colW / s;
    return {id: (old?.id ?? 0) + 1, s, ref, level: freeLevel(dpr / s, old?.level), dpr};
}

/** As levelFor, but without a lower end: cells may be smaller than the smallest tile. @param {number} nsPerPx @param {number|undefined} current */
function freeLevel(nsPerPx, current) {
    const lift = 40;
    return levelFor(nsPerPx * 2 ** lift, 100, current === undefined ? -1 : current + lift) - lift;
}

/** CSS px of a time, on the pixel grid of the scale. @param {View} v @param {number} t */
export function snapX(v, t) {
    return (Math.round((t - v.scale.ref) * v.scale.s) - v.offset) / v.dpr;
}
