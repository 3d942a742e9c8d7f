/**
 * A made-up Go program for the development server: goroutines as generators on a few processors, with connections, a lock
 * convoy behind an fsync, GC cycles and pauses. Same seed, same trace. No wire format here.
 */

/**
 * @typedef {{t: number, kind: "state"|"born"|"gone", state: number, reason: number, stack: number, g: number, waker: number, p: number, m: number}} SimEvent
 * @typedef {{group: number, events: SimEvent[]}} SimRow
 * @typedef {{g: number, group: number, row: number, place: SimRow, it: Generator<any>, p: number, creator: number}} SimG
 * @typedef {{span: number, groups: string[], rowsG: SimRow[], rowsP: SimRow[], gc: {t0: number, t1: number, seq: number}[],
 *   stw: {t0: number, t1: number, reason: string}[], heap: {t: number, v: number}[], goal: {t: number, v: number}[],
 *   groupOf: Map<number, number>}} SimTrace
 */

export const REASONS = ["", "network", "select", "sync.(*Mutex).Lock", "sleep", "chan receive", "GC worker (idle)"];
export const STACKS = [
    [],
    ["internal/poll.(*FD).Read", "net.(*netFD).Read", "net/http.(*connReader).Read", "bufio.(*Reader).Peek", "net/http.(*conn).serve"],
    ["sync.(*Mutex).Lock", "example.com/shop/cache.(*Store).Get", "example.com/shop/checkout.(*Handler).price", "net/http.(*conn).serve"],
    ["runtime.chanrecv1", "database/sql.(*DB).worker"],
    ["syscall.Syscall", "internal/poll.(*FD).Write", "net/http.(*conn).serve"],
    ["syscall.Fsync", "os.(*File).Sync", "example.com/shop/cache.(*Store).evict"],
    ["time.Sleep", "example.com/shop/cache.(*Store).evict"],
    ["sync.(*Mutex).Unlock", "example.com/shop/cache.(*Store).evict"],
];

