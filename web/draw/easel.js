/**
 * Canvases and the pictures drawn on them, by name and number: the place where display lists are drawn. There is one in the worker, and
 * one on the page for as long as that has not taken over. A picture belongs to the easel, and is closed with `drop`.
 */
import {play} from "./display_list.js";

/** @typedef {{name: string, w: number, h: number, list: import("./display_list.js").DisplayList}} Sheet   what is new on a canvas, of w x h device px */

export function createEasel() {
    /** @type {Map<string, import("./display_list.js").Player>} */
    const players = new Map();
    /** @type {Map<number, CanvasImageSource>} */
    const pictures = new Map();
    return {
        pictures,
        /** @param {string} name @param {HTMLCanvasElement|OffscreenCanvas} canvas @param {boolean} opaque */
        add(name, canvas, opaque) {
            const ctx = /** @type {import("./display_list.js").Player["ctx"]|null} */ (canvas.getContext("2d", {alpha: !opaque}));
            if (!ctx) throw new Error("This browser cannot draw on a canvas");
            players.set(name, {ctx, pictures});
        },
        /** @param {readonly Sheet[]} sheets */
        show(sheets) {
            for (const {name, w, h, list} of sheets) {
                const player = players.get(name);
                if (!player) continue;
                const {canvas} = player.ctx;
                if (canvas.width !== w) canvas.width = w;
                if (canvas.height !== h) canvas.height = h;
                play(player, list);
            }
        },
        /** @param {readonly number[]} numbers */
        drop(numbers) {
            for (const number of numbers) {
                const picture = pictures.get(number);
                if (picture instanceof ImageBitmap) picture.close();
                pictures.delete(number);
            }
        },
    };
}
