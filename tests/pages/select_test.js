import assert from "node:assert/strict";
import {test} from "node:test";
import {MISSING, drawn, freshPage, inPage, laneBox, ringPixels, stateOf, until, useSite} from "./harness.js";

/** @typedef {import("playwright-core").Page} BrowserPage */

const site = useSite();
const options = {skip: MISSING, timeout: 60000};

/** @param {import("../../web/types.js").State} state */
const laneOf = ({selection}) => (selection?.row ? `${selection.row.view}${selection.row.row}` : "");

/** Flies to the longest wait to run, as a user finds it in the panel. @param {BrowserPage} page */
async function flyToLongest(page, kind = "Runnable") {
    await page.locator("#detail section", {hasText: "Longest of each kind"}).locator("tr", {hasText: kind}).getByRole("button").click();
    await until(page, ({selection}) => selection?.kind === "interval", "a link selects");
    await page.waitForTimeout(400);
}

test("zoom to an event, click it: details with stacks", options, async () => {
    const {page, troubles, close} = await freshPage(site.browser);
    await page.goto(site.address);
    await drawn(page);
    await flyToLongest(page);
    const first = await stateOf(page);
    await page.locator("#lanes").focus();
    await page.keyboard.press("f");
    await page.waitForTimeout(400);
    const zoomed = await stateOf(page);
    assert.ok(zoomed.selection && zoomed.t1 - zoomed.t0 < 1.5 * (zoomed.selection.t1 - zoomed.selection.t0));
    await page.keyboard.press("Escape");
    await until(page, ({selection}) => selection === null, "Esc clears");
    const lane = await laneBox(page, laneOf(first));
    assert.ok(lane, "the row is on the screen");
    await page.mouse.click(lane.x + lane.width / 2, lane.y + lane.height / 2);
    await until(page, ({selection}) => selection?.T === first.selection?.T, "a click selects what F zoomed to");
    await page.locator("#detail h2", {hasText: "Waiting to run"}).waitFor();
    const text = await page.locator("#detail").innerText();
    assert.match(text, /From – to[\s\S]*Woken by[\s\S]*Who woke it/);
    assert.ok(await page.locator("#detail .stack li").count() > 0, "a stack is shown");
    assert.match(await page.locator("#detail .shares").first().innerText(), /%/);
    assert.ok(await ringPixels(page, laneOf(first)) > 10, "its ring is drawn");
    assert.deepEqual(troubles, []);
    await close();
});

