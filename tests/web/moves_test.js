import assert from "node:assert/strict";
import {test} from "node:test";
import {between} from "../../web/input/motion.js";
import {windowFor} from "../../web/input/go.js";
import {nextRowHeight} from "../../web/input/rows.js";
import {pinchedWindow} from "../../web/input/touch.js";
import {createViews} from "../../web/input/views.js";
import {wakeUpOf} from "../../web/input/cause.js";
import {placeBox} from "../../web/panel/tooltip.js";

test("an animated zoom keeps its fixed point", () => {
    const from = {t0: 0, t1: 1000, scrollY: 0};
    const to = {t0: 250, t1: 350, scrollY: 90};
    const fixed = 250 / 0.9; // what both windows show at the same share of their length
    for (const share of [0.1, 0.5, 0.9]) {
        const view = between(from, to, share);
        assert.ok(Math.abs((fixed - view.t0) / (view.t1 - view.t0) - fixed / 1000) < 1e-9);
    }
    assert.deepEqual(between(from, to, 1), to);
});

test("a jump keeps a window that shows the interval, moves one that can, zooms one that cannot", () => {
    const view = {t0: 1000, t1: 2000};
    assert.deepEqual(windowFor(view, 1200, 1400, 1e6), view);
    assert.deepEqual(windowFor(view, 5000, 5200, 1e6), {t0: 4600, t1: 5600});
    const wide = windowFor(view, 5000, 9000, 1e6);
    assert.ok(wide.t0 < 5000 && wide.t1 > 9000);
    assert.deepEqual(windowFor(view, 1100, 9000, 1e6), view, "its start is in view");
});

test("two fingers keep the times they took", () => {
    const window = pinchedWindow({a: 100, b: 300}, {x: 50, y: 0}, {x: 250, y: 0}, 500);
    assert.deepEqual(window, {t0: 50, t1: 550});
    assert.equal(pinchedWindow({a: 100, b: 300}, {x: 50, y: 0}, {x: 51, y: 0}, 500), null);
});

test("row heights step through their list and stop at its ends", () => {
    assert.deepEqual([6, 16, 24].map((height) => nextRowHeight(height, 1)), [10, 24, 24]);
    assert.equal(nextRowHeight(6, -1), 6);
});

test("views are stepped like changes in an editor", () => {
    const views = createViews();
    const [a, b, c] = [1, 2, 3].map((t0) => ({t0, t1: 9, scrollY: 0}));
    assert.ok(a && b && c);
    for (const view of [a, b, b]) views.add(view);
    assert.equal(views.step(1), null);
    assert.equal(views.step(-1), a);
    assert.equal(views.step(-1), null);
    assert.equal(views.step(1), b);
    views.step(-1);
    views.add(c);
    assert.equal(views.step(1), null);
    assert.equal(views.step(-1), a);
    assert.deepEqual(views.all(), {views: [a, c], at: 0});
    assert.equal(views.take(1), c);
    assert.equal(views.take(7), null);
    assert.equal(views.all().at, 1);
});

test("a tooltip hides neither its row nor that of who woke it", () => {
    const [screen, box, row] = [{width: 1000, height: 800}, {width: 200, height: 100}, {top: 400, bottom: 416}];
    assert.equal(placeBox({x: 10, y: 405}, row, box, screen).y, 426);
    assert.equal(placeBox({x: 10, y: 405}, row, box, screen, {top: 450, bottom: 466}).y, 290);
    assert.equal(placeBox({x: 10, y: 405}, row, box, screen, {top: 300, bottom: 316}).y, 426);
});

test("the wake-up of a block is what follows it, of a run what came before", async () => {
    const row = {view: /** @type {const} */ ("G"), row: 1};
    const hits = [6, 5, 1, 4, 1, 9, 5].map((state, i) => /** @type {any} */ ({state, t0: i * 10, t1: i * 10 + 10}));
    const interval = async (/** @type {any} */ _row, /** @type {number} */ t, /** @type {number} */ step) => hits[Math.floor(t / 10) + step] ?? null;
    const at = async (/** @type {number} */ t) => (await wakeUpOf({interval}, row, t))?.t0;
    assert.equal(await at(0), 10);
    assert.equal(await at(10), 10);
    assert.equal(await at(40), 10, "over a system call");
    assert.equal(await at(50), 60);
});

test("the tooltip never covers the row it speaks of", () => {
    const screen = {width: 800, height: 600};
    const box = {width: 200, height: 100};
    assert.equal(placeBox({x: 10, y: 100}, {top: 92, bottom: 108}, box, screen).y, 118);
    assert.ok(placeBox({x: 10, y: 560}, {top: 552, bottom: 568}, box, screen).y + box.height <= 552);
    assert.ok(placeBox({x: 790, y: 100}, {top: 92, bottom: 108}, box, screen).x + box.width <= screen.width);
});
