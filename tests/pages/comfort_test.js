import assert from "node:assert/strict";
import {test} from "node:test";
import {MISSING, drawn, freshPage, inPage, laneBox, stateOf, until, useSite} from "./harness.js";

const site = useSite();
const options = {skip: MISSING, timeout: 60000};

/** @typedef {import("playwright-core").Page} BrowserPage */

/** @param {string} hash @param {Parameters<typeof freshPage>[1]} [how] */
async function open(hash = "", how) {
    const fresh = await freshPage(site.browser, how);
    await fresh.page.goto(`${site.address}${hash}`);
    await drawn(fresh.page);
    return fresh;
}

/** How many pixels of a canvas have the accent's colour. @param {BrowserPage} page @param {string} id @returns {Promise<number>} */
const accentPixels = (page, id) => page.evaluate((name) => {
    const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector(name));
    const copy = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", {willReadFrequently: true}));
    copy.drawImage(canvas, 0, 0);
    const accent = Number.parseInt(getComputedStyle(document.documentElement).getPropertyValue("--accent").trim().slice(1), 16);
    const {data} = copy.getImageData(0, 0, canvas.width, canvas.height);
    let n = 0;
    for (let i = 0; i < data.length; i += 4) if ((data[i + 3] ?? 0) > 250 && (((data[i] ?? 0) << 16) | ((data[i + 1] ?? 0) << 8) | (data[i + 2] ?? 0)) === accent) n++;
    return n;
}, id);

test("M marks the time under the pointer, and the selection; marks are drawn, noted, measured, gone through, and survive a reload", options, async () => {
    const {page, troubles, close} = await open();
    const box = await page.locator("#lanes").boundingBox();
    assert.ok(box);
    assert.equal(await accentPixels(page, "#axis"), 0);
    await page.mouse.move(box.x + box.width / 4, box.y + 20);
    await page.keyboard.press("m");
    await until(page, ({marks}) => marks.length === 1, "a mark");
    const [first] = (await stateOf(page)).marks;
    assert.ok(first && first.t0 === first.t1 && Math.abs(first.t0 - 1e8) < 5e6, "a quarter of 410 ms");
    await page.mouse.move(box.x + box.width / 2, box.y + 30);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.75, box.y + 30, {steps: 4});
    await page.mouse.up();
    await page.keyboard.press("m");
    await until(page, ({marks, selection}) => marks.length === 2 && marks[1]?.t0 === Math.round(selection?.t0 ?? -1) && marks[1].t1 === Math.round(selection?.t1 ?? -1), "the range");
    assert.ok(await accentPixels(page, "#axis") > 100, "flags");
    assert.ok(await accentPixels(page, "#overlay") > 500, "lines");
    await page.keyboard.press("m");
    await page.getByText("Mark 2 is there already.").waitFor();
    await page.keyboard.press("Shift+M");
    await page.getByLabel("Note of mark 1").fill("the stall, <b>&");
    await page.getByLabel("Note of mark 1").press("Enter");
    await until(page, ({marks}) => marks[0]?.note === "the stall, <b>&", "a note");
    const gap = await page.locator(".measure b").innerText();
    assert.match(gap, /^1\d\d(\.\d)? ms$/, "the distance");
    await page.getByRole("button", {name: "Select this range"}).click();
    await until(page, ({selection, marks}) => selection?.kind === "range" && selection.t0 === marks[0]?.t0 && selection.t1 === marks[1]?.t1, "the range between them");
    await page.waitForTimeout(500);
    const before = (await stateOf(page)).marks;
    await page.reload();
    await drawn(page);
    assert.deepEqual((await stateOf(page)).marks, before);
    await page.keyboard.press("w");
    for (let i = 0; i < 6; i++) await page.keyboard.press("w");
    await page.waitForTimeout(600);
    await page.keyboard.press("n");
    await page.waitForTimeout(900);
    const seen = (/** @type {import("./harness.js").State} */ {t0, t1, marks}, /** @type {number} */ i) => (marks[i]?.t0 ?? 0) < t1 && (marks[i]?.t1 ?? 0) > t0;
    const at = await stateOf(page);
    const here = seen(at, 0) ? 0 : 1;
    await page.keyboard.press("n");
    await until(page, (state) => seen(state, 1 - here), "N goes to the other one");
    await page.getByRole("button", {name: "Delete mark 1"}).click();
    await until(page, ({marks}) => marks.length === 1 && marks[0]?.note === "", "deleted");
    assert.deepEqual(troubles, []);
    await close();
});

