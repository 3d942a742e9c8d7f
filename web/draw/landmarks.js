/**
 * The longest loud interval of each group, over its area with reason and length (drawing rule 10): bracketed where it is wide
 * enough, else a pin of its state's colour from top to bottom. So a rare stall shows at any zoom.
 */
import {formatDuration} from "../core/time.js";
import {STATE_WORDS} from "../core/color.js";
import {fitting, fontOf, haloText, widthOf} from "./text.js";
import {snapX} from "./scale.js";

/** @typedef {import("./display_list.js").Recorder} Recorder */
/** @typedef {import("./scale.js").View} View */
/** @typedef {import("./marks.js").Longest} Longest */

const LEAST_PX = 20;

/** @param {Recorder} ctx @param {import("../core/color.js").Colors} colors @param {number} state @param {number} x @param {number} width @param {number} y @param {number} height */
function drawPin(ctx, colors, state, x, width, y, height) {
    ctx.fillStyle = colors.token["lane"] ?? "";
    ctx.fillRect(x - 3, y - 1, width + 6, 5);
    ctx.fillRect(x - 1, y, width + 2, height);
    ctx.fillStyle = colors.fill[state] ?? "";
    ctx.fillRect(x - 2, y, width + 4, 3);
    ctx.fillRect(x, y, width, height);
}

/** @param {{ctx: Recorder, view: View, colors: import("../core/color.js").Colors}} pen @param {Longest} mark @param {number} y of the area @param {number} height @param {string} call what it waits for, "" unknown */
export function drawLandmark({ctx, view, colors}, mark, y, height, call) {
    const x0 = snapX(view, mark.t0);
    const x1 = snapX(view, mark.t1);
    const a = Math.max(x0, 0);
    const b = Math.min(x1, view.width);
    const narrow = b - a < LEAST_PX;
    if (narrow && x1 - x0 >= LEAST_PX) return; // the rest of it lies beside the window
    const ink = colors.token["text"] ?? "";
    if (narrow) drawPin(ctx, colors, mark.state, a, Math.max(b - a, 2), y, height);
    else {
        ctx.fillStyle = colors.token["lane"] ?? "";
        ctx.fillRect(a - 1, y - 1, b - a + 2, 4);
        ctx.fillStyle = ink;
        ctx.fillRect(a, y, b - a, 2);
        if (x0 >= 0) ctx.fillRect(x0, y, 1, 5);
        if (x1 <= view.width) ctx.fillRect(x1 - 1, y, 1, 5);
    }
    const font = fontOf(11, true);
    const length = formatDuration(mark.t1 - mark.t0);
    const word = STATE_WORDS[mark.state] ?? "";
    const words = [call && `${call}  ${length}`, `${word}  ${length}`, length];
    const beside = view.width - b - 12;
    const inside = narrow ? a - 8 : b - a - 8;
    const text = fitting(ctx, font, words, Math.max(beside, inside));
    if (text === "") return;
    const w = widthOf(ctx, font, text);
    const x = w <= beside && b < view.width - 4 ? b + 5 : narrow ? a - 5 - w : a + 4;
    ctx.font = font;
    haloText(ctx, text, x, Math.round(y + (x > b || narrow ? 9 : Math.min(13, height - 4))), ink, colors.token["lane"] ?? "");
}
