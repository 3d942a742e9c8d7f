import assert from "node:assert/strict";
import {test} from "node:test";
import {KINDS, boxNumbers, buildFlame, findNodes, layoutFlame, pathTo, sumFunctions} from "../../web/core/flame.js";
import {STATE_NAMES} from "../../web/core/color.js";

/** main → a (60: 10 its own, b 50), main → c (40, of which a again 30). @type {import("../../web/core/flame.js").Profile} */
const PROFILE = {
    ns: 100, n: 10, n_stacks: 4, n_cut: 0, stacks: [],
    functions: ["", "main", "a", "b", "c"].map((name) => ({name, file: `${name}.go`})),
    nodes: [[0, 0, 100, 10, 0, 0], [0, 1, 100, 10, 0, 0], [1, 4, 40, 4, 10, 1], [1, 2, 60, 6, 10, 1], [3, 3, 50, 5, 50, 5], [2, 2, 30, 3, 30, 3]],
};

test("children hang below their caller, the heaviest first", () => {
    const nodes = buildFlame(PROFILE);
    assert.deepEqual(nodes.map(({depth}) => depth), [0, 1, 2, 2, 3, 3]);
    assert.deepEqual(nodes[1]?.children, [3, 2]);
    assert.deepEqual(pathTo(nodes, 4), [0, 1, 3, 4]);
    assert.deepEqual(pathTo(nodes, 0), [0]);
});

test("samples weigh by their number", () => {
    const nodes = buildFlame({...PROFILE, ns: 0});
    assert.deepEqual(nodes.map(({value}) => value), [10, 10, 4, 6, 5, 3]);
    assert.deepEqual(nodes.map(({self}) => self), [0, 0, 1, 1, 5, 3]);
});

test("boxes of one caller follow each other and never overlap", () => {
    const nodes = buildFlame(PROFILE);
    const boxes = layoutFlame(nodes, 0, 0.001);
    const of = (/** @type {number} */ node) => boxes.find((box) => box.node === node);
    assert.deepEqual(of(3), {node: 3, depth: 2, x: 0, w: 0.6});
    assert.deepEqual(of(2), {node: 2, depth: 2, x: 0.6, w: 0.4});
    assert.deepEqual(of(5), {node: 5, depth: 3, x: 0.6, w: 0.3});
    assert.equal(layoutFlame(nodes, 0, 0.45).length, 4, "what is too narrow is left out");
});

test("zoomed, the callers stay above at full width", () => {
    const boxes = layoutFlame(buildFlame(PROFILE), 3, 0.001);
    assert.deepEqual(boxes.map(({node, w}) => [node, Math.round(w * 100)]), [[0, 100], [1, 100], [3, 100], [4, 83]]);
});

test("a function counts once where it calls itself, and everywhere it is called", () => {
    const sums = new Map(sumFunctions(buildFlame(PROFILE)).map((sum) => [sum.name, sum]));
    assert.deepEqual([sums.get("a")?.value, sums.get("a")?.self], [90, 40]);
    assert.equal(sums.has(""), false);
    const itself = buildFlame({...PROFILE, nodes: [[0, 0, 9, 1, 0, 0], [0, 2, 9, 1, 2, 0], [1, 2, 7, 1, 7, 1]]});
    assert.deepEqual(sumFunctions(itself).map(({value, self}) => [value, self]), [[9, 9]]);
});

test("what is found is counted once per stack", () => {
    const nodes = buildFlame(PROFILE);
    assert.deepEqual(findNodes(nodes, " A "), {found: new Set([1, 3, 5]), value: 100});
    assert.deepEqual(findNodes(nodes, "b"), {found: new Set([4]), value: 50});
    assert.equal(findNodes(nodes, "").found.size, 0);
});

test("nothing to show is a root alone", () => {
    const nodes = buildFlame({...PROFILE, ns: 0, n: 0, nodes: [[0, 0, 0, 0, 0, 0]]});
    assert.equal(layoutFlame(nodes, 0, 0.001).length, 1);
});

test("kinds name states that there are", () => {
    for (const {of, state} of KINDS) {
        assert.ok(of === "samples" || of.split(",").every((name) => STATE_NAMES.includes(name)));
        assert.ok(state === "" || STATE_NAMES.includes(state));
    }
});

test("a box has the same number wherever its path is the same, and no other", () => {
    const numbers = boxNumbers(buildFlame(PROFILE));
    assert.equal(numbers[0], "");
    assert.equal(new Set(numbers).size, numbers.length);
    for (const number of numbers.slice(1)) assert.match(number, /^[0-9a-f]{16}$/);
    const other = boxNumbers(buildFlame({...PROFILE, nodes: [[0, 0, 9, 1, 0, 0], [0, 1, 9, 1, 0, 0], [1, 3, 9, 1, 0, 0], [1, 2, 9, 1, 9, 1]]}));
    assert.equal(other[3], numbers[3]);
    assert.ok(!numbers.includes(other[2] ?? ""));
});
