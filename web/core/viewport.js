/**
 * The window of time on the screen: pan, zoom, limits. Values in, values out.
 *
 * Invariants: t1 - t0 stays between MIN_SPAN_NS and the trace's length (with 2 % of air at either end), and the window never
 * leaves the trace.
 */

/** @typedef {{t0: number, t1: number}} Span */

export const MIN_SPAN_NS = 50;
const AIR = 0.02;

/** The whole trace with its air. @param {number} spanNs @returns {Span} */
export function wholeSpan(spanNs) {
    const length = Math.max(spanNs, MIN_SPAN_NS);
    return {t0: -length * AIR / 4, t1: length * (1 + AIR / 4)};
}

/** The window when the trace has grown: one that showed all of it still does. @param {Span} view @param {number} before length in ns @param {number} now @returns {Span} */
export function growSpan({t0, t1}, before, now) {
    const whole = wholeSpan(before);
    const near = (whole.t1 - whole.t0) * 1e-3;
    return Math.abs(t0 - whole.t0) < near && Math.abs(t1 - whole.t1) < near ? wholeSpan(now) : {t0, t1};
}

/** The nearest allowed window: its length first, then its place. @param {Span} view @param {number} spanNs @returns {Span} */
export function clampSpan(view, spanNs) {
    const whole = wholeSpan(spanNs);
    const most = whole.t1 - whole.t0;
    const length = Math.min(Math.max(view.t1 - view.t0, MIN_SPAN_NS), most);
    const middle = (view.t0 + view.t1) / 2;
    const t0 = Math.min(Math.max(length === view.t1 - view.t0 ? view.t0 : middle - length / 2, whole.t0), whole.t1 - length);
    return {t0, t1: t0 + length};
}

/** @param {Span} view @param {number} dt ns, > 0 shows later times @param {number} spanNs */
export function panBy(view, dt, spanNs) {
    return clampSpan({t0: view.t0 + dt, t1: view.t1 + dt}, spanNs);
}

/**
 * Zoom around a fixed pixel: the time under `px` stays under `px` as far as the limits allow.
 * @param {Span} view @param {number} px from the left edge of the lanes @param {number} width px of the lanes
 * @param {number} factor > 1 zooms in @param {number} spanNs
 */
export function zoomAt(view, px, width, factor, spanNs) {
    const whole = wholeSpan(spanNs);
    const old = view.t1 - view.t0;
    const length = Math.min(Math.max(old / factor, MIN_SPAN_NS), whole.t1 - whole.t0);
    const share = px / Math.max(width, 1);
    const t0 = view.t0 + share * old - share * length;
    return clampSpan({t0, t1: t0 + length}, spanNs);
}

/** A window around [t0, t1) with air at either side. @param {number} t0 @param {number} t1 @param {number} spanNs @param {number} air share of the length */
export function spanAround(t0, t1, spanNs, air = 0.1) {
    const length = Math.max(t1 - t0, MIN_SPAN_NS / (1 + 2 * air));
    const middle = (t0 + t1) / 2;
    return clampSpan({t0: middle - length * (0.5 + air), t1: middle + length * (0.5 + air)}, spanNs);
}
