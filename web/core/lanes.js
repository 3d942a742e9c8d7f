/**
 * The layout: manifest and state to bands from top to bottom. A band is a header, a counter, a group's area or a whole block of
 * rows; single rows are only worked out where someone asks for them, so a million goroutines cost as much as their groups.
 *
 * Invariants: bands follow each other without overlap; `y` is CSS px from the top of all lanes.
 */

import {sectionOrder} from "./arrange.js";
import {AIR, AREA, COUNTER, GC, GROUP, ROW, bandOf} from "./band.js";
import {IN_USE, counterLanes} from "./counter_lanes.js";
import {isolatedBands} from "./own_rows.js";
import {taskTypeLanes} from "./task_lanes.js";

/** @typedef {import("../types.js").Manifest} Manifest */
/** @typedef {import("../types.js").State} State */
/** @typedef {import("../types.js").Group} Group */
/** @typedef {import("../types.js").Lane} Lane */
/** @typedef {import("../types.js").Row} Row */
/** @typedef {import("../types.js").Isolated} Isolated */
/** @typedef {import("../types.js").ViewLetter} ViewLetter */

/** @param {number} n a whole number @returns {string} "1,234" */
export const formatCount = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");

/**
 * @typedef {object} Band
 * @property {"section"|"counter"|"gc"|"activity"|"area"|"single"|"rows"|"alive"|"tasks"|"stack"} draw
 * @property {string} id @property {Lane["kind"]} kind @property {string} key @property {boolean} open
 * @property {string} label
 * @property {string} count        stands at the right edge of the label column
 * @property {number} y @property {number} height
 * @property {number} top          px of the band above what is drawn
 * @property {number} bar          height of a row, an area, or a counter
 * @property {number} rows         of a block of rows, else 1
 * @property {ViewLetter} view     @property {number} row    what it shows: its first row
 * @property {number[]} blocks     of its rows
 * @property {{row: number, id: number}[]} listed   its rows from top to bottom where that is not the order of their numbers: processors and threads, by id
 * @property {Group|null} group
 * @property {number[]} counters   indexes of the counters drawn in it
 * @property {boolean} pinned
 * @property {number} type         place of the type of tasks it counts
 * @property {readonly Isolated[]} solo   goroutines of its rows where each is one alone; of a stack track the one it is of
 * @property {readonly Isolated[]} company   all goroutines that are alone, and
 * @property {number} at           place of the band's first among them
 *
 * @typedef {object} Layout
 * @property {Band[]} bands
 * @property {number} height
 * @property {Map<number, Band>} byBlock   G block to the band that shows its rows
 * @property {Map<string, Band>} byId
 */


/** Time spent in states that are not waits: what groups are ordered by. @param {Group} group */
export function workingTime(group) {
    return group.time.slice(1, 6).reduce((sum, ns) => sum + ns, 0);
}

/** @param {Group} a @param {Group} b */
function byWork(a, b) {
    return workingTime(b) - workingTime(a) || (a.function < b.function ? -1 : a.function > b.function ? 1 : a.group - b.group);
}

/** Pinned groups in the order of pinning, then the rest. @param {Manifest} manifest @param {readonly string[]} pins */
export function orderGroups(manifest, pins) {
    const place = (/** @type {Group} */ g) => {
        const at = pins.indexOf(g.function);
        return at < 0 ? pins.length : at;
    };
    return manifest.groups.filter((g) => g.goroutines > 0).sort((a, b) => place(a) - place(b) || byWork(a, b));
}

/** @param {Manifest} manifest @param {Readonly<State>} state @returns {Band[]} */
function counterBands(manifest, state) {
    const open = state.open["counters"] === true;
    const head = bandOf({id: "counters", key: "counters", open, label: "Counters"});
    if (!open) return [head];
    /** @param {string} id @param {string} label @param {number[]} counters @param {number} row of view A, where there is no counter */
    const counter = (id, label, counters, row = 0) => {
        const bar = state.sizes?.[id] ?? COUNTER;
        return bandOf({draw: "counter", kind: "counter", id, label, counters, row, height: bar + AIR, bar});
    };
    return [
        head, ...counterLanes(manifest).map(({label, counters}) => counter(`c:${label}`, label, counters)),
        ...IN_USE.map(({id, label, row}) => counter(id, label, [], row)),
    ];
}

