/**
 * The page over a slow line: 50 ms round trip, 10 Mbit/s. How long until the first picture, and until the screen is complete after the last
 * movement of a zoom, a pan and a scroll; with how many requests and bytes.
 *
 *   node tests/bench/shaped.js --program=TILESCOPE [--runs=3] [--rtt=50] [--mbits=10] [--waterfall] TRACE|STORE...
 *
 * Times are medians in ms, counted in the page: from the start of the navigation to the first frame that has colour in its lanes; from the last
 * wheel event to the last frame, when nothing is asked for any more. Profiles are fresh. Aims: 1,500 ms and 1,000 ms.
 * --waterfall lists the requests of the last run: begin, first byte, end, bytes, path.
 */
import {basename} from "node:path";
import {operands, option, quantile, serve, startBrowser} from "./serving.js";
import {startSlowLine} from "./slow_line.js";

const files = operands();
const program = option("program", "");
const runs = Number(option("runs", "3"));
if (files.length === 0 || program === "") {
    console.error("usage: node tests/bench/shaped.js --program=TILESCOPE [--runs=3] [--rtt=50] [--mbits=10] [--waterfall] TRACE|STORE...");
    process.exit(2);
}
const AIMS = {picture: 1500, complete: 1000};
const QUIET_MS = 700;
const GIVE_UP_MS = 60000;

/** Runs in the page before its own code: when it drew, when the lanes first had colour, when the last wheel event came. */
function watch() {
    const later = globalThis.requestAnimationFrame.bind(globalThis);
    const seen = {picture: 0, frame: 0, wheel: 0};
    const small = new OffscreenCanvas(128, 128).getContext("2d", {willReadFrequently: true});
    const hasColour = () => {
        const lanes = /** @type {HTMLCanvasElement|null} */ (document.querySelector("#lanes"));
        if (!lanes || lanes.width < 2 || !small) return false;
        small.drawImage(lanes, 0, 0, 128, 128);
        const {data} = small.getImageData(0, 0, 128, 128);
        let n = 0;
        for (let i = 0; i < data.length; i += 4) if (Math.max(data[i] ?? 0, data[i + 1] ?? 0, data[i + 2] ?? 0) - Math.min(data[i] ?? 0, data[i + 1] ?? 0, data[i + 2] ?? 0) > 30) n++;
        return n > 80;
    };
    globalThis.requestAnimationFrame = (work) => later((now) => {
        work(now);
        seen.frame = performance.now();
    });
    const look = () => { // the worker may draw after the page's last frame
        if (hasColour()) seen.picture = performance.now();
        else later(look);
    };
    later(look);
    addEventListener("wheel", () => { seen.wheel = performance.now(); }, {capture: true, passive: true});
    Object.assign(globalThis, {benchSeen: seen});
}

const browser = await startBrowser();

/** @param {string} url through the line @param {() => number} down @param {boolean} isLast */
async function open(url, down, isLast) {
    const profile = await browser.newContext({viewport: {width: 1600, height: 1000}});
    const page = await profile.newPage();
    page.on("pageerror", (error) => console.error(String(error)));
    const under = new Set();
    /** @type {import("playwright-core").Request[]} */
    const all = [];
    let at = Date.now();
    page.on("request", (request) => {
        under.add(request);
        all.push(request);
        at = Date.now();
    });
    const over = (/** @type {import("playwright-core").Request} */ request) => {
        under.delete(request);
        at = Date.now();
    };
    page.on("requestfinished", over);
    page.on("requestfailed", over);
    await page.addInitScript(watch);
    const seen = () => page.evaluate(() => ({...(/** @type {any} */ (globalThis)).benchSeen, now: performance.now()}));
    const rest = async () => {
        for (const start = Date.now(); Date.now() - start < GIVE_UP_MS;) {
            const {picture, frame, now} = await seen();
            if (picture > 0 && under.size === 0 && now - frame > QUIET_MS && Date.now() - at > QUIET_MS) return;
            await page.waitForTimeout(50);
        }
        throw new Error(`no rest: ${under.size} requests under way`);
    };
    const bytes = down();
    await page.goto(url, {waitUntil: "commit"});
    await rest();
    const first = await seen();
    /** @type {Record<string, number>} */
    const row = {picture: first.picture, "first complete": first.frame, requests: all.length, KB: (down() - bytes) / 1000};
    const box = /** @type {{x: number, y: number, width: number, height: number}} */ (await page.locator("#lanes").boundingBox());
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.5);
    const cdp = await profile.newCDPSession(page);
    const wheel = (/** @type {number} */ deltaX, /** @type {number} */ deltaY, /** @type {number} */ modifiers) =>
        cdp.send("Input.dispatchMouseEvent", {type: "mouseWheel", x: box.x + box.width * 0.6, y: box.y + box.height * 0.5, deltaX, deltaY, modifiers});
    for (const [name, dx, dy, modifiers] of /** @type {[string, number, number, number][]} */ ([["zoom", 0, -30, 2], ["pan", 30, 0, 0], ["scroll", 0, 30, 0], ["out", 0, 30, 2]])) {
        const before = {n: all.length, bytes: down()};
        for (let i = 0; i < 40; i++) {
            await wheel(dx, dy, modifiers);
            await page.waitForTimeout(16);
        }
        await rest();
        const {frame, wheel: last} = await seen();
        Object.assign(row, {[`${name} complete`]: Math.max(frame - last, 0), [`${name} requests`]: all.length - before.n, [`${name} KB`]: (down() - before.bytes) / 1000});
    }
    if (isLast && option("waterfall", "no") !== "no") {
        const zero = all[0]?.timing().startTime ?? 0;
        for (const request of all) {
            const {startTime, responseStart, responseEnd} = request.timing();
            const size = await request.sizes().then(({responseBodySize}) => responseBodySize, () => 0);
            console.log(`${(startTime - zero).toFixed(0).padStart(6)} ${responseStart.toFixed(0).padStart(6)} ${responseEnd.toFixed(0).padStart(6)} ${String(size).padStart(8)} ${request.url().replace(/^https?:\/\/[^/]*/, "")}`);
        }
    }
    await profile.close();
    return row;
}

/** @type {Record<string, Record<string, number|string>>} */
const table = {};
for (const file of files) {
    const server = await serve(program, file);
    const line = await startSlowLine(server.url, {roundTripMs: Number(option("rtt", "50")), mbits: Number(option("mbits", "10"))});
    const url = `${line.base}${new URL(server.url).pathname.slice(1)}`;
    /** @type {Record<string, number>[]} */
    const rows = [];
    for (let i = 0; i < runs; i++) rows.push(await open(url, line.down, i === runs - 1));
    table[basename(file)] = Object.fromEntries(Object.keys(rows[0] ?? {}).map((key) => [key, Math.round(quantile(rows.map((row) => row[key] ?? NaN), 0.5))]));
    line.stop();
    await server.stop();
}
await browser.close();
const names = Object.keys(Object.values(table)[0] ?? {});
console.table(Object.fromEntries(names.map((name) => [name, Object.fromEntries(Object.entries(table).map(([file, row]) => [file, row[name]]))])));
for (const [file, row] of Object.entries(table)) {
    if (Number(row["picture"]) > AIMS.picture) console.log(`${file}: the first picture takes more than ${AIMS.picture} ms`);
    for (const name of names.filter((one) => /^(zoom|pan|scroll|out) complete$/.test(one))) {
        if (Number(row[name]) > AIMS.complete) console.log(`${file}: ${name} after more than ${AIMS.complete} ms`);
    }
}
