/**
 * What lies under the pointer in exact words. Known intervals are told at once; who woke them and the figures of a bin are fetched
 * when the pointer has rested, and dropped when it moves on. Placed below the row it speaks of, or above, never over it.
 */
import {formatDuration} from "../core/time.js";
import {ALIVE} from "../core/counter_lanes.js";
import {rowId} from "../core/link_words.js";
import {longestOf, scopeOfBin} from "../core/scope.js";
import {groupOfRow, rowName, splitFunction} from "../core/selection.js";
import {TITLES, countOf, formatValue, inStackOrder, intervalTitle, percentWords, rangeWords, timeWords} from "../core/words.js";
import {el, facts, swatch} from "./element.js";
import {frameWords, gapWords, taskWords, tasksWords} from "./lane_words.js";
import {framesOf, stringsOf, summaryOf} from "./pieces.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../types.js").Hit} Hit */
/** @typedef {import("../types.js").Hover} Hover */
/** @typedef {import("../types.js").Row} Row */

/** Marks by their kind on the wire. */
const MARKS = ["Log", "Label", "CPU sample"];
const REST_MS = 140;
const MODES = /** @type {const} */ (["all", "exact", "none"]);
const MODE_WORDS = {all: "Tooltip: everything", exact: "Tooltip: exact intervals only", none: "Tooltip: off"};

/** @param {Page} ctx @param {Hit} hit */
function where({store}, hit) {
    const {manifest} = store.get();
    const p = hit.p > 0 && hit.row?.view !== "P" ? rowName(manifest, {view: "P", row: hit.p - 1}) : "";
    const m = hit.m > 0 && hit.row?.view !== "M" ? rowName(manifest, {view: "M", row: hit.m - 1}) : "";
    return [p, m].filter((name) => name !== "").join(", ");
}

/** @param {Page} ctx @param {Hit} hit @param {[string, string][]} more */
function intervalWords(ctx, hit, more = []) {
    const state = ctx.store.get();
    const {manifest} = state;
    const name = hit.kind === "gc" || hit.kind === "stw" ? hit.kind : manifest?.states[hit.state] ?? "";
    const reason = manifest?.reasons[hit.reason] ?? "";
    const text = typeof hit.more["reason"] === "string" ? hit.more["reason"] : "";
    const title = hit.kind === "stw" ? "Stop-the-world" : hit.kind === "gc" ? "Garbage collection"
        : hit.kind === "mark" ? MARKS[Number(hit.more["kind"])] ?? "Mark" : intervalTitle(name, reason);
    const group = hit.row && groupOfRow(manifest, hit.row);
    const who = hit.g === "" || hit.g === "0" ? "" : `g${hit.g} ${ctx.goroutineFunction(hit.g) || group?.function || ""}`.trim();
    const point = hit.t1 <= hit.t0;
    return [
        el("h3", {}, swatch(name), el("span", {}, title), point ? null : el("b", {}, formatDuration(hit.t1 - hit.t0))),
        facts([
            [point ? "At" : "From – to", point ? `${timeWords(hit.t0, state)}` : rangeWords(hit.t0, hit.t1, state, true)],
            [hit.kind === "stw" ? "By" : "Goroutine", who],
            ["Reason", text || (name !== "sync" && !title.toLowerCase().includes(reason.toLowerCase()) ? reason : "")],
            ["On", where(ctx, hit)],
            ...more,
        ]),
    ];
}

/** Who woke it, how long it waited to run, and where it then ran. @param {Page} ctx @param {Hit} hit @returns {Promise<{words: [string, string][], woken: Hit|null}>} */
async function wakeWords(ctx, hit) {
    if (!hit.row || hit.row.view !== "G" || hit.kind === "mark") return {words: [], woken: null};
    const states = ctx.store.get().manifest?.states ?? [];
    const name = states[hit.state] ?? "";
    const blocked = ["sync", "chan", "net", "sleep", "other"].includes(name);
    const near = name === "runnable" ? hit : await ctx.interval(hit.row, hit.t0, blocked ? 1 : -1);
    if (!near || states[near.state] !== "runnable") return {words: [], woken: null};
    const waker = near.waker === "" || near.waker === "0" ? "the runtime" : `g${near.waker} ${ctx.goroutineFunction(near.waker)}`.trim();
    const at = timeWords(near.t0, ctx.store.get(), 9);
    const ran = blocked ? await ctx.interval(hit.row, near.t0, 1) : null;
    const there = ran && where(ctx, ran);
    const wait = near === hit ? [] : [/** @type {[string, string]} */ ([blocked ? "Then waited" : "Waited", `${formatDuration(near.t1 - near.t0)} to run${there ? `, on ${there}` : ""}`])];
    return {woken: near, words: [[blocked ? "Unblocked by" : "Woken by", waker], [blocked ? "Unblocked at" : "Woken at", at], ...wait]};
}

