/**
 * Ctrl+Z and Ctrl+Y: the views that the page rested on, as an editor keeps its changes. Pans and zooms count here, unlike in
 * the browser's history, which holds jumps.
 */
import {createRest} from "../core/rest.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {{t0: number, t1: number, scrollY: number}} View */

const REST_MS = 400;
const MOST = 200;

/** A list of views with a place in it. */
export function createViews() {
    /** @type {View[]} */
    const views = [];
    let at = -1;
    const same = (/** @type {View|undefined} */ a, /** @type {View} */ b) => a?.t0 === b.t0 && a.t1 === b.t1 && a.scrollY === b.scrollY;
    return {
        /** @param {View} view */
        add(view) {
            if (same(views[at], view)) return;
            views.splice(at + 1, Infinity, view);
            if (views.length > MOST) views.shift();
            at = views.length - 1;
        },
        /** @param {-1|1} way @returns {View|null} */
        step(way) {
            return this.take(at + way);
        },
        /** @param {number} place in the list @returns {View|null} */
        take(place) {
            const view = views[place];
            if (!view) return null;
            at = place;
            return view;
        },
        /** The first is the oldest. */
        all: () => ({views: /** @type {readonly View[]} */ (views), at}),
    };
}

/** @param {Page} ctx @returns {() => void} */
export function enable({store, go, actions, say, views}) {
    const rest = () => {
        const {t0, t1, scrollY} = go.aim();
        views.add({t0, t1, scrollY});
    };
    rest();
    const resting = createRest(REST_MS, rest);
    const unsubscribe = store.subscribe((changed) => {
        if (changed.has("t0") || changed.has("t1") || changed.has("scrollY")) resting.begin();
    });
    /** @param {-1|1} way */
    const step = (way) => {
        resting.stop();
        rest();
        const view = views.step(way);
        if (view) go.view(view, "replace");
        else say(way < 0 ? "No view before this one." : "No view after this one.");
    };
    actions.set("undo", () => step(-1));
    actions.set("redo", () => step(1));
    return () => {
        resting.stop();
        unsubscribe();
    };
}
