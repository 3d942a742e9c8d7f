/**
 * What the pointer is over, into the state. The overlay draws it, panel/tooltip.js says it in words.
 */
import {createRest} from "../core/rest.js";

/** What moves under a resting pointer is not looked up until it stands still for so long. */
const REST_MS = 100;

/** @typedef {import("../types.js").Page} Page */

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    const controller = new AbortController();
    const {signal} = controller;
    const {store, lanes} = ctx;
    const canvas = ctx.dom["lanes"];
    if (!canvas) return () => {};
    let width = Math.max(canvas.clientWidth, 1);
    const sizes = new ResizeObserver(() => { width = Math.max(canvas.clientWidth, 1); });
    sizes.observe(canvas);
    /** @param {number} x @param {number} y */
    const look = (x, y) => {
        const {t0, t1, scrollY} = store.get();
        const hit = document.documentElement.dataset["drag"] === undefined ? ctx.hitTest(x, y) : null;
        const row = hit?.row ?? lanes.at(scrollY + y)?.row ?? null;
        store.set({hover: {x, y, t: t0 + x / width * (t1 - t0), row, hit}});
    };
    canvas.addEventListener("pointermove", (event) => {
        if (event.pointerType !== "touch") look(event.offsetX, event.offsetY);
    }, {signal});
    canvas.addEventListener("pointerleave", () => store.set({hover: null}), {signal});
    // The lanes move under a resting pointer. Once per task, not from within the store's own call.
    let queued = false;
    const rest = createRest(REST_MS, () => {
        const now = store.get().hover;
        if (now) look(now.x, now.y);
    });
    const unsubscribe = store.subscribe((changed) => {
        if (queued || changed.has("hover") || !(changed.has("t0") || changed.has("t1") || changed.has("scrollY") || changed.has("open"))) return;
        queued = true;
        queueMicrotask(() => {
            queued = false;
            const {hover, t0, t1, scrollY} = store.get();
            if (!hover) return;
            store.set({hover: {...hover, t: t0 + hover.x / width * (t1 - t0), row: lanes.at(scrollY + hover.y)?.row ?? null, hit: null}});
            rest.begin();
        });
    });
    return () => {
        rest.stop();
        sizes.disconnect();
        controller.abort();
        unsubscribe();
    };
}
