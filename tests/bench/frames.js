/**
 * Frames while panning and zooming: drives a page of a running server in Chromium through a fixed tour, records a
 * DevTools trace and prints frame intervals, main-thread work per frame, long tasks, requests and bytes.
 *
 *   node tests/bench/frames.js http://127.0.0.1:PORT/t/ID [--expand] [--seconds=20]
 *
 * A frame begins where Chromium fires the page's animation frame callbacks; the work of a frame is the time of all main-thread
 * tasks until the next one. Intervals count only while the tour moves, when every frame has something new to draw.
 */
import {chromium} from "playwright-core";

const url = process.argv[2];
const expand = process.argv.includes("--expand");
const seconds = Number((process.argv.find((a) => a.startsWith("--seconds=")) ?? "=20").split("=")[1]);
if (!url) {
    console.error("usage: node tests/bench/frames.js URL [--expand] [--seconds=20]");
    process.exit(2);
}

const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage({viewport: {width: 1600, height: 1000}, deviceScaleFactor: 1});
const cdp = await page.context().newCDPSession(page);
await cdp.send("Network.enable");
let requests = 0;
let bytes = 0;
cdp.on("Network.loadingFinished", (e) => { requests++; bytes += e.encodedDataLength; });
await page.goto(url);
await page.waitForTimeout(2500);
console.log(`first screen: ${requests} requests, ${(bytes / 1000).toFixed(0)} KB`);

if (expand) {
    await page.keyboard.press("Home");
    await page.evaluate(() => document.dispatchEvent(new CustomEvent("bench-expand")));
}

/** @param {() => Promise<void>} step @param {number} ms */
async function during(step, ms) {
    const end = Date.now() + ms;
    while (Date.now() < end) await step();
}

const box = await page.locator("#lanes").boundingBox();
const cx = box.x + box.width * 0.6;
const cy = box.y + box.height * 0.5;
/** @param {number} dx @param {number} dy @param {number} modifiers 2 = Ctrl, 8 = Shift */
const wheel = async (dx, dy, modifiers) => {
    await cdp.send("Input.dispatchMouseEvent", {type: "mouseWheel", x: cx, y: cy, deltaX: dx, deltaY: dy, modifiers});
    await page.waitForTimeout(12);
};

/** @type {any[]} */
const events = [];
cdp.on("Tracing.dataCollected", (e) => events.push(...e.value));
const categories = ["devtools.timeline", "disabled-by-default-devtools.timeline", "blink.user_timing", "toplevel"];
await cdp.send("Tracing.start", {transferMode: "ReportEvents", traceConfig: {includedCategories: categories}});
await page.mouse.move(cx, cy);
const screens = [];
const part = (seconds * 1000) / 8;
/** @param {string} name @param {() => Promise<void>} step */
async function leg(name, step) {
    const before = {requests, bytes};
    await page.evaluate((n) => performance.mark(`leg-${n}-start`), name);
    await during(step, part);
    await page.evaluate((n) => performance.mark(`leg-${n}-end`), name);
    await page.waitForTimeout(400);
    screens.push({name, requests: requests - before.requests, KB: Math.round((bytes - before.bytes) / 1000)});
}
await leg("zoom-in", () => wheel(0, -60, 2));
await leg("pan-right", () => wheel(60, 0, 0));
await leg("scroll-down", () => wheel(0, 40, 0));
await leg("zoom-out", () => wheel(0, 45, 2));
await leg("scroll-up", () => wheel(0, -40, 0));
await leg("zoom-in-again", () => wheel(0, -45, 2));
await leg("pan-left", () => wheel(-60, 0, 0));
await leg("all-out", () => wheel(0, 80, 2));
const done = new Promise((resolve) => cdp.once("Tracing.tracingComplete", resolve));
await cdp.send("Tracing.end");
await done;
await browser.close();

const mark = events.find((e) => e.name === "leg-zoom-in-start");
const main = mark && {pid: mark.pid, tid: mark.tid};
const mine = events.filter((e) => main && e.pid === main.pid && e.tid === main.tid);
const time = (/** @type {string} */ name) => mine.find((e) => e.name === name)?.ts;
const tasks = mine.filter((e) => e.ph === "X" && (e.name === "RunTask" || e.name === "ThreadControllerImpl::RunTask"))
    .sort((a, b) => a.ts - b.ts);
const raf = [...new Set(mine.filter((e) => e.name === "FireAnimationFrame").map((e) => e.ts))].sort((a, b) => a - b);
/** @type {number[]} */ const intervals = [];
/** @type {number[]} */ const works = [];
const long = tasks.filter((t) => t.dur > 50000).length;
for (const s of screens) {
    const from = time(`leg-${s.name}-start`);
    const to = time(`leg-${s.name}-end`);
    const fs = raf.filter((t) => t >= from && t < to);
    for (let i = 1; i < fs.length; i++) {
        const gap = (fs[i] - fs[i - 1]) / 1000;
        intervals.push(gap);
        works.push(tasks.filter((t) => t.ts >= fs[i - 1] - 500 && t.ts < fs[i] - 500).reduce((sum, t) => sum + t.dur, 0) / 1000);
    }
}
/** @param {number[]} a @param {number} q */
const quantile = (a, q) => [...a].sort((x, y) => x - y)[Math.min(a.length - 1, Math.floor(q * a.length))] ?? NaN;
console.log(`frames ${intervals.length}: interval p50 ${quantile(intervals, 0.5).toFixed(1)} p99 ${quantile(intervals, 0.99).toFixed(1)} `
    + `max ${quantile(intervals, 1).toFixed(1)} ms; over 25 ms: ${(100 * intervals.filter((v) => v > 25).length / intervals.length).toFixed(2)} %`);
console.log(`main-thread work per frame: p50 ${quantile(works, 0.5).toFixed(2)} p99 ${quantile(works, 0.99).toFixed(2)} max ${quantile(works, 1).toFixed(2)} ms; `
    + `tasks over 50 ms: ${long}`);
console.table(screens);
