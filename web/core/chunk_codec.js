/**
 * Bytes of a chunk to typed arrays, row by row (tiles/TILE_FORMAT.md sections 4 and 5): what a row's intervals are is settled
 * here, so that drawing and hit testing only walk arrays.
 *
 * Invariants: times of a row never step back; interval i of a row ends where i + 1 begins, the last one somewhere after the
 * chunk. Trusts nothing: broken bytes give {kind: "error"}.
 */
import {cursorOver, readByte, readU64, readVarint, readZigzag} from "./bytes.js";
import {N_STATES} from "./color.js";

/**
 * @typedef {object} Chunk        P, M or G. *At: row to its first entry, one more at the end
 * @property {"chunk"} kind @property {string} view @property {number} block @property {number} n @property {number} rows
 * @property {number} base        page ns @property {number} end page ns of the last event
 * @property {Int32Array} at      intervals
 * @property {Float64Array} t0 @property {Float64Array} corr @property {Uint8Array} state @property {Uint32Array} reason
 * @property {Uint32Array} stack @property {Float64Array} g the goroutine (P, M: that runs; G: that lives in the row), 0 none
 * @property {Float64Array} waker @property {Uint32Array} p @property {Uint32Array} m
 * @property {Int32Array} lifeAt  goroutines that lived in the row (G)
 * @property {Float64Array} born @property {Float64Array} gone NaN: still alive @property {Float64Array} lifeG
 * @property {Float64Array} creator @property {Uint8Array} inherited 1: it lived before the chunk
 * @property {Int32Array} markAt
 * @property {Float64Array} markT @property {Float64Array} markCorr @property {Uint8Array} markKind @property {Uint32Array} markText
 * @property {Uint32Array} markText2 @property {Float64Array} markTask @property {Float64Array} markG @property {Uint32Array} markStack
 *
 * @typedef {object} GroupChunk   F
 * @property {"groups"} kind @property {string} view @property {number} block @property {number} n @property {number} rows
 * @property {number} base @property {number} end
 * @property {Float64Array} heads row * 12 + state: how many goroutines at base
 * @property {Int32Array} at      events of a row
 * @property {Float64Array} t @property {Uint8Array} change state left (low 4 bits) and entered (high 4)
 *
 * @typedef {{kind: "error", error: string}} Broken
 * @typedef {import("./bytes.js").Cursor} Cursor
 * @typedef {{view: string, rows: number, block: number, n: number, events: number, base: number, rate: number, s: Cursor[]}} Frame
 */

const HEADER = 40;
const MAX_EVENTS = 1 << 20;
const STATE = 0;
const BORN = 1;
const MARK = 3;
const REASONED = maskOf(6, 7, 8, 9, 10);
const STACKLESS = maskOf(0, 1, 2);
const ON_CPU = maskOf(1, 2, 3, 4);
const RUNNABLE = 5;
const OTHER = maskOf(8);
/** Kinds of marks. */
export const LOG = 0;
export const LABEL = 1;
export const SAMPLE = 2;
export const REGION_BEGIN = 3;
export const REGION_END = 4;

/** @param {number[]} states */
function maskOf(...states) {
    return states.reduce((mask, s) => mask | (1 << s), 0);
}

/** @param {Uint8Array} bytes @returns {Frame|null} */
function openFrame(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < HEADER || view.getUint32(0, false) !== 0x54534331) return null;
    const letter = String.fromCharCode(view.getUint8(4));
    const streams = view.getUint32(20, true);
    const frame = {
        view: letter, rows: view.getUint16(6, true), block: view.getUint32(8, true), n: view.getUint32(12, true),
        events: view.getUint32(16, true), base: readU64(view, 24), rate: view.getFloat64(32, true), s: /** @type {Cursor[]} */ ([]),
    };
    if (streams !== (letter === "F" ? 4 : 11) || bytes.length < HEADER + 4 * streams) return null;
    if (frame.rows > 32 || frame.events > MAX_EVENTS || !(frame.rate > 0) || frame.base > Number.MAX_SAFE_INTEGER) return null;
    let at = HEADER + 4 * streams;
    for (let i = 0; i < streams; i++) {
        const end = at + view.getUint32(HEADER + 4 * i, true);
        frame.s.push(cursorOver(bytes, at, end));
        at = end;
    }
    return at === bytes.length && frame.s.every((c) => !c.bad) ? frame : null;
}

/** @param {Uint8Array} bytes @param {number} origin ns on the trace's clock @returns {Chunk|GroupChunk|Broken} */
export function decodeChunk(bytes, origin) {
    const frame = openFrame(bytes);
    if (!frame) return {kind: "error", error: "not a chunk"};
    const out = frame.view === "F" ? decodeGroups(frame, origin) : decodeRows(frame, origin);
    const bad = !out || frame.s.some((c) => c.bad || c.at !== c.end);
    return bad ? {kind: "error", error: `broken chunk ${frame.view}/${frame.block}/${frame.n}`} : out;
}

