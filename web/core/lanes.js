/**
 * The layout: manifest and state to bands from top to bottom. A band is a header, a counter, a group's area or a whole block of
 * rows; single rows are only worked out where someone asks for them, so a million goroutines cost as much as their groups.
 *
 * Invariants: bands follow each other without overlap; `y` is CSS px from the top of all lanes.
 */

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
 * @property {"section"|"counter"|"gc"|"activity"|"area"|"single"|"rows"} draw
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
 * @property {readonly Isolated[]} solo   goroutines of its rows where each is one alone
 *
 * @typedef {object} Layout
 * @property {Band[]} bands
 * @property {number} height
 * @property {Map<number, Band>} byBlock   G block to the band that shows its rows
 * @property {Map<string, Band>} byId
 */

export const SECTION = 24;
export const ROW = 16;
export const GROUP = 32;
export const AREA = 27;
export const COUNTER = 40;
export const GC = 28;
export const AIR = 4;
/** The counter that an ingest makes of births and ends. */
export const ALIVE = "/sched/goroutines:goroutines";

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

/** @param {Partial<Band>} band @returns {Band} */
function bandOf(band) {
    return {
        draw: "section", id: "", kind: "section", key: "", open: false, label: "", count: "", y: 0, height: SECTION, top: 0, bar: ROW, rows: 1,
        view: "A", row: 0, blocks: [], listed: [], group: null, counters: [], pinned: false, solo: [], ...band,
    };
}

/** Indexes of the counters that belong in one lane: the heap with its goal, every other one alone, the goroutines last. @param {Manifest} manifest */
function counterLanes(manifest) {
    const used = manifest.counters.filter((c) => c.samples > 0);
    const heap = used.find((c) => /heap.*(objects|alloc|live)/i.test(c.name) && !/goal/i.test(c.name)) ?? used.find((c) => /heap/i.test(c.name) && !/goal/i.test(c.name));
    const goal = used.find((c) => /goal/i.test(c.name));
    const pair = [heap, goal].filter((c) => c !== undefined);
    const lanes = pair.length > 0 ? [{label: "Heap", counters: pair.map((c) => c.c)}] : [];
    const rest = used.filter((c) => !pair.includes(c) && !/goroutines|threads|gomaxprocs/i.test(c.name));
    const alive = used.filter((c) => c.name === ALIVE).map((c) => ({label: "Goroutines alive", counters: [c.c]}));
    return [...lanes, ...rest.map((c) => ({label: c.name, counters: [c.c]})), ...alive];
}

/** @param {Manifest} manifest @param {Readonly<State>} state @returns {Band[]} */
function counterBands(manifest, state) {
    const open = state.open["counters"] === true;
    const head = bandOf({id: "counters", key: "counters", open, label: "Counters"});
    if (!open) return [head];
    const line = counterLanes(manifest).map(({label, counters}) => bandOf({
        draw: "counter", kind: "counter", id: `c:${label}`, label, counters, height: COUNTER + AIR, bar: COUNTER}));
    const loud = bandOf({draw: "counter", kind: "counter", id: "c:goroutines", label: "Goroutines not parked", height: COUNTER + AIR, bar: COUNTER});
    return [head, ...line, loud];
}

/** A section that shows all its rows when open, and one area of all of them when closed.
 * @param {Readonly<State>} state @param {string} id @param {string} label @param {ViewLetter} view @param {{row: number, id: number}[]} list @param {number} activity row of view A */
function rowSection(state, id, label, view, list, activity) {
    const rows = list.length;
    const open = state.open[id] === true;
    const common = {id, key: id, open, label, count: formatCount(rows)};
    if (!open) return [bandOf({...common, draw: "activity", height: GROUP, top: GROUP - AREA - 1, bar: AREA, row: activity})];
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
    const head = bandOf({...common, open, draw: "area", height: GROUP, top: GROUP - AREA - 1, bar: AREA, view: "F", row: group.group});
    if (!open) return [head];
    const rows = bandOf({draw: "rows", kind: "row", height: group.rows * state.rowHeight + AIR, bar: state.rowHeight, view: "G", row: first, rows: group.rows, blocks: group.blocks, group});
    return [head, rows];
}

/** Goroutines that were given rows of their own. @param {Readonly<State>} state @returns {Band[]} */
function isolatedBands({isolated = [], rowHeight}) {
    if (isolated.length === 0) return [];
    const bar = Math.max(rowHeight, ROW);
    const listed = isolated.map(({g, row}) => ({row, id: Number(g)}));
    return [
        bandOf({id: "isolated", label: "Isolated", count: `${isolated.length} ×`}),
        bandOf({draw: "rows", kind: "row", height: isolated.length * bar + AIR, bar, view: "G", rows: isolated.length, listed, solo: isolated}),
    ];
}

/** @param {Manifest} manifest @param {Readonly<State>} state @returns {Layout} */
export function layoutOf(manifest, state) {
    const gc = manifest.totals["gc"] ?? 0;
    const bands = [
        ...isolatedBands(state),
        ...counterBands(manifest, state),
        bandOf({draw: "gc", kind: "gc", id: "gc", label: "GC / STW", count: gc === 1 ? "1 cycle" : `${formatCount(gc)} cycles`, height: GC, top: 5, bar: 18}),
        ...rowSection(state, "procs", "Procs", "P", manifest.procs, 2),
        ...rowSection(state, "threads", "Threads", "M", manifest.threads, 1),
        bandOf({id: "goroutines", key: "goroutines", open: state.open["goroutines"] === true, label: "Goroutines", count: formatCount(manifest.totals["goroutines"] ?? 0)}),
    ];
    if (state.open["goroutines"] === true) {
        for (const group of orderGroups(manifest, state.pins)) bands.push(...groupBands(group, state, state.pins.includes(group.function)));
    }
    let y = 0;
    /** @type {Layout} */
    const layout = {bands, height: 0, byBlock: new Map(), byId: new Map()};
    for (const band of bands) {
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

/** @param {Band} band @returns {Lane} */
export function bandLane(band) {
    const shows = band.draw === "activity" || band.draw === "area" || band.draw === "single" || band.id === "c:goroutines";
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
    const m = /^([PMG])(\d{1,9})$/.exec(id);
    return m ? laneOfRow(manifest, layout, {view: /** @type {ViewLetter} */ (m[1]), row: Number(m[2])}) : null;
}

/** The own row of the goroutine that fits. @param {Layout} layout @param {(solo: Isolated) => boolean} fits @returns {Lane|null} */
export function soloLane(layout, fits) {
    const band = layout.bands[1];
    const i = band?.solo.findIndex(fits) ?? -1;
    return band && i >= 0 ? rowLane(band, i) : null;
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
