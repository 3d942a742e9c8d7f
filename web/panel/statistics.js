/**
 * The Statistics tab: time and count per state and reason in the selected range (else in view), exact, for all goroutines, the
 * group or the goroutine of the selection. The longest of each is a link.
 */
import {formatDuration} from "../core/time.js";
import {groupOfRow, splitFunction} from "../core/selection.js";
import {STACK_ORDER, TITLES, countWords, percentWords, rangeWords, seenRange} from "../core/words.js";
import {copyText, el, link, swatch} from "./element.js";
import {attempt, summaryOf} from "./pieces.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../types.js").State} State */
/** @typedef {import("../core/words.js").Figure} Figure */
/** @typedef {{id: string, title: string, query: string}} Scope */

/** Kept while the page lives, so that a new selection does not change whose numbers are shown. */
let chosen = "all";

/** The range that panels speak of. @param {Readonly<State>} state */
export function rangeOf(state) {
    const {selection} = state;
    return selection?.kind === "range" ? {t0: selection.t0, t1: selection.t1, selected: true} : {...seenRange(state), selected: false};
}

/** @param {Readonly<State>} state @returns {Scope[]} */
export function scopesOf({selection, manifest}) {
    const group = selection?.row && groupOfRow(manifest, selection.row);
    /** @type {Scope[]} */
    const scopes = [
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

/** @param {readonly Figure[]} figures @param {number} total */
function csvOf(figures, total) {
    const cell = (/** @type {unknown} */ value) => (/[",\n]/.test(String(value)) ? `"${String(value).replace(/"/g, "\"\"")}"` : String(value));
    const rows = figures.map((f) => [f.state, f.reason, f.n, f.ns, total > 0 ? (f.ns / total).toFixed(6) : 0, f.longest ? f.longest.t1 - f.longest.t0 : "", f.longest?.g ?? ""]);
    return [["state", "reason", "count", "total_ns", "share", "longest_ns", "longest_goroutine"], ...rows].map((row) => row.map(cell).join(",")).join("\n");
}

/** @param {Page} ctx @param {Figure} figure @param {number} total @param {number} widest */
function figureRow(ctx, {state, reason, n, ns, longest}, total, widest) {
    const bar = el("div", {class: "bar"}, el("i", {class: state}));
    const part = /** @type {HTMLElement} */ (bar.firstChild);
    part.style.width = `${ns / Math.max(widest, 1) * 100}%`;
    const fly = longest && longest.g !== "" && longest.g !== "0";
    return el("tr", {},
        el("td", {class: "name"}, swatch(state), TITLES[state] ?? state),
        el("td", {class: "name"}, reason),
        el("td", {}, countWords(n)),
        el("td", {}, formatDuration(ns)),
        el("td", {}, percentWords(total > 0 ? ns / total : 0)),
        el("td", {class: "name"}, bar),
        el("td", {}, n > 0 ? formatDuration(ns / n) : ""),
        el("td", {}, longest && fly
            ? link(formatDuration(longest.t1 - longest.t0), () => attempt(ctx, ctx.go.goroutine(longest.g, longest.t0)))
            : longest ? formatDuration(longest.t1 - longest.t0) : ""),
        el("td", {class: "name"}, fly ? `g${longest.g}` : ""));
}

/** @param {Page} ctx @param {AbortSignal} signal @returns {Promise<HTMLElement>} */
export async function draw(ctx, signal) {
    const state = ctx.store.get();
    const range = rangeOf(state);
    const scopes = scopesOf(state);
    const scope = scopes.find(({id}) => id === chosen) ?? scopes[0];
    const {states} = await summaryOf(ctx, scope?.query ?? "view=A", range.t0, range.t1, signal);
    /** @type {Figure[]} */
    const figures = states.filter((/** @type {Figure} */ f) => f.state !== "none")
        .sort((/** @type {Figure} */ a, /** @type {Figure} */ b) => STACK_ORDER.indexOf(a.state) - STACK_ORDER.indexOf(b.state) || b.ns - a.ns);
    const total = figures.reduce((sum, figure) => sum + figure.ns, 0);
    const widest = Math.max(...figures.map((figure) => figure.ns), 1);
    const columns = ["Count", "Total", "Share", "", "Mean", "Longest"];
    return el("div", {class: "pane"},
        el("div", {class: "pane-head"},
            el("h2", {}, range.selected ? "Selected range" : "In view", el("span", {}, `${rangeWords(range.t0, range.t1, state)}  (${formatDuration(range.t1 - range.t0)})`)),
            scopeButtons(scopes, scope?.id ?? "all", (id) => {
                chosen = id;
                void draw(ctx, signal).then((node) => ctx.dom["detail"]?.replaceChildren(node), () => {});
            }),
            link("Copy as CSV", async () => ctx.say(await copyText(csvOf(figures, total)) ? "Table copied." : "The browser did not let the page copy."))),
        figures.length === 0 ? el("p", {class: "empty"}, "Nothing lived in this range.") : el("table", {class: "grid snug"},
            el("thead", {}, el("tr", {}, el("th", {class: "name"}, "State"), el("th", {class: "name"}, "Reason"),
                columns.map((title) => el("th", {}, title)), el("th", {class: "name"}, "By"))),
            el("tbody", {}, figures.map((figure) => figureRow(ctx, figure, total, widest)))));
}
