// find.mjs API TEXT: hits of the search box against all rows' events, put together and filtered here. TEXT: what `tilescope events` prints.
import assert from "node:assert/strict";
import {readFileSync} from "node:fs";

const [api, text] = process.argv.slice(2);
const get = async (path, status = 200) => {
    const answer = await fetch(path === "" ? api : `${api}/${path}`);
    assert.equal(answer.status, status, `${path}: ${answer.status}`);
    return answer.json();
};
const manifest = await get("");
const span = manifest.span_ns;

/** Every event of a block of a view, row by row, in order. */
async function rowsOf(view, block) {
    const rows = [];
    for (let row = 0; row < 32; row++) {
        const out = [];
        rows.push(out);
        for (let after = ""; after !== null;) {
            const page = await get(`events?view=${view}&block=${block}&row=${row}&limit=1000${after === "" ? "" : `&after=${after}`}`);
            out.push(...page.events);
            after = page.next;
        }
    }
    return rows;
}

const goroutines = new Map();
for (let after = ""; after !== null;) {
    const page = await get(`goroutines?limit=1000${after === "" ? "" : `&after=${after}`}`);
    for (const one of page.goroutines) goroutines.set(one.g, one);
    after = page.next;
}
const functionOf = (g) => goroutines.get(g)?.function ?? "";

const KINDS = {born: "born", gone: "gone", log: "log", label: "label", sample: "sample", region_begin: "region", range_begin: "range"};

/** All things of the trace that a hit may be. */
const things = [];
for (const group of manifest.groups) {
    for (const block of group.blocks) {
        for (const events of await rowsOf("G", block)) {
            let last = null, held = {};
            for (const event of events) {
                const moves = ["state", "born", "gone"].includes(event.kind);
                if (last && moves) last.t1 = event.t;
                if (event.kind === "state") {
                    last = {...event, kind: "state", t0: event.t, t1: span, other: event.waker, end: null};
                    if (event.state !== "none") things.push(last);
                } else if (KINDS[event.kind]) {
                    const {p, m} = event.kind === "born" ? event : held;
                    things.push({...event, p, m, kind: KINDS[event.kind], t0: event.t, t1: event.t, other: event.creator});
                }
                if (moves) held = event.kind === "state" ? event : {};
                if (event.kind === "gone" || event.kind === "born") last = null;
            }
        }
    }
}
for (const view of ["P", "M"]) {
    const n = view === "P" ? manifest.procs.length : manifest.threads.length;
    for (let block = 0; block * 32 < n; block++) {
        for (const event of (await rowsOf(view, block)).flat()) {
            const kind = KINDS[event.kind];
            if (!kind || kind === "born" || kind === "gone") continue;
            const id = (view === "P" ? manifest.procs : manifest.threads)[block * 32 + event.row].id;
            things.push({...event, kind, t0: event.t, t1: event.t, [view === "P" ? "p" : "m"]: id, elsewhere: true});
        }
    }
}
const lives = [...goroutines.values()].map(({g, born, gone, block, row, creator}) =>
    ({kind: "goroutine", view: "G", block, row, g, t0: born.t, t1: gone ? gone.t : span, T: born.T, other: creator}));

/** Frames of all stacks that occur. */
const frames = new Map([[0, []]]);
const ids = [...new Set(things.map(({stack}) => stack))];
for (let i = 0; i < ids.length; i += 500) {
    for (const stack of (await get(`stacks?ids=${ids.slice(i, i + 500).join()}`)).stacks) frames.set(stack.id, stack.frames.map((frame) => frame.function));
}

/** Pauses and cycles: in bins of 1 us, which all of them are longer than. */
const marks = {gc: new Map(), stw: new Map()};
for (let x = 0; x * 512 * 1024 <= span; x++) {
    const found = await get(`landmarks/10/${x}?v=3`);
    for (const what of ["gc", "stw"]) {
        for (const one of found[what]) {
            assert.equal(one.n, 1);
            marks[what].set(`${one.t0} ${one.t1}`, one);
        }
    }
}