test("a flag on the axis leads to the list, and tells its note", options, async () => {
    const {page, close} = await open("#v=1&t=0..0.4&marks=0.2:halfway");
    const box = await page.locator("#axis").boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width / 2 + 4, box.y + 9);
    assert.equal(await page.locator("#axis").getAttribute("title"), "Mark 1: halfway");
    await page.mouse.click(box.x + box.width / 2 + 4, box.y + 9);
    await until(page, ({panel}) => panel === "marks", "the list");
    await page.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "Note of mark 1");
    await close();
});

test("a link is told apart by its version, and one that is sent names the trace's file", options, async () => {
    const {page, close} = await open("#v=7&t=0.1..0.2&shape=round");
    await page.getByText(/of version 7, .* version 1/).waitFor();
    const {t0, t1} = await stateOf(page);
    assert.deepEqual([t0, t1], [1e8, 2e8]);
    await page.locator("#share").click();
    await page.getByText(/Link to this view copied/).waitFor();
    const sent = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(sent, /&name=demo\.trace$/);
    await page.goto(sent.replace(site.id, "0".repeat(32)));
    await page.getByRole("heading", {name: "demo.trace is not here"}).waitFor();
    await page.getByText("tilescope demo.trace", {exact: true}).waitFor();
    await page.goto(sent);
    await drawn(page);
    assert.equal((await stateOf(page)).t0, 1e8);
    await close();
});

test("the views of a visit are a list", options, async () => {
    const {page, troubles, close} = await open();
    await page.locator("#lanes").focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press("w");
    await page.waitForTimeout(900);
    await page.keyboard.press("v");
    const entries = page.locator("#view-menu button");
    assert.equal(await entries.count(), 2);
    assert.equal(await entries.first().getAttribute("aria-current"), "true");
    await entries.last().click();
    await until(page, (state) => state.t1 - state.t0 > 4e8, "the whole trace again");
    assert.ok(await page.locator("#view-menu").isHidden());
    assert.deepEqual(troubles, []);
    await close();
});

test("every heading, lane, state and reason in sight is explained", options, async () => {
    const {page, troubles, close} = await open();
    const missing = new Set();
    for (const tab of ["statistics", "flame", "events", "goroutines", "tasks", "marks"]) {
        if (tab === "marks") await inPage(page, "own.store.set({marks: [{t0: 5, t1: 5, note: \"\"}]})");
        await page.locator(`#tab-${tab}`).click();
        await page.waitForTimeout(200);
        await page.locator("#detail:not([aria-busy])").waitFor();
        await page.locator("#detail th .explain").first().waitFor({state: "attached"});
        for (const name of await page.locator("#detail th:not(:has(.explain))").allInnerTexts()) missing.add(`${tab}: ${name}`);
    }
    assert.ok(await page.evaluate(() => [...document.querySelectorAll("#detail th")].every((th) => th.textContent !== "")), "no heading is empty");
    const known = new Set(["Running", "Runnable", "Sync", "Chan / select", "Syscall", "Network", "GC work", "GC assist", "Other wait", "Sleep", "Mark", "Note", "Delete"]);
    assert.deepEqual([...missing].filter((name) => !known.has(name.replace(/^\w+: /, ""))), []);
    await page.locator("#legend button", {hasText: "Runnable"}).click();
    await page.locator("#explain", {hasText: "no processor has taken it up yet"}).waitFor();
    await page.keyboard.press("Escape");
    assert.ok(await page.locator("#explain").isHidden());
    await page.locator("#tab-statistics").click();
    await page.locator("th", {hasText: "p99"}).hover();
    await page.locator("th", {hasText: "p99"}).locator(".explain").hover();
    await page.locator("#explain", {hasText: "99 of 100"}).waitFor();
    const procs = await inPage(page, "const l = own.stage.lanes.find(\"procs\"); return l.y - own.store.get().scrollY + 10");
    await page.locator("#labels").hover({position: {x: 60, y: Number(procs)}});
    await page.locator("#explain", {hasText: "as many as GOMAXPROCS"}).waitFor();
    assert.deepEqual(troubles, []);
    await close();
});

