/**
 * Frames while panning and zooming: drives a page in Chromium through a fixed tour, records a DevTools trace and prints frame
 * intervals, main-thread work per frame, long tasks, requests and bytes, and what the server was slow to answer or refused.
 *
 *   node tests/bench/frames.js [--program=TILESCOPE] [--rows] [--seconds=20] [--events] [--profile] [--leg=NAME] [--worst]
 *       [--pixels] [--shots=FOLDER] TRACE|STORE|URL
 *
 * --rows goes on to the rows: opens the group with the most rows, scrolls through it, folds it, opens the threads; --events lists
 * what the time went to, by thread; --profile lists the page's functions by their own time; --leg narrows both to one leg of the
 * tour, --worst the events to the 30 frames of most CPU time; --shots keeps a picture of the end of each leg.
 *
 * --pixels looks, in place of the times, at the pixels of every frame: how much of the lanes bears ink, in boxes of 8 px, against
 * the picture at rest at the end of the leg. A frame with less than a quarter of that is blank.
 *
 * A frame begins with the main-thread task in which Chromium fires animation frame callbacks; its work is all tasks until the
 * next one: by wall clock, and by the thread's own CPU time, which leaves out what other programs took. Wheel steps come every
 * 8 ms whatever the page does, and an empty callback asks for every frame, so a long interval is always a frame that was late.
 * The page draws in its worker: "drawn" is how long after a frame was sent there it was drawn, by the page's clock.
 */
import {isWorkers, operands, option as valueOf, quantile, serve, startBrowser, watchWorker} from "./serving.js";

const [file] = operands();
const option = (/** @type {string} */ name) => valueOf(name, "no") !== "no";
const seconds = Number(valueOf("seconds", "20"));
const program = valueOf("program", "");
if (!file || (program === "" && !file.startsWith("http"))) {
    console.error("usage: node tests/bench/frames.js [--program=TILESCOPE] [--rows] [--seconds=20] [--events] [--profile] [--leg=NAME] [--worst] [--pixels] [--shots=FOLDER] TRACE|STORE|URL");
    process.exit(2);
}
const only = valueOf("leg", "");
const STEP_MS = 8;
const REST_MS = 500;
const SLOW_MS = 100;

const server = await serve(program, file);
const browser = await startBrowser();
const page = await browser.newPage({viewport: {width: 1600, height: 1000}, deviceScaleFactor: 1});
page.on("pageerror", (e) => console.error(String(e)));
const cdp = await page.context().newCDPSession(page);
await cdp.send("Network.enable");
/** @type {Map<string, number>} */ const times = new Map();
/** @type {Map<string, string>} */ const paths = new Map();
/** @type {Set<string>} */ const own = new Set();
/** @type {{path: string, ms: number, status: number, leg: string}[]} */ const slow = [];
const net = {requests: 0, modules: 0, bytes: 0, moduleBytes: 0, aborted: 0, cached: 0, slow: 0, refused: 0};
let now = "first screen";
const pathOf = (/** @type {string} */ url) => url.replace(/^.*traces\/[0-9a-f]*\/?/, "");
const note = (/** @type {string} */ path, /** @type {number} */ ms, /** @type {number} */ status) => {
    if (status >= 400) net.refused++;
    if (ms > SLOW_MS) net.slow++;
    if (ms > SLOW_MS || status >= 400) slow.push({path, ms: Math.round(ms), status, leg: now});
};
/** @type {Map<object, string>} */ const asked = new Map();
watchWorker(page, {
    asked(request, url) {
        net.requests++;
        times.set(url, (times.get(url) ?? 0) + 1);
        asked.set(request, pathOf(url));
    },
    answered(request, {ms, status, bytes}) {
        net.bytes += bytes;
        note(asked.get(request) ?? "", ms, status);
    },
    failed: () => { net.aborted++; },
});
cdp.on("Network.requestWillBeSent", (e) => {
    if (isWorkers(e.request.url)) return;
    net.requests++;
    if (/\.(js|css|svg)$/.test(e.request.url) || e.type === "Document") {
        net.modules++;
        own.add(e.requestId);
    }
    times.set(e.request.url, (times.get(e.request.url) ?? 0) + 1);
    paths.set(e.requestId, pathOf(e.request.url));
});
cdp.on("Network.requestServedFromCache", () => { net.cached++; });
cdp.on("Network.responseReceived", (e) => {
    if (e.response.fromDiskCache) net.cached++;
    const {timing, status} = e.response;
    if (!isWorkers(e.response.url)) note(paths.get(e.requestId) ?? "", timing ? timing.receiveHeadersEnd - timing.sendStart : 0, status);
});
cdp.on("Network.loadingFinished", (e) => {
    if (paths.has(e.requestId)) net.bytes += e.encodedDataLength;
    if (own.has(e.requestId)) net.moduleBytes += e.encodedDataLength;
});
cdp.on("Network.loadingFailed", (e) => { if (paths.has(e.requestId)) net.aborted++; });
await page.addInitScript(() => {
    /** @type {number[]} */
    const drawn = [];
    Object.assign(globalThis, {benchDrawn: drawn});
    const Plain = globalThis.Worker;
    globalThis.Worker = class extends Plain {
        /** @type {Map<number, number>} */
        #sent = new Map();

        /** @param {string|URL} url @param {WorkerOptions} [how] */
        constructor(url, how) {
            super(url, how);
            this.addEventListener("message", ({data}) => {
                const sent = this.#sent.get(data.call);
                if (sent === undefined) return;
                drawn.push(performance.now() - sent);
                this.#sent.delete(data.call);
            });
        }

        /** @param {any} message @param {any} how */
        postMessage(message, how) {
            if (message.what === "show") this.#sent.set(message.call, performance.now());
            super.postMessage(message, how);
        }
    };
});
await page.goto(server.url);
await page.waitForFunction(() => document.querySelector("#detail")?.childElementCount);
await page.waitForTimeout(2500);
console.log(`first screen: ${net.requests} requests (${net.modules} of them files of the page), ${(net.bytes / 1000).toFixed(0)} KB (${(net.moduleBytes / 1000).toFixed(0)} of them files of the page)`);

