/** Layout: what is where, and what a hand can resize, fold and pin. */
import assert from "node:assert/strict";
import {test} from "node:test";
import {MISSING, colouredShare, drawn, freshPage, inPage, laneBox, settled, stateOf, until, usePage, useSite} from "./harness.js";
import {countColour, inOrder, pictureOf} from "./viewer.js";

const site = useSite();
const own = usePage(site);
const options = {skip: MISSING, timeout: 60000};

const manifestOf = async () => (await fetch(site.api)).json();

test("the bar at the top holds the trace's name, the search box, the visible range, Share and ?", options, async () => {
    const page = await own.at("t=0.1..0.2");
    assert.equal(await page.locator("#name").innerText(), "demo.trace");
    await page.getByRole("combobox", {name: /Go to a time/}).waitFor();
    assert.match(await page.locator("#range").innerText(), /0\.1000* – 0\.2000* s/);
    await page.getByRole("button", {name: "Share", exact: true}).waitFor();
    await page.getByRole("button", {name: "Help"}).waitFor();
});

test("the menu of the name tells what the trace is and leads to the others", options, async () => {
    const page = await own.at();
    await page.locator("#name").click();
    await page.locator("#name-menu dl").waitFor();
    assert.match(await page.locator("#name-menu").innerText(), /Length\s+410\.3 ms[\s\S]*Goroutines\s+394[\s\S]*All traces/);
    await page.keyboard.press("Escape");
    assert.ok(await page.locator("#name-menu").isHidden());
});

test("the overview shows the whole trace as activity by state, with pauses, and the window over it", options, async () => {
    const page = await own.at();
    for (const token of ["running", "gc", "stw"]) assert.ok(await countColour(page, "overview", token) > 5, token);
    for (const token of ["chan", "net", "sleep"]) assert.equal(await countColour(page, "overview", token), 0, `${token} is parked`);
    const before = await countColour(page, "overview", "text");
    await own.at("t=0.1..0.2");
    assert.ok(await countColour(page, "overview", "text") > before + 100, "the frame of the window");
});

test("lanes stand from top to bottom: counters, collections, processors, threads, goroutines", options, async () => {
    const page = await own.at();
    const wanted = ["counters", "c:Heap", "c:Goroutines alive", "c:goroutines", "gc", "procs", "P0", "threads", "goroutines"];
    assert.deepEqual(await inOrder(page, [...wanted].reverse()), wanted);
});

test("goroutines stand in groups by start function, each with how many it has", options, async () => {
    const page = await own.at();
    const {groups} = await manifestOf();
    const ids = groups.filter((/** @type {any} */ g) => g.goroutines > 0).map((/** @type {any} */ g) => `g:${g.function}`);
    assert.equal((await inOrder(page, ids)).length, ids.length);
    await page.keyboard.press("Tab"); // the same rows as a table
    const row = page.locator("#mirror tr[data-lane='g:net/http.(*conn).serve']");
    const serve = groups.find((/** @type {any} */ g) => g.function === "net/http.(*conn).serve");
    assert.match(await row.first().innerText(), new RegExp(`\\b${serve.goroutines}\\b`));
});

test("a group that is folded is one area, unfolded it has its rows below", options, async () => {
    const page = await own.at("open=goroutines");
    const {groups} = await manifestOf();
    const group = groups.find((/** @type {any} */ g) => g.rows > 1 && g.function !== "");
    const row = `G${group.blocks[0] * 32}`;
    assert.deepEqual(await inOrder(page, [row, `g:${group.function}`]), [`g:${group.function}`]);
    await own.at(`open=goroutines,g:${encodeURIComponent(group.function)}`);
    assert.deepEqual(await inOrder(page, [row, `g:${group.function}`]), [`g:${group.function}`, row]);
});

