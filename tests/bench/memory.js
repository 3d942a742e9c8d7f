/**
 * What a tab holds in memory over a long tour of a trace: zooms, pans, scrolls, groups unfolded and folded, tabs, selections.
 *
 *   node tests/bench/memory.js --program=TILESCOPE [--minutes=10] [--most=300] TRACE|STORE|URL
 *
 * Sampled every few seconds: the page's own heap, and what the tab's process has for itself, its workers and pictures among it (RssAnon,
 * RssShmem and VmSwap of proc(5)). Fails where that goes beyond --most MB.
 */
import {readFileSync} from "node:fs";
import {operands, option, quantile, serve, startBrowser} from "./serving.js";

const [file] = operands();
const program = option("program", "");
const minutes = Number(option("minutes", "10"));
const most = Number(option("most", "300"));
if (!file || (program === "" && !file.startsWith("http"))) {
    console.error("usage: node tests/bench/memory.js --program=TILESCOPE [--minutes=10] [--most=300] TRACE|STORE|URL");
    process.exit(2);
}
const MB = 1e6;
const SAMPLE_MS = 3000;

const server = await serve(program, file);
const browser = await startBrowser();
const page = await browser.newPage({viewport: {width: 1600, height: 1000}});
page.on("pageerror", (error) => console.error(String(error)));
const root = await browser.newBrowserCDPSession();
const cdp = await page.context().newCDPSession(page);
await cdp.send("Performance.enable");
await page.goto(server.url);
await page.waitForFunction(() => document.querySelector("#detail")?.childElementCount);

/** Bytes that a process has for itself. @param {number} pid */
function ownBytes(pid) {
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    return ["RssAnon", "RssShmem", "VmSwap"].reduce((sum, name) => sum + Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) * 1024, 0);
}

/** @type {{s: number, heap: number, tab: number}[]} */
const samples = [];
const start = Date.now();
async function sample() {
    const {metrics} = await cdp.send("Performance.getMetrics");
    const {processInfo} = await root.send("SystemInfo.getProcessInfo");
    const tabs = processInfo.filter((one) => one.type === "renderer").map((one) => ownBytes(one.id));
    samples.push({s: Math.round((Date.now() - start) / 1000), heap: (metrics.find(({name}) => name === "JSHeapUsedSize")?.value ?? 0) / MB, tab: Math.max(...tabs) / MB});
}

const box = /** @type {{x: number, y: number, width: number, height: number}} */ (await page.locator("#lanes").boundingBox());
/** A number from 0 to 1 that is the same in every run. */
let seed = 1;
const random = () => (seed = seed * 48271 % 2147483647) / 2147483647;
/** @param {string} body of a function of `own` @returns {Promise<unknown>} */
const inPage = (body) => page.evaluate(`import(document.querySelector("script[type=module]").src).then(({page: own}) => { ${body} })`);
/** @param {number} n @param {number} deltaX @param {number} deltaY @param {number} modifiers 2: Ctrl */
async function wheel(n, deltaX, deltaY, modifiers) {
    const [x, y] = [box.x + box.width * (0.1 + 0.8 * random()), box.y + box.height * (0.1 + 0.8 * random())];
    for (let i = 0; i < n; i++) {
        await cdp.send("Input.dispatchMouseEvent", {type: "mouseWheel", x, y, deltaX, deltaY, modifiers});
        await page.waitForTimeout(16);
    }
}
const TABS = ["details", "stacks", "statistics", "flame", "events", "tasks", "goroutines"];
/** @type {(() => Promise<unknown>)[]} */
const MOVES = [
    () => wheel(40, 0, -30, 2), () => wheel(40, 40, 0, 0), () => wheel(40, 0, 60, 0), () => wheel(40, -40, 0, 0), () => wheel(30, 0, 30, 2), () => wheel(40, 0, -60, 0),
    () => inPage(`
        const {groups} = own.manifest, group = groups[Math.floor(${random()} * groups.length)], key = "g:" + group.function, {open} = own.store.get();
        own.store.set({open: {...open, threads: !open.threads, [key]: !open[key]}});`),
    () => page.mouse.click(box.x + box.width * random(), box.y + box.height * random()),
    () => inPage(`own.store.set({panel: ${JSON.stringify(TABS)}[Math.floor(${random()} * ${TABS.length})]});`),
    () => wheel(60, 0, 30, 2),
    () => inPage("own.store.set({selection: null});"),
];
await sample();
for (let i = 0, last = Date.now(); Date.now() - start < minutes * 60000; i++) {
    await MOVES[i % MOVES.length]?.();
    if (Date.now() - last < SAMPLE_MS) continue;
    last = Date.now();
    await sample();
}
await sample();
await browser.close();
await server.stop();

const tenths = Array.from({length: 11}, (_, i) => samples[Math.min(Math.round(i / 10 * (samples.length - 1)), samples.length - 1)]);
console.table(tenths.map((one) => ({s: one?.s, "heap MB": Math.round(one?.heap ?? NaN), "tab MB": Math.round(one?.tab ?? NaN)})));
const top = Math.max(...samples.map(({tab}) => tab));
console.log(`tab: median ${Math.round(quantile(samples.map(({tab}) => tab), 0.5))} MB, most ${Math.round(top)} MB (at most ${most}); heap: most ${Math.round(Math.max(...samples.map(({heap}) => heap)))} MB; ${samples.length} samples`);
process.exitCode = top <= most ? 0 : 1;
