/**
 * User tasks in the layout: a lane per type that most time went to, one for the others, and the rows of the tasks themselves.
 */
import {TASKS} from "./tile_key.js";

/** @typedef {import("../types.js").TaskLanes} TaskLanes */
/** @typedef {import("../types.js").Task} Task */
/** @typedef {import("../types.js").Hit} Hit */

/** @param {TaskLanes} lanes */
export const tasksView = ({types}) => TASKS + types.map(({type}) => type).join();

/** Lanes from top to bottom: `type` is the place in a tile's list. @param {TaskLanes} lanes */
export function taskTypeLanes({types, n_types: all}) {
    const named = types.map(({name, n}, type) => ({id: `t:${name}`, label: name === "" ? "(no type)" : name, n, type}));
    return all > types.length ? [...named, {id: "tasks:others", label: `${all - types.length} other types`, n: 0, type: types.length}] : named;
}

/** @param {Task} task @returns {Pick<Hit, "t0"|"t1"|"T"|"g"> & {kind: "task", exact: true, more: {task: Task}}} */
export const taskHit = (task) => ({kind: "task", t0: task.t0, t1: task.t1, T: task.T, g: task.g === "0" ? "" : task.g, exact: true, more: {task}});
