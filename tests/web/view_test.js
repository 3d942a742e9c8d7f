import assert from "node:assert/strict";
import {test} from "node:test";
import {clampSpan, growSpan, MIN_SPAN_NS, panBy, wholeSpan, zoomAt} from "../../web/core/viewport.js";
import {levelFor, tilesOver, tileSpan} from "../../web/core/tile_key.js";
import {viewOf, snapX} from "../../web/draw/scale.js";

const SPAN = 2e9;

test("a zoom keeps the time under the pointer", () => {
    const view = {t0: 5e8, t1: 6e8};
    const next = zoomAt(view, 300, 1200, 2, SPAN);
    assert.ok(Math.abs((view.t0 + 1e8 * 0.25) - (next.t0 + (next.t1 - next.t0) * 0.25)) < 1e-3);
});

test("the window stays between 50 ns and the whole trace, and within it", () => {
    assert.equal(clampSpan({t0: 10, t1: 11}, SPAN).t1 - clampSpan({t0: 10, t1: 11}, SPAN).t0, MIN_SPAN_NS);
    assert.deepEqual(clampSpan({t0: -1e12, t1: 1e12}, SPAN), wholeSpan(SPAN));
    const far = panBy({t0: 0, t1: 1e8}, 1e12, SPAN);
    assert.ok(Math.abs(far.t1 - wholeSpan(SPAN).t1) < 1 && Math.abs(far.t1 - far.t0 - 1e8) < 1);
    assert.ok(clampSpan({t0: 0, t1: 0}, 0).t1 > 0);
});

test("a window on all of the trace grows with it, any other stays", () => {
    assert.deepEqual(growSpan(wholeSpan(SPAN), SPAN, 3 * SPAN), wholeSpan(3 * SPAN));
    assert.deepEqual(growSpan({t0: 0, t1: SPAN / 2}, SPAN, 3 * SPAN), {t0: 0, t1: SPAN / 2});
});

test("a level is used while its bin spans 1 to 2 px, with 15 % hysteresis", () => {
    for (const nsPerPx of [1, 3, 1000, 123456]) {
        const px = 2 ** levelFor(nsPerPx, 40) / nsPerPx;
        assert.ok(px >= 1 && px < 2);
    }
    assert.equal(levelFor(1.1, 40, 0), 0); // 0.91 px: the level in use stays
    assert.equal(levelFor(1.2, 40, 0), 1);
    assert.equal(levelFor(1e9, 10), 9);
    assert.equal(levelFor(0.01, 10), 0);
});

test("tiles cover the window and no more", () => {
    assert.deepEqual(tilesOver(4, tileSpan(4), 3 * tileSpan(4), 1e9), {first: 1, last: 2});
    assert.deepEqual(tilesOver(4, -1e9, 1, 1e9), {first: 0, last: 0});
    assert.deepEqual(tilesOver(4, 2e9, 3e9, 1e9), {first: 0, last: -1});
});

test("a pan keeps its scale, so that painted cells fit pixel by pixel, even deep in a long trace", () => {
    const t = 3e12;
    let view = viewOf(null, t, t + 60, 1400, 1);
    const {id} = view.scale;
    for (let i = 1; i < 20; i++) {
        view = viewOf(view, t + i * 0.7, t + i * 0.7 + 60, 1400, 1);
        assert.equal(view.scale.id, id);
        assert.ok(Math.abs(snapX(view, t + 30) - (30 - i * 0.7) / 60 * 1400) <= 1);
    }
    assert.notEqual(viewOf(view, t, t + 61, 1400, 1).scale.id, id);
});
