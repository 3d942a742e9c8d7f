/**
 * A development server: the page's files, and a made-up trace in the true wire format. No zstd (node 20 has none).
 *
 *   node tests/web/fake_server.js [--port=8001] [--conns=254] [--seconds=2] [--procs=8]
 *
 * Traces besides the made-up one show the other states of the page: 1111... ingests, 2222... failed, 3333... is empty.
 */
import {createServer} from "node:http";
import {readFile} from "node:fs/promises";
import {fileURLToPath} from "node:url";
import {parseArgs} from "node:util";
import {REASONS, STACKS, simulate} from "./fake_sim.js";
import * as wire from "./fake_wire.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const STATES = ["none", "running", "gc", "assist", "syscall", "runnable", "sync", "chan", "other", "net", "sleep", "unknown"];
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; " +
    "worker-src 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types tilescope";
const MEDIA = {js: "text/javascript", css: "text/css", html: "text/html; charset=utf-8", svg: "image/svg+xml", json: "application/json"};
export const FAKE_ID = "f".repeat(32);

/** @typedef {import("./fake_sim.js").SimEvent} SimEvent */

/** @param {{seconds?: number, conns?: number, procs?: number}} how */
export function fakeTrace(how) {
    const sim = simulate(how);
    /** @type {SimEvent[][][]} */
    const blocksG = [];
    const blocksOf = sim.groups.map(() => /** @type {number[]} */ ([]));
    for (const [group] of sim.groups.entries()) {
        const rows = sim.rowsG.filter((r) => r.group === group);
        for (let i = 0; i < rows.length; i += 32) blocksOf[group]?.push(blocksG.push(rows.slice(i, i + 32).map((r) => r.events)) - 1);
    }
    const rowsOf = {G: blocksG, P: [sim.rowsP.map((r) => r.events)]};
    const merged = {G: rowsOf.G.map(wire.mergeRows), P: rowsOf.P.map(wire.mergeRows)};
    const flowOf = sim.groups.map((_, group) => wire.mergeRows(sim.rowsG.filter((r) => r.group === group).map((r) => r.events)).map(({e, from}) => ({
        row: group % 32, t: e.t, from: e.kind === "born" ? 0 : from, to: e.kind === "state" ? e.state : 0})));
    const flow = flowOf.flat().sort((a, b) => a.t - b.t);
    const spans = {G: merged.G.map(wire.spansOf), P: merged.P.map(wire.spansOf), F: [wire.spansOf(/** @type {any} */ (flow.map((e) => ({e}))))]};
    return {sim, rowsOf, merged, flow, flowOf, spans, blocksOf, levels: Math.ceil(Math.log2(sim.span / 512)) + 1};
}

/** @typedef {ReturnType<typeof fakeTrace>} Fake */

/** Lanes per state and bin of a row of states, or of counts. @param {{t: number, from: number, to: number}[]} steps @param {number} k @param {number} x @param {number} span */
function integrate(steps, k, x, span) {
    const bin = 2 ** k, t0 = x * 512 * bin, t1 = Math.min(t0 + 512 * bin, span);
    const bins = new Float64Array(12 * 512);
    const counts = new Float64Array(12);
    let at = t0;
    const fill = (/** @type {number} */ to) => {
        for (let b = Math.floor((at - t0) / bin); at < to; b++) {
            const end = Math.min(to, t0 + (b + 1) * bin);
            for (let s = 1; s < 12; s++) wire.addTo(bins, s * 512 + b, (counts[s] ?? 0) * (end - at) / bin);
            at = end;
        }
    };
    let touched = 0;
    for (const e of steps) {
        if (e.t >= t1) break;
        if (e.t > t0) fill(e.t), touched++;
        if (e.from) wire.addTo(counts, e.from, -1);
        if (e.to) wire.addTo(counts, e.to, 1);
    }
    if (t1 > at) fill(t1);
    return {bins, intervals: touched + 1};
}

/** @param {SimEvent[]} events */
function stepsOf(events) {
    let from = 0;
    return events.map((e) => {
        const step = {t: e.t, from, to: e.kind === "state" ? e.state : 0};
        from = step.to;
        return step;
    });
}

