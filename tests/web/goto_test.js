import assert from "node:assert/strict";
import {test} from "node:test";
import {findFunctions, pageTime, parseDuration, parseGoto, parseWall} from "../../web/core/goto.js";

const WALL = [{t: 0, unix_ns: "1700000000000000000"}, {t: 1e9, unix_ns: "1700000001000000500"}];

test("lengths of time with their units", () => {
    assert.equal(parseDuration("12.084s"), 12084000000);
    assert.equal(parseDuration("12.084 s"), 12084000000);
    assert.equal(parseDuration("3ms"), 3e6);
    assert.equal(parseDuration("1m2.5s"), 62.5e9);
    assert.equal(parseDuration("250 µs"), 250000);
    for (const bad of ["", "12", "s", "1x", "1s foo", "-"]) assert.ok(Number.isNaN(parseDuration(bad)), bad);
});

test("the wall clock, to the ns", () => {
    assert.equal(parseWall("2023-11-14T22:13:20.000000001Z"), 1700000000000000001n);
    assert.equal(parseWall("2023-11-15T00:13:20+02:00"), 1700000000000000000n);
    assert.equal(parseWall("2023-11-14"), null);
    assert.equal(pageTime(WALL, 1700000000500000000n), 5e8);
    assert.equal(pageTime(WALL, 1700000002000000500n), 2e9);
    assert.ok(Number.isNaN(pageTime([], 5n)));
});

test("what can be gone to", () => {
    assert.deepEqual(parseGoto(" g1234 ", 0, []), {kind: "goroutine", g: "1234"});
    assert.deepEqual(parseGoto("P3", 0, []), {kind: "proc", id: 3});
    assert.deepEqual(parseGoto("m 7", 0, []), {kind: "thread", id: 7});
    assert.deepEqual(parseGoto("12.084s", 0, []), {kind: "time", t: 12084000000});
    assert.deepEqual(parseGoto("+3ms", 1e9, []), {kind: "time", t: 1003000000});
    assert.deepEqual(parseGoto("-3ms", 1e9, []), {kind: "time", t: 997000000});
    assert.deepEqual(parseGoto("1s..2s", 0, []), {kind: "range", t0: 1e9, t1: 2e9});
    assert.deepEqual(parseGoto("2023-11-14T22:13:20.5Z", 0, WALL), {kind: "time", t: 5e8});
    assert.equal(parseGoto("2023-11-14T22:13:20.5Z", 0, []).kind, "bad");
    assert.deepEqual(parseGoto("serve", 0, []), {kind: "function", words: "serve"});
});

test("functions: parts that start with the word first, then the larger group", () => {
    const groups = [["a.observe", 9], ["net/http.(*conn).serve", 3], ["main.serveAll", 5], ["main.other", 1]]
        .map(([name, n]) => ({function: String(name), goroutines: Number(n)}));
    assert.deepEqual(findFunctions(groups, "serve").map((group) => group.function), ["main.serveAll", "net/http.(*conn).serve", "a.observe"]);
    assert.deepEqual(findFunctions(groups, "http serve").map((group) => group.function), ["net/http.(*conn).serve"]);
    assert.deepEqual(findFunctions(groups, "(["), []);
});

test("a range as the page writes it: the first part has the unit of the second", () => {
    assert.deepEqual(parseGoto("0.000 – 0.709 s", 0, []), {kind: "range", t0: 0, t1: 709e6});
    assert.deepEqual(parseGoto("5..10ms", 0, []), {kind: "range", t0: 5e6, t1: 10e6});
});
