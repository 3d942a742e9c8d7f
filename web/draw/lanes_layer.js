/**
 * The lanes canvas of one frame, from bottom to top: tint of the cycles, grid, lines between bands, the cells, counters and
 * cycles, pauses over all rows, landmarks, and last every word.
 */
import {FRAME} from "../core/band.js";
import {bandIndexAt} from "../core/lanes.js";
import {drawGrid} from "./axis.js";
import {cellsOver, drawStrips, sourceOf, tileLevel, tileOfCell} from "./cells.js";
import {drawGaps} from "./gaps.js";
import {drawCounter, drawScaleMark} from "./lane_counter.js";
import {drawGcLane, drawPauses, drawStopped, drawTint, fillHatch} from "./lane_gc.js";
import {soloView} from "./lane_goroutine.js";
import {drawStackTrack, stackTrack} from "./lane_stack.js";
import {drawTaskArea, drawTasks} from "./lane_task.js";
import {BAR_FONT, callOf, drawRowWords} from "./lane_text.js";
import {drawLandmark} from "./landmarks.js";
import {snapX} from "./scale.js";
import {withAlpha} from "../core/color.js";
import {tileSpan} from "../core/tile_key.js";
import {formatValue} from "../core/words.js";

/** @typedef {import("./display_list.js").Recorder} Recorder */
/** @typedef {import("./strips.js").Strip} Strip */
/** @typedef {import("./scale.js").View} View */
/** @typedef {import("../core/lanes.js").Band} Band */
/** @typedef {import("../core/lanes.js").Layout} Layout */
/** @typedef {import("../types.js").State} State */

/**
 * @typedef {object} Scene        all that a frame of the lanes needs
 * @property {Recorder} ctx @property {number} height CSS px
 * @property {View} view @property {Layout} layout @property {Strip[]} strips
 * @property {import("./cells.js").Trace} trace
 * @property {import("./marks.js").Marks} marks
 * @property {import("./lane_stack.js").Stacks} stacks   what was drawn last, for the pointer
 * @property {import("./lane_task.js").Tasks|null} tasks   null: their section is folded
 * @property {import("../core/color.js").Colors} colors
 * @property {import("./axis.js").Ticks} ticks
 * @property {Readonly<State>} state
 * @property {import("./lane_text.js").Names} names
 * @property {Map<string, number>} tops     counter lane to the value at its upper edge
 * @property {(c: number) => string} unitOf
 */

/** Bands on the screen. @param {Scene} scene @param {(band: Band, y: number) => void} each y on screen */
function eachBand({layout, state, height}, each) {
    for (let b = bandIndexAt(layout, state.scrollY); b < layout.bands.length; b++) {
        const band = layout.bands[b];
        if (!band || band.y >= state.scrollY + height) break;
        each(band, Math.round(band.y - state.scrollY));
    }
}

/** y on screen below which rows begin: pauses are drawn from there on. @param {Scene} scene */
function rowsTop({layout, state}) {
    const heads = ["procs", "threads", "goroutines", "tasks"].flatMap((id) => layout.byId.get(id) ?? []);
    return heads.length > 0 ? Math.max(Math.round(Math.min(...heads.map((head) => head.y)) - state.scrollY), 0) : 0;
}

/** @param {Scene} scene */
export function drawLanes(scene) {
    const {ctx, view, trace, strips, state, colors, marks, height, ticks} = scene;
    const end = Math.min(Math.max(Math.round(scene.layout.height - state.scrollY), 0), height);
    ctx.textBaseline = "alphabetic";
    if (state.overlay !== "none") drawTint({ctx, view, marks, colors}, 0, end);
    drawGrid(ctx, view, ticks, colors, 0, end);
    drawLines(scene);
    drawEnds(scene, end);
    drawStrips(ctx, trace, view, strips, state.scrollY);
    if (trace.cache.failures.size > 0) drawFailed(scene);
    drawBands(scene);
    if (state.overlay === "both") drawOver(scene, end);
    drawMarks(scene);
    if (state.labels) drawWords(scene);
    if (state.manifest) drawGaps({ctx, view, colors}, state.manifest, end);
}

/** Sections are parted by a line, areas stand on a hair. @param {Scene} scene */
function drawLines(scene) {
    const {ctx, view, colors} = scene;
    eachBand(scene, (band, y) => {
        const section = band.kind === "section" || band.kind === "gc";
        ctx.fillStyle = colors.token["line"] ?? "";
        if (section && y > 0 && band.draw !== "rows") ctx.fillRect(0, y, view.width, 1);
        ctx.fillStyle = colors.token["hair"] ?? "";
        if (band.draw === "area" || band.draw === "activity" || band.draw === "alive") ctx.fillRect(0, y + band.top + band.bar, view.width, 1);
        if (band.kind === "counter") ctx.fillRect(0, y + band.bar, view.width, 1);
    });
}

/** Where the trace begins and ends. @param {Scene} scene @param {number} end */
function drawEnds({ctx, view, trace, colors}, end) {
    ctx.fillStyle = colors.token["chrome"] ?? "";
    const x0 = -view.t0 / view.nsPerPx;
    const x1 = (trace.span - view.t0) / view.nsPerPx;
    if (x0 > 0) ctx.fillRect(0, 0, x0, end);
    if (x1 < view.width) ctx.fillRect(x1, 0, view.width - x1, end);
}

