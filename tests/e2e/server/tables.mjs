// tables.mjs API SUMS: both tables of goroutines over the whole trace and in ranges, in every order and page by page, against sums
// in Go's words: of `tilescope summary`, and of the route of the same name.
import assert from "node:assert/strict";
import {readFileSync} from "node:fs";

const api = process.argv[2];
const get = async (path) => {
    const answer = await fetch(path === "" ? api : `${api}/${path}`);
    assert.equal(answer.status, 200, `${path}: ${answer.status}`);
    return answer.json();
};
const COLUMNS = ["total", "execution", "sched_wait", "syscall", "sync", "chan", "net", "sleep", "other", "unknown", "gc"];
const FIGURES = ["sum", "p50", "p90", "p99", "max"];
const {span_ns: span, groups} = await get("");

const pages = async (path, key) => {
    const out = [];
    for (let after = ""; after !== null;) {
        const page = await get(`${path}${after === "" ? "" : `&after=${after}`}`);
        out.push(...page[key]);
        after = page.next;
    }
    return out;
};

/** Sums per goroutine as Go calls the states. */
function inGoWords(sums) {
    const goroutines = new Map();
    for (const {id, function: name, state, ns} of sums) {
        const one = goroutines.get(id) ?? {function: name, Running: 0, Runnable: 0, Syscall: 0, Waiting: 0};
        one[state] += ns;
        goroutines.set(id, one);
    }
    return goroutines;
}

function compareLists(all, sums) {
    const want = inGoWords(sums);
    assert.ok(all.length >= want.size);
    for (const line of all) {
        const waiting = line.sync + line.chan + line.net + line.sleep + line.other;
        const one = want.get(line.g) ?? {function: line.function, Running: 0, Runnable: 0, Syscall: 0, Waiting: 0}; // in no state of Go's
        assert.deepEqual([line.function, line.execution, line.sched_wait, line.syscall, waiting],
            [one.function, one.Running, one.Runnable, one.Syscall, one.Waiting], `goroutine ${line.g}`);
        assert.equal(line.total, line.execution + line.sched_wait + line.syscall + waiting + line.unknown);
        assert.ok(line.gc <= line.execution);
        want.delete(line.g);
    }
    assert.equal(want.size, 0, [...want.keys()].slice(0, 5).join());
}

const atRank = (values, permille) => values[Math.max(Math.ceil(values.length * permille / 1000), 1) - 1] ?? 0;

function compareFunctions(functions, all) {
    const byGroup = new Map();
    for (const line of all) byGroup.set(line.group, [...byGroup.get(line.group) ?? [], line]);
    assert.equal(functions.length, byGroup.size);
    for (const one of functions) {
        const lines = byGroup.get(one.group);
        assert.equal(one.n, lines.length);
        for (const column of COLUMNS) {
            const values = lines.map((line) => line[column]).sort((a, b) => a - b);
            assert.deepEqual(one[column], {
                sum: values.reduce((sum, ns) => sum + ns, 0), p50: atRank(values, 500), p90: atRank(values, 900), p99: atRank(values, 990), max: values.at(-1),
            }, `${one.function} ${column}`);
        }
    }
}

