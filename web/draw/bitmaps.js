/**
 * Painted cells, bounded by bytes: a cell keeps its last picture, stretched to wherever it belongs now, until a sharp one is
 * painted. Canvases of evicted cells are used again: to make one costs more than to paint it.
 */
import {MAX_W} from "./raster.js";

/**
 * @typedef {object} Bitmap
 * @property {HTMLCanvasElement} canvas @property {CanvasRenderingContext2D} ctx
 * @property {number} w @property {number} h      px in use
 * @property {number} t0 @property {number} t1
 * @property {number} scale       number of the scale it was painted for
 * @property {number} s           device px per ns of that scale
 * @property {string} sig         what it was painted from
 * @property {string} theme       in whose colours
 * @property {number} used
 */

export class Bitmaps {
    /** @param {number} maxBytes */
    constructor(maxBytes) {
        this.maxBytes = maxBytes;
        /** @type {Map<string, Bitmap>} */
        this.cells = new Map();
        /** @type {HTMLCanvasElement[]} */
        this.spare = [];
        this.bytes = 0;
        this.turn = 0;
        this.pixels = new Uint32Array(1);
    }

    /** @param {string} key */
    get(key) {
        const cell = this.cells.get(key);
        if (cell) cell.used = this.turn;
        return cell;
    }

    /** A cleared buffer of w * h words, valid until the next call. @param {number} w @param {number} h */
    buffer(w, h) {
        if (this.pixels.length < w * h) this.pixels = new Uint32Array(Math.max(w * h, 1024 * 512));
        this.pixels.fill(0, 0, w * h);
        return this.pixels;
    }

    /** Puts the buffer into the cell's canvas. @param {string} key @param {number} w @param {number} h @param {Omit<Bitmap, "canvas"|"ctx"|"w"|"h"|"used">} about */
    put(key, w, h, about) {
        let cell = this.cells.get(key);
        if (cell && (cell.canvas.width < w || cell.canvas.height < h)) {
            this.drop(key, cell);
            cell = undefined;
        }
        if (!cell) {
            const canvas = this.canvasFor(w, h);
            const ctx = canvas.getContext("2d");
            if (!ctx) return null;
            cell = {canvas, ctx, w, h, ...about, used: this.turn};
            this.cells.set(key, cell);
            this.bytes += canvas.width * canvas.height * 4;
        }
        Object.assign(cell, about, {w, h, used: this.turn});
        const bytes = new Uint8ClampedArray(/** @type {ArrayBuffer} */ (this.pixels.buffer), 0, w * h * 4);
        cell.ctx.putImageData(new ImageData(bytes, w, h), 0, 0);
        return cell;
    }

    /** @param {number} w @param {number} h */
    canvasFor(w, h) {
        const at = this.spare.findIndex((c) => c.width >= w && c.height >= h && c.width * c.height <= 3 * w * h + 4096);
        const found = at >= 0 ? this.spare.splice(at, 1)[0] : undefined;
        if (found) return found;
        const canvas = document.createElement("canvas");
        canvas.width = Math.min(Math.ceil(w / 128) * 128, MAX_W + 128);
        canvas.height = h;
        return canvas;
    }

    /** @param {string} key @param {Bitmap} cell */
    drop(key, cell) {
        this.cells.delete(key);
        this.bytes -= cell.canvas.width * cell.canvas.height * 4;
        if (this.spare.length < 64) this.spare.push(cell.canvas);
    }

    /** Once per frame: the least recently used go first. */
    evict() {
        this.turn++;
        if (this.bytes <= this.maxBytes) return;
        const old = [...this.cells].filter(([, cell]) => cell.used < this.turn - 1).sort((a, b) => a[1].used - b[1].used);
        for (const [key, cell] of old) {
            if (this.bytes <= this.maxBytes * 0.85) break;
            this.drop(key, cell);
        }
    }

    clear() {
        for (const [key, cell] of this.cells) this.drop(key, cell);
    }
}
