/**
 * Goroutines that were given rows of their own at the top, with a stack track below each where stacks are shown.
 */
import {AIR, FRAME, FRAMES, ROW, bandOf} from "./band.js";

/** @typedef {import("../types.js").State} State */
/** @typedef {import("./lanes.js").Band} Band */

/** @param {Readonly<State>} state @returns {Band[]} */
export function isolatedBands({isolated = [], rowHeight, stacks, sizes}) {
    if (isolated.length === 0) return [];
    const bar = Math.max(rowHeight, ROW);
    const head = bandOf({id: "isolated", label: "Isolated", count: `${isolated.length} ×`});
    /** @param {State["isolated"]} solo @param {number} at */
    const rowsOf = (solo, at) => bandOf({
        draw: "rows", kind: "row", height: solo.length * bar + (stacks ? 0 : AIR), bar, view: "G", rows: solo.length,
        listed: solo.map(({g, row}) => ({row, id: Number(g)})), solo, company: isolated, at,
    });
    if (!stacks) return [head, rowsOf(isolated, 0)];
    return [head, ...isolated.flatMap((one, at) => {
        const size = sizes?.[`S${one.g}`] ?? FRAME * FRAMES;
        return [rowsOf([one], at), bandOf({draw: "stack", kind: "stack", id: `S${one.g}`, label: "stacks", height: size + AIR, bar: size, solo: [one], company: isolated, at})];
    })];
}
