import assert from "node:assert/strict";
import {test} from "node:test";
import {MISSING, drawn, freshPage, laneBox, stateOf, until, useSite} from "./harness.js";
import {scrollAndZoomByWheel, showAllByKey, walkByKeys} from "./viewer.js";

const site = useSite();
const options = {skip: MISSING, timeout: 60000};

/** @param {{width?: number, height?: number, touch?: boolean}} [how] */
async function open(how) {
    const fresh = await freshPage(site.browser, how);
    await fresh.page.goto(site.address);
    await drawn(fresh.page);
    await fresh.page.locator("#lanes").focus();
    return fresh;
}

test("W A S D, 0, Home, End and Ctrl+Z move the view", options, async () => {
    const {page, troubles, close} = await open();
    const length = (/** @type {{t0: number, t1: number}} */ {t0, t1}) => t1 - t0;
    const whole = await walkByKeys(page);
    await page.keyboard.press("Home");
    await until(page, ({t0}) => t0 <= 0, "Home");
    await page.keyboard.press("End");
    await until(page, ({t1}) => t1 >= 410e6, "End");
    await page.waitForTimeout(700);
    await showAllByKey(page, whole);
    await page.waitForTimeout(700);
    await page.keyboard.press("Control+z");
    await until(page, (state) => length(state) < length(whole) / 4, "Ctrl+Z");
    await page.keyboard.press("Control+y");
    await until(page, (state) => Math.abs(length(state) - length(whole)) < 2, "Ctrl+Y");
    assert.deepEqual(troubles, []);
    await close();
});

test("the wheel scrolls lanes, with Shift time, with Ctrl it zooms at the pointer, with Alt it sets the row height", options, async () => {
    const {page, close} = await open();
    await scrollAndZoomByWheel(page, 4);
    await page.waitForTimeout(400);
    const {t0} = await stateOf(page);
    await page.keyboard.down("Shift");
    await page.mouse.wheel(0, 120);
    await page.keyboard.up("Shift");
    await until(page, (state) => state.t0 > t0, "Shift+wheel");
    await page.keyboard.down("Alt");
    await page.mouse.wheel(0, -120);
    await page.keyboard.up("Alt");
    await until(page, ({rowHeight}) => rowHeight === 24, "Alt+wheel");
    await close();
});

test("the box goes to a time, a goroutine, a processor and a function", options, async () => {
    const {page, troubles, close} = await open();
    const go = async (/** @type {string} */ words) => {
        await page.locator("#lanes").focus();
        await page.keyboard.press("/");
        await page.keyboard.type(words);
        await page.locator("#search-list li").first().waitFor();
        await page.keyboard.press("Enter");
    };
    await go("0.1s..0.2s");
    await until(page, ({t0, t1}) => Math.abs(t0 - 1e8) < 2 && Math.abs(t1 - 2e8) < 2, "range");
    await go("0.3s");
    await until(page, ({t0, t1}) => Math.abs((t0 + t1) / 2 - 3e8) < 2, "time");
    await go("g1");
    await until(page, ({selection}) => selection?.g === "1", "goroutine");
    await go("p1");
    assert.ok(await laneBox(page, "P1"));
    await go("locks");
    await until(page, ({open: unfolded}) => Object.keys(unfolded).some((key) => key.startsWith("g:main.locks")), "function");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "lanes", "the focus is back on the lanes");
    assert.deepEqual(troubles, []);
    await close();
});

