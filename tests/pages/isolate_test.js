/** Rows of single goroutines: from Details, by key, in the link, by a click on their cross; drawn and selectable at every zoom. */
import assert from "node:assert/strict";
import {test} from "node:test";
import {MISSING, canvasOf, drawn, freshPage, inPage, laneBox, ringPixels, stateOf, until, useSite} from "./harness.js";

/** @typedef {import("playwright-core").Page} BrowserPage */

const site = useSite();
const options = {skip: MISSING, timeout: 60000};

/** @typedef {{g: string, function: string, block: number, row: number, born: {t: number}, gone: {t: number}|null}} Record */

/** Goroutines that did most of something. @param {string} query @returns {Promise<Record[]>} */
async function goroutines(query) {
    return (await (await fetch(`${site.api}/goroutines?${query}`)).json()).goroutines;
}

/** Share of a lane's pixels that are not its background, between two times. @param {BrowserPage} page @param {string} lane @param {number} from @param {number} to @returns {Promise<number>} */
const inkIn = (page, lane, from, to) => inPage(page, `
    const {t0, t1, scrollY} = own.store.get();
    const canvas = ${canvasOf("lanes")};
    const lane = own.stage.lanes.find(${JSON.stringify(lane)});
    const scale = canvas.width / canvas.clientWidth;
    const at = (t) => (t - t0) / (t1 - t0) * canvas.width;
    const x = Math.max(Math.ceil(at(${from})), 0), end = Math.min(Math.floor(at(${to})), canvas.width);
    const y = Math.round((lane.y - scrollY + lane.height - 2) * scale);
    if (end - x < 1) return -1;
    const copy = new OffscreenCanvas(end - x, 1).getContext("2d", {willReadFrequently: true});
    copy.drawImage(canvas, x, y, end - x, 1, 0, 0, end - x, 1);
    const {data} = copy.getImageData(0, 0, end - x, 1);
    const names = ["running", "gc", "assist", "syscall", "runnable", "sync", "chan", "other", "net", "sleep"];
    const style = getComputedStyle(document.documentElement);
    const colours = new Set(names.map((name) => Number.parseInt(style.getPropertyValue("--" + name).trim().slice(1), 16)));
    let n = 0;
    for (let i = 0; i < data.length; i += 4) if (colours.has((data[i] << 16) | (data[i + 1] << 8) | data[i + 2])) n++;
    return n / (end - x);`);

/** @param {BrowserPage} page @param {() => Promise<boolean>} fits @param {string} what */
async function wait(page, fits, what) {
    for (let i = 0; i < 100; i++) {
        if (await fits()) return;
        await page.waitForTimeout(50);
    }
    assert.fail(what);
}

test("a link with goroutines shows a row of each, and nothing outside of their lives", options, async () => {
    const list = (await goroutines("sort=running&limit=1000")).filter(({born, gone}) => gone && gone.t - born.t > 1e6 && born.t > 20e6).slice(0, 5);
    assert.ok(list.length >= 2, "the trace has some that live for a part of it");
    const {page, troubles, close} = await freshPage(site.browser);
    await page.goto(`${site.address}#v=1&iso=${list.map(({g}) => g).join()}`);
    await drawn(page);
    await until(page, ({isolated}) => isolated.length === list.length, "all are looked up");
    for (const zoom of [1, 40, 2000]) {
        for (const {g, born, gone} of list) {
            const end = gone?.t ?? 0;
            if (zoom > 1) {
                const half = 410e6 / zoom / 2;
                await inPage(page, `own.store.set({t0: ${end - half}, t1: ${end + half}})`);
            }
            const {t0, t1} = await stateOf(page);
            const px = (t1 - t0) / 1384;
            if (end - born.t > 6 * px) await wait(page, async () => await inkIn(page, `I${g}`, Math.max(born.t, t0) + 2 * px, Math.min(end, t1) - 2 * px) > 0.9, `g${g} is drawn at zoom ${zoom}`);
            await wait(page, async () => await inkIn(page, `I${g}`, end + 2 * px, t1) < 0.01, `nothing of others behind g${g} at zoom ${zoom}`);
            if (born.t - t0 > 4 * px) await wait(page, async () => await inkIn(page, `I${g}`, t0, born.t - 2 * px) < 0.01, `nothing of others before g${g} at zoom ${zoom}`);
        }
    }
    assert.match(page.url(), new RegExp(`iso=${list.map(({g}) => g).join()}`));
    assert.deepEqual(troubles, []);
    await close();
});

test("I isolates what is selected; a click there selects; × and Esc take it away", options, async () => {
    const {page, troubles, close} = await freshPage(site.browser);
    await page.goto(site.address);
    await drawn(page);
    await page.locator("#detail section", {hasText: "Longest of each kind"}).locator("tr", {hasText: "Runnable"}).getByRole("button").click();
    await until(page, ({selection}) => selection?.kind === "interval", "a link selects");
    const {selection} = await stateOf(page);
    const g = selection?.g ?? "";
    await page.locator("#lanes").focus();
    await page.keyboard.press("i");
    await until(page, ({isolated, scrollY}) => isolated[0]?.g === g && scrollY === 0, "I isolates");
    await page.waitForTimeout(500);
    assert.ok(await ringPixels(page, `I${g}`) > 10, "the selection has its ring there too");
    await page.keyboard.press("f");
    await page.waitForTimeout(600);
    await page.keyboard.press("Escape");
    await until(page, (state) => state.selection === null && state.isolated.length === 1, "Esc clears the selection first");
    const lane = await laneBox(page, `I${g}`);
    assert.ok(lane, "its row is on the screen");
    await page.mouse.click(lane.x + lane.width / 2, lane.y + lane.height / 2);
    await until(page, (state) => state.selection?.g === g && state.selection.T === selection?.T, "a click selects the interval");
    assert.equal((await stateOf(page)).scrollY, 0, "and stays there");
    await page.locator("#detail").getByRole("button", {name: "Isolated ×"}).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await until(page, (state) => state.isolated.length === 0, "Esc again takes the rows away");
    await page.goBack();
    await until(page, (state) => state.isolated.length === 1, "Back brings them again");
    const names = await page.locator("#labels").boundingBox();
    const again = await laneBox(page, `I${g}`);
    assert.ok(names && again);
    await page.mouse.click(names.x + names.width - 10, again.y + again.height / 2);
    await until(page, (state) => state.isolated.length === 0, "× takes the row away");
    assert.deepEqual(troubles, []);
    await close();
});

test("all that the table lists can be isolated", options, async () => {
    const {page, troubles, close} = await freshPage(site.browser);
    await page.goto(`${site.address}#v=1&panel=goroutines`);
    await drawn(page);
    const [most] = await goroutines("sort=running&limit=1");
    await page.locator("#detail input[type=search]").fill(most?.function ?? "");
    await page.waitForFunction(() => location.hash.includes("match=") && document.querySelectorAll("#detail button.fold").length === 1);
    await page.locator("#detail button.fold").first().click();
    await page.locator("#detail tr[data-g]").first().waitFor();
    const n = await page.locator("#detail tr[data-g]").count();
    await page.getByRole("button", {name: "Isolate all shown"}).click();
    await until(page, ({isolated}) => isolated.length === Math.min(n, 32), "as many as are listed");
    assert.deepEqual(troubles, []);
    await close();
});
