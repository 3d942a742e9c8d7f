/**
 * Where a part of a damaged trace is lost: a quiet hatch over all lanes, a bar on the axis and in the overview, and what the
 * pointer finds there.
 */
import {withAlpha} from "../core/color.js";
import {hitWith} from "./hit.js";
import {fillHatch} from "./lane_gc.js";
import {fitting, fontOf, haloText} from "./text.js";
import {snapX} from "./scale.js";

/** @typedef {import("./display_list.js").Recorder} Recorder */
/** @typedef {import("../types.js").Manifest} Manifest */
/** @typedef {import("./scale.js").View} View */
/** @typedef {import("../core/color.js").Colors} Colors */
/** @typedef {NonNullable<Manifest["gaps"]>[number]} Gap */
/** @typedef {{ctx: Recorder, view: View, colors: Colors}} Pen */

/** CSS px: a gap is never narrower, for it may be without length at the end of the trace. */
const LEAST = 6;
const UNKNOWN = 11;

/** @param {Gap} gap @param {number} span */
const spanOf = (gap, span) => ({t0: gap.t0 ?? 0, t1: gap.t1 ?? span});

/** Where a gap is drawn; null: out of view. @param {Gap} gap @param {View} view @param {number} span */
function placeOf(gap, view, span) {
    const {t0, t1} = spanOf(gap, span);
    const a = Math.max(snapX(view, t0), -LEAST);
    const b = Math.min(Math.max(snapX(view, t1), snapX(view, t0) + LEAST), view.width + LEAST);
    return b > 0 && a < view.width && b > a ? {a, b} : null;
}

/** Over all lanes. @param {Pen} pen @param {Manifest} manifest @param {number} end CSS px of the last lane's lower edge */
export function drawGaps({ctx, view, colors}, {gaps = [], span_ns: span}, end) {
    const faint = colors.token["faint"] ?? "#808080";
    const font = fontOf(11);
    for (const gap of gaps) {
        const place = placeOf(gap, view, span);
        if (!place || end <= 0) continue;
        const {a, b} = place;
        fillHatch(ctx, withAlpha(faint, 0.38), view.dpr, a, 0, b - a, end);
        ctx.fillStyle = withAlpha(faint, 0.8);
        ctx.fillRect(a, 0, 1, end);
        ctx.fillRect(b - 1, 0, 1, end);
        const from = Math.max(a, 0);
        const text = fitting(ctx, font, ["lost part of the trace", "lost"], Math.min(b, view.width) - from - 12);
        ctx.font = font;
        if (text !== "") haloText(ctx, text, from + 6, 16, colors.token["muted"] ?? "", colors.token["lane"] ?? "");
    }
}

/** A bar at the foot of the axis. @param {Pen} pen @param {Manifest} manifest @param {number} height */
export function drawGapMarks({ctx, view, colors}, {gaps = [], span_ns: span}, height) {
    for (const gap of gaps) {
        const place = placeOf(gap, view, span);
        if (!place) continue;
        ctx.fillStyle = colors.token["text"] ?? "";
        ctx.fillRect(place.a, height - 3, place.b - place.a, 3);
    }
}

/** In the overview: a hatch as tall as it is, on a bar. @param {Recorder} ctx @param {Manifest} manifest
 * @param {{whole: {t0: number, t1: number}, width: number, height: number, dpr: number, colors: Colors}} how */
export function drawOverviewGaps(ctx, {gaps = [], span_ns: span}, {whole, width, height, dpr, colors}) {
    const perNs = width / (whole.t1 - whole.t0);
    for (const gap of gaps) {
        const {t0, t1} = spanOf(gap, span);
        const x = Math.round((t0 - whole.t0) * perNs * dpr) / dpr;
        const w = Math.max((t1 - t0) * perNs, 3);
        fillHatch(ctx, withAlpha(colors.token["faint"] ?? "#808080", 0.5), dpr, x, 0, w, height);
        ctx.fillStyle = colors.token["text"] ?? "";
        ctx.fillRect(x, 0, w, 2);
    }
}

/** The gap at a time, unless something that is known lies there. @param {Manifest} manifest @param {View} view @param {number} t @param {import("../types.js").Hit|null} hit @returns {import("../types.js").Hit|null} */
export function orGap({gaps = [], span_ns: span}, view, t, hit) {
    if (gaps.length === 0 || (hit && hit.state !== UNKNOWN)) return hit;
    const x = snapX(view, t);
    const gap = gaps.find((one) => {
        const place = placeOf(one, view, span);
        return place !== null && place.a <= x && x <= place.b;
    });
    return gap ? hitWith({kind: "gap", ...spanOf(gap, span), exact: true, more: {gap}}) : hit;
}
