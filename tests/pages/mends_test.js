/** What is typed stays, what is shown is what was asked for last, and Back leads to where one was. */
import assert from "node:assert/strict";
import {test} from "node:test";
import {MISSING, drawn, freshPage, inPage, stateOf, until, useSite} from "./harness.js";

/** @typedef {import("playwright-core").Page} BrowserPage */

const site = useSite();
const options = {skip: MISSING, timeout: 60000};
const get = async (/** @type {string} */ path) => (await fetch(`${site.api}${path}`)).json();

/** @param {string} more parts of the link */
async function open(more) {
    const fresh = await freshPage(site.browser, {}, []);
    await fresh.page.goto(`${site.address}#v=1${more}`);
    await drawn(fresh.page, 0.002);
    return fresh;
}

/** Answers come so much later. @param {BrowserPage} page @param {string} path @param {number} ms */
const delay = (page, path, ms) => page.route(path, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    await route.continue().catch(() => {});
});

/** What #status says or said last. @param {BrowserPage} page */
const said = (page) => page.evaluate(() => document.querySelector("#status")?.textContent ?? "");

test("what is typed with pauses stands in the filter as it was typed", options, async () => {
    const {page, close} = await open("&panel=goroutines");
    await page.waitForSelector("#detail tr[data-group]");
    const box = page.locator("#detail input.filter");
    await box.focus();
    for (const part of ["ma", "in"]) {
        await page.keyboard.type(part, {delay: 40});
        await page.waitForTimeout(700);
    }
    assert.equal(await box.inputValue(), "main");
    await until(page, ({table}) => table.match === "main", "the filter is what was typed");
    await close();
});

test("notes typed one after the other are all kept, and Enter leaves the focus in the note", options, async () => {
    const {page, close} = await open("&panel=marks&marks=0.1,0.2");
    await page.locator("#detail [data-mark='0'] input").focus();
    await page.keyboard.type("one");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.type("tw");
    await page.waitForTimeout(500);
    await page.keyboard.type("o");
    await page.keyboard.press("Enter");
    await until(page, ({marks}) => marks.map(({note}) => note).join() === "one,two", "both notes");
    await page.waitForTimeout(400);
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Note of mark 2");
    await close();
});

test("what is sought in the flame graph stays when the view moves", options, async () => {
    const {page, close} = await open("&panel=flame");
    await page.waitForSelector("#detail .flame [data-node]");
    await page.locator("#detail .flame-head input").fill("main");
    await page.locator("#lanes").focus();
    await inPage(page, "const {t0, t1} = own.store.get(); own.store.set({t0: t0 + 1e7, t1: t1 - 1e7});");
    await page.waitForTimeout(900);
    await page.waitForSelector("#detail .flame [data-node]");
    assert.equal(await page.locator("#detail .flame-head input").inputValue(), "main");
    await close();
});

test("a heading pressed twice while answers are slow sorts as it says", options, async () => {
    const {page, close} = await open("&panel=goroutines");
    await page.waitForSelector("#detail tr[data-group]");
    const heading = page.getByRole("button", {name: "Execution time"});
    await heading.click();
    await page.waitForSelector("#detail th[aria-sort=descending] >> text=Execution time");
    await page.waitForTimeout(500);
    await delay(page, "**/goroutines/functions?**", 400);
    await heading.click();
    await page.waitForTimeout(120);
    await heading.click();
    await page.waitForTimeout(1500);
    const {table} = await stateOf(page);
    const shown = await page.locator("#detail th[aria-sort]").getAttribute("aria-sort");
    assert.equal(shown, table.down ? "descending" : "ascending");
    const sorted = await get(`/goroutines/functions?limit=100&sort=${table.sort}&order=${table.down ? "desc" : "asc"}`);
    assert.equal(await page.locator("#detail tr[data-group]").first().getAttribute("data-group"), String(sorted.functions[0].group));
    await close();
});

test("the goroutine table is filled when the panel was closed while it was added up", options, async () => {
    const {page, close} = await open("");
    await delay(page, "**/goroutines/functions?**", 1000);
    await page.locator("#tab-goroutines").click();
    await page.waitForTimeout(500);
    await page.locator("#tab-goroutines").click();
    await page.waitForTimeout(300);
    await page.locator("#tab-goroutines").click();
    await page.waitForSelector("#detail tr[data-group]");
    await close();
});

test("a link keeps what it selects while that is looked up", options, async () => {
    const {goroutines: [{g}]} = await get("/goroutines/times?limit=1&sort=execution");
    const fresh = await freshPage(site.browser);
    const {page} = fresh;
    await delay(page, `**/goroutines/${g}`, 2500);
    await page.goto(`${site.address}#v=1&sel=g${g}`);
    await page.waitForFunction(() => document.documentElement.dataset["page"] === "viewer");
    await inPage(page, "own.store.set({labels: false});");
    await page.waitForFunction(() => location.hash.includes("labels=0"));
    assert.match(page.url(), new RegExp(`sel=g${g}(&|$)`));
    await until(page, ({selection}) => selection?.g === g, "it is selected");
    await fresh.close();
});

