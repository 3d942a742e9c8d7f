/** What a click tells, and where its links fly to. */
import assert from "node:assert/strict";
import {test} from "node:test";
import {MISSING, inPage, stateOf, until, usePage, useSite} from "./harness.js";
import {VERSION} from "../../web/core/tile_key.js";
import {starterOf} from "../../web/core/selection.js";
import {linkTo, longestOf, seconds, selectedBox} from "./viewer.js";

const site = useSite();
const own = usePage(site);
const options = {skip: MISSING, timeout: 60000};

/** @param {string} state */
async function select(state) {
    const stay = await longestOf(site.api, state);
    const page = await own.at(linkTo(stay));
    await page.locator("#detail .title").waitFor();
    return {page, stay, fact: (/** @type {string} */ name) => page.locator(`#detail dt:text-is("${name}") + dd`).first()};
}

test("a click on an interval selects it; a click beside it, on bare lane, selects nothing", options, async () => {
    const {page} = await select("runnable");
    const {selection} = await stateOf(page);
    const box = await selectedBox(page);
    await page.keyboard.press("Escape");
    await until(page, (state) => state.selection === null, "cleared");
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await until(page, (state) => state.selection?.T === selection?.T, "selected");
    const gc = /** @type {{y: number}} */ (await page.locator("#lanes").boundingBox());
    await page.mouse.click(box.x + box.width / 2, gc.y + 2);
    await page.locator("#lanes").focus();
    await page.keyboard.press("Escape");
    await until(page, (state) => state.selection === null, "nothing");
});

test("Details tells goroutine and function, times, where it ran, and its neighbours on the row", options, async () => {
    const {fact, stay} = await select("running");
    assert.match(await fact("Goroutine").innerText(), new RegExp(`^g${stay.g} `));
    assert.match(await fact("From – to").innerText(), /^\d+\.\d{9} – \d+\.\d{9} s$/);
    assert.match(await fact("On").innerText(), /^P\d+, thread M\d+$/);
    assert.match(await fact("On this row").innerText(), /‹ Previous|Next ›/);
});

test("a block shows the stack it began with, each frame with file and line", options, async () => {
    const {page} = await select("sync");
    await page.locator("#detail h2", {hasText: "Where it blocked"}).waitFor();
    const frames = await page.locator("#detail section:nth-child(2) .stack li").allInnerTexts();
    assert.ok(frames.length > 1);
    for (const frame of frames) assert.match(frame, /\S+\.go:\d+$/);
});

test("a block shows the stack of who ended it", options, async () => {
    const {page} = await select("sync");
    await page.locator("#detail h2", {hasText: "Who unblocked it"}).waitFor();
    assert.ok(await page.locator("#detail section:nth-child(3) .stack li").count() > 0);
});

test("a stack is copied as text that an editor's terminal understands", options, async () => {
    const {page} = await select("sync");
    await page.locator("#detail section:nth-child(2)").getByRole("button", {name: "Copy"}).click();
    await page.locator("#status", {hasText: "Stack copied"}).waitFor();
    const lines = (await page.evaluate(() => navigator.clipboard.readText())).split("\n");
    assert.ok(lines.length >= 4 && lines.length % 2 === 0);
    lines.forEach((line, i) => assert.match(line, i % 2 ? /^\t\S+:\d+$/ : /^\S+/));
});

test("Previous and Next step along the row, without a gap", options, async () => {
    const {page} = await select("runnable");
    const first = (await stateOf(page)).selection;
    const title = await page.locator("#detail h2").first().innerText();
    await page.getByRole("button", {name: "Next ›"}).click();
    await until(page, ({selection}) => selection?.t0 === first?.t1, "the next begins where it ended");
    await page.waitForFunction((old) => /** @type {HTMLElement|null} */ (document.querySelector("#detail h2"))?.innerText !== old, title);
    await page.locator("#detail").getByRole("button", {name: "‹ Previous"}).click();
    await until(page, ({selection}) => selection?.T === first?.T, "and back");
});

test("who woke it is a link that flies there", options, async () => {
    const {page, fact} = await select("runnable");
    const {t0: at} = /** @type {{t0: number}} */ ((await stateOf(page)).selection);
    const waker = (await fact("Woken by").getByRole("button").first().innerText()).trim();
    await fact("Woken by").getByRole("button").first().click();
    await until(page, ({selection}) => selection !== null && `g${selection.g}` === waker, "the waker is selected");
    const {selection} = await stateOf(page);
    assert.ok(selection && selection.t0 <= at && selection.t1 >= at - 1000, "at that time");
});

test("the processor it ran on is a link that flies there", options, async () => {
    const {page, fact} = await select("running");
    const name = await fact("On").getByRole("button").first().innerText();
    await fact("On").getByRole("button").first().click();
    await until(page, ({selection}) => selection?.row?.view === "P", "on its row");
    await page.locator("#detail dt:text-is(\"Processor\") + dd").waitFor();
    assert.equal(await page.locator("#detail dt:text-is(\"Processor\") + dd").innerText(), name);
});

test("a goroutine as a whole: its function, when and by whom it was created, and its life in sums", options, async () => {
    const {goroutines} = await (await fetch(`${site.api}/goroutines?limit=400`)).json();
    const child = goroutines.find((/** @type {any} */ one) => one.born.known && one.creator && one.creator !== "0" && one.gone);
    const page = await own.at(`sel=g${child.g}`);
    await page.locator("#detail .title").waitFor();
    const text = await page.locator("#detail").innerText();
    assert.ok(text.includes(`g${child.g}`) && text.includes(`by g${child.creator}`), text);
    assert.match(text, /Where it was created[\s\S]*In its life/);
    await page.locator("#detail dt:text-is(\"Created\") + dd").getByRole("button").click();
    await until(page, ({selection}) => selection?.g === String(child.creator), "created by: a link that flies there");
});

