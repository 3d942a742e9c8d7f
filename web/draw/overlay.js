/**
 * What follows the pointer and the selection, on a canvas of its own so that moving the pointer repaints nothing else: ring,
 * hover outline, hairline, range, wake-up arrow, and where a selection lies that is out of view (drawing rules 11 and 12).
 */
import {formatDuration} from "../core/time.js";
import {fontOf, haloText, widthOf} from "./text.js";
import {snapX} from "./scale.js";

/** @typedef {import("./display_list.js").Recorder} Recorder */
/** @typedef {import("./scale.js").View} View */
/** @typedef {import("../core/color.js").Colors} Colors */
/** @typedef {{ctx: Recorder, view: View, colors: Colors, height: number}} Pen */
/** @typedef {{y: number, height: number}} Place on screen */

/** @param {Pen} pen @param {number} x @param {number} y @param {number} w @param {number} h */
function ring({ctx, colors}, x, y, w, h) {
    ctx.strokeStyle = colors.token["halo"] ?? "";
    ctx.lineWidth = 1;
    ctx.strokeRect(x - 1.5, y - 1.5, w + 3, h + 3);
    ctx.strokeRect(x + 2.5, y + 2.5, Math.max(w - 5, 0), Math.max(h - 5, 0));
    ctx.strokeStyle = colors.token["selection"] ?? "";
    ctx.lineWidth = 2;
    ctx.strokeRect(x, y, w, h);
}

/** The selected interval; an arrow at the edge when it is out of view. @param {Pen} pen @param {{t0: number, t1: number, state: number}} selection @param {Place} place */
export function drawSelection(pen, selection, place) {
    const {view} = pen;
    const x0 = snapX(view, selection.t0);
    const x1 = snapX(view, selection.t1);
    if (x1 < 0 || x0 > view.width) return drawElsewhere(pen, selection, place, x1 < 0);
    const a = Math.max(x0, -4);
    const b = Math.min(Math.max(x1, x0 + 3), view.width + 4);
    ring(pen, a, place.y + 1, Math.max(b - a - (b - a >= 8 ? 1 : 0), 3), place.height - 2);
}

/** @param {Pen} pen @param {{t0: number, t1: number}} selection @param {Place} place @param {boolean} left */
function drawElsewhere({ctx, view, colors}, selection, place, left) {
    const away = left ? view.t0 - selection.t1 : selection.t0 - view.t1;
    const text = formatDuration(away);
    const font = fontOf(11, true);
    const w = widthOf(ctx, font, text);
    const middle = place.y + place.height / 2;
    const x = left ? 4 : view.width - 4;
    const way = left ? 1 : -1;
    const boxX = left ? 0 : view.width - w - 20;
    ctx.fillStyle = colors.token["text"] ?? "";
    ctx.beginPath();
    ctx.roundRect(boxX + (left ? 2 : -2), middle - 8, w + 20, 16, 3);
    ctx.fill();
    ctx.fillStyle = colors.token["lane"] ?? "";
    ctx.beginPath();
    ctx.moveTo(x + way, middle);
    ctx.lineTo(x + way * 7, middle - 4);
    ctx.lineTo(x + way * 7, middle + 4);
    ctx.fill();
    ctx.font = font;
    ctx.fillText(text, left ? 15 : view.width - w - 14, middle + 4);
}

/** The row of the selection lies above or below what is in view: its name at that edge, with an arrow. @param {Pen} pen @param {string} name @param {boolean} above */
export function drawBeyond({ctx, colors, height}, name, above) {
    const font = fontOf(11, true);
    const w = widthOf(ctx, font, name) + 26;
    const y = above ? 4 : height - 20;
    ctx.fillStyle = colors.token["text"] ?? "";
    ctx.beginPath();
    ctx.roundRect(8, y, w, 16, 3);
    ctx.fill();
    ctx.fillStyle = colors.token["lane"] ?? "";
    ctx.beginPath();
    const way = above ? 1 : -1;
    const tip = y + 8 - way * 3;
    ctx.moveTo(17, tip);
    ctx.lineTo(13, tip + way * 6);
    ctx.lineTo(21, tip + way * 6);
    ctx.fill();
    ctx.font = font;
    ctx.fillText(name, 27, y + 12);
}

