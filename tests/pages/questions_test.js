/**
 * Five questions that people open a trace for, each answered in a few steps: what is typed, pressed or clicked counts as one. The
 * traces come from tests/gen/questions, whose services have these troubles and say nothing of them.
 */
import assert from "node:assert/strict";
import {join} from "node:path";
import {after, before, test} from "node:test";
import {VERSION} from "../../web/core/tile_key.js";
import {MISSING, ROOT, drawn, freshPage, laneBox, readyTrace, startBrowser, startServer, stateOf} from "./harness.js";

/** @typedef {import("playwright-core").Page} BrowserPage */

const KINDS = ["convoy", "assist", "stw", "starved", "leak"];
const options = {skip: MISSING, timeout: 60000};
/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
    if (MISSING) return;
    server = await startServer(KINDS.map((kind) => join(ROOT, `tests/traces/questions/${kind}.trace`)));
    browser = await startBrowser();
}, {timeout: 60000});

after(async () => {
    await browser?.close();
    await server?.stop();
}, {timeout: 30000});

/** The panel tells all of these. @param {BrowserPage} page @param {RegExp[]} words */
async function tells(page, words) {
    const all = words.map(({source}) => source);
    await page.waitForFunction((list) => list.every((one) => new RegExp(one, "s").test(/** @type {HTMLElement} */ (document.querySelector("#detail")).innerText)), all);
}

/** @param {BrowserPage} page @param {string} query */
async function seek(page, query) {
    await page.locator("#search").fill(query);
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => /^[\d,]+ of [\d,]+$/.test(document.querySelector("#search-note")?.textContent ?? ""));
}

/** @param {string} kind @param {(page: BrowserPage) => Promise<void>} answer */
function question(kind, answer) {
    return async () => {
        const {page, troubles, close} = await freshPage(browser);
        await page.goto(`${server.base}t/${await readyTrace(server.base, `${kind}.trace`)}`);
        await drawn(page);
        await page.locator("#lanes").focus();
        await answer(page);
        assert.deepEqual(troubles, []);
        await close();
    };
}

test("requests wait for a mutex: who holds it, and what does it do meanwhile (3 steps)", options, question("convoy", async (page) => {
    await seek(page, "func:worker state:sync>5ms frame:append"); // 1: the first long wait
    await tells(page, [/Blocked on sync\.Mutex/, /main\.\(\*journal\)\.append/]);
    await seek(page, "func:keep state:syscall>100us"); // 2: what the keeper of the journal does then
    await tells(page, [/main\.\(\*journal\)\.flush/]);
    await page.getByRole("tab", {name: "Stacks"}).click(); // 3: the whole stack
    await tells(page, [/os\.\(\*File\)\.(Sync|WriteAt|pwrite)/]);
}));

test("requests are slow while the heap is collected: they mark it themselves (2 steps)", options, question("assist", async (page) => {
    await seek(page, "state:assist>1ms"); // 1: one of them, and who had to
    await tells(page, [/GC mark assist/, /main\.worker/]);
    await page.getByRole("tab", {name: "Goroutines"}).click(); // 2: how much of each group's time it is
    await tells(page, [/GC work/, /main\.worker/]);
}));

test("everything stands still for milliseconds: who stopped the world, and why (1 step)", options, question("stw", async (page) => {
    const trace = new URL(page.url()).pathname.replace("/t/", "/api/v1/traces/");
    const {stw} = await (await fetch(`${server.base.slice(0, -1)}${trace}/landmarks/20/0?v=${VERSION}`)).json();
    const [pause] = [...stw].sort((a, b) => (b.t1 - b.t0) - (a.t1 - a.t0));
    const lane = await laneBox(page, "gc");
    const {t0, t1} = await stateOf(page);
    assert.ok(lane && pause);
    await page.mouse.click(lane.x + ((pause.t0 + pause.t1) / 2 - t0) / (t1 - t0) * lane.width, lane.y + lane.height / 2); // 1: the widest red bar
    await tells(page, [/Stop-the-world/, /all goroutines stack trace/, /Stopped by/]);
}));

test("a goroutine is woken and does not run: what runs instead (2 steps)", options, question("starved", async (page) => {
    await seek(page, "func:heartbeat state:runnable>20ms"); // 1
    await tells(page, [/Waiting to run/, /main\.heartbeat/, /Woken by.*main\.crunch/]);
    await page.locator("#lanes").focus();
    await page.keyboard.press("["); // 2: who woke it had a processor, and kept it
    await tells(page, [/Running|On P\d/, /main\.crunch/]);
}));

test("goroutines pile up: which, since when, and where they hang (1 step)", options, question("leak", async (page) => {
    await seek(page, "func:ask state:blocked>50ms"); // 1
    await tells(page, [/Blocked on chan send/, /main\.ask/, /It was still blocked when the trace ended/]);
}));
