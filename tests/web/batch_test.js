import assert from "node:assert/strict";
import {test} from "node:test";
import {batchOf, batchPath, createPartReader} from "../../web/core/batch.js";
import {chunkPiece, tilePiece} from "../../web/core/tile_key.js";

test("neighbours have a short address, and the order is the one that it stands for", () => {
    const pieces = [tilePiece("G", 19, 7, 1), tilePiece("G", 19, 0, 0), tilePiece("G", 19, 7, 0), tilePiece("G", 19, 0, 1), tilePiece("G", 19, 1, 3), tilePiece("L", 19, 0, 0), chunkPiece("G", 2, 18), chunkPiece("G", 2, 17)];
    const {list, order} = batchOf([...pieces, "L.19.0"]);
    assert.equal(list, "G.19.0,7.0-1;G.19.1.3;L.19.0;g.2.17-18");
    assert.deepEqual(order, ["G.19.0.0", "G.19.0.1", "G.19.7.0", "G.19.7.1", "G.19.1.3", "L.19.0", "g.2.17", "g.2.18"]);
    assert.equal(batchPath(list, 3, 0), `batch/${list}?v=3`);
});

test("rows of goroutines and tasks have an address of their own", () => {
    const {list, order} = batchOf([tilePiece("R:17,149", 3, 0, 1), tilePiece("R:17,149", 3, 0, 0), tilePiece("T:", 3, 0, 0), tilePiece("T:5", 3, 0, 2)]);
    assert.equal(list, "R:17,149.3.0-1;T.3.0;T:5.3.2");
    assert.deepEqual(order, ["R:17,149.3.0", "R:17,149.3.1", "T.3.0", "T:5.3.2"]);
    assert.equal(batchPath(list, 3, 4), `batch/long/${list}?v=3&part=4`);
});

/** @param {[number, string, number, number, string][]} parts status, letter, first, number, body */
function answerOf(parts) {
    const head = new DataView(new ArrayBuffer(8 + 16 * parts.length));
    [..."TSB1"].forEach((c, i) => head.setUint8(i, c.charCodeAt(0)));
    head.setUint32(4, parts.length, true);
    parts.forEach(([status, letter, first, number, body], i) => {
        head.setUint16(8 + 16 * i, status, true);
        head.setUint8(10 + 16 * i, letter === "" ? 0 : letter.charCodeAt(0));
        head.setUint32(12 + 16 * i, first, true);
        head.setUint32(16 + 16 * i, number, true);
        head.setUint32(20 + 16 * i, body.length, true);
    });
    return new Uint8Array([...new Uint8Array(head.buffer), ...new TextEncoder().encode(parts.map((part) => part[4]).join(""))]);
}

test("parts are told as they come, whatever the pieces of the answer", () => {
    const bytes = answerOf([[200, "G", 2, 17, "chunk"], [200, "", 1, 0, "raw"], [413, "", 0, 0, ""], [404, "", 2, 0, "no"], [413, "", 3, 0, ""]]);
    for (const step of [1, 7, 1000]) {
        /** @type {string[]} */
        const told = [];
        const reader = createPartReader(["a", "b", "c", "d"], ({status, piece, view, block, number}, body) =>
            told.push(`${status} ${piece || `${view}/${block}/${number}`} ${new TextDecoder().decode(body)}`));
        for (let i = 0; i < bytes.length; i += step) {
            assert.equal(reader.isWhole(), false);
            reader.push(bytes.subarray(i, i + step));
        }
        assert.deepEqual(told, ["200 G/2/17 chunk", "200 b raw", "413 a ", "404 c no", "413 d "]);
        assert.equal(reader.isWhole(), true);
    }
});

test("what is no batch, or is cut, is not whole", () => {
    const reader = createPartReader([], () => assert.fail());
    reader.push(new TextEncoder().encode("<!doctype html><p>hello, hello"));
    assert.equal(reader.isWhole(), false);
    const bytes = answerOf([[200, "", 0, 0, "abc"]]);
    const cut = createPartReader(["a"], () => assert.fail());
    cut.push(bytes.subarray(0, -1));
    assert.equal(cut.isWhole(), false);
});
