/**
 * Details of one interval in four columns, so that the cause is read from left to right: what, where, who ended it, and how
 * this goroutine spent the visible time.
 */
import {formatDuration} from "../core/time.js";
import {rowScope} from "../core/scope.js";
import {exactInterval, groupOfRow, rowName} from "../core/selection.js";
import {TITLES, byState, countWords, intervalTitle, rangeWords, seenRange} from "../core/words.js";
import {childrenLink, creatorWords} from "./children.js";
import {el, facts, link, swatch} from "./element.js";
import {
    attempt, copyStack, framesOf, functionName, goroutineLink, isolateLink, processorLink, sharesTable, stackList, summaryOf,
} from "./pieces.js";
import {copyLink} from "./share.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../types.js").Hit} Hit */
/** @typedef {import("../types.js").Row} Row */
/** @typedef {import("../types.js").Selection} Selection */
/** @typedef {import("../core/words.js").Frame} Frame */

/**
 * An interval of a row and its neighbours, with what they tell of it.
 * @typedef {object} Story
 * @property {Hit} hit
 * @property {Hit|null} before
 * @property {Hit|null} after
 * @property {Hit|null} wake      the wait to run that ended it (blocked), is it (runnable) or led to it (running)
 * @property {Hit|null} ran       the run after that wait
 * @property {string} name        of its state
 * @property {string} reason
 * @property {string} function    start function of the goroutine
 * @property {string} waker       start function of who woke it
 * @property {import("./element.js").Child[]|null} creator   who created its goroutine
 * @property {HTMLElement|null} children   whom that created, on demand
 */

const PARKED = new Set(["sync", "chan", "other", "net", "sleep"]);

/** @param {Page} ctx @param {Hit} hit @returns {{name: string, reason: string}} */
function stateOf({store}, hit) {
    const {manifest} = store.get();
    return {name: manifest?.states[hit.state] ?? "none", reason: manifest?.reasons[hit.reason] ?? ""};
}

/** A goroutine's record, null if it is not known. @param {Page} ctx @param {string} g @param {AbortSignal} signal */
async function recordOf({api, store}, g, signal) {
    if (g === "" || g === "0") return null;
    const record = await api.json(`traces/${store.get().trace}/goroutines/${g}`, {signal}).catch(() => null);
    signal.throwIfAborted();
    return record;
}

/** Start function of a goroutine, "" if it is not known. @param {Page} ctx @param {string} g @param {AbortSignal} signal @returns {Promise<string>} */
export const functionOf = async (ctx, g, signal) => (await recordOf(ctx, g, signal))?.function ?? "";

/** @param {Page} ctx @param {Selection & {row: Row}} selection @param {AbortSignal} signal @returns {Promise<Story|null>} */
async function tell(ctx, {row, t0, T, g}, signal) {
    const hit = await exactInterval(ctx.interval, row, t0, T);
    if (!hit) return null;
    const [before, after] = await Promise.all([ctx.interval(row, hit.t0, -1), ctx.interval(row, hit.t0, 1)]);
    const {name, reason} = stateOf(ctx, hit);
    const runnable = (/** @type {Hit|null} */ h) => (h && row.view === "G" && stateOf(ctx, h).name === "runnable" ? h : null);
    const wake = runnable(hit) ?? (PARKED.has(name) ? runnable(after) : runnable(before));
    const ran = wake === hit ? after : wake && wake === after ? await ctx.interval(row, wake.t0, 1) : null;
    const [own, waker] = await Promise.all([recordOf(ctx, hit.g || g, signal), functionOf(ctx, wake?.waker ?? "", signal)]);
    const creator = row.view === "G" ? await creatorWords(ctx, own, signal) : null;
    const children = own && row.view === "G" ? childrenLink(ctx, own.g, signal) : null;
    return {hit, before, after, wake, ran, name, reason, waker, creator, children, function: own?.function || (groupOfRow(ctx.store.get().manifest, row)?.function ?? "")};
}

/** "P5, thread M4711" @param {Page} ctx @param {Hit} hit */
function onWhat(ctx, hit) {
    const own = hit.row?.view;
    const p = hit.p > 0 && own !== "P" ? processorLink(ctx, "P", hit.p - 1, hit.t0) : null;
    const m = hit.m > 0 && own !== "M" ? processorLink(ctx, "M", hit.m - 1, hit.t0) : null;
    return p || m ? [p, p && m ? ", thread " : m ? "thread " : null, m] : null;
}

