/**
 * The Details tab: of the selected interval (interval_detail.js), goroutine, range, collection or pause; with nothing selected, of
 * what all goroutines did in view.
 */
import {formatDuration} from "../core/time.js";
import {rowScope} from "../core/scope.js";
import {rowName, splitFunction} from "../core/selection.js";
import {VERSION} from "../core/tile_key.js";
import {EVENT_TITLES, TITLES, byState, countWords, inStackOrder, rangeWords, seenRange, timeWords} from "../core/words.js";
import {el, facts, link, swatch} from "./element.js";
import {childrenList, creatorWords} from "./children.js";
import {drawInterval, functionOf} from "./interval_detail.js";
import {attempt, copyStack, framesOf, functionName, goroutineLink, isolateLink, sharesTable, stackList, summaryOf} from "./pieces.js";
import {copyLink} from "./share.js";
import {isolateWorkers} from "./tasks.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../types.js").Row} Row */
/** @typedef {import("../types.js").Selection} Selection */
/** @typedef {import("../core/words.js").Figure} Figure */

/** Logs and regions of a task that are listed. */
const WRITTEN = 40;

/** Longest interval of each state, as links. @param {Page} ctx @param {readonly Figure[]} figures */
function longestList(ctx, figures) {
    const rows = inStackOrder(figures).flatMap(({state, longest}) => (!longest || longest.g === "" ? [] : [el("tr", {},
        el("td", {}, swatch(state), TITLES[state] ?? state),
        el("td", {}, link(formatDuration(longest.t1 - longest.t0), () => attempt(ctx, ctx.go.goroutine(longest.g, longest.t0)))),
        el("td", {}, `g${longest.g}`))]));
    return el("table", {class: "shares"}, el("tbody", {}, rows));
}

/** Of all states but none. @param {readonly Figure[]} figures */
const countIntervals = (figures) => figures.reduce((sum, {state, n}) => (state === "none" ? sum : sum + n), 0);

/** @param {Page} ctx @param {AbortSignal} signal */
async function drawView(ctx, signal) {
    const {manifest} = ctx.store.get();
    const {t0, t1} = seenRange(ctx.store.get());
    const {states} = await summaryOf(ctx, "view=A", t0, t1, signal);
    const words = rangeWords(t0, t1, ctx.store.get());
    const totals = manifest?.totals ?? {};
    return el("div", {class: "columns"},
        el("section", {},
            el("h2", {class: "title"}, "In view", el("b", {}, formatDuration(t1 - t0))),
            facts([
                ["From – to", words],
                ["Intervals", countWords(countIntervals(states))],
            ]),
            (manifest?.warnings ?? []).map((warning) => el("p", {class: "empty todo"}, warning)),
            el("p", {class: "empty todo"}, "Click an interval to see where and why it blocked. Drag to select a range of time. Press ? for all keys.")),
        el("section", {}, el("h2", {}, "All goroutines", el("span", {}, words)), sharesTable(states, "stack")),
        el("section", {}, el("h2", {}, "Longest of each kind"), longestList(ctx, states)),
        el("section", {},
            el("h2", {}, "Whole trace", el("span", {}, formatDuration(manifest?.span_ns ?? 0))),
            facts([
                ["Goroutines", countWords(totals["goroutines"] ?? 0)],
                ["Collections", countWords(totals["gc"] ?? 0)],
                ["Pauses", `${countWords(totals["stw"] ?? 0)} × stop-the-world`],
                ["Events", countWords(manifest?.events ?? 0)],
                ["Go", manifest?.go],
            ])));
}

/** @param {Page} ctx @param {Selection} range @param {AbortSignal} signal */
async function drawRange(ctx, range, signal) {
    const {states} = await summaryOf(ctx, "view=A", range.t0, range.t1, signal);
    return el("div", {class: "columns"},
        el("section", {},
            el("h2", {class: "title"}, "Selected range", el("b", {}, formatDuration(range.t1 - range.t0))),
            facts([
                ["From – to", rangeWords(range.t0, range.t1, ctx.store.get(), true)],
                ["Intervals", countWords(countIntervals(states))],
                ["Go on", [
                    link("Zoom", () => ctx.actions.get("focus")?.(), "Zoom to the range (F)"),
                    link("Statistics", () => ctx.store.set({panel: "statistics"})),
                    link("Events", () => ctx.store.set({panel: "events"})),
                    link("Copy link", () => void copyLink(ctx)),
                ]],
            ])),
        el("section", {}, el("h2", {}, "All goroutines in it"), sharesTable(states, "stack")),
        el("section", {}, el("h2", {}, "Longest of each kind"), longestList(ctx, states)),
        el("section", {}, el("h2", {}, "Processors in it"), sharesTable((await summaryOf(ctx, "view=P", range.t0, range.t1, signal)).states, "stack")));
}

