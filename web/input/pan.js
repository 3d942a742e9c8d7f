/**
 * Moving the view: wheel, drag with Space or the middle button, arrow keys and the like. The pointer keeps what it holds.
 */

/** @typedef {import("../types.js").Page} Page */

/** Pixels of a wheel event, whatever unit it counts in. @param {WheelEvent} event */
export function wheelPixels(event) {
    const unit = event.deltaMode === 1 ? 24 : event.deltaMode === 2 ? 400 : 1;
    return {dx: event.deltaX * unit, dy: event.deltaY * unit};
}

/** @param {Page} ctx @param {number} px > 0 shows later times */
export function panPixels({go, dom}, px) {
    const {t0, t1} = go.aim();
    const dt = px * (t1 - t0) / Math.max(dom["lanes"]?.clientWidth ?? 1, 1);
    return {t0: t0 + dt, t1: t1 + dt};
}

/** @param {Page} ctx @param {WheelEvent} event */
function onWheel(ctx, event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return; // zoom.js, rows.js
    event.preventDefault();
    const {dx, dy} = wheelPixels(event);
    const sideways = event.shiftKey ? dx + dy : dx;
    const down = event.shiftKey ? 0 : dy;
    const target = {...panPixels(ctx, sideways), scrollY: ctx.go.aim().scrollY + down};
    const stepped = event.deltaMode !== 0 || Math.abs(dx) + Math.abs(dy) >= 60; // a wheel's click, not a finger's flow
    if (stepped) ctx.go.view(target, "replace");
    else ctx.go.now(target);
}

/**
 * Follows a pointer until it is let go. Also for window.js and select.js.
 * @param {HTMLElement} element @param {PointerEvent} down
 * @param {{move: (event: PointerEvent) => void, end?: (event: PointerEvent, cancelled: boolean) => void}} handlers
 */
export function followPointer(element, down, {move, end}) {
    const controller = new AbortController();
    const {signal} = controller;
    const id = down.pointerId;
    element.setPointerCapture(id);
    /** @param {PointerEvent} event @param {boolean} cancelled */
    const stop = (event, cancelled) => {
        if (event.pointerId !== id) return;
        controller.abort();
        end?.(event, cancelled);
    };
    element.addEventListener("pointermove", (event) => event.pointerId === id && move(event), {signal});
    element.addEventListener("pointerup", (event) => stop(event, false), {signal});
    element.addEventListener("pointercancel", (event) => stop(event, true), {signal});
    return () => controller.abort();
}

/** @param {Page} ctx @param {HTMLElement} element @param {PointerEvent} down */
export function dragView(ctx, element, down, vertical = true) {
    const start = ctx.store.get();
    const nsPerPx = (start.t1 - start.t0) / Math.max(ctx.dom["lanes"]?.clientWidth ?? 1, 1);
    document.documentElement.dataset["drag"] = "pan";
    followPointer(element, down, {
        move(event) {
            const dt = (event.clientX - down.clientX) * nsPerPx;
            const scrollY = vertical ? start.scrollY - (event.clientY - down.clientY) : start.scrollY;
            ctx.go.now({t0: start.t0 - dt, t1: start.t1 - dt, scrollY});
        },
        end: () => delete document.documentElement.dataset["drag"],
    });
}

/** @param {Page} ctx */
function keyActions(ctx) {
    const {go, dom, store, actions} = ctx;
    const pan = (/** @type {number} */ share) => go.view(panPixels(ctx, share * (dom["lanes"]?.clientWidth ?? 0)), "replace");
    const page = () => (dom["lanes"]?.clientHeight ?? 0) - 32;
    /** @param {number} way @param {Event} [event] */
    const scroll = (way, event) => {
        const step = event instanceof KeyboardEvent && event.key.startsWith("Page") ? page() : 64;
        go.view({scrollY: go.aim().scrollY + way * step}, "replace");
    };
    /** @param {number} t0 */
    const edge = (t0) => {
        const {t0: a, t1: b} = go.aim();
        go.view({t0, t1: t0 + b - a});
    };
    actions.set("pan-left", () => pan(-0.15));
    actions.set("pan-right", () => pan(0.15));
    actions.set("page-left", () => pan(-0.9));
    actions.set("page-right", () => pan(0.9));
    actions.set("scroll-up", (event) => scroll(-1, event));
    actions.set("scroll-down", (event) => scroll(1, event));
    actions.set("start", () => edge(-1e15));
    actions.set("end", () => edge(store.get().manifest?.span_ns ?? 0));
}

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    const controller = new AbortController();
    const {signal} = controller;
    const lanes = ctx.dom["lanes"];
    const page = document.documentElement;
    keyActions(ctx);
    for (const id of ["lanes", "labels"]) {
        ctx.dom[id]?.addEventListener("wheel", (event) => onWheel(ctx, event), {signal, passive: false});
    }
    lanes?.addEventListener("pointerdown", (event) => {
        if (event.pointerType === "touch" || !(event.button === 1 || (event.button === 0 && page.dataset["space"] !== undefined))) return;
        event.preventDefault();
        ctx.go.stop();
        dragView(ctx, lanes, event);
    }, {signal});
    document.addEventListener("keydown", (event) => {
        if (event.code !== "Space" || event.target !== lanes) return;
        event.preventDefault();
        page.dataset["space"] = "";
    }, {signal});
    document.addEventListener("keyup", (event) => event.code === "Space" && delete page.dataset["space"], {signal});
    addEventListener("blur", () => delete page.dataset["space"], {signal});
    return () => controller.abort();
}
