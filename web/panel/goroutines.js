/**
 * The Goroutines tab: what goroutines did in the selected range (else in the whole trace), by start function with percentiles over
 * them, and unfolded one by one; exact, from the server, in any order. A line leads to its timeline; Back returns.
 */
import {formatDuration} from "../core/time.js";
import {ISOLATED_MOST, haveGoroutines, queryOfRows} from "../core/row_set.js";
import {COLUMNS, FIGURES, functionOrder, sortedBy} from "../core/table.js";
import {countOf, rangeWords} from "../core/words.js";
import {el, link} from "./element.js";
import {downloadLinks} from "./download.js";
import {FIXED, functionRow} from "./goroutine_lines.js";
import {attempt} from "./pieces.js";
import {createProgress} from "./progress.js";
import {scopeButtons, scopesOf} from "./statistics.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../types.js").State} State */
/** @typedef {import("./goroutine_lines.js").FunctionLine} FunctionLine */
/** @typedef {import("./goroutine_lines.js").Asked} Asked */

const PAGE = 100;
const FILES_PAGE = 1000;
const TYPING_MS = 250;
/** What was there stays for so long; then it is seen that something is being worked out. */
const WAIT_MS = 200;

/** Whose: the selected rows where they are goroutines', else all. @param {Readonly<State>} state */
function scopeOf(state) {
    const scopes = scopesOf(state).filter(({id}) => id === "all" || (id === "rows" && haveGoroutines(state.selection?.rows ?? [])));
    return {scopes, scope: scopes.find(({id}) => id === state.scope) ?? scopes.find(({id}) => id === "all")};
}

/** @param {Readonly<State>} state */
const rangeOf = ({selection}) => (selection?.kind === "range" ? {t0: selection.t0, t1: selection.t1} : null);

/** The query of what is shown, in whatever order, each part behind its "&". @param {Readonly<State>} state */
function pathOf(state) {
    const {manifest, selection, table} = state;
    const range = rangeOf(state);
    const {scope} = scopeOf(state);
    const parts = range ? [`from=${Math.max(Math.floor(range.t0), 0)}`, `to=${Math.max(Math.min(Math.ceil(range.t1), (manifest?.span_ns ?? 0) + 1), 1)}`] : [];
    if (scope?.id === "rows") parts.push(`rows=${queryOfRows((selection?.rows ?? []).filter((word) => haveGoroutines([word])), manifest)}`);
    if (table.match !== "") parts.push(`match=${encodeURIComponent(table.match)}`);
    return parts.map((part) => `&${part}`).join("");
}

/** Tells whether what is drawn is still what is asked for; tabs.js. @param {Readonly<State>} state */
export const about = (state) => [pathOf(state), state.table.sort, state.table.down, state.table.figure, state.manifest?.part ?? "", state.clock].join(" ");

/** Rows of their own for the goroutines that are unfolded. @param {Page} ctx @param {HTMLElement} body */
function isolateShown(ctx, body) {
    const rows = /** @type {HTMLElement[]} */ ([...body.querySelectorAll("tr[data-g]")]);
    if (rows.length === 0) return ctx.say("Unfold a function first: its goroutines are then shown one by one.");
    attempt(ctx, ctx.go.isolate(rows.map((row) => row.dataset["g"] ?? "").slice(0, ISOLATED_MOST)));
}

/** @param {Page} ctx @param {readonly {id: string, title: string}[]} columns */
function headRow({store}, columns) {
    const {table} = store.get();
    const cells = [{id: "function", title: "Start function"}, {id: "n", title: "Goroutines"}, {id: "", title: "States"}, ...columns];
    return el("tr", {}, cells.map(({id, title}) => el("th", {
        class: id === "function" || id === "" ? "name" : null, "aria-sort": id !== "" && id === table.sort ? (table.down ? "descending" : "ascending") : null,
    }, id === "" ? el("span", {}, title) : el("button", {type: "button", onclick: () => store.set({table: sortedBy(store.get().table, id)})}, title))));
}

/** @param {Page} ctx */
function filterBox({store}) {
    let timer = 0;
    const box = el("input", {type: "search", class: "filter", placeholder: "Filter by name or g149", "aria-label": "Filter by name or number", value: store.get().table.match, oninput() {
        clearTimeout(timer);
        timer = window.setTimeout(() => store.set({table: {...store.get().table, match: box.value.trim()}}), TYPING_MS);
    }});
    return box;
}

/** Which figure the lines of functions show. @param {Page} ctx */
function figureButtons({store}) {
    const {figure} = store.get().table;
    return el("div", {class: "scopes", role: "group", "aria-label": "Over the goroutines of a function"}, FIGURES.map(({id, title}) => el("button", {
        class: "chip", type: "button", "aria-pressed": String(id === figure), onclick: () => store.set({table: {...store.get().table, figure: id}}),
    }, title)));
}

