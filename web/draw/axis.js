/**
 * The time axis (drawing rule 16) and the grid under the lanes: the same ticks for both.
 */
import {axisTicks, formatTime, formatZone, unixNs, wallShift} from "../core/time.js";
import {drawFlags, flagsIn} from "./flags.js";
import {fontOf, widthOf} from "./text.js";
import {snapX} from "./scale.js";

/** @typedef {import("./display_list.js").Recorder} Recorder */
/** @typedef {import("./scale.js").View} View */
/** @typedef {import("../core/color.js").Colors} Colors */
/** @typedef {"relative"|"local"|"utc"|"ns"} Clock */
/** @typedef {{first: number, step: number, count: number}} Ticks */

const APART = 110;
const APART_NARROW = 76;
const MINOR = 5;

/** @param {View} view @param {Clock} clock @param {readonly {t: number, unix_ns: string}[]} wall @returns {Ticks} */
export function ticksOf(view, clock, wall) {
    const apart = clock === "ns" ? 150 : view.width < 480 ? APART_NARROW : APART;
    return axisTicks(view.t0, view.t1, view.width, apart, wallShift(wall, view.t0, clock));
}

/** @param {Recorder} ctx @param {View} view @param {Ticks} ticks @param {Colors} colors @param {number} y @param {number} height */
export function drawGrid(ctx, view, ticks, colors, y, height) {
    ctx.fillStyle = colors.token["grid"] ?? "";
    for (let i = 0; i < ticks.count; i++) ctx.fillRect(snapX(view, ticks.first + i * ticks.step), y, 1, height);
}

/**
 * @param {Recorder} ctx @param {View} view @param {Ticks} ticks @param {Colors} colors
 * @param {{clock: Clock, wall: readonly {t: number, unix_ns: string}[], height: number, chip: number|null, marks: readonly import("../core/mark_list.js").Mark[]}} how chip: time under the pointer
 */
export function drawAxis(ctx, view, ticks, colors, {clock, wall, height, chip, marks}) {
    const font = fontOf(11);
    ctx.font = font;
    ctx.textBaseline = "alphabetic";
    const zone = zoneWords(view, clock, wall);
    const zoneEnd = zone === "" ? -1 : 8 + widthOf(ctx, fontOf(11, true), zone) + 12;
    const chipBox = chip === null ? null : chipAt(ctx, view, ticks, chip, clock, wall);
    const taken = [...flagsIn(view, marks), ...(chipBox ? [chipBox] : [])];
    ctx.fillStyle = colors.token["faint"] ?? "";
    const minor = ticks.step / MINOR;
    for (let i = 0; i <= ticks.count * MINOR; i++) {
        const major = i % MINOR === 0;
        const x = snapX(view, ticks.first + i * minor);
        if (!major && ticks.step >= MINOR) ctx.fillRect(x, height - 4, 1, 4);
        if (major) ctx.fillRect(x, height - 9, 1, 9);
    }
    ctx.fillStyle = colors.token["muted"] ?? "";
    for (let i = 0; i < ticks.count; i++) {
        const t = ticks.first + i * ticks.step;
        const x = snapX(view, t) + 4;
        const text = formatTime(t, ticks.step, clock, wall);
        const end = x + widthOf(ctx, font, text);
        const hidden = taken.some((box) => x < box.x + box.w + 4 && end > box.x - 4);
        if (x > zoneEnd && end <= view.width - 2 && !hidden) ctx.fillText(text, x, 15);
    }
    const overZone = taken.some((box) => box.x < zoneEnd);
    if (zone !== "" && !overZone) {
        ctx.font = fontOf(11, true);
        ctx.fillStyle = colors.token["text"] ?? "";
        ctx.fillText(zone, 8, 15);
    }
    drawFlags(ctx, view, marks, colors, height);
    if (chipBox) drawChip(ctx, chipBox, colors);
}

/** @param {View} view @param {Clock} clock @param {readonly {t: number, unix_ns: string}[]} wall */
function zoneWords(view, clock, wall) {
    if (clock !== "local" && clock !== "utc") return "";
    const unix = unixNs(wall, view.t0);
    return unix === null ? "no wall clock in this trace" : formatZone(unix, clock);
}

/** @param {Recorder} ctx @param {View} view @param {Ticks} ticks @param {number} t @param {Clock} clock @param {readonly {t: number, unix_ns: string}[]} wall */
function chipAt(ctx, view, ticks, t, clock, wall) {
    const fine = Math.max(10 ** Math.floor(Math.log10(Math.max(view.nsPerPx, 1))), 1);
    const text = formatTime(t, Math.min(fine, ticks.step), clock, wall);
    const w = Math.ceil(widthOf(ctx, fontOf(11, true), text)) + 12;
    const x = (t - view.t0) / view.nsPerPx - w / 2;
    return {text, w, x: Math.round(Math.min(Math.max(x, 2), view.width - w - 2))};
}

/** @param {Recorder} ctx @param {{text: string, w: number, x: number}} chip @param {Colors} colors */
function drawChip(ctx, chip, colors) {
    ctx.fillStyle = colors.token["text"] ?? "";
    ctx.beginPath();
    ctx.roundRect(chip.x, 2, chip.w, 19, 3);
    ctx.fill();
    ctx.font = fontOf(11, true);
    ctx.fillStyle = colors.token["lane"] ?? "";
    ctx.fillText(chip.text, chip.x + 6, 15.5);
}
