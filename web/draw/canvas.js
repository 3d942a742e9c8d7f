/**
 * A canvas that fills its box sharply: the only reader of devicePixelRatio. Sizes come from a ResizeObserver, so drawing never
 * asks the layout.
 */

/**
 * @typedef {object} Surface
 * @property {HTMLCanvasElement} canvas
 * @property {CanvasRenderingContext2D} ctx    in CSS px
 * @property {number} width CSS px @property {number} height CSS px
 * @property {number} dpr
 */

/** @param {HTMLCanvasElement} canvas @param {() => void} onResize @param {boolean} opaque @returns {Surface} */
export function createSurface(canvas, onResize, opaque = true) {
    const ctx = canvas.getContext("2d", {alpha: !opaque});
    if (!ctx) throw new Error("This browser cannot draw on a canvas");
    const box = canvas.parentElement ?? canvas;
    /** @type {Surface} */
    const surface = {canvas, ctx, width: 0, height: 0, dpr: 1};
    const fit = (/** @type {number} */ width, /** @type {number} */ height) => {
        const dpr = Math.min(Math.max(globalThis.devicePixelRatio || 1, 0.5), 4);
        const w = Math.max(Math.round(width * dpr), 1);
        const h = Math.max(Math.round(height * dpr), 1);
        if (canvas.width === w && canvas.height === h && surface.dpr === dpr) return;
        canvas.width = w;
        canvas.height = h;
        Object.assign(surface, {width: w / dpr, height: h / dpr, dpr});
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
    if (background === null) return ctx.clearRect(0, 0, width, height);
    ctx.fillStyle = background;
    ctx.fillRect(0, 0, width, height);
}
