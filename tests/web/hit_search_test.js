import assert from "node:assert/strict";
import {test} from "node:test";
import {PIECES, PIECE_BINS, binOf, binStart, createHitSearch} from "../../web/net/hit_search.js";

const END = 1_000_003;

/** A server with hits at these times, in pages of `page` hits or of a part of the bins. @param {number[]} times @param {number} page */
function fake(times, page = 7) {
    const hits = [...times].sort((a, b) => a - b).map((t, i) => ({
        kind: "state", view: /** @type {const} */ ("G"), block: 0, row: i % 5, g: String(1 + i % 5), t0: t, t1: t + 1, T: String(1000 + t), function: "f"}));
    let asked = 0;
    /** @param {string} path @param {{signal?: AbortSignal}} [how] */
    async function json(path, how) {
        asked++;
        how?.signal?.throwIfAborted();
        const q = new URL(path, "http://x/").searchParams;
        const [from, to] = [Number(q.get("from") ?? 0), Number(q.get("to") ?? END)];
        const bins = Number(q.get("bins") ?? 0);
        const first = Number(q.get("after") ?? 0);
        const within = hits.map((hit, i) => ({hit, i})).filter(({hit, i}) => i >= first && hit.t0 >= from && hit.t0 < to);
        const shown = within.slice(0, page);
        const next = within[page] ? String(within[page]?.i) : null;
        const counts = Array.from({length: bins}, () => 0);
        for (const {hit} of shown) {
            const i = Math.floor((hit.t0 - from) * bins / (to - from));
            counts[i] = (counts[i] ?? 0) + 1;
        }
        return bins > 0 ? {bins: counts, next} : {hits: shown.map(({hit}) => hit), next};
    }
    return {hits, json, asked: () => asked};
}

/** @param {number} n */
const spreadTimes = (n) => Array.from({length: n}, (_, i) => (i * 7919 * 13) % END);

test("bins lie side by side and hold their begins", () => {
    for (const end of [10, 1000, END, 2 ** 43 + 1]) {
        for (let i = 0; i < PIECES * PIECE_BINS; i++) {
            assert.ok(binStart(end, i) <= binStart(end, i + 1));
            if (binStart(end, i) < binStart(end, i + 1)) assert.equal(binOf(end, binStart(end, i)), i);
        }
        assert.equal(binStart(end, PIECES * PIECE_BINS), end);
    }
});

test("all of the trace is counted, the nearest to the view first", async () => {
    const server = fake(spreadTimes(500));
    const search = createHitSearch(server, "t", "a b", END);
    let seen = -1;
    await search.count(() => 900_000, () => {
        if (seen < 0 && search.total() > 0) seen = search.bins.findIndex((n) => n > 0);
    });
    assert.ok(seen >= PIECE_BINS * 14, `${seen}`);
    assert.equal(search.total(), 500);
    assert.ok(search.isDone());
    for (const {t0} of server.hits) assert.ok((search.bins[binOf(END, t0)] ?? 0) > 0);
});

for (const counted of [true, false]) {
    test(`hits are stepped forth and back in order, ${counted ? "counted" : "not counted yet"}`, async () => {
        const server = fake([...spreadTimes(60), 5000, 5000, 5000, 5001]);
        const search = createHitSearch(server, "t", "a", END);
        if (counted) await search.count(() => 0, () => {});
        /** @type {import("../../web/types.js").FoundHit|null} */
        let hit = await search.next(0, null);
        const forth = [];
        for (; hit; hit = await search.next(hit.t0, hit)) forth.push(hit);
        assert.deepEqual(forth, server.hits);
        const back = [];
        for (hit = await search.previous(END, null); hit; hit = await search.previous(hit.t0, hit)) back.unshift(hit);
        assert.deepEqual(back, server.hits);
        if (counted) assert.deepEqual(await Promise.all(server.hits.map((one) => search.numberOf(one))), server.hits.map((_, i) => i + 1));
    });
}

test("from a moment that is no hit", async () => {
    const server = fake([10, 20, 30]);
    const search = createHitSearch(server, "t", "a", END);
    assert.equal((await search.next(15, null))?.t0, 20);
    assert.equal((await search.previous(15, null))?.t0, 10);
    assert.equal((await search.next(31, null)), null);
    assert.equal((await search.previous(10, null)), null);
    const mark = {t0: 20, T: "1020", block: 9, row: 1};
    assert.equal((await search.next(20, mark))?.t0, 30);
    assert.equal((await search.previous(20, mark))?.t0, 10);
});

test("many hits in one bin are cut finer before they are looked through", async () => {
    const server = fake(Array.from({length: 5000}, (_, i) => 500_000 + i % 40), 1000);
    const search = createHitSearch(server, "t", "a", END);
    await search.count(() => 0, () => {});
    assert.equal((await search.previous(END, null)), server.hits.at(-1));
});

test("goroutines of hits, as many as asked for; nothing more once it is stopped", async () => {
    const server = fake(spreadTimes(50));
    const search = createHitSearch(server, "t", "a", END);
    assert.deepEqual(await search.goroutines(3), {ids: ["1", "2", "3"], more: true});
    assert.equal((await search.goroutines(32)).ids.length, 5);
    search.stop();
    await assert.rejects(search.count(() => 0, () => {}));
});
