import assert from "node:assert/strict";
import {readFileSync, readdirSync} from "node:fs";
import {test} from "node:test";
import {KEYS, actionOf} from "../../web/core/keys.js";

/** @param {string} code @param {string} key */
const press = (code, key, held = {}) => ({code, key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held});

test("W A S D go by position on every layout", () => {
    assert.equal(actionOf(press("KeyW", "z")), "zoom-in"); // AZERTY
    assert.equal(actionOf(press("KeyA", "q")), "pan-left");
    assert.equal(actionOf(press("KeyS", "o")), "zoom-out"); // Dvorak
    assert.equal(actionOf(press("KeyD", "в")), "pan-right"); // Russian
});

test("other letters go by what is printed", () => {
    assert.equal(actionOf(press("KeyU", "f")), "focus");
    assert.equal(actionOf(press("KeyO", "o")), "overlay");
    assert.equal(actionOf(press("KeyX", "X", {shiftKey: true})), "labels");
});

test("shift that only helps to type is ignored", () => {
    assert.equal(actionOf(press("Slash", "?", {shiftKey: true})), "help");
    assert.equal(actionOf(press("Digit7", "/", {shiftKey: true})), "search"); // German
    assert.equal(actionOf(press("Digit0", "à")), "all"); // French
    assert.equal(actionOf(press("Digit8", "[", {ctrlKey: true, altKey: true}), true), "cause"); // AltGr
    assert.equal(actionOf(press("BracketRight", "+")), "zoom-in"); // German: what is printed wins
});

test("Ctrl keeps what the browser has, but undo and redo", () => {
    assert.equal(actionOf(press("KeyC", "c", {ctrlKey: true})), "");
    assert.equal(actionOf(press("KeyF", "f", {metaKey: true})), "");
    assert.equal(actionOf(press("KeyW", "w", {ctrlKey: true})), "");
    assert.equal(actionOf(press("KeyZ", "z", {ctrlKey: true})), "undo");
    assert.equal(actionOf(press("KeyZ", "Z", {metaKey: true, shiftKey: true})), "redo");
    assert.equal(actionOf(press("KeyY", "y", {ctrlKey: true})), "redo");
});

test("arrows, with and without shift", () => {
    assert.equal(actionOf(press("ArrowLeft", "ArrowLeft")), "pan-left");
    assert.equal(actionOf(press("ArrowLeft", "ArrowLeft", {shiftKey: true})), "page-left");
    assert.equal(actionOf(press("ArrowLeft", "ArrowLeft", {altKey: true})), ""); // the browser's Back
});

test("every action has a name of its own, words and at least one key", () => {
    assert.equal(new Set(KEYS.map(({action}) => action)).size, KEYS.length);
    for (const {action, words, shown, strokes} of KEYS) {
        assert.ok(words.length > 0 && shown.length > 0 && strokes.length > 0, action);
    }
});

test("every action is handled, and no handler is without a key", () => {
    const dirs = ["web/input", "web/panel"].map((dir) => new URL(`../../${dir}/`, import.meta.url));
    const source = dirs.flatMap((dir) => readdirSync(dir).map((name) => readFileSync(new URL(name, dir), "utf8"))).join("\n");
    const handled = new Set([...source.matchAll(/actions\.set\("([\w-]+)"/g)].map((m) => m[1]));
    assert.deepEqual([...handled].sort(), KEYS.map(({action}) => action).sort());
});
