/**
 * Who woke the selected goroutine, when, and where that goroutine's row is: what the arrow of the overlay needs.
 */
import {tileSpan} from "../core/tile_key.js";
import {sourceOf} from "./cells.js";
import {intervalAt} from "./hit.js";

/** @typedef {import("../types.js").State} State */
/** @typedef {import("../types.js").Row} Row */

const RUNNABLE = 5;

/**
 * @param {import("./cells.js").Trace} trace
 * @param {{view: import("./scale.js").View}} scene
 * @param {(g: string) => Row|null} rowOf null until it is known
 * @returns {(state: Readonly<State>) => {t: number, from: Row, to: Row}|null}
 */
export function createWake(trace, scene, rowOf) {
    const about = {get span() { return trace.span; }, origin: "0"};
    return ({selection}) => {
        if (selection?.kind !== "interval" || selection.row?.view !== "G") return null;
        const t = selection.state === RUNNABLE ? selection.t0 : selection.t1;
        const {view} = scene;
        if (t < view.t0 || t >= view.t1) return null;
        const strip = /** @type {any} */ ({view: "G", block: selection.row.row >> 5});
        const source = sourceOf(trace, view, strip, Math.floor(t / tileSpan(view.scale.level)));
        if (source?.kind !== "chunks") return null;
        const hit = intervalAt(/** @type {any[]} */ (source.chunks), selection.row, t, 0, about);
        if (!hit || hit.state !== RUNNABLE || hit.waker === "" || Math.abs(hit.t0 - t) > 1) return null;
        const from = rowOf(hit.waker);
        return from && (from.row !== selection.row.row) ? {t, from, to: selection.row} : null;
    };
}
