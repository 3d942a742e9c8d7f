/**
 * The Tasks tab: user tasks (trace.NewTask) of the selected range, else in view, by type; a type unfolds to how long they took and
 * to the tasks one by one, the longest first. A task leads to its time, and to the goroutines that worked on it.
 */
import {formatDuration} from "../core/time.js";
import {ISOLATED_MOST} from "../core/row_set.js";
import {rangeSelection} from "../core/selection.js";
import {countOf, countWords, rangeWords, timeWords} from "../core/words.js";
import {downloadLinks} from "./download.js";
import {el, link} from "./element.js";
import {attempt, goroutineLink, histogram} from "./pieces.js";
import {rangeOf} from "./statistics.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../types.js").TaskType} TaskType */
/** @typedef {Omit<import("../types.js").Task, "type"|"name"|"row">} Task */

/** Air around a task that is shown. */
const AIR = 0.05;
const COLUMNS = 6;
const FILES_PAGE = 1000;
/** The type that is unfolded stays so in another range. */
let unfolded = "";

/** @param {Page} ctx @param {Task} task @param {"push"|"replace"} how */
function show(ctx, {t0, t1}, how = "push") {
    const air = Math.max((t1 - t0) * AIR, 50);
    ctx.store.set({selection: rangeSelection(t0, Math.max(t1, t0 + 1))}, how);
    ctx.go.view({t0: t0 - air, t1: t1 + air}, how);
}

/** Goroutines that wrote a log or a region for the task, and the one that began it. @param {Page} ctx @param {Task} task */
async function workers({api, store}, {task, t0, t1, g}) {
    const found = new Set(g === "" || g === "0" ? [] : [g]);
    const path = `traces/${store.get().trace}/events?task=${task}&kind=log,region&from=${t0}&to=${t1 + 1}&limit=1000`;
    for (let after = ""; found.size <= ISOLATED_MOST;) {
        const page = await api.json(`${path}${after}`);
        for (const event of page.events) if (event.g && event.g !== "0") found.add(event.g);
        if (!page.next) break;
        after = `&after=${page.next}`;
    }
    return [...found];
}

/** Rows of their own for the goroutines of a task. Answers whether there are any. @param {Page} ctx @param {Task} task */
export async function isolateWorkers(ctx, task) {
    const found = await workers(ctx, task);
    if (found.length === 0) {
        ctx.say("No goroutine is known to have worked on this task.");
        return false;
    }
    await ctx.go.isolate(found.slice(0, ISOLATED_MOST));
    if (found.length > ISOLATED_MOST) ctx.say(`More than ${ISOLATED_MOST} goroutines worked on it; the first ${ISOLATED_MOST} have rows of their own.`);
    return true;
}

/** @param {Page} ctx @param {Task} task */
async function isolate(ctx, task) {
    if (await isolateWorkers(ctx, task)) show(ctx, task, "replace"); // of one press, one entry
}

/** @param {Page} ctx @param {Task} task */
function taskRow(ctx, task) {
    const state = ctx.store.get();
    const open = [task.begin_known ? "" : "began before the trace", task.end_known ? "" : "has not ended"].filter((words) => words !== "").join(", ");
    return el("tr", {},
        el("td", {class: "name"}, link(formatDuration(task.t1 - task.t0), () => show(ctx, task), "Select its time and show it"), open === "" ? null : el("span", {class: "muted"}, ` ${open}`)),
        el("td", {class: "name"}, timeWords(task.t0, state, 6)),
        el("td", {class: "name"}, task.g === "" || task.g === "0" ? "" : goroutineLink(ctx, task.g, task.t0)),
        el("td", {}, link(task.task, () => attempt(ctx, ctx.go.task(task.task)), "Select it in its lane")), el("td", {}, task.parent === "0" ? "" : task.parent),
        el("td", {class: "name"}, link("Its goroutines", () => attempt(ctx, isolate(ctx, task)), "Rows of their own for the goroutines that worked on it")));
}

