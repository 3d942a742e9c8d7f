/**
 * A rare stall at full zoom-out: one wait of 5 ms for a mutex among 150,000 short things in 0.8 s, some px wide. The trace
 * comes from tests/gen/scale.c, with the stall and without.
 */
import assert from "node:assert/strict";
import {execFileSync} from "node:child_process";
import {existsSync} from "node:fs";
import {mkdtemp, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {after, before, test} from "node:test";
import {MISSING, TILESCOPE, canvasOf, drawn, freshPage, inPage, readyTrace, startBrowser, startServer} from "./harness.js";

const SCALE = join(dirname(TILESCOPE), "scale_trace");
const SHAPE = ["--alive=4", "--total=8", "--procs=2", "--threads=4", "--functions=1", "--events=150000", "--pace=40", "--seed=3"];
const STALL = "--stall=1000"; // events, each 2.56 to 7.68 µs after the one before: 5 ms
const LANE = "g:main.worker0";

/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
let folder = "";

const options = {skip: MISSING || (existsSync(SCALE) ? false : "no scale_trace"), timeout: 120000};

before(async () => {
    if (options.skip) return;
    folder = await mkdtemp(join(tmpdir(), "tilescope-stall-"));
    for (const [name, more] of /** @type {[string, string[]][]} */ ([["with", [STALL]], ["without", []]])) {
        await writeFile(join(folder, `${name}.trace`), execFileSync(SCALE, [...SHAPE, ...more], {maxBuffer: 64e6, stdio: ["ignore", "pipe", "ignore"]}));
    }
    server = await startServer([join(folder, "with.trace"), join(folder, "without.trace")]);
    browser = await startBrowser();
}, {timeout: 120000});

after(async () => {
    await browser?.close();
    await server?.stop();
    if (folder !== "") await rm(folder, {recursive: true, force: true});
}, {timeout: 30000});

/** The longest wait for a mutex of a trace. @param {string} id @returns {Promise<{t0: number, t1: number}>} */
async function longestWait(id) {
    const {states} = await (await fetch(`${server.base}api/v1/traces/${id}/summary?view=G`)).json();
    return states.find((/** @type {{state: string}} */ s) => s.state === "sync").longest;
}

/**
 * Of the group's lane: the height of the sync colour in the tallest column around a time, in shares of the lane's area, and how far apart the
 * window's ends are.
 * @param {import("playwright-core").Page} page @param {number} t @returns {Promise<{tall: number, nsPerPx: number}>}
 */
const columnAt = (page, t) => inPage(page, `
    const {t0, t1, scrollY} = own.store.get();
    const canvas = ${canvasOf("lanes")};
    const lane = own.stage.lanes.find(${JSON.stringify(LANE)});
    const scale = canvas.width / canvas.clientWidth;
    const nsPerPx = (t1 - t0) / canvas.clientWidth;
    const copy = new OffscreenCanvas(12, 27).getContext("2d", {willReadFrequently: true});
    copy.drawImage(canvas, ((${t} - t0) / nsPerPx - 6) * scale, (lane.y + lane.height - 28 - scrollY) * scale, 12 * scale, 27 * scale, 0, 0, 12, 27);
    const {data} = copy.getImageData(0, 0, 12, 27);
    const colour = Number.parseInt(getComputedStyle(document.documentElement).getPropertyValue("--sync").trim().slice(1), 16);
    let tall = 0;
    for (let x = 0; x < 12; x++) {
        let n = 0;
        for (let y = 0; y < 27; y++) {
            const i = (y * 12 + x) * 4;
            if (((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]) === colour) n++;
        }
        tall = Math.max(tall, n / 27);
    }
    return {tall, nsPerPx};`);

for (const scheme of /** @type {const} */ (["light", "dark"])) {
    test(`one stall of 5 ms is seen at full zoom-out: ${scheme}`, options, async () => {
        const ids = {rare: await readyTrace(server.base, "with.trace"), usual: await readyTrace(server.base, "without.trace")};
        const stall = await longestWait(ids.rare);
        const usual = await longestWait(ids.usual);
        assert.ok(stall.t1 - stall.t0 > 4e6 && stall.t1 - stall.t0 < 6e6, `the stall is ${stall.t1 - stall.t0} ns long`);
        assert.ok(usual.t1 - usual.t0 < (stall.t1 - stall.t0) / 2, "others are short");
        const {page, troubles, close} = await freshPage(browser, {scheme});
        await page.goto(`${server.base}t/${ids.rare}#v=1&open=goroutines`);
        await drawn(page);
        await page.waitForTimeout(500);
        const rare = await columnAt(page, (stall.t0 + stall.t1) / 2);
        assert.ok((stall.t1 - stall.t0) / rare.nsPerPx < 15, "it is some px wide");
        assert.ok(rare.tall > 0.9, `it stands from top to bottom: ${rare.tall}`);
        await page.goto("about:blank");
        await page.goto(`${server.base}t/${ids.usual}#v=1&open=goroutines`);
        await drawn(page);
        await page.waitForTimeout(500);
        const same = await columnAt(page, (stall.t0 + stall.t1) / 2);
        assert.ok(same.tall < 0.6, `nothing like it without: ${same.tall}`);
        assert.deepEqual(troubles, []);
        await close();
    });
}
