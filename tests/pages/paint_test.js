import assert from "node:assert/strict";
import {test} from "node:test";
import {MISSING, drawn, freshPage, inPage, useSite} from "./harness.js";

const site = useSite();
const options = {skip: MISSING, timeout: 60000};

/** Every tile and chunk at hand in each kind of lane, both themes: painted by the worker, and here. */
const COMPARE = `return (async () => {
    const base = document.querySelector("script[type=module]").src.replace("main.js", "");
    const {paintBitmap} = await import(base + "draw/paint_cell.js");
    const KINDS = {hist: ["G", "P", "M", "area", "loud"], chunk: ["G", "P", "M"], groups: ["area"]};
    const ctx = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
    const pixels = (picture) => {
        Object.assign(ctx.canvas, {width: picture.width, height: picture.height});
        ctx.drawImage(picture, 0, 0);
        return ctx.getImageData(0, 0, picture.width, picture.height).data;
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
        const pictures = await own.paint(orders.slice(at), values.slice(at));
        for (const picture of pictures) {
            const a = pixels(picture);
            const b = pixels(paintBitmap(orders[at], values[at]));
            out.compared++;
            if (a.some((v) => v > 0)) out.inked++;
            if (a.length !== b.length || a.some((v, i) => v !== b[i])) out.other.push(JSON.stringify(orders[at]));
            at++;
        }
    }
    return out;
})();`;

test("the worker paints what the page would, pixel by pixel", options, async () => {
    const {page, troubles, close} = await freshPage(site.browser);
    await page.goto(site.address);
    await drawn(page);
    await page.waitForFunction('import(document.querySelector("script[type=module]").src).then(({page: own}) => own.paint([], []) !== null)');
    const all = /** @type {{compared: number, inked: number, other: string[]}} */ (await inPage(page, COMPARE));
    assert.deepEqual(all.other, []);
    assert.ok(all.compared >= 10 && all.inked >= all.compared / 2, JSON.stringify(all));
    assert.deepEqual(troubles, []);
    await close();
});

test("cells are bounded by bytes, and a picture that has left is closed", options, async () => {
    const {page, close} = await freshPage(site.browser);
    await page.goto(site.address);
    await drawn(page);
    const {left, bytes, counted, closed} = /** @type {{left: number, bytes: number, counted: number, closed: boolean}} */ (await inPage(page, `
        const {bitmaps} = own.stage.trace;
        const all = [...bitmaps.cells.values()].map(({picture}) => picture);
        bitmaps.maxBytes = 0;
        for (let i = 0; i < 3; i++) bitmaps.evict();
        const rest = new Set([...bitmaps.cells.values()].map(({picture}) => picture));
        let bytes = 0;
        for (const {width, height} of rest) bytes += width * height * 4;
        return {left: rest.size, bytes, counted: bitmaps.bytes, closed: all.every((one) => rest.has(one) || one.width === 0)};`));
    assert.equal(left, 0);
    assert.equal(bytes, counted);
    assert.ok(closed);
    await close();
});