test("help has three pages; the library tells how to record", options, async () => {
    const {page, troubles, close} = await open();
    await page.keyboard.press("?");
    await page.getByRole("tab", {name: "What the colours mean"}).click();
    await page.getByText("It executes Go code").waitFor();
    await page.keyboard.press("ArrowRight");
    await page.getByText("trace.NewFlightRecorder").waitFor();
    await page.keyboard.press("Escape");
    await page.goto(site.base);
    await page.getByText("How to record a trace").click();
    await page.getByText("go test -run TestSlow -trace trace.out").waitFor();
    assert.deepEqual(troubles, []);
    await close();
});

test("preferences hold over visits and are no part of a link: theme, keys, editor", options, async () => {
    const {page, troubles, close} = await open();
    await page.locator("#lanes").focus();
    await page.keyboard.press("Control+,");
    await page.getByRole("radio", {name: "Dark"}).check();
    await until(page, ({theme}) => theme === "dark", "dark");
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(20, 22, 26)");
    await page.getByRole("button", {name: "VS Code"}).click();
    await page.locator("#editor-template").fill("javascript:alert({file})");
    await page.getByText(/open no editor/).waitFor();
    await page.locator("#editor-paths").fill("=/usr/local/go/src");
    await page.getByRole("button", {name: "Close"}).click();
    await page.reload();
    await drawn(page);
    assert.equal((await stateOf(page)).theme, "dark");
    assert.doesNotMatch(page.url(), /dark|vscode/);
    await page.locator("#detail section", {hasText: "Longest of each kind"}).locator("tr", {hasText: "Sync"}).getByRole("button").click();
    const link = page.locator("#detail .stack a").first();
    await link.waitFor();
    assert.match(await link.getAttribute("href") ?? "", /^vscode:\/\/file\/.+\.go:\d+$/);
    assert.deepEqual(troubles, []);
    await close();
});

test("hints come once, not with a link that selects, and not to programs", options, async () => {
    const {page, close} = await open();
    assert.equal(await page.locator("#hint").count(), 0, "this is a program");
    await page.context().addInitScript(() => Object.defineProperty(navigator, "webdriver", {get: () => false}));
    await page.goto("about:blank");
    await page.goto(`${site.address}#v=1&t=0..0.1&sel=0.01..0.02`);
    await drawn(page);
    assert.equal(await page.locator("#hint").count(), 0, "a link that selects");
    await page.goto("about:blank");
    await page.goto(site.address);
    await drawn(page);
    await page.locator("#hint", {hasText: "1 of 3"}).waitFor();
    await page.getByRole("button", {name: "Next"}).click();
    await page.getByRole("button", {name: "Next"}).click();
    await page.locator("#hint", {hasText: "3 of 3"}).getByRole("button", {name: "Done"}).click();
    assert.equal(await page.locator("#hint").count(), 0);
    await page.reload();
    await drawn(page);
    assert.equal(await page.locator("#hint").count(), 0, "never again");
    await close();
});

test("Ctrl+Shift+P lists the commands while somebody types", options, async () => {
    const {page, close} = await open();
    await page.locator("#search").fill("abc");
    await page.keyboard.press("Control+Shift+P");
    assert.equal(await page.locator("#search").inputValue(), ">");
    await page.keyboard.type("next mark");
    assert.equal(await page.locator("#search-list li").count(), 1);
    await close();
});

test("why a query was refused is told at the box, and leaves the overview alone when that is left", options, async () => {
    const {page, close} = await open();
    await page.locator("#search").fill("state:nonsense");
    await page.locator("#search").press("Enter");
    await page.locator("#search-error").waitFor();
    assert.ok(await page.locator("#search").evaluate((box) => document.activeElement === box), "one goes on writing");
    await page.locator("#lanes").focus();
    assert.ok(await page.locator("#search-error").isHidden());
    assert.equal(await page.locator("#search-note").innerText(), "not understood");
    await page.locator("#search").focus();
    await page.locator("#search-error").waitFor();
    await close();
});