/** What the program wrote: the text of a mark, the regions around an interval. @param {Page} ctx @param {Hit} hit @param {AbortSignal} signal @returns {Promise<[string, string][]>} */
async function writtenWords(ctx, hit, signal) {
    const regions = /** @type {number[]} */ (hit.more["regions"] ?? []);
    const mark = hit.kind === "mark" ? [Number(hit.more["text"]), Number(hit.more["message"])] : [];
    const strings = await stringsOf(ctx, [...regions, ...mark], signal);
    const texts = mark.map((id) => strings.get(id) ?? "").filter((text) => text !== "");
    return [
        ["Says", texts.join(": ")],
        ["Task", hit.kind === "mark" && hit.more["task"] ? String(hit.more["task"]) : ""],
        [regions.length > 1 ? "In regions" : "In region", regions.map((id) => strings.get(id) ?? "").join(" › ")],
    ];
}

/** Of its longest interval: from its begin to its end or that of the bin. @param {import("../core/words.js").Figure} figure */
const lengthOf = ({longest}) => (longest ? longest.t1 - longest.t0 : 0);

/** @param {Page} ctx @param {Hit} hit @param {import("../core/words.js").Figure[]|null} states */
function binWords(ctx, hit, states) {
    const state = ctx.store.get();
    const name = hit.row ? rowName(state.manifest, hit.row, hit.g) : "";
    const title = el("h3", {}, el("span", {title: name}, hit.row?.view === "F" ? splitFunction(name).name : name),
        el("b", {}, `${timeWords(hit.t0, state, 6)} + ${formatDuration(hit.t1 - hit.t0)}`));
    if (!states) return [title, el("p", {}, "…")];
    const known = inStackOrder(states);
    const total = known.reduce((sum, figure) => sum + figure.ns, 0);
    const n = known.reduce((sum, figure) => sum + figure.n, 0);
    const longest = Math.max(...known.map(lengthOf), 0);
    const there = longestOf(known);
    if (n === 0) return [title, el("p", {}, "Nothing lived here.")];
    const rows = known.map((figure) => el("tr", {}, el("td", {}, swatch(figure.state), TITLES[figure.state]),
        el("td", {}, percentWords(figure.ns / Math.max(total, 1))), el("td", {}, `${figure.n} ×`),
        el("td", {}, figure.longest ? `≤ ${formatDuration(lengthOf(figure))}` : "")));
    return [title, el("table", {class: "shares"}, el("tbody", {}, rows)),
        el("p", {}, `${countOf(n, "interval")}${longest > 0 ? `, longest ${formatDuration(longest)}` : ""}`),
        there?.longest ? el("p", {}, `Click or L: ${TITLES[there.state]} ${formatDuration(lengthOf(there))}${there.longest.g === "" || there.longest.g === "0" ? "" : `, g${there.longest.g}`}, from ${timeWords(there.longest.t0, state)}`) : null];
}

/** What a counter did in a bin. @param {Page} ctx @param {Hit} hit */
function counterWords(ctx, hit) {
    const state = ctx.store.get();
    const bin = /** @type {import("../types.js").CounterBin} */ (hit.more["bin"]);
    const {name = "", unit = ""} = state.manifest?.counters.find(({c}) => c === hit.more["c"]) ?? {};
    const exact = (/** @type {number} */ value) => value.toLocaleString("en");
    const words = (/** @type {number} */ value) => (unit === "bytes" ? `${formatValue(value, unit)} (${exact(value)} B)` : exact(value));
    const [up, down] = name === ALIVE ? ["Created", "Ended"] : ["Rose by", "Fell by"];
    return [
        el("h3", {}, el("span", {}, String(hit.more["label"])), el("b", {}, `${timeWords(bin.t0, state, 6)} + ${formatDuration(bin.t1 - bin.t0)}`)),
        facts([
            ["First – last", bin.first === bin.last ? words(bin.last) : `${words(bin.first)} – ${words(bin.last)}`],
            ["Least – most", bin.min === bin.max ? words(bin.max) : `${words(bin.min)} – ${words(bin.max)}`],
            [up ?? "", words(bin.rise)],
            [down ?? "", words(bin.fall)],
        ]),
    ];
}

/**
 * Where the box goes: below the row, or above it, where it also hides no other row that it speaks of; beside the pointer if neither fits.
 * @param {{x: number, y: number}} pointer @param {{top: number, bottom: number}} row on the screen
 * @param {{width: number, height: number}} box @param {{width: number, height: number}} screen
 * @param {{top: number, bottom: number}|null} other row on the screen that it speaks of
 */
export function placeBox(pointer, row, box, screen, other = null) {
    const air = 10;
    const x = Math.max(Math.min(pointer.x + 14, screen.width - box.width - 8), 8);
    const places = [row.bottom + air, row.top - air - box.height].filter((y) => y >= 8 && y + box.height <= screen.height - 8);
    const y = places.find((top) => !other || other.bottom <= top || other.top >= top + box.height) ?? places[0];
    if (y !== undefined) return {x, y};
    const left = pointer.x - 24 - box.width;
    return {x: left >= 8 ? left : Math.min(pointer.x + 24, screen.width - box.width), y: Math.max(screen.height - box.height - 8, 8)};
}

