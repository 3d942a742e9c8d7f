/** Stacks of a range: flame graph, merged list, statistics with durations; each choice in the link. */
import assert from "node:assert/strict";
import {test} from "node:test";
import {MISSING, freshPage, useSite} from "./harness.js";

const site = useSite();
const options = {skip: MISSING, timeout: 60000};

/** @param {string} hash */
async function open(hash) {
    const fresh = await freshPage(site.browser);
    await fresh.page.goto(`${site.address}${hash}`);
    return fresh;
}

test("the flame graph of the link's kind and range is that of the server", options, async () => {
    const {page, troubles, close} = await open("#v=1&t=0.1..0.2&panel=flame&of=chan");
    await page.waitForSelector(".flame > [data-node='0']");
    const answer = await (await fetch(`${site.api}/profile?of=chan&from=100000000&to=200000000`)).json();
    const shown = await page.locator(".flame > div").count();
    assert.ok(shown > 3 && shown <= answer.nodes.length, `${shown} boxes`);
    assert.equal(await page.locator(".kinds [aria-pressed=true]").textContent(), "Chan / select");
    const first = answer.functions[answer.nodes[1][1]].name;
    assert.ok((await page.locator(".flame > [data-node='1']").getAttribute("aria-label"))?.startsWith(`${first}: `));
    assert.deepEqual(troubles, []);
    await close();
});

test("a click gives a box the whole width, Escape takes it back, arrows walk", options, async () => {
    const {page, close} = await open("#v=1&panel=flame");
    await page.waitForSelector(".flame > [data-node='0']");
    const second = page.locator(".flame > [aria-level='3']").first();
    const node = await second.getAttribute("data-node");
    await second.click();
    const box = page.locator(`.flame > [data-node='${node}']`);
    assert.equal(await box.evaluate((one) => one.style.width), "100%");
    await box.press("ArrowUp");
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-level")), "2");
    await page.keyboard.press("Escape");
    assert.ok(await page.locator(".flame > [aria-level='2']").count() > 1);
    await close();
});

test("another kind is another link, and that link shows it", options, async () => {
    const {page, close} = await open("#v=1&panel=flame");
    await page.waitForSelector(".flame");
    await page.locator("#detail").getByRole("button", {name: "Runnable"}).click();
    await page.waitForSelector(".flame.runnable");
    await page.waitForFunction(() => location.hash.includes("of=runnable"));
    const again = await open(new URL(page.url()).hash);
    await again.page.waitForSelector(".flame.runnable");
    assert.equal(await again.page.locator(".flame > div").first().textContent(), await page.locator(".flame > div").first().textContent());
    await again.close();
    await close();
});

test("what was chosen by key keeps the focus when the tab is drawn again", options, async () => {
    const {page, close} = await open("#v=1&panel=flame");
    await page.waitForSelector(".flame");
    await page.locator("#detail").getByRole("button", {name: "Runnable"}).press("Enter");
    await page.waitForSelector(".flame.runnable");
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Runnable");
    await close();
});

test("a function that is looked for is marked, with its share", options, async () => {
    const {page, close} = await open("#v=1&panel=flame");
    await page.waitForSelector(".flame");
    await page.getByLabel("Find a function in the flame graph").fill("http");
    assert.ok(await page.locator(".flame > .hit").count() > 0);
    assert.match(await page.locator(".flame-line").textContent() ?? "", /boxes: .* %/);
    await close();
});

test("without a selection Stacks lists the heaviest, with whole paths", options, async () => {
    const {page, close} = await open("#v=1&panel=stacks&of=sync");
    await page.waitForSelector(".weighed");
    const answer = await (await fetch(`${site.api}/profile?of=sync`)).json();
    assert.equal(await page.locator(".weighed").count(), Math.min(answer.stacks.length, 50));
    await close();
});

test("a row of Statistics unfolds to its durations and the ten longest, each a link to it", options, async () => {
    const {page, close} = await open("#v=1&panel=statistics");
    const row = page.locator("#detail tbody tr", {hasText: "Runnable"}).first();
    await row.locator(".fold").click();
    await page.waitForSelector("tr.more .histogram.runnable i");
    assert.ok(await page.locator("tr.more li").count() > 1);
    await page.locator("tr.more li button").first().click();
    await page.waitForFunction(() => /sel=G\d+@\d+/.test(location.hash));
    await close();
});
