/**
 * Words on the canvas: widths are measured once, and of a list of wordings the longest that fits is drawn, never a cut one.
 */

/** @typedef {import("./display_list.js").Recorder} Recorder */

/** A name that is not installed takes 10 ms to be missed, before the first word is drawn. */
export const FAMILY = "-apple-system, \"Segoe UI\", Arial, sans-serif";

/** @param {number} px @param {boolean} bold */
export const fontOf = (px, bold = false) => `${bold ? "600" : "400"} ${px}px ${FAMILY}`;

/** @type {Map<string, Map<string, number>>} */
const widths = new Map();
const MAX_KEPT = 20000;

/** Width of a text in a font. All digits count as wide as a 0, so that a new number needs no new measurement. @param {Recorder} ctx @param {string} font @param {string} text */
export function widthOf(ctx, font, text) {
    let known = widths.get(font);
    if (!known || known.size > MAX_KEPT) widths.set(font, known = new Map());
    let width = known.get(text);
    if (width !== undefined) return width;
    const key = text.replace(/[1-9]/g, "0");
    width = known.get(key);
    if (width === undefined) {
        const before = ctx.font;
        if (before !== font) ctx.font = font;
        width = ctx.measureText(key).width;
        if (before !== font) ctx.font = before;
        known.set(key, width);
    }
    known.set(text, width);
    return width;
}

/** The first wording that fits, "" if none does. @param {Recorder} ctx @param {string} font @param {readonly string[]} wordings longest first @param {number} room */
export function fitting(ctx, font, wordings, room) {
    for (const text of wordings) if (text !== "" && widthOf(ctx, font, text) <= room) return text;
    return "";
}

/** Text with a halo of the background, where it stands over data. @param {Recorder} ctx @param {string} text @param {number} x @param {number} y @param {string} ink @param {string} halo */
export function haloText(ctx, text, x, y, ink, halo) {
    ctx.lineJoin = "round";
    ctx.lineWidth = 3;
    ctx.strokeStyle = halo;
    ctx.strokeText(text, x, y);
    ctx.fillStyle = ink;
    ctx.fillText(text, x, y);
}

/** Full name to its parts: "net/http.(*conn).serve" -> path "net/", package "http.", name "(*conn).serve". @param {string} name */
export function nameParts(name) {
    const bracket = name.indexOf("[");
    const head = bracket < 0 ? name : name.slice(0, bracket);
    const slash = head.lastIndexOf("/") + 1;
    const dot = name.indexOf(".", slash) + 1;
    return {path: name.slice(0, slash), pkg: name.slice(slash, dot), name: name.slice(dot)};
}

/** "(*conn).serve" -> "serve", "(*Quote).price.func1" -> "price.func1". @param {string} name */
export function methodOf(name) {
    const at = name.lastIndexOf(").");
    return at < 0 ? name : name.slice(at + 2);
}