test("a copied link selects the same event elsewhere, on the screen, whatever the order of groups", options, async () => {
    const {page, close} = await freshPage(site.browser);
    await page.goto(site.address);
    await drawn(page);
    await flyToLongest(page);
    await page.locator("#lanes").focus();
    await page.keyboard.press("f");
    await page.waitForTimeout(500);
    const before = await stateOf(page);
    const there = await laneBox(page, laneOf(before));
    await page.locator("#detail").getByRole("button", {name: "Copy link"}).click();
    await page.locator("#status", {hasText: "Link to this event copied"}).waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(link, /#v=1&t=/);
    await close();
    for (const how of ["as it was", "groups in another order", "a small screen"]) {
        const other = await freshPage(site.browser, how === "a small screen" ? {width: 800, height: 500, scheme: "dark"} : {});
        if (how === "groups in another order") {
            await other.page.route(/api\/v1\/traces\/[0-9a-f]{32}$/, async (route) => {
                const manifest = await (await route.fetch()).json();
                const most = Math.max(...manifest.groups.map((/** @type {{time: number[]}} */ {time}) => Math.max(...time)));
                manifest.groups.forEach((/** @type {{time: number[]}} */ group) => group.time = group.time.map((ns) => most - ns));
                return route.fulfill({json: manifest});
            });
        }
        await other.page.goto(link);
        await drawn(other.page);
        await until(other.page, ({selection}) => selection?.T === before.selection?.T, how);
        await other.page.waitForTimeout(300);
        const now = await stateOf(other.page);
        assert.deepEqual(now.selection, before.selection, how);
        assert.ok(Math.abs(now.t0 - before.t0) <= 1 && Math.abs(now.t1 - before.t1) <= 1, `${how}: the same range`);
        const lane = await laneBox(other.page, laneOf(now));
        assert.ok(lane, `${how}: its row is on the screen`);
        if (how === "as it was") assert.ok(Math.abs(lane.y - (there?.y ?? 0)) <= 1, "the same vertical position");
        assert.ok(await ringPixels(other.page, laneOf(now)) > 10, `${how}: its ring is drawn`);
        assert.deepEqual(other.troubles, []);
        await other.close();
    }
});

test("Back returns from a jump, Forward takes it again, reload keeps the view", options, async () => {
    const {page, troubles, close} = await freshPage(site.browser);
    await page.goto(site.address);
    await drawn(page);
    const start = await stateOf(page);
    await flyToLongest(page, "Sync");
    const there = await stateOf(page);
    assert.notEqual(there.selection, null);
    await page.waitForTimeout(500);
    await page.goBack();
    await until(page, ({selection, t0, t1}) => selection === null && Math.abs(t0 - start.t0) <= 1 && Math.abs(t1 - start.t1) <= 1, "Back");
    await page.goForward();
    await until(page, ({selection, t0}) => selection?.T === there.selection?.T && Math.abs(t0 - there.t0) <= 1, "Forward");
    await page.reload();
    await drawn(page);
    await until(page, ({selection, scrollY}) => selection?.T === there.selection?.T && Math.abs(scrollY - there.scrollY) <= 1, "reload");
    assert.deepEqual(troubles, []);
    await close();
});

test("a drag selects a range; its statistics, events and link follow", options, async () => {
    const {page, troubles, close} = await freshPage(site.browser);
    await page.goto(site.address);
    await drawn(page);
    const box = await laneBox(page, "P0");
    assert.ok(box);
    await page.mouse.move(box.x + 300, box.y + 5);
    await page.mouse.down();
    await page.mouse.move(box.x + 420, box.y + 60, {steps: 4});
    await page.mouse.up();
    await until(page, ({selection}) => selection?.kind === "range", "a drag selects");
    await page.locator("#detail h2", {hasText: "Selected range"}).waitFor();
    await page.locator("#tab-statistics").click();
    await page.waitForFunction(() => document.querySelectorAll("#detail tbody").length === 1); // of the Details tab: three
    assert.ok(await page.locator("#detail tbody tr").count() > 3);
    assert.match(await page.locator("#detail tbody").innerText(), /Running[\s\S]*%/);
    await page.locator("#tab-events").click();
    await page.locator("#detail h2", {hasText: "Events in the selected range"}).waitFor();
    const rows = await page.locator("#detail tbody tr").count();
    assert.ok(rows > 0 && rows <= 250);
    await page.locator("#share").click();
    await page.locator("#status", {hasText: "Link to this range copied"}).waitFor();
    const {selection} = await stateOf(page);
    const other = await freshPage(site.browser);
    await other.page.goto(await page.evaluate(() => navigator.clipboard.readText()));
    await drawn(other.page);
    const found = (await stateOf(other.page)).selection;
    assert.ok(found && selection && Math.abs(found.t0 - selection.t0) <= 1 && Math.abs(found.t1 - selection.t1) <= 1);
    assert.equal((await stateOf(other.page)).panel, "events");
    await other.close();
    assert.deepEqual(troubles, []);
    await close();
});

test("the tooltip tells an interval and a bin, and never covers their row", options, async () => {
    const {page, troubles, close} = await freshPage(site.browser);
    await page.goto(site.address);
    await drawn(page);
    for (const id of ["P0", `g:${await inPage(page, "return own.stage.lanes.visible().find((lane) => lane.kind === \"group\").group.function;")}`]) {
        const lane = await laneBox(page, id);
        assert.ok(lane, id);
        await page.mouse.move(lane.x + lane.width * 0.3, lane.y + lane.height - 4);
        await page.locator("#tooltip h3").waitFor();
        await page.waitForTimeout(600);
        const tip = await page.locator("#tooltip").boundingBox();
        assert.ok(tip && (tip.y >= lane.y + lane.height || tip.y + tip.height <= lane.y), id);
        await page.mouse.move(lane.x + lane.width * 0.3, 5);
    }
    assert.deepEqual(troubles, []);
    await close();
});

test("a link of another version or tool opens what it can and says so", options, async () => {
    const {page, close} = await freshPage(site.browser);
    await page.goto(`${site.address}#v=1&t=0.1..0.2&zebra=1`);
    await drawn(page);
    const {t0, t1} = await stateOf(page);
    assert.deepEqual([Math.round(t0), Math.round(t1)], [1e8, 2e8]);
    assert.match(await page.locator("#status").innerText(), /zebra=1/);
    await page.goto("about:blank");
    await page.goto(`${site.address}#v=1&sel=G0@1`);
    await drawn(page);
    await page.locator("#status", {hasText: "not in this trace"}).waitFor();
    await close();
});
