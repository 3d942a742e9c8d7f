// rows.mjs API: what summaries, events, profiles and tables say of a set of rows, against the same rows one by one.
import assert from "node:assert/strict";

const api = process.argv[2];
const ask = (path) => fetch(path === "" ? api : `${api}/${path}`);
const get = async (path) => {
    const answer = await ask(path);
    assert.equal(answer.status, 200, `${path}: ${answer.status}`);
    return answer.json();
};
const manifest = await get("");
const {span_ns: span, procs, threads, groups} = manifest;
assert.ok(procs.every(({id}) => Number(id) < 1_000_000), "traces up to Go 1.21 have procs that are none: timers, network, system calls");
const {goroutines} = await get("goroutines?limit=1000");
const group = [...groups].sort((a, b) => b.goroutines - a.goroutines)[0];
const alone = goroutines[Math.floor(goroutines.length / 2)];
const range = `from=${Math.floor(span * 0.2)}&to=${Math.floor(span * 0.7)}`;
const rowOf = (view, row) => `view=${view}&block=${row >> 5}&row=${row & 31}`;

/** What a set names: queries of single rows, by which its parts can be asked for. */
const SETS = [
    ["P0", [rowOf("P", 0)]],
    [`P0-${procs.length - 1}`, procs.map(({row}) => rowOf("P", row))],
    [`M0,P0`, [rowOf("M", 0), rowOf("P", 0)]],
    [`M0-${threads.length - 1}`, threads.map(({row}) => rowOf("M", row))],
    ["G0-3,G2-40", Array.from({length: 41}, (_, row) => rowOf("G", row))],
    [`F${group.group}`, [`group=${group.group}`]],
    [`g${alone.g}`, [`g=${alone.g}`]],
    [`g${alone.g},P0`, [`g=${alone.g}`, rowOf("P", 0)]],
];

const blocks = Math.max(...groups.flatMap((one) => one.blocks)) + 1;
for (const [rows, parts] of SETS) {
    const there = parts.filter((part) => !(/view=G&block=(\d+)/.exec(part)?.[1] >= blocks));
    const sums = new Map();
    for (const part of there) {
        for (const {state, reason, ns, n} of (await get(`summary?${part}&${range}`)).states) {
            const sum = sums.get(`${state} ${reason}`) ?? [0, 0];
            sums.set(`${state} ${reason}`, [sum[0] + ns, sum[1] + n]);
        }
    }
    if (there.length < parts.length) {
        assert.equal((await ask(`summary?rows=${rows}&${range}`)).status, 404);
        continue;
    }
    const {states} = await get(`summary?rows=${rows}&${range}`);
    assert.deepEqual(Object.fromEntries(states.map(({state, reason, ns, n}) => [`${state} ${reason}`, [ns, n]])), Object.fromEntries(sums), rows);

    const events = async (query) => {
        const out = [];
        for (let after = ""; after !== null;) {
            const page = await get(`events?${query}&${range}&limit=1000${after === "" ? "" : `&after=${after}`}`);
            out.push(...page.events);
            after = page.next;
        }
        return out;
    };
    const key = (event) => `${event.T.padStart(20, "0")} ${event.view} ${event.block} ${event.row} ${JSON.stringify(event)}`;
    if (!rows.startsWith("F")) {
        const want = (await Promise.all(parts.map(events))).flat().map(key).sort();
        assert.deepEqual((await events(`rows=${rows}`)).map(key).sort(), want, `events of ${rows}`);
    }
}

for (const of of ["samples", "chan,sync,net,sleep,other", "runnable"]) {
    for (const [rows, query] of [[`F${group.group}`, `group=${group.group}`], [`g${alone.g}`, `g=${alone.g}`]]) {
        const [got, want] = await Promise.all([get(`profile?of=${of}&rows=${rows}&${range}`), get(`profile?of=${of}&${query}&${range}`)]);
        assert.deepEqual([got.n, got.ns, got.stacks], [want.n, want.ns, want.stacks], `${of} of ${rows}`);
    }
}
// A sample belongs to the processor that it was taken on: all of them together have all that tell one.
const samples = (await get(`events?kind=sample&limit=1000`)).events;
if (samples.length < 1000) {
    const told = samples.filter(({p}) => p !== undefined).length;
    assert.equal((await get(`profile?of=samples&rows=P0-${procs.length - 1}`)).n, told);
}

const table = async (query) => (await get(`goroutines/times?limit=1000&sort=g&order=asc&${range}&${query}`)).goroutines;
assert.deepEqual(await table(`rows=F${group.group}`), await table(`group=${group.group}`));
const life = await table(`rows=g${alone.g}`);
assert.ok(life.length <= 1 && life.every(({g}) => g === alone.g));
for (const bad of ["", ",", "P", "X1", "P1-", "P3-1", "F1-2", "g1-2", "P-1", "P1,", "P1 ,P2", "p1", Array(257).fill("P0").join(","), "G1-99999999999999999999999999"]) {
    for (const route of ["summary?", "events?", "profile?", "goroutines/times?", "goroutines/functions?"]) {
        assert.equal((await ask(`${route}rows=${encodeURIComponent(bad)}`)).status, 400, `${route}rows=${bad}`);
    }
}
for (const gone of ["P9999", "G0-4000000000", "F4000000", "g999999999"]) assert.equal((await ask(`summary?rows=${gone}`)).status, 404, gone);
for (const bad of ["summary?rows=P0&view=P", "summary?rows=P0&by=state", "profile?rows=G0&g=1", `events?rows=P0&g=${alone.g}`]) assert.equal((await ask(bad)).status, 400, bad);
console.log(`${SETS.length} sets of rows`);
