/**
 * What lies under a pixel of the lanes: finds the lane, then asks hit.js about the time.
 */
import {laneAt} from "../core/lanes.js";
import {cellsOver, sourceOf, tileLevel} from "./cells.js";
import {binAt, gcAt, groupAt, hitWith, intervalAt, markAt, regionsAt} from "./hit.js";
import {orGap} from "./gaps.js";
import {tileSpan} from "../core/tile_key.js";
import {counterBinAt} from "./lane_counter.js";
import {FRAME} from "../core/band.js";
import {frameAt} from "./lane_stack.js";
import {soloView} from "./lane_goroutine.js";
import {taskHit} from "../core/task_lanes.js";
import {taskAt, taskBinAt} from "./lane_task.js";

/** @typedef {import("../types.js").Hit} Hit */
/** @typedef {import("../types.js").State} State */

/** Half of what a pointer may miss by. */
const SLACK_PX = 2;

/**
 * @param {object} how
 * @param {import("./cells.js").Trace} how.trace @param {import("../types.js").Manifest} how.manifest
 * @param {{view: import("./scale.js").View, layout: import("../core/lanes.js").Layout, marks: import("./marks.js").Marks, tasks: import("./lane_task.js").Tasks|null, stacks: import("./lane_stack.js").Stacks}} how.scene
 * @param {import("../core/state.js").Store<State>} how.store
 * @returns {(x: number, y: number) => Hit|null}
 */
export function createHitTest({trace, manifest, scene, store}) {
    const about = {get span() { return trace.span; }, origin: manifest.origin_T};
    /** A mark, else the interval with the regions that it lies in. @param {any[]} chunks @param {import("../types.js").Row} row @param {number} t @param {number} slack @param {string} g only this goroutine's marks, "" all @returns {Hit|null} */
    const exactHit = (chunks, row, t, slack, g = "") => {
        const mark = row.view === "G" ? markAt(chunks, row, t, slack, about, g) : null;
        if (mark) return mark;
        const hit = intervalAt(chunks, row, t, slack, about);
        if (hit && row.view === "G" && hit.g !== "") hit.more["regions"] = regionsAt(chunks, row, t, hit.g);
        return hit;
    };
    /** What a goroutine did in its own row. @param {import("../types.js").Lane} lane @param {number} cell @param {number} t @param {number} slack @returns {Hit|null} */
    const soloHit = ({solo, row}, cell, t, slack) => {
        if (!solo || !row || t < solo.born - slack || t > solo.gone + slack) return null;
        const {isolated} = store.get();
        const source = sourceOf(trace, scene.view, /** @type {any} */ ({view: soloView(isolated), block: 0, solo}), cell);
        if (source?.kind === "chunks") {
            const hit = exactHit(/** @type {any[]} */ (source.chunks), row, Math.min(Math.max(t, solo.born), solo.gone), slack, solo.g);
            return hit && hit.t0 >= solo.born && hit.t0 <= solo.gone ? hit : null;
        }
        const bin = source && binAt(source.tiles, row, isolated.indexOf(solo), t, trace.span);
        return bin && {...bin, g: solo.g, more: {...bin.more, solo: solo.g}};
    };
    /** A frame of a stack. @param {import("../types.js").Lane} lane @param {number} y @param {number} t @param {number} slack @returns {Hit|null} */
    const stackHit = (lane, y, t, slack) => {
        const solo = scene.layout.byId.get(lane.id)?.solo[0];
        const track = solo && scene.stacks.get(solo.g);
        const found = track && frameAt(track, Math.floor((y - lane.y) / FRAME), t, slack);
        if (!found) return null;
        const {bar, span} = found;
        return hitWith({kind: "frame", t0: bar.t0, t1: bar.t1, exact: true, g: solo.g, stack: span.stack, more: {...bar, t: span.t0, sampled: span.sampled, row: {view: "G", row: solo.row}}});
    };
    /** A task, else how many of a type are alive. @param {import("../types.js").Lane} lane @param {number} y @param {number} t @param {number} slack @returns {Hit|null} */
    const tasksHit = (lane, y, t, slack) => {
        const {tasks, layout, view} = scene;
        const band = layout.byId.get(lane.id);
        if (!tasks || !band) return null;
        if (band.draw === "tasks") {
            const task = taskAt(tasks, Math.floor((y - band.y) / band.bar), t, slack);
            return task && hitWith(taskHit(task));
        }
        const bin = taskBinAt(tasks, view, band.type, t);
        return bin && hitWith({kind: "tasks", t0: bin.t0, t1: Math.min(bin.t1, trace.span), exact: true, more: {label: lane.label, bin, id: lane.id}});
    };
    /** @param {number} x @param {number} y @returns {Hit|null} */
    const known = (x, y) => {
        const {view, layout, marks} = scene;
        const {scrollY} = store.get();
        const t = view.t0 + x * view.nsPerPx;
        if (t < 0 || t > trace.span) return null;
        const lane = laneAt(manifest, layout, scrollY + y);
        if (!lane) return null;
        const slack = SLACK_PX * view.nsPerPx;
        if (lane.kind === "gc") return gcAt(marks, t, slack);
        if (lane.kind === "stack") return stackHit(lane, scrollY + y, t, slack);
        if (lane.kind === "task") return tasksHit(lane, scrollY + y, t, slack);
        if (lane.kind === "counter" && lane.row === null) {
            const c = layout.byId.get(lane.id)?.counters[0];
            const bin = c === undefined ? null : counterBinAt({cache: trace.cache, view, extent: trace, k: tileLevel(view, trace.levels)}, c, t);
            return hitWith({kind: "counter", t0: bin?.t0 ?? t, t1: bin?.t1 ?? t, exact: bin !== null, more: {id: lane.id, label: lane.label, c, bin}});
        }
        const row = lane.row;
        if (!row) return null;
        const cell = Math.floor(t / tileSpan(view.scale.level));
        if (cell > cellsOver(view, trace.span).last) return null;
        if (lane.solo) return soloHit(lane, cell, t, slack);
        const source = sourceOf(trace, view, /** @type {any} */ ({view: row.view, block: row.row >> 5}), cell);
        if (!source) return null;
        if (source.kind === "tiles") return binAt(source.tiles, row, row.row & 31, t, trace.span);
        const chunks = /** @type {any[]} */ (source.chunks);
        return row.view === "F" ? groupAt(chunks, row, t, slack) : exactHit(chunks, row, t, slack);
    };
    return (x, y) => {
        const hit = known(x, y);
        return scene.layout.height > store.get().scrollY + y ? orGap(manifest, scene.view, scene.view.t0 + x * scene.view.nsPerPx, hit) : hit;
    };
}
