/**
 * The Events tab: the events of the selected range (else of the view) in Go's order, a page at a time. A row flies to its place.
 */
import {formatDuration} from "../core/time.js";
import {EVENT_TITLES, TITLES, rangeWords, timeWords} from "../core/words.js";
import {downloadLinks} from "./download.js";
import {el, link, swatch} from "./element.js";
import {attempt, functionName, goroutineLink} from "./pieces.js";
import {rangeOf, scopeButtons, scopesOf} from "./statistics.js";
import {isLibrary} from "../core/selection.js";

/** @typedef {import("../types.js").Page} Page */

const PAGE = 100;
const CSV_PAGE = 10000;
const JSON_PAGE = 1000;
/** Which events: what the link calls them, and the server. */
const KINDS = [
    {id: "all", title: "All", kind: ""}, {id: "states", title: "States", kind: "state"}, {id: "lives", title: "Created, ended", kind: "born,gone"},
    {id: "logs", title: "Logs, labels", kind: "log,label"}, {id: "regions", title: "Regions", kind: "region"}, {id: "ranges", title: "GC", kind: "range"},
    {id: "samples", title: "CPU samples", kind: "sample"},
];

/**
 * @typedef {{T: string, t: number, kind: string, view: import("../types.js").ViewLetter, block: number, row: number, g: string, state?: string,
 *     reason?: string, from?: string, m?: number, p?: number, stack?: number, waker?: string, text?: string, message?: string, task?: string}} Event
 */

/** @param {Event} event */
function what(event) {
    if (event.kind !== "state") return [el("span", {}, event.text ? `${EVENT_TITLES[event.kind] ?? event.kind}: ${event.message ?? event.text}` : EVENT_TITLES[event.kind] ?? event.kind)];
    const state = event.state ?? "";
    const reason = event.reason && event.reason !== state ? ` (${event.reason})` : "";
    return [swatch(state), `${TITLES[state] ?? state}${reason}`, event.from && event.from !== "none" ? el("span", {class: "muted"}, ` from ${TITLES[event.from]?.toLowerCase() ?? event.from}`) : null];
}

/**
 * Stack to the first frame that is the program's own, else its first, for a whole page of events.
 * @param {Page} ctx @param {Event[]} events @param {AbortSignal} signal @returns {Promise<Map<number, string>>}
 */
async function topFrames({api, store}, events, signal) {
    const ids = [...new Set(events.map((event) => event.stack ?? 0).filter((id) => id > 0))];
    if (ids.length === 0) return new Map();
    const {stacks} = await api.json(`traces/${store.get().trace}/stacks?ids=${ids.join(",")}`, {signal});
    return new Map(stacks.map((/** @type {{id: number, frames: {function: string}[]}} */ {id, frames}) => [
        id, (frames.find(({function: name}) => !isLibrary(name)) ?? frames[0])?.function ?? ""]));
}

/** @param {Page} ctx @param {Event} event @param {string} where */
function eventRow(ctx, event, where) {
    const fly = () => attempt(ctx, ctx.go.at({view: event.view, row: event.block * 32 + event.row}, event.t));
    return el("tr", {},
        el("td", {class: "name"}, link(timeWords(event.t, ctx.store.get(), 9), fly, `Go there. T ${event.T}`)),
        el("td", {class: "name"}, event.g && event.g !== "0" ? goroutineLink(ctx, event.g, event.t) : ""),
        el("td", {class: "name"}, what(event)),
        el("td", {}, event.p === undefined || event.p === null ? "" : `P${event.p}`),
        el("td", {}, event.m ? `M${event.m}` : ""),
        el("td", {}, event.waker && event.waker !== "0" ? goroutineLink(ctx, event.waker, event.t) : ""),
        el("td", {class: "name wide"}, where === "" ? "" : functionName(where)));
}

/** @param {Page} ctx @param {AbortSignal} signal @returns {Promise<HTMLElement>} */
export async function draw(ctx, signal) {
    const state = ctx.store.get();
    const range = rangeOf(state);
    const scopes = scopesOf(state).filter(({id}) => id === "all" || id === "goroutine" || id === "rows");
    const kinds = KINDS.find(({id}) => id === state.eventKinds) ?? KINDS[0];
    const scope = scopes.find(({id}) => id === state.scope) ?? scopes[0];
    const query = `traces/${state.trace}/events?from=${Math.max(Math.floor(range.t0), 0)}&to=${Math.ceil(range.t1)}${kinds?.kind ? `&kind=${kinds.kind}` : ""}${scope && scope.id !== "all" ? `&${scope.query}` : ""}`;
    const body = el("tbody");
    const more = el("p", {});
    /** @param {string} after */
    const load = async (after) => {
        const answer = await ctx.api.json(`${query}&limit=${PAGE}${after === "" ? "" : `&after=${after}`}`, {signal});
        const tops = await topFrames(ctx, answer.events, signal);
        body.append(...answer.events.map((/** @type {Event} */ event) => eventRow(ctx, event, tops.get(event.stack ?? 0) ?? "")));
        more.replaceChildren(answer.next ? link("More events", () => attempt(ctx, load(String(answer.next)))) : "");
    };
    await load("");
    return el("div", {class: "pane"},
        el("div", {class: "pane-head"},
            el("h2", {}, range.selected ? "Events in the selected range" : "Events in view", el("span", {}, `${rangeWords(range.t0, range.t1, state)}  (${formatDuration(range.t1 - range.t0)})`)),
            scopes.length > 1 ? scopeButtons(scopes, scope?.id ?? "all", (id) => ctx.store.set({scope: id})) : null,
            el("div", {class: "scopes", role: "group", "aria-label": "Which events"}, KINDS.map(({id, title}) => el("button", {
                class: "chip", type: "button", "aria-pressed": String(id === kinds?.id), onclick: () => ctx.store.set({eventKinds: id}),
            }, title))),
            downloadLinks(ctx, () => ({name: `events-${kinds?.id ?? "all"}`, path: query, key: "events", csvLimit: CSV_PAGE, jsonLimit: JSON_PAGE}), range)),
        body.childElementCount === 0 ? el("p", {class: "empty"}, "No event in this range.") : el("table", {class: "grid"},
            el("thead", {}, el("tr", {}, el("th", {class: "name"}, "Time"), el("th", {class: "name"}, "Goroutine"), el("th", {class: "name"}, "What"), el("th", {}, "P"), el("th", {}, "M"),
                el("th", {}, "Woken by"), el("th", {class: "name"}, "Where"))),
            body),
        more);
}