/** What a type unfolds to. @param {Page} ctx @param {TaskType} type @param {string} range @param {AbortSignal} signal */
async function unfold(ctx, type, range, signal) {
    const path = `traces/${ctx.store.get().trace}/tasks?type=${type.type}&${range}`;
    const first = await ctx.api.json(path, {signal});
    const body = el("tbody");
    const more = el("p", {});
    const add = (/** @type {any} */ answer) => {
        body.append(...answer.tasks.map((/** @type {Task} */ task) => taskRow(ctx, task)));
        more.replaceChildren(answer.next ? link("More tasks", () => attempt(ctx, ctx.api.json(`${path}&after=${answer.next}`, {signal}).then(add))) : "");
    };
    add(first);
    const about = first.exact ? "" : "≈ ";
    return el("tr", {class: "more"}, el("td", {class: "name", colspan: String(COLUMNS)}, el("div", {class: "durations"},
        el("div", {}, histogram(first.histogram, "accented"),
            el("p", {class: "muted"}, [["min", first.min], ["p50", first.p50], ["p90", first.p90], ["p99", first.p99], ["max", first.max]].map(([name, ns]) => `${name} ${about}${formatDuration(ns)}`).join("   "))),
        el("div", {}, downloadLinks(ctx, () => ({name: `tasks-${type.name}`, path, key: "tasks", csvLimit: FILES_PAGE, jsonLimit: FILES_PAGE, total: type.n}), rangeOf(ctx.store.get())),
            el("table", {class: "grid snug"}, el("thead", {}, el("tr", {}, ["Duration", "Begin", "By"].map((title) => el("th", {class: "name"}, title)), ["Task", "Parent", "Rows"].map((title) => el("th", {}, title)))), body), more))));
}

/** @param {Page} ctx @param {TaskType} type @param {number} widest @param {string} range @param {AbortSignal} signal */
function typeRow(ctx, type, widest, range, signal) {
    const row = el("tr");
    const bar = el("div", {class: "bar accented"}, el("i"));
    const part = /** @type {HTMLElement} */ (bar.firstChild);
    part.style.width = `${type.ns / Math.max(widest, 1) * 100}%`;
    const arrow = el("button", {class: "link fold", type: "button", "aria-expanded": "false", "aria-label": `Tasks of type ${type.name}`, onclick() {
        const open = arrow.getAttribute("aria-expanded") === "true";
        arrow.setAttribute("aria-expanded", String(!open));
        unfolded = open ? "" : type.name;
        if (open) return void (row.nextElementSibling?.className === "more" && row.nextElementSibling.remove());
        attempt(ctx, unfold(ctx, type, range, signal).then((below) => arrow.getAttribute("aria-expanded") === "true" && row.after(below)));
    }});
    row.append(el("td", {class: "name"}, arrow, type.name === "" ? "(no type)" : type.name),
        el("td", {}, countWords(type.n)), el("td", {}, formatDuration(type.ns)), el("td", {class: "name"}, bar),
        el("td", {}, formatDuration(type.ns / Math.max(type.n, 1))), el("td", {}, formatDuration(type.max)));
    if (type.name === unfolded) arrow.click();
    return row;
}

/** @param {Page} ctx @param {AbortSignal} signal @returns {Promise<HTMLElement>} */
export async function draw(ctx, signal) {
    const state = ctx.store.get();
    const {t0, t1, selected} = rangeOf(state);
    const range = `from=${Math.max(Math.floor(t0), 0)}&to=${Math.max(Math.min(Math.ceil(t1), (state.manifest?.span_ns ?? Infinity) + 1), 1)}`;
    if ((state.manifest?.totals["tasks"] ?? 0) === 0) {
        return el("p", {class: "pane empty"}, "This trace has no user tasks. A program marks its own with trace.NewTask, and what is done for one with trace.WithRegion and trace.Log.");
    }
    const answer = await ctx.api.json(`traces/${state.trace}/tasks/types?${range}`, {signal});
    const widest = Math.max(...answer.types.map((/** @type {TaskType} */ type) => type.ns), 1);
    return el("div", {class: "pane"},
        el("div", {class: "pane-head"}, el("h2", {}, selected ? "Tasks in the selected range" : "Tasks in view",
            el("span", {}, `${rangeWords(t0, t1, state)}, ${countOf(answer.n_types, "type")}${answer.n_types > answer.types.length ? `, the ${countWords(answer.types.length)} with the most time` : ""}`)),
            downloadLinks(ctx, () => ({name: "task-types", path: `traces/${state.trace}/tasks/types?${range}`, key: "types"}), {t0, t1})),
        answer.types.length === 0 ? el("p", {class: "empty"}, "No task in this range.") : el("table", {class: "grid snug"},
            el("thead", {}, el("tr", {}, el("th", {class: "name"}, "Type"), ["Tasks", "Total", "Compared", "Mean", "Max"].map((title) => el("th", {}, title)))),
            el("tbody", {}, answer.types.map((/** @type {TaskType} */ type) => typeRow(ctx, type, widest, range, signal)))));
}
