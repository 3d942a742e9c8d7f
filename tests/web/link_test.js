import assert from "node:assert/strict";
import {test} from "node:test";
import {formatLink, parseLink, parsePlace} from "../../web/core/link.js";
import {formatSelection, parseSelection, readSeconds, writeSeconds} from "../../web/core/link_words.js";
import {DEFAULT_TABLE} from "../../web/core/table.js";

/** @typedef {import("../../web/types.js").State} State */

/** @returns {State} */
function state(patch = {}) {
    return {
        trace: "0".repeat(32), manifest: null, t0: 12199751000, t1: 12202351000, scrollY: 0, open: {goroutines: true, procs: true, threads: false},
        pins: [], isolated: [], taskLanes: null, hidden: [], order: [], sizes: {}, stacks: false, selection: null, clock: "relative", overlay: "both", labels: true, rowHeight: 16, panel: "details", scope: "all", stacksOf: "blocked", eventKinds: "all", panelHeight: 208,
        labelWidth: 216, hover: null, query: "", found: null, flameBox: "", marks: [], table: DEFAULT_TABLE, theme: "light", system: null, ...patch,
    };
}

test("a time is written in seconds, exact to the ns", () => {
    for (const ns of [0, 1, 999, 1e9, 12199751000, 9007199254740991, -25000]) assert.equal(readSeconds(writeSeconds(ns)), ns);
    assert.equal(writeSeconds(12199751000), "12.199751");
    assert.ok(Number.isNaN(readSeconds("1.2.3")));
});

test("a link says what it shows in readable words and a stable order", () => {
    const link = formatLink(state({clock: "utc", panel: "events", open: {procs: true, "g:net/http.(*conn).serve": true}}), {id: "G1023", dy: 4});
    assert.equal(link, "#v=1&t=12.199751..12.202351&y=G1023+4&open=g:net/http.(*conn).serve,procs&panel=events&clock=utc");
    assert.equal(formatLink(state({open: {a: true, b: true}}), null), formatLink(state({open: {b: true, a: true}}), null));
});

test("parse takes back what format wrote", () => {
    const names = ["g:a,b&c=d#e%f", "g:main.f[go.shape.int,go.shape.string]", "g:π 漢 <b>", "procs"];
    const before = state({
        open: Object.fromEntries(names.map((name) => [name, true])), pins: names, scope: "group", stacksOf: "net", eventKinds: "logs", clock: "local", overlay: "gc", labels: false, rowHeight: 24, panel: "",
        query: "func:serve state:blocked>10ms \"a&b=c#d%\" -overlaps:stw",
    });
    const link = formatLink(before, {id: "g:a+b+3", dy: -2});
    const {patch, scroll, notices} = parseLink(link);
    assert.deepEqual(notices, []);
    for (const key of /** @type {(keyof State)[]} */ (["t0", "t1", "open", "clock", "overlay", "labels", "rowHeight", "panel", "scope", "stacksOf", "eventKinds", "query"])) {
        assert.deepEqual(patch[key], before[key], key);
    }
    assert.deepEqual(new Set(patch.pins), new Set(names));
    assert.deepEqual(scroll, {id: "g:a+b+3", dy: -2});
});

test("a selection is found again by row or goroutine and Go's time", () => {
    const none = {t0: 12177451088, t1: 12200901000, T: "190245871", g: "149", state: 6, reason: 2};
    assert.equal(formatSelection({...none, kind: "interval", row: {view: "G", row: 1023}}), "G1023@190245871");
    assert.equal(formatSelection({...none, kind: "mark", row: {view: "M", row: 3}}), "mark:M3@190245871");
    assert.equal(formatSelection({...none, kind: "interval", row: {view: "P", row: 0}, T: ""}), "P0@12.177451088s");
    assert.equal(formatSelection({...none, kind: "goroutine", row: null}), "g149");
    assert.deepEqual(parseSelection("G1023@190245871"), {kind: "interval", row: {view: "G", row: 1023}, g: "", T: "190245871", t0: NaN, t1: NaN});
    assert.deepEqual(parseSelection("g149@-1"), {kind: "interval", row: null, g: "149", T: "-1", t0: NaN, t1: NaN});
    assert.deepEqual(parseSelection("P0@12.177451088s"), {kind: "interval", row: {view: "P", row: 0}, g: "", T: "", t0: 12177451088, t1: NaN});
    assert.equal(parseSelection("stw@1..2")?.kind, "stw");
    assert.deepEqual(parseSelection("1.5..2"), {kind: "range", row: null, g: "", T: "", t0: 1.5e9, t1: 2e9});
    for (const bad of ["", "x", "G@", "G1@x", "g", "2..1", "Q1@5"]) assert.equal(parseSelection(bad), null, bad);
});

