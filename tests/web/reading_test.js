import assert from "node:assert/strict";
import {test} from "node:test";
import {parseLink} from "../../web/core/link.js";
import {unread} from "../../web/input/restore.js";
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