test("the box of the flame graph that is zoomed to is in the link", options, async () => {
    const {page, troubles, close} = await open("#v=1&t=0..0.41&panel=flame&of=sync");
    await page.locator(".flame [data-node]").nth(2).click();
    await until(page, ({flameBox}) => flameBox !== "", "zoomed");
    await page.waitForTimeout(500);
    const {flameBox} = await stateOf(page);
    assert.match(page.url(), new RegExp(`&box=${flameBox}`));
    const name = await page.locator(".flame [data-node][tabindex='0']").getAttribute("aria-label");
    await page.reload();
    await drawn(page);
    await page.locator(".flame .above").first().waitFor();
    assert.equal(await page.locator(".flame [data-node][tabindex='0']").getAttribute("aria-label"), name);
    await page.locator(".flame [data-node]").first().click();
    await until(page, ({flameBox: now}) => now === "", "all of it");
    assert.deepEqual(troubles, []);
    await close();
});

test("a selected row above or below the window has a sign at that edge, and F goes there", options, async () => {
    const {page, close} = await open();
    await page.locator("#detail section", {hasText: "Longest of each kind"}).locator("tr", {hasText: "Sync"}).getByRole("button").click();
    await until(page, ({selection}) => selection?.kind === "interval", "selected");
    await page.waitForTimeout(500);
    const row = (await stateOf(page)).selection?.row;
    const id = `${row?.view}${row?.row}`;
    const overlay = () => page.evaluate(() => {
        const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector("#overlay + .cover") ?? document.querySelector("#overlay"));
        const copy = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(60, canvas.height).getContext("2d", {willReadFrequently: true}));
        copy.drawImage(canvas, 0, 0);
        const ends = [copy.getImageData(12, 6, 20, 12), copy.getImageData(12, canvas.height - 18, 20, 12)];
        return ends.map(({data}) => data.filter((_, i) => i % 4 === 3).filter((alpha) => alpha > 200).length);
    });
    await inPage(page, `const all = own.stage.lanes.height(); own.store.set({scrollY: own.stage.lanes.find(${JSON.stringify(id)}).y < all / 2 ? all : 0})`);
    await page.waitForTimeout(400);
    if (!await laneBox(page, id)) {
        const [top = 0, bottom = 0] = await overlay();
        assert.ok(top + bottom > 150, `${top} ${bottom}`);
        await page.locator("#lanes").focus();
        await page.keyboard.press("f");
        await page.waitForTimeout(600);
        assert.ok(await laneBox(page, id));
    }
    await close();
});

test("a contrast theme of the system colours words and lines on the timelines, and goes when it does", options, async () => {
    const {page, troubles, close} = await open("#v=1&t=0..0.4&marks=0.2:halfway");
    assert.equal((await stateOf(page)).system, null);
    await page.emulateMedia({forcedColors: "active", colorScheme: "dark"});
    await until(page, ({system, theme}) => system?.canvas === "#000000" && theme === "dark", "the system's colours");
    await page.waitForTimeout(300);
    const corner = () => page.evaluate(() => {
        const copy = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(4, 4).getContext("2d"));
        copy.drawImage(/** @type {HTMLCanvasElement} */ (document.querySelector("#labels")), 0, 0);
        return [...copy.getImageData(1, 1, 1, 1).data].slice(0, 3).join();
    });
    assert.equal(await corner(), "0,0,0");
    assert.doesNotMatch(page.url(), /system|000000/);
    await page.emulateMedia({forcedColors: "none", colorScheme: "light"});
    await until(page, ({system, theme}) => system === null && theme === "light", "our own again");
    await page.waitForTimeout(300);
    assert.equal(await corner(), "246,247,248");
    assert.deepEqual(troubles, []);
    await close();
});

test("a phone, and 200 % of a small screen, show rows and nothing sideways", options, async () => {
    for (const [width, height] of [[360, 740], [640, 360]]) {
        const {page, troubles, close} = await open("", {width, height, touch: true});
        const sizes = await page.evaluate(() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight, document.querySelector("#lanes")?.clientHeight ?? 0]);
        assert.deepEqual(sizes.slice(0, 2), [0, 0]);
        assert.ok((sizes[2] ?? 0) > (height ?? 0) / 3, `${sizes[2]} px of rows`);
        await page.locator("#help-button").tap();
        await page.getByRole("tab", {name: "How to record"}).tap();
        await page.getByText("What it costs").waitFor();
        assert.deepEqual(troubles, []);
        await close();
    }
});