/** Tasks by Go's own words for them. */
const tasks = [];
for (const line of readFileSync(text, "utf8").split("\n")) {
    const begin = / G=(-?\d+) TaskBegin Time=(-?\d+) ID=(\d+) Parent=\S+ Type="([^"]*)"/.exec(line);
    const end = / TaskEnd Time=(-?\d+) ID=(\d+)/.exec(line);
    if (begin) tasks.push({g: begin[1], T0: BigInt(begin[2]), T1: null, id: begin[3], type: begin[4]});
    if (end) Object.assign(tasks.find((task) => task.id === end[2] && task.T1 === null) ?? {}, {T1: BigInt(end[1])});
}

const counts = {};
for (const {type} of tasks) counts[type] = (counts[type] ?? 0) + 1;
assert.deepEqual(Object.fromEntries((await get("tasks/types")).types.map(({name, n}) => [name, n])), counts);

const has = (whole, part) => (whole ?? "").toLowerCase().includes(part.toLowerCase());
const lasts = (low, high) => ({t0, t1}) => t1 - t0 > low && t1 - t0 < high;
const touches = (a, b) => ({t0, t1}) => t0 < b && (t0 >= a || t1 > a);
const overlaps = (what) => (one) => [...marks[what].values()].some(({t0, t1}) => touches(t0, Math.max(t1, t0 + 1))(one));
const clock = (T) => Number(T - BigInt(manifest.origin_T));
const inTask = (name) => (one) => tasks.some(({g, T0, T1, id, type}) => has(type, name)
    && (one.task === id || (one.g === g && touches(clock(T0), T1 === null ? span + 1 : clock(T1))(one))));
const state = (...names) => ({kind, state: now}) => kind === "state" && names.includes(now);
const func = (name) => ({g}) => has(functionOf(g), name);
const BLOCKED = ["sync", "chan", "other", "net"];
const some = manifest.groups.reduce((a, b) => (a.goroutines > b.goroutines ? a : b)).function;
const waker = things.find(({kind, other}) => kind === "state" && other)?.other ?? "1";

/** Query, pool of things, what must hold. @type {[string, object[], ((one: any) => boolean)[]][]} */
const CASES = [
    ["state:blocked>1ms", things, [state(...BLOCKED), lasts(1e6, Infinity)]],
    ["state:runnable>20us<200us", things, [state("runnable"), lasts(20e3, 200e3)]],
    ["state:running<1us", things, [state("running"), lasts(-1, 1e3)]],
    ["state:chan,sync func:main", things, [state("chan", "sync"), func("main")]],
    [`"${some}"`, lives, [func(some)]],
    [`"${some}" overlaps:1ms-20ms`, lives, [func(some), touches(1e6, 20e6)]],
    [`-"${some}" dur:>5ms`, things, [({kind}) => kind === "state", (one) => !func(some)(one), lasts(5e6, Infinity)]],
    ["kind:goroutine dur:>1ms -overlaps:stw", lives, [lasts(1e6, Infinity), (one) => !overlaps("stw")(one)]],
    ["state:blocked overlaps:gc", things, [state(...BLOCKED), overlaps("gc")]],
    ["state:running overlaps:stw", things, [state("running"), overlaps("stw")]],
    ["state:blocked>100us -overlaps:gc,stw", things, [state(...BLOCKED), lasts(100e3, Infinity), (one) => !overlaps("gc")(one) && !overlaps("stw")(one)]],
    ["reason:chan", things, [({kind}) => kind === "state", ({reason}) => has(reason, "chan")]],
    ['reason:"chan receive",select', things, [({kind}) => kind === "state", ({reason}) => has(reason, "chan receive") || has(reason, "select")]],
    ["-state:running dur:>2ms", things, [({kind}) => kind === "state", (one) => !state("running")(one), lasts(2e6, Infinity)]],
    ["frame:lock", things, [({stack, kind}) => kind !== "gone" && frames.get(stack).some((name) => has(name, "lock"))]],
    ["frame:chanrecv state:chan", things, [state("chan"), ({stack}) => frames.get(stack).some((name) => has(name, "chanrecv"))]],
    [`with:g${waker}`, things, [({kind}) => kind === "state" || kind === "born", ({other, g}) => Boolean(other) && other !== "0" && (other === waker || g === waker)]],
    [`with:${waker} kind:born`, things, [({kind}) => kind === "born", ({other, g}) => Boolean(other) && other !== "0" && (other === waker || g === waker)]],
    [`g:${waker} state:running`, things, [state("running"), ({g}) => g === waker]],
    ["p:0 state:running", things, [state("running"), ({p}) => p === 0]],
    [`m:${manifest.threads[0].id} state:running,syscall`, things, [state("running", "syscall"), ({m}) => m === manifest.threads[0].id]],
    ["kind:region,log,label,sample,range", things, [({kind}) => ["region", "log", "label", "sample", "range"].includes(kind)]],
    ["kind:gone,born", things, [({kind}) => kind === "gone" || kind === "born"]],
    ["region:a", things, [({kind}) => kind === "region", ({text: name}) => has(name, "a")]],
    ["log:e", things, [({kind}) => kind === "log", ({text: name, message}) => has(name, "e") || has(message, "e")]],
    ["task:e state:running", things, [state("running"), inTask("e")]],
    ["task:e kind:region,log", things, [({kind}) => kind === "region" || kind === "log", inTask("e")]],
    ["task:e", lives, [inTask("e")]],
];

