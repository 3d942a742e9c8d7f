import assert from "node:assert/strict";
import {test} from "node:test";
import {createBatches} from "../../web/net/batches.js";

/** Requests are held until a test answers them. */
function setUp() {
    /** @type {{url: string, order: string[], signal: AbortSignal|undefined, onPart: (part: any) => void, end: (answer: any) => void}[]} */
    const requests = [];
    /** @type {object[]} */
    const forgotten = [];
    /** @type {[string, number, number][]} */
    const chunks = [];
    const batches = createBatches({
        trace: "t",
        through: /** @type {any} */ ((/** @type {string} */ path, /** @type {any} */ how, /** @type {any} */ via) => via(path, how)),
        load: (url, order, signal, onPart) => new Promise((end) => {
            requests.push({url, order, signal, onPart, end});
            signal?.addEventListener("abort", () => end({ok: false, error: {code: "aborted", message: "", status: 0}}));
        }),
        forget: (value) => forgotten.push(value),
        onChunk: ({view, block, number}, part) => chunks.push([view, block, number + part]),
    });
    const turn = () => new Promise((resolve) => setTimeout(resolve, 2));
    const answer = (/** @type {number} */ i, status = 200) => {
        const request = requests[i];
        for (const piece of request?.order ?? []) request?.onPart({status, piece, view: "", block: 0, number: 0, value: status === 200 ? {piece} : null, size: 1});
        request?.end({ok: true});
    };
    return {batches, requests, forgotten, chunks, turn, answer};
}

test("what is wanted in one turn goes out together, in at most four requests, the nearest first", async () => {
    const {batches, requests, turn, answer} = setUp();
    const answers = Array.from({length: 200}, (_, x) => batches.ask(`G.5.0.${x}`, 0, {priority: () => 200 - x}));
    await turn();
    assert.deepEqual(requests.map(({order}) => order.length), [32, 32, 32, 32]);
    assert.equal(requests[0]?.url, "traces/t/batch/G.5.0.168-199?v=3");
    answer(0);
    await turn();
    assert.equal(requests.length, 5);
    assert.deepEqual(await answers[199], {ok: true, value: {piece: "G.5.0.199"}, size: 1});
});

test("a few are one request; parts of a trace, and what takes long, have their own", async () => {
    const {batches, requests, turn} = setUp();
    for (const [piece, part] of /** @type {[string, number][]} */ ([["G.5.0.0", 0], ["L.5.0", 0], ["R:1.5.0", 0], ["G.5.0.1", 2], ["G.5.0.0", 0]])) void batches.ask(piece, part, {priority: () => 0});
    await turn();
    assert.deepEqual(requests.map(({url}) => url), ["traces/t/batch/G.5.0.0;L.5.0?v=3", "traces/t/batch/long/R:1.5.0?v=3", "traces/t/batch/G.5.0.1?v=3&part=2"]);
});

test("a request ends when nobody waits for any of it; what comes too late is let go", async () => {
    const {batches, requests, forgotten, turn} = setUp();
    const aborts = [new AbortController(), new AbortController()];
    const answers = aborts.map(({signal}, x) => batches.ask(`G.5.0.${x}`, 0, {signal, priority: () => 0}));
    await turn();
    aborts[0]?.abort();
    assert.equal((await answers[0])?.ok, false);
    assert.equal(requests[0]?.signal?.aborted, false);
    requests[0]?.onPart({status: 200, piece: "G.5.0.0", value: {late: true}, size: 1});
    assert.deepEqual(forgotten, [{late: true}]);
    aborts[1]?.abort();
    assert.equal(requests[0]?.signal?.aborted, true);
    assert.equal((await answers[1])?.ok, false);
});

test("what was left out is asked for at once, what failed for now a little later, and the rest is told", async () => {
    const {batches, requests, turn, answer, chunks} = setUp();
    const pieces = ["G.5.0.0", "G.5.0.1", "G.5.0.2", "G.5.0.3"];
    const answers = pieces.map((piece) => batches.ask(piece, 0, {priority: () => 0}));
    await turn();
    [200, 413, 503, 404].forEach((status, i) => requests[0]?.onPart({status, piece: pieces[i], value: status === 200 ? {} : null, size: 1}));
    requests[0]?.onPart({status: 200, piece: "", view: "G", block: 0, number: 7, value: {}, size: 1});
    requests[0]?.onPart({status: 503, piece: "", view: "G", block: 0, number: 8, value: null, size: 1});
    requests[0]?.end({ok: true});
    assert.deepEqual(chunks, [["G", 0, 7]]);
    await turn();
    assert.deepEqual(requests[1]?.order, ["G.5.0.1"]);
    answer(1);
    const last = await answers[3];
    assert.ok(last && !last.ok && last.error.status === 404);
    await new Promise((resolve) => setTimeout(resolve, 350));
    assert.deepEqual(requests[2]?.order, ["G.5.0.2"]);
    answer(2);
    assert.deepEqual((await Promise.all(answers)).map(({ok}) => ok), [true, true, true, false]);
});

test("a request that fails tells all that waited for it", async () => {
    const {batches, requests, turn} = setUp();
    const answers = ["G.5.0.0", "G.5.0.1"].map((piece) => batches.ask(piece, 0, {priority: () => 0}));
    await turn();
    requests[0]?.onPart({status: 200, piece: "G.5.0.0", value: {}, size: 1});
    requests[0]?.end({ok: true});
    assert.deepEqual((await Promise.all(answers)).map(({ok}) => ok), [true, false]);
});
