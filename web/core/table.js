/**
 * The goroutine table: its columns as the server names them, what it is ordered by, and how a link says so. Pure.
 */

/** @typedef {import("../types.js").Table} Table */

/**
 * Columns with go tool trace's titles where they mean the same; `state` colours a column's part of a bar, "" it has none.
 * @type {readonly {id: string, title: string, state: string}[]}
 */
export const COLUMNS = Object.freeze([
    {id: "total", title: "Total", state: ""},
    {id: "execution", title: "Execution time", state: "running"},
    {id: "sched_wait", title: "Sched wait time", state: "runnable"},
    {id: "syscall", title: "Syscall time", state: "syscall"},
    {id: "sync", title: "Block time (sync)", state: "sync"},
    {id: "chan", title: "Block time (chan, select)", state: "chan"},
    {id: "net", title: "Block time (network)", state: "net"},
    {id: "sleep", title: "Block time (sleep)", state: "sleep"},
    {id: "other", title: "Block time (other)", state: "other"},
    {id: "gc", title: "GC work", state: "gc"},
    {id: "unknown", title: "Unknown time", state: "unknown"},
]);

/** What of its goroutines a function's line shows. */
export const FIGURES = Object.freeze([
    {id: "sum", title: "Sum"}, {id: "p50", title: "p50"}, {id: "p90", title: "p90"}, {id: "p99", title: "p99"}, {id: "max", title: "Max"},
]);

/** @type {Readonly<Table>} */
export const DEFAULT_TABLE = Object.freeze({sort: "total", down: true, figure: "sum", open: "", match: ""});

/** Orders: "function" (of lines of goroutines: by number), "n", and the columns. @param {string} id */
export const isOrder = (id) => id === "function" || id === "n" || COLUMNS.some((column) => column.id === id);

/** "-total", "function". @param {Readonly<Table>} table */
export const formatOrder = ({sort, down}) => `${down ? "-" : ""}${sort}`;

/** @param {string} text @returns {{sort: string, down: boolean}|null} */
export function parseOrder(text) {
    const down = text.startsWith("-");
    const sort = text.slice(down ? 1 : 0);
    return isOrder(sort) ? {sort, down} : null;
}

/** A click on the head of a column: names go up first, numbers down; again, the other way. @param {Readonly<Table>} table @param {string} sort @returns {Table} */
export const sortedBy = (table, sort) => ({...table, sort, down: table.sort === sort ? !table.down : sort !== "function"});

/** The order of functions, as the server is asked for it. @param {Readonly<Table>} table */
export function functionOrder({sort, down, figure}) {
    return `sort=${sort === "function" || sort === "n" ? sort : `${sort}.${figure}`}&order=${down ? "desc" : "asc"}`;
}

/** That of the goroutines of one: by number where functions are by name, by their lives where functions are by count. @param {Readonly<Table>} table */
export function goroutineOrder({sort, down}) {
    return `sort=${sort === "function" ? "g" : sort === "n" ? "total" : sort}&order=${down ? "desc" : "asc"}`;
}

/** The parts of a bar: all columns but the total; what went into collections is taken out of the execution time. @param {Record<string, number>} line */
export function partsOf(line) {
    const ns = (/** @type {string} */ id) => (id === "execution" ? (line["execution"] ?? 0) - (line["gc"] ?? 0) : line[id] ?? 0);
    return COLUMNS.filter(({state}) => state !== "").map(({id, state}) => ({state, ns: Math.max(ns(id), 0)}));
}