const box = /** @type {{x: number, y: number, width: number, height: number}} */ (await page.locator("#lanes").boundingBox());
const cx = box.x + box.width * 0.6;
const cy = box.y + box.height * 0.5;
/** @param {number} deltaX @param {number} deltaY @param {number} modifiers 2 = Ctrl, 8 = Shift */
const wheel = (deltaX, deltaY, modifiers) => cdp.send("Input.dispatchMouseEvent", {type: "mouseWheel", x: cx, y: cy, deltaX, deltaY, modifiers});
/** Runs in the page with its own module. @param {string} body of a function of `own` @returns {Promise<any>} */
const inPage = (body) => page.evaluate(`import(document.querySelector("script[type=module]").src).then(({page: own}) => { ${body} })`);

/** Clicks the label of a lane, which folds or unfolds it; answers what it says of the group. @param {string} lane id, "" the group with the most rows */
async function toggle(lane) {
    const find = `
        const {manifest, scrollY} = own.store.get();
        const group = [...manifest.groups].sort((a, b) => b.rows - a.rows)[0];
        const id = ${JSON.stringify(lane)} || "g:" + group.function;
        const lane = own.stage.lanes.find(id);
        return {id, rows: group.rows, y: lane.y + Math.min(lane.height, 24) / 2, scrollY, open: own.store.get().open[id] === true};`;
    const before = await inPage(find);
    const place = Math.max(before.y - box.height / 3, 0);
    await inPage(`own.store.set({scrollY: Math.round(${place})});`);
    await page.waitForTimeout(300);
    const {id, rows, y, scrollY, open} = await inPage(find);
    await page.mouse.click(box.x - 120, box.y + y - scrollY);
    await page.mouse.move(cx, cy);
    await page.waitForTimeout(1500);
    const after = await inPage(find);
    console.log(`${after.open === open ? "COULD NOT TOGGLE" : after.open ? "opened" : "folded"} ${id}${lane === "" ? `, ${rows} rows` : ""}`);
}

