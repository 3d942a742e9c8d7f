/**
 * Lines of the goroutine table: functions, and what they unfold to.
 */
import {formatDuration} from "../core/time.js";
import {COLUMNS, goroutineOrder, partsOf} from "../core/table.js";
import {TITLES, countOf, countWords, percentWords, timeWords} from "../core/words.js";
import {el, link} from "./element.js";
import {downloadLinks} from "./download.js";
import {attempt, functionName, goroutineLink, isolateLink} from "./pieces.js";
import {createProgress} from "./progress.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../types.js").Table} Table */
/** @typedef {Record<string, {sum: number, p50: number, p90: number, p99: number, max: number}> & {group: number, function: string, n: number}} FunctionLine */
/** @typedef {Record<string, number> & {g: string, function: string, born?: {t: number, known: boolean}, gone: {t: number}|null}} GoroutineLine */
/** @typedef {{path: string, range: {t0: number, t1: number}|null, columns: readonly {id: string}[], signal: AbortSignal}} Asked   path: query of range, rows and filter */

const PAGE = 50;
const CSV_PAGE = 65536;
const JSON_PAGE = 1000;
/** Name, count and bar, beside the columns. */
export const FIXED = 3;

/** @param {number} ns @param {string} [about] */
const timeCell = (ns, about = "") => el("td", {class: ns ? null : "muted"}, ns ? `${about}${formatDuration(ns)}` : "–");

/** Parts of a line, as long as it is against the longest. @param {Record<string, number>} line @param {number} longest */
function timesBar(line, longest) {
    const bar = el("div", {class: "times", role: "presentation"});
    const total = line["total"] ?? 0;
    bar.style.width = `${total / Math.max(longest, 1) * 100}%`;
    for (const {state, ns} of partsOf(line)) {
        if (ns === 0) continue;
        const part = el("i", {class: state, title: `${TITLES[state] ?? state} ${formatDuration(ns)}, ${percentWords(ns / Math.max(total, 1))}`});
        part.style.flex = `${ns} 1 0`;
        bar.append(part);
    }
    return el("div", {class: "bar"}, bar);
}

/** How it stands with a life. @param {Page} ctx @param {GoroutineLine} line */
function lifeWords({store}, {born, gone}) {
    const state = store.get();
    if (!born) return "";
    const begin = born.known ? `born ${timeWords(born.t, state, 6)}` : "existed before";
    return `${begin}, ${gone ? `gone ${timeWords(gone.t, state, 6)}` : "alive"}`;
}

/** @param {Page} ctx @param {GoroutineLine} line @param {Asked} asked @param {number} longest @param {boolean} named its group is no function's */
function goroutineRow(ctx, line, asked, longest, named) {
    const {selection} = ctx.store.get();
    const at = Math.max(line.born?.t ?? 0, asked.range?.t0 ?? 0);
    return el("tr", {class: "one", "data-g": line.g, "aria-current": selection?.g === line.g ? "true" : null},
        el("td", {class: "name wide"}, goroutineLink(ctx, line.g, at), " ", isolateLink(ctx, line.g), " ", named ? functionName(line.function) : null,
            el("span", {class: "muted"}, ` ${lifeWords(ctx, line)}`)),
        el("td"), el("td", {class: "name"}, timesBar(line, longest)),
        asked.columns.map(({id}) => timeCell(line[id] ?? 0)));
}

/**
 * The goroutines of a function below its line, a page at a time.
 * @param {Page} ctx @param {FunctionLine} group @param {HTMLElement} row @param {Asked} asked @param {Readonly<Table>} table
 */
async function unfold(ctx, group, row, asked, table) {
    const {trace} = ctx.store.get();
    const path = `traces/${trace}/goroutines/times?group=${group.group}&${goroutineOrder(table)}${asked.path}`;
    const cells = String(asked.columns.length + FIXED);
    /** @param {Element} below @param {string} after */
    const load = async (below, after) => {
        const cell = el("td", {class: "name", colspan: cells});
        const waiting = el("tr", {class: "one"}, cell);
        below.after(waiting);
        const progress = createProgress(cell, "Adding up goroutines", asked.signal);
        try {
            const answer = await ctx.api.json(`${path}&limit=${PAGE}${after === "" ? "" : `&after=${after}`}`, {signal: progress.signal});
            const rows = answer.goroutines.map((/** @type {GoroutineLine} */ line) => goroutineRow(ctx, line, asked, answer.longest, group.function === ""));
            if (after === "") rows.unshift(el("tr", {class: "one"}, el("td", {class: "name", colspan: cells}, el("span", {class: "muted"}, countOf(answer.n, "goroutine")), " ",
                downloadLinks(ctx, () => ({name: `goroutines-${group.function}`, path, key: "goroutines", csvLimit: CSV_PAGE, jsonLimit: JSON_PAGE, total: answer.n}), asked.range))));
            if (answer.next) {
                const next = el("tr", {class: "one"}, el("td", {class: "name", colspan: cells}, link("More", () => {
                    attempt(ctx, load(next, String(answer.next)).then(() => next.remove()));
                })));
                rows.push(next);
            }
            waiting.after(...rows);
        } finally {
            progress.done();
            waiting.remove();
        }
    };
    await load(row, "");
}

/** @param {HTMLElement} row */
function fold(row) {
    while (row.nextElementSibling?.className === "one") row.nextElementSibling.remove();
}

/** @param {Page} ctx @param {FunctionLine} line @param {Asked} asked @param {number} longest @param {boolean} exact */
export function functionRow(ctx, line, asked, longest, exact) {
    const {table, manifest} = ctx.store.get();
    const group = manifest?.groups.find((one) => one.group === line.group);
    const name = line.function === "" ? "(Inactive, no stack trace sampled)" : line.function;
    const row = el("tr", {"data-group": String(line.group)});
    const show = () => attempt(ctx, unfold(ctx, line, row, asked, ctx.store.get().table).catch((error) => {
        arrow.setAttribute("aria-expanded", "false");
        if (error?.code === "aborted" && !asked.signal.aborted) {
            ctx.say("Cancelled.");
            arrow.focus({preventScroll: true});
        }
        throw error;
    }));
    const arrow = el("button", {class: "link fold", type: "button", "aria-expanded": "false", "aria-label": `Goroutines of ${name}`, onclick() {
        const open = arrow.getAttribute("aria-expanded") === "true";
        arrow.setAttribute("aria-expanded", String(!open));
        ctx.store.set({table: {...ctx.store.get().table, open: open ? "" : line.function}});
        if (open) fold(row);
        else show();
    }});
    const figure = /** @type {"sum"} */ (table.figure);
    const about = exact || figure === "sum" || table.figure === "max" ? "" : "≈ ";
    const sums = Object.fromEntries(COLUMNS.map(({id}) => [id, line[id]?.[figure] ?? 0]));
    row.append(
        el("td", {class: "name wide"}, arrow, group ? link(functionName(name), () => ctx.go.group(group), "Show its timelines") : functionName(name)),
        el("td", {title: group ? `${countWords(group.alive_max)} at once, over the whole trace` : null}, countWords(line.n)),
        el("td", {class: "name"}, timesBar(sums, longest)),
        ...asked.columns.map(({id}) => timeCell(line[id]?.[figure] ?? 0, about)));
    return {row, open() {
        arrow.setAttribute("aria-expanded", "true");
        show();
    }};
}
