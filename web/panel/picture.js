/**
 * What the timelines show as a PNG file: axis, names, lanes and what lies over them, with the trace and the range as a caption.
 *
 * The page's canvases are drawn onto a fresh one, never read back themselves: a worker may hold them.
 */
import {rangeWords, seenRange} from "../core/words.js";
import {formatDuration} from "../core/time.js";
import {fileName, saveBlob} from "./download.js";

/** @typedef {import("../types.js").Page} Page */

const CAPTION = 28;
/** Of the page's canvases, in the order in which they lie on each other. */
const LAYERS = ["axis", "labels", "lanes", "overlay"];

/** "web.trace   0.100 - 0.200 s (100 ms)" @param {Readonly<import("../types.js").State>} state */
export function captionOf(state) {
    const {t0, t1} = seenRange(state);
    return [state.manifest?.name || "trace", `${rangeWords(t0, t1, state)} (${formatDuration(t1 - t0)})`];
}

/** @param {Page} ctx @returns {HTMLCanvasElement} */
function compose({dom, store}) {
    const shown = (/** @type {string} */ id) => /** @type {HTMLCanvasElement} */ (document.querySelector(`#${id} + .cover`) ?? dom[id]);
    const layers = LAYERS.map(shown).map((canvas) => ({canvas, box: canvas.getBoundingClientRect()}));
    const left = Math.min(...layers.map(({box}) => box.left));
    const top = Math.min(...layers.map(({box}) => box.top)) - CAPTION;
    const right = Math.max(...layers.map(({box}) => box.right));
    const bottom = Math.max(...layers.map(({box}) => box.bottom));
    const scale = Math.max(globalThis.devicePixelRatio || 1, 1);
    const picture = document.createElement("canvas");
    picture.width = Math.round((right - left) * scale);
    picture.height = Math.round((bottom - top) * scale);
    const ctx = picture.getContext("2d");
    if (!ctx) throw new Error("This browser cannot make a picture.");
    const style = getComputedStyle(document.documentElement);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(`--${name}`).trim();
    ctx.scale(scale, scale);
    ctx.fillStyle = colour("chrome");
    ctx.fillRect(0, 0, right - left, bottom - top);
    const [name = "", range = ""] = captionOf(store.get());
    const family = getComputedStyle(document.body).fontFamily;
    ctx.textBaseline = "middle";
    ctx.fillStyle = colour("text");
    ctx.font = `600 13px ${family}`;
    ctx.fillText(name, 12, CAPTION / 2);
    const width = ctx.measureText(name).width;
    ctx.fillStyle = colour("muted");
    ctx.font = `400 12px ${family}`;
    ctx.fillText(range, 24 + width, CAPTION / 2);
    for (const {canvas, box} of layers) ctx.drawImage(canvas, box.left - left, box.top - top, box.width, box.height);
    return picture;
}

/** @param {Page} ctx */
export async function savePicture(ctx) {
    const state = ctx.store.get();
    const picture = compose(ctx);
    /** @type {Blob|null} */
    const blob = await new Promise((resolve) => picture.toBlob(resolve, "image/png"));
    if (!blob) return ctx.say("The browser did not make a picture.");
    const name = fileName(state.manifest, "timelines", seenRange(state), "png");
    saveBlob(blob, name);
    ctx.say(`Saved as ${name}.`);
}
