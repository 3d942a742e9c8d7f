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
    let held = false;
    /** @type {(() => void)[]} */
    const waiting = [];
    const api = /** @type {any} */ ({
        async bytes(/** @type {string} */ path, /** @type {any} */ {signal}) {
            asked.push(path.replace("traces/t/", "").replace("?v=2", ""));
            if (held) await new Promise((resolve) => (waiting.push(() => resolve(0)), signal.addEventListener("abort", () => resolve(0))));
            if (signal?.aborted) return aborted.push(path), {ok: false, error: {code: "aborted"}};
            return {ok: true, bytes: new TextEncoder().encode(path)};
        },
    });
    const decode = async (/** @type {Uint8Array} */ bytes) => {
        const [, , what, view, , k, y, x] = new TextDecoder().decode(bytes).replace("?v=2", "").split("/");
        const head = {view, k: Number(k), y: Number(y), x: Number(x), r: 0, count: 0};
        if (what === "chunks") return {kind: "chunk", n: 7, pad: new Uint8Array(1000)};
        return head.k <= rawAt ? {kind: "raw", head, chunks: Uint32Array.of(7)} : {kind: "hist", head, pad: new Uint8Array(1000)};
    };
    const cache = new TileCache({api, trace: "t", decode, origin: 0, levels: 20, onChange: () => {}, maxBytes});
    const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
    return {cache, asked, aborted, settle, hold: (/** @type {boolean} */ v) => (held = v)};
}

const want = (/** @type {number} */ k, /** @type {number[]} */ xs) => xs.map((x) => ({view: "G", k, y: 0, x, distance: 0}));

test("a raw tile stands for its descendants, and its chunk is asked for once", async () => {
    const {cache, asked, settle} = setUp(10);
    cache.want(want(10, [0, 1]));
    await settle();
    cache.want(want(10, [0, 1]));
    await settle();
    assert.deepEqual(asked, ["tiles/G/0/10/0/0", "tiles/G/0/10/0/1", "chunks/G/0/7"]);
    cache.want(want(4, [0, 63]));
    await settle();
    assert.equal(asked.length, 3, "nothing deeper is asked for");
    assert.equal(cache.source("G", 4, 0, 63)?.kind, "chunks");
    assert.equal(cache.source("G", 4, 0, 300), null, "another tile is not covered");
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
    assert.equal(asked.filter((p) => p.endsWith("/5/0/0")).length, 2);
    assert.notEqual(cache.source("G", 5, 0, 0), null);
});

test("bytes stay under the bound, and what is wanted is kept", async () => {
    const {cache, settle} = setUp(-1, 6000);
    for (let i = 0; i < 40; i++) {
        cache.want(want(5, [i]));
        await settle();
    }
    cache.want(want(5, [39]));
    assert.ok(cache.bytes <= 6000);
    assert.notEqual(cache.source("G", 5, 0, 39), null);
    assert.equal(cache.source("G", 5, 0, 0), null);
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
