import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {existsSync, readFileSync, readdirSync, writeFileSync} from "node:fs";
import {mkdtemp, rm} from "node:fs/promises";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {after, before, test} from "node:test";
import {MISSING, TILESCOPE, drawn, freshPage, inPage, startBrowser, startServer, stateOf, until} from "./harness.js";

/** Makes traces of any size: beside the program in a build with tests. */
const SCALE = join(dirname(TILESCOPE), "scale_trace");
const options = {skip: MISSING || (existsSync(SCALE) ? false : "no scale_trace"), timeout: 120000};

/** On a slow machine a tile may take too long while the trace is read: the page asks again. @param {string} words */
const isTrouble = (words) => !words.includes("status of 503");

let folder = "";
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
    if (options.skip) return;
    folder = await mkdtemp(join(tmpdir(), "tilescope-reading-"));
    const made = spawnSync(SCALE, ["--alive=500", "--total=8000", "--procs=8", "--threads=20", "--functions=12", "--events=1000000", "--generation=5000"],
        {maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "ignore"]});
    writeFileSync(join(folder, "big.trace"), made.stdout);
    browser = await startBrowser();
}, {timeout: 60000});

after(async () => {
    await browser?.close();
    if (folder !== "") await rm(folder, {recursive: true, force: true});
}, {timeout: 30000});

/** Processes that a process has started. @param {number} pid */
const childrenOf = (pid) => readdirSync(`/proc/${pid}/task`).flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number));

/**
 * A server whose reader stands still, with something to show; `go` lets it read, a little at a time, until there is more than a part,
 * or to the end.
 * @returns {Promise<{server: Awaited<ReturnType<typeof startServer>>, id: string, go: (beyond: number) => Promise<any>}>}
 */
async function startReading() {
    const server = await startServer([join(folder, "big.trace")]);
    const [reader] = childrenOf(server.pid);
    assert.ok(reader, "the trace is read by a process of its own");
    const tell = (/** @type {"SIGCONT"|"SIGSTOP"} */ signal) => {
        try {
            process.kill(reader, signal);
        } catch { /* it has ended */ }
    };
    const go = async (/** @type {number} */ beyond) => {
        for (let i = 0; i < 3000; i++) {
            const trace = (await (await fetch(`${server.base}api/v1/traces`)).json()).traces[0];
            if (trace.state === "ready" || trace.part > beyond) return trace;
            tell("SIGCONT");
            await new Promise((resolve) => setTimeout(resolve, 15));
            if (beyond < Infinity) tell("SIGSTOP");
        }
        throw new Error("nothing more is read");
    };
    tell("SIGSTOP");
    const {id, state} = await go(0);
    assert.equal(state, "ingesting");
    return {server, id, go};
}

test("a trace that is being read shows what there is, then more, then all of it", options, async () => {
    const {server, id, go} = await startReading();
    const {page, troubles, close} = await freshPage(browser);
    /** @type {string[]} */
    const asked = [];
    page.on("request", (request) => request.url().includes("/batch/") && asked.push(request.url()));
    try {
        await page.goto(`${server.base}t/${id}`);
        await drawn(page, 0.02);
        const span = () => inPage(page, "return own.store.get().manifest.span_ns;");
        const first = Number(await span());
        assert.match(await page.locator("#whole-span").innerText(), /, (\d+ % read|zoom levels \d+ %)$/);
        assert.match(await page.title(), /^\d+ % – big\.trace/);
        const whole = await stateOf(page);
        assert.ok(Math.abs(whole.t1 - first * 1.005) < first * 1e-6, "all of what there is");
        await inPage(page, "const group = own.manifest.groups.find((g) => g.rows > 1); own.store.set({open: {...own.store.get().open, [`g:${group.function}`]: true}});");
        const open = (await stateOf(page)).open;

        const more = await go(Number(await inPage(page, "return own.manifest.part;")));
        await until(page, (state) => state.t1 > whole.t1, "the window grows with the trace");
        assert.ok(Number(await span()) > first);
        await drawn(page, 0.02);
        assert.deepEqual((await stateOf(page)).open, open);

        await inPage(page, `own.store.set({t0: ${first * 0.2}, t1: ${first * 0.4}});`);
        if (more.state !== "ready") await go(Infinity);
        await page.waitForFunction(() => !document.title.includes("%"), null, {timeout: 60000});
        const {t0, t1} = await stateOf(page);
        assert.deepEqual([t0, t1], [first * 0.2, first * 0.4], "a window stays where it is");
        await drawn(page, 0.02);
        const end = await inPage(page, "const {state, part, progress, span_ns} = own.store.get().manifest; return {state, part, progress, span_ns, cached: own.cache.part};");
        assert.equal(/** @type {any} */ (end).state, "ready");
        assert.equal(/** @type {any} */ (end).cached, 0);
        assert.ok(asked.some((url) => url.includes("&part=")), "tiles of a part have addresses of their own");
        assert.ok(asked.some((url) => !url.includes("part=")), "and those of the whole trace too");
        assert.deepEqual(troubles.filter(isTrouble), []);
    } finally {
        await close();
        await server.stop();
    }
});