/** The words of Go for a pause, from the landmarks around it. @param {Page} ctx @param {Selection} selection @param {AbortSignal} signal */
async function pauseOf({api, store}, selection, signal) {
    const k = Math.max(Math.ceil(Math.log2(Math.max(selection.t1 - selection.t0, 1) * 4 / 512)), 0);
    const x = Math.floor(selection.t0 / (512 * 2 ** k));
    const {stw} = await api.json(`traces/${store.get().trace}/landmarks/${k}/${x}?v=${VERSION}`, {signal});
    return stw.find((/** @type {any} */ pause) => Math.abs(pause.t0 - selection.t0) < 1) ?? null;
}

/** @param {Page} ctx @param {Selection} selection @param {AbortSignal} signal */
async function drawPause(ctx, selection, signal) {
    const stw = selection.kind === "stw";
    const [pause, goroutines, procs] = await Promise.all([
        stw ? pauseOf(ctx, selection, signal).catch(() => null) : null,
        summaryOf(ctx, "view=A", selection.t0, selection.t1, signal),
        summaryOf(ctx, "view=P", selection.t0, selection.t1, signal),
    ]);
    const g = selection.g || (pause?.g ?? "");
    return el("div", {class: "columns"},
        el("section", {},
            el("h2", {class: "title"}, swatch(stw ? "stw" : "gc", "tall"), stw ? "Stop-the-world" : "Garbage collection",
                el("b", {}, formatDuration(selection.t1 - selection.t0))),
            facts([
                ["From – to", rangeWords(selection.t0, selection.t1, ctx.store.get(), true)],
                ["Reason", pause?.reason],
                ["Stopped by", g === "" || g === "0" ? null : goroutineLink(ctx, g, selection.t0)],
                ["Go on", [
                    link("Zoom", () => ctx.actions.get("focus")?.(), "Zoom to it (F)"),
                    link("Copy link", () => void copyLink(ctx)),
                ]],
            ])),
        el("section", {}, el("h2", {}, "All goroutines in it"), sharesTable(goroutines.states, "stack")),
        el("section", {}, el("h2", {}, "Processors in it"), sharesTable(procs.states, "stack")),
        el("section", {}, el("h2", {}, "Longest of each kind"), longestList(ctx, goroutines.states)));
}

/** @param {Page} ctx @param {Selection} selection @param {AbortSignal} signal */
async function drawGoroutine(ctx, {g}, signal) {
    const state = ctx.store.get();
    const record = await ctx.api.json(`traces/${state.trace}/goroutines/${g}`, {signal});
    const [frames, creator, shares] = await Promise.all([
        framesOf(ctx, record.creator_stack ?? 0, signal), creatorWords(ctx, record, signal), summaryOf(ctx, `g=${g}`, state.t0, state.t1, signal)]);
    const seen = seenRange(state);
    const lifetime = (record.gone?.t ?? state.manifest?.span_ns ?? 0) - (record.born?.t ?? 0);
    const all = (state.manifest?.states ?? []).map((name, i) => ({state: name, reason: "", ns: record.time?.[i] ?? 0, n: 0}));
    const spent = byState(all).filter((figure) => figure.ns > 0);
    return el("div", {class: "columns"},
        el("section", {},
            el("h2", {class: "title"}, `g${g} ${splitFunction(record.function).name}`, el("b", {}, formatDuration(lifetime))),
            facts([
                ["Function", functionName(record.function)],
                ["Created", record.born?.known ? [timeWords(record.born.t, state), ...(creator ? [" by ", ...creator] : [])] : "before the trace began"],
                ["Ended", record.gone ? timeWords(record.gone.t, state) : "not before the trace did"],
                ["Go on", [isolateLink(ctx, g), link("Copy link", () => void copyLink(ctx), "Copy the link to this goroutine")]],
            ]),
            el("h2", {}, "Goroutines it created"), childrenList(ctx, g, signal)),
        el("section", {}, el("h2", {}, "Where it was created", copyStack(ctx, frames)),
            stackList(ctx, frames, record.born?.known ? "No stack recorded: Go wrote its creation without one." : "No stack recorded: it is older than the trace.")),
        el("section", {}, el("h2", {}, "In its life"), el("table", {class: "shares"}, el("tbody", {}, spent.map((figure) => el("tr", {},
            el("td", {}, swatch(figure.state), TITLES[figure.state] ?? figure.state), el("td", {}, formatDuration(figure.ns))))))),
        el("section", {}, el("h2", {}, `In ${rangeWords(seen.t0, seen.t1, state)}`), sharesTable(shares.states)));
}

/** A goroutine's link and start function. @param {Page} ctx @param {string} g "" none @param {number} t @param {AbortSignal} signal */
async function goroutineWords(ctx, g, t, signal) {
    if (g === "") return null;
    return [goroutineLink(ctx, g, t), " ", functionName(await functionOf(ctx, g, signal))];
}