test("the newer of two links, and of two jumps, wins whichever answer comes last", options, async () => {
    const {goroutines: [{g: slow}, {g: quick}]} = await get("/goroutines/times?limit=2&sort=execution");
    const {page, close} = await open("");
    await delay(page, `**/goroutines/${slow}`, 1200);
    await page.evaluate((hash) => { location.hash = hash; }, `#v=1&sel=g${slow}`);
    await page.waitForTimeout(100);
    await page.evaluate((hash) => { location.hash = hash; }, `#v=1&sel=g${quick}`);
    await until(page, ({selection}) => selection?.g === quick, "the newer link");
    await page.waitForTimeout(1600);
    assert.equal((await stateOf(page)).selection?.g, quick);
    const go = (/** @type {string} */ g) => page.evaluate(async (text) => {
        const box = /** @type {HTMLInputElement} */ (document.querySelector("#search"));
        box.focus();
        box.value = text;
        box.dispatchEvent(new Event("input"));
        box.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true}));
    }, `g${g}`);
    await page.keyboard.press("Escape");
    await go(slow);
    await page.waitForTimeout(100);
    await go(quick);
    await until(page, ({selection}) => selection?.g === quick, "the newer jump");
    await page.waitForTimeout(1600);
    assert.equal((await stateOf(page)).selection?.g, quick);
    await close();
});

test("where the server is away, a step along the row says so, and nothing of an end of the row", options, async () => {
    const {goroutines: [{g}]} = await get("/goroutines/times?limit=1&sort=execution");
    const {page, close} = await open(`&sel=g${g}`);
    await until(page, ({selection}) => selection?.g === g, "it is selected");
    await inPage(page, "own.cache.entries.clear(); own.cache.raw.clear?.(); own.cache.failures.clear();");
    await page.route("**/api/v1/**", (route) => route.abort());
    await page.locator("#lanes").focus();
    await page.keyboard.press(".");
    await page.waitForFunction(() => /Cannot reach the server/.test(document.querySelector("#status")?.textContent ?? ""));
    assert.doesNotMatch(await said(page), /last on the row/);
    await close();
});

test("a jump into a folded group says nothing of a folded row, is one entry, and Back folds the group again", options, async () => {
    const {goroutines: [{g}]} = await get("/goroutines/times?limit=1&sort=execution");
    const {page, close} = await open("&open=procs&panel=goroutines");
    await inPage(page, "window.words = []; new MutationObserver(() => window.words.push(document.querySelector('#status').textContent)).observe(document.querySelector('#status'), {childList: true, characterData: true, subtree: true});");
    const before = await page.evaluate(() => history.length);
    await page.locator("#search").fill(`g${g}`);
    await page.keyboard.press("Enter");
    await until(page, ({selection}) => selection?.g === g, "it is selected");
    await page.waitForTimeout(800);
    const words = /** @type {string[]} */ (await page.evaluate("window.words"));
    assert.ok(!words.some((one) => one.includes("folded")), words.join(" | "));
    assert.equal(await page.evaluate(() => history.length), before + 1);
    await page.goBack();
    await until(page, ({selection, open: shown}) => selection === null && !shown["goroutines"], "Back folds it again");
    await close();
});

test("only rows replaces the rows in one entry, and Back brings back those that were there", options, async () => {
    const {goroutines: [{g}]} = await get("/goroutines/times?limit=1&sort=execution");
    const {page, close} = await open(`&iso=${g}&q=state:blocked%3E1ms`);
    await until(page, ({isolated}) => isolated.length === 1, "the row of the link");
    await page.waitForFunction(() => !/** @type {HTMLElement} */ (document.querySelector("#search-tools")).hidden);
    await page.getByRole("button", {name: /^only rows/}).click();
    await until(page, ({isolated}) => isolated.length > 1, "rows of the hits");
    await page.waitForTimeout(600);
    await page.goBack();
    await until(page, ({isolated}) => isolated.map((one) => one.g).join() === g, "Back brings back the row");
    await close();
});

test("a range between marks is one entry, also where the window stays", options, async () => {
    const {page, close} = await open("&panel=marks&marks=0.1,0.2");
    const before = await page.evaluate(() => history.length);
    await page.getByRole("button", {name: "Select this range"}).click();
    await until(page, ({selection}) => selection?.kind === "range", "the range");
    await page.waitForTimeout(800);
    assert.equal(await page.evaluate(() => history.length), before + 1);
    await page.goBack();
    await until(page, ({selection}) => selection === null, "Back");
    await close();
});

test("a menu closes when Tab leaves it", options, async () => {
    const {page, close} = await open("");
    await page.locator("#share-more").click();
    assert.equal(await page.locator("#share-menu").isVisible(), true);
    for (let i = 0; i < 3; i++) await page.keyboard.press("Tab");
    assert.equal(await page.locator("#share-menu").isVisible(), false);
    await close();
});

test("Ctrl+, within the help opens the preferences, and closes them", options, async () => {
    const {page, close} = await open("");
    await page.keyboard.press("?");
    await page.waitForSelector("#help[open]");
    await page.keyboard.press("Control+,");
    await page.waitForSelector("#preferences[open]");
    await page.keyboard.press("Control+,");
    await page.waitForFunction(() => document.querySelector("dialog[open]") === null);
    await close();
});

test("all shown isolated twice says that they are there already", options, async () => {
    const {page, close} = await open("&panel=goroutines");
    await page.waitForSelector("#detail tr[data-group]");
    await page.locator("#detail .fold").first().click();
    await page.waitForSelector("#detail tr[data-g]");
    await page.getByRole("button", {name: "Isolate all shown"}).click();
    await until(page, ({isolated}) => isolated.length > 0, "rows");
    await page.waitForTimeout(600);
    await page.getByRole("button", {name: "Isolate all shown"}).click();
    await page.waitForFunction(() => /already\./.test(document.querySelector("#status")?.textContent ?? ""));
    await close();
});

test("Enter in the flame graph keeps the focus on the box", options, async () => {
    const {page, close} = await open("&panel=flame");
    await page.waitForSelector("#detail .flame [data-node]");
    await page.locator("#detail .flame [role=treeitem]").first().focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForTimeout(600);
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("role")), "treeitem");
    await close();
});
