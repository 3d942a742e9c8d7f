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
import {decode, encode, formatList, formatMarks, formatSelection, formatSpan, parseList, parseMark, parseSelection, parseSpan} from "./link_words.js";
import {tidyMarks} from "./mark_list.js";
import {DEFAULT_TABLE, FIGURES, formatOrder, parseOrder} from "./table.js";

/** @typedef {import("../types.js").State} State */
/** @typedef {import("./link_words.js").Wanted} Wanted */

/**
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
const SCOPES = ["all", "procs", "threads", "group", "goroutine", "rows"];
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
    table: DEFAULT_TABLE,
});

/** @param {State["table"]} table @returns {[string, string][]} */
function formatTable(table) {
    /** @type {[string, string][]} */
    const parts = [["sort", formatOrder(table)], ["stat", table.figure], ["fn", encode(table.open)], ["match", encode(table.match)]];
    const usual = [formatOrder(DEFAULT_TABLE), DEFAULT_TABLE.figure, "", ""];
    return parts.filter(([, value], i) => value !== usual[i]);
}

/** @param {Link} link @param {Partial<State["table"]>|null} some @returns {boolean} */
function patchTable({patch}, some) {
    if (some) patch.table = {...DEFAULT_TABLE, ...patch.table, ...some};
    return some !== null;
}

/**
 * @param {Readonly<State>} state
 * @param {{id: string, dy: number}|null} scroll
 * @param {string} name of the trace's file, where the link is to be sent: who lacks the trace is told what to ask for
 * @param {string} sel what is selected, in words; "" nothing
 * @returns {string} with its `#`
 */
export function formatLink(state, scroll, name = "", sel = state.selection ? formatSelection(state.selection) : "") {
    const open = Object.keys(state.open).filter((key) => state.open[key]).sort();
    /** @type {[string, string][]} */
    const parts = [["v", VERSION], ["t", formatSpan(state.t0, state.t1)]];
    if (scroll) parts.push(["y", `${encode(scroll.id)}${scroll.dy ? `+${Math.round(scroll.dy)}` : ""}`]);
    if (sel !== "") parts.push(["sel", sel]);
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
    parts.push(...formatTable(state.table));
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
    sort: (value, link) => patchTable(link, parseOrder(value)),
    stat: (value, link) => patchTable(link, FIGURES.some(({id}) => id === value) ? {figure: value} : null),
    fn: (value, link) => patchTable(link, {open: decode(value)}),
    match: (value, link) => patchTable(link, decode(value).length <= 1024 ? {match: decode(value)} : null),
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
