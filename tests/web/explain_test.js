import assert from "node:assert/strict";
import {existsSync, readFileSync} from "node:fs";
import {test} from "node:test";
import {COLUMNS, LANES, LIVES, REASONS, STATES, explain} from "../../web/core/explain.js";
import {COSTS, WAYS} from "../../web/core/recording.js";
import {STATE_NAMES} from "../../web/core/color.js";
import {COLUMNS as TIMES} from "../../web/core/table.js";
import {layoutOf} from "../../web/core/lanes.js";

/** Strings of a table of the runtime. @param {string} file @param {string} table */
function runtimeStrings(file, table) {
    const source = ["/usr/local/go", process.env["GOROOT"] ?? ""].map((root) => `${root}/src/runtime/${file}`).find(existsSync);
    const [, body = ""] = source ? new RegExp(`${table} = \\[\\.\\.\\.\\]string\\{([^}]*)\\}`).exec(readFileSync(source, "utf8")) ?? [] : [];
    return [...body.matchAll(/"([^"]*)"/g)].map((m) => m[1] ?? "");
}

test("every state has an explanation", () => {
    for (const name of [...STATE_NAMES.filter((state) => state !== "none"), "stw"]) assert.ok(explain("state", name)?.what, name);
});

test("every reason that the runtime has is explained", () => {
    for (const table of ["traceBlockReasonStrings", "traceGoStopReasonStrings"]) {
        for (const reason of runtimeStrings("traceruntime.go", table)) assert.ok(explain("reason", reason)?.what, reason);
    }
    for (const reason of runtimeStrings("proc.go", "stwReasonStrings").filter((one) => !one.endsWith("(test)"))) assert.ok(explain("stw", reason)?.what, reason);
});

test("every lane that is no group or row is explained", () => {
    const manifest = /** @type {any} */ ({
        totals: {gc: 1, goroutines: 1, tasks: 2}, groups: [], procs: [{row: 0, id: 0}], threads: [{row: 0, id: 1}],
        counters: ["/memory/classes/heap/objects:bytes", "/gc/heap/goal:bytes", "/sched/goroutines:goroutines"].map((name, c) => ({c, name, unit: "", min: 0, max: 1, samples: 1})),
    });
    const state = /** @type {any} */ ({open: {counters: true, tasks: true}, pins: [], hidden: ["procs"], rowHeight: 16, stacks: true,
        isolated: [{g: "7", row: 0, function: "f", born: 0, gone: 1}],
        taskLanes: {rows: 1, unplaced: 0, n_types: 2, types: [{type: 1, name: "order", n: 1}]}});
    for (const {id, draw} of layoutOf(manifest, state).bands) if (draw !== "rows") assert.ok(explain("lane", id)?.what, id);
});

test("every column of the goroutine table is explained", () => {
    for (const {title} of TIMES) assert.ok(LIVES[title], title);
});

test("explanations are sentences, and nothing is explained that has no name", () => {
    const all = [...Object.values(STATES), ...Object.values(REASONS)].flatMap(({what, todo}) => [what, todo].filter((text) => text !== ""));
    for (const text of [...all, ...Object.values(COLUMNS), ...Object.values(LIVES), ...Object.values(LANES), ...WAYS.flatMap(({words, cost}) => [words, cost]), ...COSTS]) assert.match(text, /^[A-Za-z0-9].*[.]$/s, text);
    for (const name of ["", "constructor", "__proto__", "nonsense"]) {
        for (const kind of /** @type {const} */ (["state", "reason", "stw", "column", "life", "lane"])) assert.equal(explain(kind, name), null, `${kind} ${name}`);
    }
});
