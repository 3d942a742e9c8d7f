/** User tasks: by type, one by one, each to its time and its goroutines; kinds of events. */
import assert from "node:assert/strict";
import {join} from "node:path";
import {test} from "node:test";
import {MISSING, ROOT, drawn, freshPage, laneBox, useSite} from "./harness.js";

const site = useSite(join(ROOT, "tests/traces/good/go1.26-tasks.trace"));
const options = {skip: MISSING, timeout: 60000};

test("a type unfolds to its tasks, the longest first; a task shows its time and its goroutines", options, async () => {
    const {page, troubles, close} = await freshPage(site.browser);
    await page.goto(`${site.address}#v=1&panel=tasks`);
    const types = await (await fetch(`${site.api}/tasks/types`)).json();
    await page.waitForSelector("#detail .fold");
    assert.deepEqual(await page.locator("#detail tbody tr td:first-child").allTextContents(), types.types.map((/** @type {{name: string}} */ {name}) => name));
    await page.locator("#detail .fold").first().click();
    await page.waitForSelector("tr.more .histogram i");
    const {tasks} = await (await fetch(`${site.api}/tasks?type=${types.types[0].type}&limit=1`)).json();
    await page.getByRole("button", {name: "Its goroutines"}).first().click();
    await page.waitForFunction(() => location.hash.includes("&iso=") && location.hash.includes("sel="));
    const seconds = (/** @type {number} */ ns) => String(ns / 1e9);
    assert.ok(page.url().includes(`sel=${seconds(tasks[0].t0)}..${seconds(tasks[0].t1)}`), page.url());
    await page.waitForSelector("tr.more .histogram i");
    assert.deepEqual(troubles, []);
    await close();
});

test("the kind of events that are listed is in the link", options, async () => {
    const {page, close} = await freshPage(site.browser);
    await page.goto(`${site.address}#v=1&panel=events&kinds=logs`);
    await page.waitForSelector("#detail tbody tr");
    for (const words of await page.locator("#detail tbody tr td:nth-child(3)").allTextContents()) assert.match(words, /^(Log|Label): /);
    await page.getByRole("button", {name: "Regions"}).click();
    await page.waitForFunction(() => location.hash.includes("kinds=regions") && /Region (begins|ends): /.test(document.querySelector("#detail tbody td:nth-child(3)")?.textContent ?? ""));
    await close();
});

test("a log in a row is under the pointer, selected by a click, told in Details, and in the link", options, async () => {
    const {events} = await (await fetch(`${site.api}/events?kind=log&limit=40`)).json();
    const log = events[events.length >> 1];
    const seconds = (/** @type {number} */ ns) => (ns / 1e9).toFixed(9);
    const open = `#v=1&t=${seconds(log.t - 20000)}..${seconds(log.t + 20000)}&open=goroutines&iso=${log.g}`;
    const {page, troubles, close} = await freshPage(site.browser);
    await page.goto(`${site.address}${open}`);
    await drawn(page);
    const lane = await laneBox(page, `I${log.g}`);
    assert.ok(lane);
    await page.mouse.click(lane.x + lane.width / 2, lane.y + lane.height / 2);
    await page.waitForFunction((T) => location.hash.includes(`sel=mark:G`) && location.hash.includes(`@${T}`), log.T);
    await page.waitForFunction((text) => document.querySelector("#detail")?.textContent?.includes(text), log.message ?? log.text);
    const again = await freshPage(site.browser);
    await again.page.goto(page.url());
    await again.page.waitForFunction((text) => document.querySelector("#detail")?.textContent?.includes(text), log.message ?? log.text);
    assert.deepEqual([...troubles, ...again.troubles], []);
    await again.close();
    await close();
});
