/**
 * A band of the layout (lanes.js), and how tall what is.
 */

/** @typedef {import("./lanes.js").Band} Band */

export const SECTION = 24;
export const ROW = 16;
export const GROUP = 32;
export const AREA = 27;
export const COUNTER = 40;
export const GC = 28;
export const AIR = 4;
/** A frame of a stack track, and how many lie below each other. */
export const FRAME = 14;
export const FRAMES = 8;

/** @param {Partial<Band>} band @returns {Band} */
export function bandOf(band) {
    return {
        draw: "section", id: "", kind: "section", key: "", open: false, label: "", count: "", y: 0, height: SECTION, top: 0, bar: ROW, rows: 1,
        view: "A", row: 0, blocks: [], listed: [], group: null, counters: [], pinned: false, type: 0, solo: [], company: [], at: 0, ...band,
    };
}
