/**
 * Which counters of a trace get lanes, and which of them share one.
 */

/** @typedef {import("../types.js").Manifest} Manifest */

/** The counter that an ingest makes of births and ends. */
export const ALIVE = "/sched/goroutines:goroutines";

/** What is not parked, by state: rows of view A, on scales of their own. */
export const IN_USE = Object.freeze([
    {id: "c:goroutines", label: "Goroutines not parked", row: 0}, {id: "c:threads", label: "Threads in use", row: 1}, {id: "c:procs", label: "Procs in use", row: 2},
]);

/** Indexes of the counters that belong in one lane: the heap with its goal, every other one alone, the goroutines last. @param {Manifest} manifest */
export function counterLanes(manifest) {
    const used = manifest.counters.filter((c) => c.samples > 0);
    const heap = used.find((c) => /heap.*(objects|alloc|live)/i.test(c.name) && !/goal/i.test(c.name)) ?? used.find((c) => /heap/i.test(c.name) && !/goal/i.test(c.name));
    const goal = used.find((c) => /goal/i.test(c.name));
    const pair = [heap, goal].filter((c) => c !== undefined);
    const lanes = pair.length > 0 ? [{label: "Heap", counters: pair.map((c) => c.c)}] : [];
    const rest = used.filter((c) => !pair.includes(c) && !/goroutines|threads|gomaxprocs/i.test(c.name));
    const alive = used.filter((c) => c.name === ALIVE).map((c) => ({label: "Goroutines alive", counters: [c.c]}));
    return [...lanes, ...rest.map((c) => ({label: c.name, counters: [c.c]})), ...alive];
}