/** It waits to run because it was made to, or gave way, not because somebody woke it: the stack is its own. @param {Page} ctx @param {Story} story */
const wasInterrupted = (ctx, {name, before, wake}) =>
    name === "runnable" && before !== null && ["running", "gc", "assist"].includes(stateOf(ctx, before).name) && ["", "0"].includes(wake?.waker ?? "");

/** Who made it runnable. @param {Page} ctx @param {Story} story */
function wokenBy(ctx, story) {
    const {wake, waker} = story;
    if (!wake) return null;
    if (wasInterrupted(ctx, story)) return "nobody: it was interrupted, or gave way";
    if (wake.waker === "" || wake.waker === "0") return "the runtime (timer, network poller, or the scheduler)";
    return [goroutineLink(ctx, wake.waker, wake.t0), " ", waker === "" ? null : functionName(waker)];
}

/** @param {Page} ctx @param {Hit|null} hit what came before or after @param {string} suffix */
function neighbour(ctx, hit, suffix = "") {
    if (!hit || hit.state === 0) return null;
    const {name, reason} = stateOf(ctx, hit);
    const words = `${TITLES[name]?.toLowerCase() ?? name}${reason && name !== "sync" && name !== "net" ? ` (${reason})` : ""}`;
    return [link(words, () => ctx.go.interval(hit)), ` ${formatDuration(hit.t1 - hit.t0)}${suffix}`];
}

/** Both in one line. @param {Page} ctx @param {Hit|null} before @param {Hit|null} after @returns {[string, import("./element.js").Child[]|null]} */
function beforeAndThen(ctx, before, after) {
    const [a, b] = [neighbour(ctx, before), neighbour(ctx, after)];
    if (a && b) return ["Before, then", [el("span", {}, ...a), ", then ", ...b]];
    return [a ? "Before" : "Then", a ?? b];
}

/** How much of this kind the group did in view. @param {Page} ctx @param {Story} story @param {AbortSignal} signal */
async function amongOthers(ctx, story, signal) {
    const {manifest, t0, t1} = ctx.store.get();
    const row = story.hit.row;
    const group = row && groupOfRow(manifest, row);
    if (!group || row.view !== "G") return null;
    const {states} = await summaryOf(ctx, `group=${group.group}`, t0, t1, signal);
    const mine = byState(states).find((figure) => figure.state === story.name);
    if (!mine?.longest || mine.n < 2) return null;
    const {longest} = mine;
    return [
        `${countWords(mine.n)} in view, longest `,
        link(formatDuration(longest.t1 - longest.t0), () => attempt(ctx, ctx.go.goroutine(longest.g, longest.t0))),
    ];
}

/** @param {Page} ctx @param {Story} story */
function rowLinks(ctx, {hit, before, after}) {
    return [
        before && link("‹ Previous", () => ctx.go.interval(before), "The interval before on this row (,)"),
        after && link("Next ›", () => ctx.go.interval(after), "The interval after on this row (.)"),
        hit.g !== "" && hit.g !== "0" && isolateLink(ctx, hit.g),
        link("Copy link", () => void copyLink(ctx), "Copy the link to this event"),
        hit.t1 > hit.t0 && link("Zoom", () => ctx.go.interval(hit, true), "Make it fill the view (F)"),
    ];
}

/** @param {Page} ctx @param {Story} story @param {Frame[]} frames @param {import("./element.js").Child[]|null} among */
function whatColumn(ctx, story, frames, among) {
    const {hit, before, after, wake, ran, name} = story;
    const state = ctx.store.get();
    const parked = PARKED.has(name);
    const view = hit.row?.view;
    const title = hit.g === "" && view !== "G" ? "Searching for work" : intervalTitle(name, story.reason, frames);
    const ranOn = ran && onWhat(ctx, ran);
    return el("section", {},
        el("h2", {class: "title"}, swatch(name, "tall"), title, el("b", {}, formatDuration(hit.t1 - hit.t0))),
        facts([
            [view === "P" ? "Processor" : view === "M" ? "Thread" : "", view !== "G" && hit.row ? rowName(state.manifest, hit.row) : null],
            ["Goroutine", hit.g === "" ? null : [view === "G" ? el("span", {}, `g${hit.g}`) : goroutineLink(ctx, hit.g, hit.t0), " ", functionName(story.function)]],
            ["From – to", rangeWords(hit.t0, hit.t1, state, true)],
            ["Reason", parked && name !== "sync" && story.reason !== "" && !title.includes(story.reason) ? story.reason : null],
            ["On", onWhat(ctx, hit)],
            [parked ? "Unblocked by" : "Woken by", wokenBy(ctx, story)],
            ["Then waited", parked && wake ? [`${formatDuration(wake.t1 - wake.t0)} to run`, ...(ranOn ? [", on ", ...ranOn] : [])] : null],
            ["Waited", wake && wake === before ? neighbour(ctx, wake, " to run") : null],
            beforeAndThen(ctx, parked || wake === before || view !== "G" ? null : before, parked && wake ? null : after),
            [`This ${view === "G" ? "group" : "row"}`, among],
            ["Created by", story.creator],
            ["Created", story.children],
            ["On this row", rowLinks(ctx, story)],
        ]));
}