/** @param {number} seed */
function random(seed) {
    let s = seed;
    return () => {
        s = (s + 0x6d2b79f5) | 0;
        let t = Math.imul(s ^ (s >>> 15), 1 | s);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
}

/** A heap of [time, order, action]. */
function timeline() {
    /** @type {[number, number, () => void][]} */
    const heap = [];
    let order = 0;
    const before = (/** @type {number} */ a, /** @type {number} */ b) => {
        const x = /** @type {[number, number, any]} */ (heap[a]);
        const y = /** @type {[number, number, any]} */ (heap[b]);
        return x[0] < y[0] || (x[0] === y[0] && x[1] < y[1]);
    };
    const swap = (/** @type {number} */ a, /** @type {number} */ b) => {
        [heap[a], heap[b]] = [/** @type {any} */ (heap[b]), /** @type {any} */ (heap[a])];
    };
    return {
        add(/** @type {number} */ t, /** @type {() => void} */ action) {
            heap.push([t, order++, action]);
            for (let i = heap.length - 1; i > 0 && before(i, (i - 1) >> 1); i = (i - 1) >> 1) swap(i, (i - 1) >> 1);
        },
        next() {
            const top = heap[0];
            const last = heap.pop();
            if (heap.length > 0 && last) {
                heap[0] = last;
                for (let i = 0; ;) {
                    let least = i;
                    for (const c of [2 * i + 1, 2 * i + 2]) if (c < heap.length && before(c, least)) least = c;
                    if (least === i) break;
                    swap(i, least);
                    i = least;
                }
            }
            return top;
        },
    };
}

/** @param {{seconds?: number, conns?: number, procs?: number, seed?: number}} how @returns {SimTrace} */
export function simulate({seconds = 2, conns = 254, procs = 8, seed = 7} = {}) {
    const rnd = random(seed);
    const exp = (/** @type {number} */ mean) => Math.ceil(-Math.log(1 - rnd()) * mean);
    const span = seconds * 1e9;
    const time = timeline();
    /** @type {SimTrace} */
    const out = {span, groups: [], rowsG: [], rowsP: [], gc: [], stw: [], heap: [], goal: [], groupOf: new Map()};
    for (let p = 0; p < procs; p++) out.rowsP.push({group: 0, events: []});
    /** @type {SimG[]} */
    const queue = [];
    const idle = Array.from({length: procs}, (_, p) => p);
    /** @type {Map<number, SimRow[]>} */
    const free = new Map();
    /** @type {{holder: SimG|null, waiters: SimG[]}} */
    const lock = {holder: null, waiters: []};
    let now = 0, lastG = 0, gcActive = false, stopped = false;

    const say = (/** @type {SimG} */ g, /** @type {number} */ state, reason = 0, stack = 0, waker = 0) => {
        g.place.events.push({t: now, kind: "state", state, reason, stack, g: g.g, waker, p: g.p + 1, m: g.p + 1});
        if (g.p >= 0) out.rowsP[g.p]?.events.push({t: now, kind: "state", state: state <= 4 ? state : 0, reason: 0, stack: 0, g: state <= 4 ? g.g : 0, waker: 0, p: 0, m: g.p + 1});
    };
    const ready = (/** @type {SimG} */ g, waker = 0) => {
        g.p = -1;
        say(g, 5, 0, waker ? 7 : 0, waker);
        queue.push(g);
        dispatch();
    };
    const dispatch = () => {
        while (!stopped && idle.length > 0 && queue.length > 0) {
            const g = /** @type {SimG} */ (queue.shift());
            g.p = /** @type {number} */ (idle.shift());
            say(g, 1);
            step(g);
        }
    };
    const release = (/** @type {SimG} */ g) => {
        const p = g.p;
        g.p = -1;
        out.rowsP[p]?.events.push({t: now, kind: "state", state: 0, reason: 0, stack: 0, g: 0, waker: 0, p: 0, m: 0});
        idle.push(p);
        idle.sort((a, b) => a - b);
        time.add(now + 800, dispatch);
    };
    const step = (/** @type {SimG} */ g) => {
        const {value: op, done} = g.it.next();
        if (done) {
            g.place.events.push({t: now, kind: "gone", state: 0, reason: 0, stack: 0, g: g.g, waker: 0, p: 0, m: 0});
            free.get(g.group)?.push(g.place);
            return release(g);
        }
        const [what, a, b, c, d] = op;
        if (what === "run") time.add(now + a, () => step(g));
        else if (what === "on") {
            say(g, a, 0, c ?? 0);
            time.add(now + b, () => (say(g, 1), step(g)));
        } else if (what === "park") {
            const p = g.p;
            g.p = -1;
            say(g, a, b, c);
            g.p = p;
            release(g);
            if (d < Infinity) time.add(now + d, () => ready(g));
        } else if (what === "lock" && lock.holder === null) {
            lock.holder = g;
            step(g);
        } else if (what === "lock") {
            lock.waiters.push(g);
            const p = g.p;
            g.p = -1;
            say(g, 6, 3, 2);
            g.p = p;
            release(g);
        } else if (what === "unlock") {
            lock.holder = lock.waiters.shift() ?? null;
            if (lock.holder) ready(lock.holder, g.g);
            step(g);
        }
    };
    const spawn = (/** @type {string} */ fn, /** @type {Generator<any>} */ it, creator = 0) => {
        let group = out.groups.indexOf(fn);
        if (group < 0) {
            group = out.groups.push(fn) - 1;
            free.set(group, []);
        }
        const place = free.get(group)?.shift() ?? (out.rowsG.push({group, events: []}), /** @type {SimRow} */ (out.rowsG.at(-1)));
        const g = {g: ++lastG, group, row: 0, place, it, p: -1, creator};
        out.groupOf.set(g.g, group);
        place.events.push({t: now, kind: "born", state: 0, reason: 0, stack: 0, g: g.g, waker: creator, p: 0, m: 0});
        ready(g);
    };

    function* serve() {
        for (;;) {
            yield ["park", 9, 1, 1, exp(conns > 2000 ? 4e8 : 4e7)];
            for (let i = 0; i < 3; i++) {
                yield ["run", exp(12e4)];
                if (gcActive && rnd() < 0.4) yield ["on", 3, exp(15e4)];
                if (rnd() < 0.5) yield ["on", 4, exp(5e4), 4];
                if (rnd() < 0.3) yield ["park", 7, 5, 3, exp(6e5)];
                if (rnd() < 0.5) yield ["lock"], yield ["run", exp(8e3)], yield ["unlock"];
            }
            if (rnd() < 0.15) spawn("example.com/shop/checkout.(*Quote).price.func1", quote(), 1);
        }
    }
    function* quote() {
        yield ["run", exp(2e5)];
        yield ["park", 9, 1, 1, exp(2e6)];
        yield ["run", exp(1e5)];
    }
    function* worker() {
        for (;;) {
            yield ["park", 7, 5, 3, exp(3e6)];
            yield ["run", exp(1e5)];
        }
    }
    function* work() {
        for (;;) {
            yield ["run", exp(1e6)];
            yield ["park", 7, 5, 3, exp(9e6)];
        }
    }
    function* evict() {
        for (;;) {
            yield ["park", 10, 4, 6, 23e6];
            yield ["lock"];
            yield ["run", exp(3e5)];
            if (rnd() < 0.06) yield ["on", 4, 22.6e6, 5];
            yield ["run", exp(5e4)];
            yield ["unlock"];
        }
    }
    function* marker(/** @type {number} */ i) {
        for (;;) {
            yield ["park", 8, 6, 0, i < procs / 4 ? 28e7 : 26e7 + exp(4e7)];
            for (gcActive = true; gcActive && rnd() < 0.8;) yield ["on", 2, i < procs / 4 ? 12e6 : exp(6e5)];
        }
    }
    const cycle = (/** @type {number} */ seq) => {
        const t0 = now;
        gcActive = true;
        pause(exp(6e4), "GC sweep termination");
        time.add(now + 17e6 + exp(6e6), () => {
            pause(seq % 3 === 1 ? 3.12e6 : exp(9e4), "GC mark termination");
            out.gc.push({t0, t1: now, seq});
            gcActive = false;
        });
        time.add(now + 28e7, () => cycle(seq + 1));
    };
    const pause = (/** @type {number} */ length, /** @type {string} */ reason) => {
        out.stw.push({t0: now, t1: now + length, reason});
        stopped = true;
        time.add(now + length, () => (stopped = false, dispatch()));
    };
    for (let i = 0; i < conns; i++) spawn("net/http.(*conn).serve", serve());
    for (let i = 0; i < 20; i++) spawn("database/sql.(*DB).worker", worker());
    for (let i = 0; i < 6; i++) spawn("example.com/shop/batch.(*Runner).work", work());
    for (let i = 0; i < procs; i++) spawn("runtime.gcBgMarkWorker", marker(i));
    spawn("example.com/shop/cache.(*Store).evict", evict());
    time.add(12e7, () => cycle(412));
    for (let next = time.next(); next && next[0] < span; next = time.next()) {
        now = next[0];
        next[2]();
    }
    for (let t = 0, v = 2.2e8; t < span; t += 4e5) {
        const last = out.gc.findLast((c) => c.t1 <= t);
        v = last && t - last.t1 < 4e5 ? 2.1e8 : v + 1.5e5 + rnd() * 1e5;
        out.heap.push({t, v});
        if (last && t - last.t1 < 4e5) out.goal.push({t, v: 3.9e8 + rnd() * 4e7});
    }
    return out;
}