/** Heights of a lane that shows an area. @param {Readonly<State>} state @param {string} id */
function areaOf({sizes}, id) {
    const bar = sizes?.[id] ?? AREA;
    return {height: bar + GROUP - AREA, top: GROUP - AREA - 1, bar};
}

/** A section that shows all its rows when open, and one area of all of them when closed.
 * @param {Readonly<State>} state @param {string} id @param {string} label @param {ViewLetter} view @param {{row: number, id: number}[]} list @param {number} activity row of view A */
function rowSection(state, id, label, view, list, activity) {
    const rows = list.length;
    const open = state.open[id] === true;
    const common = {id, key: id, open, label, count: formatCount(rows)};
    if (!open) return [bandOf({...common, draw: "activity", ...areaOf(state, id), row: activity})];
    const blocks = Array.from({length: Math.ceil(rows / 32)}, (_, i) => i);
    const listed = [...list].sort((a, b) => a.id - b.id);
    return [bandOf(common), bandOf({draw: "rows", kind: "row", height: rows * ROW + AIR, bar: ROW, view, rows, blocks, listed})];
}

/** @param {Group} group @param {Readonly<State>} state @param {boolean} pinned @returns {Band[]} */
function groupBands(group, state, pinned) {
    const key = `g:${group.function}`;
    const common = {id: key, kind: /** @type {const} */ ("group"), key, label: group.function, count: formatCount(group.goroutines), group, pinned};
    const first = (group.blocks[0] ?? 0) * 32;
    if (group.rows === 1) {
        return [bandOf({...common, key: "", draw: "single", height: state.rowHeight < ROW ? ROW + AIR : state.rowHeight + AIR, bar: Math.max(state.rowHeight, ROW), view: "G", row: first, blocks: group.blocks})];
    }
    const open = state.open[key] === true;
    const head = bandOf({...common, open, draw: "area", ...areaOf(state, key), view: "F", row: group.group});
    if (!open) return [head];
    const rows = bandOf({draw: "rows", kind: "row", height: group.rows * state.rowHeight + AIR, bar: state.rowHeight, view: "G", row: first, rows: group.rows, blocks: group.blocks, group});
    return [head, rows];
}

/** User tasks: how many of each type are alive, then the tasks in their rows. @param {Manifest} manifest @param {Readonly<State>} state */
function taskBands(manifest, state) {
    const {open: unfolded, taskLanes: lanes, rowHeight} = state;
    const n = manifest.totals["tasks"] ?? 0;
    if (n === 0) return [];
    const open = unfolded["tasks"] === true;
    const head = bandOf({id: "tasks", key: "tasks", open, label: "Tasks", count: formatCount(n)});
    if (!open || !lanes) return [head];
    const alive = taskTypeLanes(lanes).map(({id, label, n: count, type}) => bandOf({
        draw: "alive", kind: "task", id, label, count: count > 0 ? formatCount(count) : "", type, ...areaOf(state, id)}));
    const rows = bandOf({
        draw: "tasks", kind: "task", id: "tasks:rows", label: "One by one", count: lanes.unplaced > 0 ? `${formatCount(lanes.unplaced)} in no row` : "",
        height: lanes.rows * rowHeight + AIR, bar: rowHeight, rows: lanes.rows});
    return [head, ...alive, rows];
}

