/**
 * Stacks of one goroutine over time, outermost frame on top: the stack that an interval was entered with, or that of a CPU sample,
 * stays until the next one is known. Neighbours whose frame goes on are one bar. Only where events are exact.
 */
import {FRAME} from "../core/band.js";
import {SAMPLE} from "../core/chunk_codec.js";
import {withAlpha} from "../core/color.js";
import {isLibrary, rootFrames} from "../core/selection.js";
import {fitting, fontOf, haloText, methodOf, nameParts} from "./text.js";
import {snapX} from "./scale.js";

/** @typedef {import("./display_list.js").Recorder} Recorder */
/** @typedef {import("../core/chunk_codec.js").Chunk} Chunk */
/** @typedef {import("../types.js").Isolated} Isolated */
/** @typedef {import("./lane_text.js").Run} Run */
/** @typedef {import("./scale.js").View} View */
/** @typedef {{t0: number, t1: number, stack: number, sampled: boolean}} Span   a stack and for how long it stays */
/** @typedef {{t0: number, t1: number, depth: number, name: string, more: number}} Bar   more: frames left out above it, for there is no room */
/** @typedef {{spans: Span[], bars: Bar[], known: {t0: number, t1: number}[], rows: number}} Track */
/** @typedef {Map<string, Track>} Stacks   by goroutine */

const RUNNABLE = 5;
const LEAST_WORD_PX = 28;

/** Stacks of a goroutine in order of time. @param {Run} run @param {number} row within the block @param {number} g @returns {Span[]} */
export function spansOf({chunks, t0, t1}, row, g) {
    /** @type {Span[]} */
    const found = [];
    for (const chunk of chunks) {
        if (row >= chunk.rows) continue;
        for (let i = chunk.at[row] ?? 0; i < (chunk.at[row + 1] ?? 0); i++) {
            const stack = chunk.stack[i] ?? 0;
            // What makes it runnable is another's stack, unless it gave way itself.
            const others = chunk.state[i] === RUNNABLE && (chunk.waker[i] ?? 0) !== 0 && chunk.waker[i] !== g;
            if (stack > 0 && chunk.g[i] === g && !others) found.push({t0: chunk.t0[i] ?? 0, t1, stack, sampled: false});
        }
        for (let i = chunk.markAt[row] ?? 0; i < (chunk.markAt[row + 1] ?? 0); i++) {
            const stack = chunk.markStack[i] ?? 0;
            if (chunk.markKind[i] === SAMPLE && chunk.markG[i] === g && stack > 0) found.push({t0: chunk.markT[i] ?? 0, t1, stack, sampled: true});
        }
    }
    found.sort((a, b) => a.t0 - b.t0);
    for (let i = 0; i + 1 < found.length; i++) Object.assign(found[i] ?? {}, {t1: Math.min(found[i + 1]?.t0 ?? t1, t1)});
    return found.filter((span) => span.t1 > span.t0 && span.t1 > t0 && span.t0 < t1);
}

/**
 * Bars of the spans in view, those that are less than a px wide and lie in one px with the one before left out.
 * @param {Run[]} runs @param {Isolated} solo @param {View} view @param {{stackNames: (id: number) => string[]}} names @param {number} rows @returns {Track}
 */
export function stackTrack(runs, solo, view, names, rows) {
    const spans = runs.flatMap((run) => spansOf(run, solo.row & 31, Number(solo.g)));
    /** @type {Bar[]} */
    const bars = [];
    /** @type {Bar[]} */
    let open = [];
    let done = -Infinity;
    for (const {t0, t1, stack} of spans) {
        if (t1 < view.t0 || t0 > view.t1) continue;
        const end = Math.round(snapX(view, t1) * view.dpr);
        if (end <= done) continue;
        done = end;
        const all = names.stackNames(stack);
        const frames = all.slice(0, all.length - rootFrames(all));
        const last = open[0];
        if (last && t0 - last.t1 > 2 * view.nsPerPx) open = [];
        let same = true;
        for (let depth = 0; depth < Math.min(frames.length, rows); depth++) {
            const rest = depth === rows - 1 ? frames.length - rows : 0;
            const name = frames[rest > 0 ? 0 : frames.length - 1 - depth] ?? "";
            const known = open[depth];
            same = same && known !== undefined && known.name === name && known.more === rest;
            if (same && known) {
                known.t1 = t1;
                continue;
            }
            const bar = {t0: depth > 0 || !last ? t0 : Math.max(t0, last.t0), t1, depth, name, more: rest};
            open.length = Math.min(open.length, depth);
            open.push(bar);
            bars.push(bar);
        }
        open.length = Math.min(open.length, frames.length, rows);
    }
    return {spans, bars, known: runs, rows};
}

/** @param {{ctx: Recorder, view: View, colors: import("../core/color.js").Colors, labels: boolean}} pen @param {Track} track @param {Isolated} solo @param {number} y CSS px of the track on the screen */
export function drawStackTrack({ctx, view, colors, labels}, {bars, known, rows}, solo, y) {
    const own = withAlpha(colors.token["accent"] ?? "#3060c0", colors.theme === "light" ? 0.2 : 0.3);
    const library = withAlpha(colors.token["faint"] ?? "#808080", colors.theme === "light" ? 0.24 : 0.34);
    const font = fontOf(11);
    ctx.font = font;
    for (const {t0, t1, depth, name, more} of bars) {
        const a = Math.max(snapX(view, t0), -2);
        const b = Math.min(Math.max(snapX(view, t1), a + 1 / view.dpr), view.width + 2);
        const w = b - a - (b - a >= 8 ? 1 : 0);
        ctx.fillStyle = isLibrary(name) ? library : own;
        ctx.fillRect(a, y + depth * FRAME, w, FRAME - 1);
        if (!labels || w < LEAST_WORD_PX) continue;
        const {pkg, name: short} = nameParts(name);
        const x = Math.max(a, 0) + 4;
        const begin = more > 0 ? `+${more} … ` : "";
        const text = fitting(ctx, font, [begin + pkg + short, begin + short, begin + methodOf(short)], a + w - x - 2);
        ctx.fillStyle = colors.token["text"] ?? "";
        if (text !== "") ctx.fillText(text, x, y + depth * FRAME + 10);
    }
    let from = Math.max(view.t0, solo.born);
    for (const {t0, t1} of [...known, {t0: Math.min(view.t1, solo.gone), t1: Infinity}]) {
        const a = Math.max(snapX(view, from), 0);
        const room = Math.min(snapX(view, t0), view.width) - a - 12;
        from = Math.max(from, t1);
        const text = room > LEAST_WORD_PX ? fitting(ctx, font, ["zoom in for stacks", "zoom in"], room) : "";
        if (text !== "") haloText(ctx, text, a + 6, y + Math.min(rows, 2) * FRAME - 3, colors.token["muted"] ?? "", colors.token["lane"] ?? "");
    }
}

/** The frame at a time and depth, and the stack it is of. @param {Track} track @param {number} depth @param {number} t @param {number} slack
 * @returns {{bar: Bar, span: Span}|null} */
export function frameAt({spans, bars}, depth, t, slack) {
    const bar = bars.find((one) => one.depth === depth && one.t0 <= t && t < one.t1) ?? bars.find((one) => one.depth === depth && one.t0 - slack <= t && t < one.t1 + slack);
    if (!bar) return null;
    const at = Math.min(Math.max(t, bar.t0), bar.t1);
    const span = spans.findLast((one) => one.t0 <= at);
    return span ? {bar, span} : null;
}
