import assert from "node:assert/strict";
import {test} from "node:test";
import {MISSING, drawn, freshPage, inPage, stateOf, until, useSite} from "./harness.js";

/** @typedef {import("playwright-core").Page} BrowserPage */

const site = useSite();
const options = {skip: MISSING, timeout: 90000};
const QUERY = "func:main state:blocked>1ms";

async function open(hash = "") {
    const fresh = await freshPage(site.browser);
    await fresh.page.goto(`${site.address}${hash}`);
    await drawn(fresh.page);
    return fresh;
}

/** @param {string} query @returns {Promise<any[]>} */
async function hitsOf(query) {
    const out = [];
    for (let after = ""; ;) {
        const page = /** @type {any} */ (await (await fetch(`${site.api}/search?q=${encodeURIComponent(query)}&limit=1000${after === "" ? "" : `&after=${after}`}`)).json());
        out.push(...page.hits);
        if (page.next === null) return out;
        after = page.next;
    }
}

/** @param {BrowserPage} page @param {string} words */
async function type(page, words) {
    await page.locator("#lanes").focus();
    await page.keyboard.press("/");
    await page.keyboard.type(words);
}

test("a query is counted, stepped through, selected, and kept in the link", options, async () => {
    const all = await hitsOf(QUERY);
    assert.ok(all.length > 10, `${all.length} hits`);
    const {page, troubles, close} = await open();
    await type(page, QUERY);
    await until(page, ({found}) => found?.done === true && found.total === all.length, "counted");
    assert.equal(await page.locator("#search-note").innerText(), `${all.length} hits`);
    await page.keyboard.press("Enter");
    await until(page, ({selection, found}) => selection?.kind === "interval" && (found?.number ?? 0) > 0, "the first hit");
    const first = await stateOf(page);
    const at = all.findIndex(({T, block, row}) => T === first.selection?.T && block * 32 + row === first.selection?.row?.row);
    assert.ok(at >= 0, "what is selected is a hit");
    assert.equal(first.selection?.t1, all[at].t1);
    assert.equal(first.found?.number, at + 1);
    await page.keyboard.press("Enter");
    await until(page, ({selection}) => selection?.T === all[at + 1].T && selection?.t0 === all[at + 1].t0, "the next hit");
    await page.keyboard.press("Shift+Enter");
    await until(page, ({selection, found}) => selection?.T === all[at].T && found?.number === at + 1, "the hit before");
    await page.keyboard.press("Enter");
    await until(page, ({selection}) => selection?.T === all[at + 1].T, "the next hit, by key on the lanes");
    await until(page, ({found}) => (found?.hits.length ?? 0) > 0, "hits in view");
    await page.waitForTimeout(600);
    assert.equal(await page.locator("#search-note").innerText(), `${at + 2} of ${all.length}`);
    await page.locator("#tab-hits").click();
    await page.locator("#detail tbody tr").first().waitFor();

    const hash = await page.evaluate(() => location.hash);
    assert.match(hash, /&q=func:main%20state:blocked%3E1ms/);
    const before = await stateOf(page);
    const again = await open(hash);
    await until(again.page, ({found, selection}) => found?.done === true && selection?.T === before.selection?.T, "the link brings it back");
    assert.equal((await stateOf(again.page)).query, QUERY);
    assert.equal(await again.page.locator("#search").inputValue(), QUERY);
    assert.equal((await stateOf(again.page)).found?.total, all.length);
    assert.deepEqual(again.troubles, []);
    await again.close();

    await page.goBack();
    await until(page, ({selection}) => selection?.T === all[at].T, "Back");
    await page.getByRole("button", {name: "Seek nothing"}).click();
    await until(page, ({query, found}) => query === "" && found === null, "nothing is sought");
    await page.goBack();
    await until(page, ({query, found}) => query === QUERY && found?.done === true, "Back brings the query");
    assert.deepEqual(troubles, []);
    await close();
});

