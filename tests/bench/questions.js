/**
 * The five questions of QUESTIONS.md, from the command to the answer on the screen: how long the machine takes for it, and how long a
 * person at a steady pace.
 *
 *   node tests/bench/questions.js --program=TILESCOPE [--runs=5]
 *
 * "open": from the start of the command, with no store of the trace there, to a page in which the timelines are drawn. "steps": from each input
 * to the words that answer it, all steps together. Both are medians. A person is taken to need 1.5 s for a click or a key, 0.2 s for a
 * character typed, and 3 s to read what a step shows; machine time is not in that.
 */
import {spawn} from "node:child_process";
import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {fileURLToPath} from "node:url";
import {isStill, option, quantile, startBrowser} from "./serving.js";

/** @typedef {import("playwright-core").Page} BrowserPage */
/** @typedef {{clicks: number, typed: number, act: (page: BrowserPage) => Promise<void>, words: RegExp[]}} Step */

const program = option("program", "");
const runs = Number(option("runs", "5"));
if (program === "") {
    console.error("usage: node tests/bench/questions.js --program=TILESCOPE [--runs=5]");
    process.exit(2);
}
const CLICK_S = 1.5;
const CHARACTER_S = 0.2;
const READ_S = 3;
const TRACES = fileURLToPath(new URL("../traces/questions/", import.meta.url));

/** The slash that leads to the box, the query, Enter. @param {string} query @param {RegExp[]} words @returns {Step} */
const seek = (query, words) => ({
    clicks: 2, typed: query.length, words,
    async act(page) {
        await page.locator("#lanes").focus();
        await page.keyboard.press("/");
        await page.locator("#search").fill(query);
        await page.keyboard.press("Enter");
    },
});

/** @param {string} name @param {RegExp[]} words @returns {Step} */
const tab = (name, words) => ({clicks: 1, typed: 0, words, act: (page) => page.getByRole("tab", {name}).click()});

/** The longest pause, where it is drawn. @type {Step} */
const widest = {
    clicks: 1, typed: 0, words: [/Stop-the-world/, /all goroutines stack trace/, /Stopped by/],
    async act(page) {
        const place = /** @type {{x: number, y: number}} */ (await page.evaluate(`import(document.querySelector("script[type=module]").src).then(async ({page: own}) => {
            const {manifest, trace, t0, t1, scrollY} = own.store.get();
            const {states: _, ...marks} = await (await fetch("../api/v1/traces/" + trace + "/landmarks/20/0?v=" + manifest.format)).json();
            const [pause] = [...marks.stw].sort((a, b) => (b.t1 - b.t0) - (a.t1 - a.t0));
            const lane = own.stage.lanes.find("gc");
            const box = document.querySelector("#lanes").getBoundingClientRect();
            return {x: box.x + ((pause.t0 + pause.t1) / 2 - t0) / (t1 - t0) * box.width, y: box.y + lane.y - scrollY + lane.height / 2};
        })`));
        await page.mouse.click(place.x, place.y);
    },
};

/** @type {Record<string, Step[]>} */
const QUESTIONS = {
    convoy: [
        seek("func:worker state:sync>5ms frame:append", [/Blocked on sync\.Mutex/, /main\.\(\*journal\)\.append/]),
        seek("func:keep state:syscall>100us", [/main\.\(\*journal\)\.flush/]),
        tab("Stacks", [/os\.\(\*File\)\.(Sync|WriteAt|pwrite)/]),
    ],
    assist: [seek("state:assist>1ms", [/GC mark assist/, /main\.worker/]), tab("Goroutines", [/GC work/, /main\.worker/])],
    stw: [widest],
    starved: [
        seek("func:heartbeat state:runnable>20ms", [/Waiting to run/, /main\.heartbeat/, /Woken by.*main\.crunch/s]),
        {clicks: 1, typed: 0, words: [/main\.crunch/, /Running|On P\d/], async act(page) {
            await page.locator("#lanes").focus();
            await page.keyboard.press("[");
        }},
    ],
    leak: [seek("func:ask state:blocked>50ms", [/Blocked on chan send/, /main\.ask/, /It was still blocked when the trace ended/])],
};

/** @param {BrowserPage} page @param {RegExp[]} words */
const tells = (page, words) => page.waitForFunction((/** @type {string[]} */ all) => {
    const text = /** @type {HTMLElement} */ (document.querySelector("#detail")).innerText;
    return all.every((one) => new RegExp(one, "s").test(text));
}, words.map(({source}) => source), {polling: 10, timeout: 20000});

/** @param {string} trace @param {string} cache @returns {Promise<{base: string, stop: () => Promise<void>}>} */
async function start(trace, cache) {
    const child = spawn(program, ["--http", "0", "--no-browser", "--cache-dir", cache, trace], {stdio: ["ignore", "pipe", "pipe"]});
    const base = await new Promise((done, fail) => {
        let said = "";
        const hear = (/** @type {Buffer} */ data) => {
            const at = /listening on (http:\/\/\S+)/.exec(said += data)?.[1];
            if (at) done(`${new URL(at).origin}/`);
        };
        child.stdout.on("data", hear);
        child.stderr.on("data", hear);
        child.on("exit", () => fail(new Error(said)));
    });
    return {base, stop: () => new Promise((done) => {
        child.on("exit", () => done());
        child.kill("SIGTERM");
    })};
}

/** One run of a question. @param {import("playwright-core").Browser} browser @param {string} kind @param {Step[]} steps */
async function run(browser, kind, steps) {
    const cache = mkdtempSync(join(tmpdir(), "tilescope-questions-"));
    const profile = await browser.newContext({viewport: {width: 1600, height: 1000}});
    const page = await profile.newPage();
    const waits = new Set();
    page.on("request", (one) => waits.add(one));
    page.on("requestfinished", (one) => waits.delete(one));
    page.on("requestfailed", (one) => waits.delete(one));
    const begin = performance.now();
    const server = await start(join(TRACES, `${kind}.trace`), cache);
    const {traces: [trace]} = await (await fetch(`${server.base}api/v1/traces`)).json();
    await page.goto(`${server.base}t/${trace.id}`);
    await page.waitForFunction(() => (document.querySelector("#detail")?.childElementCount ?? 0) > 0, null, {polling: 10});
    for (let quiet = 0; quiet < 2; await page.waitForTimeout(20)) quiet = waits.size === 0 && await isStill(page) ? quiet + 1 : 0;
    const opened = performance.now() - begin;
    let worked = 0;
    for (const {act, words} of steps) {
        const from = performance.now();
        await act(page);
        await tells(page, words);
        worked += performance.now() - from;
    }
    await profile.close();
    await server.stop();
    rmSync(cache, {recursive: true});
    return {opened, worked};
}

const browser = await startBrowser();
console.log("question\tsteps\topen s\tsteps s\tperson s");
for (const [kind, steps] of Object.entries(QUESTIONS)) {
    const times = [];
    for (let i = 0; i < runs; i++) times.push(await run(browser, kind, steps));
    const person = steps.reduce((sum, {clicks, typed}) => sum + clicks * CLICK_S + typed * CHARACTER_S + READ_S, 0);
    const median = (/** @type {number[]} */ list) => (quantile(list, 0.5) / 1000).toFixed(2);
    console.log([kind, steps.length, median(times.map(({opened}) => opened)), median(times.map(({worked}) => worked)), person.toFixed(0)].join("\t"));
}
await browser.close();