/** @param {Fake} f @param {string} view @param {number} k @param {number} y @param {number} x */
function tile(f, view, k, y, x) {
    const t0 = x * 512 * 2 ** k, t1 = t0 + 512 * 2 ** k;
    const spans = view === "A" ? [] : /** @type {any} */ (f.spans)[view]?.[y] ?? [];
    const touch = spans.flatMap((/** @type {any} */ s, /** @type {number} */ n) => s.from < t1 && s.to > t0 ? [n] : []);
    if (view !== "A" && touch.length <= 2) return wire.encodeRaw(view, k, y, x, touch);
    /** @type {{t: number, from: number, to: number}[][]} */
    const rows = view === "A" ? [f.flow, [], f.sim.rowsP.flatMap((r) => stepsOf(r.events)).sort((a, b) => a.t - b.t)]
        : view === "F" ? f.flowOf : (/** @type {any} */ (f.rowsOf)[view][y] ?? []).map(stepsOf);
    if (view === "A") rows[1] = /** @type {any} */ (rows[2]);
    return wire.encodeHist(view, k, y, x, rows.flatMap((steps, row) => {
        const {bins, intervals} = integrate(steps, k, x, f.sim.span);
        let full = 1;
        if (view === "A" || view === "F") {
            full = 0;
            for (let b = 0; b < 512; b++) {
                let sum = 0;
                for (let s = 1; s < 12; s++) sum += bins[s * 512 + b] ?? 0;
                full = Math.max(full, sum);
            }
        }
        const first = view === "G" ? f.rowsOf.G[y]?.[row]?.find((e) => e.kind === "born")?.g ?? 0 : 0;
        return bins.some((v) => v > 0) ? [{row, full, lived: view === "G" ? 1 : 0, first, intervals, bins}] : [];
    }));
}

/** @param {Fake} f @param {string} view @param {number} y @param {number} n */
function chunk(f, view, y, n) {
    if (view === "F") return wire.encodeGroups(y, n, f.flow, f.sim.groups.length);
    const v = /** @type {"G"|"P"} */ (view);
    return wire.encodeRows(v, y, n, f.merged[v][y] ?? [], f.rowsOf[v][y]?.length ?? 0);
}

/** @param {Fake} f */
function manifest(f) {
    const counter = (/** @type {number} */ c, /** @type {string} */ name, /** @type {{v: number}[]} */ list) =>
        ({c, name, unit: "bytes", min: 0, max: Math.max(0, ...list.map((s) => s.v)), samples: list.length});
    return {
        id: FAKE_ID, name: "made-up.trace", state: "ready", format: 1, version: "0", go: "1.26", bytes: 5e6, events: f.flow.length, origin_ns: String(wire.ORIGIN),
        origin_T: String(wire.ORIGIN), span_ns: f.sim.span, levels: f.levels, wall: [{t: 0, unix_ns: "1795253513700000000"}], states: STATES, reasons: REASONS,
        procs: f.sim.rowsP.map((_, row) => ({row, id: row})), threads: f.sim.rowsP.map((_, row) => ({row, id: 4711 + row})),
        groups: f.sim.groups.map((name, group) => {
            const rows = f.sim.rowsG.filter((r) => r.group === group);
            const {bins} = integrate(f.flowOf[group] ?? [], f.levels - 1, 0, f.sim.span);
            const time = STATES.map((_, s) => bins.subarray(s * 512, s * 512 + 512).reduce((a, b) => a + b, 0) * 2 ** (f.levels - 1));
            return {group, function: name, goroutines: rows.reduce((n, r) => n + r.events.filter((e) => e.kind === "born").length, 0),
                rows: rows.length, alive_max: rows.length, blocks: f.blocksOf[group], time};
        }),
        counters: [counter(0, "/memory/classes/heap/objects:bytes", f.sim.heap), counter(1, "/gc/heap/goal:bytes", f.sim.goal)],
        totals: {goroutines: f.sim.groupOf.size, gc: f.sim.gc.length, stw: f.sim.stw.length, tasks: 0}, warnings: [],
    };
}

