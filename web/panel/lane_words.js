/**
 * What the tooltip says of lanes that show no states: tasks, frames of stacks, and what is lost of the trace.
 */
import {formatDuration} from "../core/time.js";
import {rootFrames} from "../core/selection.js";
import {countOf, rangeWords, timeWords} from "../core/words.js";
import {el, facts} from "./element.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../types.js").Hit} Hit */

/** A frame of a stack. @param {Page} ctx @param {Hit} hit @param {readonly import("../core/words.js").Frame[]} frames of its stack, innermost first; [] until they have come */
export function frameWords(ctx, hit, frames) {
    const name = String(hit.more["name"]);
    const rest = Number(hit.more["more"]);
    const outermost = frames.length - 1 - rootFrames(frames.map((one) => one.function));
    const frame = frames[rest > 0 ? 0 : outermost - Number(hit.more["depth"])];
    const place = frame?.function === name ? `${frame.file}${frame.line > 0 ? `:${frame.line}` : ""}` : "";
    return [
        el("h3", {}, el("span", {}, name), el("b", {}, formatDuration(hit.t1 - hit.t0))),
        facts([
            ["At", place],
            ["Known from", `${hit.more["sampled"] ? "a CPU sample" : "an event"} at ${timeWords(Number(hit.more["t"]), ctx.store.get(), 9)}`],
            ["Left out", rest > 0 ? `${countOf(rest, "frame")} above it: make the lane taller` : ""],
        ]),
    ];
}

/** What is lost, and why. @param {Page} ctx @param {Hit} hit */
export function gapWords(ctx, hit) {
    const gap = /** @type {NonNullable<import("../types.js").Manifest["gaps"]>[number]} */ (hit.more["gap"]);
    const {first_generation: first, last_generation: last} = gap;
    return [
        el("h3", {}, el("span", {}, "Lost part of the trace"), hit.t1 > hit.t0 ? el("b", {}, formatDuration(hit.t1 - hit.t0)) : null),
        facts([
            ["From – to", gap.t1 === undefined ? `${timeWords(hit.t0, ctx.store.get(), 9)} to the end` : rangeWords(hit.t0, hit.t1, ctx.store.get(), true)],
            ["Bytes", `${gap.first_byte.toLocaleString("en")} – ${gap.end_byte.toLocaleString("en")}`],
            [first === last ? "Generation" : "Generations", first === last ? first : `${first} – ${last}`],
            ["Without an order", gap.unordered > 0 ? countOf(gap.unordered, "record") : ""],
        ]),
        el("p", {}, gap.why),
    ];
}

/** A user task. @param {Page} ctx @param {import("../types.js").Task} task */
export function taskWords(ctx, task) {
    const state = ctx.store.get();
    return [
        el("h3", {}, el("span", {}, `Task ${task.name || "(no type)"}`), el("b", {}, formatDuration(task.t1 - task.t0))),
        facts([
            ["Begin", `${timeWords(task.t0, state, 9)}${task.begin_known ? "" : ", or before the trace"}`],
            ["End", task.end_known ? timeWords(task.t1, state, 9) : "not before the trace did"],
            ["Id", task.task],
            ["Parent", task.parent === "0" ? "" : task.parent],
            ["Begun by", task.g === "" || task.g === "0" ? "" : `g${task.g} ${ctx.goroutineFunction(task.g)}`.trim()],
        ]),
    ];
}

/** How many tasks of a type are alive in a bin. @param {Page} ctx @param {Hit} hit */
export function tasksWords(ctx, hit) {
    const bin = /** @type {import("../types.js").TaskBin} */ (hit.more["bin"]);
    const alive = bin.ns / (bin.t1 - bin.t0);
    return [
        el("h3", {}, el("span", {}, String(hit.more["label"])), el("b", {}, `${timeWords(bin.t0, ctx.store.get(), 6)} + ${formatDuration(hit.t1 - hit.t0)}`)),
        facts([["Alive", `${Number.isInteger(alive) ? alive.toLocaleString("en") : `${alive.toLocaleString("en", {maximumFractionDigits: 2})} on average`}`], ["Begun", bin.begun.toLocaleString("en")]]),
    ];
}
