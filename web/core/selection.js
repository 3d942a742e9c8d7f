/**
 * Small questions about what is selected or hit: pure, and shared by input and panels.
 */

/** @typedef {import("../types.js").Hit} Hit */
/** @typedef {import("../types.js").Row} Row */
/** @typedef {import("../types.js").Group} Group */
/** @typedef {import("../types.js").Manifest} Manifest */
/** @typedef {import("../types.js").Selection} Selection */

/** @type {Record<Row["view"], string>} the section that holds a view's rows */
const SECTIONS = {P: "procs", M: "threads", G: "goroutines", F: "goroutines", A: "goroutines"};

/** @param {Hit} hit @returns {Selection|null} null for what cannot be selected */
export function selectionOf(hit) {
    const {row, t0, t1, T, g, state, reason} = hit;
    if (hit.kind === "gc" || hit.kind === "stw") return {kind: hit.kind, row: null, t0, t1, T, g, state: 0, reason: 0};
    if (hit.kind === "gap") return rangeSelection(t0, Math.max(t1, t0 + 1));
    if (hit.kind === "task") return taskSelection(/** @type {import("../types.js").Task} */ (hit.more["task"]));
    if (hit.kind === "counter" || hit.kind === "tasks" || hit.kind === "frame" || hit.kind === "bin" || !row) return null;
    return {kind: hit.kind === "mark" ? "mark" : "interval", row, t0, t1, T, g, state, reason};
}

/** @param {import("../types.js").Task} task @returns {Selection} */
export function taskSelection(task) {
    return {kind: "task", row: null, t0: task.t0, t1: task.t1, T: task.T, g: task.g === "0" ? "" : task.g, state: 0, reason: 0, task};
}

/** @param {number} t0 @param {number} t1 @param {readonly string[]} [rows] words of row_set.js; none: all rows @returns {Selection} */
export function rangeSelection(t0, t1, rows = []) {
    const range = {kind: /** @type {const} */ ("range"), row: null, t0: Math.min(t0, t1), t1: Math.max(t0, t1), T: "", g: "", state: 0, reason: 0};
    return rows.length > 0 ? {...range, rows} : range;
}

/** @param {Row|null} a @param {Row|null} b */
export const sameRow = (a, b) => a !== null && b !== null && a.view === b.view && a.row === b.row;

/** @type {WeakMap<object, Map<number, Group>>} */
const groupsByBlock = new WeakMap();

/** The group whose row it is; null for other views. @param {Manifest|null} manifest @param {Row} row @returns {Group|null} */
export function groupOfRow(manifest, row) {
    if (!manifest) return null;
    if (row.view === "F") return manifest.groups.find((group) => group.group === row.row) ?? null;
    if (row.view !== "G") return null;
    let blocks = groupsByBlock.get(manifest.groups);
    if (!blocks) {
        blocks = new Map(manifest.groups.flatMap((group) => group.blocks.map((block) => [block, group])));
        groupsByBlock.set(manifest.groups, blocks);
    }
    return blocks.get(row.row >> 5) ?? null;
}

/** Keys of State.open that must be true for the row to have a lane. @param {Manifest|null} manifest @param {Row} row */
export function keysToOpen(manifest, row) {
    const group = row.view === "G" ? groupOfRow(manifest, row) : null;
    return group ? [SECTIONS[row.view], `g:${group.function}`] : [SECTIONS[row.view]];
}

/** "P3", "M4711", "g149", "serve": what a row is called. @param {Manifest|null} manifest @param {Row} row @param {string} g */
export function rowName(manifest, row, g = "") {
    if (row.view === "P") return `P${manifest?.procs.find((proc) => proc.row === row.row)?.id ?? row.row}`;
    if (row.view === "M") return `M${manifest?.threads.find((thread) => thread.row === row.row)?.id ?? row.row}`;
    if (row.view === "A") return ["All goroutines", "All threads", "All processors"][row.row] ?? "All";
    if (row.view === "G" && g !== "") return `g${g}`;
    return groupOfRow(manifest, row)?.function ?? `${row.view}${row.row}`;
}

/** Path of the package and the name within it: "net/http." and "(*conn).serve". @param {string} name */
export function splitFunction(name) {
    const slash = name.lastIndexOf("/", name.includes("[") ? name.indexOf("[") : name.length);
    const dot = name.indexOf(".", slash + 1);
    return dot < 0 ? {pkg: "", name} : {pkg: name.slice(0, dot + 1), name: name.slice(dot + 1)};
}

/** The name with the last part of its package only, where that is no part of Go: "checkout.(*Quote).price". @param {string} name */
export function shortFunction(name) {
    const {pkg, name: own} = splitFunction(name);
    if (!pkg.split("/")[0]?.includes(".") || !pkg.includes("/")) return {pkg, name: own};
    return {pkg: pkg.slice(pkg.lastIndexOf("/") + 1), name: own};
}

/** Is it code of the Go runtime or standard library? Their paths start without a domain. @param {string} name */
export function isLibrary(name) {
    const first = splitFunction(name).pkg.split("/")[0] ?? "";
    const plain = first.replace(/\.$/, "");
    return plain !== "main" && plain !== "" && !plain.includes(".") && STANDARD.has(plain);
}

/**
 * Whose work a goroutine is: the innermost function of the stack that created it that is neither Go's own code nor called Go or TryGo, as wrappers of
 * the go statement are (sync.WaitGroup, errgroup, ...): all goroutines of such a wrapper share one start function. Else the innermost of all.
 * @param {readonly string[]} frames innermost first @returns {string} "" of no frames
 */
export function starterOf(frames) {
    return frames.find((name) => !isLibrary(name) && !/\.(?:Try)?Go(?:\[[^\]]*\])?$/.test(name)) ?? frames[0] ?? "";
}

/** How many of the outermost frames every goroutine has below its own: only CPU samples tell of them. @param {readonly string[]} frames innermost first */
export function rootFrames(frames) {
    let n = 0;
    while (n + 1 < frames.length && ["runtime.goexit", "runtime.main"].includes(frames[frames.length - 1 - n] ?? "")) n++;
    return n;
}

const STANDARD = new Set(("archive bufio bytes cmp compress container context crypto database debug embed encoding errors expvar flag "
    + "fmt go hash html image index internal io iter log maps math mime net os path plugin reflect regexp runtime slices sort "
    + "strconv strings structs sync syscall testing text time unicode unique unsafe vendor weak golang").split(" "));

/**
 * The interval of a row that began with the event T at t. Intervals of no length share their time with the next, so the
 * neighbours are asked too.
 * @param {(row: Row, t: number, step: -1|0|1) => Promise<Hit|null>} interval @param {Row} row @param {number} t @param {string} T
 * @returns {Promise<Hit|null>}
 */
export async function exactInterval(interval, row, t, T) {
    const found = await interval(row, t, 0);
    if (!found || T === "" || found.T === T) return found;
    for (const step of /** @type {const} */ ([-1, 1])) {
        /** @type {Hit|null} */
        let hit = found;
        for (let i = 0; hit && i < 8; i++) {
            hit = await interval(row, hit.t0, step);
            if (hit?.T === T) return hit;
        }
    }
    return found;
}
