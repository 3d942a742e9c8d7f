/** What is noted on a Recorder comes out as the same calls on a context, in the same order. */
import assert from "node:assert/strict";
import {test} from "node:test";
import {Recorder, play} from "../../web/draw/display_list.js";

/** A context that writes down what is done with it. */
function writer() {
    /** @type {unknown[][]} */
    const calls = [];
    const ctx = new Proxy(/** @type {any} */ ({}), {
        get: (_, name) => (/** @type {unknown[]} */ ...values) => void calls.push([name, ...values]),
        set(_, name, value) {
            calls.push([name, value]);
            return true;
        },
    });
    return {ctx, calls};
}

/** @param {Recorder} recorder */
function played(recorder, pictures = new Map()) {
    const {ctx, calls} = writer();
    play({ctx, pictures}, structuredClone(recorder.take()));
    return calls;
}

test("every call is drawn with its own arguments", () => {
    const r = new Recorder();
    /** @type {[string, ...unknown[]][]} */
    const all = [
        ["save"], ["setTransform", 1, 2, 3, 4, 5, 6], ["fillRect", 1, 2, 3, 4], ["strokeRect", 5, 6, 7, 8], ["clearRect", 9, 10, 11, 12], ["fillText", "a", 1, 2],
        ["strokeText", "b", 3, 4], ["beginPath"], ["moveTo", 1, 2], ["lineTo", 3, 4], ["rect", 1, 2, 3, 4], ["roundRect", 1, 2, 3, 4, 5], ["arc", 1, 2, 3, 4, 5],
        ["closePath"], ["fill"], ["stroke"], ["clip"], ["setLineDash", [4, 3]], ["restore"],
    ];
    for (const [name, ...values] of all) /** @type {any} */ (r)[name](...values);
    assert.deepEqual(played(r), all);
});

test("a property is set where it changes, and comes back with restore", () => {
    const r = new Recorder();
    r.fillStyle = "#111111";
    r.fillStyle = "#111111";
    r.save();
    r.fillStyle = "#222222";
    r.globalAlpha = 0.5;
    r.restore();
    assert.equal(r.fillStyle, "#111111");
    r.fillStyle = "#111111";
    r.globalAlpha = 1;
    r.imageSmoothingEnabled = false;
    assert.deepEqual(played(r), [["fillStyle", "#111111"], ["save"], ["fillStyle", "#222222"], ["globalAlpha", 0.5], ["restore"], ["imageSmoothingEnabled", false]]);
});

test("on a fresh canvas nothing is set any more", () => {
    const r = new Recorder();
    r.font = "11px x";
    r.fillText("lost", 0, 0);
    r.reset();
    r.font = "11px x";
    assert.deepEqual(played(r), [["font", "11px x"]]);
});

test("a picture is drawn by its number, and one that is not there is not", () => {
    const r = new Recorder();
    const picture = {};
    r.drawPicture(7, 0, 0, 1, 2, 3, 4, 5, 6);
    r.drawPicture(8, 0, 0, 1, 2, 3, 4, 5, 6);
    r.fillRect(0, 0, 1, 1);
    assert.deepEqual(played(r, new Map([[7, picture]])), [["drawImage", picture, 0, 0, 1, 2, 3, 4, 5, 6], ["fillRect", 0, 0, 1, 1]]);
});

test("what is no list is refused with its place", () => {
    assert.throws(() => play({ctx: writer().ctx, pictures: new Map()}, [0, 1, 2, 3, 4, 99]), /call 99 is none, at 5/);
});
