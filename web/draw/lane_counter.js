/**
 * Counters as lines, from bins of (first, last, min, max), on a scale that fits what is visible: its top is written at the right.
 */
import {withAlpha} from "../core/color.js";
import {COUNTER_VALUES} from "../core/tile_codec.js";
import {tilesOver} from "../core/tile_key.js";
import {BYTES} from "../core/words.js";
import {fontOf, widthOf} from "./text.js";

/** @typedef {import("./display_list.js").Recorder} Recorder */
/** @typedef {import("./scale.js").View} View */
/** @typedef {import("../core/color.js").Colors} Colors */
/** @typedef {import("../net/tile_cache.js").TileCache} TileCache */
/** @typedef {{span: number, levels: number}} Extent */
/** @typedef {{ctx: Recorder, view: View, colors: Colors, cache: TileCache, extent: Extent, k: number}} Pen */

/** The smallest of 1, 1.5, 2, 3, 4, 5, 6, 8 x 10^n that is at least `value`; of bytes in the unit they are written in.
 * @param {number} value @param {string} unit @returns {number} */
export function niceTop(value, unit = "") {
    if (!(value > 0)) return 1;
    if (unit === "bytes" && value > 1000) {
        const size = 1024 ** Math.min(Math.floor(Math.log2(value) / 10), BYTES.length - 1);
        return niceTop(value / size) * size;
    }
    const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
    for (const m of [1, 1.5, 2, 3, 4, 5, 6, 8, 10]) if (m * power >= value * 0.9999) return m * power;
    return 10 * power;
}

/** px by which a line goes on outside of the window. */
const BESIDE = 8;

/** @param {number} k @param {{t0: number, t1: number}} view @param {Extent} extent @param {number[]} counters @param {number} distance @returns {import("../net/tile_cache.js").Wanted[]} */
export function wantedCounters(k, view, {span}, counters, distance) {
    const {first, last} = tilesOver(k, view.t0, view.t1, span);
    return counters.flatMap((c) => Array.from({length: last - first + 1}, (_, i) => ({view: "C", k, y: c, x: first + i, distance})));
}

/** Calls `each` for every visible bin of a counter. @param {Omit<Pen, "ctx"|"colors">} pen @param {number} c @param {(t0: number, t1: number, first: number, last: number, min: number, max: number, rise: number, fall: number) => void} each */
function eachBin({cache, view, extent, k}, c, each) {
    const {first, last} = tilesOver(k, view.t0, view.t1, extent.span);
    let done = -Infinity;
    for (let x = first; x <= last; x++) {
        const source = cache.source("C", k, c, x);
        for (const {head, values: v} of source?.kind === "tiles" ? source.tiles : []) {
            const bin = 2 ** head.k;
            const start = head.x * 512 * bin;
            const from = Math.max(0, Math.floor((view.t0 - start) / bin) - 1);
            const to = Math.min(512, Math.ceil((view.t1 - start) / bin) + 1);
            for (let b = from; b < to; b++) {
                const t0 = start + b * bin;
                const at = b * COUNTER_VALUES;
                if (t0 < done || t0 >= Math.min(extent.span, source?.until ?? 0) || Number.isNaN(v[at])) continue;
                done = t0 + bin;
                each(t0, t0 + bin, v[at], v[at + 1], v[at + 2], v[at + 3], v[at + 4], v[at + 5]);
            }
        }
    }
}

/** Largest visible value. @param {Pen} pen @param {number[]} counters */
export function visibleMax(pen, counters) {
    let max = 0;
    for (const c of counters) eachBin(pen, c, (_a, _b, _f, _l, _min, v) => void (max = Math.max(max, v)));
    return max;
}

/** Value of a counter at a time, NaN unknown. @param {Pen} pen @param {number} c @param {number} t */
export function valueAt(pen, c, t) {
    let value = NaN;
    eachBin(pen, c, (t0, _t1, _first, last) => {
        if (t0 <= t) value = last;
    });
    return value;
}

/** What a counter did in the bin of a time, in exact numbers; null where nothing is known.
 * @param {Omit<Pen, "ctx"|"colors">} pen @param {number} c @param {number} t @returns {import("../types.js").CounterBin|null} */
export function counterBinAt(pen, c, t) {
    /** @type {import("../types.js").CounterBin|null} */
    let found = null;
    eachBin(pen, c, (t0, t1, first, last, min, max, rise, fall) => {
        if (t0 <= t && t < t1) found = {t0, t1: Math.min(t1, pen.extent.span), first, last, min, max, rise, fall};
    });
    return found;
}

