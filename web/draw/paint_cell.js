/**
 * One cell from an order: pixels, and the picture of them. Runs in the worker, and on the page where there is none. An order is
 * plain values and travels; what it is painted from is handed in beside it. Nothing here knows of the page.
 */
import {colorsOf} from "../core/color.js";
import {KINDS} from "./kinds.js";
import {cellOf} from "./raster.js";

/** @typedef {import("../core/color.js").Colors} Colors */

/**
 * @typedef {object} Order
 * @property {import("./kinds.js").Look} look
 * @property {"tiles"|"chunks"} from
 * @property {number} w @property {number} h    device px
 * @property {number} dpr
 * @property {number} s           device px per ns
 * @property {number} left        px of its edge on the grid of its scale
 * @property {number} offset      where t0 lies right of that edge, a fraction of a px
 * @property {number} t0 @property {number} t1
 * @property {number} scale       number of the scale
 * @property {string} sig         what it is painted from
 * @property {"light"|"dark"} theme
 */

const LEAST_WORDS = 1024 * 512;

let words = new Uint32Array(1);
let canvas = /** @type {OffscreenCanvas|null} */ (null);
/** @type {Map<string, Colors>} */
const palettes = new Map();

/** @param {Order["theme"]} theme */
function paletteOf(theme) {
    let colors = palettes.get(theme);
    if (!colors) palettes.set(theme, colors = colorsOf(theme));
    return colors;
}

/** RGBA words of a cell, row by row, valid until the next call. @param {Order} order @param {any[]} values decoded tiles or chunks */
export function paintWords(order, values) {
    const n = order.w * order.h;
    if (words.length < n) words = new Uint32Array(Math.max(n, LEAST_WORDS));
    words.fill(0, 0, n);
    const about = {sig: order.sig, until: Infinity};
    /** @type {import("../net/tile_shelf.js").Source} */
    const source = order.from === "tiles" ? {kind: "tiles", tiles: values, exact: true, ...about} : {kind: "chunks", chunks: values, ...about};
    KINDS[order.look.kind].paint(cellOf(order, words), source, order.look, paletteOf(order.theme));
    return words.subarray(0, n);
}

/** Its picture, which belongs to the caller. @param {Order} order @param {any[]} values @returns {ImageBitmap} */
export function paintBitmap(order, values) {
    const {w, h} = order;
    const painted = paintWords(order, values);
    canvas ??= new OffscreenCanvas(w, h);
    if (canvas.width !== w) canvas.width = w;
    if (canvas.height !== h) canvas.height = h;
    const ctx = canvas.getContext("2d", {willReadFrequently: true}); // pixels in memory: no trip to a GPU and back
    const bytes = new Uint8ClampedArray(/** @type {ArrayBuffer} */ (painted.buffer), 0, painted.length * 4);
    ctx?.putImageData(new ImageData(bytes, w, h), 0, 0);
    return canvas.transferToImageBitmap();
}
