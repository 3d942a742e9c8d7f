import assert from "node:assert/strict";
import {test} from "node:test";
import {colorsOf, wordOf} from "../../web/core/color.js";
import {addSpan, cellOf, clearColumns, paintColumns, shareHeights} from "../../web/draw/raster.js";
import {paintRow} from "../../web/draw/paint_rows.js";
import {barOf} from "../../web/draw/lane_goroutine.js";
import {decodeTile} from "../../web/core/tile_codec.js";
import {decodeChunk} from "../../web/core/chunk_codec.js";
import {fakeTrace, serveFake, FAKE_ID} from "./fake_server.js";

const COLORS = colorsOf("light");
const RUNNING = 1, RUNNABLE = 5, SYNC = 6, NET = 9;

/** A cell of 1 px per ns, 16 px high. @param {number} w */
function cell(w) {
    const buf = new Uint32Array(w * 16);
    const c = cellOf({w, h: 16, dpr: 1, s: 1, left: 0, t0: 0, t1: w, offset: 0}, buf);
    const {base, bar, low} = barOf(0, 16, 1);
    const style = {base, bar, parked: low, full: 1, words: COLORS.fillWord, edge: null};
    return {c, style, column: (/** @type {number} */ x) => Array.from({length: 16}, (_, y) => COLORS.fillWord.indexOf(buf[y * w + x] || 1))};
}

/** @param {[number, number][]} list start and state */
function chunkOf(list) {
    return /** @type {any} */ ({rows: 1, at: Int32Array.of(0, list.length), t0: Float64Array.from(list, (p) => p[0]), state: Uint8Array.from(list, (p) => p[1])});
}

test("every present state has at least one px, taken from the tallest", () => {
    const values = new Float32Array(12);
    values.set([0, 1, 0.001, 0, 0, 0.001]);
    assert.deepEqual([...shareHeights(values, 0, 1.002, 14)].slice(1, 6), [12, 1, 0, 0, 1]);
});

test("loud intervals stand 14 px tall, parked ones 4, and the last px of a wide one is its border", () => {
    const {c, style, column} = cell(60);
    paintRow(c, [chunkOf([[0, SYNC], [20, NET], [40, 0]])], 0, style);
    assert.equal(column(5).filter((s) => s === SYNC).length, 14);
    assert.equal(column(19).filter((s) => s >= 0).length, 0);
    assert.deepEqual(column(25).map((s, y) => s === NET ? y : -1).filter((y) => y >= 0), [11, 12, 13, 14]);
    assert.equal(column(45).filter((s) => s >= 0).length, 0);
});

test("an interval far below a px between two wide ones still shows", () => {
    const {c, style, column} = cell(60);
    paintRow(c, [chunkOf([[0, SYNC], [30.2, RUNNABLE], [30.3, RUNNING], [60, 0]])], 0, style);
    assert.ok([29, 30, 31].some((x) => column(x).includes(RUNNABLE)));
});

test("a 5 % burst in a parked row sticks out", () => {
    const {c, style, column} = cell(20);
    clearColumns(c, 1);
    addSpan(c, RUNNING, 0, 20, 0.05);
    addSpan(c, NET, 0, 20, 0.95);
    paintColumns(c, style);
    const states = column(4);
    assert.ok(states.filter((s) => s >= 0).length >= 6);
    assert.equal(states[14], RUNNING, "work is at the bottom");
});

test("cells that meet between two px leave no notch", () => {
    const buf = new Uint32Array(11 * 16);
    const c = cellOf({w: 11, h: 16, dpr: 1, s: 1, left: 7, t0: 7.4, t1: 18.3, offset: 0.4}, buf);
    clearColumns(c, 1);
    addSpan(c, RUNNING, 0.4, 11.3, 1);
    paintColumns(c, {base: 15, bar: 14, parked: 0, full: 1, words: COLORS.fillWord, edge: null});
    for (const x of [0, 10]) assert.equal(buf[1 * 11 + x], COLORS.fillWord[RUNNING]);
});

test("colours are words as an image's buffer holds them", () => {
    assert.equal(wordOf("#01020304"), 0x04030201);
    assert.equal(wordOf("#ff0000"), 0xff0000ff);
});

test("the made-up server speaks the true format", async () => {
    const fake = fakeTrace({seconds: 0.2, conns: 40, procs: 2});
    const server = /** @type {import("node:http").Server} */ (await serveFake(fake, 0));
    const {port} = /** @type {import("node:net").AddressInfo} */ (server.address());
    const get = async (/** @type {string} */ path) => new Uint8Array(await (await fetch(`http://127.0.0.1:${port}/api/v1/traces/${FAKE_ID}/${path}`)).arrayBuffer());
    const top = fake.levels - 1;
    for (const path of [`tiles/A/0/${top}/0/0`, `tiles/P/0/${top}/0/0`, `tiles/F/0/${top}/0/0`, `tiles/G/0/5/0/0`, `counters/0/${top}/0`]) {
        assert.notEqual(decodeTile(await get(path)).kind, "error", path);
    }
    for (const path of ["chunks/P/0/0", "chunks/G/0/0", "chunks/F/0/0"]) assert.notEqual(decodeChunk(await get(path), 5e6).kind, "error", path);
    server.close();
});
