import assert from "node:assert/strict";
import {test} from "node:test";
import {TileCache} from "../../web/net/tile_cache.js";
import {createApi} from "../../web/net/api.js";

/** A server in memory: tiles of level `rawAt` and below are RAW with chunk 7, others HIST. @param {number} rawAt */
function setUp(rawAt, maxBytes = 1e9) {
    /** @type {string[]} */
    const asked = [];
    /** @type {string[]} */
    const aborted = [];
    let isHeld = false;
    /** @type {(() => void)[]} */
    const waiting = [];
    const valueOf = (/** @type {string} */ piece) => {
        const [view, k, y, x] = piece.split(".");
        const head = {view, k: Number(k), y: Number(y), x: Number(x), r: 0, count: 0};
        if (view === "g") return {kind: "chunk", n: 7, pad: new Uint8Array(1000)};
        return head.k <= rawAt ? {kind: "raw", head, chunks: Uint32Array.of(7)} : {kind: "hist", head, pad: new Uint8Array(1000)};
    };
    /** @type {Set<object>} */
    const held = new Set();
    const load = async (/** @type {string} */ piece, /** @type {number} */ part, /** @type {any} */ {signal}) => {
        asked.push(`${piece}${part > 0 ? `@${part}` : ""}`);
        if (isHeld) await new Promise((resolve) => (waiting.push(() => resolve(0)), signal.addEventListener("abort", () => resolve(0))));
        if (signal?.aborted) return aborted.push(piece), /** @type {any} */ ({ok: false, error: {code: "aborted"}});
        const value = valueOf(piece);
        held.add(value);
        return {ok: true, value, size: 1};
    };
    const cache = new TileCache({load, forget: (value) => held.delete(value), levels: 20, onChange: () => {}, maxBytes});
    const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
    return {cache, asked, aborted, settle, hold: (/** @type {boolean} */ v) => (isHeld = v), held};
}

const want = (/** @type {number} */ k, /** @type {number[]} */ xs) => xs.map((x) => ({view: "G", k, y: 0, x, distance: 0}));

test("a raw tile stands for its descendants, and its chunk is asked for once", async () => {
    const {cache, asked, settle} = setUp(10);
    cache.want(want(10, [0, 1]));
    await settle();
    cache.want(want(10, [0, 1]));
    await settle();
    assert.deepEqual(asked, ["G.10.0.0", "G.10.0.1", "g.0.7"]);
    cache.want(want(4, [0, 63]));
    await settle();
    assert.equal(asked.length, 3, "nothing deeper is asked for");
    assert.equal(cache.source("G", 4, 0, 63)?.kind, "chunks");
    assert.equal(cache.source("G", 4, 0, 300), null, "another tile is not covered");
});

test("a chunk that comes with its tile is there, and is not asked for; one of a part that is over is let go", async () => {
    const {cache, asked, settle, held} = setUp(10);
    /** @type {any} */
    const chunk = {kind: "chunk", n: 7, pad: new Uint8Array(1000)};
    const come = (/** @type {object} */ value, /** @type {number} */ part) => {
        held.add(value);
        cache.takeChunk({status: 200, piece: "", view: "G", block: 0, number: 7, value, size: 9}, part);
    };
    come({...chunk}, 1);
    assert.equal(held.size, 0);
    cache.want(want(10, [0]));
    come(chunk, 0);
    await settle();
    cache.want(want(10, [0]));
    await settle();
    assert.deepEqual(asked, ["G.10.0.0"]);
    assert.ok(cache.source("G", 10, 0, 0)?.kind === "chunks" && cache.chunk("G", 0, 7) === chunk);
    come({...chunk}, 0);
    assert.equal(cache.chunk("G", 0, 7), chunk, "the first one stays");
    assert.equal(held.size, cache.entries.size);
});

test("what is not there yet is stood in for: finer tiles, else a coarser one", async () => {
    const {cache, settle} = setUp(-1);
    cache.want([...want(5, [0, 1]), ...want(8, [1])]);
    await settle();
    const finer = cache.source("G", 6, 0, 0);
    assert.ok(finer?.kind === "tiles" && finer.tiles.length === 2 && !finer.exact);
    const coarser = cache.source("G", 6, 0, 5);
    assert.ok(coarser?.kind === "tiles" && coarser.tiles.length === 1 && !coarser.exact);
    assert.equal(cache.source("G", 6, 0, 9), null);
});

