import assert from "node:assert/strict";
import {test} from "node:test";
import {orGap} from "../../web/draw/gaps.js";
import {hitWith} from "../../web/draw/hit.js";
import {viewOf} from "../../web/draw/scale.js";

/** @type {any} */
const manifest = {span_ns: 1000, gaps: [{t0: 100, t1: 200, why: "a"}, {t0: 1000, why: "the end"}]};
const view = viewOf(null, 0, 1100, 1100, 1);

test("a gap is under the pointer where nothing is known, one at the end without length too", () => {
    const why = (/** @type {number} */ t, /** @type {any} */ hit = null) => /** @type {any} */ (orGap(manifest, view, t, hit)?.more["gap"])?.why;
    assert.deepEqual([why(99), why(100), why(150), why(201), why(990), why(1003)], [undefined, "a", "a", undefined, undefined, "the end"]);
    const running = hitWith({kind: "interval", state: 1});
    assert.equal(orGap(manifest, view, 150, running), running, "what is known comes first");
    assert.equal(why(150, hitWith({kind: "interval", state: 11})), "a", "a state that is not known is no news");
    assert.equal(orGap({...manifest, gaps: undefined}, view, 150, null), null);
});
