/**
 * Whose figures are asked for, as queries of the summary route, and which of the intervals that it tells is worth going to. Pure.
 */

/** @typedef {import("../types.js").Row} Row */
/** @typedef {import("../types.js").Hit} Hit */
/** @typedef {import("./words.js").Figure} Figure */

/** States in which a goroutine works or is kept from it. */
const LOUD = new Set(["running", "gc", "assist", "syscall", "runnable", "sync"]);

/** @param {Readonly<Pick<import("../types.js").State, "trace"|"manifest">>} state @param {string} scope query that says whose @param {number} t0 @param {number} t1 */
export function summaryPath({trace, manifest}, scope, t0, t1) {
    const from = Math.max(Math.floor(t0), 0);
    const to = Math.min(Math.ceil(t1), manifest?.span_ns ?? Infinity);
    return `traces/${trace}/summary?${scope}&from=${from}&to=${Math.max(to, from + 1)}`;
}

/** The query that names a row to the summary route. @param {Row} row */
export function rowScope(row) {
    if (row.view === "A") return `view=${["A", "M", "P"][row.row] ?? "A"}`;
    if (row.view === "F") return `group=${row.row}`;
    return `view=${row.view}&block=${row.row >> 5}&row=${row.row & 31}`;
}

/** That of a bin of a histogram, null for all else that is hit. @param {Hit|null|undefined} hit */
export function scopeOfBin(hit) {
    if (hit?.kind !== "bin" || !hit.row) return null;
    return hit.more["solo"] ? `g=${hit.more["solo"]}` : rowScope(hit.row);
}

/**
 * The figure whose longest interval is the longest: of those in which a goroutine works or is kept from it, for what is parked outlasts all
 * else; of the parked ones where there is nothing else.
 * @param {readonly Figure[]} figures @returns {Figure|null}
 */
export function longestOf(figures) {
    const length = (/** @type {Figure} */ {longest}) => (longest ? longest.t1 - longest.t0 : -1);
    const known = figures.filter((figure) => figure.longest && figure.state !== "none");
    const loud = known.filter(({state}) => LOUD.has(state));
    return (loud.length > 0 ? loud : known).reduce((/** @type {Figure|null} */ best, figure) => (best && length(best) >= length(figure) ? best : figure), null);
}
