import assert from "node:assert/strict";
import {test} from "node:test";
import {MISSING, drawn, freshPage, inPage, useSite} from "./harness.js";

const site = useSite();
const options = {skip: MISSING, timeout: 60000};

/** Every tile and chunk at hand in each kind of lane, both themes: painted by the worker onto a canvas of its own there, and here. */
const COMPARE = `return (async () => {
    const base = document.querySelector("script[type=module]").src.replace("main.js", "");
    const {paintBitmap} = await import(base + "draw/paint_cell.js");
    const {Recorder} = await import(base + "draw/display_list.js");
    const KINDS = {hist: ["G", "P", "M", "area", "loud"], chunk: ["G", "P", "M"], groups: ["area"]};
    const FIRST = 1e9;
    const ctx = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
    const pixels = (picture, w, h) => {
        Object.assign(ctx.canvas, {width: w, height: h});
        ctx.drawImage(picture, 0, 0);
        return ctx.getImageData(0, 0, w, h).data;
    };
    const there = document.createElement("canvas");
    const canvas = there.transferControlToOffscreen();
    own.thread.tell({what: "canvases", canvases: [{name: "test", canvas, opaque: false}], pictures: []}, [canvas]);
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const shown = async (number, w, h) => {
        const recorder = new Recorder();
        recorder.clearRect(0, 0, w, h);
        recorder.drawPicture(number, 0, 0, w, h, 0, 0, w, h);
        await own.thread.ask({what: "show", sheets: [{name: "test", w, h, list: recorder.take()}], drop: [number]});
        while (there.width !== w || there.height !== h) await frame();
        for (let i = 0; i < 4; i++) await frame();
        return pixels(there, w, h);
    };
    const orders = [], values = [];
    for (const {status, value} of own.cache.entries.values()) {
        for (const kind of status === "ready" ? KINDS[value.kind] ?? [] : []) {
            const t0 = value.head ? value.head.x * 512 * 2 ** value.head.k : value.base;
            const t1 = value.head ? t0 + 512 * 2 ** value.head.k : Math.max(value.end, t0 + 1);
            const n = orders.length;
            const [w, dpr, rows] = [n % 2 ? 700 : 311, n % 3 ? 1 : 2, kind === "area" || kind === "loud" ? 1 : 8];
            orders.push({look: {kind, first: 0, rows, bar: 16, full: 8}, from: value.kind === "hist" ? "tiles" : "chunks", w, h: rows * 16 * dpr, dpr,
                s: w / (t1 - t0), left: n, t0, t1, offset: 0.25, scale: 1, sig: "", theme: n % 2 ? "light" : "dark"});
            values.push([value]);
        }
    }
    const out = {compared: 0, inked: 0, other: []};
    for (let at = 0; at < orders.length;) {
        const n = await own.paint(orders.slice(at), values.slice(at), orders.slice(at).map((_, i) => FIRST + at + i));
        for (const end = at + n; at < end; at++) {
            const {w, h} = orders[at];
            const a = await shown(FIRST + at, w, h);
            const b = pixels(paintBitmap(orders[at], values[at]), w, h);
            out.compared++;
            if (a.some((v) => v > 0)) out.inked++;
            if (a.length !== b.length || a.some((v, i) => v !== b[i])) out.other.push(JSON.stringify(orders[at]));
        }
    }
    return out;
})();`;

test("the worker paints what the page would, pixel by pixel", options, async () => {
    const {page, troubles, close} = await freshPage(site.browser);
    await page.goto(site.address);
    await drawn(page);
    await page.waitForFunction('import(document.querySelector("script[type=module]").src).then(({page: own}) => own.paint([], [], []) !== null)');
    const all = /** @type {{compared: number, inked: number, other: string[]}} */ (await inPage(page, COMPARE));
    assert.deepEqual(all.other, []);
    assert.ok(all.compared >= 10 && all.inked >= all.compared / 2, JSON.stringify(all));
    assert.deepEqual(troubles, []);
    await close();
});

test("cells are bounded by bytes, and a picture that has left is dropped", options, async () => {
    const {page, close} = await freshPage(site.browser);
    await page.goto(site.address);
    await drawn(page);
    const {before, left, bytes, dropped} = /** @type {{before: number, left: number, bytes: number, dropped: number}} */ (await inPage(page, `
        const {bitmaps} = own.stage.trace;
        const all = new Set([...bitmaps.cells.values()].map(({picture}) => picture));
        const before = all.size;
        let dropped = 0;
        const drop = bitmaps.onDrop;
        bitmaps.onDrop = (picture) => { dropped += all.delete(picture); drop(picture); };
        bitmaps.maxBytes = 0;
        for (let i = 0; i < 3; i++) bitmaps.evict();
        bitmaps.onDrop = drop;
        return {before, left: bitmaps.cells.size, bytes: bitmaps.bytes, dropped};`));
    assert.ok(before > 0);
    assert.deepEqual({left, bytes, dropped}, {left: 0, bytes: 0, dropped: before});
    await close();
});

test("where there is no worker, and when it is lost, the page draws what it would have drawn", options, async () => {
    const pictures = [];
    for (const how of ["none", "lost", "there"]) {
        const {page, troubles, close} = await freshPage(site.browser);
        if (how === "none") await page.addInitScript(() => { Reflect.deleteProperty(globalThis, "Worker"); });
        await page.goto(site.address);
        await drawn(page);
        if (how === "lost") {
            await page.waitForFunction(() => !document.querySelector(".cover"));
            await inPage(page, "own.thread.close(); own.stage.frame.request();");
            await page.waitForFunction(() => document.querySelectorAll(".cover").length === 5);
            await drawn(page);
        }
        await page.mouse.move(700, 500);
        await page.waitForFunction('import(document.querySelector("script[type=module]").src).then(({page: own}) => own.store.get().hover !== null)');
        await page.mouse.move(700, 5);
        await page.waitForTimeout(1500);
        pictures.push((await page.locator("#lanes-box").screenshot()).toString("base64"));
        assert.equal(await page.evaluate(() => document.querySelectorAll(".cover").length), how === "there" ? 0 : 5);
        assert.deepEqual(troubles, []);
        await close();
    }
    assert.equal(pictures[0], pictures[2]);
    assert.equal(pictures[1], pictures[2]);
});
