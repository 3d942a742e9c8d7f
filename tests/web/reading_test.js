import assert from "node:assert/strict";
import {test} from "node:test";
import {parseLink} from "../../web/core/link.js";
import {unborn, unread} from "../../web/input/restore.js";
import {followReading} from "../../web/net/reading.js";

/** @param {Partial<import("../../web/types.js").Manifest>} manifest */
const stateOf = (manifest) => ({clock: /** @type {const} */ ("relative"), manifest: /** @type {any} */ ({wall: [], ...manifest})});

test("of a trace that is being read, a link may ask for what is not read yet", () => {
    const reading = stateOf({state: "ingesting", span_ns: 2e9, end_T: "5000"});
    assert.equal(unread(parseLink(""), reading), "");
    assert.equal(unread(parseLink("#v=1&t=0.5..2.01"), reading), "", "the air behind the end");
    assert.match(unread(parseLink("#v=1&t=0.5..2.5"), reading), /2\.5/);
    assert.equal(unread(parseLink("#v=1&sel=G3@5000"), reading), "");
    assert.match(unread(parseLink("#v=1&sel=G3@5001"), reading), /T=5001/);
    assert.equal(unread(parseLink("#v=1&t=0.5..9&sel=G3@5001"), stateOf({state: "ready", span_ns: 2e9})), "", "then nothing more comes");
});

test("of a trace that is being read, a link may name who has not begun yet", async () => {
    const reading = /** @type {any} */ ({trace: "t", manifest: {state: "ingesting", span_ns: 2e9}});
    /** @type {Record<string, any>} */
    const answers = {"traces/t/goroutines/5": {born: {t: 7}}, "traces/t/goroutines/6": {born: {t: 3e9}}, "traces/t/tasks/1": {t0: 5}};
    const api = /** @type {any} */ ({async json(/** @type {string} */ path) {
        if (path.endsWith("/500")) throw Object.assign(new Error("away"), {status: 500});
        if (!answers[path]) throw Object.assign(new Error("not found"), {status: 404});
        return answers[path];
    }});
    const asked = (/** @type {string} */ hash, state = reading) => unborn({api, store: /** @type {any} */ ({get: () => state})}, parseLink(hash));
    assert.equal(await asked("#v=1"), "");
    assert.equal(await asked("#v=1&sel=g5&iso=5"), "");
    assert.equal(await asked("#v=1&sel=g17"), "g17");
    assert.equal(await asked("#v=1&sel=g17@1.5s"), "g17");
    assert.equal(await asked("#v=1&sel=g6"), "g6", "the server is a part ahead of the page");
    assert.equal(await asked("#v=1&sel=g5&iso=5,18"), "g18");
    assert.equal(await asked("#v=1&sel=task:1"), "");
    assert.equal(await asked("#v=1&sel=task:2"), "task 2");
    assert.equal(await asked("#v=1&sel=g500"), "", "no word about it: it is looked up, and what fails is told");
    assert.equal(await asked("#v=1&sel=g17", {trace: "t", manifest: {state: "ready", span_ns: 2e9}}), "", "then nothing more comes");
});

test("whoever follows a trace hears of each part once, of the progress between, and of the end", async () => {
    const answers = [
        {state: "ingesting", part: 1, progress: {}}, {state: "ingesting", part: 2, groups: []}, null, {state: "ingesting", part: 2, progress: {}},
        {state: "ready", groups: []},
    ];
    /** @type {string[]} */
    const heard = [];
    let busy = 2;
    const api = /** @type {any} */ ({async json(/** @type {string} */ path) {
        heard.push(path);
        const answer = answers.shift();
        if (answer === null) throw new Error("away");
        return answer;
    }});
    await followReading({api, trace: "t", part: 1, isBusy: () => busy-- > 0, onProgress: () => heard.push("progress"), onPart: ({state, part}) => heard.push(`${state} ${part}`)});
    assert.deepEqual(heard, [
        "traces/t?part=1", "progress", "traces/t?part=1", "ingesting 2", "traces/t?part=2", "traces/t?part=2", "progress", "traces/t?part=2", "ready undefined",
    ]);
});