/** @type {any[]} */
const events = [];
cdp.on("Tracing.dataCollected", (e) => events.push(...e.value));
const categories = ["devtools.timeline", "disabled-by-default-devtools.timeline", "blink.user_timing"];
if (option("profile")) categories.push("disabled-by-default-v8.cpu_profiler");
await page.evaluate((isLooking) => {
    const small = new OffscreenCanvas(1, 1);
    const ctx = small.getContext("2d", {willReadFrequently: true});
    /** Share of the boxes that bear ink. */
    const ink = () => {
        const lanes = /** @type {HTMLCanvasElement} */ (document.querySelector("#lanes"));
        const [w, h] = [lanes.width >> 3, lanes.height >> 3];
        if (small.width !== w || small.height !== h) Object.assign(small, {width: w, height: h});
        ctx?.drawImage(lanes, 0, 0, w, h);
        const {data} = ctx?.getImageData(0, 0, w, h) ?? {data: []};
        const ground = getComputedStyle(document.documentElement).getPropertyValue("--lane").trim();
        const [r, g, b] = [1, 3, 5].map((i) => Number.parseInt(ground.slice(i, i + 2), 16));
        let n = 0;
        for (let i = 0; i < data.length; i += 4) if (Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) > 24) n++;
        return n / (w * h);
    };
    /** @type {number[]} */
    const shares = [];
    Object.assign(globalThis, {benchInk: ink, benchShares: shares});
    const next = () => {
        if (isLooking) shares.push(ink());
        requestAnimationFrame(next);
    };
    next();
}, option("pixels"));
if (!option("pixels")) await cdp.send("Tracing.start", {transferMode: "ReportEvents", traceConfig: {includedCategories: categories}});
await page.mouse.move(cx, cy);
/** @type {{name: string, "drawn p50": number, "drawn p99": number, span: string, requests: number, aborted: number, cached: number, slow: number, refused: number, KB: number}[]} */
const legs = [];
/** @type {Record<string, number|string>[]} */
const looked = [];
/** @type {number[]} */
const allDrawn = [];
const part = (seconds * 1000) / 8;
/** @param {string} name @param {() => Promise<any>} step */
async function leg(name, step) {
    const before = {...net};
    now = name;
    await page.evaluate(() => { /** @type {any} */ (globalThis).benchShares.length = /** @type {any} */ (globalThis).benchDrawn.length = 0; });
    await page.evaluate((n) => performance.mark(`leg-${n}-start`), name);
    const end = performance.now() + part;
    let last = Promise.resolve();
    for (let due = performance.now(); due < end; due += STEP_MS) {
        await new Promise((resolve) => setTimeout(resolve, Math.max(due - performance.now(), 0)));
        last = step();
    }
    await page.evaluate((n) => performance.mark(`leg-${n}-end`), name);
    await last;
    /** @type {number[]} */
    const drawn = await page.evaluate(() => [.../** @type {any} */ (globalThis).benchDrawn]);
    allDrawn.push(...drawn);
    await page.waitForTimeout(REST_MS);
    const span = await inPage("const {t0, t1} = own.store.get(); return t1 - t0;");
    const since = (/** @type {keyof typeof net} */ key) => net[key] - before[key];
    legs.push({name, "drawn p50": +quantile(drawn, 0.5).toFixed(1), "drawn p99": +quantile(drawn, 0.99).toFixed(1), span: `${(span / 1e6).toPrecision(3)} ms`, requests: since("requests"), aborted: since("aborted"), cached: since("cached"), slow: since("slow"), refused: since("refused"), KB: Math.round(since("bytes") / 1000)});
    if (option("pixels")) await look(name);
    if (valueOf("shots", "") !== "") await page.screenshot({path: `${valueOf("shots", "")}/${legs.length}-${name}.png`});
}
/** Compares the frames of a leg with the picture at rest. @param {string} name */
async function look(name) {
    /** @type {number[]} */
    const shares = await page.evaluate(() => [.../** @type {any} */ (globalThis).benchShares]);
    await page.waitForTimeout(3000);
    const rest = await page.evaluate(() => /** @type {any} */ (globalThis).benchInk());
    const percent = (/** @type {number} */ share) => +(100 * share).toFixed(1);
    looked.push({leg: name, frames: shares.length, "at rest %": percent(rest), "least %": percent(Math.min(...shares)), "p1 %": percent(quantile(shares, 0.01)), "p50 %": percent(quantile(shares, 0.5)), blank: shares.filter((s) => s < rest / 4).length});
}
await leg("zoom-in", () => wheel(0, -25, 2));
await leg("pan-right", () => wheel(30, 0, 0));
await leg("scroll-down", () => wheel(0, 25, 0));
await leg("zoom-out", () => wheel(0, 15, 2));
await leg("scroll-up", () => wheel(0, -25, 0));
await leg("zoom-in-again", () => wheel(0, -15, 2));
await leg("pan-left", () => wheel(-30, 0, 0));
await leg("all-out", () => wheel(0, 30, 2));
if (option("rows")) {
    await toggle("");
    await leg("rows-down", () => wheel(0, 150, 0));
    await leg("rows-faster", () => wheel(0, 3000, 0));
    await leg("rows-zoom-in", () => wheel(0, -25, 2));
    await leg("rows-pan", () => wheel(30, 0, 0));
    await leg("rows-up", () => wheel(0, -3000, 0));
    await leg("rows-all-out", () => wheel(0, 30, 2));
    await toggle("");
    await toggle("threads");
    await leg("threads-down", () => wheel(0, 150, 0));
    await leg("threads-zoom-in", () => wheel(0, -25, 2));
    await leg("threads-up", () => wheel(0, -150, 0));
}
/** @param {{path: string, ms: number, status: number, leg: string}[]} list */
const report = (list) => list.length > 0 && console.table(list.sort((a, b) => b.ms - a.ms).slice(0, 25));
if (option("pixels")) {
    await browser.close();
    await server.stop();
    console.table(looked);
    report(slow);
    process.exit(0);
}
const done = new Promise((resolve) => cdp.once("Tracing.tracingComplete", resolve));
await cdp.send("Tracing.end");
await done;
await browser.close();
await server.stop();

