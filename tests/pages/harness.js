/**
 * The real program and a real browser for the tests beside this file. TILESCOPE names the program, CHROMIUM and FIREFOX the browsers; without
 * the program or the browser that they want the tests are skipped. Every wait is bounded, every process ended by what started it.
 */
import assert from "node:assert/strict";
import {spawn} from "node:child_process";
import {existsSync} from "node:fs";
import {mkdtemp, rm} from "node:fs/promises";
import {tmpdir} from "node:os";
import {basename, join} from "node:path";
import {after, before} from "node:test";
import {fileURLToPath} from "node:url";

/** @typedef {import("playwright-core").Page} BrowserPage */
/** @typedef {import("../../web/types.js").State} State */

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"];
const BROWSERS = [process.env["CHROMIUM"] ?? "", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export const TILESCOPE = process.env["TILESCOPE"] ?? "";
export const CHROMIUM = BROWSERS.find((path) => path !== "" && existsSync(path)) ?? "";
/** A Firefox that a driver may start: a snap lets none in. */
export const FIREFOX = [process.env["FIREFOX"] ?? "", "/usr/bin/firefox-esr"].find((path) => path !== "" && existsSync(path)) ?? "";
/** For node:test's `skip`. */
export const MISSING_FIREFOX = !existsSync(TILESCOPE) ? "TILESCOPE names no program" : FIREFOX === "" ? "no Firefox" : false;
/** For node:test's `skip`. */
export const MISSING = !existsSync(TILESCOPE) ? "TILESCOPE names no program" : CHROMIUM === "" ? "no Chromium" : false;
export const DEMO = join(ROOT, "tests/traces/good/demo.trace");

/**
 * @param {string[]} traces
 * @returns {Promise<{base: string, pid: number, stop: () => Promise<void>}>}
 */
export async function startServer(traces) {
    const cache = await mkdtemp(join(tmpdir(), "tilescope-pages-"));
    const child = spawn(TILESCOPE, ["--http", "0", "--no-browser", "--cache-dir", cache, ...traces], {stdio: ["ignore", "pipe", "pipe"]});
    let said = "";
    const base = await new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`the server did not come up: ${said}`)), 20000);
        const hear = (/** @type {Buffer} */ data) => {
            said += data;
            const url = /listening on (http:\/\/\S+)/.exec(said)?.[1];
            if (!url) return;
            clearTimeout(timer);
            resolve(`${new URL(url).origin}/`);
        };
        child.stdout.on("data", hear);
        child.stderr.on("data", hear);
        child.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
    });
    const ended = new Promise((resolve) => child.on("exit", resolve));
    return {base, pid: child.pid ?? 0, async stop() {
        child.kill("SIGTERM");
        const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
        await ended;
        clearTimeout(timer);
        await rm(cache, {recursive: true, force: true});
    }};
}

/**
 * A server with a trace, and a browser, for all tests of a file. Its fields are there when the tests run.
 * @param {string} trace path @param {"chromium"|"firefox"} engine
 */
export function useSite(trace = DEMO, engine = "chromium") {
    const site = {base: "", id: "", address: "", api: "", browser: /** @type {import("playwright-core").Browser} */ (/** @type {unknown} */ (null))};
    /** @type {Awaited<ReturnType<typeof startServer>>|null} */
    let server = null;
    before(async () => {
        if (engine === "firefox" ? MISSING_FIREFOX : MISSING) return;
        server = await startServer([trace]);
        site.browser = engine === "firefox" ? await startFirefox() : await startBrowser();
        site.base = server.base;
        site.id = await readyTrace(server.base, basename(trace));
        site.address = `${server.base}t/${site.id}`;
        site.api = `${server.base}api/v1/traces/${site.id}`;
    }, {timeout: 60000});
    after(async () => {
        await site.browser?.close();
        await server?.stop();
    }, {timeout: 30000});
    return site;
}

/**
 * One page for all tests of a file. Each begins at a link, which sets all that a link holds; `troubles` is what went wrong in all of them.
 * @param {ReturnType<typeof useSite>} site @param {Parameters<typeof freshPage>[1]} [how]
 */