/** @param {Fake} f @param {number} t0 @param {number} t1 */
function landmarks(f, t0, t1) {
    const over = (/** @type {{t0: number, t1: number}} */ r) => r.t0 < t1 && r.t1 > t0;
    const longest = f.sim.groups.map((_, group) => {
        /** @type {any} */
        let best = null;
        f.rowsOf.G.forEach((rows, block) => f.blocksOf[group]?.includes(block) && rows.forEach((events, row) => events.forEach((e, i) => {
            const end = events[i + 1]?.t ?? f.sim.span;
            if (e.kind !== "state" || e.state > 6 || !over({t0: e.t, t1: end}) || (best && best.t1 - best.t0 >= end - e.t)) return;
            best = {view: "G", block, row, group, g: String(e.g), t0: e.t, t1: end, T: String(e.t), state: e.state, reason: e.reason};
        })));
        return best;
    }).filter((b) => b !== null);
    return {gc: f.sim.gc.filter(over).map((r) => ({...r, n: 1})), stw: f.sim.stw.filter(over).map((r) => ({...r, n: 1, g: "1"})), longest};
}

/** @param {Fake} f @param {string} path @param {URLSearchParams} query @returns {Buffer|object|null} */
function answer(f, path, query) {
    const part = path.split("/");
    const num = part.map(Number);
    const [a = 0, b = 0, c = 0, d = 0] = num.slice(2);
    if (path === "") return manifest(f);
    if (part[0] === "tiles") return tile(f, part[1] ?? "", b, c, d);
    if (part[0] === "chunks") return chunk(f, part[1] ?? "", a, b);
    if (part[0] === "counters") return wire.encodeCounter(num[1] ?? 0, a, b, num[1] ? f.sim.goal : f.sim.heap);
    if (part[0] === "landmarks") return landmarks(f, a * 512 * 2 ** (num[1] ?? 0), (a + 1) * 512 * 2 ** (num[1] ?? 0));
    if (part[0] === "stacks") return {stacks: (query.get("ids") ?? "").split(",").map((id) => ({id: Number(id),
        frames: (STACKS[Number(id)] ?? []).map((fn, i) => ({function: fn, file: `/src/${fn.split(".")[0]}.go`, line: 40 + i, pc: "0x1"}))}))};
    if (part[0] === "goroutines") {
        const after = Number(query.get("after") ?? 0);
        const one = (/** @type {number} */ g) => ({g: String(g), group: f.sim.groupOf.get(g), function: f.sim.groups[f.sim.groupOf.get(g) ?? 0]});
        if (part[1]) return one(Number(part[1]));
        return {goroutines: [...f.sim.groupOf.keys()].filter((g) => g > after).slice(0, Number(query.get("limit") ?? 50)).map(one)};
    }
    return part[0] === "summary" ? {from: 0, to: 0, total: 0, states: []} : part[0] === "events" ? {events: [], next: ""} : null;
}

/** @param {string} id */
function otherState(id) {
    const base = {id, name: "other.trace"};
    if (id === "1".repeat(32)) {
        return {...base, state: "ingesting", progress: {phase: "reading", bytes: 4.1e7, total: 9.2e7, percent: 44.6, events: 8.3e6, events_per_s: 2.1e7, left_s: 2.4}};
    }
    if (id === "2".repeat(32)) return {...base, state: "failed", error: {code: "bad_trace", message: "Cannot read batch: unknown event type 200", offset: 123456}};
    if (id !== "3".repeat(32)) return null;
    return {...base, state: "ready", format: 1, go: "1.26", bytes: 16, events: 0, origin_ns: "0", origin_T: "0", span_ns: 0, levels: 1, wall: [], states: STATES,
        reasons: [], procs: [], threads: [], groups: [], counters: [], totals: {}, warnings: []};
}