test("unknown parts are ignored with a notice, the rest holds", () => {
    const {patch, notices} = parseLink("#v=9&t=1..2&zzz=1&__proto__=1&constructor=2&clock=moon&t=x");
    assert.equal(patch.t0, 1e9);
    assert.equal(patch.clock, undefined);
    assert.equal(notices.length, 6);
    assert.match(notices[0] ?? "", /of version 9, .* version 1/);
    assert.match(notices[1] ?? "", /zzz=1/);
});

test("a link that is sent tells the name of the trace's file; it selects nothing", () => {
    const link = formatLink(state(), null, "a b&c.trace");
    assert.match(link, /&name=a%20b%26c.trace$/);
    assert.deepEqual(parseLink(link).notices, []);
    assert.ok(formatLink(state(), null, "x".repeat(5000)).length < 300);
});

test("the box of the flame graph is in the link by a number", () => {
    const link = formatLink(state({flameBox: "1a2b3c"}), null);
    assert.match(link, /&box=1a2b3c$/);
    assert.equal(parseLink(link).patch.flameBox, "1a2b3c");
    assert.equal(parseLink("#box=<b>").patch.flameBox, undefined);
});

test("any text is a link of some kind", () => {
    for (const text of ["", "#", "#&&", "#=", "#%", "#%E0%A4%A", "#t", "#t=", "#t=..", "#y=", "#open=%", "#1234:5678", "#sel=" + "9".repeat(99999)]) {
        assert.doesNotThrow(() => parseLink(text), text.slice(0, 20));
    }
});

test("hover, theme, sizes and the trace's path stay out of a link", () => {
    const link = formatLink(state({hover: {x: 1, y: 2, t: 3, row: null, hit: null}, theme: "dark", labelWidth: 333}), null);
    assert.equal(link, "#v=1&t=12.199751..12.202351&open=goroutines,procs");
});

test("the place of the page is read from its path, whatever it is mounted at", () => {
    const id = "0123456789abcdef0123456789abcdef";
    assert.deepEqual(parsePlace("/"), {base: "/", trace: ""});
    assert.deepEqual(parsePlace("/a/b/"), {base: "/a/b/", trace: ""});
    assert.deepEqual(parsePlace(`/t/${id}`), {base: "/", trace: id});
    assert.deepEqual(parsePlace(`/a/t/t/${id}`), {base: "/a/t/", trace: id});
    assert.deepEqual(parsePlace("/t/%E0%A4%A"), {base: "/", trace: "%E0%A4%A"});
});

test("goroutines with rows of their own are in the link by id, whatever their size", () => {
    const one = (/** @type {string} */ g) => ({g, row: 7, function: "main.f", born: 0, gone: 9});
    const link = formatLink(state({isolated: ["149", "18446744073709551615"].map(one)}), null);
    assert.match(link, /&iso=149,18446744073709551615$|&iso=149,18446744073709551615&/);
    assert.deepEqual(parseLink(link).isolate, ["149", "18446744073709551615"]);
    assert.deepEqual(parseLink("#iso=1,1,2").isolate, ["1", "2"]);
    for (const bad of ["", "a", "1,", "1,,2", "-1", Array(33).fill("1").join()]) {
        const {isolate, notices} = parseLink(`#iso=${bad}`);
        assert.deepEqual([isolate, notices.length], [[], 1], bad);
    }
});
