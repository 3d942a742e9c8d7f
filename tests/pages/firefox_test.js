/** The core of the page in Firefox, driven over WebDriver BiDi: open, pan, zoom, select, link, keys, search. */
import assert from "node:assert/strict";
import {test} from "node:test";
import {DEMO, MISSING_FIREFOX, drawn, freshPage, laneBox, ringPixels, stateOf, until, useSite} from "./harness.js";
import {linkTo, longestOf, scrollAndZoomByWheel, selectedBox, showAllByKey, walkByKeys} from "./viewer.js";

const site = useSite(DEMO, "firefox");
const options = {skip: MISSING_FIREFOX, timeout: 90000};

/** @param {string} more parts of a link */
async function open(more = "") {
    const fresh = await freshPage(site.browser, {width: 1200, height: 800});
    await fresh.page.goto(`${site.address}#v=1${more === "" ? "" : `&${more}`}`);
    await drawn(fresh.page);
    await fresh.page.locator("#lanes").focus();
    return fresh;
}

test("Firefox: the demo opens without an error, its lanes in the colours of states", options, async () => {
    const {page, troubles, close} = await open();
    assert.match(await page.locator("#name").innerText(), /demo\.trace/);
    assert.match(await page.locator("#range").innerText(), /^0\.000 – 0\.410 s/);
    assert.deepEqual(troubles, []);
    await close();
});

test("Firefox: keys zoom, pan, and show all", options, async () => {
    const {page, troubles, close} = await open();
    const whole = await walkByKeys(page);
    await showAllByKey(page, whole);
    await drawn(page);
    assert.deepEqual(troubles, []);
    await close();
});

test("Firefox: the wheel scrolls lanes, with Ctrl it zooms at the pointer", options, async () => {
    const {page, close} = await open();
    await scrollAndZoomByWheel(page, 2);
    await close();
});

test("Firefox: a drag selects a range", options, async () => {
    const {page, close} = await open();
    const lane = await laneBox(page, "P0");
    assert.ok(lane);
    await page.mouse.move(lane.x + 200, lane.y + 5);
    await page.mouse.down();
    await page.mouse.move(lane.x + 400, lane.y + 30, {steps: 4});
    await page.mouse.up();
    await until(page, ({selection}) => selection?.kind === "range", "selected");
    await page.locator("#detail h2", {hasText: "Selected range"}).waitFor();
    await close();
});

test("Firefox: a click selects an event, its details and ring are shown, and its link brings it back", options, async () => {
    const stay = await longestOf(site.api, "runnable");
    const {page, troubles, close} = await open(linkTo(stay));
    await until(page, ({selection}) => selection?.kind === "interval", "the link selects");
    const box = await selectedBox(page);
    await page.keyboard.press("Escape");
    await until(page, ({selection}) => selection === null, "Esc clears");
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await until(page, ({selection}) => selection?.kind === "interval", "a click selects");
    await page.locator("#detail h2", {hasText: "Waiting to run"}).waitFor();
    await page.waitForFunction(() => /sel=G\d+@\d+/.test(location.hash));
    const {selection} = await stateOf(page);
    const other = await freshPage(site.browser, {width: 1200, height: 800});
    await other.page.goto(page.url());
    await drawn(other.page);
    await until(other.page, (state) => state.selection?.T === selection?.T, "the same event");
    await other.page.waitForTimeout(500);
    assert.ok(await ringPixels(other.page, `${selection?.row?.view}${selection?.row?.row}`) > 10, "its ring is drawn");
    assert.deepEqual([...troubles, ...other.troubles], []);
    await other.close();
    await close();
});

test("Firefox: the search box counts hits and goes to the first", options, async () => {
    const {page, close} = await open();
    await page.keyboard.press("/");
    await page.keyboard.type("state:sync>1ms");
    await until(page, ({found}) => found?.done === true && found.total > 0, "counted");
    await page.keyboard.press("Enter");
    await until(page, ({selection, found}) => selection?.kind === "interval" && (found?.number ?? 0) > 0, "the first hit");
    await close();
});

test("Firefox: ? lists the keys", options, async () => {
    const {page, close} = await open();
    await page.keyboard.press("?");
    await page.locator("#help h1").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("#help h1").waitFor({state: "hidden"});
    await close();
});
