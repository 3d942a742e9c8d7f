/**
 * Nine pictures of each trace, to be looked at beside what the page is to look like: the whole trace, its busiest millisecond, one event
 * with the arrow of who woke it, the largest group unfolded, hits of a search, the statistics of a range that was dragged, a flame graph,
 * the dark theme, and 400 px of width.
 *
 *   node tests/bench/pictures.js --program=TILESCOPE [--out=pictures] [--only=whole,flame] [--query="state:runnable>1ms"] TRACE|STORE|URL...
 *
 * Writes OUT/TRACE.PICTURE.png, and says what each shows and what the page complained of. Chooses nothing by chance: two runs show the same.
 */
import {mkdirSync} from "node:fs";
import {basename, join} from "node:path";
import {isStill, operands, option, serve, startBrowser} from "./serving.js";

/** @typedef {import("playwright-core").Page} BrowserPage */
/** @typedef {{T: string, t: number, view: string, block: number, row: number, kind: string, state?: string, waker?: string, g: string}} Event */
/** @typedef {{page: BrowserPage, address: string, get: (path: string) => Promise<any>, manifest: any, busy: {t0: number, t1: number}, waits: Set<object>}} Site */

const files = operands();
const program = option("program", "");
const out = option("out", "pictures");
const query = option("query", "state:runnable>1ms");
const only = option("only", "").split(",").filter((name) => name !== "");
if (files.length === 0 || (program === "" && files.some((file) => !file.startsWith("http")))) {
    console.error("usage: node tests/bench/pictures.js --program=TILESCOPE [--out=FOLDER] [--only=NAME,...] [--query=WORDS] TRACE|STORE|URL...");
    process.exit(2);
}
const WIDE = {width: 1600, height: 1000};
const NARROW = {width: 400, height: 860};
const MS = 1e6;
const MOST_EVENTS = 1000;
const LONGEST_WAIT_MS = 60000;
const STEP_MS = 100;
/** So many looks, one after the other, found nothing under way. */
const STILL = 6;

const seconds = (/** @type {number} */ ns) => (ns / 1e9).toFixed(9);
/** @param {{t0: number, t1: number}} span @param {string} [more] parts of the link */
const linkTo = ({t0, t1}, more = "") => `#v=1&t=${seconds(t0)}..${seconds(t1)}${more}`;

/** Until no request is under way, nothing is being read and no frame is asked for. @param {Site} site */
async function settle({page, waits}) {
    const end = Date.now() + LONGEST_WAIT_MS;
    for (let still = 0; still < STILL; await page.waitForTimeout(STEP_MS)) {
        const busy = waits.size > 0 || !await isStill(page);
        still = busy ? 0 : still + 1;
        if (Date.now() > end) return console.log("    something was still under way");
    }
}

/** The millisecond in which most begins: where goroutines get to run most often, then its fullest stretch. @param {Pick<Site, "get" | "manifest">} site */
async function busiest({get, manifest: {span_ns: span}}) {
    const whole = {t0: 0, t1: Math.max(Math.min(span, MS), 1)};
    const bins = new Map();
    for (let after = ""; ;) {
        const page = await get(`/search?q=state:running&from=0&to=${span}&bins=1024${after}`);
        page.bins.forEach((/** @type {number} */ n, /** @type {number} */ i) => bins.set(i, (bins.get(i) ?? 0) + n));
        if (!page.next) break;
        after = `&after=${page.next}`;
    }
    const [fullest] = [...bins].sort((a, b) => b[1] - a[1])[0] ?? [];
    if (fullest === undefined) return whole;
    const from = Math.floor(fullest * span / 1024);
    const {events} = await get(`/events?from=${from}&to=${Math.ceil((fullest + 1) * span / 1024)}&limit=${MOST_EVENTS}`);
    const times = events.map((/** @type {Event} */ {t}) => t);
    let best = {n: 0, t: from};
    for (let i = 0, j = 0; j < times.length; j++) {
        while (times[j] - times[i] > MS) i++;
        if (j - i > best.n) best = {n: j - i, t: times[i]};
    }
    return {t0: best.t, t1: Math.min(best.t + MS, Math.max(span, best.t + 1))};
}

/** An event that another goroutine woke the row's own by. @param {Site} site @returns {Promise<Event|null>} */
async function woken({get, busy, manifest}) {
    for (const [from, to] of [[busy.t0, busy.t1], [0, manifest.span_ns]]) {
        const {events} = await get(`/events?from=${Math.floor(from)}&to=${Math.ceil(to)}&kind=state&limit=${MOST_EVENTS}`);
        const wakes = events.filter((/** @type {Event} */ one) => one.view === "G" && one.state === "runnable" && one.waker && one.waker !== "0" && one.waker !== one.g);
        if (wakes.length > 0) return wakes[Math.floor(wakes.length / 2)];
    }
    return null;
}

