/**
 * The Stacks tab: every stack the trace holds around the selected interval, with whole paths; without one, the stacks that a range
 * was spent in, the heaviest first.
 */
import {exactInterval} from "../core/selection.js";
import {countOf, countWords, percentWords} from "../core/words.js";
import {el} from "./element.js";
import {copyStack, framesOf, stackList} from "./pieces.js";
import {profilePane} from "./profile.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../core/flame.js").Profile} Profile */
/** @typedef {import("./profile.js").Words} Words */

const MOST = 50;

/** The heaviest stacks with their share. @param {Page} ctx @param {Profile} profile @param {Words} words @param {AbortSignal} signal */
async function buildList(ctx, profile, words, signal) {
    const shown = profile.stacks.slice(0, MOST);
    const answer = await ctx.api.json(`traces/${ctx.store.get().trace}/stacks?ids=${shown.map(({id}) => id).join()}`, {signal});
    const frames = new Map(answer.stacks.map((/** @type {any} */ stack) => [stack.id, stack.frames]));
    const total = Math.max(profile.ns || profile.n, 1);
    const left = profile.n_stacks - shown.length;
    return [...shown.map(({id, ns, n}) => {
        const value = profile.ns > 0 ? ns : n;
        return el("section", {class: "weighed"},
            el("h3", {}, `${words(value)} `, el("span", {}, `${percentWords(value / total)}${profile.ns > 0 ? `, ${countWords(n)} ×` : ""}`), copyStack(ctx, frames.get(id) ?? [])),
            stackList(ctx, frames.get(id) ?? [], "No stack recorded.", true));
    }), left > 0 ? el("p", {class: "empty"}, `${countOf(left, "lighter stack")} more; the profile download has them.`) : el("p")];
}

/** @param {Page} ctx @param {AbortSignal} signal @returns {Promise<HTMLElement>} */
export async function draw(ctx, signal) {
    const {selection, trace, manifest} = ctx.store.get();
    if (!selection?.row || selection.g === "") return profilePane(ctx, signal, (profile, kind, words) => buildList(ctx, profile, words, signal));
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
