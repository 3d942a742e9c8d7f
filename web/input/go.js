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
/** @typedef {import("../types.js").Selection} Selection */
/** @typedef {import("../types.js").State} State */
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

    let turns = 0;
    const turn = () => {
        const own = ++turns;
        return () => own === turns;
    };

    /** What unfolds, and shows again what was hidden: for the one change that the jump is, so that Back undoes it. @param {string[]} keys @returns {Partial<State>} */
    function unfold(keys) {
        const {open, hidden} = store.get();
        const hides = keys.includes("tasks") ? [...keys, "tasks:rows"] : keys;
        return {
            ...(hides.some((key) => hidden.includes(key)) ? {hidden: hidden.filter((key) => !hides.includes(key))} : {}),
            ...(keys.some((key) => !open[key]) ? {open: {...open, ...Object.fromEntries(keys.map((key) => [key, true]))}} : {}),
        };
    }

    /** Selects: one works through the lists of some tabs, which stay. @param {Selection} selection @param {string[]} keys that unfold its row */
    function select(selection, keys) {
        const {panel} = store.get();
        store.set({selection, panel: LISTS.has(panel) ? panel : "details", ...unfold(keys)}, "push");
    }

    /** How far to scroll until a lane is seen. @param {string} id @returns {Target} */
    function reach(id) {
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
        turn();
        const window = zoom ? spanAround(hit.t0, hit.t1, spanNs(), 0.8) : windowFor(motion.aim(), hit.t0, hit.t1, spanNs());
        const own = isolatedAt(store.get().isolated, hit.row, hit.t0);
        const [id, keys] = own ? [`I${own.g}`, []] : selection.task ? [`T${selection.task.row ?? 0}`, ["tasks"]] : hit.row ? [rowId(hit.row), keysToOpen(store.get().manifest, hit.row)] : ["", []];
        select(selection, keys);
        motion.to({...reach(id), ...window}, FLIGHT_MS, "push");
    }

    /** @param {Row} row @param {number} t */
    async function at(row, t) {
        const isLast = turn();
        const hit = await ctx.interval(row, t, 0) ?? await ctx.interval(row, t, 1) ?? await ctx.interval(row, t, -1);
        if (!isLast()) return;
        if (hit) return interval(hit);
        store.set(unfold(keysToOpen(store.get().manifest, row)), "push");
        motion.to({...reach(rowId(row)), ...windowFor(motion.aim(), t, t, spanNs())}, FLIGHT_MS, "push");
        say("Nothing happens on this row.");
    }

    /** @param {string} g @param {number} [t] */
    async function goroutine(g, t) {
        const isLast = turn();
        const record = await api.json(`traces/${store.get().trace}/goroutines/${g}`);
        /** @type {Row} */
        const row = {view: "G", row: record.block * 32 + record.row};
        const [born, gone] = [record.born?.t ?? 0, record.gone?.t ?? spanNs()];
        const view = motion.aim();
        const middle = (view.t0 + view.t1) / 2;
        const when = Math.min(Math.max(t ?? middle, born), Math.max(gone - 1, born));
        const hit = await ctx.interval(row, when, 0);
        if (!isLast()) return;
        if (hit && hit.g === g) return interval(hit);
        store.set({selection: {kind: "goroutine", row, t0: born, t1: gone, T: "", g, state: 0, reason: 0}, ...unfold(keysToOpen(store.get().manifest, row))}, "push");
        motion.to({...reach(rowId(row)), ...windowFor(view, when, when, spanNs())}, FLIGHT_MS, "push");
        say(`g${g} ${record.function}, lived ${formatDuration(gone - born)}`);
    }

    /** @param {string} id */
    async function task(id) {
        const isLast = turn();
        const found = await api.json(`traces/${store.get().trace}/tasks/${id}`);
        await loadTaskLanes(ctx, false, true);
        if (!isLast()) return;
        select(taskSelection(found), ["tasks"]);
        motion.to({...reach(`T${found.row ?? 0}`), ...windowFor(motion.aim(), found.t0, found.t1, spanNs())}, FLIGHT_MS, "push");
    }

    /** @type {ReturnType<typeof createGo>} */
    const go = {
        view(target, how = "push") {
            if (how === "push") turn();
            motion.to(target, FLIGHT_MS, how);
        },
        now: (target) => motion.to(target, 0),
        aim: motion.aim,
        stop: motion.stop,
        turn,
        interval,
        span: (t0, t1) => go.view(windowFor(motion.aim(), t0, t1, spanNs())),
        at,
        goroutine,
        task,
        group(group) {
            const key = `g:${group.function}`;
            store.set(unfold(["goroutines", key]), "push");
            go.view(reach(key));
        },
        lane(id) {
            const keys = {P: ["procs"], M: ["threads"]}[id.charAt(0)] ?? [];
            if (/^[PM]\d+$/.test(id)) store.set(unfold(keys), "push");
            if (!lanes.find(id)) return false;
            go.view(reach(id));
            return true;
        },
        isolate: (ids, instead = false) => isolate({api, store, say, go}, ids, "push", {instead}),
        release: (g) => release({store, say}, g),
    };
    return go;
}
