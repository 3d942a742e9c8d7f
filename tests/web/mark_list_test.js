import assert from "node:assert/strict";
import {test} from "node:test";
import {parseLink} from "../../web/core/link.js";
import {formatMarks} from "../../web/core/link_words.js";
import {MARKS_LENGTH, MARKS_MOST, NOTE_MOST, addMark, flagsOf, gapBetween, nextMark, noteMark, placeToMark, spanBetween, tidyMarks, tidyNote} from "../../web/core/mark_list.js";

/** @typedef {import("../../web/core/mark_list.js").Mark} Mark */

/** @param {number} t0 @param {number} [t1] @returns {Mark} */
const mark = (t0, t1 = t0, note = "") => ({t0, t1, note});

test("marks are kept by time, each place once", () => {
    const one = addMark([], {t0: 5.4, t1: 5.4}, formatMarks);
    const two = addMark(one.marks, {t0: 2, t1: 9}, formatMarks);
    assert.deepEqual(two, {marks: [mark(2, 9), mark(5)], error: ""});
    const again = addMark(two.marks, {t0: 5, t1: 5}, formatMarks);
    assert.deepEqual([again.marks, again.error], [two.marks, "Mark 2 is there already."]);
    assert.equal(addMark([], {t0: -3, t1: -3}, formatMarks).marks[0]?.t0, 0);
});

test("more marks than a link holds, and longer ones, are refused in words", () => {
    /** @type {readonly Mark[]} */
    let marks = Array.from({length: MARKS_MOST}, (_, i) => mark(i));
    assert.match(addMark(marks, {t0: 99, t1: 99}, formatMarks).error, /32 marks at most/);
    const long = "漢".repeat(NOTE_MOST);
    let error = "";
    for (let i = 0; i < MARKS_MOST && error === ""; i++) ({marks, error} = noteMark(marks, i, long, formatMarks));
    assert.match(error, /shorten a note or delete a mark/);
    assert.ok(formatMarks(marks).length <= MARKS_LENGTH);
});

test("a note is one line of bounded length", () => {
    assert.equal(tidyNote("  a\n b\tc "), "a b c");
    assert.equal(Array.from(tidyNote("🙂".repeat(999))).length, NOTE_MOST);
});

test("marks survive a link, whatever their notes hold", () => {
    const marks = tidyMarks([mark(1, 1, "a,b&c=d#e%f:g"), mark(12199751000, 12202351000, "π 漢 <b>"), mark(7)]);
    const {patch, notices} = parseLink(`#v=1&marks=${formatMarks(marks)}`);
    assert.deepEqual(notices, []);
    assert.deepEqual(patch.marks, marks);
});

test("of broken and of too many marks a link says how many are shown", () => {
    const {patch, notices} = parseLink("#marks=1,x,2..1,-5,3..4:ok,");
    assert.deepEqual(patch.marks, [mark(1e9), mark(3e9, 4e9, "ok")]);
    assert.match(notices[0] ?? "", /2 of 6/);
    const many = parseLink(`#marks=${Array.from({length: 40}, (_, i) => i).join()}`);
    assert.equal(many.patch.marks?.length, MARKS_MOST);
    assert.match(many.notices[0] ?? "", /40 marks: shown are 32/);
    assert.doesNotThrow(() => parseLink(`#marks=${"%".repeat(9999)}`));
});

test("the next mark in a direction, around the ends", () => {
    const marks = [mark(10), mark(20), mark(30)];
    assert.deepEqual([nextMark(marks, 15, 1), nextMark(marks, 30, 1), nextMark(marks, 15, -1), nextMark(marks, 5, -1), nextMark([], 1, 1)], [1, 0, 0, 2, -1]);
});

test("marks are apart by what lies between them", () => {
    assert.equal(gapBetween(mark(10), mark(30, 40)), 20);
    assert.equal(gapBetween(mark(10, 20), mark(30, 40)), 10);
    assert.equal(gapBetween(mark(30, 40), mark(10, 20)), 10);
    assert.equal(gapBetween(mark(10, 35), mark(30, 40)), 0);
    assert.deepEqual(spanBetween(mark(30, 40), mark(10)), {t0: 10, t1: 40});
});

test("M takes the selection under the pointer or without one, else the time, at an edge that is close by", () => {
    const selection = {t0: 100, t1: 200, row: null};
    const at = (/** @type {number} */ t) => ({t, hit: null});
    assert.deepEqual(placeToMark({selection, hover: null}, 1), {t0: 100, t1: 200});
    assert.deepEqual(placeToMark({selection, hover: at(150)}, 1), {t0: 100, t1: 200});
    assert.deepEqual(placeToMark({selection, hover: at(300)}, 1), {t0: 300, t1: 300});
    assert.deepEqual(placeToMark({selection: null, hover: {t: 52, hit: {t0: 50, t1: 90, exact: true}}}, 4), {t0: 50, t1: 50});
    assert.deepEqual(placeToMark({selection: null, hover: {t: 60, hit: {t0: 50, t1: 90, exact: true}}}, 4), {t0: 60, t1: 60});
    assert.equal(placeToMark({selection: null, hover: null}, 1), null);
});

test("a flag stays in the window while its range reaches into it", () => {
    const xOf = (/** @type {number} */ t) => t - 100;
    assert.deepEqual(flagsOf([mark(50, 150), mark(60, 70), mark(199), mark(300)], xOf, 100).map(({x, at}) => [Math.round(x), at]), [[0, 0], [86, 2]]);
});