async function pages(query, extra, most = Infinity) {
    const out = [];
    for (let after = ""; after !== null && out.length < most;) {
        const page = await get(`search?q=${encodeURIComponent(query)}&${extra}${after === "" ? "" : `&after=${after}`}`);
        out.push(page);
        after = page.next;
    }
    return out;
}

const name = ({kind, view, block, row, g, t0, t1, T}) => `${kind} ${view}${block}.${row} g${g} ${t0}..${t1} T${T}`;
const sorted = (list) => list.map(name).sort();
let n = 0;
for (const [query, pool, conditions] of CASES) {
    const wanted = pool.filter((one) => conditions.every((holds) => holds(one)));
    for (const [from, to] of [[0, span + 1], [Math.floor(span / 3), Math.floor(span / 2)]]) {
        const within = wanted.filter(({t0}) => t0 >= from && t0 < to);
        const found = (await pages(query, `from=${from}&to=${to}&limit=1000`)).flatMap(({hits}) => hits);
        assert.ok(found.every(({T, t0, kind}, i) => i === 0 || (kind === "goroutine" ? found[i - 1].t0 <= t0 : BigInt(found[i - 1].T) <= BigInt(T))), `${query}: in order`);
        if (found.length === within.length) assert.deepEqual(sorted(found.map((hit) => (hit.open ? {...hit, t1: within.find((one) => one.T === hit.T && one.row === hit.row && one.block === hit.block)?.t1} : hit))), sorted(within), query);
        assert.equal(found.length, within.length, `${query} [${from}, ${to})`);
        for (const bins of from === 0 ? [64] : [1, 1000]) {
            const counts = Array(bins).fill(0);
            for (const {t0} of within) counts[Number(BigInt(t0 - from) * BigInt(bins) / BigInt(to - from))]++;
            const sums = (await pages(query, `from=${from}&to=${to}&bins=${bins}`)).reduce((sum, page) => sum.map((count, i) => count + page.bins[i]), Array(bins).fill(0));
            assert.deepEqual(sums, counts, `${query}: ${bins} bins`);
        }
        n += found.length;
    }
    const few = (await pages(query, "limit=7", 6)).flatMap(({hits}) => hits);
    const many = (await pages(query, "limit=1000")).flatMap(({hits}) => hits).slice(0, few.length);
    assert.deepEqual(few.map(({T, g}) => [T, g]), many.map(({T, g}) => [T, g]), `${query}: pages of 7`);
}
assert.ok(n > 500, `${n} hits`);

for (const [query, offset] of [["stat:sync", 0], ["state:sinc", 6], ["func:a state:sync>10", 18], ["état state:x", 12], ['func:"a', 5], ["log:a state:sync", 6]]) {
    const {error} = await get(`search?q=${encodeURIComponent(query)}`, 400);
    assert.equal(error.code, "usage");
    assert.equal(error.offset, offset, query);
}
for (const query of ["", "q=", "q=a&limit=0", "q=a&limit=1001", "q=a&bins=0", "q=a&bins=1025", "q=a&from=2&to=1", "q=a&after=1", "q=a&after=x.1", "q=a&x=1"]) await get(`search?${query}`, 400);
