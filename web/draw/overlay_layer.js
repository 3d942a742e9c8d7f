/**
 * State to overlay: which place on the screen the selection, the pointer and the wake-up arrow have.
 */
import {isolatedAt, laneOfRow, lanesBetween, soloLane, taskLane} from "../core/lanes.js";
import {holdsLane} from "../core/row_set.js";
import {rowName} from "../core/selection.js";
import {drawMarkLines} from "./flags.js";
import {drawArrow, drawBeyond, drawFound, drawHairline, drawHover, drawRange, drawScroll, drawSelection} from "./overlay.js";

/** @typedef {import("../types.js").State} State */
/** @typedef {import("../types.js").Row} Row */
/** @typedef {import("../types.js").Manifest} Manifest */
/** @typedef {import("./overlay.js").Pen} Pen */

/** Whether nothing of it depends on time: the hairline and the scroll mark at most. @param {Readonly<State>} state */
export const isPlain = ({selection, hover, found, marks}) => selection === null && marks.length === 0 && (!found?.hits.length || found.more) && (!hover?.hit || hover.hit.kind === "bin");

/** Where a set of rows stands on the screen: what follows each other is one place. @param {readonly string[]} rows @param {Manifest} manifest @param {import("../core/lanes.js").Layout} layout @param {number} scrollY @param {number} height */
function placesOf(rows, manifest, layout, scrollY, height) {
    const holds = holdsLane(rows);
    /** @type {import("./overlay.js").Place[]} */
    const places = [];
    let joined = false;
    for (const lane of lanesBetween(manifest, layout, scrollY, scrollY + height)) {
        const held = holds(lane);
        const last = places.at(-1);
        if (held && joined && last) last.height = lane.y + lane.height - scrollY - last.y;
        else if (held) places.push({y: lane.y - scrollY, height: lane.height});
        joined = held;
    }
    return places;
}

/**
 * @param {Pen} pen @param {Readonly<State>} state @param {Manifest} manifest @param {import("../core/lanes.js").Layout} layout
 * @param {(state: Readonly<State>) => {t: number, from: Row, to: Row}|null} wakeOf
 */
export function drawOverlay(pen, state, manifest, layout, wakeOf) {
    const scrollY = Math.round(state.scrollY);
    /** @param {Row|null} row */
    const placeOf = (row) => {
        const lane = row ? laneOfRow(manifest, layout, row) : null;
        return lane ? {y: lane.y - scrollY, height: lane.height} : null;
    };
    /** The row, else the area of its folded group. @param {Row} row */
    const nearestPlace = (row) => {
        const group = manifest.groups.find((g) => g.blocks.includes(row.row >> 5));
        const band = group && layout.byId.get(`g:${group.function}`);
        return placeOf(row) ?? (band ? {y: band.y + band.top - scrollY, height: band.bar} : null);
    };
    /** The own row of the goroutine that lives in a row at a time. @param {Row|null} row @param {number} t */
    const soloPlace = (row, t) => {
        const one = isolatedAt(state.isolated, row, t);
        const lane = one && soloLane(layout, ({g}) => g === one.g);
        return lane ? {y: lane.y - scrollY, height: lane.height} : null;
    };
    const {selection, hover, found, marks} = state;
    drawMarkLines(pen.ctx, pen.view, marks, pen.colors, pen.height);
    for (const hit of found && !found.more ? found.hits : []) {
        const row = {view: hit.view, row: hit.block * 32 + hit.row};
        const place = placeOf(row);
        if (place && place.y < pen.height && place.y + place.height > 0) drawFound(pen, hit, place);
        const own = state.isolated.length > 0 ? soloPlace(row, hit.t0) : null;
        if (own) drawFound(pen, hit, own);
    }
    /** The row of a task. @param {import("../types.js").Task|undefined} task */
    const taskPlace = (task) => {
        const lane = task && task.row !== null ? taskLane(layout, task.row) : null;
        return lane ? {y: lane.y - scrollY, height: lane.height} : null;
    };
    if (selection?.kind === "task") {
        const place = taskPlace(selection.task);
        if (place) drawSelection(pen, selection, place);
    } else if (selection?.kind === "range") drawRange(pen, selection, selection.rows ? placesOf(selection.rows, manifest, layout, scrollY, pen.height) : null);
    else if (selection?.row) {
        const place = placeOf(selection.row);
        const beyond = place && (place.y + place.height <= 0 || place.y >= pen.height);
        if (place && beyond) drawBeyond(pen, rowName(manifest, selection.row, selection.g), place.y < 0);
        else if (place) drawSelection(pen, selection, place);
        const own = soloPlace(selection.row, selection.t0);
        if (own) drawSelection(pen, selection, own);
    } else if (selection) {
        const gc = layout.byId.get("gc");
        if (gc) drawSelection(pen, selection, {y: gc.y + gc.top - scrollY - 1, height: gc.bar + 2});
    }
    const wake = wakeOf(state);
    const [from, to] = wake ? [nearestPlace(wake.from), placeOf(wake.to)] : [null, null];
    if (wake && from && to) drawArrow(pen, wake.t, from, to);
    if (hover) {
        const place = hover.hit?.kind === "task" ? taskPlace(/** @type {import("../types.js").Task} */ (hover.hit.more["task"])) : hover.hit ? placeOf(hover.hit.row) : null;
        if (hover.hit && place && hover.hit.kind !== "bin") drawHover(pen, hover.hit, place);
        const own = hover.hit && hover.hit.kind !== "bin" ? soloPlace(hover.hit.row, hover.hit.t0) : null;
        if (hover.hit && own) drawHover(pen, hover.hit, own);
        drawHairline(pen, hover.x);
    }
    drawScroll(pen, scrollY, layout.height);
}