/** A selected range of time, through all lanes or as a box over each stretch of its rows. @param {Pen} pen @param {{t0: number, t1: number}} range @param {readonly Place[]|null} places null: all lanes */
export function drawRange({ctx, view, colors, height}, range, places) {
    const x0 = snapX(view, range.t0);
    const x1 = snapX(view, range.t1);
    const accent = colors.token["accent"] ?? "";
    for (const {y, height: h} of places ?? [{y: 0, height}]) {
        ctx.fillStyle = colors.token["range_tint"] ?? "";
        ctx.fillRect(x0, y, x1 - x0, h);
        ctx.fillStyle = accent;
        ctx.fillRect(x0, y, 1, h);
        ctx.fillRect(x1 - 1, y, 1, h);
        if (!places) continue;
        ctx.fillRect(x0, y, x1 - x0, 1);
        ctx.fillRect(x0, y + h - 1, x1 - x0, 1);
    }
    const text = formatDuration(range.t1 - range.t0);
    const w = widthOf(ctx, fontOf(11, true), text);
    const top = places ? places[0]?.y : 0;
    if (x1 - x0 < w + 16 || top === undefined) return;
    ctx.font = fontOf(11, true);
    const middle = (Math.max(x0, 0) + Math.min(x1, view.width)) / 2;
    haloText(ctx, text, middle - w / 2, Math.max(top, 0) + 14, accent, colors.token["lane"] ?? "");
}

/** @param {Pen} pen @param {{t0: number, t1: number}} hit @param {Place} place */
export function drawHover({ctx, view, colors}, hit, place) {
    const x0 = Math.max(snapX(view, hit.t0), -2);
    const x1 = Math.min(snapX(view, hit.t1), view.width + 2);
    ctx.strokeStyle = colors.token["text"] ?? "";
    ctx.lineWidth = 1;
    ctx.strokeRect(x0 - 0.5, place.y + 0.5, Math.max(x1 - x0, 2) + (x1 - x0 >= 8 ? 0 : 1), place.height - 1);
}

/** A flag where a hit begins, and a line above it as long as it goes (drawing rule 13). @param {Pen} pen @param {{t0: number, t1: number}} hit @param {Place} place */
export function drawFound({ctx, view, colors}, hit, place) {
    const x0 = Math.max(snapX(view, hit.t0), 0);
    const x1 = Math.min(snapX(view, hit.t1), view.width);
    if (x1 < 0 || x0 > view.width) return;
    ctx.fillStyle = colors.token["hit"] ?? "";
    ctx.fillRect(x0, place.y, Math.max(x1 - x0, 3), 1);
    ctx.beginPath();
    ctx.moveTo(x0, place.y);
    ctx.lineTo(x0 + 5, place.y);
    ctx.lineTo(x0, place.y + 5);
    ctx.fill();
}

/** @param {Pen} pen @param {number} x */
export function drawHairline({ctx, view, colors, height}, x) {
    ctx.globalAlpha = 0.55;
    ctx.fillStyle = colors.token["text"] ?? "";
    ctx.fillRect(Math.floor(x * view.dpr) / view.dpr, 0, 1, height);
    ctx.globalAlpha = 1;
}

/** Who woke it: from the waker's row to the woken at the exact time. @param {Pen} pen @param {number} t @param {Place} from @param {Place} to */
export function drawArrow({ctx, view, colors}, t, from, to) {
    const x = snapX(view, t) + 0.5;
    if (x < -4 || x > view.width + 4) return;
    const y0 = from.y + from.height / 2;
    const down = to.y > from.y;
    const y1 = down ? to.y - 1 : to.y + to.height + 1;
    const way = down ? -1 : 1;
    for (const [color, width] of [[colors.token["lane"], 4], [colors.token["text"], 1.5]]) {
        ctx.strokeStyle = ctx.fillStyle = String(color);
        ctx.lineWidth = Number(width);
        ctx.beginPath();
        ctx.moveTo(x, y0);
        ctx.lineTo(x, y1 + way * 5);
        ctx.stroke();
        ctx.beginPath();
        ctx.arc(x, y0, width === 4 ? 4.5 : 3, 0, 7);
        ctx.fill();
        const wide = width === 4 ? 6 : 4;
        ctx.beginPath();
        ctx.moveTo(x, y1 - (width === 4 ? way : 0));
        ctx.lineTo(x - wide, y1 + way * 8);
        ctx.lineTo(x + wide, y1 + way * 8);
        ctx.fill();
    }
}

/** How far the lanes are scrolled. @param {Pen} pen @param {number} scrollY @param {number} total */
export function drawScroll({ctx, view, colors, height}, scrollY, total) {
    if (total <= height + 1) return;
    const size = Math.max(height / total * height, 24);
    const y = scrollY / (total - height) * (height - size);
    ctx.globalAlpha = 0.5;
    ctx.fillStyle = colors.token["faint"] ?? "";
    ctx.beginPath();
    ctx.roundRect(view.width - 6, y + 1, 4, size - 2, 2);
    ctx.fill();
    ctx.globalAlpha = 1;
}
