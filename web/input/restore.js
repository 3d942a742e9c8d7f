/**
 * What a link says is selected -> the interval itself, looked up in this trace, selected and brought into view.
 * Of a trace that is being read, a link may ask for what is not read yet: that is waited for.
 */
import {rowId} from "../core/link_words.js";
import {exactInterval, keysToOpen, selectionOf, taskSelection} from "../core/selection.js";
import {timeWords} from "../core/words.js";
import {loadTaskLanes} from "./task_lanes.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../types.js").Row} Row */
/** @typedef {import("../types.js").Selection} Selection */
/** @typedef {import("../core/link_words.js").Wanted} Wanted */

/** A window may reach a little beyond the end: views of a whole trace do. */
const AIR = 0.01;

/**
 * What a link needs that is not read yet, in words; "": nothing.
 * @param {import("../core/link.js").Link} link @param {Pick<import("../types.js").State, "manifest"|"clock">} state
 */
export function unread({patch, select}, {manifest, clock}) {
    if (manifest?.state !== "ingesting") return "";
    const t = Math.max(0, ...[patch.t1, select?.t0, select?.t1].map((time) => time || 0));
    if (t * (1 - AIR) > manifest.span_ns) return timeWords(t, {clock, manifest});
    if (select && select.T !== "" && BigInt(select.T) > BigInt(manifest.end_T ?? "0")) return `the event at T=${select.T}`;
    return "";
}

/**
 * Which goroutine or task that a link names has not begun in what is read, in words; "": none, or all is read.
 * @param {Pick<Page, "api"|"store">} ctx @param {Pick<import("../core/link.js").Link, "select"|"isolate">} link
 */
export async function unborn({api, store}, {select, isolate}) {
    const {trace, manifest} = store.get();
    if (manifest?.state !== "ingesting") return "";
    /** @type {[string, string][]} */
    const named = [...new Set([select?.g ?? "", ...isolate])].filter((g) => g !== "").map((g) => [`goroutines/${g}`, `g${g}`]);
    if (select?.task !== undefined) named.push([`tasks/${select.task}`, `task ${select.task}`]);
    const answers = await Promise.allSettled(named.map(([path]) => api.json(`traces/${trace}/${path}`)));
    const late = answers.findIndex((answer) => { // the server may be a part ahead of the page
        if (answer.status === "rejected") return answer.reason.status === 404;
        return (answer.value.born?.t ?? answer.value.t0 ?? 0) > manifest.span_ns;
    });
    return named[late]?.[1] ?? "";
}

/** @param {Page} ctx @param {string} T @param {Row|null} row @param {string} g */
async function eventAt({api, store}, T, row, g) {
    const {events} = await api.json(`traces/${store.get().trace}/events?at=${T}`);
    const fits = (/** @type {any} */ event) => (row ? event.view === row.view && event.block * 32 + event.row === row.row : event.g === g && event.view === "G");
    return events.find(fits) ?? events[0] ?? null;
}

/** @param {Page} ctx @param {Wanted} wanted @returns {Promise<Selection|null>} */
async function look(ctx, wanted) {
    const {api, store} = ctx;
    if (wanted.kind === "range" || wanted.kind === "gc" || wanted.kind === "stw") {
        const {kind, t0, t1, T, g, rows} = wanted;
        return {kind, row: null, t0, t1, T, g, state: 0, reason: 0, ...(rows ? {rows} : {})};
    }
    const trace = store.get().trace;
    if (wanted.kind === "task") return taskSelection(await api.json(`traces/${trace}/tasks/${wanted.task}`));
    const event = wanted.T !== "" ? await eventAt(ctx, wanted.T, wanted.row, wanted.g) : null;
    if (wanted.T !== "" && !event) return null;
    const t = event?.t ?? wanted.t0;
    const record = wanted.g !== "" ? await api.json(`traces/${trace}/goroutines/${wanted.g}`) : null;
    /** @type {Row|null} */
    const row = wanted.row ?? (record ? {view: "G", row: record.block * 32 + record.row} : null);
    if (!row) return null;
    if (wanted.kind === "goroutine") {
        const end = store.get().manifest?.span_ns ?? 0;
        return {kind: "goroutine", row, t0: record?.born?.t ?? 0, t1: record?.gone?.t ?? end, T: "", g: wanted.g, state: 0, reason: 0};
    }
    if (wanted.kind === "mark") return {kind: "mark", row, t0: t, t1: t, T: wanted.T, g: event?.g ?? "", state: 0, reason: 0};
    const hit = await exactInterval(ctx.interval, row, t, wanted.T);
    return hit && selectionOf(hit);
}

/**
 * @param {Page} ctx @param {Wanted} wanted
 * @param {boolean} ranged the link says what range of time to show: keep it where the selection lies within
 * @param {() => boolean} isLast whether nobody went elsewhere since
 */
export async function findSelection(ctx, wanted, ranged, isLast) {
    const {store, lanes, go, dom, say} = ctx;
    const selection = await look(ctx, wanted);
    if (!isLast()) return;
    if (!selection) return say("What this link selects is not in this trace.");
    const keys = selection.task ? ["tasks"] : selection.row ? keysToOpen(store.get().manifest, selection.row) : [];
    const {open, hidden, t0, t1, scrollY} = store.get();
    const shows = selection.task ? [...keys, "tasks:rows"] : keys;
    store.set({selection, hidden: hidden.some((key) => shows.includes(key)) ? hidden.filter((key) => !shows.includes(key)) : hidden, open: keys.every((key) => open[key]) ? open : {...open, ...Object.fromEntries(keys.map((key) => [key, true]))}});
    if (selection.task) await loadTaskLanes(ctx);
    if (!isLast()) return;
    const lane = selection.task ? lanes.find(`T${selection.task.row ?? 0}`) : selection.row && lanes.find(rowId(selection.row));
    const height = dom["lanes"]?.clientHeight ?? 0;
    const shown = !lane || (lane.y >= scrollY && lane.y + lane.height <= scrollY + height);
    const length = Math.max(selection.t1 - selection.t0, 50);
    const timed = ranged && selection.t1 >= t0 && selection.t0 <= t1;
    go.now({
        ...(shown ? {} : {scrollY: lane.y - height / 3}),
        ...(timed ? {} : {t0: selection.t0 - length, t1: selection.t1 + length}),
    });
}
