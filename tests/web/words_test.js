import assert from "node:assert/strict";
import {test} from "node:test";
import {longestOf} from "../../web/core/scope.js";
import {exactInterval, groupOfRow, isLibrary, keysToOpen, rowName, splitFunction, starterOf} from "../../web/core/selection.js";
import {byState, bytesWords, countWords, intervalTitle, leftWords, percentWords, rangeWords, timeWords} from "../../web/core/words.js";

const RELATIVE = {clock: /** @type {const} */ ("relative"), manifest: {wall: []}};

test("a range is told as finely as its length asks", () => {
    assert.equal(rangeWords(12084000000, 12391000000, RELATIVE), "12.084 – 12.391 s");
    assert.equal(rangeWords(12199751000, 12202351000, RELATIVE), "12.199751 – 12.202351 s");
    assert.equal(rangeWords(12177451088, 12200901000, RELATIVE, true), "12.177451088 – 12.200901000 s");
    assert.equal(rangeWords(0, 5, {...RELATIVE, clock: "ns"}), "0 – 5 ns");
    const wall = {clock: /** @type {const} */ ("utc"), manifest: {wall: [{t: 0, unix_ns: "1700000000000000000"}]}};
    assert.equal(rangeWords(0, 3e8, wall), "22:13:20.000 – 22:13:20.300");
});

test("one time is exact without idle zeros", () => {
    assert.equal(timeWords(12000000000, RELATIVE), "12.000 s");
    assert.equal(timeWords(12177451000, RELATIVE), "12.177451 s");
    assert.equal(timeWords(12177451088, RELATIVE), "12.177451088 s");
});

test("figures", () => {
    assert.equal(countWords(1204), "1,204");
    assert.equal(countWords(1234567), "1,234,567");
    assert.deepEqual([0, 0.0001, 0.0005, 0.879, 1, 0.99999].map(percentWords), ["0 %", "< 0.1 %", "0.1 %", "87.9 %", "100.0 %", "> 99.9 %"]);
    assert.deepEqual([0, 1023, 5058977, 2 ** 40].map(bytesWords), ["0 B", "1023 B", "4.8 MiB", "1.0 TiB"]);
    assert.deepEqual([0.2, 59, 125, 7265].map(leftWords), ["1 s", "59 s", "2 min 5 s", "2 h 1 min"]);
});

test("an interval is called by what Go says of it", () => {
    const frames = (/** @type {string[]} */ ...names) => names.map((name) => ({function: name, file: "", line: 0}));
    assert.equal(intervalTitle("sync", "sync", frames("sync.(*Mutex).Lock", "main.f")), "Blocked on sync.Mutex");
    assert.equal(intervalTitle("sync", "sync.(*Cond).Wait", frames("sync.(*Cond).Wait")), "Blocked on sync.Cond");
    assert.equal(intervalTitle("chan", "chan receive"), "Blocked on chan receive");
    assert.equal(intervalTitle("chan", "select"), "Blocked in select");
    assert.equal(intervalTitle("syscall", "", frames("syscall.Syscall", "syscall.fsync", "syscall.Fsync", "os.(*File).Sync")), "System call fsync");
    assert.equal(intervalTitle("running", ""), "Running");
});

test("figures of one state are added up, the longest kept", () => {
    const longest = (/** @type {number} */ ns) => ({t0: 0, t1: ns, T: "1", g: String(ns)});
    const sums = byState([
        {state: "chan", reason: "select", ns: 5, n: 1, longest: longest(5)}, {state: "running", reason: "", ns: 8, n: 2, longest: null},
        {state: "chan", reason: "chan send", ns: 9, n: 2, longest: longest(7)}, {state: "none", reason: "", ns: 99, n: 1, longest: null}]);
    assert.deepEqual(sums.map(({state, ns, n, longest: l}) => [state, ns, n, l?.g]), [["chan", 14, 3, "7"], ["running", 8, 2, undefined]]);
});

