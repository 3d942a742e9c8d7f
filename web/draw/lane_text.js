/**
 * Words in the bars of exact rows (drawing rule 8): for each interval that is wide enough the longest wording that fits. Parked
 * intervals have their words above the low bar, and only the first of a run of like ones.
 */
import {formatDuration} from "../core/time.js";
import {isParked, STATE_WORDS} from "../core/color.js";
import {firstEvent, seek} from "./paint_rows.js";
import {fitting, fontOf, methodOf, nameParts} from "./text.js";
import {snapX} from "./scale.js";

/** @typedef {import("./display_list.js").Recorder} Recorder */
/** @typedef {import("../core/chunk_codec.js").Chunk} Chunk */
/** @typedef {import("./strips.js").Strip} Strip */
/** @typedef {import("./scale.js").View} View */
/** @typedef {{stackNames: (id: number) => string[], goroutineFunction: (g: string) => string, reasons: readonly string[], procs: readonly {id: number}[]}} Names */
/** @typedef {{ctx: Recorder, view: View, names: Names, colors: import("../core/color.js").Colors}} Words */
/** @typedef {{chunks: Chunk[], t0: number, t1: number}} Run chunks that follow each other, and the time for which they are known */

const LOUD_PX = 28;
const PARKED_PX = 96;
const PAD = 5;
export const BAR_FONT = fontOf(11);

/** What a wait is about: the call on its stack that is not the runtime's, as "sync.Mutex.Lock". @param {string[]} stack */
export function callOf(stack) {
    const frame = stack.find((f) => !f.startsWith("runtime.") && !f.startsWith("internal/") && !f.startsWith("syscall."));
    if (!frame) return "";
    const {pkg, name} = nameParts(frame);
    return `${pkg}${name.replace(/^\(\*?([^)]*)\)/, "$1")}`;
}

/** @param {Chunk} chunk @param {number} i @param {number} ns NaN: its end is not known @param {Names} names @param {boolean} again the words before in this row said the same state */
function wordings(chunk, i, ns, names, again) {
    const state = chunk.state[i] ?? 0;
    const length = Number.isNaN(ns) ? "" : `  ${formatDuration(ns)}`;
    const word = STATE_WORDS[state] ?? "";
    if (state === 1 && chunk.view === "G") {
        const p = names.procs[(chunk.p[i] ?? 0) - 1];
        return p ? [`running P${p.id}${length}`, `P${p.id}${length}`, `P${p.id}`] : [`running${length}`, length.trim()];
    }
    if (chunk.view !== "G" && state <= 4) return runnerWords(String(chunk.g[i] ?? 0), state, names);
    const reason = names.reasons[chunk.reason[i] ?? 0] ?? "";
    if (state === 6) {
        const call = callOf(names.stackNames(chunk.stack[i] ?? 0));
        return [call && call + length, word + length, length.trim(), word];
    }
    if (state === 4) {
        const call = callOf(names.stackNames(chunk.stack[i] ?? 0));
        return [call && call + length, word + length, length.trim(), word];
    }
    if (isParked(state)) return again ? [length.trim()] : [(reason || word) + length, word + length];
    return [word + length, length.trim(), word];
}

/** Who runs on a processor: method and goroutine. @param {string} g @param {number} state @param {Names} names */
function runnerWords(g, state, names) {
    const fn = names.goroutineFunction(g);
    const {name} = nameParts(fn);
    const id = g === "0" ? "" : `g${g}`;
    const word = state === 1 ? "" : `${STATE_WORDS[state]} `;
    if (state === 2) return [`GC ${id}`, "GC"];
    if (fn === "") return [`${word}${id}`, word.trim(), id];
    return [`${word}${name} ${id}`, `${word}${methodOf(name)} ${id}`, `${word}${name}`, methodOf(name), id, word.trim()];
}

/** Words of one row. @param {Words} w @param {Run} run @param {number} row @param {Strip} strip @param {number} y CSS px of the row's top, on screen */
export function drawRowWords(w, run, row, strip, y) {
    const {chunks} = run;
    const least = LOUD_PX * w.view.nsPerPx;
    let last = -1;
    for (let n = 0; n < chunks.length; n++) {
        const chunk = chunks[n];
        if (!chunk || row >= chunk.rows) continue;
        const known = n > 0 && row < (chunks[n - 1]?.rows ?? 0);
        const from = (chunk.at[row] ?? 0) + (known ? 1 : 0);
        const to = chunk.at[row + 1] ?? 0;
        if (from >= to) continue;
        const end = firstEvent(chunks[n + 1], row);
        for (let i = seek(chunk.t0, from, to, run.t0); i < to; i++) {
            const t0 = chunk.t0[i] ?? 0;
            if (t0 >= run.t1) break;
            const t1 = i + 1 < to ? chunk.t0[i + 1] ?? end : end;
            if (chunk.state[i] === 0 || Math.min(t1, run.t1) - Math.max(t0, run.t0) < least) continue;
            last = drawWords(w, run, chunk, i, t1, strip, y, last);
        }
    }
}

/** @param {Words} w @param {Run} run @param {Chunk} chunk @param {number} i @param {number} t1 @param {Strip} strip @param {number} y @param {number} last state of the words before */
function drawWords(w, run, chunk, i, t1, strip, y, last) {
    const {ctx, view, colors} = w;
    const t0 = chunk.t0[i] ?? 0;
    const state = chunk.state[i] ?? 0;
    const parked = isParked(state) && strip.kind !== "P";
    const x0 = Math.max(snapX(view, Math.max(t0, run.t0)), 0);
    const x1 = Math.min(snapX(view, Math.min(t1, run.t1)), view.width);
    if (x1 - x0 < (parked ? PARKED_PX : LOUD_PX)) return last;
    const text = fitting(ctx, BAR_FONT, wordings(chunk, i, t1 === Infinity ? NaN : t1 - t0, w.names, parked && state === last), x1 - x0 - (parked ? 24 : 2 * PAD));
    if (text === "") return last;
    ctx.fillStyle = (parked ? colors.token["muted"] : colors.ink[state]) ?? "#000";
    const low = Math.round((strip.bar - 2) * 4 / 14) + 2;
    const base = parked ? y + strip.bar - low : Math.round(y + strip.bar / 2 + 4);
    ctx.fillText(text, x0 + (parked ? 8 : PAD), base);
    return state;
}
