/** What lies under the pointer, in exact words. */
import assert from "node:assert/strict";
import {test} from "node:test";
import {longestOf as longestOfBin} from "../../web/core/scope.js";
import {byState} from "../../web/core/words.js";
import {MISSING, inPage, laneBox, settled, until, usePage, useSite} from "./harness.js";
import {VERSION} from "../../web/core/tile_key.js";
import {linkTo, longestOf, selectedBox} from "./viewer.js";

const site = useSite();
const own = usePage(site);
const options = {skip: MISSING, timeout: 60000};

/** Points at a place and waits for all words. @param {import("playwright-core").Page} page @param {number} x @param {number} y @param {RegExp} words */
async function tip(page, x, y, words) {
    await page.mouse.move(x, y);
    await page.waitForFunction((source) => new RegExp(source).test(document.querySelector("#tooltip:not([hidden])")?.textContent ?? ""), words.source);
    return page.locator("#tooltip").innerText();
}

/** @param {string} state @param {RegExp} words */
async function tipOf(state, words) {
    const stay = await longestOf(site.api, state);
    const page = await own.at(`${linkTo(stay)}&panel=`);
    const box = await selectedBox(page);
    return {stay, text: await tip(page, box.x + box.width / 2, box.y + box.height - 4, words)};
}

test("an interval: state, exact begin and end, length, goroutine and its function", options, async () => {
    const {stay, text} = await tipOf("runnable", /Woken by/);
    const {function: name} = await (await fetch(`${site.api}/goroutines/${stay.g}`)).json();
    assert.match(text, /Waiting to run/);
    const nine = (/** @type {number} */ ns) => (ns / 1e9).toFixed(9);
    assert.ok(text.includes(`${nine(stay.t0)} – ${nine(stay.t1)} s`), text);
    assert.ok(text.includes(`g${stay.g} ${name}`), text);
    assert.match(text, /9\.669 ms/);
});

test("a wait to run: who woke the goroutine, and when", options, async () => {
    const {text, stay} = await tipOf("runnable", /Woken at/);
    assert.match(text, /Woken by\s+g\d+ \S+/);
    assert.ok(text.includes(`Woken at\n${(stay.t0 / 1e9).toFixed(9)}`), text);
});

test("a block: its reason, who ended it and when, and how long it then waited to run", options, async () => {
    const {text} = await tipOf("sync", /Then waited/);
    assert.match(text, /Unblocked by\s+\S+[\s\S]*Unblocked at\s+\d\.\d{9}[\s\S]*Then waited\s+[\d.]+ .?s to run/);
});

test("a run: on which processor and thread, and how long it had waited", options, async () => {
    const {text} = await tipOf("running", /On/);
    assert.match(text, /On\s+P\d+, M\d+/);
});

test("a bin: the share and count of each state, how many intervals, and the longest", options, async () => {
    const page = await own.at();
    const lane = await laneBox(page, "procs");
    assert.ok(lane);
    const name = String(await inPage(page, "return own.stage.lanes.visible().find((one) => one.kind === \"group\").id;"));
    const group = await laneBox(page, name);
    assert.ok(group);
    const text = await tip(page, group.x + group.width * 0.3, group.y + group.height - 4, /intervals?/);
    assert.match(text, /[\d.]+ %\s+\d+ ×[\s\S]*\d+ intervals?, longest [\d.]+ .?s/);
});

test("a bin's figures are those of the server for that row and time", options, async () => {
    const page = await own.at("open=goroutines");
    const lane = String(await inPage(page, "return own.stage.lanes.visible().find((one) => one.kind === \"group\" && one.row.view === \"F\").id;"));
    const box = await laneBox(page, lane);
    assert.ok(box);
    const text = await tip(page, box.x + box.width * 0.4, box.y + box.height - 4, /intervals?/);
    const {t0, t1, group} = /** @type {any} */ (await inPage(page, `const {hit} = own.store.get().hover; return {t0: hit.t0, t1: hit.t1, group: hit.row.row};`));
    const {states} = await (await fetch(`${site.api}/summary?group=${group}&from=${Math.round(t0)}&to=${Math.round(t1)}`)).json();
    const n = states.filter((/** @type {any} */ s) => s.state !== "none").reduce((/** @type {number} */ sum, /** @type {any} */ s) => sum + s.n, 0);
    assert.ok(text.includes(`${n} interval`), `${n}: ${text}`);
});