/** Faint lines over what could not be had, on whatever stands in for it. @param {Scene} scene */
function drawFailed({ctx, view, trace, strips, state, colors}) {
    const {first, last} = cellsOver(view, trace.span);
    const size = tileSpan(view.scale.level);
    const color = withAlpha(colors.token["faint"] ?? "#808080", 0.4);
    for (const strip of strips) {
        for (let x = first; x <= last; x++) {
            if (!trace.cache.failed(strip.view, tileLevel(view, trace.levels), strip.block, tileOfCell(view, x, trace.levels))) continue;
            const a = Math.max(snapX(view, x * size), 0);
            const b = Math.min(snapX(view, Math.min((x + 1) * size, trace.span)), view.width);
            if (b > a) fillHatch(ctx, color, view.dpr, a, Math.round(strip.y - state.scrollY), b - a, strip.height);
        }
    }
}

/** @param {Scene} scene */
function drawBands(scene) {
    const {ctx, view, marks, colors, trace, tops} = scene;
    const k = Math.min(Math.max(view.scale.level, 0), trace.levels - 1);
    eachBand(scene, (band, y) => {
        if (band.draw === "gc") drawGcLane({ctx, view, marks, colors}, band, y);
        const top = tops.get(band.id) ?? 1;
        if (band.draw === "alive" && scene.tasks) {
            drawTaskArea({ctx, view, colors}, scene.tasks, band.type, y + band.top, band.bar, top);
            drawScaleMark({ctx, view, colors}, y + band.top, formatValue(top, ""), 6);
        }
        if (band.draw === "stack") drawStack(scene, band, y);
        if (band.draw === "tasks" && scene.tasks) drawTasks({ctx, view, colors, height: scene.height, labels: scene.state.labels}, scene.tasks, band, y);
        if (band.draw !== "counter") return;
        const first = band.counters[0];
        if (first !== undefined) drawCounter({ctx, view, colors, cache: trace.cache, extent: trace, k}, band.counters, y, band.bar, top);
        drawScaleMark({ctx, view, colors}, y + (first === undefined ? 0 : 8), formatValue(top, first === undefined ? "" : scene.unitOf(first)), first === undefined ? 6 : 0);
    });
}

/** Stacks over time of the goroutine whose own row is above. @param {Scene} scene @param {Band} band @param {number} y */
function drawStack(scene, band, y) {
    const {ctx, view, colors, names, stacks, state} = scene;
    const solo = band.solo[0];
    if (!solo) return;
    const strip = /** @type {Strip} */ (/** @type {unknown} */ ({view: soloView(band.company), block: 0, solo}));
    const runs = exactRuns(scene, strip).map((run) => ({...run, t0: Math.max(run.t0, solo.born), t1: Math.min(run.t1, solo.gone)}));
    const track = stackTrack(runs, solo, view, names, Math.max(Math.floor(band.bar / FRAME), 1));
    stacks.set(solo.g, track);
    drawStackTrack({ctx, view, colors, labels: state.labels}, track, solo, y);
}

/** @param {Scene} scene @param {number} end */
function drawOver(scene, end) {
    const {ctx, view, marks, colors} = scene;
    const top = rowsTop(scene);
    if (end <= top) return;
    drawPauses({ctx, view, marks, colors}, top, end - top);
    eachBand(scene, (band, y) => {
        if (band.draw === "rows" && band.view === "P") drawStopped({ctx, view, marks, colors}, y + band.top, band.rows, band.bar);
    });
}

/** @param {Scene} scene */
function drawMarks(scene) {
    const {ctx, view, marks, colors, names} = scene;
    eachBand(scene, (band, y) => {
        const mark = band.draw === "area" && band.group ? marks.longest.get(band.group.group) : undefined;
        if (!mark) return;
        const reason = names.reasons[mark.reason] ?? "";
        drawLandmark({ctx, view, colors}, mark, y + band.top, band.bar, mark.state === 6 ? callOf([reason]) : "");
    });
}

/** @param {Scene} scene */
function drawWords(scene) {
    const {ctx, view, strips, names, colors, state, height} = scene;
    ctx.font = BAR_FONT;
    const words = {ctx, view, names, colors};
    for (const strip of strips) {
        if (strip.bar < 14 || (strip.kind !== "G" && strip.kind !== "P" && strip.kind !== "M" && strip.kind !== "solo")) continue;
        for (const run of exactRuns(scene, strip)) {
            if (strip.solo) Object.assign(run, {t0: Math.max(run.t0, strip.solo.born), t1: Math.min(run.t1, strip.solo.gone)});
            for (let i = 0; i < strip.rows; i++) {
                const y = Math.round(strip.y - state.scrollY) + i * strip.bar;
                if (y > -strip.bar && y < height) drawRowWords(words, run, strip.solo ? strip.solo.row & 31 : strip.first + i, strip, y);
            }
        }
    }
}

/** Stretches of time in which a strip is drawn from chunks: elsewhere intervals are not known. @param {Scene} scene @param {Strip} strip */
function exactRuns({trace, view}, strip) {
    /** @type {import("./lane_text.js").Run[]} */
    const runs = [];
    const {first, last} = cellsOver(view, trace.span);
    const size = tileSpan(view.scale.level);
    for (let x = first, open = false; x <= last; x++) {
        const source = sourceOf(trace, view, strip, x);
        const exact = source?.kind === "chunks";
        if (exact && !open) runs.push({chunks: [], t0: Math.max(x * size, view.t0), t1: 0});
        const run = runs.at(-1);
        if (exact && run) {
            run.t1 = Math.min((x + 1) * size, view.t1, trace.span, source.until);
            for (const chunk of source.chunks) if (chunk.kind === "chunk" && !run.chunks.includes(chunk)) run.chunks.push(chunk);
        }
        open = exact;
    }
    return runs;
}
