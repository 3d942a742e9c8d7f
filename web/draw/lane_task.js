/**
 * User tasks: per type how many are alive as an area, and the tasks one by one as bars with names, in rows that the server gave
 * them: a task keeps its row wherever the window is. In one neutral hue; children lie below their parents.
 */
import {withAlpha} from "../core/color.js";
import {formatDuration} from "../core/time.js";
import {tasksView} from "../core/task_lanes.js";
import {tilesOver} from "../core/tile_key.js";
import {niceTop} from "./lane_counter.js";
import {fitting, fontOf, haloText} from "./text.js";
import {snapX} from "./scale.js";

/** @typedef {import("./display_list.js").Recorder} Recorder */
/** @typedef {import("../types.js").Task} Task */
/** @typedef {import("../types.js").TaskLanes} TaskLanes */
/** @typedef {import("../types.js").TaskTile} TaskTile */
/** @typedef {import("../core/lanes.js").Band} Band */
/** @typedef {import("./scale.js").View} View */
/** @typedef {import("../core/color.js").Colors} Colors */
/** @typedef {{span: number, levels: number}} Extent */
/** @typedef {{ctx: Recorder, view: View, colors: Colors}} Pen */

/**
 * @typedef {object} Tasks        what is known of the window
 * @property {TaskTile[]} tiles   in order of time
 * @property {Task[][]} rows      tasks by row, by begin, as many as there are rows
 * @property {{t0: number, t1: number, n: number}[]} many   where there are too many to draw one by one; n 0: not known yet
 */

const LEAST_WORD_PX = 28;
const PAD = 5;
const LEAST_BAR = 14;

/** @param {number} k @param {View} view @param {Extent} extent @param {TaskLanes} lanes @param {number} distance @returns {import("../net/tile_cache.js").Wanted[]} */
export function wantedTasks(k, view, {span}, lanes, distance) {
    const {first, last} = tilesOver(k, view.t0, view.t1, span);
    return Array.from({length: last - first + 1}, (_, i) => ({view: tasksView(lanes), k, y: 0, x: first + i, distance}));
}

/** @param {import("../net/tile_cache.js").TileCache} cache @param {number} k @param {View} view @param {Extent} extent @param {TaskLanes} lanes @returns {Tasks} */
export function gatherTasks(cache, k, view, {span}, lanes) {
    const {first, last} = tilesOver(k, view.t0, view.t1, span);
    /** @type {Tasks} */
    const out = {tiles: [], rows: Array.from({length: lanes.rows}, () => []), many: []};
    const seen = new Set();
    const size = 512 * 2 ** k;
    for (let x = first; x <= last; x++) {
        const source = cache.source(tasksView(lanes), k, 0, x);
        const tiles = /** @type {TaskTile[]} */ (source?.kind === "tiles" ? source.tiles : []);
        if (tiles.length === 0) out.many.push({t0: x * size, t1: (x + 1) * size, n: 0});
        for (const tile of tiles) {
            if (!out.tiles.includes(tile)) out.tiles.push(tile);
            const end = tile.t0 + 512 * 2 ** tile.k;
            if (!tile.tasks) out.many.push({t0: Math.max(tile.t0, x * size), t1: Math.min(end, (x + 1) * size), n: tile.n});
            for (const task of tile.tasks ?? []) {
                if (task.row === null || seen.has(task.task)) continue;
                seen.add(task.task);
                out.rows[task.row]?.push(task);
            }
        }
    }
    for (const row of out.rows) row.sort((a, b) => a.t0 - b.t0);
    return out;
}

/** Calls `each` for the bins of a lane that touch the window. @param {Tasks} tasks @param {View} view @param {number} type place in the list of types @param {(t0: number, t1: number, ns: number, begun: number) => void} each */
export function eachTaskBin({tiles}, view, type, each) {
    for (const {k, t0, types} of tiles) {
        const {ns = [], begun = []} = types[type] ?? {};
        const size = 2 ** k;
        const from = Math.max(0, Math.floor((view.t0 - t0) / size));
        const to = Math.min(512, Math.ceil((view.t1 - t0) / size));
        for (let b = from; b < to; b++) each(t0 + b * size, t0 + (b + 1) * size, ns[b] ?? 0, begun[b] ?? 0);
    }
}

/** Most tasks of a lane alive at once in view, rounded up: the top of its scale. @param {Tasks} tasks @param {View} view @param {number} type */
export function taskTop(tasks, view, type) {
    let most = 0;
    eachTaskBin(tasks, view, type, (t0, t1, ns) => void (most = Math.max(most, ns / (t1 - t0))));
    return niceTop(Math.ceil(most));
}

/** @param {Colors} colors @returns {{fill: string, edge: string}} */
const hue = ({token, theme}) => ({fill: withAlpha(token["faint"] ?? "#808080", theme === "light" ? 0.42 : 0.5), edge: token["faint"] ?? "#808080"});

