/**
 * The Statistics tab: time and count per state and reason in the selected range (else in view), exact, for all goroutines, the
 * group or the goroutine of the selection; with percentiles of how long intervals lasted. A row unfolds to all durations and the
 * ten longest, each a link.
 */
import {formatDuration} from "../core/time.js";
import {queryOfRows, rowsWords} from "../core/row_set.js";
import {summaryPath} from "../core/scope.js";
import {groupOfRow, splitFunction} from "../core/selection.js";
import {STACK_ORDER, TITLES, countWords, percentWords, rangeWords, seenRange, timeWords} from "../core/words.js";
import {downloadLinks} from "./download.js";
import {el, link, swatch} from "./element.js";
import {attempt, histogram, summaryOf} from "./pieces.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../types.js").State} State */
/** @typedef {{t0: number, t1: number, T: string, g: string}} Stay */
/** @typedef {{state: string, reason: string, ns: number, n: number, min: number, p50: number, p90: number, p99: number, max: number, exact: boolean, histogram: [number, number][], ten_longest: Stay[]}} Figure */
/** @typedef {{id: string, title: string, query: string}} Scope */

/** The range that panels speak of. @param {Readonly<State>} state */
export function rangeOf(state) {
    const {selection} = state;
    return selection?.kind === "range" ? {t0: selection.t0, t1: selection.t1, selected: true} : {...seenRange(state), selected: false};
}

/** @param {Readonly<State>} state @returns {Scope[]} */
export function scopesOf({selection, manifest}) {
    const rows = selection?.rows ? queryOfRows(selection.rows, manifest) : "";
    const group = selection?.row && groupOfRow(manifest, selection.row);
    /** @type {Scope[]} */
    const scopes = [
        ...(selection?.rows && rows !== "" ? [{id: "rows", title: rowsWords(selection.rows, (name) => splitFunction(name).name), query: `rows=${rows}`}] : []),
        {id: "all", title: "All goroutines", query: "view=A"},
        {id: "procs", title: "Processors", query: "view=P"},
        {id: "threads", title: "Threads", query: "view=M"},
    ];
    if (group) scopes.push({id: "group", title: splitFunction(group.function).name, query: `group=${group.group}`});
    if (selection && selection.g !== "") scopes.push({id: "goroutine", title: `g${selection.g}`, query: `g=${selection.g}`});
    return scopes;
}

/** Buttons of which one is pressed. @param {readonly Scope[]} scopes @param {string} current @param {(id: string) => void} choose */
export function scopeButtons(scopes, current, choose) {
    return el("div", {class: "scopes", role: "group", "aria-label": "Whose"}, scopes.map(({id, title}) => el("button", {
        class: "chip", type: "button", "aria-pressed": String(id === current), onclick: () => choose(id),
    }, title)));
}

/** One of the longest, as a link to it. @param {Page} ctx @param {Stay} stay @param {string} words */
const stayLink = (ctx, stay, words) => (stay.g === "" || stay.g === "0" ? words : link(words, () => attempt(ctx, ctx.go.goroutine(stay.g, stay.t0)), `Go to goroutine ${stay.g}`));

/** What a row unfolds to: the durations, and the ten longest as links. @param {Page} ctx @param {Figure} figure @param {number} columns */
function more(ctx, figure, columns) {
    const state = ctx.store.get();
    return el("tr", {class: "more"}, el("td", {class: "name", colspan: String(columns)}, el("div", {class: "durations"},
        histogram(figure.histogram, figure.state),
        el("ol", {}, figure.ten_longest.map((stay) => el("li", {},
            stayLink(ctx, stay, formatDuration(stay.t1 - stay.t0)), " ",
            el("span", {class: "muted"}, `${stay.g === "" || stay.g === "0" ? "" : `g${stay.g} `}at ${timeWords(stay.t0, state, 6)}`)))))));
}

const COLUMNS = ["Count", "Total", "Share", "Compared", "Min", "Mean", "p50", "p90", "p99", "Max"];

/** @param {Page} ctx @param {Figure} figure @param {number} total @param {number} widest */
function figureRow(ctx, figure, total, widest) {
    const {state, reason, n, ns, min, p50, p90, p99, max, exact, ten_longest: [longest]} = figure;
    const about = exact ? "" : "≈ ";
    const bar = el("div", {class: "bar"}, el("i", {class: state}));
    const part = /** @type {HTMLElement} */ (bar.firstChild);
    part.style.width = `${ns / Math.max(widest, 1) * 100}%`;
    const row = el("tr");
    const arrow = el("button", {class: "link fold", type: "button", "aria-expanded": "false", "aria-label": `Durations of ${TITLES[state] ?? state} ${reason}`, onclick() {
        const open = arrow.getAttribute("aria-expanded") === "true";
        arrow.setAttribute("aria-expanded", String(!open));
        if (open) row.nextElementSibling?.remove();
        else row.after(more(ctx, figure, COLUMNS.length + 2));
    }});
    row.append(
        el("td", {class: "name"}, arrow, swatch(state), TITLES[state] ?? state),
        el("td", {class: "name"}, reason),
        el("td", {}, countWords(n)),
        el("td", {}, formatDuration(ns)),
        el("td", {}, percentWords(total > 0 ? ns / total : 0)),
        el("td", {class: "name"}, bar),
        el("td", {}, formatDuration(min)),
        el("td", {}, n > 0 ? formatDuration(ns / n) : ""),
        ...[p50, p90, p99].map((value) => el("td", {}, `${about}${formatDuration(value)}`)),
        el("td", {}, longest ? stayLink(ctx, longest, formatDuration(max)) : formatDuration(max)));
    return row;
}

/** @param {Page} ctx @param {AbortSignal} signal @returns {Promise<HTMLElement>} */
export async function draw(ctx, signal) {
    const state = ctx.store.get();
    const range = rangeOf(state);
    const scopes = scopesOf(state);
    const scope = scopes.find(({id}) => id === state.scope) ?? scopes[0];
    const {states} = await summaryOf(ctx, `durations=1&${scope?.query ?? "view=A"}`, range.t0, range.t1, signal);
    /** @type {Figure[]} */
    const figures = states.filter((/** @type {Figure} */ f) => f.state !== "none")
        .sort((/** @type {Figure} */ a, /** @type {Figure} */ b) => STACK_ORDER.indexOf(a.state) - STACK_ORDER.indexOf(b.state) || b.ns - a.ns);
    const total = figures.reduce((sum, figure) => sum + figure.ns, 0);
    const widest = Math.max(...figures.map((figure) => figure.ns), 1);
    return el("div", {class: "pane"},
        el("div", {class: "pane-head"},
            el("h2", {}, range.selected ? "Selected range" : "In view", el("span", {}, `${rangeWords(range.t0, range.t1, state)}  (${formatDuration(range.t1 - range.t0)})`)),
            scopeButtons(scopes, scope?.id ?? "all", (id) => ctx.store.set({scope: id})),
            downloadLinks(ctx, () => ({name: `statistics-${scope?.id ?? "all"}`, path: summaryPath(state, `durations=1&${scope?.query ?? "view=A"}`, range.t0, range.t1), key: "states"}), range)),
        figures.length === 0 ? el("p", {class: "empty"}, "Nothing lived in this range.") : el("table", {class: "grid snug"},
            el("thead", {}, el("tr", {}, el("th", {class: "name"}, "State"), el("th", {class: "name"}, "Reason"),
                COLUMNS.map((title) => el(title === "" ? "td" : "th", {}, title)))),
            el("tbody", {}, figures.map((figure) => figureRow(ctx, figure, total, widest)))));
}
