/**
 * The state of the page: one plain object that everything reads and only `set` changes.
 *
 * Input handlers and panels call `set(patch)`; drawing, the address bar and the panels subscribe. Subscribers are called
 * once per change with the names of the keys that changed; they must not call `set` from within.
 * Knows nothing of the DOM, of tiles or of what the keys mean.
 */

/** @typedef {import("../types.js").State} State */

/**
 * @template {object} S
 * @typedef {object} Store
 * @property {() => Readonly<S>} get
 * @property {(patch: Partial<S>, how?: "replace"|"push") => void} set   "push": a jump that Back returns from
 * @property {(fn: (changed: Set<keyof S>, how: "replace"|"push") => void) => () => void} subscribe   returns the unsubscriber
 */

/**
 * @template {object} S
 * @param {S} initial
 * @returns {Store<S>}
 */
export function createStore(initial) {
    let state = {...initial};
    /** @type {Set<(changed: Set<keyof S>, how: "replace"|"push") => void>} */
    const subscribers = new Set();
    return {
        get: () => state,
        set(patch, how = "replace") {
            /** @type {Set<keyof S>} */
            const changed = new Set();
            for (const key of /** @type {(keyof S)[]} */ (Object.keys(patch))) {
                if (!Object.is(state[key], patch[key])) changed.add(key);
            }
            if (changed.size === 0) return;
            state = {...state, ...patch};
            for (const fn of subscribers) fn(changed, how);
        },
        subscribe(fn) {
            subscribers.add(fn);
            return () => subscribers.delete(fn);
        },
    };
}
