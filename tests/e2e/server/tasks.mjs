// tasks.mjs API EVENTS: types and lists of tasks in ranges, in both orders and page by page, against the events of the trace.
import assert from "node:assert/strict";
import {readFileSync} from "node:fs";

const api = process.argv[2];
const get = async (path) => {
    const answer = await fetch(path === "" ? api : `${api}/${path}`);
    assert.equal(answer.status, 200, `${path}: ${answer.status}`);
    return answer.json();
};
const {span_ns: span} = await get("");
const events = readFileSync(process.argv[3], "utf8").trim().split("\n").map((line) => JSON.parse(line));

/** Tasks by id, as their events tell them: T of begin and end. */
const tasks = new Map();
for (const event of events) {
    if (event.kind === "TaskBegin") tasks.set(event.task, {task: event.task, name: event.name, g: event.g, T: event.time, end: null});
    if (event.kind === "TaskEnd") {
        const task = tasks.get(event.task) ?? {task: event.task, name: event.name ?? "", g: "0", T: null};
        tasks.set(event.task, {...task, end: event.time});
    }
}

const {types, n_types: nTypes} = await get("tasks/types");
assert.equal(types.length, nTypes);
assert.equal(types.reduce((sum, {n}) => sum + n, 0), tasks.size);
const byBegin = (a, b) => a.t0 - b.t0 || (BigInt(a.task) < BigInt(b.task) ? -1 : 1);
const byLength = (a, b) => (b.t1 - b.t0) - (a.t1 - a.t0) || byBegin(a, b);
for (const type of types) {
    const list = async (query, limit) => {
        const out = [];
        for (let after = ""; after !== null;) {
            const page = await get(`tasks?type=${type.type}&limit=${limit}${query}${after === "" ? "" : `&after=${after}`}`);
            assert.ok(page.tasks.length <= limit);
            out.push(...page.tasks);
            after = page.next;
        }
        return out;
    };
    const all = await list("", 1000);
    assert.equal(all.length, type.n);
    assert.deepEqual(await list("", 37), all, "pages");
    assert.deepEqual(all, [...all].sort(byLength));
    assert.deepEqual(await list("&sort=begin", 113), [...all].sort(byBegin));
    for (const one of all) {
        const want = tasks.get(one.task);
        assert.equal(type.name, want.name);
        assert.deepEqual([one.begin_known, one.end_known], [want.T !== null, want.end !== null]);
        if (want.T !== null) assert.deepEqual([one.T, one.g], [want.T, want.g]);
        // Clock and T are the same but for ties and where generations meet.
        if (want.T !== null && want.end !== null) assert.ok(Math.abs(one.t1 - one.t0 - Number(BigInt(want.end) - BigInt(want.T))) < 20e6);
    }
    const [from, to] = [Math.floor(span * 0.4), Math.floor(span * 0.45)];
    const inside = all.filter(({t0, t1}) => t0 < to && (t1 > from || (t1 === t0 && t0 === from)));
    assert.deepEqual(await list(`&from=${from}&to=${to}`, 1000), inside);
    const {n, min, p50, max} = await get(`tasks?type=${type.type}&from=${from}&to=${to}`);
    const lengths = inside.map(({t0, t1}) => t1 - t0).sort((a, b) => a - b);
    assert.deepEqual([n, min, p50, max], [lengths.length, lengths[0] ?? 0, lengths[Math.ceil(lengths.length / 2) - 1] ?? 0, lengths.at(-1) ?? 0]);
    assert.equal((await get(`tasks/types?from=${from}&to=${to}`)).types.find((other) => other.type === type.type)?.n ?? 0, inside.length);
    const [one] = all;
    const marks = await get(`events?task=${one.task}&limit=1000`);
    const want = events.filter((event) => ["Log", "RegionBegin", "RegionEnd"].includes(event.kind) && event.task === one.task);
    if (marks.next === null && want.length <= 1000) assert.deepEqual(marks.events.map(({T}) => T), want.map(({time}) => time));
}
for (const bad of ["", "type=x", "type=1&sort=name", "type=1&after=1", "type=1&after=1.2.3.4", "type=1&limit=0", "type=1&limit=1001"]) {
    assert.equal((await fetch(`${api}/tasks?${bad}`)).status, 400, bad);
}
console.log(`${tasks.size} tasks of ${types.length} types`);
