/**
 * Ways to get somewhere: the jumps that links, keys and the go-to box share. Each selects what it goes to, unfolds what hides
 * it and brings it into view in both directions.
 */
import {formatDuration} from "../core/time.js";
import {rowId} from "../core/link_words.js";
import {isolatedAt} from "../core/lanes.js";
import {keysToOpen, selectionOf, taskSelection} from "../core/selection.js";
import {spanAround} from "../core/viewport.js";
import {isolate, release} from "./isolate.js";
import {createMotion} from "./motion.js";
import {loadTaskLanes} from "./task_lanes.js";

/** @typedef {import("../types.js").Context} Context */
/** @typedef {import("../types.js").Go} Go */
/** @typedef {import("../types.js").Hit} Hit */
/** @typedef {import("../types.js").Row} Row */
/** @typedef {import("../types.js").Target} Target */

const FLIGHT_MS = 260;

/** Tabs that a selection leaves open: one works through their lists; "": the panel is closed. */
const LISTS = new Set(["", "hits", "events", "goroutines"]);

/**
 * The window that shows [t0, t1): the one in use if it does already, moved if the interval fits, else zoomed.
 * @param {{t0: number, t1: number}} view @param {number} t0 @param {number} t1 @param {number} spanNs
 */
export function windowFor(view, t0, t1, spanNs) {
    const length = view.t1 - view.t0;
    const air = length * 0.04;
    if (t0 >= view.t0 + air && t1 <= view.t1 - air) return {t0: view.t0, t1: view.t1};
    if (t1 - t0 <= length * 0.6) {
        const start = (t0 + t1 - length) / 2;
        return {t0: start, t1: start + length};
    }
    if (t0 >= view.t0 + air && t0 <= view.t1 - length * 0.2) return {t0: view.t0, t1: view.t1};
    return spanAround(t0, t1, spanNs, 0.2);
}

/** @param {Context} ctx @param {(words: string) => void} say @returns {Go & {stop: () => void}} */
export function createGo(ctx, say) {
    const {store, api, lanes, dom} = ctx;
    const motion = createMotion(ctx);
    const spanNs = () => store.get().manifest?.span_ns ?? 1;

    /** Unfolds, shows again what was hidden, and says how far to scroll. @param {string} id @param {string[]} keys @returns {Target} */
    function reveal(id, keys) {
        const {open, hidden} = store.get();
        const hides = keys.includes("tasks") ? [...keys, "tasks:rows"] : keys;
        if (hides.some((key) => hidden.includes(key))) store.set({hidden: hidden.filter((key) => !hides.includes(key))});
        if (keys.some((key) => !open[key])) {
            store.set({open: {...open, ...Object.fromEntries(keys.map((key) => [key, true]))}});
        }
        const lane = lanes.find(id);
        const height = dom["lanes"]?.clientHeight ?? 0;
        const top = motion.aim().scrollY;
        if (!lane || (lane.y >= top + 8 && lane.y + lane.height <= top + height - 8)) return {};
        return {scrollY: lane.y - Math.max((height - lane.height) / 3, 0)};
    }

    /** @param {Hit} hit */
    function interval(hit, zoom = false) {
        const selection = selectionOf(hit);
        if (!selection) return;
        const window = zoom ? spanAround(hit.t0, hit.t1, spanNs(), 0.8) : windowFor(motion.aim(), hit.t0, hit.t1, spanNs());
        const {panel} = store.get();
        store.set({selection, panel: LISTS.has(panel) ? panel : "details"}, "push");
        const own = isolatedAt(store.get().isolated, hit.row, hit.t0);
        const target = own ? reveal(`I${own.g}`, []) : selection.task ? reveal(`T${selection.task.row ?? 0}`, ["tasks"]) : hit.row ? reveal(rowId(hit.row), keysToOpen(store.get().manifest, hit.row)) : {};
        motion.to({...target, ...window}, FLIGHT_MS);
    }

    /** @param {Row} row @param {number} t */
    async function at(row, t) {
        const hit = await ctx.interval(row, t, 0) ?? await ctx.interval(row, t, 1) ?? await ctx.interval(row, t, -1);
        if (hit) return interval(hit);
        motion.to({...reveal(rowId(row), keysToOpen(store.get().manifest, row)), ...windowFor(motion.aim(), t, t, spanNs())}, FLIGHT_MS, "push");
        say("Nothing happens on this row.");
    }

    /** @param {string} g @param {number} [t] */
    async function goroutine(g, t) {
        const record = await api.json(`traces/${store.get().trace}/goroutines/${g}`);
        /** @type {Row} */
        const row = {view: "G", row: record.block * 32 + record.row};
        const [born, gone] = [record.born?.t ?? 0, record.gone?.t ?? spanNs()];
        const view = motion.aim();
        const middle = (view.t0 + view.t1) / 2;
        const when = Math.min(Math.max(t ?? middle, born), Math.max(gone - 1, born));
        const hit = await ctx.interval(row, when, 0);
        if (hit && hit.g === g) return interval(hit);
        store.set({selection: {kind: "goroutine", row, t0: born, t1: gone, T: "", g, state: 0, reason: 0}}, "push");
        motion.to({...reveal(rowId(row), keysToOpen(store.get().manifest, row)), ...windowFor(view, when, when, spanNs())}, FLIGHT_MS);
        say(`g${g} ${record.function}, lived ${formatDuration(gone - born)}`);
    }

    /** @param {string} id */
    async function task(id) {
        const found = await api.json(`traces/${store.get().trace}/tasks/${id}`);
        store.set({open: {...store.get().open, tasks: true}});
        await loadTaskLanes(ctx);
        const selection = taskSelection(found);
        store.set({selection, panel: LISTS.has(store.get().panel) ? store.get().panel : "details"}, "push");
        motion.to({...reveal(`T${found.row ?? 0}`, ["tasks"]), ...windowFor(motion.aim(), found.t0, found.t1, spanNs())}, FLIGHT_MS);
    }

    /** @type {ReturnType<typeof createGo>} */
    const go = {
        view: (target, how = "push") => motion.to(target, FLIGHT_MS, how),
        now: (target) => motion.to(target, 0),
        aim: motion.aim,
        stop: motion.stop,
        interval,
        span: (t0, t1) => motion.to(windowFor(motion.aim(), t0, t1, spanNs()), FLIGHT_MS, "push"),
        at,
        goroutine,
        task,
        group(group) {
            const key = `g:${group.function}`;
            motion.to(reveal(key, ["goroutines", key]), FLIGHT_MS, "push");
        },
        lane(id) {
            const keys = {P: ["procs"], M: ["threads"]}[id.charAt(0)] ?? [];
            const target = reveal(id, /^[PM]\d+$/.test(id) ? keys : []);
            if (!lanes.find(id)) return false;
            motion.to(target, FLIGHT_MS, "push");
            return true;
        },
        isolate: (ids) => isolate({api, store, say, go}, ids),
        release: (g) => release({store, say}, g),
    };
    return go;
}
