// profile.mjs API: stacks and durations of ranges, against intervals put together here from the lists of events.
import assert from "node:assert/strict";
import {gunzipSync} from "node:zlib";

const api = process.argv[2];
const ask = async (path) => {
    const answer = await fetch(path === "" ? api : `${api}/${path}`);
    assert.equal(answer.status, 200, `${path}: ${answer.status}`);
    return answer;
};
const get = async (path) => (await ask(path)).json();
const {span_ns: span, states} = await get("");
const MOST = 150; // goroutines that are put together, and asked for one by one

const pages = async (path, field) => {
    const out = [];
    for (let after = ""; after !== null;) {
        const page = await get(`${path}${after === "" ? "" : `&after=${after}`}`);
        out.push(...page[field]);
        after = page.next;
    }
    return out;
};

const goroutines = (await pages("goroutines?limit=1000", "goroutines"));
const whole = goroutines.length <= MOST;
const intervals = [];
const samples = await pages("events?kind=sample&limit=1000", "events");
for (const {g} of goroutines.slice(0, MOST)) {
    let open = null;
    for (const event of await pages(`events?g=${g}&kind=state,born,gone&limit=1000`, "events")) {
        if (open) intervals.push({...open, t1: event.t});
        open = event.kind === "state" ? {g, state: event.state, reason: event.reason, stack: event.stack, t0: event.t} : null;
    }
    if (open) intervals.push({...open, t1: span});
}

const touches = ({t0, t1}, from, to) => t0 < to && (t0 >= from || t1 > from);
const inside = ({t0, t1}, from, to) => Math.max(Math.min(t1, to) - Math.max(t0, from), 0);

const byStack = (list, value) => {
    const sums = new Map();
    for (const one of list) {
        const sum = sums.get(one.stack) ?? {id: one.stack, ns: 0, n: 0};
        sum.ns += value(one);
        sum.n++;
        sums.set(one.stack, sum);
    }
    return [...sums.values()].sort((a, b) => b.ns - a.ns || b.n - a.n || a.id - b.id);
};

const framesOf = async (ids) => {
    const known = new Map();
    for (let i = 0; i < ids.length; i += 100) {
        for (const {id, frames} of (await get(`stacks?ids=${ids.slice(i, i + 100).join()}`)).stacks) known.set(id, frames);
    }
    return known;
};

/** What a reader of pprof's file sees: per sample its functions and lines, innermost first, and its values. */
const readProfile = (bytes) => {
    const fields = function* (b) {
        for (let at = 0; at < b.length;) {
            const varint = () => {
                let value = 0n;
                for (let shift = 0n; ; shift += 7n) {
                    const byte = b[at++];
                    value |= BigInt(byte & 127) << shift;
                    if (byte < 128) return value;
                }
            };
            const key = Number(varint());
            if ((key & 7) === 0) yield [key >> 3, Number(varint())];
            else {
                const n = Number(varint());
                yield [key >> 3, b.subarray(at, at += n)];
            }
        }
    };
    const numbers = (b) => {
        const out = [];
        let value = 0, scale = 1;
        for (const byte of b) {
            value += (byte & 127) * scale;
            scale = byte < 128 ? 1 : scale * 128;
            if (byte < 128) out.push(value), value = 0;
        }
        return out;
    };
    const strings = [], functions = new Map(), locations = new Map(), raw = [];
    let types = 0;
    for (const [field, value] of fields(bytes)) {
        const sub = () => Object.fromEntries(fields(value));
        if (field === 1) types++;
        if (field === 2) raw.push(sub());
        if (field === 4) { const l = sub(); locations.set(l[1], Object.fromEntries(fields(l[4]))); }
        if (field === 5) { const f = sub(); functions.set(f[1], f[2]); }
        if (field === 6) strings.push(value.toString());
    }
    return {types, samples: raw.map((s) => ({
        frames: s[1] ? numbers(s[1]).map((id) => `${strings[functions.get(locations.get(id)[1])]}:${locations.get(id)[2] ?? 0}`) : [],
        values: numbers(s[2]),
    }))};
};