const whole = await pages("goroutines/times?limit=1000", "goroutines");
compareLists(whole, JSON.parse(readFileSync(process.argv[3], "utf8")).sums);
for (let i = 0; i < 12; i++) {
    const [from, to] = i === 0 ? [0, span + 1] : [Math.floor(span * i / 13), Math.floor(span * (i + 1 + i % 3) / 13) + 1];
    const range = `from=${from}&to=${to}`;
    const all = await pages(`goroutines/times?limit=1000&${range}`, "goroutines");
    compareLists(all, (await get(`summary?by=goroutine&${range}`)).sums);
    const first = await get(`goroutines/times?limit=1&${range}`);
    assert.equal(first.n, all.length);
    assert.equal(first.longest, Math.max(...all.map(({total}) => total), 0));
    for (const column of COLUMNS) assert.equal(first.sums[column], all.reduce((sum, line) => sum + line[column], 0));
    const functions = await pages(`goroutines/functions?limit=3&${range}`, "functions");
    compareFunctions(functions, all);
    const column = COLUMNS[i % COLUMNS.length];
    const sign = i % 2 ? 1 : -1;
    const order = i % 2 ? "asc" : "desc";
    const sorted = [...all].sort((a, b) => sign * (a[column] - b[column]) || (BigInt(a.g) < BigInt(b.g) ? -1 : 1));
    assert.deepEqual(await pages(`goroutines/times?limit=${7 + i * 20}&sort=${column}&order=${order}&${range}`, "goroutines"), sorted, `${column} ${order}`);
    const ids = all.map(({g}) => g).sort((a, b) => (BigInt(a) < BigInt(b) ? -sign : sign));
    assert.deepEqual((await pages(`goroutines/times?limit=300&sort=g&order=${order}&${range}`, "goroutines")).map(({g}) => g), ids);
    const figure = FIGURES[i % FIGURES.length];
    assert.deepEqual(await pages(`goroutines/functions?limit=4&sort=${column}.${figure}&order=${order}&${range}`, "functions"),
        [...functions].sort((a, b) => sign * (a[column][figure] - b[column][figure]) || a.group - b.group));
    assert.deepEqual((await pages(`goroutines/functions?limit=4&sort=n&order=${order}&${range}`, "functions")).map(({n}) => n), functions.map(({n}) => n).sort((a, b) => sign * (a - b)));
    const named = (await pages(`goroutines/functions?limit=4&sort=function&order=${order}&${range}`, "functions")).map((one) => one.function);
    assert.deepEqual(named, functions.map((one) => one.function).sort((a, b) => sign * Buffer.compare(Buffer.from(a), Buffer.from(b))));
}

// Of one function, of a part of a name or number.
for (const {group, function: name} of groups.filter(({goroutines}) => goroutines > 0).slice(0, 4)) {
    const own = (await pages(`goroutines/times?group=${group}&limit=500`, "goroutines")).map(({g}) => g);
    assert.deepEqual(own.sort(), whole.filter((line) => line.group === group).map(({g}) => g).sort());
    if (name === "") continue;
    const part = name.slice(1, -1).toUpperCase();
    const fits = (line) => line.function.toUpperCase().includes(part);
    assert.deepEqual((await pages(`goroutines/times?match=${encodeURIComponent(part)}&limit=500`, "goroutines")).map(({g}) => g).sort(), whole.filter(fits).map(({g}) => g).sort());
}
for (const match of ["1", "g1", "17", "no stack"]) {
    const digits = match.replace("g", "");
    const want = whole.filter((line) => line.g.includes(digits) || line.function.toLowerCase().includes(match)).map(({g}) => g).sort();
    assert.deepEqual((await pages(`goroutines/times?match=${match}&limit=1000`, "goroutines")).map(({g}) => g).sort(), want, match);
    compareFunctions(await pages(`goroutines/functions?match=${match}`, "functions"), whole.filter(({g}) => want.includes(g)));
}
const records = new Map((await pages("goroutines?limit=1000", "goroutines")).map((record) => [record.g, record]));
for (const line of whole) {
    const record = records.get(line.g);
    assert.deepEqual([line.born.t, line.born.known, line.gone?.t], [record.born.t, record.born.known, record.gone?.t], `life of ${line.g}`);
}
for (const bad of ["sort=x", "sort=execution.p50", "order=up", "limit=0", "limit=1001", "after=1", "after=1.x", "group=x", "from=2&to=1", "rows=P0", "rows=", "format=xml"]) {
    assert.equal((await fetch(`${api}/goroutines/times?${bad}`)).status, 400, bad);
}
for (const bad of ["sort=g", "sort=execution.p51", "sort=execution.", "order=", "limit=0", "after=x", "group=1"]) {
    assert.equal((await fetch(`${api}/goroutines/functions?${bad}`)).status, 400, bad);
}
assert.equal((await fetch(`${api}/goroutines/times?group=4000000000`)).status, 404);
console.log(`${whole.length} goroutines of ${new Set(whole.map(({group}) => group)).size} functions`);
