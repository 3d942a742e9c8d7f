/**
 * What the tests of single sentences of the page share: questions to the server that the page is held against, and looks at pixels.
 */
import {inPage, stateOf, until} from "./harness.js";

/** @typedef {import("playwright-core").Page} BrowserPage */
/** @typedef {{t0: number, t1: number, g: string}} Stay */

/** The longest interval of a state in the whole trace. @param {string} api @param {string} state @param {string} view @returns {Promise<Stay>} */
export async function longestOf(api, state, view = "A") {
    const {states} = await (await fetch(`${api}/summary?view=${view}`)).json();
    return states.filter((/** @type {any} */ one) => one.state === state && one.longest?.g !== "")
        .map((/** @type {any} */ one) => one.longest).sort((/** @type {Stay} */ a, /** @type {Stay} */ b) => (b.t1 - b.t0) - (a.t1 - a.t0))[0];
}

/** ns as a link says them. @param {number} ns */
export const seconds = (ns) => (ns / 1e9).toFixed(9);

/** Parts of a link that select an interval, with some time around it. @param {Stay} stay @param {number} air in lengths of it */
export const linkTo = ({g, t0, t1}, air = 0.5) => {
    const around = (t1 - t0) * air;
    return `t=${seconds(Math.max(t0 - around, 0))}..${seconds(t1 + around)}&sel=g${g}@${seconds(t0)}s`;
};

/**
 * How many device pixels of a canvas have the colour of a token.
 * @param {BrowserPage} page @param {string} id of the canvas @param {string} token as in style.css
 * @param {{x: number, y: number, width: number, height: number}} [box] CSS px in the canvas; none: all of it
 * @returns {Promise<number>}
 */
export const countColour = (page, id, token, box) => page.evaluate(({which, name, part}) => {
    const from = /** @type {HTMLCanvasElement} */ (document.querySelector(`#${which} + .cover`) ?? document.querySelector(`#${which}`));
    const scale = from.width / from.clientWidth;
    const {x, y, width, height} = part ?? {x: 0, y: 0, width: from.clientWidth, height: from.clientHeight};
    const copy = new OffscreenCanvas(Math.max(Math.round(width * scale), 1), Math.max(Math.round(height * scale), 1));
    const ctx = /** @type {OffscreenCanvasRenderingContext2D} */ (copy.getContext("2d", {willReadFrequently: true}));
    ctx.drawImage(from, -Math.round(x * scale), -Math.round(y * scale));
    const {data} = ctx.getImageData(0, 0, copy.width, copy.height);
    const hex = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
    const want = [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));
    let n = 0;
    for (let i = 0; i < data.length; i += 4) if ((data[i + 3] ?? 0) > 250 && want.every((c, k) => data[i + k] === c)) n++;
    return n;
}, {which: id, name: token, part: box});

/**
 * All pixels of a canvas, as a word that is the same for the same picture.
 * @param {BrowserPage} page @param {string} id @param {{x: number, y: number, width: number, height: number}} [box] device px; none: all of it
 * @returns {Promise<string>}
 */
export const pictureOf = (page, id, box) => page.evaluate(async ({which, part}) => {
    const from = /** @type {HTMLCanvasElement} */ (document.querySelector(`#${which} + .cover`) ?? document.querySelector(`#${which}`));
    const {x, y, width, height} = part ?? {x: 0, y: 0, width: from.width, height: from.height};
    const copy = new OffscreenCanvas(width, height);
    const ctx = /** @type {OffscreenCanvasRenderingContext2D} */ (copy.getContext("2d", {willReadFrequently: true}));
    ctx.drawImage(from, -x, -y);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", ctx.getImageData(0, 0, copy.width, copy.height).data));
    return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}, {which: id, part: box});

/** Ids of the lanes from top to bottom, those out of sight too. @param {BrowserPage} page @param {string[]} ids @returns {Promise<string[]>} those that are there, in their order */
export const inOrder = (page, ids) => inPage(page, `
    const found = ${JSON.stringify(ids)}.map((id) => [id, own.stage.lanes.find(id)]).filter(([, lane]) => lane);
    return found.sort((a, b) => a[1].y - b[1].y).map(([id]) => id);`);

/** Where the selected interval lies on its row, CSS px in the window. @param {BrowserPage} page @returns {Promise<{x: number, y: number, width: number, height: number}>} */
export const selectedBox = (page) => inPage(page, `
    const {selection, t0, t1, scrollY} = own.store.get();
    const lane = own.stage.lanes.find(selection.row.view + selection.row.row);
    const box = document.querySelector("#lanes").getBoundingClientRect();
    const at = (t) => (t - t0) / (t1 - t0) * box.width;
    return {x: box.x + Math.max(at(selection.t0), 0), y: box.y + lane.y - scrollY, width: Math.min(at(selection.t1), box.width) - Math.max(at(selection.t0), 0), height: lane.height};`);

/** W four times, then D. @param {BrowserPage} page that shows all of the trace @returns {Promise<{t0: number, t1: number}>} what it showed before */
export async function walkByKeys(page) {
    const whole = await stateOf(page);
    for (let i = 0; i < 4; i++) await page.keyboard.press("w");
    await until(page, ({t0, t1}) => t1 - t0 < (whole.t1 - whole.t0) / 4, "W zooms in");
    await page.waitForTimeout(700);
    const zoomed = await stateOf(page);
    await page.keyboard.press("d");
    await until(page, ({t0}) => t0 > zoomed.t0, "D goes on");
    return whole;
}

/** 0. @param {BrowserPage} page @param {{t0: number, t1: number}} whole */
export async function showAllByKey(page, whole) {
    await page.keyboard.press("0");
    await until(page, ({t0, t1}) => Math.abs(t1 - t0 - (whole.t1 - whole.t0)) < 2, "0 shows all");
}

/** The wheel over the lanes: down, then six times up with Ctrl. @param {BrowserPage} page that shows all of the demo @param {number} times how much closer it is then, at the least */
export async function scrollAndZoomByWheel(page, times) {
    await page.locator("#lanes").hover({position: {x: 400, y: 200}});
    await page.mouse.wheel(0, 120);
    await until(page, ({scrollY}) => scrollY > 50, "wheel");
    await page.keyboard.down("Control");
    for (let i = 0; i < 6; i++) await page.mouse.wheel(0, -120);
    await page.keyboard.up("Control");
    await until(page, ({t0, t1}) => t1 - t0 < 410e6 / times, "Ctrl+wheel");
}