/** @param {Manifest} manifest @param {Readonly<State>} state @returns {Band[]} */
function goroutineBands(manifest, state) {
    const open = state.open["goroutines"] === true;
    const head = bandOf({id: "goroutines", key: "goroutines", open, label: "Goroutines", count: formatCount(manifest.totals["goroutines"] ?? 0)});
    const {pins, hidden = []} = state;
    const hides = new Set(hidden);
    const groups = open ? orderGroups(manifest, pins).filter((group) => !hides.has(`g:${group.function}`)) : [];
    return [head, ...groups.flatMap((group) => groupBands(group, state, pins.includes(group.function)))];
}

/** @param {Manifest} manifest @param {Readonly<State>} state @returns {Layout} */
export function layoutOf(manifest, state) {
    const gc = manifest.totals["gc"] ?? 0;
    /** @type {Record<string, () => Band[]>} */
    const sections = {
        counters: () => counterBands(manifest, state),
        gc: () => [bandOf({draw: "gc", kind: "gc", id: "gc", label: "GC / STW", count: gc === 1 ? "1 cycle" : `${formatCount(gc)} cycles`, height: GC, top: 5, bar: 18})],
        procs: () => rowSection(state, "procs", "Procs", "P", manifest.procs, 2),
        threads: () => rowSection(state, "threads", "Threads", "M", manifest.threads, 1),
        goroutines: () => goroutineBands(manifest, state),
        tasks: () => taskBands(manifest, state),
    };
    const {hidden = []} = state;
    const bands = isolatedBands(state);
    for (const id of sectionOrder(state.order ?? [])) if (!hidden.includes(id)) bands.push(...sections[id]?.() ?? []);
    if (hidden.length > 0) bands.push(bandOf({id: "hidden", label: `Hidden: ${hidden.length}`, count: "show"}));
    const hides = new Set(hidden);
    const shown = hides.size > 0 ? bands.filter((band) => band.id === "" || !hides.has(band.id)) : bands;
    let y = 0;
    /** @type {Layout} */
    const layout = {bands: shown, height: 0, byBlock: new Map(), byId: new Map()};
    for (const band of shown) {
        band.y = y;
        y += band.height;
        if (band.id !== "") layout.byId.set(band.id, band);
        if (band.view === "G") for (const block of band.blocks) layout.byBlock.set(block, band);
    }
    layout.height = y;
    return layout;
}

/** Index of the band at y, or of the last one above it. @param {Layout} layout @param {number} y */
export function bandIndexAt(layout, y) {
    let low = 0;
    let high = layout.bands.length;
    while (high - low > 1) {
        const middle = (low + high) >> 1;
        if ((layout.bands[middle]?.y ?? 0) <= y) low = middle;
        else high = middle;
    }
    return low;
}

/** Number within its view of the i-th row of a band. @param {Band} band @param {number} i */
export function rowNumber(band, i) {
    return band.listed[i]?.row ?? (band.blocks[i >> 5] ?? 0) * 32 + (i & 31);
}

/** The lane of the i-th row of a block of rows. @param {Band} band @param {number} i @returns {Lane} */
export function rowLane(band, i) {
    const row = {view: band.view, row: rowNumber(band, i)};
    const solo = band.solo[i] ?? null;
    if (solo) return {id: `I${solo.g}`, kind: "row", key: "", label: `g${solo.g} ${solo.function}`, y: band.y + band.top + i * band.bar, height: band.bar, row, group: null, solo};
    const id = band.listed[i]?.id;
    const label = id === undefined ? band.group?.function ?? "" : `${band.view}${id}`;
    return {id: `${row.view}${row.row}`, kind: "row", key: "", label, y: band.y + band.top + i * band.bar, height: band.bar, row, group: band.group, solo: null};
}

/** Whether it counts what is not parked, by state. @param {Band} band */
export const isInUse = (band) => band.draw === "counter" && band.counters.length === 0;

/** @param {Band} band @returns {Lane} */
export function bandLane(band) {
    const shows = band.draw === "activity" || band.draw === "area" || band.draw === "single" || isInUse(band);
    const row = shows ? {view: band.view, row: band.row} : null;
    return {id: band.id, kind: band.kind, key: band.key, label: band.label, y: band.y, height: band.height, row, group: band.group, solo: null};
}