/** Path of a piece of a batch. @param {string} piece */
function pathOf(piece) {
    const [what = "", a, b, c] = piece.split(".");
    if (what === "C") return `counters/${b}/${a}/${c}`;
    if (what === "L") return `landmarks/${a}/${b}`;
    return /[a-z]/.test(what) ? `chunks/${what.toUpperCase()}/${a}/${b}` : `tiles/${what}/0/${a}/${b}/${c}`;
}

/** "0-2,7" @param {string} list */
const numbersOf = (list) => list.split(",").flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Array.from({length: last - first + 1}, (_, i) => first + i);
});

/** The pieces of its list, without the chunks that the program's answer has as well. @param {Fake} f @param {string} list */
function batch(f, list) {
    const pieces = list.split(";").flatMap((group) => {
        const [what = "", ...lists] = group.split(".");
        return lists.reduce((all, one) => all.flatMap((before) => numbersOf(one).map((n) => `${before}.${n}`)), [what]);
    });
    const bodies = pieces.map((piece) => {
        const out = answer(f, pathOf(piece), new URLSearchParams());
        return Buffer.isBuffer(out) || !out ? out : Buffer.from(JSON.stringify(out));
    });
    const index = Buffer.alloc(8 + 16 * pieces.length);
    index.write("TSB1");
    index.writeUInt32LE(pieces.length, 4);
    bodies.forEach((body, i) => {
        index.writeUInt16LE(body ? 200 : 404, 8 + 16 * i);
        index.writeUInt32LE(i, 12 + 16 * i);
        index.writeUInt32LE(body?.length ?? 0, 20 + 16 * i);
    });
    return Buffer.concat([index, ...bodies.filter((body) => body !== null && body !== undefined)]);
}

/** @param {Fake} f @param {number} port */
export function serveFake(f, port) {
    const server = createServer(async (request, response) => {
        const url = new URL(request.url ?? "/", "http://localhost");
        const send = (/** @type {number} */ code, /** @type {string} */ type, /** @type {string|Buffer} */ body) => {
            response.writeHead(code, {"Content-Type": type, "Content-Security-Policy": CSP, "Cache-Control": "no-store"}).end(body);
        };
        const api = /^\/api\/v1\/traces\/([0-9a-f]{32})\/?(.*)$/.exec(url.pathname);
        try {
            if (api) {
                const list = /^batch\/(.*)$/.exec(api[2] ?? "")?.[1];
                const out = otherState(api[1] ?? "") ?? (list ? batch(f, list) : answer(f, api[2] ?? "", url.searchParams));
                if (Buffer.isBuffer(out)) return send(200, "application/octet-stream", out);
                return out ? send(200, MEDIA.json, JSON.stringify(out)) : send(404, MEDIA.json, JSON.stringify({error: {code: "not_found", message: "Cannot find it"}}));
            }
            if (url.pathname === "/api/v1/traces") return send(200, MEDIA.json, JSON.stringify({traces: [{id: FAKE_ID, name: "made-up.trace", state: "ready"}]}));
            const file = url.pathname.startsWith("/t/") || url.pathname === "/" ? "web/index.html" : url.pathname.slice(1);
            if (!/^(web|tests\/pages)\/[\w./-]+$/.test(file) || file.includes("..")) return send(404, "text/plain", "not found");
            const ext = /** @type {keyof typeof MEDIA} */ (file.split(".").at(-1));
            send(200, MEDIA[ext] ?? "application/octet-stream", await readFile(ROOT + file));
        } catch (e) {
            send(500, "text/plain", String(e));
        }
    });
    return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(server)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const {values} = parseArgs({options: {port: {type: "string"}, conns: {type: "string"}, seconds: {type: "string"}, procs: {type: "string"}}});
    const number = (/** @type {string|undefined} */ s, /** @type {number} */ otherwise) => s === undefined ? otherwise : Number(s);
    const server = await serveFake(fakeTrace({conns: number(values.conns, 254), seconds: number(values.seconds, 2), procs: number(values.procs, 8)}), number(values.port, 0));
    console.log(`http://127.0.0.1:${server.address().port}/t/${FAKE_ID}`);
}