/** Where each row's entries begin, when `counts[row]` is how many it has. @param {Int32Array} counts */
function starts(counts) {
    const at = new Int32Array(counts.length + 1);
    counts.forEach((n, row) => at[row + 1] = (at[row] ?? 0) + n);
    return at;
}

/** @param {Frame} f @param {number} origin @returns {GroupChunk|null} */
function decodeGroups(f, origin) {
    const [heads, ops, dts, changes] = f.s;
    if (!heads || !ops || !dts || !changes || ops.end - ops.at !== f.events || changes.end - changes.at !== f.events) return null;
    const counts = new Int32Array(f.rows);
    const head = Float64Array.from({length: f.rows * N_STATES}, () => readVarint(heads));
    for (let i = 0; i < f.events; i++) {
        const row = ops.data[ops.at + i] ?? 255;
        if (row >= f.rows) return null;
        counts[row] = (counts[row] ?? 0) + 1;
    }
    const at = starts(counts);
    const next = at.slice();
    const t = new Float64Array(f.events);
    const change = new Uint8Array(f.events);
    let ticks = f.base;
    let end = 0;
    for (let i = 0; i < f.events; i++) {
        const row = readByte(ops);
        ticks += readZigzag(dts);
        const to = next[row] ?? 0;
        next[row] = to + 1;
        end = Math.trunc(ticks * f.rate) - origin;
        t[to] = to > (at[row] ?? 0) ? Math.max(end, t[to - 1] ?? end) : end;
        change[to] = readByte(changes);
    }
    const base = Math.trunc(f.base * f.rate) - origin;
    return {kind: "groups", view: f.view, block: f.block, n: f.n, rows: f.rows, base, end: Math.max(base, end), heads: head, at, t, change};
}

/** How many intervals, lives and marks each row has: every row begins with the interval of its head.
 * @param {Frame} f */
function countEntries(f) {
    const intervals = new Int32Array(f.rows).fill(1);
    const lives = new Int32Array(f.rows).fill(1);
    const marks = new Int32Array(f.rows);
    const ops = /** @type {Cursor} */ (f.s[1]);
    for (let i = ops.at; i < ops.end; i++) {
        const op = ops.data[i] ?? 255;
        const row = op & 31;
        if (row >= f.rows || op > 127) return null;
        const list = op >> 5 === MARK ? marks : op >> 5 === BORN ? lives : intervals;
        list[row] = (list[row] ?? 0) + 1;
    }
    return ops.end - ops.at === f.events ? {intervals: starts(intervals), lives: starts(lives), marks: starts(marks)} : null;
}

/** @param {Frame} f @param {number} origin @returns {Chunk|null} */
function decodeRows(f, origin) {
    const count = countEntries(f);
    if (!count) return null;
    const n = count.intervals[f.rows] ?? 0;
    const lives = count.lives[f.rows] ?? 0;
    const marks = count.marks[f.rows] ?? 0;
    const base = Math.trunc(f.base * f.rate) - origin;
    /** @type {Chunk} */
    const c = {
        kind: "chunk", view: f.view, block: f.block, n: f.n, rows: f.rows, base, end: base, at: count.intervals,
        t0: new Float64Array(n), corr: new Float64Array(n), state: new Uint8Array(n), reason: new Uint32Array(n),
        stack: new Uint32Array(n), g: new Float64Array(n), waker: new Float64Array(n), p: new Uint32Array(n), m: new Uint32Array(n),
        lifeAt: count.lives, born: new Float64Array(lives), gone: new Float64Array(lives).fill(NaN), lifeG: new Float64Array(lives),
        creator: new Float64Array(lives), inherited: new Uint8Array(lives), markAt: count.marks,
        markT: new Float64Array(marks), markCorr: new Float64Array(marks), markKind: new Uint8Array(marks), markText: new Uint32Array(marks),
        markText2: new Uint32Array(marks), markTask: new Float64Array(marks), markG: new Float64Array(marks), markStack: new Uint32Array(marks),
    };
    readHeads(f, c, origin);
    return readEvents(f, c, origin) ? c : null;
}

/** @param {Frame} f @param {Chunk} c @param {number} origin */
function readHeads(f, c, origin) {
    const s = /** @type {Cursor} */ (f.s[0]);
    const time = (/** @type {number} */ back) => Math.trunc((f.base - back) * f.rate) - origin;
    for (let row = 0; row < f.rows; row++) {
        const i = c.at[row] ?? 0;
        const life = c.lifeAt[row] ?? 0;
        c.state[i] = Math.min(readByte(s), N_STATES - 1);
        c.t0[i] = time(readZigzag(s));
        c.corr[i] = readZigzag(s);
        c.reason[i] = readVarint(s);
        c.stack[i] = readVarint(s);
        const g = readVarint(s);
        c.p[i] = readVarint(s);
        c.m[i] = readVarint(s);
        c.lifeG[life] = readVarint(s);
        c.born[life] = time(readZigzag(s));
        c.inherited[life] = 1;
        c.g[i] = f.view === "G" ? c.lifeG[life] ?? 0 : g;
        c.waker[i] = f.view === "G" ? g : 0;
    }
}

