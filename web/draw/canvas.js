/**
 * A canvas that fills its box sharply: the only reader of devicePixelRatio. Sizes come from a ResizeObserver, so drawing never
 * asks the layout. What is drawn on it is noted (display_list.js); screen.js has it drawn.
 */
import {Recorder} from "./display_list.js";

/**
 * @typedef {object} Surface
 * @property {HTMLCanvasElement} canvas
 * @property {Recorder} ctx    in CSS px
 * @property {number} width CSS px @property {number} height CSS px
 * @property {number} w device px @property {number} h device px
 * @property {number} dpr
 * @property {number} turn        another number when it is blank again and nothing of what was drawn is there any more
 */

/** @param {HTMLCanvasElement} canvas @param {() => void} onResize @returns {Surface} */
export function createSurface(canvas, onResize) {
    const box = canvas.parentElement ?? canvas;
    /** @type {Surface} */
    const surface = {canvas, ctx: new Recorder(), width: 0, height: 0, w: 1, h: 1, dpr: 1, turn: 0};
    const fit = (/** @type {number} */ width, /** @type {number} */ height) => {
        const dpr = Math.min(Math.max(globalThis.devicePixelRatio || 1, 0.5), 4);
        const w = Math.max(Math.round(width * dpr), 1);
        const h = Math.max(Math.round(height * dpr), 1);
        if (surface.w === w && surface.h === h && surface.dpr === dpr) return;
        surface.ctx.reset();
        Object.assign(surface, {width: w / dpr, height: h / dpr, w, h, dpr, turn: surface.turn + 1});
        onResize();
    };
    new ResizeObserver(([entry]) => entry && fit(entry.contentRect.width, entry.contentRect.height)).observe(box);
    const again = () => {
        fit(box.clientWidth, box.clientHeight);
        matchMedia(`(resolution: ${globalThis.devicePixelRatio}dppx)`).addEventListener("change", again, {once: true});
    };
    again();
    return surface;
}

/** Begins a frame: CSS px, nothing clipped, the background filled. @param {Surface} surface @param {string|null} background */
export function beginDrawing({ctx, width, height, dpr}, background) {
    ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
    ctx.globalAlpha = 1;
    ctx.lineJoin = "miter"; // of what was drawn before nothing must be left over
    if (background === null) return ctx.clearRect(0, 0, width, height);
    ctx.fillStyle = background;
    ctx.fillRect(0, 0, width, height);
}
