/**
 * How long from the start of a navigation to the first full picture of a trace that was read before: the last frame that the
 * page draws, when nothing that the lanes are drawn from is under way any more. (A frame may draw what was there: the picture was full then or earlier.)
 *
 *   node tests/bench/first.js --program=TILESCOPE [--runs=5] [--waterfall] [--shot=FILE.png] TRACE|STORE|URL
 *
 * Two rows: with a profile that has never seen the page, and with one that has. Times are medians in ms since the navigation began; cpu is
 * that of all processes of the browser, and of the server. --waterfall lists the requests of the last run.
 */
import {isWorkers, operands, option, quantile, serve, startBrowser, watchWorker} from "./serving.js";

const [file] = operands();
const program = option("program", "");
const runs = Number(option("runs", "5"));
if (!file || (program === "" && !file.startsWith("http"))) {
    console.error("usage: node tests/bench/first.js --program=TILESCOPE [--runs=5] [--waterfall] [--shot=FILE.png] TRACE|STORE|URL");
    process.exit(2);
}
/** Nothing has happened for so long: it is over. */
const QUIET_MS = 800;

/** Runs in the page before its own code: when it drew frames, and when anything but a canvas last changed. */
function watch() {
    const later = globalThis.requestAnimationFrame.bind(globalThis);
    /** @type {number[]} */
    const frames = [];
    const seen = {frames, words: 0};
    globalThis.requestAnimationFrame = (work) => later((now) => {
        work(now);
        frames.push(performance.now());
    });
    new MutationObserver((list) => {
        if (list.some((m) => m.target !== document)) seen.words = performance.now();
    }).observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
    Object.assign(globalThis, {benchSeen: seen});
}

const server = await serve(program, file);
const browser = await startBrowser();
const root = await browser.newBrowserCDPSession();

async function browserCpuMs() {
    const {processInfo} = await root.send("SystemInfo.getProcessInfo");
    return processInfo.reduce((sum, one) => sum + one.cpuTime * 1000, 0);
}

