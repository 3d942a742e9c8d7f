/**
 * Marks: times and ranges that somebody put a flag at, with a note. They are part of the link, so their number and length are bounded,
 * and who asks for more gets words instead of a list. Pure.
 *
 * Invariants of a list: by time, no two at the same place, at most MARKS_MOST, and no more than MARKS_LENGTH characters of a link.
 * A mark's number is its place in the list, from 1.
 */

/** @typedef {{t0: number, t1: number, note: string}} Mark  t1 = t0: a moment */
/** @typedef {{marks: readonly Mark[], error: string}} Change  `error`: why nothing changed, in words; "" done */

export const MARKS_MOST = 32;
export const NOTE_MOST = 120;
/** Of a link, which is to stay one that can be sent. */
export const MARKS_LENGTH = 4000;

/** One line, no longer than a note may be. @param {string} text */
export const tidyNote = (text) => Array.from(text.replace(/\s+/g, " ").trim()).slice(0, NOTE_MOST).join("");

/** @param {Mark} a @param {Mark} b */
const byTime = (a, b) => a.t0 - b.t0 || a.t1 - b.t1;

/** @param {readonly Mark[]} marks @param {{t0: number, t1: number}} place */
export const markAt = (marks, {t0, t1}) => marks.findIndex((mark) => mark.t0 === t0 && mark.t1 === t1);

/**
 * @param {readonly Mark[]} marks @param {{t0: number, t1: number}} place @param {(marks: readonly Mark[]) => string} write
 * @returns {Change}
 */
export function addMark(marks, place, write) {
    const mark = {t0: Math.max(Math.round(place.t0), 0), t1: Math.max(Math.round(place.t1), Math.round(place.t0), 0), note: ""};
    const known = markAt(marks, mark);
    if (known >= 0) return {marks, error: `Mark ${known + 1} is there already.`};
    if (marks.length >= MARKS_MOST) return {marks, error: `A link holds ${MARKS_MOST} marks at most: delete one first.`};
    return fitting(marks, [...marks, mark].sort(byTime), write);
}

/** @param {readonly Mark[]} marks @param {number} at @param {string} text @param {(marks: readonly Mark[]) => string} write @returns {Change} */
export function noteMark(marks, at, text, write) {
    return fitting(marks, marks.map((mark, i) => (i === at ? {...mark, note: tidyNote(text)} : mark)), write);
}

/** @param {readonly Mark[]} before @param {readonly Mark[]} after @param {(marks: readonly Mark[]) => string} write @returns {Change} */
function fitting(before, after, write) {
    const length = write(after).length;
    if (length <= MARKS_LENGTH) return {marks: after, error: ""};
    return {marks: before, error: `The marks would take ${length} characters of the link, and it holds ${MARKS_LENGTH}: shorten a note or delete a mark first.`};
}

/** What a link said, as a list that keeps the invariants. @param {readonly Mark[]} marks */
export function tidyMarks(marks) {
    const tidy = marks.map(({t0, t1, note}) => ({t0, t1, note: tidyNote(note)})).sort(byTime);
    return tidy.filter((mark, i) => i === 0 || byTime(mark, /** @type {Mark} */ (tidy[i - 1])) !== 0).slice(0, MARKS_MOST);
}

/**
 * The next mark in a direction; from the last one on to the first.
 * @param {readonly Mark[]} marks @param {number} t @param {-1|1} way @returns {number} its place, -1 none
 */
export function nextMark(marks, t, way) {
    if (marks.length === 0) return -1;
    if (way > 0) return Math.max(marks.findIndex((mark) => mark.t0 > t), 0);
    const before = marks.findLastIndex((mark) => mark.t0 < t);
    return before >= 0 ? before : marks.length - 1;
}

/** From the end of the one that ends first to the begin of the other; 0 where they overlap. @param {Mark} a @param {Mark} b */
export const gapBetween = (a, b) => Math.max(Math.max(a.t0, b.t0) - Math.min(a.t1, b.t1), 0);

/** The range from one mark to another, both included. @param {Mark} a @param {Mark} b */
export const spanBetween = (a, b) => ({t0: Math.min(a.t0, b.t0), t1: Math.max(a.t1, b.t1)});

/**
 * What M marks: the selection where the pointer is over it, or over nothing; else the time under the pointer, at the edge of an interval
 * that is close by.
 * @param {{selection: {t0: number, t1: number, row: unknown}|null, hover: {t: number, hit: {t0: number, t1: number, exact: boolean}|null}|null}} state
 * @param {number} near ns that count as close by @returns {{t0: number, t1: number}|null}
 */
export function placeToMark({selection, hover}, near) {
    const inside = !hover || (selection !== null && hover.t >= selection.t0 - near && hover.t <= selection.t1 + near);
    if (selection && inside) return {t0: selection.t0, t1: selection.t1};
    if (!hover) return null;
    const edges = hover.hit?.exact ? [hover.hit.t0, hover.hit.t1] : [];
    const t = edges.find((edge) => Math.abs(edge - hover.t) <= near) ?? hover.t;
    return {t0: t, t1: t};
}

const PAD = 4;

/**
 * Flags of the marks in view, CSS px of the axis: at the begin of each, kept within the window while its range reaches into it.
 * @param {readonly Mark[]} marks @param {(t: number) => number} xOf @param {number} width
 * @returns {{x: number, w: number, at: number}[]} `at`: place of the mark in the list
 */
export function flagsOf(marks, xOf, width) {
    return marks.flatMap(({t0, t1}, at) => {
        const x = xOf(t0);
        const w = PAD * 2 + String(at + 1).length * 6.5;
        return xOf(t1) < 0 || x > width ? [] : [{x: Math.min(Math.max(x, 0), Math.max(width - w, 0)), w, at}];
    });
}
