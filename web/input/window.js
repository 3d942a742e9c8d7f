/**
 * The window over the whole trace: dragging it in the overview, dragging the axis, pressing beside it to jump.
 */
import {wholeSpan} from "../core/viewport.js";
import {dragView, followPointer} from "./pan.js";

/** @typedef {import("../types.js").Page} Page */

/** @param {Page} ctx @param {HTMLElement} overview @param {PointerEvent} down */
function dragWindow(ctx, overview, down) {
    const whole = wholeSpan(ctx.store.get().manifest?.span_ns ?? 1);
    const nsPerPx = (whole.t1 - whole.t0) / Math.max(overview.clientWidth, 1);
    const left = overview.getBoundingClientRect().left;
    const timeAt = (/** @type {PointerEvent} */ event) => whole.t0 + (event.clientX - left) * nsPerPx;
    const {t0, t1} = ctx.store.get();
    const length = t1 - t0;
    const pressed = timeAt(down);
    const inside = pressed >= t0 - 5 * nsPerPx && pressed <= t1 + 5 * nsPerPx;
    const hold = inside ? pressed - t0 : length / 2;
    if (!inside) ctx.go.view({t0: pressed - hold, t1: pressed - hold + length});
    followPointer(overview, down, {
        move: (event) => ctx.go.now({t0: timeAt(event) - hold, t1: timeAt(event) - hold + length}),
    });
}

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    const controller = new AbortController();
    const {signal} = controller;
    const {overview, axis} = ctx.dom;
    overview?.addEventListener("pointerdown", (event) => {
        if (event.button === 0) dragWindow(ctx, overview, event);
    }, {signal});
    axis?.addEventListener("pointerdown", (event) => {
        if (event.button <= 1) dragView(ctx, axis, event, false);
    }, {signal});
    return () => controller.abort();
}
