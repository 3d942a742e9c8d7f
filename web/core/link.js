/**
 * The state of the page <-> the part of its address behind `#`.
 *
 * `#v=1&t=12.199751..12.202351&y=G1023+4&sel=G1023@190245871&open=goroutines,procs,g:net/http.(*conn).serve`
 * Times are seconds from the trace's first event, exact to the ns; T is Go's time of the event. A lane is named as in
 * types.js, so that a link does not depend on the order of groups, the height of the screen or what else is open.
 * Only what differs from the defaults is written, always in the same order. Unknown parts are ignored and reported.
 * Knows nothing of the DOM; nothing secret can come in, since only the keys below are written.
 */
import {SECTIONS, placeSection, sizeWithin} from "./arrange.js";
import {KINDS} from "./flame.js";
import {tidyMarks} from "./mark_list.js";

/** @typedef {import("../types.js").State} State */
/** @typedef {import("../types.js").Selection} Selection */
/** @typedef {import("../types.js").Row} Row */
/** @typedef {import("./mark_list.js").Mark} Mark */

/**
 * @typedef {object} Wanted       what the address selects, to be looked up in the trace
 * @property {Selection["kind"]} kind
 * @property {Row|null} row
 * @property {string} g
 * @property {string} T
 * @property {number} t0
 * @property {number} t1
 * @property {string=} task       id of a user task
 *
 * @typedef {object} Link
 * @property {Partial<State>} patch
 * @property {{id: string, dy: number}|null} scroll   the lane at the upper edge and how much of it is above
 * @property {Wanted|null} select
 * @property {string[]} isolate   goroutines that have rows of their own
 * @property {string[]} notices   in words
 */

export const VERSION = "1";
export const NAME_MOST = 100;
export const ROW_HEIGHTS = [6, 10, 16, 24];
const CLOCKS = ["relative", "local", "utc", "ns"];
/** Tabs of the panel; "": closed. */
export const PANELS = ["", "details", "stacks", "statistics", "flame", "events", "tasks", "hits", "goroutines", "marks"];
/** Which events are listed. */
export const EVENT_KINDS = ["all", "states", "lives", "logs", "regions", "ranges", "samples"];
const SCOPES = ["all", "procs", "threads", "group", "goroutine"];
const OVERLAYS = ["gc", "both", "none"];

/** What a page without any `#` shows. `labelWidth` and `panelHeight` are 0 where the style sheet decides. */
export const DEFAULTS = Object.freeze({
    clock: /** @type {State["clock"]} */ ("relative"),
    overlay: /** @type {State["overlay"]} */ ("both"),
    labels: true,
    stacks: false,
    rowHeight: 16,
    panel: "details",
    scope: "all",
    stacksOf: "blocked",
    eventKinds: "all",
    isolated: /** @type {State["isolated"]} */ ([]),
    query: "",
    flameBox: "",
    marks: /** @type {State["marks"]} */ ([]),
    hidden: /** @type {State["hidden"]} */ ([]),
    order: /** @type {State["order"]} */ ([]),
    sizes: /** @type {State["sizes"]} */ ({}),
});

/** @param {number} ns @returns {string} seconds, exact */
export function writeSeconds(ns) {
    const whole = Math.abs(Math.round(ns));
    const rest = String(whole % 1e9).padStart(9, "0").replace(/0+$/, "");
    return `${ns < 0 && whole > 0 ? "-" : ""}${Math.floor(whole / 1e9)}${rest ? `.${rest}` : ""}`;
}

/** @param {string} text @returns {number} ns; NaN if it is no time */
export function readSeconds(text) {
    const m = /^(-?)(\d{1,8})(?:\.(\d{1,9}))?$/.exec(text);
    if (!m) return NaN;
    const ns = Number(m[2]) * 1e9 + Number((m[3] ?? "").padEnd(9, "0"));
    return m[1] ? -ns : ns;
}

/** @param {string} text @returns {[number, number]|null} */
function parseSpan(text) {
    const [a, b, more] = text.split("..").map(readSeconds);
    if (a === undefined || b === undefined || more !== undefined || !(b > a)) return null;
    return [a, b];
}

