/**
 * The layout as input and panels see it: always that of the state now, worked out again only when it must be.
 */
import {findLane, laneAt, lanesBetween, layoutOf} from "../core/lanes.js";

/** @typedef {import("../types.js").State} State */
/** @typedef {import("../types.js").Manifest} Manifest */

/** @param {Manifest} manifest its fields change when the trace grows @param {import("../core/state.js").Store<State>} store @param {() => number} height of the screen's part @returns {import("../types.js").Lanes} */
export function lanesOf(manifest, store, height) {
    let key = /** @type {unknown[]} */ ([]);
    let layout = layoutOf(manifest, store.get());
    const now = () => {
        const {open, pins, rowHeight, isolated, taskLanes, hidden, order, sizes, stacks} = store.get();
        const next = [open, pins, rowHeight, isolated, taskLanes, hidden, order, sizes, stacks, manifest.groups];
        if (next.some((part, i) => part !== key[i])) {
            key = next;
            layout = layoutOf(manifest, store.get());
        }
        return layout;
    };
    return {
        height: () => now().height,
        visible: () => lanesBetween(manifest, now(), store.get().scrollY, store.get().scrollY + height()),
        at: (y) => laneAt(manifest, now(), y),
        find: (id) => findLane(manifest, now(), id),
    };
}
