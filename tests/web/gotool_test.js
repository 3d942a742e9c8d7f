import assert from "node:assert/strict";
import {test} from "node:test";
import {fromGoTool} from "../../web/core/gotool.js";
import {parseLink} from "../../web/core/link.js";

/** @param {string} search @param {string} hash */
function read(search, hash = "") {
    const link = fromGoTool(search, hash);
    assert.ok(link);
    const parsed = parseLink(link.hash);
    assert.deepEqual(parsed.notices, [], link.hash);
    return {...parsed, words: link.notices};
}

test("an address of our own stays as it is", () => {
    assert.equal(fromGoTool("", "#v=1&t=0..1"), null);
    assert.equal(fromGoTool("?part=2", ""), null);
});

test("a goroutine is selected and has a row of its own", () => {
    const {select, isolate} = read("?go=trace&goid=17");
    assert.equal(select?.g, "17");
    assert.deepEqual(isolate, ["17"]);
    assert.equal(read("?go=trace&goid=x").select, null);
});

test("the range of interest is in view and selected; start and end are left out with a word", () => {
    const {patch, select, words} = read("?go=trace&view=thread&start=100&end=900", "#120.5:130");
    assert.deepEqual([patch.t0, patch.t1, select?.kind], [120500000, 130000000, "range"]);
    assert.equal(patch.open?.["threads"], true);
    assert.equal(words.length, 1);
    assert.equal(read("?go=trace", "#9:3").patch.t0, undefined);
});

test("a function's goroutines are unfolded", () => {
    const {patch, scroll} = read("?go=goroutine&name=main.(*T%5Bint,string%5D).f&sortby=Total");
    assert.equal(patch.open?.["g:main.(*T[int,string]).f"], true);
    assert.equal(scroll?.id, "g:main.(*T[int,string]).f");
    assert.equal(patch.panel, "goroutines");
    assert.equal(patch.table?.open, "main.(*T[int,string]).f");
});

test("profiles are flame graphs", () => {
    assert.deepEqual(["io", "block", "syscall", "sched"].map((page) => read(`?go=${page}`).patch.stacksOf), ["net", "blocked", "syscall", "runnable"]);
    assert.equal(read("?go=io&name=main.f").words.length, 1);
});

test("tasks have a tab, regions are events", () => {
    assert.equal(read("?go=usertasks").patch.panel, "tasks");
    assert.deepEqual([read("?go=userregions").patch.panel, read("?go=userregions").patch.eventKinds], ["events", "regions"]);
});

test("what has no counterpart says so", () => {
    for (const page of ["mmu", "userregions", "userregion", "regionio"]) assert.equal(read(`?go=${page}`).words.length, 1, page);
});
