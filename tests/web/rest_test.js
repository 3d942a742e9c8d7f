import assert from "node:assert/strict";
import {test} from "node:test";
import {createRest} from "../../web/core/rest.js";

test("it is done once, after the last of many, and not when stopped", async (t) => {
    t.mock.timers.enable({apis: ["setTimeout"]});
    let now = 0;
    t.mock.method(performance, "now", () => now);
    const pass = (/** @type {number} */ ms) => {
        now += ms;
        t.mock.timers.tick(ms);
    };
    let n = 0;
    const rest = createRest(100, () => n++);
    for (let i = 0; i < 30; i++) {
        rest.begin();
        pass(50);
    }
    assert.equal(n, 0);
    pass(50);
    assert.equal(n, 1);
    pass(500);
    assert.equal(n, 1);
    rest.begin();
    rest.stop();
    pass(500);
    assert.equal(n, 1);
    rest.begin();
    pass(100);
    assert.equal(n, 2);
});