/** Height at x of the line between two points. @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 @param {number} x */
const valueOnLine = (x0, y0, x1, y1, x) => (x0 === x1 ? y1 : y0 + (y1 - y0) * (x - x0) / (x1 - x0));

/** The path of a counter, M4: every bin adds its first, least, greatest and last value. Cut off a little beside the window: a
 * line that is dashed for millions of px takes long to draw. @param {Pen} pen @param {number} c @param {number} base @param {number} perUnit */
function tracePath(pen, c, base, perUnit) {
    const {ctx, view} = pen;
    const far = view.width + BESIDE;
    let started = false;
    let lastX = 0;
    let lastY = 0;
    /** @param {number} x @param {number} y */
    const to = (x, y) => {
        if (started && x === lastX && y === lastY) return; // where bins meet
        if (started && x >= -BESIDE && lastX <= far) {
            if (lastX < -BESIDE) ctx.lineTo(-BESIDE, valueOnLine(lastX, lastY, x, y, -BESIDE));
            if (x > far) ctx.lineTo(far, valueOnLine(lastX, lastY, x, y, far));
            else ctx.lineTo(x, y);
        } else if (!started && x >= -BESIDE) ctx.moveTo(Math.min(x, far), y);
        else if (!started) ctx.moveTo(-BESIDE, y);
        started = true;
        lastX = x;
        lastY = y;
    };
    ctx.beginPath();
    eachBin(pen, c, (t0, t1, first, last, min, max) => {
        const x = (t0 - view.t0) / view.nsPerPx;
        const middle = x + (t1 - t0) / view.nsPerPx / 2;
        to(x, base - first * perUnit);
        if (max > min) {
            if (max > Math.max(first, last)) to(middle, base - max * perUnit);
            if (min < Math.min(first, last)) to(middle, base - min * perUnit);
        }
        to((t1 - view.t0) / view.nsPerPx, base - last * perUnit);
    });
    return started ? Math.min(lastX, far) : NaN;
}

/** The heap (or any counter) as a line over a pale area, its goal dashed. @param {Pen} pen @param {number[]} counters the first one is the line @param {number} y of the lane on screen @param {number} height @param {number} top value at the upper edge */
export function drawCounter(pen, counters, y, height, top) {
    const {ctx, colors, view} = pen;
    const [line, goal] = counters;
    const base = y + height - 1;
    const perUnit = (height - 9) / top;
    ctx.save();
    ctx.beginPath();
    ctx.rect(0, y - 2, view.width, height + 3);
    ctx.clip();
    ctx.lineWidth = 1; // any wider takes four times as long without a GPU
    ctx.strokeStyle = colors.token["heap"] ?? "";
    if (line !== undefined) {
        const end = tracePath(pen, line, base, perUnit);
        ctx.stroke();
        ctx.lineTo(end, base);
        ctx.lineTo(Math.max(-view.t0 / view.nsPerPx, -BESIDE), base);
        ctx.globalAlpha = colors.theme === "light" ? 0.06 : 0.09;
        ctx.fillStyle = colors.token["text"] ?? "";
        ctx.fill();
        ctx.globalAlpha = 1;
    }
    if (goal !== undefined) {
        ctx.setLineDash([4, 3]);
        ctx.lineWidth = 1;
        ctx.strokeStyle = colors.token["muted"] ?? "";
        tracePath(pen, goal, base, perUnit);
        ctx.stroke();
    }
    ctx.restore();
}

/** Where the scale of a lane ends: a short tick at the right edge and its value, on a ground of its own: any state may lie below.
 * @param {{ctx: Recorder, view: View, colors: Colors}} pen @param {number} y of the value @param {string} text @param {number} down px by which the words lie lower, where there is no room above */
export function drawScaleMark({ctx, view, colors}, y, text, down = 0) {
    const font = fontOf(10);
    const width = widthOf(ctx, font, text);
    const at = Math.round(y);
    ctx.fillStyle = withAlpha(colors.token["lane"] ?? "#ffffff", 0.8);
    ctx.fillRect(view.width - 21 - width, at + down - 6, width + 6, 12);
    ctx.fillRect(view.width - 15, at - 1, 8, 3);
    ctx.font = font;
    ctx.fillStyle = colors.token["muted"] ?? "";
    ctx.fillRect(view.width - 14, at, 6, 1);
    ctx.fillText(text, view.width - 18 - width, at + down + 4);
}