/** How many tasks of a type are alive. @param {Pen} pen @param {Tasks} tasks @param {number} type @param {number} y CSS px of the area @param {number} bar @param {number} top tasks that fill it */
export function drawTaskArea({ctx, view, colors}, tasks, type, y, bar, top) {
    const {fill, edge} = hue(colors);
    const base = y + bar;
    const perTask = (bar - 2) / top;
    /** @type {[number, number, number][]} */
    const steps = [];
    eachTaskBin(tasks, view, type, (t0, t1, ns) => {
        const h = ns > 0 ? Math.max(ns / (t1 - t0) * perTask, 1) : 0;
        const last = steps.at(-1);
        if (last && last[2] === h && Math.abs(last[1] - t0) < 1) last[1] = t1;
        else steps.push([t0, t1, h]);
    });
    for (const [t0, t1, h] of steps) {
        if (h <= 0) continue;
        const a = Math.max(snapX(view, t0), -1);
        const w = Math.min(snapX(view, t1), view.width + 1) - a;
        ctx.fillStyle = fill;
        ctx.fillRect(a, base - h, w, h);
        ctx.fillStyle = edge;
        ctx.fillRect(a, base - h, w, 1);
    }
}

/** @param {Task} task */
const wordings = ({name, task, t0, t1, begin_known: begun, end_known: ended}) => {
    const length = begun && ended ? `  ${formatDuration(t1 - t0)}` : "";
    return [`${name || "task"} ${task}${length}`, `${name || "task"}${length}`, name, length.trim()];
};

/**
 * Bars of the rows that are on the screen. Neighbours that would be less than a px apart are one.
 * @param {Pen & {height: number, labels: boolean}} pen @param {Tasks} tasks @param {Band} band @param {number} y CSS px of the band on the screen
 */
export function drawTasks({ctx, view, colors, height, labels}, tasks, band, y) {
    const {fill, edge} = hue(colors);
    const least = 1 / view.dpr;
    const font = fontOf(11);
    for (let row = Math.max(0, Math.floor(-y / band.bar)); row < band.rows && y + row * band.bar < height; row++) {
        const top = y + row * band.bar + 1;
        let done = -Infinity;
        for (const task of tasks.rows[row] ?? []) {
            if (task.t1 < view.t0 || task.t0 > view.t1) continue;
            const a = Math.max(snapX(view, task.t0), -2);
            const b = Math.min(Math.max(snapX(view, task.t1), a + least), view.width + 2);
            if (b <= done) continue;
            const w = b - a - (b - a >= 8 ? 1 : 0);
            ctx.fillStyle = w < 3 ? edge : fill;
            ctx.fillRect(a, top, w, band.bar - 2);
            done = b;
            if (w < 3) continue;
            ctx.fillStyle = edge;
            ctx.fillRect(a, top, 2, band.bar - 2);
            if (!labels || w < LEAST_WORD_PX || band.bar < LEAST_BAR) continue;
            const x = Math.max(a, 0) + PAD;
            const text = fitting(ctx, font, wordings(task), a + w - x - 2);
            ctx.font = font;
            ctx.fillStyle = colors.token["text"] ?? "";
            if (text !== "") ctx.fillText(text, x, Math.round(top - 1 + band.bar / 2 + 4));
        }
    }
    drawMany({ctx, view, colors}, tasks, y, band.rows * band.bar);
}

/** Says where there are too many. @param {Pen} pen @param {Tasks} tasks @param {number} y @param {number} height */
function drawMany({ctx, view, colors}, tasks, y, height) {
    const font = fontOf(11);
    /** @type {{t0: number, t1: number, n: number}[]} */
    const runs = [];
    for (const {t0, t1, n} of tasks.many) {
        const last = runs.at(-1);
        if (last && Math.abs(last.t1 - t0) < 1 && (last.n > 0) === (n > 0)) Object.assign(last, {t1, n: last.n + n});
        else runs.push({t0, t1, n});
    }
    for (const {t0, t1, n} of runs) {
        const a = Math.max(snapX(view, t0), 0);
        const b = Math.min(snapX(view, t1), view.width);
        if (b <= a) continue;
        ctx.fillStyle = withAlpha(colors.token["faint"] ?? "#808080", 0.07);
        ctx.fillRect(a, y, b - a, height);
        const text = n === 0 ? "" : fitting(ctx, font, ["too many tasks to draw one by one: zoom in", "zoom in for tasks", "zoom in"], b - a - 12);
        ctx.font = font;
        if (text !== "") haloText(ctx, text, a + 6, y + Math.min(Math.round(height / 2), 20) + 4, colors.token["muted"] ?? "", colors.token["lane"] ?? "");
    }
}

/** The task of a row at a time, the nearest within `slack`. @param {Tasks} tasks @param {number} row @param {number} t @param {number} slack @returns {Task|null} */
export function taskAt(tasks, row, t, slack) {
    /** @type {Task|null} */
    let best = null;
    let off = slack;
    for (const task of tasks.rows[row] ?? []) {
        const away = Math.max(task.t0 - t, t - task.t1, 0);
        if (away > off || (best && away >= off)) continue;
        best = task;
        off = away;
    }
    return best;
}

/** @param {Tasks} tasks @param {View} view @param {number} type @param {number} t @returns {import("../types.js").TaskBin|null} */
export function taskBinAt(tasks, view, type, t) {
    /** @type {import("../types.js").TaskBin|null} */
    let found = null;
    eachTaskBin(tasks, view, type, (t0, t1, ns, begun) => {
        if (t0 <= t && t < t1) found = {t0, t1, ns, begun};
    });
    return found;
}