const mark = events.find((e) => e.name === "leg-zoom-in-start");
const mine = events.filter((e) => e.pid === mark?.pid && e.tid === mark?.tid).sort((a, b) => a.ts - b.ts);
const time = (/** @type {string} */ name) => mine.find((e) => e.name === name)?.ts ?? NaN;
const tasks = mine.filter((e) => e.ph === "X" && e.name === "RunTask");
const fired = mine.filter((e) => e.name === "FireAnimationFrame");
/** Where frames begin: the tasks that hold an animation frame's callbacks. @type {number[]} */
const frames = [];
for (let i = 0, f = 0; i < tasks.length && f < fired.length; i++) {
    const end = tasks[i].ts + tasks[i].dur;
    if (fired[f].ts >= end) continue;
    if (fired[f].ts >= tasks[i].ts) frames.push(tasks[i].ts);
    while (f < fired.length && fired[f].ts < end) f++;
}

/** @param {number[]} a @param {number} digits */
const spread = (a, digits) => `p50 ${quantile(a, 0.5).toFixed(digits)} p99 ${quantile(a, 0.99).toFixed(digits)} max ${quantile(a, 1).toFixed(digits)}`;

/** @type {{interval: number[], wall: number[], cpu: number[], long: number}} */
const all = {interval: [], wall: [], cpu: [], long: 0};
/** @type {{from: number, to: number, cpu: number}[]} */
const spans = [];
const table = legs.map(({name, ...rest}) => {
    const from = time(`leg-${name}-start`);
    const to = time(`leg-${name}-end`);
    const starts = frames.filter((t) => t >= from && t < to);
    const own = tasks.filter((t) => t.ts >= (starts[0] ?? to) && t.ts < (starts.at(-1) ?? to));
    /** @type {{interval: number[], wall: number[], cpu: number[]}} */
    const one = {interval: [], wall: [], cpu: []};
    for (let i = 1, at = 0; i < starts.length; i++) {
        let wall = 0;
        let cpu = 0;
        for (; at < own.length && own[at].ts < starts[i]; at++) {
            wall += own[at].dur / 1000;
            cpu += (own[at].tdur ?? own[at].dur) / 1000;
        }
        one.interval.push((starts[i] - starts[i - 1]) / 1000);
        one.wall.push(wall);
        one.cpu.push(cpu);
        spans.push({from: starts[i - 1], to: starts[i], cpu});
    }
    const long = own.filter((t) => t.dur > 50000).length;
    all.interval.push(...one.interval);
    all.wall.push(...one.wall);
    all.cpu.push(...one.cpu);
    all.long += long;
    return {
        leg: name, frames: one.interval.length, "over 25 ms %": +(100 * one.interval.filter((v) => v > 25).length / one.interval.length).toFixed(1),
        "wall p50": +quantile(one.wall, 0.5).toFixed(1), "wall p99": +quantile(one.wall, 0.99).toFixed(1),
        "cpu p50": +quantile(one.cpu, 0.5).toFixed(1), "cpu p99": +quantile(one.cpu, 0.99).toFixed(1), "cpu max": +quantile(one.cpu, 1).toFixed(1), long, ...rest,
    };
});
const late = all.interval.filter((v) => v > 25).length;
console.log(`frames ${all.interval.length}: interval ${spread(all.interval, 1)} ms; over 25 ms: ${(100 * late / all.interval.length).toFixed(2)} %`);
console.log(`main-thread work per frame, wall: ${spread(all.wall, 2)} ms; cpu: ${spread(all.cpu, 2)} ms; tasks over 50 ms: ${all.long}`);
console.log(`drawn after: ${spread(allDrawn, 1)} ms; over 25 ms: ${(100 * allDrawn.filter((v) => v > 25).length / allDrawn.length).toFixed(2)} % of ${allDrawn.length}`);
console.table(table);
console.log(`answered after more than ${SLOW_MS} ms, or refused: ${slow.length}`);
report(slow);
const twice = [...times].filter(([, n]) => n > 1);
console.log(`addresses asked for more than once: ${twice.length} of ${times.size}`);
if (option("events")) {
    for (const [path, n] of twice.sort((a, b) => b[1] - a[1]).slice(0, 8)) console.log(`${n} x ${path}`);
    listEvents();
}
if (option("profile")) listProfile();