test("a bin names its longest interval, and a click or L goes there", options, async () => {
    const page = await own.at("panel=");
    const lane = String(await inPage(page, "return own.stage.lanes.visible().find((one) => one.kind === \"group\" && one.row.view === \"F\").id;"));
    for (const way of ["click", "key"]) {
        const box = await laneBox(page, lane);
        assert.ok(box);
        const [x, y] = [box.x + box.width * 0.4, box.y + Math.min(box.height, 20) - 4];
        const text = await tip(page, x, y, /Click or L/);
        const {t0, t1, group} = /** @type {any} */ (await inPage(page, "const {hit} = own.store.get().hover; return {t0: hit.t0, t1: hit.t1, group: hit.row.row};"));
        const {states} = await (await fetch(`${site.api}/summary?group=${group}&from=${Math.round(t0)}&to=${Math.round(t1)}`)).json();
        const {state, longest} = /** @type {any} */ (longestOfBin(byState(states)));
        assert.match(text, new RegExp(`Click or L: \\S.* g${longest.g}, from ${(longest.t0 / 1e9).toFixed(3)}`));
        if (way === "click") await page.mouse.click(x, y);
        else await page.keyboard.press("l");
        await until(page, ({selection}) => selection !== null, "selected");
        const selected = /** @type {any} */ (await inPage(page, "const {selection, manifest} = own.store.get(); return [selection.t0, selection.g, manifest.states[selection.state]];"));
        assert.deepEqual(selected, [longest.t0, longest.g, state]);
        await page.keyboard.press("Escape");
        await page.keyboard.press("0");
        await page.mouse.move(0, 0);
        await settled(page);
    }
});

test("a counter: first and last, least and most, how much it rose and fell", options, async () => {
    const page = await own.at();
    const lane = await laneBox(page, "c:Heap");
    assert.ok(lane);
    const text = await tip(page, lane.x + lane.width / 2, lane.y + lane.height / 2, /Rose by/);
    assert.match(text, /First – last[\s\S]*Least – most[\s\S]*Rose by[\s\S]*Fell by/);
});

test("a pause: that the world is stopped, how long, and why", options, async () => {
    const page = await own.at();
    const {stw} = await (await fetch(`${site.api}/landmarks/20/0?v=${VERSION}`)).json();
    const longest = [...stw].sort((a, b) => (b.t1 - b.t0) - (a.t1 - a.t0))[0];
    await own.at(`t=${((longest.t0 - 20000) / 1e9).toFixed(9)}..${((longest.t1 + 20000) / 1e9).toFixed(9)}`);
    const lane = await laneBox(page, "gc");
    assert.ok(lane);
    const text = await tip(page, lane.x + lane.width / 2, lane.y + lane.height / 2, /Stop-the-world/);
    assert.ok(text.includes(longest.reason), text);
});

test("T switches the tooltip: all, exact intervals only, none", options, async () => {
    const stay = await longestOf(site.api, "runnable");
    const page = await own.at(linkTo(stay));
    await page.keyboard.press("t");
    await page.keyboard.press("t");
    const box = await selectedBox(page);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await settled(page);
    assert.ok(await page.locator("#tooltip").isHidden());
    await page.locator("#lanes").focus();
    await page.keyboard.press("t");
    await page.mouse.move(0, 0);
    await tip(page, box.x + box.width / 2, box.y + box.height / 2, /Waiting to run/);
});

test("nothing went wrong meanwhile", options, () => {
    assert.deepEqual(own.troubles, []);
});
