/**
 * What is shown of the lanes, in which order and how tall: hidden lanes, the order of the sections, heights of areas and counters.
 * Pure; the layout reads it (lanes.js), the link holds it.
 */

/** @typedef {import("../types.js").Lane} Lane */

/** Sections from top to bottom, as they are at first. */
export const SECTIONS = Object.freeze(["counters", "gc", "procs", "threads", "goroutines", "tasks"]);
/** CSS px of an area or a counter. */
export const SIZES = Object.freeze({least: 12, most: 400});

/** Every section once: those that are named in their order, the others behind what they stand behind at first. @param {readonly string[]} order @returns {string[]} */
export function sectionOrder(order) {
    const all = [...new Set(order)].filter((id) => SECTIONS.includes(id));
    SECTIONS.forEach((id, i) => {
        if (!all.includes(id)) all.splice(i === 0 ? 0 : all.indexOf(SECTIONS[i - 1] ?? "") + 1, 0, id);
    });
    return all;
}

/** The order with a section at another place; [] where that is the order of the beginning. @param {readonly string[]} order @param {string} id @param {number} place @returns {string[]} */
export function placeSection(order, id, place) {
    const rest = sectionOrder(order).filter((one) => one !== id);
    rest.splice(Math.min(Math.max(place, 0), rest.length), 0, id);
    return rest.every((one, i) => one === SECTIONS[i]) ? [] : rest;
}

/** Which section a lane belongs to, "" none that can be moved. @param {Lane} lane */
export function sectionOf(lane) {
    if (SECTIONS.includes(lane.id)) return lane.id;
    if (lane.solo) return "";
    if (lane.kind === "counter") return "counters";
    if (lane.kind === "task") return "tasks";
    const view = lane.row?.view ?? "";
    return view === "P" ? "procs" : view === "M" ? "threads" : view === "G" || view === "F" ? "goroutines" : "";
}

/** What is hidden with a lane: the lane itself, else what it is a row of; "" nothing. @param {Lane} lane */
export function hideable(lane) {
    if (SECTIONS.includes(lane.id) || lane.kind === "counter" || lane.kind === "group") return lane.id;
    if (lane.kind === "task") return /^T\d+$/.test(lane.id) ? "tasks:rows" : lane.id;
    if (lane.solo || lane.id === "isolated" || lane.id === "hidden") return "";
    return lane.group ? `g:${lane.group.function}` : sectionOf(lane);
}

/** Whether a lane has a height of its own: an area or a counter. @param {Lane} lane */
export const isResizable = (lane) => lane.kind === "counter" || lane.kind === "stack" || (lane.kind === "group" && lane.row?.view === "F") || (lane.kind === "task" && (lane.id.startsWith("t:") || lane.id === "tasks:others"))
    || (lane.kind === "section" && lane.row?.view === "A");

/** A size within its bounds, whole px. @param {number} px */
export const sizeWithin = (px) => Math.round(Math.min(Math.max(px, SIZES.least), SIZES.most));

/** What a hidden lane is called. @param {string} id */
export function hiddenName(id) {
    const names = {counters: "Counters", gc: "GC / STW", procs: "Procs", threads: "Threads", goroutines: "Goroutines", tasks: "Tasks", "tasks:rows": "Tasks one by one", "tasks:others": "Tasks of other types"};
    return names[/** @type {keyof typeof names} */ (id)] ?? (id.replace(/^[gct]:/, "") || "(no name)");
}
