import assert from "node:assert/strict";
import {test} from "node:test";
import {findLane, isolatedAt, laneAt, laneOfRow, lanesBetween, layoutOf, orderGroups} from "../../web/core/lanes.js";

/** @param {number} group @param {string} fn @param {number} rows @param {number[]} blocks @param {number} work */
const groupOf = (group, fn, rows, blocks, work) => ({
    group, function: fn, goroutines: rows * 2, rows, alive_max: rows, blocks, time: [0, work, 0, 0, 0, 0, 0, 0, 0, 5e9, 0, 0]});

/** @type {any} */
const manifest = {
    procs: [{row: 0, id: 0}, {row: 1, id: 3}], threads: [{row: 0, id: 4711}], counters: [], totals: {gc: 1, goroutines: 50},
    groups: [groupOf(0, "main.main", 1, [0], 5), groupOf(1, "b.serve", 40, [1, 3], 100), groupOf(2, "a.serve", 4, [2], 100), groupOf(3, "gone", 0, [], 0)],
};
manifest.groups[3].goroutines = 0;
/** @type {any} */
const state = {open: {procs: true, goroutines: true, "g:b.serve": true}, pins: [], rowHeight: 16};

test("groups come by working time, then name; pinned ones first; empty ones not at all", () => {
    assert.deepEqual(orderGroups(manifest, []).map((g) => g.function), ["a.serve", "b.serve", "main.main"]);
    assert.deepEqual(orderGroups(manifest, ["main.main"]).map((g) => g.function), ["main.main", "a.serve", "b.serve"]);
});

test("bands follow each other without gaps or overlaps", () => {
    const {bands, height} = layoutOf(manifest, state);
    let y = 0;
    for (const band of bands) {
        assert.equal(band.y, y);
        y += band.height;
    }
    assert.equal(height, y);
});

test("a row is found where it lies, and its place leads back to it", () => {
    const layout = layoutOf(manifest, state);
    const lane = laneOfRow(manifest, layout, {view: "G", row: 3 * 32 + 5});
    assert.equal(lane?.id, "G101");
    assert.deepEqual(laneAt(manifest, layout, (lane?.y ?? 0) + 1)?.row, {view: "G", row: 101});
    assert.deepEqual(findLane(manifest, layout, "P1")?.label, "P3");
    assert.equal(findLane(manifest, layout, "G64"), null, "folded away");
    assert.deepEqual(findLane(manifest, layout, "G0")?.id, "g:main.main", "a group of one row is that row");
    assert.equal(laneAt(manifest, layout, layout.height + 1), null);
});

test("processors and threads are listed by id, whatever came first; their rows keep their numbers", () => {
    const mixed = {...manifest, procs: [{row: 0, id: 2}, {row: 1, id: 0}, {row: 2, id: 1}]};
    const layout = layoutOf(mixed, state);
    const seen = lanesBetween(mixed, layout, 0, layout.height).filter((lane) => lane.row?.view === "P" && lane.kind === "row");
    assert.deepEqual(seen.map((lane) => `${lane.label} ${lane.id}`), ["P0 P1", "P1 P2", "P2 P0"]);
    for (const lane of seen) {
        assert.equal(findLane(mixed, layout, lane.id)?.y, lane.y);
        assert.deepEqual(laneAt(mixed, layout, lane.y + 1)?.row, lane.row);
    }
});

test("only what is on the screen is enumerated, however many goroutines there are", () => {
    const rows = 1_000_000;
    const blocks = Array.from({length: rows / 32}, (_, i) => i);
    const large = {...manifest, groups: [groupOf(0, "b.serve", rows, blocks, 1)]};
    const layout = layoutOf(large, state);
    assert.ok(layout.bands.length < 20 && layout.height > 16e6);
    const seen = lanesBetween(large, layout, 8e6, 8e6 + 600);
    assert.ok(seen.length >= 37 && seen.length <= 39);
});

test("isolated goroutines have rows at the top, one each, that are found by their id and leave their own rows alone", () => {
    const isolated = [{g: "149", row: 101, function: "b.serve", born: 5, gone: 9}, {g: "12", row: 101, function: "b.serve", born: 9, gone: 20}];
    const layout = layoutOf(manifest, {...state, isolated});
    assert.equal(layout.bands[0]?.id, "isolated");
    const lane = findLane(manifest, layout, "I12");
    assert.deepEqual([lane?.solo?.g, lane?.row], ["12", {view: "G", row: 101}]);
    assert.equal(laneAt(manifest, layout, (lane?.y ?? 0) + 1)?.id, "I12");
    assert.equal(findLane(manifest, layout, "I7"), null);
    assert.equal(laneOfRow(manifest, layout, {view: "G", row: 101})?.id, "G101");
    assert.equal(isolatedAt(isolated, {view: "G", row: 101}, 12)?.g, "12");
    assert.equal(isolatedAt(isolated, {view: "G", row: 101}, 30), null);
});

/** @type {any} */
const taskLanes = {rows: 5, unplaced: 0, n_types: 3, types: [{type: 7, name: "checkout", n: 4}, {type: 9, name: "rows", n: 2}]};

test("tasks: a lane per type, one for the others, then their rows; none while folded or where there are none", () => {
    const open = {tasks: true};
    const ids = (/** @type {any} */ m, /** @type {any} */ more) => layoutOf(m, {...state, ...more}).bands.map(({id}) => id).filter((id) => /^t/.test(id) && id !== "threads");
    const some = {...manifest, totals: {...manifest.totals, tasks: 6}};
    assert.deepEqual(ids(manifest, {open, taskLanes}), []);
    assert.deepEqual(ids(some, {open: {}, taskLanes}), ["tasks"]);
    assert.deepEqual(ids(some, {open, taskLanes: null}), ["tasks"]);
    assert.deepEqual(ids(some, {open, taskLanes}), ["tasks", "t:checkout", "t:rows", "tasks:others", "tasks:rows"]);
    assert.deepEqual(ids(some, {open, taskLanes: {...taskLanes, n_types: 2}}), ["tasks", "t:checkout", "t:rows", "tasks:rows"]);
    const layout = layoutOf(some, {...state, open, taskLanes});
    const rows = findLane(some, layout, "tasks:rows");
    assert.deepEqual([findLane(some, layout, "T4")?.y, findLane(some, layout, "T5")], [(rows?.y ?? 0) + 4 * 16, null]);
});
