/**
 * Figures and states as the page's words: ranges, shares, counts, what an interval is called. Pure.
 */
import {formatCount} from "./lanes.js";
import {digitsForStep, formatTime, unixNs} from "./time.js";

/** @typedef {import("../types.js").State} State */
/** @typedef {import("../types.js").Manifest} Manifest */
/** @typedef {{function: string, file: string, line: number}} Frame */
/** @typedef {{state: string, reason: string, ns: number, n: number, longest?: {t0: number, t1: number, T: string, g: string, block?: number, row?: number}|null}} Figure */

/** In the order of bars, bottom to top. */
export const STACK_ORDER = ["running", "gc", "assist", "syscall", "runnable", "sync", "chan", "other", "net", "sleep", "unknown"];

/** @type {Record<string, string>} */
export const TITLES = {
    running: "Running", gc: "GC work", assist: "GC assist", syscall: "Syscall", runnable: "Runnable", sync: "Sync",
    chan: "Chan / select", other: "Other wait", net: "Network", sleep: "Sleep", unknown: "Unknown", stw: "Stop-the-world", none: "Nothing",
};

/** Kinds of events as the server names them. @type {Record<string, string>} */
export const EVENT_TITLES = {
    born: "Created", gone: "Ended", log: "Log", label: "Label", sample: "CPU sample", region_begin: "Region begins", region_end: "Region ends",
    range_begin: "Begins", range_end: "Ends",
};

/** Number of digits after the point of a second, in threes, that tell a hundredth of a length apart. @param {number} ns */
const digitsFor = (ns) => Math.min(Math.ceil(digitsForStep(Math.max(ns, 1) / 100) / 3) * 3, 9);

/** @typedef {{clock: State["clock"], manifest: Pick<Manifest, "wall">|null}} Clock */

/** One time, exact to the ns, without idle zeros. @param {number} t @param {Clock} clock */
export function timeWords(t, {clock, manifest}, digits = Math.round(t) % 1e6 === 0 ? 3 : Math.round(t) % 1e3 === 0 ? 6 : 9) {
    return formatTime(t, 10 ** (9 - digits), clock, manifest?.wall ?? []);
}

/**
 * "12.084 – 12.391 s", "09:31:53.718 – 09:31:54.025", "12 084 000 000 – 12 391 000 000 ns".
 * @param {number} t0 @param {number} t1 @param {Clock} clock @param {boolean} exact to the ns, whatever the length
 */
export function rangeWords(t0, t1, {clock, manifest}, exact = false) {
    const wall = manifest?.wall ?? [];
    const least = Math.round(t0) % 1e3 === 0 && Math.round(t1) % 1e3 === 0 ? 6 : 9;
    const digits = Math.max(digitsFor(t1 - t0), exact ? least : 0);
    const step = 10 ** (9 - digits);
    const [a, b] = [formatTime(t0, step, clock, wall), formatTime(t1, step, clock, wall)];
    const unit = clock === "ns" ? " ns" : unixNs(wall, t0) === null || clock === "relative" ? " s" : "";
    return `${unit !== "" && a.endsWith(unit) ? a.slice(0, -unit.length) : a} – ${b}`;
}

/** The part of the view that the trace fills. @param {{t0: number, t1: number, manifest: {span_ns: number}|null}} state */
export function seenRange({t0, t1, manifest}) {
    const end = Math.max(manifest?.span_ns ?? t1, 1);
    return {t0: Math.min(Math.max(t0, 0), end), t1: Math.max(Math.min(t1, end), 0)};
}

/** "1,204". @param {number} n */
export const countWords = (n) => Math.round(n).toString().replace(/\B(?=(\d{3})+$)/g, ",");

/** "1,204 intervals", "1 interval". @param {number} n @param {string} what */
export const countOf = (n, what) => `${countWords(n)} ${what}${n === 1 ? "" : "s"}`;

/** "87.9 %", "< 0.1 %", "0 %". @param {number} share 0..1 */
export function percentWords(share) {
    if (!(share > 0)) return "0 %";
    if (share < 0.0005) return "< 0.1 %";
    if (share > 0.9995 && share < 1) return "> 99.9 %";
    return `${(share * 100).toFixed(1)} %`;
}