/** The row of who woke it, on the screen. @param {Page} ctx @param {Hit|null} hit @param {number} canvasTop */
function wakerRow({store, lanes, rowOf, dom}, hit, canvasTop) {
    const row = hit && hit.waker !== "" && hit.waker !== "0" ? rowOf(hit.waker) : null;
    const lane = row && lanes.find(rowId(row));
    const y = lane ? lane.y - store.get().scrollY : -1;
    return lane && y >= 0 && y < (dom["lanes"]?.clientHeight ?? 0) ? {top: canvasTop + y, bottom: canvasTop + y + lane.height} : null;
}

/** @param {Page} ctx @param {HTMLElement} box @param {Hover} hover @param {Hit|null} woken the wait to run that the words tell of */
function place(ctx, box, hover, woken) {
    const canvas = ctx.dom["lanes"]?.getBoundingClientRect();
    if (!canvas) return;
    const {scrollY} = ctx.store.get();
    const lane = ctx.lanes.at(scrollY + hover.y);
    const top = canvas.top + (lane ? lane.y - scrollY : hover.y - 8);
    const row = {top, bottom: top + Math.min(lane?.height ?? 16, 60)};
    const at = placeBox({x: canvas.left + hover.x, y: canvas.top + hover.y}, row, {width: box.offsetWidth, height: box.offsetHeight},
        {width: innerWidth, height: innerHeight}, wakerRow(ctx, woken, canvas.top));
    box.style.transform = `translate(${Math.round(at.x)}px, ${Math.round(at.y)}px)`;
}

/** @param {Hit} hit */
const nameOf = (hit) => `${hit.kind} ${hit.row?.view}${hit.row?.row} ${hit.more["c"] ?? hit.more["depth"]} ${hit.stack} ${hit.t0} ${hit.t1} ${hit.T}`;

/** @param {Page} ctx @param {HTMLElement} box */
function createTooltip(ctx, box) {
    let shown = "";
    let timer = 0;
    let controller = new AbortController();
    /** @type {Hit|null} */
    let woken = null;
    /** @param {Hover} hover @param {(Node|null)[]} nodes */
    const put = (hover, nodes) => {
        box.replaceChildren(...nodes.filter((node) => node !== null));
        box.hidden = false;
        place(ctx, box, hover, woken);
    };
    /** @param {Hit} hit @param {AbortSignal} signal */
    const rest = async (hit, signal) => {
        const bin = scopeOfBin(hit);
        const frames = hit.kind === "frame" ? await framesOf(ctx, hit.stack, signal) : null;
        const figures = bin ? (await summaryOf(ctx, bin, hit.t0, hit.t1, signal)).states : null;
        const wake = bin || frames ? {words: [], woken: null} : await wakeWords(ctx, hit);
        const more = bin || frames ? [] : [...wake.words, ...await writtenWords(ctx, hit, signal)];
        const {hover} = ctx.store.get();
        if (signal.aborted || !hover?.hit || nameOf(hover.hit) !== nameOf(hit)) return;
        woken = wake.woken;
        put(hover, frames ? frameWords(ctx, hit, frames) : bin ? binWords(ctx, hit, figures) : intervalWords(ctx, hit, more));
    };
    const hide = () => {
        clearTimeout(timer);
        controller.abort();
        if (!box.hidden) box.hidden = true;
        shown = "";
        woken = null;
    };
    /** @param {Hover} hover @param {Hit} hit */
    const show = (hover, hit) => {
        if (shown === nameOf(hit)) return place(ctx, box, hover, woken);
        hide();
        shown = nameOf(hit);
        controller = new AbortController();
        const {signal} = controller;
        if (hit.kind === "counter") return put(hover, counterWords(ctx, hit));
        if (hit.kind === "gap") return put(hover, gapWords(ctx, hit));
        if (hit.kind === "tasks") return put(hover, tasksWords(ctx, hit));
        if (hit.kind === "task") return put(hover, taskWords(ctx, /** @type {import("../types.js").Task} */ (hit.more["task"])));
        if (hit.kind === "bin") box.hidden = true;
        else if (hit.kind === "frame") put(hover, frameWords(ctx, hit, []));
        else put(hover, intervalWords(ctx, hit));
        timer = window.setTimeout(() => void rest(hit, signal).catch(() => {}), REST_MS);
    };
    return {show, hide};
}

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    const box = ctx.dom["tooltip"];
    if (!box) return () => {};
    /** @type {"all"|"exact"|"none"} */
    let mode = "all";
    const tooltip = createTooltip(ctx, box);
    ctx.actions.set("tooltip", () => {
        mode = MODES[(MODES.indexOf(mode) + 1) % MODES.length] ?? "all";
        if (mode === "none") tooltip.hide();
        ctx.say(MODE_WORDS[mode]);
    });
    const unsubscribe = ctx.store.subscribe((changed) => {
        if (!changed.has("hover")) return;
        const {hover} = ctx.store.get();
        const hit = hover?.hit;
        const counts = hit && (hit.kind !== "counter" || hit.exact) && (mode === "all" || (mode === "exact" && hit.exact));
        if (hover && hit && counts) tooltip.show(hover, hit);
        else tooltip.hide();
    });
    return () => {
        unsubscribe();
        tooltip.hide();
    };
}
