import assert from "node:assert/strict";
import {test} from "node:test";
import {SAMPLE} from "../../web/core/chunk_codec.js";
import {rootFrames} from "../../web/core/selection.js";
import {frameAt, spansOf, stackTrack} from "../../web/draw/lane_stack.js";
import {viewOf} from "../../web/draw/scale.js";

/** A chunk of one row. @param {[t0: number, state: number, stack: number, waker: number, g: number][]} events @param {[t: number, stack: number, g: number][]} samples @returns {any} */
const chunkOf = (events, samples = []) => ({
    kind: "chunk", rows: 1, at: [0, events.length], t0: events.map((e) => e[0]), state: events.map((e) => e[1]), stack: events.map((e) => e[2]),
    waker: events.map((e) => e[3]), g: events.map((e) => e[4]),
    markAt: [0, samples.length], markT: samples.map((m) => m[0]), markKind: samples.map(() => SAMPLE), markStack: samples.map((m) => m[1]), markG: samples.map((m) => m[2]),
});
const chunk = chunkOf([[0, 6, 1, 0, 7], [100, 5, 2, 9, 7], [150, 1, 0, 0, 7], [300, 7, 3, 0, 7], [400, 0, 0, 0, 0], [420, 6, 5, 0, 8]], [[200, 4, 7], [210, 6, 8]]);
/** @type {any} */
const solo = {g: "7", row: 32, born: 0, gone: 400};
/** @type {Record<number, string[]>} */
const stacks = {1: ["Lock", "work", "f"], 3: ["recv", "f"], 4: ["hash", "work", "f", "runtime.goexit"]};
const names = {stackNames: (/** @type {number} */ id) => stacks[id] ?? []};
const view = viewOf(null, 0, 400, 400, 1);
const run = {chunks: [chunk], t0: 0, t1: 400};

test("a stack stays until the next one is known; who wakes a goroutine does so with a stack of their own", () => {
    assert.deepEqual(spansOf(run, 0, 7).map(({t0, t1, stack, sampled}) => [t0, t1, stack, sampled]), [[0, 200, 1, false], [200, 300, 4, true], [300, 400, 3, false]]);
    assert.deepEqual(spansOf({...run, t0: 250}, 0, 7).map(({stack}) => stack), [4, 3]);
    const gaveWay = chunkOf([[0, 5, 2, 0, 7]]);
    assert.deepEqual(spansOf({chunks: [gaveWay], t0: 0, t1: 400}, 0, 7).map(({stack}) => stack), [2]);
});

test("frames that go on are one bar, the outermost on top; what does not fit is told", () => {
    const bars = (/** @type {number} */ rows) => stackTrack([run], solo, view, names, rows).bars.map(({t0, t1, depth, name, more}) => [t0, t1, depth, name, more]);
    assert.deepEqual(bars(8), [[0, 400, 0, "f", 0], [0, 300, 1, "work", 0], [0, 200, 2, "Lock", 0], [200, 300, 2, "hash", 0], [300, 400, 1, "recv", 0]]);
    assert.deepEqual(bars(2), [[0, 400, 0, "f", 0], [0, 200, 1, "Lock", 1], [200, 300, 1, "hash", 1], [300, 400, 1, "recv", 0]]);
    assert.deepEqual(stackTrack([run], solo, view, {stackNames: () => []}, 8).bars, [], "until names have come");
    assert.equal(rootFrames(["runtime.goexit"]), 0);
});

test("the frame under the pointer belongs to the stack of that time", () => {
    const track = stackTrack([run], solo, view, names, 8);
    assert.deepEqual([frameAt(track, 0, 250, 1)?.bar.name, frameAt(track, 0, 250, 1)?.span.stack], ["f", 4]);
    assert.equal(frameAt(track, 2, 350, 1), null);
});