export function usePage(site, how) {
    /** @type {Awaited<ReturnType<typeof freshPage>>|null} */
    let fresh = null;
    /** @type {string[]} */
    const troubles = [];
    return {
        troubles,
        /** Shows a link, and waits until it is shown. @param {string} [more] parts of it @returns {Promise<BrowserPage>} */
        async at(more = "") {
            if (!fresh) {
                fresh = await freshPage(site.browser, how, troubles);
                await fresh.page.goto(`${site.address}#v=1&panel=details`);
                await drawn(fresh.page, 0.002);
            }
            const {page} = fresh;
            await page.mouse.move(0, 0);
            await page.goto(`${site.address}#v=1${more === "" ? "" : `&${more}`}`);
            for (let i = 0, quiet = 0; i < 150 && quiet < 3; i++) {
                quiet = await isQuiet(page) ? quiet + 1 : 0;
                await page.waitForTimeout(60);
            }
            await page.locator("#lanes").focus();
            return page;
        },
    };
}

/** The id of a trace once it is ready. @param {string} base @param {string} name */
export async function readyTrace(base, name) {
    for (let i = 0; i < 200; i++) {
        const answer = await fetch(`${base}api/v1/traces`);
        const {traces} = /** @type {{traces: {id: string, name: string, state: string}[]}} */ (await answer.json());
        const trace = traces.find((one) => one.name === name && one.state === "ready");
        if (trace) return trace.id;
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${name} did not get ready`);
}

export async function startBrowser() {
    const {chromium} = await import("playwright-core");
    return chromium.launch({executablePath: CHROMIUM, args: FLAGS, timeout: 30000});
}

/** Over WebDriver BiDi, as the distribution ships it. */
export async function startFirefox() {
    const {firefox} = await import("playwright-core");
    return firefox.launch({channel: "moz-firefox", executablePath: FIREFOX, timeout: 60000});
}

/** What each page, and its worker, waits for. @type {WeakMap<BrowserPage, Set<unknown>>} */
const requests = new WeakMap();

/**
 * A page of a fresh profile that remembers what went wrong in it.
 * @param {import("playwright-core").Browser} browser
 * @param {{width?: number, height?: number, scheme?: "light"|"dark", touch?: boolean}} how
 * @param {string[]} troubles
 */
export async function freshPage(browser, {width = 1600, height = 1000, scheme = "light", touch = false} = {}, troubles = []) {
    const profile = await browser.newContext({viewport: {width, height}, colorScheme: scheme, hasTouch: touch});
    if (browser.browserType().name() === "chromium") await profile.grantPermissions(["clipboard-read", "clipboard-write"]);
    const page = await profile.newPage();
    page.setDefaultTimeout(10000);
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && troubles.push(`${message.text()} ${message.location().url}`));
    page.on("pageerror", (error) => troubles.push(String(error.stack)));
    const under = new Set();
    page.on("request", (request) => under.add(request));
    page.on("requestfinished", (request) => under.delete(request));
    page.on("requestfailed", (request) => under.delete(request));
    requests.set(page, under);
    return {page, troubles, close: () => profile.close()};
}

/** Runs in the page with the page's own module. @template T @param {BrowserPage} page @param {string} body of a function of `own` @returns {Promise<T>} */
export function inPage(page, body) {
    return page.evaluate(`import(document.querySelector("script[type=module]").src).then(({page: own}) => { ${body} })`);
}

/** @param {BrowserPage} page @returns {Promise<State>} */
export const stateOf = (page) => inPage(page, "const {manifest, hover, ...rest} = own.store.get(); return rest;");

/** The canvas that shows what the one of a name is to show: the page's own is blank until the worker has taken it over. For code that runs in the page. @param {string} name */
export const canvasOf = (name) => `(document.querySelector("#${name} + .cover") ?? document.querySelector("#${name}"))`;

/** Waits until timelines are drawn in the colours of states. @param {BrowserPage} page @param {number} least share of the lanes' pixels */
export async function drawn(page, least = 0.02) {
    await page.waitForFunction(() => document.documentElement.dataset["page"] === "viewer");
    for (let i = 0; i < 150; i++) {
        if (await colouredShare(page) > least && await page.evaluate(() => document.querySelector("#detail")?.childElementCount)) return;
        await page.waitForTimeout(100);
    }
    const {theme} = await stateOf(page);
    assert.fail(`the lanes stay blank: ${await colouredShare(page)} coloured, theme ${theme}, page ${await page.evaluate(() => getComputedStyle(document.body).backgroundColor)}`);
}

/** Longer than any timer that the page waits for before it draws again. */
const REST_MS = 350;

/** Whether no request is under way, no frame is asked for, and no tab is being read. @param {BrowserPage} page @returns {Promise<boolean>} */
export const isQuiet = async (page) => (requests.get(page)?.size ?? 0) === 0 && /** @type {boolean} */ (await inPage(page, `
    const frame = own?.stage.frame;
    return (!frame || frame.handle === 0 && frame.dirty.size === 0 && !frame.screen.isBusy() && (!own.thread.isThere || !document.querySelector(".cover"))) && !document.querySelector("[aria-busy]");`));

/**
 * Waits until nothing moves any more: the page is quiet, nothing is said, and the picture stays the same.
 * @param {BrowserPage} page @returns {Promise<Buffer>} the picture
 */
export async function settled(page) {
    /** @type {Buffer|null} */
    let last = null;
    for (let i = 0; i < 60; i++) {
        const quiet = await isQuiet(page) && await page.locator("#status[data-shown]").count() === 0;
        const picture = quiet ? await page.screenshot() : null;
        if (picture && last?.equals(picture)) return picture;
        last = picture;
        await page.waitForTimeout(REST_MS);
    }
    assert.fail(`the page does not come to rest: ${requests.get(page)?.size} requests under way`);
}

/** Share of the lanes' pixels that have the colour of a state. @param {BrowserPage} page @returns {Promise<number>} */
export function colouredShare(page) {
    return page.evaluate(() => {
        const lanes = /** @type {HTMLCanvasElement} */ (document.querySelector("#lanes + .cover") ?? document.querySelector("#lanes"));
        const canvas = new OffscreenCanvas(lanes.width, lanes.height); // reading back the page's own would slow it down
        const copy = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", {willReadFrequently: true}));
        copy.drawImage(lanes, 0, 0);
        const style = getComputedStyle(document.documentElement);
        const names = ["running", "gc", "assist", "syscall", "runnable", "sync", "chan", "other", "net", "sleep"];
        const colours = new Set(names.map((name) => Number.parseInt(style.getPropertyValue(`--${name}`).trim().slice(1), 16)));
        const {data} = copy.getImageData(0, 0, canvas.width, canvas.height);
        let n = 0;
        for (let i = 0; i < data.length; i += 4) if (colours.has(((data[i] ?? 0) << 16) | ((data[i + 1] ?? 0) << 8) | (data[i + 2] ?? 0))) n++;
        return n / (data.length / 4);
    });
}

/**
 * How many pixels of the ring's colour the overlay has around the start of the selection.
 * @param {BrowserPage} page @param {string} id of its lane @returns {Promise<number>}
 */
export function ringPixels(page, id) {
    return inPage(page, `
        const {t0, t1, scrollY, selection} = own.store.get();
        const overlay = ${canvasOf("overlay")};
        const lane = own.stage.lanes.find(${JSON.stringify(id)});
        if (!lane || !selection) return 0;
        const scale = overlay.width / overlay.clientWidth;
        const x = Math.max((selection.t0 - t0) / (t1 - t0) * overlay.clientWidth - 6, 0);
        const copy = new OffscreenCanvas(40, 40).getContext("2d", {willReadFrequently: true});
        copy.drawImage(overlay, x * scale, (lane.y - scrollY - 8) * scale, 40 * scale, 40 * scale, 0, 0, 40, 40);
        const {data} = copy.getImageData(0, 0, 40, 40);
        const ink = getComputedStyle(document.body).color.match(/\\d+/g).map(Number);
        let n = 0;
        for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 200 && ink.every((c, k) => Math.abs(data[i + k] - c) < 24)) n++;
        return n;`);
}

/**
 * Where the lane of a row lies in the window, null while it is folded or off the screen.
 * @param {BrowserPage} page @param {string} id
 * @returns {Promise<{x: number, y: number, width: number, height: number}|null>}
 */
export function laneBox(page, id) {
    return inPage(page, `
        const lane = own.stage.lanes.find(${JSON.stringify(id)});
        const box = document.querySelector("#lanes").getBoundingClientRect();
        const y = lane && lane.y - own.store.get().scrollY;
        return lane && y >= 0 && y + lane.height <= box.height ? {x: box.x, y: box.y + y, width: box.width, height: lane.height} : null;`);
}

/** Waits for a condition of the state. @param {BrowserPage} page @param {(state: State) => boolean} fits @param {string} what */
export async function until(page, fits, what) {
    for (let i = 0; i < 200; i++) {
        if (fits(await stateOf(page))) return;
        await page.waitForTimeout(50);
    }
    assert.fail(`${what}: ${JSON.stringify(await stateOf(page))}`);
}
