/**
 * The link is the state: what a page shows after much else was shown in it, a fresh profile shows from the link alone, to the pixel.
 */
import assert from "node:assert/strict";
import {test} from "node:test";
import {MISSING, freshPage, inPage, ringPixels, settled, stateOf, usePage} from "./harness.js";
import {pictureOf} from "./viewer.js";

/** @typedef {import("playwright-core").Page} BrowserPage */
/** @typedef {{picture: Buffer, canvases: Record<string, string>}} Shown */
/** @typedef {{name: string, link: string|(() => Promise<string>), keep?: (state: import("../../web/types.js").State) => unknown}} View  keep: what of the state must not be what it is by default */

export const SCREEN = {width: 1200, height: 800};
const options = {skip: MISSING, timeout: 60000};

/** The link to what a page shows. @param {BrowserPage} page @returns {Promise<string>} */
const linkOf = (page) => inPage(page, `
    return import(document.querySelector("script[type=module]").src.replace("main.js", "input/address.js"))
        .then(({linkOf}) => linkOf({store: own.store, lanes: own.stage.lanes}));`);

/** What the browser's own edges of round corners differ by when it paints them in other pieces, of 255. Nobody sees it. */
const UNSEEN = 4;
const CANVASES = ["overview", "axis", "labels", "lanes", "overlay"];

/** All canvases, exactly. @param {BrowserPage} page */
const canvasesOf = async (page) => Object.fromEntries(await Promise.all(CANVASES.map(async (id) => [id, await pictureOf(page, id)])));

/** What of two pictures of the page differs, in words; "" nothing. @param {BrowserPage} page @param {Buffer} one @param {Buffer} other @returns {Promise<string>} */
const differing = (page, one, other) => page.evaluate(async ({pictures, unseen}) => {
    const data = await Promise.all(pictures.map(async (text) => {
        const picture = await createImageBitmap(new Blob([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], {type: "image/png"}));
        const ctx = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(picture.width, picture.height).getContext("2d"));
        ctx.drawImage(picture, 0, 0);
        return {width: picture.width, bytes: ctx.getImageData(0, 0, picture.width, picture.height).data};
    }));
    const [a, b] = data;
    if (!a || !b || a.bytes.length !== b.bytes.length) return "the pages have other sizes: pixels differ";
    const at = [...Array(a.bytes.length / 4).keys()].filter((i) => [0, 1, 2].some((c) => Math.abs((a.bytes[i * 4 + c] ?? 0) - (b.bytes[i * 4 + c] ?? 0)) > unseen));
    const ends = (/** @type {number[]} */ list) => list.reduce(([low = Infinity, high = 0], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, 0]).join(" to ");
    return at.length === 0 ? "" : `${at.length} pixels differ: x ${ends(at.map((i) => i % a.width))}, y ${ends(at.map((i) => Math.floor(i / a.width)))}`;
}, {pictures: [one.toString("base64"), other.toString("base64")], unseen: UNSEEN});

/** What a page shows once it has come to rest. @param {BrowserPage} page @returns {Promise<Shown>} */
export async function shownBy(page) {
    await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement)?.blur()); // no ring of the focus
    return {picture: await settled(page), canvases: await canvasesOf(page)};
}

/**
 * What is wrong with a fresh page at a link, "" nothing.
 * @param {BrowserPage} page @param {string} address @param {Shown} shown what it must show
 * @param {import("../../web/types.js").Selection|null} selection that must be seen at its place
 */
export async function wrongWith(page, address, shown, selection) {
    await page.goto(address);
    await page.waitForFunction(() => document.documentElement.dataset["page"] === "viewer");
    const picture = await settled(page);
    const now = (await stateOf(page)).selection;
    if (now?.T !== selection?.T || now?.kind !== selection?.kind) return `selected is ${JSON.stringify(now)}`;
    if (selection?.kind === "interval" && selection.row) {
        const ring = await ringPixels(page, `${selection.row.view}${selection.row.row}`);
        if (ring < 10) return `the selected event is not seen: ${ring} pixels of its ring`;
    }
    const canvases = await canvasesOf(page);
    const other = CANVASES.filter((id) => canvases[id] !== shown.canvases[id]);
    const seen = await differing(page, picture, shown.picture);
    return seen === "" && other.length > 0 ? `pixels differ in ${other.join()}` : seen;
}

/** A test for each view. @param {ReturnType<typeof import("./harness.js").useSite>} site @param {View[]} views @param {Parameters<typeof freshPage>[1]} [how] */
export function testRoundTrips(site, views, how = SCREEN) {
    const own = usePage(site, how);
    for (const {name, link, keep} of views) {
        test(`a link brings back ${name}`, options, async () => {
            const page = await own.at(typeof link === "string" ? link : await link());
            const shown = await shownBy(page);
            const state = await stateOf(page);
            if (keep) assert.ok(keep(state), `it is shown at all: ${JSON.stringify(state)}`);
            const hash = await linkOf(page);
            const fresh = await freshPage(site.browser, how);
            assert.equal(await wrongWith(fresh.page, `${site.address}${hash}`, shown, state.selection), "", hash);
            assert.deepEqual(fresh.troubles, []);
            await fresh.close();
        });
    }
    return own;
}
