import assert from "node:assert/strict";
import {test} from "node:test";
import {formatSelection, parseSelection} from "../../web/core/link_words.js";
import {countRows, haveGoroutines, holdsLane, parseRows, queryOfRows, rowsOf, rowsWords} from "../../web/core/row_set.js";
import {rangeSelection} from "../../web/core/selection.js";

/** @typedef {import("../../web/types.js").Lane} Lane */

const group = /** @type {import("../../web/types.js").Group} */ ({group: 7, function: "main.f,@1", goroutines: 3, rows: 3, alive_max: 3, blocks: [4], time: []});
/** @param {Partial<Lane>} lane @returns {Lane} */
const lane = (lane) => ({id: "", kind: "row", key: "", label: "", y: 0, height: 16, row: null, group: null, solo: null, ...lane});
const rowLane = (/** @type {"P"|"M"|"G"} */ view, /** @type {number} */ row) => lane({id: `${view}${row}`, row: {view, row}, group: view === "G" ? group : null});
const head = lane({id: "g:main.f,@1", kind: "group", key: "g:main.f,@1", row: {view: "F", row: 7}, group});
const procs = lane({id: "procs", kind: "section", key: "procs", row: {view: "A", row: 2}});
const solo = lane({id: "I149", row: {view: "G", row: 130}, solo: {g: "149", row: 130, function: "main.f,@1", born: 0, gone: 9}});
const counter = lane({id: "c:goroutines", kind: "counter", row: {view: "A", row: 0}});

test("lanes become words, what follows each other one of them", () => {
    const rows = [3, 1, 0, 4, 9].map((row) => rowLane("P", row));
    assert.deepEqual(rowsOf(rows, {}), ["P0-1", "P3-4", "P9"]);
    assert.deepEqual(rowsOf([counter, procs, head, solo, rowLane("M", 5), rowLane("G", 128), rowLane("G", 129)], {}), ["procs", "g:main.f,@1", "I149", "M5", "G128-129"]);
    assert.deepEqual(rowsOf([procs, head, rowLane("G", 128)], {procs: true, "g:main.f,@1": true}), ["G128"], "what is unfolded is its rows");
    assert.equal(countRows([counter, procs, head], {procs: true}), 1);
    for (let i = 0; i < 200; i++) {
        const numbers = Array.from({length: 1 + i % 40}, (_, k) => (k * 7919 + i * 31) % 60);
        const words = rowsOf(numbers.map((row) => rowLane("G", row)), {});
        const again = new Set(words.flatMap((word) => {
            const [first = 0, last = first] = word.slice(1).split("-").map(Number);
            return Array.from({length: last - first + 1}, (_, k) => first + k);
        }));
        assert.deepEqual(again, new Set(numbers));
        assert.deepEqual(parseRows(words), words);
    }
});

test("a set holds its lanes, those of its functions and sections, and no others", () => {
    const holds = holdsLane(["P1-2", "g:main.f,@1", "threads", "I149"]);
    assert.deepEqual([0, 1, 2, 3].map((row) => holds(rowLane("P", row))), [false, true, true, false]);
    assert.ok(holds(head) && holds(solo) && holds(rowLane("G", 129)) && holds(rowLane("M", 77)));
    assert.ok(!holds(procs) && !holds(counter));
    assert.ok(!holdsLane(["G130"])(solo), "a goroutine's own row is no row of its group");
});

test("the server is asked for what this trace has of it", () => {
    const manifest = /** @type {any} */ ({procs: [{row: 0, id: 0}, {row: 1, id: 1}], threads: [], groups: [group]});
    assert.equal(queryOfRows(["procs", "threads", "I149", "g:main.f,@1", "g:gone", "G3-9"], manifest), "P0-1,g149,F7,G3-9");
    assert.equal(queryOfRows(["g:gone"], manifest), "");
    assert.ok(haveGoroutines(["P1", "I3"]) && haveGoroutines(["g:f"]) && !haveGoroutines(["P1-3", "threads", "procs"]));
    assert.equal(rowsWords(["P0", "g:a.b", "I7", "M1", "M3"], (name) => name), "rows P0, a.b, g7, and 2 more");
});

test("the rows of a range are in its link, whatever the names", () => {
    const rows = ["P0-3", "procs", "g:main.f,@1", "g:a&b=c#d%e%", "I149"];
    const words = formatSelection(rangeSelection(2e9, 1e9, rows));
    assert.match(words, /^1\.\.2@P0-3,procs,g:main\.f%2C@1,/);
    assert.deepEqual(parseSelection(words), {kind: "range", row: null, g: "", T: "", t0: 1e9, t1: 2e9, rows});
    assert.equal(formatSelection(rangeSelection(1e9, 2e9, [])), "1..2");
    for (const bad of ["1..2@", "1..2@x", "1..2@P3-1", "1..2@P3-3", "1..2@P", "1..2@Q1", "2..1@P1", `1..2@${Array(257).fill("P1").join()}`]) assert.equal(parseSelection(bad), null, bad);
});
