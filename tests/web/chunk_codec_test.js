import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {test} from "node:test";
import {decodeChunk} from "../../web/core/chunk_codec.js";

const GOLDEN = new URL("../golden/tiles/", import.meta.url);
const bytesOf = (/** @type {string} */ name) => new Uint8Array(readFileSync(new URL(`${name}.bin`, GOLDEN)));
const jsonOf = (/** @type {string} */ name) => JSON.parse(readFileSync(new URL(`${name}.json`, GOLDEN), "utf8"));
const ORIGIN = 64_000_000;

/** What each row's intervals, lives and marks are, worked out from the golden's list of events. @param {any} golden */
function rowsOf(golden) {
    const time = (/** @type {string} */ ticks) => Math.trunc(Number(ticks) * golden.nsPerTick) - ORIGIN;
    const rows = golden.heads.map((/** @type {any} */ h) => ({
        intervals: [{t: time(h.ticks), state: h.state, reason: h.reason, stack: h.stack, p: h.p, m: h.m, corr: Number(h.corr), g: Number(h.g)}],
        lives: [Number(h.occupant)], marks: /** @type {any[]} */ ([]),
    }));
    for (const e of golden.events) {
        const row = rows[e.row];
        const t = Math.max(time(e.ticks), row.intervals.at(-1).t);
        if (e.kind === "BORN") row.lives.push(Number(e.g));
        else if (e.kind === "MARK") row.marks.push({t, ...e});
        else row.intervals.push({t, state: e.state ?? 0, reason: e.reason ?? 0, stack: e.stack ?? 0, p: e.p ?? 0, m: e.m ?? 0, corr: Number(e.corr), g: Number(e.g ?? 0)});
    }
    return rows;
}

for (const name of ["chunk_goroutines", "chunk_procs", "chunk_threads"]) {
    test(`${name}: the golden bytes say what the golden words say`, () => {
        const golden = jsonOf(name);
        const chunk = decodeChunk(bytesOf(name), ORIGIN);
        assert.equal(chunk.kind, "chunk");
        if (chunk.kind !== "chunk") return;
        assert.deepEqual([chunk.view, chunk.block, chunk.n, chunk.rows], [golden.view, golden.block, golden.number, golden.rows]);
        rowsOf(golden).forEach((/** @type {any} */ row, /** @type {number} */ r) => {
            const from = chunk.at[r] ?? 0;
            const found = row.intervals.map((/** @type {any} */ _, /** @type {number} */ j) => {
                const i = from + j;
                const g = chunk.view === "G" ? chunk.waker[i] : chunk.g[i];
                return {t: chunk.t0[i], state: chunk.state[i], reason: chunk.reason[i], stack: chunk.stack[i], p: chunk.p[i], m: chunk.m[i], corr: chunk.corr[i], g};
            });
            assert.deepEqual(found, row.intervals);
            assert.equal((chunk.at[r + 1] ?? 0) - from, row.intervals.length);
            assert.deepEqual([...chunk.lifeG.subarray(chunk.lifeAt[r], chunk.lifeAt[r + 1])], row.lives);
            const marks = [...chunk.markT.subarray(chunk.markAt[r], chunk.markAt[r + 1])];
            assert.deepEqual(marks, row.marks.map((/** @type {any} */ m) => m.t));
        });
    });
}

test("a group chunk counts goroutines as its golden words do", () => {
    const golden = jsonOf("chunk_groups");
    const chunk = decodeChunk(bytesOf("chunk_groups"), 0);
    assert.equal(chunk.kind, "groups");
    if (chunk.kind !== "groups") return;
    for (let row = 0; row < golden.rows; row++) {
        const events = golden.events.filter((/** @type {any} */ e) => e.row === row);
        /** @type {number[][]} */
        const changes = [...chunk.change.subarray(chunk.at[row], chunk.at[row + 1])].map((c) => [c & 15, c >> 4]);
        assert.deepEqual(changes, events.map((/** @type {any} */ e) => [e.left, e.entered]));
        assert.deepEqual([...chunk.heads.subarray(row * 12, row * 12 + 12)], golden.heads[row]);
    }
});

test("every truncation of a chunk is an error, never a picture", () => {
    for (const name of ["chunk_goroutines", "chunk_procs", "chunk_groups"]) {
        const bytes = bytesOf(name);
        for (let n = 0; n < bytes.length; n++) assert.equal(decodeChunk(bytes.slice(0, n), 0).kind, "error", `${name} cut to ${n} bytes`);
    }
});

test("broken bytes end in a value, not in a throw or a large allocation", () => {
    const bytes = bytesOf("chunk_goroutines");
    for (let i = 0; i < bytes.length; i++) {
        const broken = bytes.slice();
        broken[i] = (broken[i] ?? 0) ^ 0xff;
        assert.ok(["chunk", "error", "groups"].includes(decodeChunk(broken, 0).kind));
    }
});
