/**
 * The Hits tab: what of the query lies in view, one line each, that flies there. Downloads have those of the whole trace.
 */
import {formatDuration} from "../core/time.js";
import {TITLES, countOf, timeWords} from "../core/words.js";
import {downloadLinks} from "./download.js";
import {el, link, swatch} from "./element.js";
import {attempt, functionName, goroutineLink} from "./pieces.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../types.js").FoundHit} FoundHit */
/** @typedef {import("../types.js").Hit} Hit */

/** @type {Record<string, string>} */
const KINDS = {goroutine: "Goroutine", born: "Created", gone: "Ended", log: "Log", label: "Label", sample: "CPU sample", region: "Region", range: "Range"};
const SHOWN = 200;
const FILES_PAGE = 1000;

/** A hit of the server as one of the timelines. @param {Page} ctx @param {FoundHit} hit @returns {Hit} */
function hitOf({store}, hit) {
    const {manifest} = store.get();
    return {
        kind: hit.kind === "state" ? "interval" : "mark", t0: hit.t0, t1: hit.t1, exact: true, row: {view: hit.view, row: hit.block * 32 + hit.row}, T: hit.T,
        g: hit.g === "0" ? "" : hit.g, state: Math.max(manifest?.states.indexOf(hit.state ?? "") ?? 0, 0), reason: Math.max(manifest?.reasons.indexOf(hit.reason ?? "") ?? 0, 0),
        stack: hit.stack ?? 0, waker: hit.waker ?? "", p: 0, m: 0, more: {},
    };
}

/** Selects it and brings it into view. @param {Page} ctx @param {FoundHit} hit */
export async function flyTo(ctx, hit) {
    if (hit.kind === "goroutine") return ctx.go.goroutine(hit.g, hit.t0);
    const one = hitOf(ctx, hit);
    const isLast = ctx.go.turn();
    if (hit.open && one.row) one.t1 = (await ctx.interval(one.row, hit.t0, 0))?.t1 ?? one.t1;
    if (isLast()) ctx.go.interval(one);
}

/** What it is, in words. @param {FoundHit} hit */
function what(hit) {
    if (hit.kind !== "state") return [el("span", {}, [KINDS[hit.kind] ?? hit.kind, hit.text, hit.message].filter(Boolean).join(": "))];
    const state = hit.state ?? "";
    return [swatch(state), `${TITLES[state] ?? state}${hit.reason && hit.reason !== state ? ` (${hit.reason})` : ""}`];
}

/** @param {FoundHit} hit */
const length = (hit) => (hit.kind === "state" || hit.kind === "goroutine" ? `${hit.open ? "≥ " : ""}${formatDuration(hit.t1 - hit.t0)}` : "");

/** @param {Page} ctx @param {FoundHit} hit */
function hitRow(ctx, hit) {
    const selected = ctx.store.get().selection?.T === hit.T && hit.kind !== "goroutine";
    return el("tr", {"aria-current": selected ? "true" : null},
        el("td", {class: "name"}, link(timeWords(hit.t0, ctx.store.get(), 9), () => attempt(ctx, flyTo(ctx, hit)), `Go there. T ${hit.T}`)),
        el("td", {class: "name"}, hit.g === "0" ? "" : goroutineLink(ctx, hit.g, hit.t0)),
        el("td", {class: "name"}, what(hit)),
        el("td", {}, length(hit)),
        el("td", {class: "name wide"}, hit.function === "" ? "" : functionName(hit.function)));
}

/** @param {Page} ctx @param {AbortSignal} _signal @returns {Promise<HTMLElement>} */
export async function draw(ctx, _signal) {
    const {found, trace} = ctx.store.get();
    if (!found) return el("p", {class: "pane empty"}, "Type what is sought into the box above, as in state:blocked>10ms, func:serve or overlaps:stw.");
    const shown = found.hits.slice(0, SHOWN);
    const all = `${found.done ? "" : "at least "}${countOf(found.total, "hit")} in the trace`;
    const rest = found.more || found.hits.length > SHOWN ? el("p", {class: "empty"}, "More hits lie in view: zoom in to see them here, and marked in the rows.") : null;
    return el("div", {class: "pane"},
        el("div", {class: "pane-head"}, el("h2", {}, "Hits in view", el("span", {}, found.error !== "" ? found.error : all)),
            found.error !== "" ? null : downloadLinks(ctx, () => ({name: "hits", path: `traces/${trace}/search?q=${encodeURIComponent(found.query)}`, key: "hits", csvLimit: FILES_PAGE, jsonLimit: FILES_PAGE, ...(found.done ? {total: found.total} : {})}), null)),
        shown.length === 0 ? el("p", {class: "empty"}, found.error !== "" ? "" : "No hit begins in view or just before.") : el("table", {class: "grid"},
            el("thead", {}, el("tr", {}, el("th", {class: "name"}, "Begin"), el("th", {class: "name"}, "Goroutine"), el("th", {class: "name"}, "What"),
                el("th", {}, "Length"), el("th", {class: "name"}, "Start function"))),
            el("tbody", {}, shown.map((hit) => hitRow(ctx, hit)))),
        rest);
}
