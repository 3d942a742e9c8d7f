import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {test} from "node:test";
import {SOLO_HIST, SOLO_NONE, SOLO_RAW, decodeTile} from "../../web/core/tile_codec.js";

const GOLDEN = new URL("../golden/tiles/", import.meta.url);
const bytesOf = (/** @type {string} */ name) => new Uint8Array(readFileSync(new URL(`${name}.bin`, GOLDEN)));
const jsonOf = (/** @type {string} */ name) => JSON.parse(readFileSync(new URL(`${name}.json`, GOLDEN), "utf8"));

for (const name of ["goroutines", "procs", "threads", "groups", "activity"].map((v) => `tile_${v}_hist`)) {
    test(`${name}: the golden bytes say what the golden words say`, () => {
        const golden = jsonOf(name);
        const tile = decodeTile(bytesOf(name));
        assert.equal(tile.kind, "hist");
        if (tile.kind !== "hist") return;
        assert.deepEqual([tile.head.view, tile.head.r, tile.head.k, tile.head.y, tile.head.x], [golden.view, golden.r, golden.k, golden.y, golden.x]);
        golden.rows.forEach((/** @type {any} */ row, /** @type {number} */ i) => {
            assert.equal(tile.recordOf[row.row], i);
            assert.deepEqual([tile.mask[i], tile.lived[i], tile.full[i], String(tile.first[i]), tile.intervals[i]],
                [row.mask, row.goroutines, row.full, row.firstG, row.intervals]);
            for (const [state, plane] of Object.entries(row.planes)) {
                /** @type {number} */
                const at = tile.planeOf[i * 12 + Number(state)] ?? -1;
                assert.deepEqual([...tile.planes.subarray(at, at + 512)], plane);
            }
        });
    });
}

test("raw tiles list their chunks", () => {
    for (const view of ["goroutines", "procs", "threads", "groups"]) {
        const tile = decodeTile(bytesOf(`tile_${view}_raw`));
        assert.equal(tile.kind, "raw");
        if (tile.kind === "raw") assert.deepEqual([...tile.chunks], jsonOf(`tile_${view}_raw`).chunks);
    }
});

test("a counter tile holds first, last, min, max, rise and fall of every bin; NaN before the first sample", () => {
    const tile = decodeTile(bytesOf("tile_counter"));
    assert.equal(tile.kind, "counter");
    if (tile.kind !== "counter") return;
    jsonOf("tile_counter").bins.forEach((/** @type {number[]|null} */ bin, /** @type {number} */ i) => {
        const found = [...tile.values.subarray(i * 6, i * 6 + 6)];
        if (bin === null) assert.deepEqual(found, [NaN, NaN, NaN, NaN, 0, 0]);
        else assert.deepEqual(found, bin);
    });
});

test("every truncation of a tile is an error", () => {
    for (const name of ["tile_procs_hist", "tile_goroutines_raw", "tile_counter"]) {
        const bytes = bytesOf(name);
        for (let n = 0; n < bytes.length; n += n < 600 ? 1 : 97) assert.equal(decodeTile(bytes.slice(0, n)).kind, "error", `${name} cut to ${n}`);
    }
});

test("rows of single goroutines: what tells of each, and a tile", () => {
    const golden = jsonOf("tile_solo");
    const tile = decodeTile(bytesOf("tile_solo"));
    assert.equal(tile.kind, "hist");
    if (tile.kind !== "hist") return;
    assert.deepEqual([tile.head.view, tile.head.k, tile.head.y, tile.head.x], ["R", golden.k, golden.goroutines.length, golden.x]);
    const kinds = [SOLO_NONE, SOLO_RAW, SOLO_HIST];
    assert.deepEqual([...tile.solo ?? []], golden.goroutines.map((/** @type {any} */ place) => kinds[["none", "RAW", "HIST"].indexOf(place.kind)]));
    for (const row of golden.rows) {
        /** @type {number} */
        const i = tile.recordOf[row.row] ?? -1;
        assert.deepEqual([tile.mask[i], tile.lived[i], String(tile.first[i])], [row.mask, row.goroutines, row.firstG]);
        for (const [state, plane] of Object.entries(row.planes)) {
            /** @type {number} */
            const at = tile.planeOf[i * 12 + Number(state)] ?? -1;
            assert.deepEqual([...tile.planes.subarray(at, at + 512)], plane);
        }
    }
    const bytes = bytesOf("tile_solo");
    for (let n = 0; n < bytes.length; n += n < 600 ? 1 : 97) assert.equal(decodeTile(bytes.slice(0, n)).kind, "error", `cut to ${n}`);
});
