import assert from "node:assert/strict";
import {test} from "node:test";
import {cellOf} from "../../web/draw/raster.js";
import {isInstant, paintMarks, regionsOf} from "../../web/draw/row_marks.js";

/** @param {[number, number, number?, number?][]} marks of row 0: time, kind, text, goroutine @returns {any} */
function chunkOf(marks) {
    return {
        rows: 1, markAt: Int32Array.of(0, marks.length), markT: Float64Array.from(marks, ([t]) => t), markKind: Uint8Array.from(marks, ([, kind]) => kind),
        markText: Uint32Array.from(marks, ([, , text = 0]) => text), markTask: new Float64Array(marks.length), markG: Float64Array.from(marks, ([, , , g = 1]) => g),
    };
}
const BEGIN = 3;
const END = 4;
/** @param {ReturnType<typeof regionsOf>} regions */
const brief = (regions) => regions.map(({t0, t1, depth, text}) => [t0, t1, depth, text]);

test("regions nest, over chunks too", () => {
    const chunks = [chunkOf([[10, BEGIN, 1], [20, BEGIN, 2]]), chunkOf([[30, END, 2], [40, BEGIN, 3], [50, END, 3], [60, END, 1]])];
    assert.deepEqual(brief(regionsOf(chunks, 0)), [[10, 60, 0, 1], [20, 30, 1, 2], [40, 50, 1, 3]]);
});

test("what began before is known by its end, and is outside of what is inside", () => {
    assert.deepEqual(brief(regionsOf([chunkOf([[10, BEGIN, 2], [20, END, 2], [30, END, 1]])], 0)), [[-Infinity, 30, 0, 1], [10, 20, 1, 2]]);
    assert.deepEqual(brief(regionsOf([chunkOf([[10, BEGIN, 2]])], 0)), [[10, Infinity, 0, 2]]);
});

test("another goroutine in the row has regions of its own", () => {
    const chunks = [chunkOf([[10, BEGIN, 1, 7], [20, BEGIN, 2, 8], [30, END, 2, 8]])];
    assert.deepEqual(brief(regionsOf(chunks, 0)), [[10, 20, 0, 1], [20, 30, 0, 2]]);
    assert.deepEqual(brief(regionsOf(chunks, 0, 8)), [[20, 30, 0, 2]]);
    assert.deepEqual(regionsOf(chunks, 5), []);
});

test("a region, a log and a sample get their pixels, nothing else does", () => {
    const buf = new Uint32Array(100 * 16);
    const c = cellOf({w: 100, h: 16, dpr: 1, s: 1, left: 0, t0: 0, t1: 100, offset: 0}, buf);
    const style = {base: 15, bar: 14, parked: 4, full: 1, words: new Uint32Array(12), edge: null};
    paintMarks(c, [chunkOf([[10, BEGIN, 1], [20, END, 1], [50, 0], [70, 2], [80, 5]])], 0, style, {region: 1, mark: 2, lane: 3});
    const at = (/** @type {number} */ x, /** @type {number} */ y) => buf[y * 100 + x];
    assert.deepEqual([at(9, 1), at(10, 1), at(19, 2), at(19, 3), at(20, 1)], [0, 1, 1, 3, 0]);
    assert.deepEqual([at(50, 1), at(53, 4), at(50, 5), at(50, 12)], [2, 2, 2, 0]);
    assert.deepEqual([at(70, 14), at(70, 9), at(80, 14)], [2, 0, 0]);
    assert.ok(isInstant(0) && isInstant(2) && !isInstant(3));
});