/** Name -> how to get there from the page of a trace. @type {Record<string, (site: Site) => Promise<string>>} each tells what is shown */
const PICTURES = {
    async whole({page, address}) {
        await page.goto(address);
        return "all of it";
    },
    async "one-ms"({page, address, busy}) {
        await page.goto(`${address}${linkTo(busy)}`);
        return `${seconds(busy.t0)} s`;
    },
    async event(site) {
        const found = await woken(site);
        if (!found) return "nothing is woken";
        const around = {t0: Math.max(found.t - 60e3, 0), t1: found.t + 120e3};
        await site.page.goto(`${site.address}${linkTo(around, `&sel=G${found.block * 32 + found.row}@${found.T}`)}`);
        return `g${found.g} woken by g${found.waker}`;
    },
    async group({page, address, manifest}) {
        const [largest] = [...manifest.groups].sort((a, b) => b.goroutines - a.goroutines);
        const name = encodeURIComponent(largest?.function ?? "").replace(/%2C/g, "%252C");
        await page.goto(`${address}${linkTo({t0: 0, t1: manifest.span_ns}, `&y=${encodeURIComponent(`g:${largest?.function ?? ""}`)}&open=goroutines,g:${name}`)}`);
        return `${largest?.function}: ${largest?.goroutines}`;
    },
    async search(site) {
        const {page, address} = site;
        await page.goto(address);
        await settle(site);
        await page.locator("#search").fill(query);
        await page.keyboard.press("Enter");
        await page.waitForFunction(() => document.querySelector("#search-note")?.textContent !== "", null, {timeout: LONGEST_WAIT_MS});
        await settle(site);
        return `${query}: ${await page.locator("#search-note").innerText()}`;
    },
    async range(site) {
        const {page, address} = site;
        await page.goto(`${address}${linkTo({t0: 0, t1: site.manifest.span_ns}, "&panel=statistics")}`);
        await settle(site);
        const box = await page.locator("#lanes").boundingBox();
        if (!box) return "no lanes";
        const y = box.y + box.height - 30;
        await page.mouse.move(box.x + box.width * 0.3, y);
        await page.mouse.down();
        await page.mouse.move(box.x + box.width * 0.6, y, {steps: 8});
        await page.mouse.up();
        await page.mouse.move(box.x + box.width * 0.8, box.y + 20);
        return "three tenths of the width";
    },
    async flame({page, address}) {
        await page.goto(`${address}#v=1&panel=flame`);
        return "whole trace";
    },
    async dark({page, address, busy}) {
        await page.emulateMedia({colorScheme: "dark"});
        await page.goto(`${address}${linkTo({t0: Math.max(busy.t0 - 10 * MS, 0), t1: busy.t1 + 10 * MS})}`);
        return "20 ms";
    },
    async narrow({page, address}) {
        await page.setViewportSize(NARROW);
        await page.goto(address);
        return "400 px";
    },
};

/** @param {import("playwright-core").Browser} browser @param {string} address @param {string} name */
async function picture(browser, address, name) {
    const get = async (/** @type {string} */ path) => {
        const answer = await fetch(`${address.replace("/t/", "/api/v1/traces/")}${path}`);
        if (!answer.ok) throw new Error(`${path}: ${answer.status} ${(await answer.text()).slice(0, 200)}`);
        return answer.json();
    };
    const manifest = await get("");
    const busy = await busiest({get, manifest});
    for (const [what, show] of Object.entries(PICTURES)) {
        if (only.length > 0 && !only.includes(what)) continue;
        const profile = await browser.newContext({viewport: WIDE});
        const page = await profile.newPage();
        page.on("pageerror", (error) => console.log(`    ${error}`));
        page.on("console", (message) => ["error", "warning"].includes(message.type()) && console.log(`    ${message.text()}`));
        const waits = new Set();
        page.on("request", (one) => waits.add(one));
        page.on("requestfinished", (one) => waits.delete(one));
        page.on("requestfailed", (one) => waits.delete(one));
        const site = {page, address, get, manifest, busy, waits};
        const begin = Date.now();
        const shown = await show(site);
        await settle(site);
        const path = join(out, `${name}.${what}.png`);
        await page.screenshot({path});
        console.log(`${path}\t${shown}\t${Date.now() - begin} ms`);
        await profile.close();
    }
}

mkdirSync(out, {recursive: true});
const browser = await startBrowser();
for (const file of files) {
    const server = await serve(program, file);
    await picture(browser, server.url.replace(/#.*/, ""), basename(file).replace(/[^\w.-]/g, "_"));
    await server.stop();
}
await browser.close();