/** @param {number} t0 @param {number} t1 */
const formatSpan = (t0, t1) => `${writeSeconds(Math.floor(t0))}..${writeSeconds(Math.max(Math.ceil(t1), Math.floor(t0) + 1))}`;

/** Readable, and still one word of a list of such words. @param {string} text */
function encode(text) {
    return encodeURIComponent(text).replace(/%2F|%3A|%5B|%5D|%40/g, decodeURIComponent);
}

/** @param {string} text @returns {string} as it is where it is no encoding */
export function decode(text) {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}

/** @param {string} text @returns {Row|null} */
export function parseRow(text) {
    const m = /^([PMGFA])(\d{1,9})$/.exec(text);
    return m ? {view: /** @type {Row["view"]} */ (m[1]), row: Number(m[2])} : null;
}

/** @param {Row} row */
export const rowId = (row) => `${row.view}${row.row}`;

/** @param {Selection} s @returns {string} */
export function formatSelection(s) {
    if (s.kind === "range") return formatSpan(s.t0, s.t1);
    if (s.kind === "gc" || s.kind === "stw") return `${s.kind}@${formatSpan(s.t0, s.t1)}`;
    if (s.kind === "goroutine") return `g${s.g}`;
    if (s.kind === "task") return `task:${s.task?.task ?? "0"}`;
    const who = s.row ? rowId(s.row) : `g${s.g}`;
    return `${s.kind === "mark" ? "mark:" : ""}${who}@${s.T !== "" ? s.T : `${writeSeconds(s.t0)}s`}`;
}

/** @param {string} text @returns {Wanted|null} */
export function parseSelection(text) {
    /** @type {Wanted} */
    const none = {kind: "range", row: null, g: "", T: "", t0: NaN, t1: NaN};
    const span = parseSpan(text.replace(/^(gc|stw)@/, ""));
    if (span) {
        const kind = /** @type {Selection["kind"]} */ (/^(gc|stw)@/.exec(text)?.[1] ?? "range");
        return {...none, kind, t0: span[0], t1: span[1]};
    }
    if (/^g\d{1,20}$/.test(text)) return {...none, kind: "goroutine", g: text.slice(1)};
    if (/^task:\d{1,20}$/.test(text)) return {...none, kind: "task", task: text.slice(5)};
    const m = /^(mark:)?(?:([PMG]\d{1,9})|g(\d{1,20}))@(?:(-?\d{1,20})|(-?[\d.]+)s)$/.exec(text);
    if (!m) return null;
    const t0 = m[5] === undefined ? NaN : readSeconds(m[5]);
    if (m[4] === undefined && Number.isNaN(t0)) return null;
    return {kind: m[1] ? "mark" : "interval", row: parseRow(m[2] ?? ""), g: m[3] ?? "", T: m[4] ?? "", t0, t1: NaN};
}

/** @param {readonly string[]} names */
const formatList = (names) => names.map((name) => encode(name).replace(/,/g, "%2C")).join(",");

/** @param {string} text */
const parseList = (text) => text.split(",").filter((word) => word !== "").map(decode);

/** "12.2,12.3..12.31:the stall". @param {readonly Mark[]} marks */
export const formatMarks = (marks) => marks.map(({t0, t1, note}) => {
    const place = t1 > t0 ? `${writeSeconds(t0)}..${writeSeconds(t1)}` : writeSeconds(t0);
    return note === "" ? place : `${place}:${encode(note).replace(/,/g, "%2C")}`;
}).join(",");

/** @param {string} text @returns {Mark|null} */
function parseMark(text) {
    const at = text.indexOf(":");
    const place = at < 0 ? text : text.slice(0, at);
    const [t0 = NaN, t1] = parseSpan(place) ?? [readSeconds(place)];
    return t0 >= 0 ? {t0, t1: t1 ?? t0, note: at < 0 ? "" : decode(text.slice(at + 1))} : null;
}