/** @param {import("playwright-core").BrowserContext} profile @param {boolean} isLast */
async function open(profile, isLast) {
    const page = await profile.newPage();
    page.on("pageerror", (error) => console.error(String(error)));
    const cdp = await profile.newCDPSession(page);
    await cdp.send("Network.enable");
    const net = {all: 0, bytes: 0, at: Date.now()};
    /** @type {Map<string|object, {path: string, start: number, end: number, bytes: number, cached: boolean}>} */
    const list = new Map();
    let zero = NaN;
    /** What the lanes are drawn from: sums for the panel may take longer, and the end of a worker's own files is not told. */
    const isWaiting = () => [...list.values()].some((one) => one.end === 0 && /\/(tiles|chunks|counters|landmarks)\//.test(one.path));
    const over = (/** @type {string|object} */ id, /** @type {number} */ time, /** @type {number} */ bytes) => {
        const one = list.get(id);
        if (!one || one.end > 0) return;
        Object.assign(one, {end: time - zero, bytes});
        net.bytes += bytes;
        net.at = Date.now();
    };
    let shift = 0;
    const seconds = () => Date.now() / 1000 - shift;
    watchWorker(page, {
        asked(request, url) {
            list.set(request, {path: url.replace(/^https?:\/\/[^/]*/, ""), start: seconds() - zero, end: 0, bytes: 0, cached: false});
            net.all++;
            net.at = Date.now();
        },
        answered: (request, {bytes}) => over(request, seconds(), bytes),
        failed: (request) => over(request, seconds(), 0),
    });
    cdp.on("Network.requestWillBeSent", (e) => {
        if (Number.isNaN(zero)) shift = Date.now() / 1000 - (zero = e.timestamp);
        if (isWorkers(e.request.url)) return;
        if (e.request.url.startsWith("data:") || list.has(e.requestId)) return;
        list.set(e.requestId, {path: e.request.url.replace(/^https?:\/\/[^/]*/, ""), start: e.timestamp - zero, end: 0, bytes: 0, cached: false});
        net.all++;
        net.at = Date.now();
    });
    cdp.on("Network.responseReceived", (e) => {
        const one = list.get(e.requestId);
        if (one && e.response.fromDiskCache) one.cached = true;
    });
    cdp.on("Network.requestServedFromCache", (e) => {
        const one = list.get(e.requestId);
        if (one) one.cached = true;
    });
    cdp.on("Network.loadingFinished", (e) => over(e.requestId, e.timestamp, e.encodedDataLength));
    cdp.on("Network.loadingFailed", (e) => over(e.requestId, e.timestamp, 0));
    await page.addInitScript(watch);
    const before = {browser: await browserCpuMs(), server: server.cpuMs()};
    await page.goto(server.url, {waitUntil: "commit"});
    for (;;) {
        await page.waitForTimeout(100);
        const quiet = await page.evaluate(() => {
            const {frames, words} = /** @type {any} */ (globalThis).benchSeen;
            return performance.now() - Math.max(words, frames.at(-1) ?? 0);
        });
        if (quiet > QUIET_MS && Date.now() - net.at > QUIET_MS && !isWaiting()) break;
    }
    const cpu = {browser: await browserCpuMs() - before.browser, server: server.cpuMs() - before.server};
    const {frames, words} = await page.evaluate(() => /** @type {any} */ (globalThis).benchSeen);
    const times = [...list.values()];
    const files = times.filter((one) => /\.(js|css|svg)$/.test(one.path));
    const data = times.filter((one) => /\/api\//.test(one.path));
    const manifest = data.find((one) => /traces\/[0-9a-f]{32}$/.test(one.path));
    const rest = data.filter((one) => one !== manifest && !one.path.includes("/summary"));
    const ms = (/** @type {number[]} */ list) => Math.round(1000 * Math.max(0, ...list));
    const row = {
        "files by": ms(files.map((one) => one.end)), "manifest by": ms([manifest?.end ?? NaN]),
        "first tile asked": Math.round(1000 * Math.min(...rest.map((one) => one.start))), "last tile by": ms(rest.map((one) => one.end)),
        "first frame": Math.round(frames[0] ?? NaN), "full picture": Math.round(frames.at(-1) ?? NaN), "last words": Math.round(words),
        frames: frames.length,
        requests: net.all, "from cache": times.filter((one) => one.cached).length, KB: Math.round(net.bytes / 1000), "browser cpu": Math.round(cpu.browser), "server cpu": cpu.server,
    };
    if (isLast && option("waterfall", "no") !== "no") {
        console.log(frames.map((/** @type {number} */ t) => Math.round(t)).join(" "));
        for (const one of times) console.log(`${(one.start * 1000).toFixed(0).padStart(6)} ${(one.end * 1000).toFixed(0).padStart(6)} ${String(one.bytes).padStart(8)} ${one.cached ? "cache" : "     "} ${one.path}`);
    }
    const shot = option("shot", "");
    if (isLast && shot !== "") await page.screenshot({path: shot});
    await page.close();
    return row;
}

/** @param {Record<string, number>[]} rows @returns {Record<string, number>} */
const median = (rows) => Object.fromEntries(Object.keys(rows[0] ?? {}).map((key) => [key, quantile(rows.map((row) => row[key] ?? NaN), 0.5)]));

const warm = await browser.newContext({viewport: {width: 1600, height: 1000}});
await open(warm, false); // the server's cache, the browser's own start
/** @type {Record<string, number>[]} */
const fresh = [];
/** @type {Record<string, number>[]} */
const again = [];
for (let i = 0; i < runs; i++) {
    const profile = await browser.newContext({viewport: {width: 1600, height: 1000}});
    await profile.newPage();
    fresh.push(await open(profile, i === runs - 1));
    again.push(await open(profile, i === runs - 1));
    await profile.close();
}
await browser.close();
await server.stop();
console.table({"first visit": median(fresh), "again": median(again)});
const full = (/** @type {Record<string, number>[]} */ rows) => rows.map((row) => row["full picture"]).join(" ");
console.log(`full picture, each run: ${full(fresh)} | again: ${full(again)} ms`);
