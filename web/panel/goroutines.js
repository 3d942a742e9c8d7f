/**
 * The Goroutines tab: groups by start function with their counts and times over the whole trace; sortable. A row leads to its
 * timelines, its arrow to the goroutines one by one.
 */
import {formatDuration} from "../core/time.js";
import {TITLES, countWords, timeWords} from "../core/words.js";
import {el, link} from "./element.js";
import {attempt, functionName, goroutineLink, isolateLink, sharesBar} from "./pieces.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../types.js").Group} Group */

const COLUMNS = ["running", "runnable", "sync", "chan", "syscall", "net", "gc", "assist", "other", "sleep"];
const PAGE = 50;
const ISOLATED_MOST = 32;
let sortedBy = "running";
let way = -1;
let filter = "";

/** Groups in the order of a column. @param {readonly Group[]} groups @param {string} column @param {number} sign @param {readonly string[]} states */
export function sortGroups(groups, column, sign, states) {
    const at = states.indexOf(column);
    /** @type {(group: Group) => number} */
    const value = column === "count" ? (g) => g.goroutines : column === "alive" ? (g) => g.alive_max : (g) => g.time[at] ?? 0;
    const named = (/** @type {Group} */ a, /** @type {Group} */ b) => (a.function < b.function ? -1 : a.function > b.function ? 1 : 0);
    return [...groups].sort((a, b) => (column === "function" ? sign * named(a, b) : sign * (value(a) - value(b)) || named(a, b)));
}

/** Rows of single goroutines below their group. @param {Page} ctx @param {Group} group @param {HTMLElement} row */
async function unfold(ctx, group, row) {
    const state = ctx.store.get();
    /** @param {Element} below @param {string} after */
    const load = async (below, after) => {
        const answer = await ctx.api.json(`traces/${state.trace}/goroutines?group=${group.group}&limit=${PAGE}${after === "" ? "" : `&after=${after}`}`);
        const rows = answer.goroutines.map((/** @type {any} */ record) => el("tr", {class: "one", "data-g": String(record.g)},
            el("td", {class: "name wide"}, goroutineLink(ctx, record.g, record.born?.t ?? 0), " ", isolateLink(ctx, String(record.g)), " ",
                el("span", {class: "muted"}, record.born?.known ? `born ${timeWords(record.born.t, state, 6)}` : "older than the trace")),
            el("td", {}), el("td", {}), el("td", {class: "name"}, timeBar(state.manifest?.states ?? [], record.time ?? [])),
            COLUMNS.map((column) => timeCell(record.time?.[state.manifest?.states.indexOf(column) ?? -1]))));
        if (answer.next) {
            const next = el("tr", {class: "one"}, el("td", {class: "name", colspan: String(COLUMNS.length + 4)}, link("More", () => {
                attempt(ctx, load(next, String(answer.next)).then(() => next.remove()));
            })));
            rows.push(next);
        }
        below.after(...rows);
    };
    await load(row, "");
}

/** Rows of their own for the goroutines that are unfolded. @param {Page} ctx @param {HTMLElement} body */
function isolateShown(ctx, body) {
    const rows = /** @type {HTMLElement[]} */ ([...body.querySelectorAll("tr[data-g]")]);
    if (rows.length === 0) return ctx.say("Unfold a function first: its goroutines are then shown one by one.");
    attempt(ctx, ctx.go.isolate(rows.map((row) => row.dataset["g"] ?? "").slice(0, ISOLATED_MOST)));
}

/** @param {number|undefined} ns */
const timeCell = (ns) => el("td", {class: ns ? null : "muted"}, ns ? formatDuration(ns) : "–");

/** @param {readonly string[]} states @param {readonly number[]} time */
function timeBar(states, time) {
    const total = time.reduce((sum, ns, i) => sum + (i > 0 ? ns : 0), 0);
    return sharesBar(states.map((state, i) => ({state, reason: "", ns: i > 0 ? time[i] ?? 0 : 0, n: 0})), Math.max(total, 1));
}

/** @param {Page} ctx @param {Group} group */
function groupRow(ctx, group) {
    const states = ctx.store.get().manifest?.states ?? [];
    const row = el("tr");
    const arrow = el("button", {class: "link fold", type: "button", "aria-expanded": "false", "aria-label": `Goroutines of ${group.function}`, onclick() {
        const open = arrow.getAttribute("aria-expanded") === "true";
        arrow.setAttribute("aria-expanded", String(!open));
        if (!open) return attempt(ctx, unfold(ctx, group, row));
        while (row.nextElementSibling?.className === "one") row.nextElementSibling.remove();
    }});
    row.append(
        el("td", {class: "name wide"}, arrow, link(functionName(group.function), () => ctx.go.group(group), "Show its timelines")),
        el("td", {}, countWords(group.goroutines)),
        el("td", {}, countWords(group.alive_max)),
        el("td", {class: "name"}, timeBar(states, group.time)),
        ...COLUMNS.map((column) => timeCell(group.time[states.indexOf(column)])));
    return row;
}

/** @param {Page} ctx @param {AbortSignal} signal @returns {Promise<HTMLElement>} */
export async function draw(ctx, signal) {
    const {manifest} = ctx.store.get();
    const groups = manifest?.groups ?? [];
    const body = el("tbody");
    const head = el("tr");
    const fill = () => {
        const words = filter.toLowerCase();
        const shown = sortGroups(groups.filter((group) => group.function.toLowerCase().includes(words)), sortedBy, way, manifest?.states ?? []);
        body.replaceChildren(...shown.slice(0, 500).map((group) => groupRow(ctx, group)));
        if (shown.length === 0) body.append(el("tr", {}, el("td", {class: "name empty", colspan: "14"}, "No function has these words in its name.")));
        const columns = [["function", "Start function"], ["count", "Goroutines"], ["alive", "At once"], ["", "States"], ...COLUMNS.map((name) => [name, TITLES[name] ?? name])];
        head.replaceChildren(...columns.map(([id = "", title]) => el("th", {
            class: id === "function" || id === "" ? "name" : null, "aria-sort": id !== "" && id === sortedBy ? (way < 0 ? "descending" : "ascending") : null,
        }, id === "" ? title ?? "" : el("button", {type: "button", onclick() {
            way = sortedBy === id ? -way : id === "function" ? 1 : -1;
            sortedBy = id;
            fill();
        }}, title))));
    };
    fill();
    signal.throwIfAborted();
    const box = el("input", {type: "search", class: "filter", placeholder: "Filter by name", "aria-label": "Filter by name", value: filter, oninput() {
        filter = box.value;
        fill();
    }});
    return el("div", {class: "pane"},
        el("div", {class: "pane-head"}, el("h2", {}, "Goroutines by start function", el("span", {}, "over the whole trace")), box,
            link("Isolate all shown", () => isolateShown(ctx, body), `Give each goroutine that is listed below a row of its own, at most ${ISOLATED_MOST}`)),
        el("table", {class: "grid"}, el("thead", {}, head), body));
}

