import assert from "node:assert/strict";
import {test} from "node:test";
import {SECTIONS, hiddenName, hideable, isResizable, placeSection, sectionOf, sectionOrder} from "../../web/core/arrange.js";
import {bandLane, layoutOf, rowLane} from "../../web/core/lanes.js";
import {DEFAULTS, formatLink, parseLink} from "../../web/core/link.js";

/** @type {any} */
const manifest = {
    procs: [{row: 0, id: 0}], threads: [{row: 0, id: 4711}], totals: {gc: 1, goroutines: 5, tasks: 0}, counters: [{c: 0, name: "/memory/heap/goal:bytes", samples: 2}],
    groups: [{group: 0, function: "a.b", goroutines: 4, rows: 3, alive_max: 3, blocks: [0], time: [0, 1, 0, 0, 0, 0]}],
};
/** @type {any} */
const state = {...DEFAULTS, open: {procs: true, goroutines: true, counters: true, "g:a.b": true}, pins: [], t0: 0, t1: 1, selection: null};
const ids = (/** @type {any} */ more) => layoutOf(manifest, {...state, ...more}).bands.map(({id}) => id).filter(Boolean);

test("every section has one place, whatever an order names", () => {
    assert.deepEqual(sectionOrder([]), SECTIONS);
    assert.deepEqual(sectionOrder(["tasks", "tasks", "nonsense", "gc"]), ["counters", "tasks", "gc", "procs", "threads", "goroutines"]);
    const order = placeSection([], "goroutines", 0);
    assert.deepEqual(order, ["goroutines", "counters", "gc", "procs", "threads", "tasks"]);
    assert.deepEqual(placeSection(order, "goroutines", 4), [], "as it was at first");
});

test("hidden lanes are gone, a line at the end says how many; sections come in their order", () => {
    assert.deepEqual(ids({}), ["counters", "c:Heap", "c:goroutines", "c:threads", "c:procs", "gc", "procs", "threads", "goroutines", "g:a.b"]);
    assert.deepEqual(ids({hidden: ["gc", "c:Heap", "g:a.b"], order: ["goroutines"]}), ["counters", "c:goroutines", "c:threads", "c:procs", "procs", "threads", "goroutines", "hidden"]);
    const {bands, height} = layoutOf(manifest, {...state, hidden: ["g:a.b"]});
    assert.equal(bands.reduce((sum, band) => sum + band.height, 0), height);
    assert.ok(!bands.some(({view, draw}) => view === "G" && draw === "rows"), "its rows with it");
});

test("counters and areas have heights of their own", () => {
    const {byId} = layoutOf(manifest, {...state, sizes: {"c:Heap": 100, "g:a.b": 60}});
    assert.deepEqual([byId.get("c:Heap")?.bar, byId.get("g:a.b")?.bar, byId.get("c:goroutines")?.bar], [100, 60, 40]);
});

test("a lane knows its section, what is hidden with it, and whether it can be made taller", () => {
    const {bands, byId} = layoutOf(manifest, state);
    const lanes = [byId.get("gc"), byId.get("c:Heap"), byId.get("g:a.b"), byId.get("threads")].map((band) => bandLane(/** @type {any} */ (band)));
    const rows = bands.filter(({draw}) => draw === "rows").map((band) => rowLane(band, 0));
    assert.deepEqual([...lanes, ...rows].map((lane) => [sectionOf(lane), hideable(lane), isResizable(lane)]), [
        ["gc", "gc", false], ["counters", "c:Heap", true], ["goroutines", "g:a.b", true], ["threads", "threads", true], ["procs", "procs", false], ["goroutines", "g:a.b", false]]);
    assert.deepEqual(["gc", "c:Heap", "g:net/http.f", "t:"].map(hiddenName), ["GC / STW", "Heap", "net/http.f", "(no name)"]);
});

test("the link holds what is hidden, the order and the heights, only where they differ", () => {
    assert.ok(!/hide|order|sizes/.test(formatLink(state, null)));
    const more = {hidden: ["gc", "g:a,b*(c).d"], order: placeSection([], "tasks", 0), sizes: {"g:a,b*(c).d": 60, "c:Heap": 90}};
    const {patch, notices} = parseLink(formatLink({...state, ...more}, null));
    assert.deepEqual({hidden: patch.hidden, order: patch.order, sizes: patch.sizes, notices}, {...more, notices: []});
    assert.equal(parseLink("#v=1&order=x,y&sizes=nothing").notices.length, 2);
    assert.deepEqual(parseLink("#sizes=c:Heap*9999").patch.sizes, {"c:Heap": 400});
});
