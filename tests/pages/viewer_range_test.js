/** A range of time: everything below is of that range. And the table of goroutines. */
import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {test} from "node:test";
import {MISSING, inPage, laneBox, stateOf, until, usePage, useSite} from "./harness.js";

const site = useSite();
const own = usePage(site);
const options = {skip: MISSING, timeout: 60000};
const RANGE = "sel=0.1..0.2";
const QUERY = "from=100000000&to=200000000";

test("a drag over the lanes selects a range; the other way round the same one", options, async () => {
    const page = await own.at("t=0..0.4&panel=");
    const box = await page.locator("#lanes").boundingBox();
    assert.ok(box);
    for (const [from, to] of [[200, 500], [500, 200]]) {
        await page.mouse.move(box.x + (from ?? 0), box.y + 300);
        await page.mouse.down();
        await page.mouse.move(box.x + (to ?? 0), box.y + 340, {steps: 5});
        await page.mouse.up();
        const {selection} = await stateOf(page);
        const at = (/** @type {number} */ x) => x / box.width * 0.4e9;
        assert.ok(selection?.kind === "range" && Math.abs(selection.t0 - at(200)) < 1e6 && Math.abs(selection.t1 - at(500)) < 1e6, JSON.stringify(selection));
        await page.locator("#lanes").focus();
        await page.keyboard.press("Escape");
    }
});

test("Statistics of a range are those of the server: a row for each state and reason", options, async () => {
    const page = await own.at(`${RANGE}&panel=statistics`);
    await page.locator("#detail tbody tr").first().waitFor();
    const {states} = await (await fetch(`${site.api}/summary?view=A&${QUERY}&durations=1`)).json();
    const wanted = states.filter((/** @type {any} */ s) => s.state !== "none");
    assert.equal(await page.locator("#detail tbody tr").count(), wanted.length);
    const counts = await page.locator("#detail tbody td:nth-child(3)").allInnerTexts();
    assert.deepEqual(counts.map((text) => Number(text.replace(/,/g, ""))).sort((a, b) => a - b), wanted.map((/** @type {any} */ s) => s.n).sort((/** @type {number} */ a, /** @type {number} */ b) => a - b));
    const heads = await page.locator("#detail thead").innerText();
    for (const name of ["Count", "Total", "Min", "Mean", "p50", "p90", "p99", "Max"]) assert.ok(heads.includes(name), name);
});

test("Statistics are saved as a table that a spreadsheet reads", options, async () => {
    const page = await own.at(`${RANGE}&panel=statistics`);
    await page.locator("#detail tbody tr").first().waitFor();
    const saved = page.waitForEvent("download");
    await page.locator("#detail").getByRole("button", {name: "CSV"}).click();
    const lines = readFileSync(await (await saved).path(), "utf8").trim().split("\r\n");
    assert.equal(lines.length, 1 + await page.locator("#detail tbody tr").count());
    const columns = (lines[0] ?? "").split(",").length;
    assert.ok(columns >= 8 && lines.every((line) => line.split(",").length >= columns));
});

test("Statistics are of all, of processors, or of threads, as is chosen, and the link keeps it", options, async () => {
    const page = await own.at(`${RANGE}&panel=statistics`);
    await page.locator("#detail .scopes").getByRole("button", {name: "Processors"}).click();
    await until(page, ({scope}) => scope === "procs", "chosen");
    await page.waitForFunction(() => location.hash.includes("scope=procs"));
    await page.waitForFunction(() => document.querySelector("#detail .scopes [aria-pressed=true]")?.textContent === "Processors");
});

test("the flame graph of a range is of that range, and so is its download for go tool pprof", options, async () => {
    const page = await own.at(`${RANGE}&panel=flame&of=chan`);
    await page.waitForSelector(".flame > [data-node='0']");
    const href = await page.getByRole("link", {name: "Download profile"}).getAttribute("href");
    assert.ok(href?.includes("from=100000000") && href.includes("to=200000000") && href.includes("format=pprof"), String(href));
    const answer = await fetch(new URL(href ?? "", page.url()));
    assert.equal(answer.status, 200);
    assert.deepEqual([...new Uint8Array(await answer.arrayBuffer()).slice(0, 2)], [0x1f, 0x8b], "a gzip file, as pprof wants it");
});

test("the events that are listed begin within the range", options, async () => {
    const page = await own.at(`${RANGE}&panel=events`);
    await page.locator("#detail tbody tr").first().waitFor();
    const times = (await page.locator("#detail tbody td:first-child").allInnerTexts()).map((text) => Number.parseFloat(text));
    assert.ok(times.length > 10 && times.every((t) => t >= 0.1 && t < 0.2), times.slice(0, 5).join());
});