test("the rows are reached by Tab as a table; Enter folds and selects, arrows move", options, async () => {
    const {page, troubles, close} = await open();
    await page.waitForTimeout(400);
    await page.keyboard.press("Tab");
    const focused = () => page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement)?.dataset["lane"] ?? "");
    assert.notEqual(await focused(), "", "Tab leads from the lanes to the table");
    assert.ok(await page.locator("#mirror table").isVisible());
    for (let i = 0; i < 30 && await focused() !== "procs"; i++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await until(page, ({open: unfolded}) => !unfolded["procs"], "Enter folds");
    await page.waitForTimeout(400);
    assert.equal(await focused(), "procs", "the focus stays");
    await page.keyboard.press("Enter");
    await until(page, ({open: unfolded}) => Boolean(unfolded["procs"]), "Enter unfolds");
    await page.waitForTimeout(400);
    await page.keyboard.press("ArrowDown");
    assert.equal(await focused(), "P0");
    await page.keyboard.press("Enter");
    await page.waitForTimeout(500);
    await page.keyboard.press("ArrowRight");
    await until(page, ({selection}) => selection?.row?.view === "P", "a row's interval is selected");
    await page.keyboard.press("Escape");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "lanes");
    assert.deepEqual(troubles, []);
    await close();
});

test("? lists every key; single keys can be switched off there; keys are ignored while typing", options, async () => {
    const {page, close} = await open();
    await page.keyboard.press("?");
    await page.locator("#help h1").waitFor();
    const text = await page.locator("#help").innerText();
    for (const words of ["Zoom to the selection", "Back to the cause", "Previous event on the row", "Double click"]) assert.ok(text.includes(words), words);
    await page.getByLabel("Single keys act").uncheck();
    await page.keyboard.press("Escape");
    await page.locator("#lanes").focus();
    const before = await stateOf(page);
    await page.keyboard.press("w");
    await page.waitForTimeout(400);
    assert.equal((await stateOf(page)).t0, before.t0);
    await page.keyboard.press("?");
    await page.getByLabel("Single keys act").check();
    await page.getByRole("button", {name: "Close"}).click();
    await page.locator("#search").fill("w");
    await page.waitForTimeout(300);
    assert.equal((await stateOf(page)).t0, before.t0);
    await close();
});

test("comma and period step along a row, brackets along wake-ups", options, async () => {
    const {page, troubles, close} = await open();
    await page.locator("#detail section", {hasText: "Longest of each kind"}).locator("tr", {hasText: "Runnable"}).getByRole("button").click();
    await until(page, ({selection}) => selection?.kind === "interval", "selected");
    await page.locator("#lanes").focus();
    const first = (await stateOf(page)).selection;
    await page.keyboard.press(".");
    await until(page, ({selection}) => (selection?.t0 ?? 0) >= (first?.t1 ?? Infinity), ". goes on");
    await page.keyboard.press(",");
    await until(page, ({selection}) => selection?.T === first?.T, ", goes back");
    await page.keyboard.press("[");
    await page.waitForTimeout(800);
    const {selection} = await stateOf(page);
    const said = await page.locator("#status").innerText();
    assert.ok(selection?.g !== first?.g || /woke it/.test(said), "[ goes to who woke it, or says that nobody did");
    assert.deepEqual(troubles, []);
    await close();
});

test("one finger moves the view, two zoom it", options, async () => {
    const {page, troubles, close} = await open({width: 400, height: 868, touch: true});
    const session = await page.context().newCDPSession(page);
    /** @param {string} type @param {[number, number][]} points */
    const touch = (type, points) => session.send("Input.dispatchTouchEvent", {type: /** @type {"touchStart"} */ (type), touchPoints: points.map(([x, y], id) => ({x, y, id}))});
    const before = await stateOf(page);
    await touch("touchStart", [[200, 400], [260, 400]]);
    for (let i = 1; i <= 6; i++) await touch("touchMove", [[200 - i * 10, 400], [260 + i * 10, 400]]);
    await touch("touchEnd", []);
    await until(page, ({t0, t1}) => t1 - t0 < (before.t1 - before.t0) / 2, "two fingers zoom");
    const zoomed = await stateOf(page);
    await touch("touchStart", [[250, 400]]);
    for (let i = 1; i <= 6; i++) await touch("touchMove", [[250 - i * 12, 400 - i * 5]]);
    await touch("touchEnd", []);
    await until(page, ({t0, scrollY}) => t0 > zoomed.t0 && scrollY > zoomed.scrollY, "one finger moves");
    assert.equal((await stateOf(page)).selection, null, "and selects nothing");
    assert.deepEqual(troubles, []);
    await close();
});
