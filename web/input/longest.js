/**
 * From a bin, in which many intervals share a pixel, to the longest of them, which the tooltip names: by a click or L. The server
 * says which it is.
 */
import {longestOf, scopeOfBin, summaryPath} from "../core/scope.js";
import {byState} from "../core/words.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../types.js").Hit} Hit */

/** The view that a row's intervals lie in: areas sum up the rows of others. @param {import("../types.js").Row} row */
const viewOf = ({view, row}) => (view === "F" ? "G" : view === "A" ? /** @type {const} */ (["G", "M", "P"])[row] ?? "G" : view);

/** @param {Page} ctx @param {Hit} bin @param {() => boolean} isLast of what was asked for */
export async function goToLongest({api, store, go, say}, bin, isLast) {
    const scope = scopeOfBin(bin);
    if (scope === null || !bin.row) return;
    try {
        const {states} = await api.json(summaryPath(store.get(), scope, bin.t0, bin.t1));
        const {longest} = longestOf(byState(states)) ?? {};
        if (longest && isLast()) await go.at({view: viewOf(bin.row), row: (longest.block ?? 0) * 32 + (longest.row ?? 0)}, longest.t0);
    } catch (error) {
        say(error instanceof Error ? error.message : String(error));
    }
}

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    ctx.actions.set("longest", () => {
        const hit = ctx.store.get().hover?.hit;
        if (!hit || scopeOfBin(hit) === null) return ctx.say("Point at a place where many intervals share a pixel: L goes to the longest of them.");
        void goToLongest(ctx, hit, ctx.go.turn());
    });
    return () => {};
}
