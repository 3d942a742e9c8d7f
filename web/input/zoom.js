/**
 * Zooming: Ctrl or Cmd and the wheel (browsers report a pinch on a trackpad the same way), keys, double click.
 */
import {attempt} from "../core/attempt.js";
import {rowId} from "../core/link_words.js";
import {spanAround, wholeSpan, zoomAt} from "../core/viewport.js";
import {wheelPixels} from "./pan.js";

/** @typedef {import("../types.js").Page} Page */

/** @param {Page} ctx @param {number} px from the left edge of the lanes @param {number} factor > 1 zooms in */
export function zoomPixels({go, dom, store}, px, factor) {
    return zoomAt(go.aim(), px, dom["lanes"]?.clientWidth ?? 1, factor, store.get().manifest?.span_ns ?? 1);
}

/** @param {Page} ctx @param {WheelEvent} event */
function onWheel(ctx, event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault(); // the browser's own zoom
    const {dy} = wheelPixels(event);
    const factor = 2 ** (-Math.max(-240, Math.min(240, dy)) / 160);
    const x = event.currentTarget === ctx.dom["labels"] ? 0 : event.offsetX;
    const target = zoomPixels(ctx, x, Math.abs(dy) < 40 ? factor ** 2 : factor);
    if (Math.abs(dy) >= 60) ctx.go.view(target, "replace");
    else ctx.go.now(target);
}

/** @param {Page} ctx */
function zoomToSelection(ctx) {
    const {store, go, say} = ctx;
    const {selection, manifest} = store.get();
    if (!selection || !manifest) return say("Nothing is selected to zoom to.");
    const view = go.aim();
    const fit = spanAround(selection.t0, selection.t1, manifest.span_ns, 0.1);
    // A second F on what already fills the view steps out to ten times its length.
    const filled = Math.abs(fit.t0 - view.t0) + Math.abs(fit.t1 - view.t1) < (fit.t1 - fit.t0) * 0.01;
    const lane = selection.row && ctx.lanes.find(rowId(selection.row));
    const height = ctx.dom["lanes"]?.clientHeight ?? 0;
    const seen = !lane || (lane.y >= view.scrollY && lane.y + lane.height <= view.scrollY + height);
    go.view({...(filled ? spanAround(selection.t0, selection.t1, manifest.span_ns, 4.5) : fit), ...(seen ? {} : {scrollY: lane.y - height / 3})});
}

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    const controller = new AbortController();
    const {signal} = controller;
    const {dom, store, go, actions} = ctx;
    const lanes = dom["lanes"];
    const pointer = () => store.get().hover?.x ?? (lanes?.clientWidth ?? 0) / 2;
    actions.set("zoom-in", () => go.view(zoomPixels(ctx, pointer(), 1.6), "replace"));
    actions.set("zoom-out", () => go.view(zoomPixels(ctx, pointer(), 1 / 1.6), "replace"));
    actions.set("all", () => go.view(wholeSpan(store.get().manifest?.span_ns ?? 1)));
    actions.set("focus", () => zoomToSelection(ctx));
    for (const id of ["lanes", "axis", "labels", "overview"]) {
        dom[id]?.addEventListener("wheel", (event) => onWheel(ctx, event), {signal, passive: false});
    }
    const enter = async (/** @type {MouseEvent} */ event) => {
        const hit = ctx.hitTest(event.offsetX, event.offsetY);
        if (!hit) return;
        if (hit.kind !== "bin" || !hit.row || "FA".includes(hit.row.view)) return go.interval(hit, true);
        const {t0, t1} = store.get();
        const isLast = go.turn();
        const exact = await ctx.interval(hit.row, t0 + event.offsetX / Math.max(lanes?.clientWidth ?? 1, 1) * (t1 - t0), 0);
        if (exact && isLast()) go.interval(exact, true);
    };
    lanes?.addEventListener("dblclick", (event) => attempt(ctx, enter(event)), {signal});
    return () => controller.abort();
}