test("names of functions", () => {
    assert.deepEqual(splitFunction("net/http.(*conn).serve"), {pkg: "net/http.", name: "(*conn).serve"});
    assert.deepEqual(splitFunction("example.com/a.b/c.F[example.com/x.T]"), {pkg: "example.com/a.b/c.", name: "F[example.com/x.T]"});
    assert.deepEqual(splitFunction("x"), {pkg: "", name: "x"});
    assert.deepEqual(["sync.(*Mutex).Lock", "net/http.(*conn).serve", "main.main", "github.com/a/b.F", "cache.New"].map(isLibrary), [true, true, false, false, false]);
});

test("whose work a goroutine is: wrappers of the go statement are passed", () => {
    assert.equal(starterOf(["sync.(*WaitGroup).Go", "main.handler", "main.main"]), "main.handler");
    assert.equal(starterOf(["golang.org/x/sync/errgroup.(*Group).TryGo", "golang.org/x/sync/errgroup.(*Group).Go", "shop/cart.load"]), "shop/cart.load");
    assert.equal(starterOf(["example.com/pool.Go[int]", "main.main"]), "main.main");
    assert.equal(starterOf(["net/http.(*Server).Serve", "net/http.ListenAndServe", "main.main"]), "main.main");
    assert.equal(starterOf(["main.main.func1", "net/http.HandlerFunc.ServeHTTP"]), "main.main.func1");
    assert.equal(starterOf(["net.(*Resolver).lookup", "runtime.goexit"]), "net.(*Resolver).lookup");
    assert.equal(starterOf([]), "");
});

test("the longest of a bin: what is parked counts only where there is nothing else", () => {
    const figure = (/** @type {string} */ state, /** @type {number} */ ns) => ({state, reason: "", ns, n: 1, longest: {t0: 5, t1: 5 + ns, T: "1", g: "1", block: 0, row: 0}});
    assert.equal(longestOf([figure("sleep", 90), figure("runnable", 7), figure("running", 8)])?.state, "running");
    assert.equal(longestOf([figure("sleep", 90), figure("chan", 91)])?.state, "chan");
    assert.equal(longestOf([figure("none", 90), {...figure("sync", 3), longest: null}]), null);
});

test("the group of a row, and what must be unfolded for it to show", () => {
    const manifest = /** @type {any} */ ({groups: [{group: 0, function: "a", blocks: [0, 7]}, {group: 1, function: "b", blocks: [1]}], procs: [{row: 0, id: 5}], threads: []});
    assert.equal(groupOfRow(manifest, {view: "G", row: 7 * 32 + 3})?.function, "a");
    assert.equal(groupOfRow(manifest, {view: "F", row: 1})?.function, "b");
    assert.equal(groupOfRow(manifest, {view: "P", row: 0}), null);
    assert.deepEqual(keysToOpen(manifest, {view: "G", row: 40}), ["goroutines", "g:b"]);
    assert.deepEqual(keysToOpen(manifest, {view: "P", row: 0}), ["procs"]);
    assert.equal(rowName(manifest, {view: "P", row: 0}), "P5");
    assert.equal(rowName(manifest, {view: "G", row: 40}, "12"), "g12");
});

test("intervals of no length are told apart by Go's time", async () => {
    const hits = ["1", "2", "3"].map((T, i) => /** @type {any} */ ({T, t0: 5, t1: i < 2 ? 5 : 9}));
    let at = 2;
    const interval = async (/** @type {any} */ _row, /** @type {number} */ _t, /** @type {number} */ step) => {
        at = step === 0 ? 2 : at + step;
        return hits[at] ?? null;
    };
    assert.equal((await exactInterval(interval, {view: "G", row: 0}, 5, "1"))?.T, "1");
    assert.equal((await exactInterval(interval, {view: "G", row: 0}, 5, "3"))?.T, "3");
    assert.equal((await exactInterval(interval, {view: "G", row: 0}, 5, "77"))?.T, "3");
});