/** Lines of functions, a page at a time. @param {Page} ctx @param {HTMLElement} pane @param {HTMLElement} note @param {AbortSignal} signal */
async function fill(ctx, pane, note, signal) {
    const state = ctx.store.get();
    const asked = {path: pathOf(state), range: rangeOf(state), columns: COLUMNS, signal};
    const path = `traces/${state.trace}/goroutines/functions?${functionOrder(state.table)}${asked.path}&limit=${PAGE}`;
    const body = el("tbody");
    const more = el("p", {});
    let longest = 0;
    const load = async (/** @type {string} */ after) => {
        const progress = createProgress(pane, "Adding up goroutines", signal);
        const answer = await ctx.api.json(`${path}${after === "" ? "" : `&after=${after}`}`, {signal: progress.signal}).finally(progress.done);
        /** @type {FunctionLine[]} */
        const lines = answer.functions;
        if (after === "") {
            asked.columns = COLUMNS.filter(({id}) => id !== "unknown" || lines.some((line) => (line["unknown"]?.sum ?? 0) > 0));
            note.textContent = `${rangeText(state)}: ${countOf(answer.n, "goroutine")} of ${countOf(answer.n_functions, "function")}`;
        }
        longest = Math.max(longest, ...lines.map((line) => line["total"]?.[/** @type {"sum"} */ (state.table.figure)] ?? 0));
        const rows = lines.map((line) => functionRow(ctx, line, asked, longest, answer.low === 0));
        if (body.parentElement === null) pane.append(el("table", {class: "grid many"}, el("thead", {}, headRow(ctx, asked.columns)), body), more);
        body.append(...rows.map(({row}) => row));
        lines.forEach((line, i) => line.function === state.table.open && state.table.open !== "" && rows[i]?.open());
        more.replaceChildren(answer.next ? link("More functions", () => attempt(ctx, load(String(answer.next)))) : "");
        if (after === "" && lines.length === 0) body.append(el("tr", {}, el("td", {class: "name empty", colspan: String(asked.columns.length + FIXED)}, state.table.match === "" ? "No goroutine lived in this range." : "No function or goroutine has this in its name or number.")));
    };
    await load("");
    return body;
}

/** @param {Readonly<State>} state */
function rangeText(state) {
    const range = rangeOf(state);
    return range ? `${rangeWords(range.t0, range.t1, state)} (${formatDuration(range.t1 - range.t0)})` : "over the whole trace";
}

/** @param {Page} ctx @param {AbortSignal} signal @returns {Promise<HTMLElement>} */
export async function draw(ctx, signal) {
    const state = ctx.store.get();
    const {scopes, scope} = scopeOf(state);
    const note = el("span", {}, rangeText(state));
    const list = el("div");
    const path = `traces/${state.trace}/goroutines/functions?${functionOrder(state.table)}${pathOf(state)}`;
    const pane = el("div", {class: "pane"},
        el("div", {class: "pane-head"}, el("h2", {}, "Goroutines", note), filterBox(ctx), figureButtons(ctx),
            scopes.length > 1 ? scopeButtons(scopes, scope?.id ?? "all", (id) => ctx.store.set({scope: id})) : null,
            link("Isolate all shown", () => isolateShown(ctx, list), `Give each goroutine that is listed below a row of its own, at most ${ISOLATED_MOST}`),
            downloadLinks(ctx, () => ({name: "functions", path, key: "functions", csvLimit: FILES_PAGE, jsonLimit: FILES_PAGE}), rangeOf(state))),
        list);
    const start = () => fill(ctx, list, note, signal).catch((error) => {
        if (signal.aborted) return;
        const words = error?.name === "AbortError" || error?.code === "aborted" ? "Cancelled." : error instanceof Error ? error.message : String(error);
        list.replaceChildren(el("p", {class: "empty"}, words, " ", link("Again", () => {
            list.replaceChildren();
            void start();
        })));
    });
    await Promise.race([start(), new Promise((resolve) => setTimeout(resolve, WAIT_MS))]);
    return pane;
}

/** The line of the selected goroutine, where nothing else has changed; tabs.js. @param {Page} ctx @param {HTMLElement} box */
export function touch({store}, box) {
    const {selection} = store.get();
    for (const row of /** @type {NodeListOf<HTMLElement>} */ (box.querySelectorAll("tr[data-g]"))) {
        if (row.dataset["g"] === selection?.g) row.setAttribute("aria-current", "true");
        else row.removeAttribute("aria-current");
    }
}