const checkProfile = async (query, list, from, to) => {
    const value = (one) => (one.t1 === undefined ? 0 : inside(one, from, to));
    const sums = byStack(list, value);
    const got = await get(`profile?${query}`);
    assert.equal(got.n_stacks, sums.length, query);
    assert.deepEqual(got.stacks, sums.slice(0, 200), query);
    assert.equal(got.ns, sums.reduce((sum, {ns}) => sum + ns, 0), query);
    assert.equal(got.n, list.length, query);
    const frames = await framesOf(sums.map(({id}) => id));
    const want = new Map(); // by path of functions, outermost first
    for (const {id, ns, n} of sums) {
        const path = frames.get(id).map((frame) => frame.function).reverse();
        for (let i = 0; i <= path.length; i++) {
            const key = JSON.stringify(path.slice(0, i));
            const node = want.get(key) ?? [0, 0, 0, 0];
            want.set(key, [node[0] + ns, node[1] + n, node[2] + (i === path.length ? ns : 0), node[3] + (i === path.length ? n : 0)]);
        }
    }
    const paths = [];
    const seen = new Map(got.nodes.map(([parent, fn, ...weights], i) => {
        paths.push(i === 0 ? [] : [...paths[parent], got.functions[fn].name]);
        return [JSON.stringify(paths[i]), weights];
    }));
    if (got.n > 0) assert.deepEqual(seen, new Map([...seen.keys()].map((key) => [key, want.get(key)])), query);
    if (got.n > 0) assert.equal(seen.size, want.size, query);
    const few = await get(`profile?${query}&nodes=5`);
    assert.ok(few.nodes.length <= 5 && few.nodes[0][2] === got.ns && few.nodes[0][3] === got.n);
    assert.equal(few.nodes.reduce((sum, node) => sum + node[5], 0), got.n, "no weight is lost");
    const file = readProfile(gunzipSync(Buffer.from(await (await ask(`profile?${query}&format=pprof`)).arrayBuffer())));
    assert.deepEqual(file.samples, sums.map(({id, ns, n}) => ({
        frames: frames.get(id).map((frame) => `${frame.function}:${frame.line}`), values: file.types === 1 ? [n] : [n, ns],
    })), query);
};

const checkDurations = async (query, list, from, to) => {
    const groups = new Map();
    for (const one of list) {
        const key = `${one.state} ${one.reason}`;
        groups.set(key, [...groups.get(key) ?? [], inside(one, from, to)]);
    }
    const got = (await get(`summary?${query}&durations=1`)).states;
    assert.equal(got.length, groups.size, query);
    for (const figure of got) {
        const all = groups.get(`${figure.state} ${figure.reason}`).sort((a, b) => a - b);
        const at = (permille) => all[Math.max(Math.ceil(all.length * permille / 1000), 1) - 1];
        assert.deepEqual([figure.min, figure.p50, figure.p90, figure.p99, figure.max, figure.exact], [at(0), at(500), at(900), at(990), at(1000), true], query);
        assert.equal(figure.histogram.reduce((sum, [, n]) => sum + n, 0), all.length);
        figure.histogram.forEach(([low, n], i) => {
            const high = figure.histogram[i + 1]?.[0] ?? Infinity;
            assert.equal(all.filter((ns) => ns >= low && ns < high).length, n, `${query}: from ${low}`);
        });
        assert.deepEqual(figure.ten_longest.map((stay) => inside(stay, from, to)), all.slice(-10).reverse(), query);
    }
};

const ranges = [[0, span], [Math.floor(span / 3), Math.floor(span / 2)], [Math.floor(span * 0.7), Math.floor(span * 0.7) + 100000]];
for (const [from, to] of ranges) {
    const range = `from=${from}&to=${to}`;
    const here = intervals.filter((one) => touches(one, from, to));
    for (const of of ["sync", "chan,net,other", "syscall", "runnable", "sleep"]) {
        const wanted = of.split(",");
        assert.ok(wanted.every((name) => states.includes(name)));
        if (whole) await checkProfile(`of=${of}&${range}`, here.filter(({state}) => wanted.includes(state)), from, to);
    }
    for (const {g, group} of goroutines.slice(0, MOST).filter((one, i) => i % 40 === 3)) {
        await checkProfile(`of=runnable&g=${g}&${range}`, here.filter((one) => one.g === g && one.state === "runnable"), from, to);
        await checkProfile(`of=samples&g=${g}&${range}`, samples.filter((one) => one.g === g && one.t >= from && one.t < to), from, to);
        await checkDurations(`g=${g}&${range}`, here.filter((one) => one.g === g), from, to);
        const members = new Set(goroutines.filter((one) => one.group === group).map((one) => one.g));
        if (whole) await checkProfile(`of=sync,chan,net,other&group=${group}&${range}`, here.filter((one) => members.has(one.g) && ["sync", "chan", "net", "other"].includes(one.state)), from, to);
        await checkProfile(`of=samples&group=${group}&${range}`, samples.filter((one) => members.has(one.g) && one.t >= from && one.t < to), from, to);
    }
    if (whole) await checkDurations(`view=A&${range}`, here, from, to);
    await checkProfile(`of=samples&${range}`, samples.filter((one) => one.t >= from && one.t < to), from, to);
}
for (const bad of ["of=running", "of=", "of=sync,", "of=nothing", "nodes=0", "nodes=x", "format=svg", "g=1&group=1", "from=9&to=1", "what=1"]) {
    assert.equal((await fetch(`${api}/profile?${bad}`)).status, 400, bad);
}
assert.equal((await fetch(`${api}/profile?g=18446744073709551615`)).status, 404);
console.log(`${intervals.length} intervals, ${samples.length} samples, ${whole ? "all goroutines" : `${MOST} goroutines`}`);
