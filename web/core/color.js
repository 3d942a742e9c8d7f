/**
 * Palette to the colours that drawing needs, by number of state: CSS strings for the canvas, words for pixel buffers.
 * Knows nothing of canvases. States are numbered as on the wire (tiles/TILE_FORMAT.md section 2).
 */
import {PALETTE} from "./palette.js";

export const STATE_NAMES = [
    "none", "running", "gc", "assist", "syscall", "runnable", "sync", "chan", "other", "net", "sleep", "unknown"];
export const N_STATES = STATE_NAMES.length;
export const FIRST_PARKED = 7;

/** Chan, other, net and sleep lie low; unknown is hatched and counts as parked. @param {number} state */
export const isParked = (state) => state >= FIRST_PARKED;

/** Words of a state as they stand in a bar. */
export const STATE_WORDS = [
    "", "running", "GC", "GC assist", "syscall", "runnable", "sync", "chan", "waiting", "network", "sleep", "unknown"];

/** Words of a state as they stand in a legend or a heading. */
export const STATE_TITLES = [
    "None", "Running", "GC work", "GC assist", "Syscall", "Runnable", "Sync", "Chan / select", "Other wait", "Network", "Sleep",
    "Unknown"];

/**
 * @typedef {object} Colors
 * @property {"light"|"dark"} theme
 * @property {Record<string, string>} token   CSS, by name
 * @property {string[]} fill                  CSS, by state
 * @property {string[]} ink                   CSS of text on the fill, by state
 * @property {string[]} tint                  CSS, by state
 * @property {Uint32Array} fillWord           little-endian RGBA, by state
 * @property {Uint32Array} tintWord           tint where the state is parked, else fill
 * @property {number} faintWord
 * @property {string} stw                     CSS of stop-the-world
 * @property {string} stwInk                  CSS of text on it
 */

/** "#rrggbb" or "#rrggbbaa" as a little-endian RGBA word, as an ImageData's buffer holds it. @param {string} hex */
export function wordOf(hex) {
    const n = Number.parseInt(hex.slice(1, 7), 16);
    const alpha = hex.length === 9 ? Number.parseInt(hex.slice(7), 16) : 255;
    return ((alpha << 24) | ((n & 255) << 16) | (n & 0xff00) | (n >>> 16)) >>> 0;
}

/** The same colour with another opacity. @param {string} hex @param {number} alpha 0..1 */
export function withAlpha(hex, alpha) {
    return hex.slice(0, 7) + Math.round(alpha * 255).toString(16).padStart(2, "0");
}

/** @typedef {{canvas: string, text: string, gray: string, link: string}} System  colours that the reader's system forces on pages, #rrggbb */

/** Where the system forces colours (Windows' contrast themes), words and lines take them; states keep theirs. @param {System} system */
const forcedTokens = ({canvas, text, gray, link}) => ({
    lane: canvas, chrome: canvas, field: canvas, halo: canvas, line: text, hair: gray, grid: withAlpha(gray, 0.35), text, muted: text, faint: gray, accent: link, selection: text,
    heap: text, created: text, ended: gray, hit: link,
});

/** Is it nearer to black? @param {string} hex */
export function isDark(hex) {
    const n = Number.parseInt(hex.slice(1, 7), 16);
    return 0.299 * (n >> 16) + 0.587 * ((n >> 8) & 255) + 0.114 * (n & 255) < 128;
}

/** @param {"light"|"dark"} theme @param {System|null} [system] @returns {Colors} */
export function colorsOf(theme, system = null) {
    const {tokens: own, states} = PALETTE[theme];
    /** @type {Record<string, string>} */
    const tokens = system ? {...own, ...forcedTokens(system)} : own;
    const faint = own["faint"] ?? "#808080";
    const of = (/** @type {"hex"|"text"|"tint"} */ what) => STATE_NAMES.map((name) => states[name]?.[what] ?? faint);
    const fill = of("hex");
    const tint = of("tint");
    return {
        theme,
        token: tokens,
        fill,
        ink: of("text"),
        tint,
        fillWord: Uint32Array.from(fill, wordOf),
        tintWord: Uint32Array.from(fill, (hex, state) => wordOf(isParked(state) ? tint[state] ?? hex : hex)),
        faintWord: wordOf(faint),
        stw: states["stw"]?.hex ?? faint,
        stwInk: states["stw"]?.text ?? faint,
    };
}