/** Which event has which correction: pairs of (event, corr) from stream 9. @param {Cursor} s @returns {Map<number, number>} */
function readCorrections(s) {
    /** @type {Map<number, number>} */
    const out = new Map();
    const n = readVarint(s);
    let event = 0;
    let corr = 0;
    for (let i = 0; i < n && !s.bad; i++) {
        event += readVarint(s);
        corr += readZigzag(s);
        out.set(event, corr);
    }
    return out;
}

/**
 * @typedef {{f: Frame, c: Chunk, g: number, next: Int32Array, nextLife: Int32Array, nextMark: Int32Array, states: Cursor, reasons: Cursor,
 *   stacks: Cursor, gs: Cursor, ps: Cursor, ms: Cursor, texts: Cursor}} Reading
 */

/** @param {Frame} f @param {Chunk} c @param {number} origin */
function readEvents(f, c, origin) {
    const [, ops, dts, states, reasons, stacks, gs, ps, ms, corrs, texts] = /** @type {[Cursor, Cursor, Cursor, Cursor, Cursor, Cursor, Cursor, Cursor, Cursor, Cursor, Cursor]} */ (f.s);
    const corrections = readCorrections(corrs);
    /** @type {Reading} */
    const r = {f, c, g: 0, next: c.at.map((at) => at + 1), nextLife: c.lifeAt.map((at) => at + 1), nextMark: c.markAt.slice(), states, reasons, stacks, gs, ps, ms, texts};
    let ticks = f.base;
    for (let e = 0; e < f.events; e++) {
        const op = readByte(ops);
        const row = op & 31;
        ticks += readZigzag(dts);
        const i = r.next[row] ?? 0;
        const t = Math.max(Math.trunc(ticks * f.rate) - origin, c.t0[i - 1] ?? 0);
        const corr = corrections.size > 0 ? corrections.get(e) ?? 0 : 0;
        if (t > c.end) c.end = t;
        const kind = op >> 5;
        if (kind === BORN) readBirth(r, row, t);
        else if (kind === MARK) readMark(r, row, t, corr);
        else {
            c.t0[i] = t;
            c.corr[i] = corr;
            r.next[row] = i + 1;
            if (kind === STATE) readState(r, row, i);
            else c.gone[(r.nextLife[row] ?? 1) - 1] = t;
        }
    }
    return true;
}

/** @param {Reading} r @param {number} row @param {number} i */
function readState(r, row, i) {
    const {c, f} = r;
    const state = Math.min(readByte(r.states), N_STATES - 1);
    const bit = 1 << state;
    c.state[i] = state;
    if (bit & REASONED) c.reason[i] = readVarint(r.reasons);
    if (!(bit & STACKLESS)) c.stack[i] = readVarint(r.stacks);
    if (f.view === "G") {
        if (state === RUNNABLE) c.waker[i] = r.g += readZigzag(r.gs);
        c.g[i] = c.lifeG[(r.nextLife[row] ?? 1) - 1] ?? 0;
        if (bit & ON_CPU) {
            c.p[i] = readVarint(r.ps);
            c.m[i] = readVarint(r.ms);
        }
        return;
    }
    if (bit & ON_CPU) c.g[i] = r.g += readZigzag(r.gs);
    if (bit & (ON_CPU | OTHER)) {
        if (f.view === "M") c.p[i] = readVarint(r.ps);
        else c.m[i] = readVarint(r.ms);
    }
}

/** @param {Reading} r @param {number} row @param {number} t */
function readBirth(r, row, t) {
    const b = r.nextLife[row] ?? 0;
    r.nextLife[row] = b + 1;
    r.c.born[b] = t;
    readVarint(r.stacks);
    r.c.lifeG[b] = r.g += readZigzag(r.gs);
    r.c.creator[b] = r.g += readZigzag(r.gs);
}

/** @param {Reading} r @param {number} row @param {number} t @param {number} corr */
function readMark(r, row, t, corr) {
    const {c, texts} = r;
    const m = r.nextMark[row] ?? 0;
    r.nextMark[row] = m + 1;
    const kind = readByte(r.states);
    c.markT[m] = t;
    c.markCorr[m] = corr;
    c.markKind[m] = kind;
    c.markStack[m] = readVarint(r.stacks);
    c.markG[m] = r.g += readZigzag(r.gs);
    if (kind === SAMPLE) return;
    c.markText[m] = readVarint(texts);
    if (kind === LOG) c.markText2[m] = readVarint(texts);
    if (kind === LOG || kind === REGION_BEGIN || kind === REGION_END) c.markTask[m] = readVarint(texts);
}
