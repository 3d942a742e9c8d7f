/**
 * Short animated moves of the window: a target, and a few frames of `set` on the way to it. A new target takes over from
 * wherever the last one got to, so held keys and wheel steps flow together.
 *
 * Asks for frames of its own, since it changes state; draw/frame.js draws what the state says.
 */
import {clampSpan} from "../core/viewport.js";

/** @typedef {import("../types.js").Context} Context */
/** @typedef {{t0: number, t1: number, scrollY: number}} View */

/**
 * Between two windows so that a zoom keeps its fixed point: the length moves exponentially, both edges along with it.
 * @param {View} from @param {View} to @param {number} share 0..1
 * @returns {View}
 */
export function between(from, to, share) {
    const [a, b] = [from.t1 - from.t0, to.t1 - to.t0];
    const part = Math.abs(b / a - 1) < 1e-6 ? share : (a * (b / a) ** share - a) / (b - a);
    const at = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ p) => (p >= 1 ? y : x + (y - x) * p);
    return {t0: at(from.t0, to.t0, part), t1: at(from.t1, to.t1, part), scrollY: Math.round(at(from.scrollY, to.scrollY, share))};
}

/** @param {Context} ctx */
export function createMotion({store, lanes, dom}) {
    const still = matchMedia("(prefers-reduced-motion: reduce)");
    /** @type {{from: View, to: View, start: number, ms: number}|null} */
    let move = null;
    let frame = 0;

    /** @returns {View} */
    const aim = () => move?.to ?? store.get();

    /** @param {Partial<View>} target @returns {View} */
    function limit(target) {
        const state = aim();
        const span = clampSpan({t0: target.t0 ?? state.t0, t1: target.t1 ?? state.t1}, store.get().manifest?.span_ns ?? 1);
        const most = Math.max(lanes.height() - (dom["lanes"]?.clientHeight ?? 0), 0);
        return {...span, scrollY: Math.round(Math.min(Math.max(target.scrollY ?? state.scrollY, 0), most))};
    }

    function stop() {
        cancelAnimationFrame(frame);
        move = null;
    }

    /** @param {number} now */
    function step(now) {
        if (!move) return;
        const share = Math.min(Math.max((now - move.start) / move.ms, 0), 1);
        const eased = 1 - (1 - share) ** 3;
        const view = share >= 1 ? move.to : between(move.from, move.to, eased);
        if (share >= 1) stop();
        else frame = requestAnimationFrame(step);
        store.set(view);
    }

    /** @param {Partial<View>} target @param {number} ms @param {"replace"|"push"} how */
    function to(target, ms, how = "replace") {
        const goal = limit(target);
        const {t0, t1, scrollY} = store.get();
        const far = Math.abs(goal.t0 - t0) > 40 * (Math.max(t1 - t0, goal.t1 - goal.t0)) || Math.abs(goal.scrollY - scrollY) > 20000;
        stop();
        if (ms <= 0 || far || still.matches) return store.set(goal, how);
        const start = performance.now();
        move = {from: {t0, t1, scrollY}, to: goal, start, ms};
        if (how === "push") {
            const first = between(move.from, goal, 0.02);
            if (first.scrollY === scrollY) first.scrollY += Math.sign(goal.scrollY - scrollY); // else nothing is pushed, and the steps after it replace the entry before
            store.set(first, "push");
        }
        frame = requestAnimationFrame(step);
    }

    return {aim, to, stop, limit};
}