/** "4.8 MiB". @param {number} bytes */
export function bytesWords(bytes) {
    const units = ["B", "KiB", "MiB", "GiB", "TiB"];
    const at = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
    const value = bytes / 1024 ** at;
    return `${at === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[at]}`;
}

/** "2 min 5 s", "4 s". @param {number} seconds */
export function leftWords(seconds) {
    const whole = Math.max(Math.ceil(seconds), 1);
    if (whole < 60) return `${whole} s`;
    if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
    return `${Math.floor(whole / 3600)} h ${Math.floor(whole % 3600 / 60)} min`;
}

/** "sync.Mutex" of the innermost frame "sync.(*Mutex).Lock". @param {readonly Frame[]} frames */
function lockOf(frames) {
    for (const {function: name} of frames) {
        const m = /^(?:internal\/)?(sync|golang\.org\/x\/sync\/\w+)\.\(\*(\w+)\)\./.exec(name);
        if (m) return `${m[1]?.split("/").pop()}.${m[2]}`;
    }
    return "";
}

/**
 * What an interval is called in a heading.
 * @param {string} state @param {string} reason Go's word for it @param {readonly Frame[]} frames where it began
 */
export function intervalTitle(state, reason, frames = []) {
    switch (state) {
    case "running": return "Running";
    case "gc": return reason === "" ? "GC work" : reason;
    case "assist": return "GC mark assist";
    case "syscall": return syscallTitle(frames);
    case "runnable": return "Waiting to run";
    case "sync": return `Blocked on ${lockOf(frames) || reason || "sync"}`;
    case "chan": return reason === "select" ? "Blocked in select" : `Blocked on ${reason || "a channel"}`;
    case "net": return "Waiting for the network";
    case "sleep": return reason === "" || reason === "sleep" ? "Asleep" : `Asleep: ${reason}`;
    case "other": return reason === "" ? "Waiting" : `Waiting: ${reason}`;
    case "unknown": return "State not known";
    default: return "Nothing";
    }
}

/** @param {readonly Frame[]} frames */
function syscallTitle(frames) {
    const call = frames.map((frame) => /^(?:syscall|golang\.org\/x\/sys\/unix|internal\/syscall\/unix)\.([a-z]\w*|[A-Z]\w*)$/.exec(frame.function)?.[1])
        .filter((name) => name !== undefined && !/^(raw)?(vfork)?syscall|^runtime/i.test(name)).pop();
    return call ? `System call ${call.toLowerCase()}` : "System call";
}

/**
 * Figures per state and reason -> per state, the longest time first.
 * @param {readonly Figure[]} figures @returns {Figure[]}
 */
export function byState(figures) {
    /** @type {Map<string, Figure>} */
    const states = new Map();
    for (const figure of figures) {
        const sum = states.get(figure.state) ?? {state: figure.state, reason: "", ns: 0, n: 0, longest: null};
        const best = [sum.longest, figure.longest].filter((l) => l).sort((a, b) => ((b?.t1 ?? 0) - (b?.t0 ?? 0)) - ((a?.t1 ?? 0) - (a?.t0 ?? 0)))[0];
        states.set(figure.state, {...sum, ns: sum.ns + figure.ns, n: sum.n + figure.n, longest: best ?? null});
    }
    return [...states.values()].filter((figure) => figure.state !== "none").sort((a, b) => b.ns - a.ns || b.n - a.n);
}


/** The order of bars instead: work first, what is parked last. @param {readonly Figure[]} figures @returns {Figure[]} */
export function inStackOrder(figures) {
    return byState(figures).sort((a, b) => STACK_ORDER.indexOf(a.state) - STACK_ORDER.indexOf(b.state));
}

export const BYTES = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** @param {number} value @param {string} unit @returns {string} "371 MiB", "42" */
export function formatValue(value, unit) {
    if (unit !== "bytes") return value >= 1e4 ? formatCount(Math.round(value)) : String(Math.round(value * 10) / 10);
    let i = 0;
    let v = value;
    for (; v >= 999.5 && i < BYTES.length - 1; i++) v /= 1024;
    return `${v >= 99.95 || i === 0 ? Math.round(v) : v >= 9.995 ? v.toFixed(1).replace(/\.0$/, "") : v.toFixed(2).replace(/\.?0+$/, "")} ${BYTES[i]}`;
}
