/**
 * The whole trace in 48 px: activity by state without parked states, ticks of the pauses, the window with a veil outside of it
 * (drawing rule 15). The activity is painted once and kept.
 */
import {FIRST_PARKED, N_STATES, withAlpha} from "../core/color.js";
import {tilesOver} from "../core/tile_key.js";
import {shareHeights} from "./raster.js";

/** @typedef {import("./display_list.js").Recorder} Recorder */
/** @typedef {import("../core/color.js").Colors} Colors */
/** @typedef {import("../net/tile_cache.js").TileCache} TileCache */

const TOP = 9;
const FOOT = 9;

/** @param {{t0: number, t1: number}} whole @param {number} width @param {number} k @param {{span: number}} extent @param {number} distance */
export function wantedOverview(whole, width, k, {span}, distance) {
    const {first, last} = tilesOver(k, whole.t0, whole.t1, span);
    return Array.from({length: width > 0 ? last - first + 1 : 0}, (_, i) => ({view: "A", k, y: 0, x: first + i, distance}));
}

/** What the activity is made from, tile by tile. @param {TileCache} cache @param {{t0: number, t1: number}} whole @param {number} k @param {number} span */
export function activitySources(cache, whole, k, span) {
    const {first, last} = tilesOver(k, whole.t0, whole.t1, span);
    const sources = [];
    for (let x = first; x <= last; x++) sources.push(cache.source("A", k, 0, x));
    return {sources, sig: sources.map((source) => source?.sig ?? "-").join("")};
}

/** Loud lanes per state in each column of 2 CSS px. @param {(import("../net/tile_cache.js").Source|null)[]} sources @param {{t0: number, t1: number}} whole @param {number} columns */
export function activity(sources, whole, columns) {
    const acc = new Float32Array(columns * N_STATES);
    const perNs = columns / (whole.t1 - whole.t0);
    for (const source of sources) {
        for (const tile of source?.kind === "tiles" ? source.tiles : []) addActivity(acc, tile, whole.t0, perNs, columns);
    }
    return acc;
}

/** @param {Float32Array} acc @param {import("../core/tile_codec.js").HistTile} tile @param {number} t0 @param {number} perNs @param {number} columns */
function addActivity(acc, tile, t0, perNs, columns) {
    const record = tile.recordOf[0] ?? -1;
    if (record < 0) return;
    const bin = 2 ** tile.head.k;
    const unit = (tile.full[record] ?? 1) / 255;
    for (let s = 1; s < FIRST_PARKED; s++) {
        const plane = tile.planeOf[record * N_STATES + s] ?? -1;
        if (plane < 0) continue;
        for (let b = 0; b < 512; b++) {
            const v = tile.planes[plane + b] ?? 0;
            if (v === 0) continue;
            const a = ((tile.head.x * 512 + b) * bin - t0) * perNs;
            const end = Math.min(a + bin * perNs, columns);
            for (let c = Math.max(Math.floor(a), 0), at = Math.max(a, 0); at < end; c++) {
                const next = Math.min(c + 1, end);
                const i = c * N_STATES + s;
                acc[i] = (acc[i] ?? 0) + v * unit * (next - at);
                at = next;
            }
        }
    }
}

/** @param {Recorder} ctx @param {Float32Array} acc @param {Colors} colors @param {number} width @param {number} height */
export function paintActivity(ctx, acc, colors, width, height) {
    const columns = acc.length / N_STATES;
    const sums = Array.from({length: columns}, (_, c) => acc.subarray(c * N_STATES, (c + 1) * N_STATES).reduce((a, b) => a + b, 0));
    const sorted = [...sums].sort((a, b) => a - b);
    const full = Math.max(sorted[Math.floor(columns * 0.995)] ?? 1, (sorted[columns - 1] ?? 1) * 0.6, 1e-9);
    const bar = height - TOP - FOOT;
    const w = width / columns;
    for (let s = 1; s < FIRST_PARKED; s++) {
        ctx.fillStyle = colors.fill[s] ?? "";
        for (let c = 0; c < columns; c++) {
            const sum = sums[c] ?? 0;
            if (sum <= 0 || !acc[c * N_STATES + s]) continue;
            const heights = shareHeights(acc, c * N_STATES, sum, Math.max(1, Math.round(Math.min(sum / full, 1) * bar)));
            let y = height - FOOT;
            for (let below = 1; below < s; below++) y -= heights[below] ?? 0;
            const h = heights[s] ?? 0;
            ctx.fillRect(c * w, y - h, w, h);
        }
    }
}

/**
 * @param {Recorder} ctx
 * @param {{width: number, height: number, dpr: number, whole: {t0: number, t1: number}, t0: number, t1: number, colors: Colors, stw: {t0: number, t1: number}[]}} how
 */
export function drawOverview(ctx, {width, height, dpr, whole, t0, t1, colors, stw}) {
    const perNs = width / (whole.t1 - whole.t0);
    const snap = (/** @type {number} */ x) => Math.round(x * dpr) / dpr;
    ctx.fillStyle = colors.stw;
    for (const pause of stw) ctx.fillRect(snap((pause.t0 - whole.t0) * perNs), 2, Math.max(1.5, (pause.t1 - pause.t0) * perNs), 5);
    const middle = ((t0 + t1) / 2 - whole.t0) * perNs;
    const half = Math.max((t1 - t0) * perNs / 2, 5);
    const a = snap(Math.max(middle - half, 0));
    const b = snap(Math.min(middle + half, width));
    ctx.fillStyle = withAlpha(colors.token["lane"] ?? "#ffffff", 0.3);
    ctx.fillRect(0, 0, a, height);
    ctx.fillRect(b, 0, width - b, height);
    if (b - a >= width - 1) return;
    ctx.lineWidth = 2;
    ctx.strokeStyle = colors.token["text"] ?? "";
    ctx.strokeRect(a, 1, b - a, height - 2);
}

/** Where marks are: a line with a small flag. @param {Recorder} ctx @param {{width: number, height: number, whole: {t0: number, t1: number}, marks: readonly {t0: number}[], color: string}} how */
export function drawMarks(ctx, {width, height, whole, marks, color}) {
    ctx.fillStyle = color;
    for (const {t0} of marks) {
        const x = Math.round((t0 - whole.t0) / (whole.t1 - whole.t0) * width);
        ctx.fillRect(x, 0, 1, height);
        ctx.fillRect(x, 0, 5, 5);
    }
}

/**
 * How many hits begin where, at the foot: 2 px bars, as high as the square root of their share of the fullest.
 * @param {Recorder} ctx
 * @param {{width: number, height: number, whole: {t0: number, t1: number}, span: number, bins: Float64Array, color: string}} how
 */
export function drawHits(ctx, {width, height, whole, span, bins, color}) {
    const perNs = width / (whole.t1 - whole.t0);
    const columns = new Float64Array(Math.ceil(width / 2) + 1);
    bins.forEach((n, i) => {
        const column = Math.floor(((i + 0.5) / bins.length * (span + 1) - whole.t0) * perNs / 2);
        if (column >= 0 && column < columns.length) columns[column] = (columns[column] ?? 0) + n;
    });
    const most = columns.reduce((a, b) => Math.max(a, b), 0);
    ctx.fillStyle = color;
    columns.forEach((n, i) => {
        const h = n > 0 ? Math.max(Math.round(8 * Math.sqrt(n / most)), 2) : 0;
        if (h > 0) ctx.fillRect(i * 2, height - h, 2, h);
    });
}
