import assert from "node:assert/strict";
import {test} from "node:test";
import {gatherTasks, taskAt, taskBinAt, taskTop, wantedTasks} from "../../web/draw/lane_task.js";
import {tilePiece} from "../../web/core/tile_key.js";

/** @type {any} */
const lanes = {rows: 3, unplaced: 0, n_types: 2, types: [{type: 7, name: "a", n: 4}]};
/** @type {any} */
const view = {t0: 100, t1: 1000, nsPerPx: 1, width: 900};
const extent = {span: 100000, levels: 20};
const task = (/** @type {string} */ id, /** @type {number} */ t0, /** @type {number} */ t1, /** @type {number|null} */ row) => ({task: id, t0, t1, row});
const numbers = (/** @type {Record<number, number>} */ some) => Array.from({length: 512}, (_, i) => some[i] ?? 0);

/** @param {Record<number, object>} tiles by x @returns {any} */
const cacheOf = (tiles) => ({source: (/** @type {string} */ _view, /** @type {number} */ _k, /** @type {number} */ _y, /** @type {number} */ x) =>
    (tiles[x] ? {kind: "tiles", tiles: [tiles[x]]} : null)});

test("tiles of tasks are asked for by the types that have lanes", () => {
    const [first, second, ...more] = wantedTasks(0, view, extent, lanes, 5);
    assert.deepEqual([first?.x, second?.x, more.length], [0, 1, 0]);
    assert.equal(tilePiece(first?.view ?? "", 0, 0, 1), "T:7.0.1");
    assert.equal(tilePiece(wantedTasks(0, view, extent, {...lanes, types: []}, 5)[0]?.view ?? "", 0, 0, 1), "T.0.1");
});

test("a task that two tiles tell of is there once, in its row; where there are too many, or none have come, that is told", () => {
    const cache = cacheOf({0: {k: 0, t0: 0, n: 3, types: [], tasks: [task("2", 300, 600, 1), task("1", 10, 200, 1), task("3", 0, 9, null)]}, 1: {k: 0, t0: 512, n: 1, types: [], tasks: [task("2", 300, 600, 1)]}});
    const found = gatherTasks(cache, 0, view, extent, lanes);
    assert.deepEqual(found.rows.map((row) => row.map((one) => one.task)), [[], ["1", "2"], []]);
    assert.deepEqual(found.many, []);
    assert.equal(taskAt(found, 1, 205, 10)?.task, "1");
    assert.equal(taskAt(found, 1, 250, 10), null);
    assert.equal(taskAt(found, 1, 299, 150)?.task, "2", "the nearer one");
    const crowded = gatherTasks(cacheOf({0: {k: 0, t0: 0, n: 5000, types: [], tasks: null}}), 0, view, extent, lanes);
    assert.deepEqual(crowded.many, [{t0: 0, t1: 512, n: 5000}, {t0: 512, t1: 1024, n: 0}]);
});

test("a lane's scale fits what is in view, and a bin tells how many were alive", () => {
    const tile = {k: 1, t0: 0, n: 3, types: [{type: 7, n: 3, ns: numbers({10: 99, 60: 3, 61: 5}), begun: numbers({60: 2})}, {type: null, n: 0, ns: [], begun: []}], tasks: []};
    const found = gatherTasks(cacheOf({0: tile}), 1, view, extent, lanes);
    assert.equal(taskTop(found, view, 0), 3, "2.5 of them, not the 50 outside");
    assert.deepEqual(taskBinAt(found, view, 0, 121), {t0: 120, t1: 122, ns: 3, begun: 2});
    assert.equal(taskTop(found, view, 1), 1);
});