/** @type {() => Promise<{parent: string, ids: string[]}>} the goroutine that created the most, and whom */
async function mostChildren() {
    /** @type {Map<string, string[]>} */
    const byCreator = new Map();
    for (let after = ""; after !== "null";) {
        const page = await (await fetch(`${site.api}/goroutines?limit=1000${after}`)).json();
        for (const one of page.goroutines) if (one.creator !== "0") byCreator.set(one.creator, [...byCreator.get(one.creator) ?? [], one.g]);
        after = page.next === null ? "null" : `&after=${page.next}`;
    }
    const [parent = "", ids = []] = [...byCreator].sort((a, b) => b[1].length - a[1].length)[0] ?? [];
    return {parent, ids};
}

test("children: the goroutines that one created, all of them, each a link that flies to its birth", options, async () => {
    const {parent, ids} = await mostChildren();
    assert.ok(ids.length > 8, "more than one page");
    const page = await own.at(`sel=g${parent}`);
    const list = page.locator("#detail .children");
    await list.getByRole("button", {name: "More"}).click();
    const want = ids.slice(0, 108).map((g) => `g${g}`);
    await page.waitForFunction((n) => document.querySelectorAll("#detail .children tr").length === n, want.length);
    assert.deepEqual(await list.locator("tr button").allInnerTexts(), want);
    await list.getByRole("button", {name: String(want[2]), exact: true}).click();
    await until(page, ({selection}) => `g${selection?.g}` === want[2], "the child is selected");
});

test("an interval tells who created its goroutine and in which function, and on demand whom that created", options, async () => {
    const {parent, ids} = await mostChildren();
    const child = await (await fetch(`${site.api}/goroutines/${ids[0]}`)).json();
    const {stacks: [{frames}]} = await (await fetch(`${site.api}/stacks?ids=${child.creator_stack}`)).json();
    const page = await own.at(`t=${seconds(child.born.t)}..${seconds(child.born.t + 1e6)}&sel=g${child.g}@${seconds(child.born.t)}s`);
    const fact = (/** @type {string} */ name) => page.locator(`#detail dt:text-is("${name}") + dd`);
    assert.equal((await fact("Created by").innerText()).trim(), `g${parent} in ${starterOf(frames.map((/** @type {any} */ one) => one.function))}`);
    await fact("Created by").getByRole("button").click();
    await until(page, ({selection}) => selection?.g === parent, "created by: a link that flies there");
    await fact("Goroutine").filter({hasText: new RegExp(`^g${parent}\\b`)}).waitFor();
    await fact("Created").getByRole("button", {name: "Show"}).click();
    assert.equal(await fact("Created").locator("tr button").first().innerText(), `g${ids[0]}`);
});

test("a pause: its reason in Go's words, who stopped the world, and what all did meanwhile", options, async () => {
    const {stw} = await (await fetch(`${site.api}/landmarks/20/0?v=${VERSION}`)).json();
    const longest = [...stw].sort((a, b) => (b.t1 - b.t0) - (a.t1 - a.t0))[0];
    const page = await own.at(`sel=stw@${seconds(longest.t0)}..${seconds(longest.t1)}`);
    await page.locator("#detail h2", {hasText: "Stop-the-world"}).waitFor();
    const text = await page.locator("#detail").innerText();
    assert.ok(text.includes(longest.reason), text);
    assert.match(text, /All goroutines in it[\s\S]*Processors in it/);
});

test("with nothing selected Details sums up what is in view, the longest of each kind a link to it", options, async () => {
    const page = await own.at("t=0.1..0.2");
    const rows = page.locator("#detail section", {hasText: "Longest of each kind"}).locator("tr");
    const {states} = await (await fetch(`${site.api}/summary?view=A&from=100000000&to=200000000`)).json();
    const kinds = new Set(states.filter((/** @type {any} */ s) => s.longest && s.longest.g !== "" && s.state !== "none").map((/** @type {any} */ s) => s.state));
    assert.equal(await rows.count(), kinds.size);
    await rows.first().getByRole("button").click();
    await until(page, ({selection}) => selection?.kind === "interval" || selection?.kind === "goroutine", "selected");
});

test("every element that is selected has a link of its own to copy: event, range, goroutine, pause", options, async () => {
    const stay = await longestOf(site.api, "runnable");
    for (const [hash, words] of [[linkTo(stay), "this event"], ["sel=0.1..0.2", "this range"], ["sel=g1", "this goroutine"], ["sel=stw@0.1..0.101", "this pause"], ["", "this view"]]) {
        const page = await own.at(hash);
        await page.locator("#share").click();
        await page.locator("#status", {hasText: `Link to ${words} copied`}).waitFor();
        assert.ok((await page.evaluate(() => navigator.clipboard.readText())).startsWith(`${site.address}#v=1&t=`));
    }
});

test("names of the trace are shown as they are, generics and all", options, async () => {
    const page = await own.at("panel=goroutines");
    await page.locator("#detail tbody tr").first().waitFor();
    const {groups} = /** @type {{groups: {function: string, goroutines: number}[]}} */ (await inPage(page, "return {groups: own.manifest.groups};"));
    const shown = await page.locator("#detail tbody .name.wide span[title]").evaluateAll((list) => list.map((one) => one.getAttribute("title")));
    assert.deepEqual([...shown].sort(), groups.filter(({goroutines}) => goroutines >= 0).map((group) => group.function).sort());
});

test("nothing went wrong meanwhile", options, () => {
    assert.deepEqual(own.troubles, []);
});
