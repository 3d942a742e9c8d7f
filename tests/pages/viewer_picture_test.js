/** What is drawn: one colour per state, never by colour alone, the same picture again, and never a blank one. */
import assert from "node:assert/strict";
import {test} from "node:test";
import {MISSING, canvasOf, colouredShare, drawn, freshPage, inPage, laneBox, settled, usePage, useSite} from "./harness.js";
import {countColour, linkTo, longestOf, pictureOf, selectedBox} from "./viewer.js";

const site = useSite();
const own = usePage(site);
const options = {skip: MISSING, timeout: 60000};
const LOUD = ["running", "gc", "assist", "syscall", "runnable", "sync"];
const PARKED = ["chan", "other", "net", "sleep"];

test("each state has one colour everywhere: legend, panel, lanes and overview", options, async () => {
    const page = await own.at("panel=statistics");
    await page.waitForSelector("#detail .swatch");
    const colours = await page.evaluate(() => {
        /** @type {Record<string, string[]>} */
        const found = {};
        for (const one of document.querySelectorAll("#legend .swatch, #detail .swatch")) {
            const name = [...one.classList].find((word) => word !== "swatch" && word !== "low" && word !== "tall") ?? "";
            (found[name] ??= []).push(getComputedStyle(one).backgroundColor);
        }
        return found;
    });
    for (const name of [...LOUD, ...PARKED]) assert.equal(new Set(colours[name]).size, 1, `${name}: ${colours[name]}`);
    assert.equal(new Set(Object.values(colours).flat()).size, Object.keys(colours).length, "and no two have the same");
    for (const name of ["running", "syscall", "runnable", "sync", "gc"]) assert.ok(await countColour(page, "lanes", name) > 0, name);
    for (const name of ["running", "runnable", "gc"]) assert.ok(await countColour(page, "overview", name) > 0, name);
});

test("the legend names every state in the order of the bars, parked ones by low swatches", options, async () => {
    const page = await own.at();
    const shown = await page.locator("#legend .swatch").evaluateAll((list) => list.map((one) => ({name: one.className.split(" ")[1] ?? "", low: one.classList.contains("low"), words: one.parentElement?.innerText.trim() ?? ""})));
    assert.deepEqual(shown.map(({name}) => name).filter((name) => name !== "stw"), [...LOUD, ...PARKED]);
    assert.deepEqual(shown.filter(({low}) => low).map(({name}) => name), PARKED);
    for (const {words} of shown) assert.ok(words.length > 1);
});

for (const [state, tall] of /** @type {[string, boolean][]} */ ([["runnable", true], ["sync", true], ["chan", false], ["net", false]])) {
    test(`in a goroutine's row ${state} ${tall ? "stands tall: it works or fights" : "lies low: it is parked"}`, options, async () => {
        const stay = await longestOf(site.api, state);
        const page = await own.at(`${linkTo(stay, 0.05)}&labels=0&overlay=none`);
        const box = await selectedBox(page);
        const canvas = await page.locator("#lanes").boundingBox();
        assert.ok(canvas);
        const at = {x: box.x - canvas.x + box.width / 2, y: box.y - canvas.y, width: 4, height: box.height};
        const scale = await page.evaluate(() => devicePixelRatio);
        const high = await countColour(page, "lanes", state, at) / (4 * scale * scale);
        if (tall) assert.ok(high >= 13, `${high} px`);
        else assert.ok(high >= 3 && high <= 5, `${high} px`);
    });
}

test("zoomed in, bars hold words; X takes them away and brings them back", options, async () => {
    const stay = await longestOf(site.api, "sync");
    const page = await own.at(linkTo(stay));
    const words = await pictureOf(page, "lanes");
    await page.keyboard.press("x");
    await settled(page);
    const none = await pictureOf(page, "lanes");
    assert.notEqual(none, words);
    await page.keyboard.press("x");
    await settled(page);
    assert.equal(await pictureOf(page, "lanes"), words);
});

