import assert from "node:assert/strict";
import {test} from "node:test";
import {COLUMNS, DEFAULT_TABLE, FIGURES, formatOrder, functionOrder, goroutineOrder, parseOrder, partsOf, sortedBy} from "../../web/core/table.js";
import {fileName} from "../../web/panel/download.js";

test("every order is in the link, and asked of the server", () => {
    for (const sort of ["function", "n", ...COLUMNS.map(({id}) => id)]) {
        for (const down of [false, true]) {
            for (const {id: figure} of FIGURES) {
                const table = {...DEFAULT_TABLE, sort, down, figure};
                assert.deepEqual(parseOrder(formatOrder(table)), {sort, down});
                const query = new URLSearchParams(functionOrder(table));
                assert.equal(query.get("sort"), sort === "function" || sort === "n" ? sort : `${sort}.${figure}`);
                assert.equal(query.get("order"), down ? "desc" : "asc");
                assert.equal(new URLSearchParams(goroutineOrder(table)).get("sort"), sort === "function" ? "g" : sort === "n" ? "total" : sort);
            }
        }
    }
    for (const bad of ["", "-", "--total", "total.p50", "constructor"]) assert.equal(parseOrder(bad), null, bad);
});

test("a head turns the order round, names begin upwards and numbers downwards", () => {
    const table = sortedBy(DEFAULT_TABLE, "total");
    assert.deepEqual([table.sort, table.down], ["total", false]);
    assert.deepEqual([sortedBy(table, "sync").down, sortedBy(table, "function").down], [true, false]);
});

test("the parts of a bar are as long as the whole", () => {
    const line = {total: 100, execution: 30, gc: 10, sched_wait: 20, syscall: 5, sync: 5, chan: 10, net: 10, sleep: 10, other: 5, unknown: 5};
    assert.equal(partsOf(line).reduce((sum, {ns}) => sum + ns, 0), 100);
    assert.deepEqual(partsOf(line).filter(({state}) => state === "running" || state === "gc").map(({ns}) => ns), [20, 10]);
});

test("a file is named after trace, table and range, in letters that every system takes", () => {
    const manifest = /** @type {any} */ ({name: "../web server.trace.gz"});
    assert.equal(fileName(manifest, "goroutines-net/http.(*conn).serve", {t0: 1.5e9, t1: 2e9}, "csv"), "web_server-goroutines-net_http._conn_.serve-1.5-2s.csv");
    assert.equal(fileName(null, "=cmd|' /C calc'!A0", null, "json"), "trace-cmd_C_calc_A0.json");
});