test("after Enter the keys are those of the lanes again, after Escape too", options, async () => {
    const {page, troubles, close} = await open();
    const focused = () => page.evaluate(() => document.activeElement?.id);
    await type(page, QUERY);
    await page.keyboard.press("Enter");
    assert.equal(await focused(), "lanes");
    await until(page, ({selection}) => selection?.kind === "interval", "the first hit");
    await page.keyboard.press("m");
    await until(page, ({marks}) => marks.length === 1, "a letter is a key");
    await type(page, "serve");
    await page.keyboard.press("Escape");
    assert.equal(await focused(), "lanes");
    assert.deepEqual(troubles, []); // a query that is refused is one
    await type(page, "region:a state:sync");
    await page.locator("#search-error", {hasText: "overlaps:"}).waitFor();
    await page.keyboard.press("Enter");
    assert.equal(await focused(), "search", "what is refused is mended where it stands");
    await close();
});

test("density in the overview and flags in the lanes have the colour of hits", options, async () => {
    const {page, close} = await open();
    const pink = (/** @type {string} */ id) => page.evaluate((which) => {
        const from = /** @type {HTMLCanvasElement} */ (document.querySelector(which));
        const copy = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(from.width, from.height).getContext("2d"));
        copy.drawImage(from, 0, 0);
        const {data} = copy.getImageData(0, 0, from.width, from.height);
        const hex = getComputedStyle(document.documentElement).getPropertyValue("--hit").trim();
        const want = [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));
        let n = 0;
        for (let i = 0; i < data.length; i += 4) if ((data[i + 3] ?? 0) > 200 && want.every((c, k) => Math.abs((data[i + k] ?? 0) - c) < 6)) n++;
        return n;
    }, id);
    assert.equal(await pink("#overview"), 0);
    await type(page, "state:sync>2ms");
    await page.keyboard.press("Enter");
    await until(page, ({found}) => found?.done === true && found.hits.length > 0, "counted");
    await page.waitForTimeout(600);
    assert.ok(await pink("#overview") > 10, "overview");
    assert.ok(await pink("#overlay") > 10, "flags");
    await close();
});

test("keys and values are completed; what is wrong is said in words", options, async () => {
    const {page, troubles, close} = await open();
    await type(page, "-sta");
    await page.keyboard.press("Tab");
    await page.keyboard.type("block");
    await page.locator("#search-list li").first().waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("#search").inputValue(), "-state:blocked ");
    assert.equal(await page.locator("#search").getAttribute("role"), "combobox");
    await page.locator("#search").fill("state:sinc");
    await page.locator("#search-error").waitFor();
    assert.match(await page.locator("#search-error").innerText(), /at character 7: no state is called so/);
    await page.locator("#search").fill("");
    await until(page, ({query}) => query === "", "emptied");
    assert.ok(troubles.every((trouble) => /400/.test(trouble)), troubles.join());
    await close();
});

test("the goroutines with hits get rows of their own; queries are remembered; every action has its name", options, async () => {
    const ids = [...new Set((await hitsOf("func:main.tasks kind:region")).map(({g}) => g))];
    const {page, troubles, close} = await open();
    await type(page, "func:main.tasks kind:region");
    await page.keyboard.press("Enter");
    await until(page, ({found}) => found?.done === true, "counted");
    await page.getByRole("button", {name: /Rows of their own/}).click();
    await until(page, ({isolated}) => isolated.length === Math.min(ids.length, 32), "isolated");
    assert.deepEqual((await stateOf(page)).isolated.map(({g}) => g), ids.slice(0, 32));
    await page.waitForTimeout(400);
    await page.getByRole("button", {name: "Seek nothing"}).click();
    await until(page, ({query}) => query === "", "nothing is sought");
    await page.locator("#lanes").focus();
    await page.keyboard.press("/");
    assert.match(await page.locator("#search-list").innerText(), /func:main.tasks kind:region/);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+Shift+P");
    await page.keyboard.type("text in");
    assert.match(await page.locator("#search-list li").first().innerText(), /Text in bars/);
    await page.keyboard.press("Enter");
    await until(page, ({labels}) => !labels, "the action ran");
    assert.equal(await inPage(page, "return document.activeElement.id"), "lanes");
    assert.deepEqual(troubles, []);
    await close();
});