test("F zooms to the range", options, async () => {
    const page = await own.at(RANGE);
    await page.keyboard.press("f");
    await until(page, ({t0, t1}) => t0 <= 1e8 && t0 > 0.98e8 - 2e7 && t1 >= 2e8 && t1 < 2.2e8, "zoomed");
});

test("a double click on an interval makes it fill the view", options, async () => {
    const page = await own.at("t=0.1..0.11");
    const lane = await laneBox(page, "P0");
    assert.ok(lane);
    const at = /** @type {number} */ (await inPage(page, `
        const box = document.querySelector("#lanes").getBoundingClientRect();
        for (let x = 40; x < box.width - 40; x += 4) {
            const hit = own.stage.hitTest(x, ${lane.y} - box.y + 8);
            if (hit && hit.kind !== "bin" && hit.t1 > hit.t0) return x;
        }
        return -1;`));
    assert.ok(at > 0, "some interval is drawn exactly");
    await page.mouse.dblclick(lane.x + at, lane.y + 8);
    await until(page, ({selection, t0, t1}) => selection !== null && selection.t1 > selection.t0 && t1 - t0 < 3 * (selection.t1 - selection.t0), "zoomed");
});

test("the goroutine table sorts by every column, both ways", options, async () => {
    const page = await own.at("panel=goroutines");
    await page.locator("#detail tbody tr").first().waitFor();
    const counts = async () => (await page.locator("#detail tbody tr td:nth-child(2)").allInnerTexts()).map((text) => Number(text.replace(/,/g, "")));
    const head = page.locator("#detail thead button", {hasText: /^Goroutines$/});
    for (const [order, way] of /** @type {const} */ ([["descending", -1], ["ascending", 1]])) {
        await head.click();
        await page.locator(`#detail th[aria-sort=${order}]`, {hasText: /^Goroutines/}).waitFor();
        const all = await counts();
        assert.ok(all.length > 5);
        assert.deepEqual(all, [...all].sort((a, b) => way * (a - b)));
    }
});

test("the goroutine table is filtered by words of the name", options, async () => {
    const page = await own.at("panel=goroutines");
    const box = page.getByLabel("Filter by name");
    await box.fill("SERVE");
    await until(page, ({table}) => table.match === "SERVE", "in the link");
    await page.waitForFunction(() => ![...document.querySelectorAll("#detail tbody .name.wide")].some((name) => /bgsweep/.test(name.textContent)));
    const names = await page.locator("#detail tbody .name.wide").allInnerTexts();
    assert.ok(names.length > 0 && names.every((name) => /serve/i.test(name)), names.join());
    await box.fill("no such function");
    await page.getByText("No function or goroutine has this in its name or number.").waitFor();
    await box.fill("");
});

test("a row of the goroutine table leads to its timelines; its arrow to the goroutines one by one", options, async () => {
    const page = await own.at("panel=goroutines&open=");
    const row = page.locator("#detail tbody tr", {hasText: "serve"}).first();
    await row.locator(".fold").click();
    await page.locator("#detail tr[data-g]").first().waitFor();
    const g = await page.locator("#detail tr[data-g]").first().getAttribute("data-g");
    await page.locator("#detail tr[data-g]").first().getByRole("button", {name: `g${g}`, exact: true}).click();
    await until(page, ({selection}) => selection?.g === g, "the goroutine");
    const again = await own.at("panel=goroutines&open=");
    await again.locator("#detail tbody tr", {hasText: "serve"}).first().locator(".link:not(.fold)").first().click();
    await until(again, ({open}) => Boolean(open["goroutines"]), "unfolded");
    const name = String(await row.locator("span[title]").first().getAttribute("title"));
    for (let i = 0; i < 40 && !await laneBox(again, `g:${name}`); i++) await again.waitForTimeout(100);
    assert.ok(await laneBox(again, `g:${name}`), "on the screen");
});

test("the rows on the canvas are a table for keyboard and screen reader, with what each holds", options, async () => {
    const page = await own.at();
    await page.keyboard.press("Tab");
    const lanes = await page.locator("#mirror tr[data-lane]").evaluateAll((list) => list.map((one) => /** @type {HTMLElement} */ (one).dataset["lane"]));
    for (const id of ["counters", "gc", "procs", "P0", "P1", "goroutines"]) assert.ok(lanes.includes(id), `${id}: ${lanes.join()}`);
    assert.deepEqual(await page.locator("#mirror th").allInnerTexts(), ["Name", "Kind", "Holds", "State"]);
});

test("nothing went wrong meanwhile", options, () => {
    assert.deepEqual(own.troubles, []);
});