/** @param {Manifest} manifest @param {Layout} layout @param {number} y @returns {Lane|null} */
export function laneAt(manifest, layout, y) {
    const band = layout.bands[bandIndexAt(layout, y)];
    if (!band || y < band.y || y >= band.y + band.height) return null;
    if (band.draw !== "rows") return bandLane(band);
    const i = Math.floor((y - band.y - band.top) / band.bar);
    return i >= 0 && i < band.rows ? rowLane(band, i) : null;
}

/** The lane of an id, null when it is folded away. @param {Manifest} manifest @param {Layout} layout @param {string} id @returns {Lane|null} */
export function findLane(manifest, layout, id) {
    const known = layout.byId.get(id);
    if (known) return bandLane(known);
    if (/^I\d{1,20}$/.test(id)) return soloLane(layout, ({g}) => g === id.slice(1));
    if (/^T\d{1,4}$/.test(id)) return taskLane(layout, Number(id.slice(1)));
    const m = /^([PMG])(\d{1,9})$/.exec(id);
    return m ? laneOfRow(manifest, layout, {view: /** @type {ViewLetter} */ (m[1]), row: Number(m[2])}) : null;
}

/** A row of tasks. @param {Layout} layout @param {number} row @returns {Lane|null} */
export function taskLane(layout, row) {
    const band = layout.byId.get("tasks:rows");
    if (!band || row >= band.rows) return null;
    return {...bandLane(band), id: `T${row}`, y: band.y + row * band.bar, height: band.bar};
}

/** The own row of the goroutine that fits. @param {Layout} layout @param {(solo: Isolated) => boolean} fits @returns {Lane|null} */
export function soloLane(layout, fits) {
    for (let b = 1; (layout.bands[b]?.solo.length ?? 0) > 0; b++) {
        const band = layout.bands[b];
        const i = band?.draw === "rows" ? band.solo.findIndex(fits) : -1;
        if (band && i >= 0) return rowLane(band, i);
    }
    return null;
}

/** The goroutine of them that lives in a row at a time. @param {readonly Isolated[]} isolated @param {Row|null} row @param {number} t */
export function isolatedAt(isolated, row, t) {
    return isolated.find((one) => row?.view === "G" && one.row === row.row && one.born <= t && t <= one.gone) ?? null;
}

/** @param {Manifest} manifest @param {Layout} layout @param {Row} row @returns {Lane|null} */
export function laneOfRow(manifest, layout, row) {
    const block = Math.floor(row.row / 32);
    const band = row.view === "G" ? layout.byBlock.get(block) : layout.bands.find((b) => b.view === row.view && b.draw === "rows" && b.blocks.includes(block))
        ?? layout.bands.find((b) => b.view === row.view && b.row === row.row && (b.draw === "area" || b.draw === "activity"));
    if (!band) return null;
    if (band.draw !== "rows") return bandLane(band);
    const i = band.listed.length > 0 ? band.listed.findIndex((one) => one.row === row.row) : band.blocks.indexOf(block) * 32 + (row.row % 32);
    return i >= 0 && i < band.rows ? rowLane(band, i) : null;
}

/** Lanes that touch [y0, y1), top to bottom. @param {Manifest} manifest @param {Layout} layout @param {number} y0 @param {number} y1 @returns {Lane[]} */
export function lanesBetween(manifest, layout, y0, y1) {
    const out = [];
    for (let b = bandIndexAt(layout, y0); b < layout.bands.length; b++) {
        const band = layout.bands[b];
        if (!band || band.y >= y1) break;
        if (band.draw !== "rows") {
            out.push(bandLane(band));
            continue;
        }
        const first = Math.max(0, Math.floor((y0 - band.y - band.top) / band.bar));
        const last = Math.min(band.rows, Math.ceil((y1 - band.y - band.top) / band.bar));
        for (let i = first; i < last; i++) out.push(rowLane(band, i));
    }
    return out;
}