/**
 * @param {Readonly<State>} state
 * @param {{id: string, dy: number}|null} scroll
 * @param {string} name of the trace's file, where the link is to be sent: who lacks the trace is told what to ask for
 * @returns {string} with its `#`
 */
export function formatLink(state, scroll, name = "") {
    const open = Object.keys(state.open).filter((key) => state.open[key]).sort();
    /** @type {[string, string][]} */
    const parts = [["v", VERSION], ["t", formatSpan(state.t0, state.t1)]];
    if (scroll) parts.push(["y", `${encode(scroll.id)}${scroll.dy ? `+${Math.round(scroll.dy)}` : ""}`]);
    if (state.selection) parts.push(["sel", formatSelection(state.selection)]);
    parts.push(["open", formatList(open)]);
    if (state.query !== "") parts.push(["q", encode(state.query)]);
    if (state.isolated.length > 0) parts.push(["iso", state.isolated.map(({g}) => g).join()]);
    if (state.pins.length > 0) parts.push(["pins", formatList(state.pins)]);
    if (state.hidden.length > 0) parts.push(["hide", formatList(state.hidden)]);
    if (state.order.length > 0) parts.push(["order", state.order.join()]);
    const sizes = Object.entries(state.sizes).sort(([a], [b]) => (a < b ? -1 : 1));
    if (sizes.length > 0) parts.push(["sizes", formatList(sizes.map(([id, px]) => `${id}*${px}`))]);
    if (state.panel !== DEFAULTS.panel) parts.push(["panel", state.panel]);
    if (state.scope !== DEFAULTS.scope) parts.push(["scope", state.scope]);
    if (state.stacksOf !== DEFAULTS.stacksOf) parts.push(["of", state.stacksOf]);
    if (state.eventKinds !== DEFAULTS.eventKinds) parts.push(["kinds", state.eventKinds]);
    if (state.clock !== DEFAULTS.clock) parts.push(["clock", state.clock]);
    if (state.overlay !== DEFAULTS.overlay) parts.push(["overlay", state.overlay]);
    if (state.labels !== DEFAULTS.labels) parts.push(["labels", state.labels ? "1" : "0"]);
    if (state.stacks !== DEFAULTS.stacks) parts.push(["stacks", "1"]);
    if (state.rowHeight !== DEFAULTS.rowHeight) parts.push(["height", String(state.rowHeight)]);
    if (state.flameBox !== DEFAULTS.flameBox) parts.push(["box", state.flameBox]);
    if (state.marks.length > 0) parts.push(["marks", formatMarks(state.marks)]);
    if (name !== "") parts.push(["name", encode(name.slice(0, NAME_MOST))]);
    return `#${parts.map(([key, value]) => `${key}=${value}`).join("&")}`;
}

