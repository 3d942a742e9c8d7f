/**
 * The words that a link is made of: times, rows, lists of names, what is selected, marks. Each is written and read here, side by side.
 * Knows nothing of the DOM.
 */
import {parseRows} from "./row_set.js";

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
 * @property {string[]=} rows
 */

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
export function parseSpan(text) {
    const [a, b, more] = text.split("..").map(readSeconds);
    if (a === undefined || b === undefined || more !== undefined || !(b > a)) return null;
    return [a, b];
}

/** @param {number} t0 @param {number} t1 */
export const formatSpan = (t0, t1) => `${writeSeconds(Math.floor(t0))}..${writeSeconds(Math.max(Math.ceil(t1), Math.floor(t0) + 1))}`;

/** Readable, and still one word of a list of such words. @param {string} text */
export function encode(text) {
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

/** @param {readonly string[]} names */
export const formatList = (names) => names.map((name) => encode(name).replace(/,/g, "%2C")).join(",");

/** @param {string} text */
export const parseList = (text) => text.split(",").filter((word) => word !== "").map(decode);

/** @param {string} text @returns {Row|null} */
export function parseRow(text) {
    const m = /^([PMGFA])(\d{1,9})$/.exec(text);
    return m ? {view: /** @type {Row["view"]} */ (m[1]), row: Number(m[2])} : null;
}

/** @param {Row} row */
export const rowId = (row) => `${row.view}${row.row}`;

/** @param {Selection} s @returns {string} */
export function formatSelection(s) {
    if (s.kind === "range") return `${formatSpan(s.t0, s.t1)}${s.rows ? `@${formatList(s.rows)}` : ""}`;
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
    const [, ranged = "", named = ""] = /^([\d.-]+)@(.+)$/.exec(text) ?? [];
    const rows = parseRows(parseList(named));
    const span = parseSpan(ranged === "" ? text.replace(/^(gc|stw)@/, "") : ranged);
    if (span && ranged !== "") return rows ? {...none, t0: span[0], t1: span[1], rows} : null;
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

/** "12.2,12.3..12.31:the stall". @param {readonly Mark[]} marks */
export const formatMarks = (marks) => marks.map(({t0, t1, note}) => {
    const place = t1 > t0 ? `${writeSeconds(t0)}..${writeSeconds(t1)}` : writeSeconds(t0);
    return note === "" ? place : `${place}:${encode(note).replace(/,/g, "%2C")}`;
}).join(",");

/** @param {string} text @returns {Mark|null} */
export function parseMark(text) {
    const at = text.indexOf(":");
    const place = at < 0 ? text : text.slice(0, at);
    const [t0 = NaN, t1] = parseSpan(place) ?? [readSeconds(place)];
    return t0 >= 0 ? {t0, t1: t1 ?? t0, note: at < 0 ? "" : decode(text.slice(at + 1))} : null;
}