/** An event that is no state: a log, a region's begin, a sample, ... @param {Page} ctx @param {Selection & {row: Row}} selection @param {AbortSignal} signal */
async function drawMark(ctx, {T, t0, g, row}, signal) {
    const state = ctx.store.get();
    const {events} = await ctx.api.json(`traces/${state.trace}/events?at=${T}`, {signal});
    const here = events.filter((/** @type {any} */ event) => event.kind !== "state" && event.view === row.view && event.block * 32 + event.row === row.row);
    const mark = here.find((/** @type {{g: string}} */ event) => g === "" || event.g === g) ?? here[0];
    if (!mark) return el("p", {class: "pane empty"}, "This event is not in the trace.");
    const seen = seenRange(state);
    const who = mark.g && mark.g !== "0" ? String(mark.g) : "";
    const [frames, shares, words] = await Promise.all([
        framesOf(ctx, mark.stack ?? 0, signal), summaryOf(ctx, who === "" ? rowScope(row) : `g=${who}`, seen.t0, seen.t1, signal), goroutineWords(ctx, who, t0, signal)]);
    return el("div", {class: "columns thirds"},
        el("section", {},
            el("h2", {class: "title"}, EVENT_TITLES[mark.kind] ?? "Event"),
            facts([
                ["At", timeWords(t0, state)],
                ["Goroutine", words],
                [mark.kind === "log" ? "Category" : "Text", mark.text],
                ["Message", mark.message],
                ["Task", mark.task],
                ["Created by", mark.creator && mark.creator !== "0" ? goroutineLink(ctx, mark.creator, t0) : null],
                ["On", [mark.p === undefined ? "" : `P${mark.p}`, mark.m === undefined ? "" : `M${mark.m}`].filter((name) => name !== "").join(", ")],
                ["Go on", [who !== "" && isolateLink(ctx, who), link("Copy link", () => void copyLink(ctx), "Copy the link to this event")]],
            ])),
        el("section", {}, el("h2", {}, mark.kind === "sample" ? "What ran" : "Where it was written", copyStack(ctx, frames)), stackList(ctx, frames, "No stack recorded: Go wrote this event without one.")),
        el("section", {}, el("h2", {}, `${who === "" ? rowName(state.manifest, row) : `g${who}`} in view`), sharesTable(shares.states)));
}

/** A user task, and what was written for it. @param {Page} ctx @param {import("../types.js").Task} task @param {AbortSignal} signal */
async function drawTask(ctx, task, signal) {
    const state = ctx.store.get();
    const {events} = await ctx.api.json(`traces/${state.trace}/events?task=${task.task}&kind=log,region&from=${task.t0}&to=${task.t1 + 1}&limit=${WRITTEN}`, {signal});
    return el("div", {class: "columns thirds"},
        el("section", {},
            el("h2", {class: "title"}, `Task ${task.name || "(no type)"}`, el("b", {}, formatDuration(task.t1 - task.t0))),
            facts([
                ["Begin", `${timeWords(task.t0, state)}${task.begin_known ? "" : ", or before the trace"}`],
                ["End", task.end_known ? timeWords(task.t1, state) : "not before the trace did"],
                ["Id", task.task],
                ["Parent", task.parent === "0" ? null : link(task.parent, () => attempt(ctx, ctx.go.task(task.parent)), "Go to the parent")],
                ["Begun by", await goroutineWords(ctx, task.g === "0" ? "" : task.g, task.t0, signal)],
                ["Go on", [
                    link("Zoom", () => ctx.actions.get("focus")?.(), "Zoom to it (F)"),
                    link("Its goroutines", () => attempt(ctx, isolateWorkers(ctx, task)), "Rows of their own for the goroutines that worked on it"),
                    link("All tasks", () => ctx.store.set({panel: "tasks"})),
                    link("Copy link", () => void copyLink(ctx), "Copy the link to this task"),
                ]],
            ])),
        el("section", {}, el("h2", {}, "Written for it", el("span", {}, events.length === WRITTEN ? `the first ${WRITTEN}` : "")),
            events.length === 0 ? el("p", {class: "empty"}, "No log and no region.") : el("table", {class: "shares"}, el("tbody", {}, events.map((/** @type {any} */ event) => el("tr", {},
                el("td", {}, timeWords(event.t, state, 6)), el("td", {}, `${EVENT_TITLES[event.kind] ?? event.kind}: ${[event.text, event.message].filter(Boolean).join(": ")}`),
                el("td", {}, event.g && event.g !== "0" ? goroutineLink(ctx, event.g, event.t) : "")))))),
        el("section", {}, el("h2", {}, "All goroutines meanwhile"), sharesTable((await summaryOf(ctx, "view=A", task.t0, task.t1, signal)).states, "stack")));
}

/** @param {Page} ctx @param {AbortSignal} signal @returns {Promise<HTMLElement>} */
export async function draw(ctx, signal) {
    const {selection} = ctx.store.get();
    if (!selection) return drawView(ctx, signal);
    if (selection.task) return drawTask(ctx, selection.task, signal);
    if (selection.kind === "range") return drawRange(ctx, selection, signal);
    if (selection.kind === "gc" || selection.kind === "stw") return drawPause(ctx, selection, signal);
    if (selection.kind === "mark" && selection.T !== "" && selection.row) return drawMark(ctx, {...selection, row: selection.row}, signal);
    if (selection.kind === "goroutine") return drawGoroutine(ctx, selection, signal);
    return selection.row ? drawInterval(ctx, {...selection, row: selection.row}, signal) : drawView(ctx, signal);
}