test("O shades collections and pauses over the rows, only collections, or nothing", options, async () => {
    const page = await own.at();
    /** @type {string[]} */
    const seen = [];
    for (let i = 0; i < 3; i++) {
        await settled(page);
        seen.push(await pictureOf(page, "lanes"));
        await page.locator("#lanes").focus();
        await page.keyboard.press("o");
    }
    assert.equal(new Set(seen).size, 3);
    await settled(page);
    assert.equal(await pictureOf(page, "lanes"), seen[0]);
});

test("collections and pauses have a lane of their own", options, async () => {
    const page = await own.at();
    const lane = await laneBox(page, "gc");
    const canvas = await page.locator("#lanes").boundingBox();
    assert.ok(lane && canvas);
    const box = {x: 0, y: lane.y - canvas.y, width: lane.width, height: lane.height};
    assert.ok(await countColour(page, "lanes", "gc", box) > 50);
    assert.ok(await countColour(page, "lanes", "stw", box) > 20);
});

test("zooming out and in again shows the same picture", options, async () => {
    const page = await own.at("t=0.15..0.16");
    await settled(page);
    const before = await pictureOf(page, "lanes");
    const other = await own.at();
    await settled(other);
    assert.notEqual(await pictureOf(page, "lanes"), before);
    await own.at("t=0.15..0.16");
    await settled(page);
    assert.equal(await pictureOf(page, "lanes"), before);
});

test("while it zooms the picture is never blank, even where every tile takes half a second", options, async () => {
    const {page, troubles, close} = await freshPage(site.browser);
    await page.goto(`${site.address}#v=1`);
    await drawn(page);
    const rest = await colouredShare(page);
    await page.route("**/batch/**", async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 500));
        await route.continue().catch(() => {});
    });
    await page.locator("#lanes").focus();
    for (let i = 0; i < 8; i++) {
        await page.keyboard.press(i < 5 ? "w" : "s");
        for (let look = 0; look < 3; look++) assert.ok(await colouredShare(page) > rest / 5, `step ${i}`);
    }
    await settled(page);
    assert.deepEqual(troubles, []);
    await close();
});

test("what replaces a coarse picture fades in, and ends in the sharp one", options, async () => {
    const page = await own.at("t=0.1..0.11");
    await settled(page);
    const sharp = await pictureOf(page, "lanes");
    await page.reload();
    await drawn(page);
    await settled(page);
    assert.equal(await pictureOf(page, "lanes"), sharp, "reached from nothing, it is the same");
});

test("a heap counter is a line with the scale it is drawn to", options, async () => {
    const page = await own.at();
    const lane = await laneBox(page, "c:Heap");
    const canvas = await page.locator("#lanes").boundingBox();
    assert.ok(lane && canvas);
    const bare = await countColour(page, "lanes", "lane", {x: 0, y: lane.y - canvas.y, width: lane.width, height: lane.height});
    assert.ok(bare < lane.width * lane.height - lane.width, "a line from side to side, and what lies under it");
});

test("the selected goroutine's wake-up is drawn as an arrow from who woke it", options, async () => {
    const stay = await longestOf(site.api, "runnable");
    const page = await own.at(linkTo(stay));
    const box = await selectedBox(page);
    const canvas = await page.locator("#overlay").boundingBox();
    assert.ok(canvas);
    const ink = (/** @type {number} */ x) => inPage(page, `
        const overlay = ${canvasOf("overlay")}, scale = overlay.width / overlay.clientWidth;
        const copy = new OffscreenCanvas(5, overlay.height).getContext("2d", {willReadFrequently: true});
        copy.drawImage(overlay, -Math.round(${x} * scale - 2), 0);
        const {data} = copy.getImageData(0, 0, 5, overlay.height);
        const rows = new Set();
        for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 200) rows.add(Math.floor(i / 20));
        return rows.size / scale;`);
    const high = Number(await ink(box.x - canvas.x));
    assert.ok(high > box.height + 8, `${high} px high at the moment of the wake-up`);
});

test("nothing went wrong meanwhile", options, () => {
    assert.deepEqual(own.troubles, []);
});
