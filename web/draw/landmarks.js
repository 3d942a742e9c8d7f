/**
 * The longest loud interval of each group, bracketed over its area with reason and length (drawing rule 10): a rare stall shows
 * at any zoom.
 */
import {formatDuration} from "../core/time.js";
import {STATE_WORDS} from "../core/color.js";
import {fitting, fontOf, haloText, widthOf} from "./text.js";
import {snapX} from "./scale.js";

/** @typedef {import("./scale.js").View} View */
/** @typedef {import("./marks.js").Longest} Longest */

const LEAST_PX = 20;

/** @param {{ctx: CanvasRenderingContext2D, view: View, colors: import("../core/color.js").Colors}} pen @param {Longest} mark @param {number} y of the area @param {number} height @param {string} call what it waits for, "" unknown */
export function drawLandmark({ctx, view, colors}, mark, y, height, call) {
    const x0 = snapX(view, mark.t0);
    const x1 = snapX(view, mark.t1);
    const a = Math.max(x0, 0);
    const b = Math.min(x1, view.width);
    if (b - a < LEAST_PX) return;
    const ink = colors.token["text"] ?? "";
    ctx.fillStyle = colors.token["lane"] ?? "";
    ctx.fillRect(a - 1, y - 1, b - a + 2, 4);
    ctx.fillStyle = ink;
    ctx.fillRect(a, y, b - a, 2);
    if (x0 >= 0) ctx.fillRect(x0, y, 1, 5);
    if (x1 <= view.width) ctx.fillRect(x1 - 1, y, 1, 5);
    const font = fontOf(11, true);
    const length = formatDuration(mark.t1 - mark.t0);
    const word = STATE_WORDS[mark.state] ?? "";
    const words = [call && `${call}  ${length}`, `${word}  ${length}`, length];
    const beside = view.width - b - 12;
    const inside = b - a - 8;
    const text = fitting(ctx, font, words, Math.max(beside, inside));
    if (text === "") return;
    const w = widthOf(ctx, font, text);
    const x = w <= beside && b < view.width - 4 ? b + 5 : a + 4;
    ctx.font = font;
    haloText(ctx, text, x, Math.round(y + (x > b ? 9 : Math.min(13, height - 4))), ink, colors.token["lane"] ?? "");
}
