/**
 * GC cycles and stop-the-world (drawing rule 9): bars in their lane, cycles as a tint under the data of all rows, pauses as a
 * line or a hatched band over it, as loud as they are long.
 */
import {formatDuration} from "../core/time.js";
import {withAlpha} from "../core/color.js";
import {fitting, fontOf, haloText, widthOf} from "./text.js";
import {snapX} from "./scale.js";

/** @typedef {import("./display_list.js").Recorder} Recorder */
/** @typedef {import("./scale.js").View} View */
/** @typedef {import("./marks.js").Marks} Marks */
/** @typedef {import("../core/color.js").Colors} Colors */
/** @typedef {import("../core/lanes.js").Band} Band */
/** @typedef {{ctx: Recorder, view: View, marks: Marks, colors: Colors}} Pen */

const THIN_PX = 3;
const PITCH = 6;
const LABEL_NS = 1e6;
const LEAST_WORD_PX = 28;
/** From one pause in so many px on, they crowd their lane. */
const CROWDED_PX = 24;
/** More lines than this fade together, so that they never hide the rows. */
const MANY = 24;
/** From one in so many px on they would be a veil: then only the lane has them. */
const VEIL_PX = 6;

/** 45 degree lines. @param {Recorder} ctx @param {string} color @param {number} dpr @param {number} x @param {number} y @param {number} w @param {number} h CSS px */
export function fillHatch(ctx, color, dpr, x, y, w, h) {
    ctx.hatch(color, Math.max(1, dpr), Math.round(PITCH * dpr), Math.round(x * dpr), Math.round(y * dpr), Math.round(w * dpr), Math.round(h * dpr));
}

/** Tint under the data. @param {Pen} pen @param {number} y @param {number} height */
export function drawTint({ctx, view, marks, colors}, y, height) {
    ctx.fillStyle = colors.token["gc_tint"] ?? "";
    for (const {t0, t1} of marks.gc) {
        const a = Math.max(snapX(view, t0), 0);
        const b = Math.min(snapX(view, t1), view.width);
        if (b - a >= 1) ctx.fillRect(a, y, b - a, height);
    }
}

/** Pauses over the rows. @param {Pen} pen @param {number} y @param {number} height */
export function drawPauses({ctx, view, marks, colors}, y, height) {
    const thin = withAlpha(colors.stw, 0.5 * Math.min(1, MANY / Math.max(marks.stw.length, 1)));
    const line = 1 / view.dpr;
    const veil = marks.stw.length > view.width / VEIL_PX;
    for (const {t0, t1} of marks.stw) {
        const x0 = snapX(view, t0);
        const x1 = snapX(view, t1);
        const w = x1 - x0;
        if (w < THIN_PX) {
            if (veil) continue;
            ctx.fillStyle = thin;
            ctx.fillRect(x0, y, Math.max(line, Math.round(view.dpr) * line), height);
            continue;
        }
        const a = Math.max(x0, -PITCH);
        const b = Math.min(x1, view.width + PITCH);
        ctx.fillStyle = withAlpha(colors.stw, 0.16 + 0.3 * Math.max(0, 1 - w / 80));
        ctx.fillRect(a, y, b - a, height);
        fillHatch(ctx, withAlpha(colors.stw, 0.5), view.dpr, a, y, b - a, height);
        ctx.fillStyle = colors.stw;
        ctx.fillRect(x0, y, 1, height);
        ctx.fillRect(x1 - 1, y, 1, height);
    }
}

/** A low bar in each processor's row while the world is stopped. @param {Pen} pen @param {number} y of the first row @param {number} rows @param {number} bar */
export function drawStopped({ctx, view, marks, colors}, y, rows, bar) {
    ctx.fillStyle = colors.stw;
    for (const {t0, t1} of marks.stw) {
        const x0 = Math.max(snapX(view, t0), 0);
        const x1 = Math.min(snapX(view, t1), view.width);
        if (x1 - x0 < THIN_PX) continue;
        for (let i = 0; i < rows; i++) ctx.fillRect(x0, y + (i + 1) * bar - 5, x1 - x0, 4);
    }
}

/** The lane itself. @param {Pen} pen @param {Band} band @param {number} y of the band on screen */
export function drawGcLane(pen, band, y) {
    const {ctx, view, marks, colors} = pen;
    const top = y + band.top;
    ctx.fillStyle = colors.fill[2] ?? "";
    for (const cycle of marks.gc) {
        const x0 = snapX(view, cycle.t0);
        const x1 = Math.max(snapX(view, cycle.t1), x0 + 1);
        ctx.fillRect(x0, top, x1 - x0 - (x1 - x0 >= 8 ? 1 : 0), band.bar);
    }
    const crowded = marks.stw.length > view.width / CROWDED_PX;
    for (const pause of marks.stw) drawPauseBar(pen, pause, top, band.bar, crowded);
    for (const cycle of marks.gc) drawCycleWords(pen, cycle, top, crowded);
    drawPauseLabels(pen, top);
}