test("a link to what is not read yet waits for it, and says so", options, async () => {
    const {server, id, go} = await startReading();
    const {page, troubles, close} = await freshPage(browser);
    try {
        await page.goto(`${server.base}t/${id}`);
        await drawn(page, 0.02);
        const first = Number(await inPage(page, "return own.store.get().manifest.span_ns;"));
        const hash = `#v=1&t=${(first * 1.5 / 1e9).toFixed(9)}..${(first * 1.6 / 1e9).toFixed(9)}`;
        await page.goto("about:blank");
        await page.goto(`${server.base}t/${id}${hash}`);
        await page.getByText("Not read yet:").waitFor();
        assert.equal(await page.evaluate(() => location.hash), hash);
        await drawn(page, 0.02);
        await go(Infinity);
        await until(page, (state) => Math.abs(state.t0 - first * 1.5) < 2, "the window that the link names");
        await drawn(page, 0.01);
        assert.equal(await page.locator("#status[data-shown]").count(), 0);
        assert.deepEqual(troubles.filter(isTrouble), []);
    } finally {
        await close();
        await server.stop();
    }
});

test("a link to a goroutine that is not born yet waits for it; one to none is told at the end", options, async () => {
    const {server, id, go} = await startReading();
    const {page, troubles, close} = await freshPage(browser);
    const api = `${server.base}api/v1/traces/${id}/goroutines`;
    const {goroutines} = await (await fetch(`${api}?limit=1000&alive_from=0`)).json();
    const known = new Set(goroutines.map((/** @type {{g: string}} */ one) => one.g));
    let late = 0;
    for (let g = 7000; g > 0 && late === 0; g -= 100) { // the made trace numbers 8,000 of them in order
        if (!known.has(String(g)) && (await fetch(`${api}/${g}`)).status === 404) late = g;
    }
    assert.ok(late > 0, "a goroutine that is not born yet");
    try {
        const hash = `#v=1&sel=g${late}&iso=${late}`;
        await page.goto(`${server.base}t/${id}${hash}`);
        await page.getByText(`Not read yet: g${late}.`).waitFor();
        assert.equal(await page.evaluate(() => location.hash), hash, "the address keeps it");
        const none = await freshPage(browser);
        await none.page.goto(`${server.base}t/${id}#v=1&sel=g99999999`);
        await none.page.getByText("Not read yet: g99999999.").waitFor();
        await go(Infinity);
        await until(page, (state) => state.selection?.g === String(late), "the goroutine that the link names");
        await until(page, (state) => state.isolated.some(({g}) => g === String(late)), "a row of its own");
        await none.page.getByText("Cannot find the goroutine").waitFor({timeout: 60000});
        await none.close();
        assert.deepEqual(troubles.filter((words) => isTrouble(words) && !words.includes("status of 404")), []);
    } finally {
        await close();
        await server.stop();
    }
});
