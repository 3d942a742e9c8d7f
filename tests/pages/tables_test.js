/** The goroutine table in every order and range, rows of a selection in all panels, tables as files, the timelines as a picture. */
import assert from "node:assert/strict";
import {readFile} from "node:fs/promises";
import {test} from "node:test";
import {MISSING, drawn, freshPage, laneBox, stateOf, until, useSite} from "./harness.js";

/** @typedef {import("playwright-core").Page} BrowserPage */

const site = useSite();
const options = {skip: MISSING, timeout: 60000};
const get = async (/** @type {string} */ path) => (await fetch(`${site.api}${path}`)).json();

/** Texts of a column of functions or, unfolded, of goroutines. @param {BrowserPage} page @param {string} rows @param {number} column */
const cells = (page, rows, column) => page.locator(`#detail ${rows} td:nth-child(${column})`).allTextContents();

/** @param {BrowserPage} page @param {() => Promise<void>} act @returns {Promise<{name: string, text: string, bytes: Buffer}>} */
async function fileOf(page, act) {
    const [download] = await Promise.all([page.waitForEvent("download"), act()]);
    const bytes = await readFile(await download.path());
    return {name: download.suggestedFilename(), bytes, text: bytes.toString("utf8")};
}

test("functions are listed in any order, which the link keeps with what is unfolded", options, async () => {
    const {page, troubles, close} = await freshPage(site.browser);
    await page.goto(`${site.address}#v=1&panel=goroutines`);
    await page.waitForSelector("#detail tr[data-group]");
    const whole = await get("/goroutines/functions?limit=100");
    assert.deepEqual((await cells(page, "tr[data-group]", 2)).map((words) => Number(words.replace(/,/g, ""))), whole.functions.map((/** @type {{n: number}} */ {n}) => n));
    await page.getByRole("button", {name: "p99", exact: true}).click();
    await page.getByRole("button", {name: "Sched wait time"}).click();
    await page.waitForFunction(() => location.hash.includes("sort=-sched_wait") && location.hash.includes("stat=p99"));
    const sorted = await get("/goroutines/functions?limit=100&sort=sched_wait.p99");
    const groups = sorted.functions.map((/** @type {{group: number}} */ {group}) => String(group)).join();
    await page.waitForFunction((want) => [...document.querySelectorAll("#detail tr[data-group]")].map((row) => row.getAttribute("data-group")).join() === want, groups);
    await page.getByRole("button", {name: "Sched wait time"}).click();
    const up = await get("/goroutines/functions?limit=100&sort=sched_wait.p99&order=asc");
    await page.waitForFunction((want) => document.querySelector("#detail tr[data-group]")?.getAttribute("data-group") === want, String(up.functions[0].group));
    await page.getByRole("button", {name: "Sched wait time"}).click();
    await page.waitForFunction((want) => document.querySelector("#detail tr[data-group]")?.getAttribute("data-group") === want, String(sorted.functions[0].group));
    const most = sorted.functions.reduce((/** @type {any} */ a, /** @type {any} */ b) => (b.n > a.n ? b : a));
    await page.locator(`#detail tr[data-group="${most.group}"] .fold`).click();
    await page.waitForSelector("#detail tr[data-g]");
    const ones = await get(`/goroutines/times?group=${most.group}&sort=sched_wait&limit=50`);
    const ids = ones.goroutines.map((/** @type {{g: string}} */ {g}) => g).join();
    const shown = () => page.evaluate(() => [...document.querySelectorAll("#detail tr[data-g]")].map((row) => row.getAttribute("data-g")).join());
    assert.equal(await shown(), ids);
    if (ones.next) {
        await page.getByRole("button", {name: "More", exact: true}).click();
        await page.waitForFunction((n) => document.querySelectorAll("#detail tr[data-g]").length > n, ones.goroutines.length);
    }
    await page.waitForFunction(() => location.hash.includes("fn="));
    const again = await freshPage(site.browser);
    await again.page.goto(page.url());
    await again.page.waitForSelector("#detail tr[data-g]");
    assert.equal(await again.page.locator("#detail th[aria-sort=descending] > button:first-child").textContent(), "Sched wait time");
    assert.equal(await again.page.evaluate(() => [...document.querySelectorAll("#detail tr[data-g]")].map((row) => row.getAttribute("data-g")).join()), ids);
    assert.deepEqual([...troubles, ...again.troubles], []);
    await again.close();
    await close();
});

