import assert from "node:assert/strict";
import {test} from "node:test";
import {colorsOf, isDark} from "../../web/core/color.js";

test("a contrast theme takes words and lines, and leaves the states their colours", () => {
    const system = {canvas: "#000000", text: "#ffffff", gray: "#3ff23f", link: "#ffff00"};
    const [own, forced] = [colorsOf("dark"), colorsOf("dark", system)];
    assert.deepEqual([forced.token["lane"], forced.token["muted"], forced.token["accent"]], ["#000000", "#ffffff", "#ffff00"]);
    assert.deepEqual(forced.fill, own.fill);
    for (const value of Object.values(forced.token)) assert.match(String(value), /^#[0-9a-f]{6}([0-9a-f]{2})?$/);
    assert.equal(own.token["lane"], colorsOf("dark").token["lane"], "the palette itself stays");
});

test("dark is what is nearer to black", () => {
    assert.deepEqual(["#000000", "#202020", "#0000ff", "#ffffff", "#ffff00"].map(isDark), [true, true, true, false, false]);
});
