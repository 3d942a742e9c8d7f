/**
 * Small figures beside the lanes, read from what is loaded: who lives in a row, a counter's value, the scale of the loud
 * goroutines.
 */
import {FIRST_PARKED, N_STATES} from "../core/color.js";
import {tilesOver} from "../core/tile_key.js";
import {formatValue} from "../core/words.js";
import {cellsOver, sourceOf, tileLevel} from "./cells.js";
import {valueAt} from "./lane_counter.js";

/** @typedef {import("./scale.js").View} View */
/** @typedef {import("./cells.js").Trace} Trace */
/** @typedef {import("../net/tile_cache.js").TileCache} TileCache */

/** Goroutines of a row within the window: the first, and how many others. @param {Trace} trace @param {View} view @param {number} row */
export function occupantOf(trace, view, row) {
    const place = row % 32;
    const strip = /** @type {any} */ ({view: "G", block: row >> 5});
    const {first, last} = cellsOver(view, trace.span);
    let g = "";
    let more = 0;
    for (let x = first; x <= last; x++) {
        const source = sourceOf(trace, view, strip, x);
        for (const tile of source?.kind === "tiles" ? source.tiles : []) {
            const record = tile.recordOf[place];
            if (record < 0 || tile.first[record] === 0) continue;
            if (g === "") g = String(tile.first[record]);
            more = Math.max(more, tile.lived[record] - 1);
        }
        for (const chunk of source?.kind === "chunks" ? source.chunks : []) {
            if (chunk.kind !== "chunk" || place >= chunk.rows) continue;
            for (let i = chunk.lifeAt[place] ?? 0; i < (chunk.lifeAt[place + 1] ?? 0); i++) {
                const id = String(chunk.lifeG[i]);
                const over = id !== "0" && (chunk.born[i] ?? 0) < view.t1 && !((chunk.gone[i] ?? NaN) <= view.t0);
                if (over && g === "") g = id;
                else if (over && id !== g && chunk.inherited[i] === 0) more++;
            }
        }
    }
    return {g, more};
}

/** Most lanes of a row of view A that are not parked in a visible bin. @param {TileCache} cache @param {View} view @param {{span: number, levels: number}} extent @param {number} row */
export function loudTop(cache, view, extent, row) {
    const k = tileLevel(view, extent.levels);
    const {first, last} = tilesOver(k, view.t0, view.t1, extent.span);
    let top = 0;
    for (let x = first; x <= last; x++) {
        const source = cache.source("A", k, 0, x);
        for (const tile of source?.kind === "tiles" ? source.tiles : []) top = Math.max(top, loudOf(tile, view, row));
    }
    return top;
}

/** @param {import("../core/tile_codec.js").HistTile} tile @param {View} view @param {number} row */
function loudOf(tile, view, row) {
    const record = tile.recordOf[row] ?? -1;
    if (record < 0) return 0;
    const bin = 2 ** tile.head.k;
    const start = tile.head.x * 512 * bin;
    const from = Math.max(0, Math.floor((view.t0 - start) / bin));
    const to = Math.min(512, Math.ceil((view.t1 - start) / bin));
    let top = 0;
    for (let b = from; b < to; b++) {
        let sum = 0;
        for (let s = 1; s < FIRST_PARKED; s++) {
            const plane = tile.planeOf[record * N_STATES + s] ?? -1;
            if (plane >= 0) sum += tile.planes[plane + b] ?? 0;
        }
        top = Math.max(top, sum);
    }
    return top / 255 * (tile.full[record] ?? 0);
}

/** What stands beside a counter's name: its value at a time, of its goal. @param {import("./lane_counter.js").Pen} pen @param {import("../core/lanes.js").Layout} layout @param {string} id @param {number} t @param {Map<string, number>} tops @param {(c: number) => string} unitOf */
export function noteOf(pen, layout, id, t, tops, unitOf) {
    const band = layout.byId.get(id);
    const [line, goal] = band?.counters ?? [];
    if (line === undefined) return {text: band?.label ?? "", note: `0 – ${formatValue(tops.get(id) ?? 0, "")}`};
    const value = valueAt(pen, line, t);
    if (Number.isNaN(value)) return {text: band?.label ?? "", note: ""};
    const shown = formatValue(value, unitOf(line));
    const limit = goal === undefined ? NaN : valueAt(pen, goal, t);
    if (Number.isNaN(limit)) return {text: band?.label ?? "", note: shown};
    const whole = formatValue(limit, unitOf(line));
    const same = shown.split(" ")[1] === whole.split(" ")[1];
    return {text: band?.label ?? "", note: `${same ? shown.split(" ")[0] : shown} of ${whole}`};
}