test("what left the view is aborted, and asked for again when it is back", async () => {
    const {cache, asked, aborted, settle, hold} = setUp(-1);
    hold(true);
    cache.want(want(5, [0]));
    cache.want(want(5, [1]));
    await settle();
    assert.equal(aborted.length, 1);
    hold(false);
    cache.want(want(5, [0]));
    await settle();
    assert.equal(asked.filter((p) => p === "G.5.0.0").length, 2);
    assert.notEqual(cache.source("G", 5, 0, 0), null);
});

test("bytes stay under the bound, and what is wanted is kept", async () => {
    const {cache, settle, held} = setUp(-1, 6000);
    for (let i = 0; i < 40; i++) {
        cache.want(want(5, [i]));
        await settle();
    }
    cache.want(want(5, [39]));
    assert.ok(cache.bytes <= 6000);
    assert.notEqual(cache.source("G", 5, 0, 39), null);
    assert.equal(cache.source("G", 5, 0, 0), null);
    assert.equal(held.size, cache.entries.size, "who loads is told what is not kept");
});

test("at most six requests fly, the nearest first, and failures are values", async () => {
    let most = 0;
    let flying = 0;
    /** @type {string[]} */
    const order = [];
    const before = globalThis.fetch;
    globalThis.fetch = /** @type {any} */ (async (/** @type {string} */ url) => {
        order.push(url.slice(-2));
        most = Math.max(most, ++flying);
        await new Promise((resolve) => setTimeout(resolve, 2));
        flying--;
        return new Response(url.endsWith("00") ? "{\"error\":{\"code\":\"not_found\",\"message\":\"Cannot find it\"}}" : "x", {status: url.endsWith("00") ? 404 : 200});
    });
    const api = createApi("/");
    const answers = await Promise.all(Array.from({length: 20}, (_, i) => api.bytes(String(i).padStart(2, "0"), {priority: () => -i})));
    globalThis.fetch = before;
    assert.equal(most, 6);
    assert.deepEqual(order.slice(0, 3), ["19", "18", "17"]);
    const [first] = answers;
    assert.deepEqual(first && !first.ok && first.error, {code: "not_found", message: "Cannot find it", status: 404, offset: undefined});
});

test("what came for an earlier part stands in until it has come anew, and then is drawn anew", async () => {
    const {cache, asked, settle, hold} = setUp(-1);
    cache.renew(1, 20, 4000);
    cache.want(want(5, [0]));
    await settle();
    assert.deepEqual(asked, ["G.5.0.0@1"]);
    const first = cache.source("G", 5, 0, 0);
    assert.ok(first?.kind === "tiles" && first.exact && first.until === Infinity);
    cache.renew(2, 21, 9000);
    const old = cache.source("G", 5, 0, 0);
    assert.ok(old?.kind === "tiles" && old.tiles[0] === first.tiles[0] && old.sig === first.sig);
    assert.equal(old.until, 4000, "nothing was read beyond");
    hold(true);
    cache.want(want(5, [0]));
    cache.want(want(5, [1]));
    hold(false);
    await settle();
    assert.equal(cache.source("G", 5, 0, 0)?.sig, first.sig, "an abort keeps what there is");
    cache.want(want(5, [0]));
    await settle();
    cache.renew(0, 22, 9000);
    cache.want(want(5, [0]));
    await settle();
    const last = cache.source("G", 5, 0, 0);
    assert.ok(last && last.sig !== first.sig && last.until === Infinity);
    assert.equal(asked.at(-1), "G.5.0.0");
    assert.equal(cache.loading(), 0);
    cache.want(want(5, [0]));
    await settle();
    assert.equal(asked.filter((path) => path === "G.5.0.0").length, 1, "and is not asked for again");
});

test("a list of chunks of an earlier part is drawn until the tile has come anew, which may be another kind of tile", async () => {
    const {cache, asked, settle} = setUp(10);
    cache.renew(1, 20, 4000);
    cache.want(want(4, [3]));
    await settle();
    cache.want(want(4, [3]));
    await settle();
    const first = cache.source("G", 4, 0, 3);
    assert.equal(first?.kind, "chunks");
    cache.renew(2, 20, 9000);
    assert.equal(cache.source("G", 4, 0, 3)?.sig, first?.sig);
    assert.equal(cache.rawOver("G", 4, 0, 3), null, "whether it is made of chunks is asked anew");
    asked.length = 0;
    cache.want(want(4, [3]));
    await settle();
    cache.want(want(4, [3]));
    await settle();
    assert.deepEqual(asked, ["G.4.0.3@2", "g.0.7@2"]);
    assert.notEqual(cache.source("G", 4, 0, 3)?.sig, first?.sig);
});