/** Why there is no stack. @param {Story} story @param {Hit|null} of */
function whyNoStack({name, hit}, of) {
    if (!of && name === "runnable") return hit.T === "" ? "No stack recorded: it began before the trace did." : "It had not run before: it had just been created.";
    if (!of) return "No stack recorded: the trace ends before.";
    if (of.T === "") return "No stack recorded: it began before the trace did.";
    if (name === "running" || name === "runnable") return "No stack recorded: Go writes one when a goroutine blocks, and of who wakes it.";
    return "No stack recorded: Go wrote this event without one.";
}

/** The second and third column: for a block, where and by whom it ended; for a run, where it stopped and who started it.
 * @param {Page} ctx @param {Story} story @param {Frame[]} frames @param {AbortSignal} signal */
async function stackColumns(ctx, story, frames, signal) {
    const {hit, before, after, wake, name} = story;
    const working = !PARKED.has(name) && name !== "syscall";
    const interrupted = wasInterrupted(ctx, story);
    const where = interrupted ? hit : name === "runnable" ? before : working ? after : hit;
    const there = where === hit ? frames : await framesOf(ctx, where?.stack ?? 0, signal);
    const caller = interrupted ? [] : await framesOf(ctx, wake?.stack ?? 0, signal);
    const title = interrupted ? "Where it was interrupted" : name === "syscall" ? "Where it called" : name === "runnable" ? "Where it had stopped" : working ? "Where it then stopped" : "Where it blocked";
    const who = wake && wake.waker !== "" && wake.waker !== "0" ? wake.waker : "";
    const none = interrupted ? "Nobody: it was interrupted while it ran, or gave way (runtime.Gosched)." : wake ? "No stack recorded: the runtime woke it, not a goroutine." : PARKED.has(name) ? "It was still blocked when the trace ended." : "The trace does not say.";
    return [
        el("section", {},
            el("h2", {}, title, el("span", {}, hit.g === "" ? "" : `g${hit.g}`), copyStack(ctx, there)),
            stackList(ctx, there, whyNoStack(story, where))),
        el("section", {},
            el("h2", {}, PARKED.has(name) ? "Who unblocked it" : "Who woke it", el("span", {}, who && `g${who}`), copyStack(ctx, caller)),
            stackList(ctx, caller, who ? whyNoStack(story, wake) : none)),
    ];
}

/** @param {Page} ctx @param {Selection & {row: Row}} selection @param {AbortSignal} signal */
export async function drawInterval(ctx, selection, signal) {
    const story = await tell(ctx, selection, signal);
    if (!story) return el("p", {class: "pane empty"}, "Nothing was going on there.");
    const {t0, t1} = seenRange(ctx.store.get());
    const {hit} = story;
    const own = hit.row?.view === "G" && hit.g !== "";
    const [frames, among, shares] = await Promise.all([
        framesOf(ctx, hit.stack, signal),
        amongOthers(ctx, story, signal),
        summaryOf(ctx, own ? `g=${hit.g}` : rowScope(selection.row), t0, t1, signal),
    ]);
    return el("div", {class: "columns"},
        whatColumn(ctx, story, frames, among),
        await stackColumns(ctx, story, frames, signal),
        el("section", {},
            el("h2", {}, `${own ? `g${hit.g}` : rowName(ctx.store.get().manifest, selection.row)} in ${rangeWords(t0, t1, ctx.store.get())}`),
            sharesTable(shares.states)));
}