/** Own CPU time by thread and event. */
function listEvents() {
    const names = new Map(events.filter((e) => e.name === "thread_name").map((e) => [`${e.pid}/${e.tid}`, e.args.name]));
    const processes = new Map(events.filter((e) => e.name === "process_name").map((e) => [e.pid, e.args.name]));
    /** @type {Map<string, any[]>} */
    const threads = new Map();
    const from = time(`leg-${only || "zoom-in"}-start`);
    const to = time(`leg-${only || "all-out"}-end`);
    const n = fired.filter((e) => e.ts >= from && e.ts < to).length / 2;
    const worst = spans.filter((f) => f.from >= from && f.to <= to).sort((a, b) => b.cpu - a.cpu).slice(0, 30);
    console.log(option("worst") ? `the ${worst.length} frames of most CPU time` : `${only || "all legs"}: about ${Math.round(n)} frames`);
    for (const e of events) {
        if (e.ph !== "X" || e.ts < from || e.ts > to) continue;
        if (option("worst") && !worst.some((f) => e.ts >= f.from && e.ts < f.to)) continue;
        const id = `${e.pid}/${e.tid}`;
        const list = threads.get(id);
        if (list) list.push(e);
        else threads.set(id, [e]);
    }
    /** @type {Map<string, {ms: number, n: number, max: number}>} */
    const sums = new Map();
    for (const [id, list] of threads) {
        list.sort((a, b) => a.ts - b.ts || b.dur - a.dur);
        /** @type {any[]} */
        const open = [];
        for (const e of list) {
            while (open.length > 0 && open[open.length - 1].ts + open[open.length - 1].dur <= e.ts) open.pop();
            const cpu = (e.tdur ?? e.dur) / 1000;
            const add = (/** @type {any} */ o, /** @type {number} */ ms, /** @type {number} */ n) => {
                const thread = `${processes.get(o.pid) ?? o.pid} ${String(names.get(id) ?? id).replace(/Worker.*/, "Worker")}`;
                const key = `${thread}: ${o.name}${o.name === "TimerFire" || o.name === "FunctionCall" ? ` ${o.args?.data?.functionName ?? ""}` : ""}`;
                const sum = sums.get(key) ?? {ms: 0, n: 0, max: 0};
                sums.set(key, {ms: sum.ms + ms, n: sum.n + n, max: Math.max(sum.max, n > 0 ? cpu : 0)});
            };
            add(e, cpu, 1);
            const outer = open.at(-1);
            if (outer) add(outer, -cpu, 0);
            open.push(e);
        }
    }
    console.table([...sums].sort((a, b) => b[1].ms - a[1].ms).slice(0, 40).map(([what, {ms, n, max}]) => ({what, "own ms": Math.round(ms), n, "longest ms": +max.toFixed(1)})));
}

/** Own time of the page's functions, sampled. */
function listProfile() {
    /** @type {Map<string, {name: string, parent: string}>} */
    const nodes = new Map();
    /** @type {Map<string, number>} */
    const own = new Map();
    const from = time(`leg-${only || "zoom-in"}-start`);
    const to = time(`leg-${only || "all-out"}-end`);
    for (const e of events.filter((c) => c.name === "ProfileChunk" && c.pid === mark?.pid)) {
        const {cpuProfile, timeDeltas} = e.args.data;
        const of = (/** @type {number} */ id) => `${e.id}/${id}`;
        for (const node of cpuProfile?.nodes ?? []) {
            const {functionName, url: file, lineNumber} = node.callFrame;
            nodes.set(of(node.id), {name: `${functionName || "(anonymous)"} ${(file ?? "").replace(/.*\/web\//, "")}:${(lineNumber ?? 0) + 1}`, parent: node.parent ? of(node.parent) : ""});
        }
        if (e.ts < from || e.ts > to) continue;
        (cpuProfile?.samples ?? []).forEach((/** @type {number} */ id, /** @type {number} */ i) => {
            const name = nodes.get(of(id))?.name ?? "?";
            own.set(name, (own.get(name) ?? 0) + timeDeltas[i] / 1000);
        });
    }
    console.table([...own].sort((a, b) => b[1] - a[1]).slice(0, 40).map(([what, ms]) => ({what, "own ms": Math.round(ms)})));
}