test("a filter takes parts of names and numbers; a line leads to its timeline, the table stays, Back returns", options, async () => {
    const {goroutines: [{g}]} = await get("/goroutines/times?limit=1&sort=execution");
    const {page, troubles, close} = await freshPage(site.browser);
    await page.goto(`${site.address}#v=1&panel=goroutines`);
    await drawn(page);
    await page.locator("#detail input[type=search]").fill(`g${g}`);
    await page.waitForFunction((want) => location.hash.includes(`match=${want}`), `g${g}`);
    const {n_functions: n} = await get(`/goroutines/functions?match=g${g}`);
    await page.waitForFunction((want) => document.querySelectorAll("#detail tr[data-group]").length === want, n);
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Filter by name or number");
    await page.evaluate(() => document.querySelectorAll("#detail .fold[aria-expanded=false]").forEach((fold) => /** @type {HTMLElement} */ (fold).click()));
    await page.waitForSelector(`#detail tr[data-g="${g}"]`);
    const before = page.url();
    await page.locator(`#detail tr[data-g="${g}"]`).getByRole("button", {name: `g${g}`, exact: true}).click();
    await until(page, ({selection, panel}) => selection?.g === g && panel === "goroutines", "the goroutine is selected");
    await page.waitForSelector(`#detail tr[data-g="${g}"][aria-current=true]`);
    await page.goBack();
    await until(page, ({selection}) => selection === null, "Back returns");
    assert.ok(page.url().includes("match=") && before.includes("match="));
    assert.deepEqual(troubles, []);
    await close();
});

test("a slow table shows a bar, and can be cancelled", options, async () => {
    const {page, close} = await freshPage(site.browser);
    let held = 0;
    await page.route("**/goroutines/functions?**", async (route) => {
        if (held++ > 0) return route.continue();
        await new Promise((resolve) => setTimeout(resolve, 4000));
        await route.continue().catch(() => {});
    });
    await page.goto(`${site.address}#v=1&panel=goroutines`);
    await page.waitForSelector("#detail progress");
    await page.getByRole("button", {name: "Cancel"}).click();
    await page.waitForFunction(() => document.querySelector("#detail")?.textContent?.includes("Cancelled."));
    await page.getByRole("button", {name: "Again"}).click();
    await page.waitForSelector("#detail tr[data-group]");
    await close();
});

test("a drag over rows selects them for all panels, in the link, until another scope is chosen", options, async () => {
    const {page, troubles, close} = await freshPage(site.browser);
    await page.goto(`${site.address}#v=1&open=procs,goroutines&panel=statistics`);
    await drawn(page);
    const manifest = await get("");
    const [a, b] = [await laneBox(page, `P${manifest.procs[0].row}`), await laneBox(page, `P${manifest.procs[1].row}`)];
    assert.ok(a && b);
    const [high, low] = a.y < b.y ? [a, b] : [b, a];
    await page.mouse.move(high.x + 300, high.y + 2);
    await page.mouse.down();
    await page.mouse.move(high.x + 500, low.y + low.height - 3, {steps: 6});
    await page.mouse.up();
    await until(page, ({selection, scope}) => scope === "rows" && (selection?.rows?.length ?? 0) > 0, "rows are selected");
    const {selection} = await stateOf(page);
    assert.ok(selection?.rows?.every((word) => /^P\d/.test(word)), selection?.rows?.join());
    await page.waitForFunction(() => /sel=[\d.]+@P/.test(location.hash) && location.hash.includes("scope=rows"));
    const range = `from=${Math.floor(selection?.t0 ?? 0)}&to=${Math.ceil(selection?.t1 ?? 0)}`;
    const sums = await get(`/summary?rows=${selection?.rows?.join()}&${range}`);
    const states = sums.states.filter((/** @type {{state: string}} */ {state}) => state !== "none").length;
    await page.waitForFunction((want) => document.querySelectorAll("#detail tbody tr").length === want, states);
    const tint = await page.evaluate(([x = 0, y = 0, below = 0]) => {
        const overlay = /** @type {HTMLCanvasElement} */ (document.querySelector("#overlay + .cover") ?? document.querySelector("#overlay"));
        const box = overlay.getBoundingClientRect();
        const copy = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(overlay.width, overlay.height).getContext("2d", {willReadFrequently: true}));
        copy.drawImage(overlay, 0, 0);
        return [y, below].map((at) => copy.getImageData((x - box.x) * overlay.width / box.width, (at - box.y) * overlay.height / box.height, 1, 1).data[3]);
    }, [high.x + 400, high.y + 3, low.y + low.height + 60]);
    assert.ok((tint[0] ?? 0) > 0 && tint[1] === 0, `the box lies over its rows alone: ${tint.join()}`);
    const again = await freshPage(site.browser);
    await again.page.goto(page.url());
    await until(again.page, ({selection: other, scope}) => scope === "rows" && other?.rows?.join() === selection?.rows?.join(), "the link has the rows");
    await again.page.waitForFunction((want) => document.querySelectorAll("#detail tbody tr").length === want, states);
    await page.getByRole("button", {name: "All goroutines"}).click();
    await until(page, ({scope}) => scope === "all", "another scope");
    await page.mouse.move(high.x + 300, high.y + 4);
    await page.mouse.down();
    await page.mouse.move(high.x + 500, high.y + 6, {steps: 6});
    await page.mouse.up();
    await until(page, ({selection: other}) => other?.kind === "range" && other.rows === undefined, "along one row: all rows");
    assert.deepEqual([...troubles, ...again.troubles], []);
    await again.close();
    await close();
});