/** @type {Record<string, (value: string, link: Link) => boolean>} each answers whether it understood */
const READERS = {
    v(value, {notices}) {
        if (value !== VERSION) notices.push(`This link is of version ${value.slice(0, 20) || "(none)"}, and this program writes version ${VERSION}: what it knows of it is shown.`);
        return true;
    },
    name: () => true,
    box(value, {patch}) {
        if (/^[0-9a-f]{1,16}$/.test(value)) patch.flameBox = value;
        return patch.flameBox !== undefined;
    },
    marks(value, {patch, notices}) {
        const words = value.split(",");
        const marks = words.map(parseMark).filter((mark) => mark !== null);
        patch.marks = tidyMarks(marks);
        if (marks.length < words.length) notices.push(`Of the marks of this link ${marks.length} of ${words.length} can be read.`);
        else if (patch.marks.length < marks.length) notices.push(`This link has ${marks.length} marks: shown are ${patch.marks.length}.`);
        return true;
    },
    t(value, {patch}) {
        const span = parseSpan(value);
        if (span) [patch.t0, patch.t1] = span;
        return span !== null;
    },
    y(value, link) {
        const m = /^(.*?)(?:\+(-?\d{1,7}))?$/.exec(value);
        link.scroll = m?.[1] ? {id: decode(m[1]), dy: Number(m[2] ?? 0)} : null;
        return link.scroll !== null;
    },
    sel(value, link) {
        link.select = parseSelection(value);
        return link.select !== null;
    },
    open(value, {patch}) {
        patch.open = Object.fromEntries(parseList(value).map((key) => [key, true]));
        return true;
    },
    pins(value, {patch}) {
        patch.pins = parseList(value);
        return true;
    },
    hide(value, {patch}) {
        patch.hidden = [...new Set(parseList(value))];
        return true;
    },
    order(value, {patch}) {
        const ids = value.split(",");
        if (ids.every((id) => SECTIONS.includes(id))) patch.order = placeSection(ids, ids[0] ?? "", 0);
        return patch.order !== undefined;
    },
    sizes(value, {patch}) {
        const parts = parseList(value).map((part) => /^(.*)\*(\d{1,4})$/.exec(part));
        if (parts.some((part) => part === null)) return false;
        patch.sizes = Object.fromEntries(parts.map((part) => [part?.[1] ?? "", sizeWithin(Number(part?.[2]))]));
        return true;
    },
    iso(value, link) {
        const fits = /^\d{1,20}(,\d{1,20}){0,31}$/.test(value);
        if (fits) link.isolate = [...new Set(value.split(","))];
        return fits;
    },
    q(value, {patch}) {
        const query = decode(value);
        if (query.length <= 1024) patch.query = query;
        return patch.query !== undefined;
    },
    panel(value, {patch}) {
        if (PANELS.includes(value)) patch.panel = value;
        return patch.panel !== undefined;
    },
    scope(value, {patch}) {
        if (SCOPES.includes(value)) patch.scope = value;
        return patch.scope !== undefined;
    },
    kinds(value, {patch}) {
        if (EVENT_KINDS.includes(value)) patch.eventKinds = value;
        return patch.eventKinds !== undefined;
    },
    of(value, {patch}) {
        if (KINDS.some(({id}) => id === value)) patch.stacksOf = value;
        return patch.stacksOf !== undefined;
    },
    clock(value, {patch}) {
        if (CLOCKS.includes(value)) patch.clock = /** @type {State["clock"]} */ (value);
        return patch.clock !== undefined;
    },
    overlay(value, {patch}) {
        if (OVERLAYS.includes(value)) patch.overlay = /** @type {State["overlay"]} */ (value);
        return patch.overlay !== undefined;
    },
    labels(value, {patch}) {
        patch.labels = value !== "0";
        return value === "0" || value === "1";
    },
    stacks(value, {patch}) {
        patch.stacks = value === "1";
        return value === "0" || value === "1";
    },
    height(value, {patch}) {
        if (ROW_HEIGHTS.includes(Number(value))) patch.rowHeight = Number(value);
        return patch.rowHeight !== undefined;
    },
};

/**
 * @param {string} hash with or without its `#`
 * @returns {Link}
 */
export function parseLink(hash) {
    const text = hash.replace(/^#/, "");
    /** @type {Link} */
    const link = {patch: {}, scroll: null, select: null, isolate: [], notices: []};
    for (const part of text === "" ? [] : text.split("&")) {
        const at = part.indexOf("=");
        const key = at < 0 ? part : part.slice(0, at);
        const reader = Object.hasOwn(READERS, key) ? READERS[key] : undefined;
        const understood = reader?.(at < 0 ? "" : part.slice(at + 1), link) ?? false;
        if (!understood) link.notices.push(`This link says “${decode(part).slice(0, 60)}”, which this version does not know.`);
    }
    return link;
}

/**
 * Where the page is mounted, and which trace it shows.
 * @param {string} pathname of the page's address
 * @returns {{base: string, trace: string}} base ends with "/"; trace "" = the library
 */
export function parsePlace(pathname) {
    const m = /^(.*\/)t\/([^/]*)\/?$/.exec(pathname);
    if (m) return {base: m[1] ?? "/", trace: decode(m[2] ?? "")};
    return {base: pathname.replace(/[^/]*$/, ""), trace: ""};
}