/** The widest stretch of [a, b) px without a pause. @param {Pen} pen @param {number} a @param {number} b @param {boolean} crowded short pauses are ticks above the words */
function clearOf({view, marks}, a, b, crowded) {
    let best = {a, b: a};
    let from = a;
    for (const {t0, t1} of [...marks.stw].sort((p, q) => p.t0 - q.t0)) {
        const [x0, x1] = [snapX(view, t0), snapX(view, t1)];
        if (x1 < from || x0 > b || (crowded && x1 - x0 < THIN_PX)) continue;
        if (x0 - from > best.b - best.a) best = {a: from, b: x0};
        from = Math.max(from, x1, x0 + 2);
    }
    return b - from > best.b - best.a ? {a: from, b} : best;
}

/** Its number and length within its bar. @param {Pen} pen @param {Marks["gc"][number]} cycle @param {number} top @param {boolean} crowded */
function drawCycleWords(pen, cycle, top, crowded) {
    const {ctx, view, colors} = pen;
    const x0 = Math.max(snapX(view, cycle.t0), 0);
    const x1 = Math.min(snapX(view, cycle.t1), view.width);
    if (x1 - x0 < LEAST_WORD_PX) return;
    const {a, b} = clearOf(pen, x0, x1, crowded);
    const name = cycle.n > 1 ? `${cycle.n} cycles` : `GC ${cycle.seq}`;
    ctx.font = fontOf(11);
    const text = b - a < LEAST_WORD_PX ? "" : fitting(ctx, ctx.font, [`${name}  ${formatDuration(cycle.t1 - cycle.t0)}`, name, "GC"], b - a - 10);
    if (text === "") return;
    ctx.fillStyle = colors.ink[2] ?? "";
    ctx.fillText(text, a + 5, top + 13);
}

/** @param {Pen} pen @param {import("./marks.js").Pause} pause @param {number} top @param {number} bar @param {boolean} crowded short pauses are ticks, so that the cycles stay to be seen */
function drawPauseBar({ctx, view, colors}, pause, top, bar, crowded) {
    const x0 = snapX(view, pause.t0);
    const x1 = snapX(view, pause.t1);
    ctx.fillStyle = colors.stw;
    if (x1 - x0 < THIN_PX) return crowded ? ctx.fillRect(x0, top - 3, 1, 6) : ctx.fillRect(x0, top, 2, bar);
    const a = Math.max(x0, -PITCH);
    const b = Math.min(x1, view.width + PITCH);
    ctx.fillRect(a, top, b - a, bar);
    fillHatch(ctx, colors.theme === "light" ? "#00000040" : "#00000059", view.dpr, a, top, b - a, bar);
}

/** Length and reason within the bar of a pause that is wide enough. @param {Pen} pen @param {import("./marks.js").Pause} pause @param {number} top */
function drawInside({ctx, view, colors}, pause, top) {
    const a = Math.max(snapX(view, pause.t0), 0);
    const b = Math.min(snapX(view, pause.t1), view.width);
    const head = `STW ${formatDuration(pause.t1 - pause.t0)}`;
    const bold = fontOf(11, true);
    const text = fitting(ctx, bold, [`${head}  ${pause.reason}`, head], b - a - 14);
    if (text === "") return false;
    ctx.font = bold;
    haloText(ctx, text, a + 7, top + 13, colors.stwInk, colors.stw);
    return true;
}

/** Length and reason beside pauses of 1 ms and more, or behind the cycle that they are in; the longest first, where there is room. @param {Pen} pen @param {number} top */
function drawPauseLabels({ctx, view, marks, colors}, top) {
    const bold = fontOf(11, true);
    const taken = marks.gc.map((c) => [snapX(view, c.t0) - 4, snapX(view, c.t1) + 2]);
    const long = marks.stw.filter((p) => p.t1 - p.t0 >= LABEL_NS).sort((a, b) => (b.t1 - b.t0) - (a.t1 - a.t0));
    for (const pause of long) {
        if (drawInside({ctx, view, marks, colors}, pause, top)) continue;
        const beside = Math.min(Math.max(snapX(view, pause.t1), 0) + 6, view.width);
        const cycle = marks.gc.find(({t0, t1}) => t0 <= pause.t1 && pause.t1 < t1);
        const x0 = cycle ? Math.max(snapX(view, cycle.t1) + 6, beside) : beside;
        const head = `STW ${formatDuration(pause.t1 - pause.t0)}`;
        const w = widthOf(ctx, bold, head);
        const full = w + 8 + widthOf(ctx, fontOf(11), pause.reason);
        const free = (/** @type {number} */ width) => x0 + width <= view.width && taken.every(([a = 0, b = 0]) => x0 + width < a || x0 > b);
        if (!free(w)) continue;
        const roomy = free(full);
        ctx.font = bold;
        haloText(ctx, head, x0, top + 13, colors.token["text"] ?? "", colors.token["lane"] ?? "");
        taken.push([x0 - 6, x0 + (roomy ? full : w) + 6]);
        if (!roomy) continue;
        ctx.font = fontOf(11);
        haloText(ctx, pause.reason, x0 + w + 8, top + 13, colors.token["muted"] ?? "", colors.token["lane"] ?? "");
    }
}
