/**
 * Marks on the axis and through the lanes: a flag with the mark's number, a thin line, its note, and between two neighbours how far
 * they are apart. Plain calls of the canvas only.
 */
import {formatDuration} from "../core/time.js";
import {flagsOf, gapBetween} from "../core/mark_list.js";
import {fitting, fontOf, haloText, widthOf} from "./text.js";
import {snapX} from "./scale.js";

/** @typedef {import("./display_list.js").Recorder} Recorder */
/** @typedef {import("./scale.js").View} View */
/** @typedef {import("../core/color.js").Colors} Colors */
/** @typedef {import("../core/mark_list.js").Mark} Mark */

const LINE = 14;
/** A note is cut to so many characters where not all of it fits. */
const SHORT = 16;

/** @param {View} view @param {readonly Mark[]} marks */
export const flagsIn = (view, marks) => flagsOf(marks, (t) => snapX(view, t), view.width);

/** @param {Recorder} ctx @param {View} view @param {readonly Mark[]} marks @param {Colors} colors @param {number} height */
export function drawFlags(ctx, view, marks, colors, height) {
    const font = fontOf(10, true);
    for (const {x, w, at} of flagsIn(view, marks)) {
        const {t0, t1} = /** @type {Mark} */ (marks[at]);
        ctx.fillStyle = colors.token["accent"] ?? "";
        ctx.fillRect(x, 3, w, 13);
        ctx.fillRect(snapX(view, t0), 3, 1, height - 3);
        if (t1 > t0) ctx.fillRect(Math.max(snapX(view, t0), 0), height - 2, Math.max(Math.min(snapX(view, t1), view.width) - Math.max(snapX(view, t0), 0), 2), 2);
        ctx.font = font;
        ctx.fillStyle = colors.token["lane"] ?? "";
        const text = String(at + 1);
        ctx.fillText(text, x + (w - widthOf(ctx, font, text)) / 2, 13.5);
    }
}

/** @param {Recorder} ctx @param {View} view @param {readonly Mark[]} marks @param {Colors} colors @param {number} height */
export function drawMarkLines(ctx, view, marks, colors, height) {
    const accent = colors.token["accent"] ?? "";
    const lane = colors.token["lane"] ?? "";
    marks.forEach((mark, i) => {
        const x = snapX(view, mark.t0);
        const end = snapX(view, mark.t1);
        ctx.fillStyle = accent;
        if (x >= -1 && x <= view.width) ctx.fillRect(x, 0, 1, height);
        ctx.globalAlpha = 0.5;
        if (end > x && end >= 0 && end <= view.width) ctx.fillRect(end, 0, 1, height);
        ctx.globalAlpha = 1;
        const next = marks[i + 1];
        const far = Math.min(next ? snapX(view, next.t0) : view.width, view.width);
        const from = Math.max(x, 0);
        if (mark.note !== "" && end >= 0 && x <= view.width) drawNote(ctx, mark.note, from + 4, far - from - 8, accent, lane);
        if (next) drawGap(ctx, view, mark, next, accent, lane);
    });
}

/** @param {Recorder} ctx @param {string} note @param {number} x @param {number} room @param {string} ink @param {string} halo */
function drawNote(ctx, note, x, room, ink, halo) {
    const font = fontOf(11, true);
    const short = Array.from(note).slice(0, SHORT).join("").trim();
    const text = fitting(ctx, font, [note, short === note ? "" : `${short} …`], room);
    if (text === "") return;
    ctx.font = font;
    haloText(ctx, text, x, LINE, ink, halo);
}

/** How far two neighbours are apart, where both are in view. @param {Recorder} ctx @param {View} view @param {Mark} a @param {Mark} b @param {string} ink @param {string} halo */
function drawGap(ctx, view, a, b, ink, halo) {
    const gap = gapBetween(a, b);
    const x0 = snapX(view, Math.min(a.t1, b.t0));
    const x1 = snapX(view, b.t0);
    const font = fontOf(11);
    const text = formatDuration(gap);
    const w = widthOf(ctx, font, text);
    if (gap <= 0 || x0 < 0 || x1 > view.width || x1 - x0 < w + 24) return;
    const y = LINE * 2;
    const middle = (x0 + x1) / 2;
    ctx.fillStyle = ink;
    ctx.fillRect(x0 + 2, y - 4, middle - w / 2 - 4 - x0 - 2, 1);
    ctx.fillRect(middle + w / 2 + 4, y - 4, x1 - 1 - (middle + w / 2 + 4), 1);
    ctx.font = font;
    haloText(ctx, text, middle - w / 2, y, ink, halo);
}