test("selected goroutine rows are what Events, Flame graph and Goroutines speak of", options, async () => {
    const functions = (await get("/goroutines/functions?limit=100&sort=n")).functions;
    const rows = `g:${functions[0].function}`;
    const whole = await get("");
    const {page, troubles, close} = await freshPage(site.browser);
    const span = `${whole.span_ns * 0.2 / 1e9}..${whole.span_ns * 0.8 / 1e9}`.replace(/(\.\d{1,9})\d*/g, "$1");
    for (const panel of ["events", "flame", "goroutines", "statistics", "stacks"]) {
        const asked = page.waitForRequest((request) => request.url().includes(`rows=F${functions[0].group}`));
        await page.goto("about:blank");
        await page.goto(`${site.address}#v=1&sel=${span}@${encodeURIComponent(rows)}&scope=rows&panel=${panel}`);
        await asked;
        await page.waitForSelector("#detail .chip[aria-pressed=true]");
    }
    assert.deepEqual(troubles, []);
    await close();
});

test("tables are saved whole, as the server has them", options, async () => {
    const {page, troubles, close} = await freshPage(site.browser);
    await page.goto(`${site.address}#v=1&panel=goroutines`);
    await page.waitForSelector("#detail tr[data-group]");
    const csv = await fileOf(page, () => page.getByRole("button", {name: "CSV"}).first().click());
    assert.equal(csv.name, "demo-functions.csv");
    assert.equal(csv.text, await (await fetch(`${site.api}/goroutines/functions?format=csv&limit=1000&sort=total`)).text());
    const json = await fileOf(page, () => page.getByRole("button", {name: "JSON"}).first().click());
    assert.deepEqual(JSON.parse(json.text), (await get("/goroutines/functions?limit=1000")).functions);

    await page.goto("about:blank"); // or what was there before is taken for the new
    await page.goto(`${site.address}#v=1&panel=events&sel=0..0.01`);
    await page.waitForSelector("#detail tbody tr");
    const events = await fileOf(page, () => page.getByRole("button", {name: "CSV"}).click());
    let text = "";
    for (let after = ""; ;) {
        const answer = await fetch(`${site.api}/events?from=0&to=10000000&format=csv&limit=777${after === "" ? "" : `&after=${after}`}`);
        text += await answer.text();
        after = answer.headers.get("tilescope-next") ?? "";
        if (after === "") break;
    }
    assert.equal(events.text, text);
    assert.equal(events.name, "demo-events-all-0-0.01s.csv");
    for (const panel of ["statistics", "stacks", "flame"]) {
        await page.goto("about:blank");
        await page.goto(`${site.address}#v=1&panel=${panel}`);
        await page.waitForSelector("#detail table, #detail .stack, #detail .flame");
        const {text: table} = await fileOf(page, () => page.getByRole("button", {name: "CSV"}).click());
        assert.match(table, /^[a-z,0-9._A-Z]+\r\n(?:.+\r\n)+$/, panel);
        const {text: list} = await fileOf(page, () => page.getByRole("button", {name: "JSON"}).click());
        assert.equal(JSON.parse(list).length, table.split("\r\n").length - 2, panel);
    }
    assert.deepEqual(troubles, []);
    await close();
});

test("the timelines are saved as a picture with a caption", options, async () => {
    const {page, troubles, close} = await freshPage(site.browser);
    await page.goto(`${site.address}#v=1`);
    await drawn(page);
    await page.getByRole("button", {name: "More ways to share"}).click();
    const {name, bytes} = await fileOf(page, () => page.getByRole("button", {name: "Save picture as PNG"}).click());
    assert.match(name, /^demo-timelines-.*s\.png$/);
    assert.deepEqual([...bytes.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
    const boxes = await page.evaluate(() => ["axis", "labels", "lanes"].map((id) => document.querySelector(`#${id}`)?.getBoundingClientRect().toJSON()));
    assert.equal(width, Math.round(boxes[2].right - boxes[1].left));
    assert.equal(height, Math.round(boxes[2].bottom - boxes[0].top + 28));
    const colours = await page.evaluate(async (data) => {
        const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], {type: "image/png"}));
        const ctx = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", {willReadFrequently: true}));
        ctx.drawImage(bitmap, 0, 0);
        const colour = (/** @type {number} */ y0, /** @type {number} */ y1) => new Set(new Uint32Array(ctx.getImageData(0, y0, bitmap.width, y1 - y0).data.buffer)).size;
        return [colour(0, 28), colour(28, bitmap.height)];
    }, bytes.toString("base64"));
    assert.ok((colours[0] ?? 0) > 4 && (colours[1] ?? 0) > 50, `caption and lanes are there: ${colours.join()} colours`);
    assert.deepEqual(troubles, []);
    const other = await fileOf(page, () => page.keyboard.press("Control+Shift+E"));
    assert.equal(other.name, name);
    await close();
});
