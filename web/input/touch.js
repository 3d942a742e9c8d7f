/**
 * Fingers on the lanes: one moves the view, two zoom and move it, a tap selects (select.js). What lies under a finger stays
 * under it.
 */

/** @typedef {import("../types.js").Page} Page */
/** @typedef {{x: number, y: number}} Point */

/**
 * The window in which both fingers still hold the times they took.
 * @param {{a: number, b: number}} held times @param {Point} p @param {Point} q px from the left edge @param {number} width
 */
export function pinchedWindow(held, p, q, width) {
    const apart = q.x - p.x;
    if (Math.abs(apart) < 8) return null;
    const nsPerPx = (held.b - held.a) / apart;
    if (!(nsPerPx > 0)) return null;
    const t0 = held.a - p.x * nsPerPx;
    return {t0, t1: t0 + width * nsPerPx};
}

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    const controller = new AbortController();
    const {signal} = controller;
    const lanes = ctx.dom["lanes"];
    if (!lanes) return () => {};
    /** @type {Map<number, Point>} */
    const fingers = new Map();
    /** @type {{t: number[], y: number, scrollY: number}} what the fingers took hold of */
    let held = {t: [], y: 0, scrollY: 0};

    const take = () => {
        const {t0, t1, scrollY} = ctx.store.get();
        const points = [...fingers.values()];
        const y = points.reduce((sum, point) => sum + point.y, 0) / Math.max(points.length, 1);
        held = {t: points.map((point) => t0 + point.x / lanes.clientWidth * (t1 - t0)), y, scrollY};
    };
    const move = () => {
        const [p, q] = [...fingers.values()];
        const {t0, t1} = ctx.store.get();
        const [a, b] = held.t;
        if (!p || a === undefined) return;
        const y = q ? (p.y + q.y) / 2 : p.y;
        const scrollY = held.scrollY - (y - held.y);
        if (!q || b === undefined) {
            const start = a - p.x / lanes.clientWidth * (t1 - t0);
            return ctx.go.now({t0: start, t1: start + t1 - t0, scrollY});
        }
        const window = b > a ? pinchedWindow({a, b}, p, q, lanes.clientWidth) : pinchedWindow({a: b, b: a}, q, p, lanes.clientWidth);
        ctx.go.now({...window, scrollY});
    };
    const release = (/** @type {PointerEvent} */ event) => {
        if (fingers.delete(event.pointerId)) take();
    };
    lanes.addEventListener("pointerdown", (event) => {
        if (event.pointerType !== "touch") return;
        fingers.set(event.pointerId, {x: event.offsetX, y: event.offsetY});
        take();
    }, {signal});
    lanes.addEventListener("pointermove", (event) => {
        if (!fingers.has(event.pointerId)) return;
        fingers.set(event.pointerId, {x: event.offsetX, y: event.offsetY});
        move();
    }, {signal});
    lanes.addEventListener("pointerup", release, {signal});
    lanes.addEventListener("pointercancel", release, {signal});
    return () => controller.abort();
}
