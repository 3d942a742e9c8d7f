import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {test} from "node:test";
import {copyOf, decodeBytes, isPaintable, paintedPart, sizeOf, transfersOf} from "../../web/net/decode.js";
import {paintWords} from "../../web/draw/paint_cell.js";

const ORIGIN = 64_000_000;
const decoded = (/** @type {string} */ name) => decodeBytes(new Uint8Array(readFileSync(new URL(`../golden/tiles/${name}.bin`, import.meta.url))), ORIGIN);

/** @param {any} chunk @param {"G"|"P"|"M"|"area"} kind @param {any} value what it is painted from */
function paint({base, end, rows}, kind, value) {
    const [w, bar] = [600, 16];
    const order = {
        look: {kind, first: 0, rows, bar, full: 4}, from: /** @type {const} */ ("chunks"), w, h: rows * bar, dpr: 1, s: w / Math.max(end - base, 1), left: 0, offset: 0,
        t0: base, t1: Math.max(end, base + 1), scale: 1, sig: "", theme: /** @type {const} */ ("light"),
    };
    return paintWords(order, [value]).slice();
}

for (const [name, kind] of /** @type {const} */ ([["chunk_goroutines", "G"], ["chunk_procs", "P"], ["chunk_threads", "M"], ["chunk_groups", "area"]])) {
    test(`${name}: what the worker keeps gives the same picture, when the rest is gone`, () => {
        const value = decoded(name);
        assert.ok(isPaintable(value));
        const whole = paint(value, kind, value);
        assert.ok(whole.some((word) => word !== 0));
        const kept = copyOf(paintedPart(value));
        const buffers = transfersOf(value);
        assert.equal(new Set(buffers).size, buffers.length, "no buffer twice: it could not be handed over");
        structuredClone(value, {transfer: buffers});
        assert.deepEqual(paint(kept, kind, kept), whole);
    });
}

test("of a chunk the worker keeps less than half", () => {
    const value = decoded("chunk_goroutines");
    assert.ok(sizeOf(paintedPart(value)) < sizeOf(value) / 2);
});
