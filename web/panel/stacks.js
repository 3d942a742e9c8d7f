/**
 * The Stacks tab: every stack the trace holds around the selected interval, with whole paths.
 */
import {exactInterval} from "../core/selection.js";
import {el} from "./element.js";
import {copyStack, framesOf, stackList} from "./pieces.js";

/** @typedef {import("../types.js").Page} Page */

/** @param {Page} ctx @param {AbortSignal} signal @returns {Promise<HTMLElement>} */
export async function draw(ctx, signal) {
    const {selection, trace, manifest} = ctx.store.get();
    if (!selection?.row || selection.g === "") return el("p", {class: "pane empty"}, "Click an interval of a goroutine: its stacks are shown here.");
    const {row} = selection;
    const hit = selection.kind === "goroutine" ? null : await exactInterval(ctx.interval, row, selection.t0, selection.T);
    const after = hit && await ctx.interval(row, hit.t0, 1);
    const record = await ctx.api.json(`traces/${trace}/goroutines/${selection.g}`, {signal});
    const name = (/** @type {number} */ state) => manifest?.states[state] ?? "";
    /** @type {[string, number, string][]} */
    const wanted = [
        [name(hit?.state ?? 0) === "runnable" ? "Who woke it" : "Where it began", hit?.stack ?? 0, "Go wrote this event without a stack."],
        [name(after?.state ?? 0) === "runnable" ? "What ended it: who woke it" : "What ended it", after?.stack ?? 0, "Go wrote the event that ended it without a stack."],
        [`Where g${selection.g} was created`, record.creator_stack ?? 0, record.born?.known ? "Go wrote its creation without a stack." : "It is older than the trace."],
    ];
    const stacks = await Promise.all(wanted.map(([, id]) => framesOf(ctx, id, signal)));
    return el("div", {class: "columns thirds"}, wanted.map(([title, , why], i) => el("section", {},
        el("h2", {}, title, copyStack(ctx, stacks[i] ?? [])),
        stackList(ctx, stacks[i] ?? [], `No stack recorded: ${why}`, true))));
}