test("threads are folded to one area, and unfold to a row each", options, async () => {
    const page = await own.at("open=");
    const {threads} = await manifestOf();
    const folded = /** @type {number} */ (await inPage(page, "return own.stage.lanes.height();"));
    await own.at("open=threads");
    const unfolded = /** @type {number} */ (await inPage(page, "return own.stage.lanes.height();"));
    assert.ok(unfolded > folded && unfolded - folded < 16 * threads.length + 8);
    for (const {row} of threads) assert.ok(await laneBox(page, `M${row}`));
});

test("a processor's row is drawn where something ran, and bare where it was idle", options, async () => {
    const page = await own.at();
    const {states} = await (await fetch(`${site.api}/summary?view=P`)).json();
    const busy = states.filter((/** @type {any} */ s) => s.state !== "none").reduce((/** @type {number} */ sum, /** @type {any} */ s) => sum + s.ns, 0);
    assert.ok(busy > 0 && busy < 2 * 410e6);
    const lane = await laneBox(page, "P0");
    const canvas = await page.locator("#lanes").boundingBox();
    assert.ok(lane && canvas);
    const box = {x: 0, y: lane.y - canvas.y + 1, width: lane.width, height: lane.height - 2};
    assert.ok(await countColour(page, "lanes", "running", box) > 100, "running");
    assert.ok(await countColour(page, "lanes", "lane", box) > 20, "bare");
});

test("the panel has its tabs; a click opens one, a second closes the panel, B opens it again", options, async () => {
    const page = await own.at();
    const names = (await page.getByRole("tab").allInnerTexts()).map((name) => name.replace(/\s*[\d,]+$/, ""));
    for (const name of ["Details", "Stacks", "Statistics", "Flame graph", "Events", "Tasks", "Hits", "Goroutines"]) assert.ok(names.includes(name), name);
    await page.locator("#tab-events").click();
    await until(page, ({panel}) => panel === "events", "opened");
    await page.locator("#tab-events").click();
    await until(page, ({panel}) => panel === "", "closed");
    await page.locator("#lanes").focus();
    await page.keyboard.press("b");
    await until(page, ({panel}) => panel === "events", "opened by key");
});

test("the panel and the names are resized by their dividers, by pointer and by key", options, async () => {
    const page = await own.at();
    const drag = async (/** @type {string} */ id, /** @type {number} */ dx, /** @type {number} */ dy) => {
        const box = await page.locator(id).boundingBox();
        assert.ok(box);
        await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
        await page.mouse.down();
        await page.mouse.move(box.x + box.width / 2 + dx, box.y + box.height / 2 + dy, {steps: 4});
        await page.mouse.up();
    };
    const size = () => page.evaluate(() => {
        const [names, panel] = ["#labels-box", "#panel"].map((id) => /** @type {HTMLElement} */ (document.querySelector(id)));
        return {names: names?.offsetWidth ?? 0, panel: panel?.offsetHeight ?? 0};
    });
    const before = await size();
    await drag("#label-divider", 40, 0);
    await drag("#panel-divider", 0, -60);
    const after = await size();
    assert.ok(Math.abs(after.names - before.names - 40) <= 1 && Math.abs(after.panel - before.panel - 60) <= 1, JSON.stringify({before, after}));
    await page.locator("#label-divider").press("ArrowLeft");
    assert.equal((await size()).names, after.names - 16);
    assert.equal(await page.locator("#label-divider").getAttribute("aria-valuenow"), String(after.names - 16), "and it is told");
    await page.locator("#panel-divider").press("ArrowDown");
    assert.equal((await size()).panel, after.panel - 16);
});

test("P pins a group to the top; the pin is in the link by the function's name", options, async () => {
    const page = await own.at("open=goroutines");
    const {groups} = await manifestOf();
    const ids = groups.filter((/** @type {any} */ g) => g.goroutines > 0).map((/** @type {any} */ g) => `g:${g.function}`);
    const order = await inOrder(page, ids);
    const last = order.at(-1) ?? "";
    const {blocks} = groups.find((/** @type {any} */ g) => `g:${g.function}` === last);
    await inPage(page, `own.store.set({selection: {kind: "interval", row: {view: "G", row: ${blocks[0] * 32}}, t0: 0, t1: 1, T: "", g: "", state: 1, reason: 0}});`);
    await page.locator("#lanes").focus();
    await page.keyboard.press("p");
    await until(page, ({pins}) => pins.length === 1 && `g:${pins[0]}` === last, "pinned");
    assert.equal((await inOrder(page, ids))[0], last);
    await page.waitForFunction((name) => decodeURIComponent(location.hash).includes(`pins=${name}`), last.slice(2));
});

test("the names stay in view while the lanes move in time", options, async () => {
    const page = await own.at();
    const lane = await laneBox(page, "P0");
    const canvas = await page.locator("#lanes").boundingBox();
    assert.ok(lane && canvas);
    const box = {x: 0, y: lane.y - canvas.y, width: 100, height: 32};
    const before = await pictureOf(page, "labels", box);
    assert.ok(await countColour(page, "labels", "chrome", box) < 3200 - 20, "something is written");
    await own.at("t=0.2..0.21");
    assert.equal(await pictureOf(page, "labels", box), before);
});

for (const [width, height] of /** @type {[number, number][]} */ ([[360, 640], [1024, 768], [3840, 2160]])) {
    test(`nothing sticks out and the lanes are drawn at ${width} x ${height}`, options, async () => {
        const {page, troubles, close} = await freshPage(site.browser, {width, height});
        await page.goto(site.address);
        await drawn(page, 0.002);
        assert.deepEqual(await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]), [width, height]);
        const lanes = await page.locator("#lanes").boundingBox();
        assert.ok(lanes && lanes.height >= 100 && Math.abs(lanes.x + lanes.width - width) <= 1, JSON.stringify(lanes));
        assert.deepEqual(troubles, []);
        await close();
    });
}

test("who asked for less motion sees none: a jump is there at once", options, async () => {
    const {page, close} = await freshPage(site.browser);
    await page.emulateMedia({reducedMotion: "reduce"});
    await page.goto(site.address);
    await drawn(page);
    await page.locator("#lanes").focus();
    const seen = /** @type {number} */ (await inPage(page, `
        const lengths = new Set();
        own.store.subscribe(() => { const {t0, t1} = own.store.get(); lengths.add(t1 - t0); });
        document.querySelector("#lanes").dispatchEvent(new KeyboardEvent("keydown", {code: "KeyW", key: "w", bubbles: true}));
        return new Promise((resolve) => setTimeout(() => resolve(lengths.size), 600));`));
    assert.equal(seen, 1);
    assert.equal(await page.locator("#status").evaluate((one) => getComputedStyle(one).transitionProperty), "none");
    await close();
});

test("with two device pixels to one, every canvas is sharp", options, async () => {
    const profile = await site.browser.newContext({viewport: {width: 900, height: 700}, deviceScaleFactor: 2});
    const page = await profile.newPage();
    await page.goto(site.address);
    await drawn(page);
    await page.waitForFunction(() => !document.querySelector(".cover"));
    const scales = await page.evaluate(() => [...document.querySelectorAll("canvas")].map((one) => one.width / one.clientWidth));
    for (const scale of scales) assert.ok(Math.abs(scale - 2) < 0.02, String(scales));
    await profile.close();
});

test("dark is a theme of its own, not the light one turned over", options, async () => {
    const {page, close} = await freshPage(site.browser, {scheme: "dark"});
    await page.goto(site.address);
    await drawn(page);
    await settled(page);
    assert.ok(await colouredShare(page) > 0.02);
    assert.equal((await stateOf(page)).theme, "dark");
    assert.ok(await countColour(page, "lanes", "lane") > 1000);
    await close();
});

test("nothing went wrong meanwhile", options, () => {
    assert.deepEqual(own.troubles, []);
});
