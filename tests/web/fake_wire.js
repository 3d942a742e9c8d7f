/**
 * Encodes made-up traces as the server would: chunks, RAW and HIST tiles, counter tiles (tiles/TILE_FORMAT.md). Shares no code
 * with the page's decoders.
 */

/** @typedef {import("./fake_sim.js").SimEvent} SimEvent */
/** @typedef {{row: number, e: SimEvent, from: number}} BlockEvent */
/** @typedef {{first: number, from: number, to: number, t0: number}} ChunkSpan */

export const ORIGIN = 5_000_000;
const PER_CHUNK = 4096;

/** Growing bytes. */
export class Bytes {
    /** @type {number[]} */
    list = [];
    byte(/** @type {number} */ v) {
        this.list.push(v & 255);
    }
    varint(/** @type {number} */ v) {
        let left = v;
        for (; left >= 128; left = Math.floor(left / 128)) this.list.push((left % 128) | 128);
        this.list.push(left);
    }
    zigzag(/** @type {number} */ v) {
        this.varint(v < 0 ? -v * 2 - 1 : v * 2);
    }
}

/** @param {string} view @param {number} block @param {number} n @param {number} rows @param {number} events @param {number} base @param {Bytes[]} streams */
function frameChunk(view, block, n, rows, events, base, streams) {
    const size = 40 + 4 * streams.length + streams.reduce((sum, s) => sum + s.list.length, 0);
    const out = Buffer.alloc(size);
    out.write("TSC1" + view, 0, "latin1");
    out.writeUInt16LE(rows, 6);
    [block, n, events, streams.length].forEach((v, i) => out.writeUInt32LE(v, 8 + 4 * i));
    out.writeBigUInt64LE(BigInt(base + ORIGIN), 24);
    out.writeDoubleLE(1, 32);
    let at = 40 + 4 * streams.length;
    streams.forEach((s, i) => {
        out.writeUInt32LE(s.list.length, 40 + 4 * i);
        out.set(s.list, at);
        at += s.list.length;
    });
    return out;
}

/** All events of a block in time order. @param {SimEvent[][]} rows */
export function mergeRows(rows) {
    /** @type {BlockEvent[]} */
    const all = [];
    rows.forEach((events, row) => {
        let from = 0;
        for (const e of events) {
            all.push({row, e, from});
            from = e.kind === "state" ? e.state : 0;
        }
    });
    return all.sort((a, b) => a.e.t - b.e.t);
}

/** @param {BlockEvent[]} all @returns {ChunkSpan[]} */
export function spansOf(all) {
    const out = [];
    for (let first = 0; first < all.length; first += PER_CHUNK) {
        const t0 = all[first]?.e.t ?? 0;
        out.push({first, t0, from: t0, to: all[first + PER_CHUNK]?.e.t ?? Infinity});
    }
    return out;
}

const NOTHING = {t: 0, kind: "state", state: 0, reason: 0, stack: 0, g: 0, waker: 0, p: 0, m: 0};
const onCpu = (/** @type {number} */ s) => s >= 1 && s <= 4;

/** @param {"P"|"G"} view @param {number} block @param {number} n @param {BlockEvent[]} all @param {number} rows */
export function encodeRows(view, block, n, all, rows) {
    const s = Array.from({length: 11}, () => new Bytes());
    const [heads, op, dt, state, reason, stack, gs, ps, ms, corr] = /** @type {[Bytes, Bytes, Bytes, Bytes, Bytes, Bytes, Bytes, Bytes, Bytes, Bytes]} */ (/** @type {unknown} */ (s));
    const slice = all.slice(n * PER_CHUNK, (n + 1) * PER_CHUNK);
    const base = slice[0]?.e.t ?? 0;
    for (let row = 0; row < rows; row++) {
        const before = all.slice(0, n * PER_CHUNK).filter((b) => b.row === row).map((b) => b.e);
        const last = before.findLast((e) => e.kind !== "born") ?? NOTHING;
        const born = before.findLast((e) => e.kind === "born");
        const lives = born && last.kind !== "gone";
        heads.byte(last.kind === "gone" ? 0 : last.state);
        heads.zigzag(base - last.t);
        heads.zigzag(0);
        [last.reason, last.stack, view === "G" ? last.waker : last.g, last.p, last.m].forEach((v) => heads.varint(v));
        heads.varint(view === "G" && lives ? born.g : 0);
        heads.zigzag(view === "G" && lives ? base - born.t : 0);
    }
    let t = base, g = 0;
    const sayG = (/** @type {number} */ v) => (gs.zigzag(v - g), g = v);
    for (const {row, e} of slice) {
        op.byte(row | (e.kind === "state" ? 0 : e.kind === "born" ? 32 : 64));
        dt.zigzag(e.t - t);
        t = e.t;
        if (e.kind === "born") stack.varint(0), sayG(e.g), sayG(e.waker);
        if (e.kind !== "state") continue;
        state.byte(e.state);
        if (e.state >= 6 && e.state <= 10) reason.varint(e.reason);
        if (e.state > 2) stack.varint(e.stack);
        if (view === "G" ? e.state === 5 : onCpu(e.state)) sayG(view === "G" ? e.waker : e.g);
        if (view === "G" && onCpu(e.state)) ps.varint(e.p);
        if (onCpu(e.state) || (view === "P" && e.state === 8)) ms.varint(e.m);
    }
    corr.varint(0);
    return frameChunk(view, block, n, rows, slice.length, base, s);
}

/** @param {Int32Array|Float64Array} list @param {number} i @param {number} by */
export function addTo(list, i, by) {
    list[i] = (list[i] ?? 0) + by;
}

/** @typedef {{row: number, t: number, from: number, to: number}} GroupEvent */

/** @param {number} block @param {number} n @param {GroupEvent[]} all @param {number} rows */
export function encodeGroups(block, n, all, rows) {
    const s = Array.from({length: 4}, () => new Bytes());
    const [heads, op, dt, change] = /** @type {[Bytes, Bytes, Bytes, Bytes]} */ (/** @type {unknown} */ (s));
    const counts = new Int32Array(rows * 12);
    for (const e of all.slice(0, n * PER_CHUNK)) {
        if (e.from) addTo(counts, e.row * 12 + e.from, -1);
        if (e.to) addTo(counts, e.row * 12 + e.to, 1);
    }
    counts.forEach((v) => heads.varint(v));
    const slice = all.slice(n * PER_CHUNK, (n + 1) * PER_CHUNK);
    let t = slice[0]?.t ?? 0;
    for (const e of slice) {
        op.byte(e.row);
        dt.zigzag(e.t - t);
        t = e.t;
        change.byte(e.from | (e.to << 4));
    }
    return frameChunk("F", block, n, rows, slice.length, slice[0]?.t ?? 0, s);
}

/** @param {string} view @param {number} kind @param {number} k @param {number} y @param {number} count @param {number} x @param {number} size */
function tileHead(view, kind, k, y, count, x, size) {
    const out = Buffer.alloc(24 + size);
    out.write("TST1" + view, 0, "latin1");
    out[5] = kind;
    out[7] = k;
    out.writeUInt32LE(y, 8);
    out.writeUInt32LE(count, 12);
    out.writeBigUInt64LE(BigInt(x), 16);
    return out;
}

/** @param {string} view @param {number} k @param {number} y @param {number} x @param {number[]} chunks */
export function encodeRaw(view, k, y, x, chunks) {
    const out = tileHead(view, 1, k, y, chunks.length, x, 4 * chunks.length);
    chunks.forEach((n, i) => out.writeUInt32LE(n, 24 + 4 * i));
    return out;
}

/** @typedef {{row: number, full: number, lived: number, first: number, intervals: number, bins: Float64Array}} HistRow bins: state * 512 + bin, lanes */

/** @param {string} view @param {number} k @param {number} y @param {number} x @param {HistRow[]} rows */
export function encodeHist(view, k, y, x, rows) {
    const planes = [];
    const out = tileHead(view, 2, k, y, rows.length, x, 32 * rows.length);
    for (const [i, r] of rows.entries()) {
        const at = 24 + 32 * i;
        let mask = 0;
        for (let s = 1; s < 12; s++) {
            const bins = r.bins.subarray(s * 512, s * 512 + 512);
            if (!bins.some((v) => v > 0)) continue;
            mask |= 1 << s;
            planes.push(Buffer.from(Uint8Array.from(bins, (v) => v > 0 ? Math.max(1, Math.round(v / r.full * 255)) : 0)));
        }
        out[at] = r.row;
        out.writeUInt16LE(mask, at + 2);
        out.writeUInt32LE(r.lived, at + 4);
        out.writeDoubleLE(r.full, at + 8);
        out.writeBigUInt64LE(BigInt(r.first), at + 16);
        out.writeBigUInt64LE(BigInt(r.intervals), at + 24);
    }
    return Buffer.concat([out, ...planes]);
}

/** @param {number} c @param {number} k @param {number} x @param {{t: number, v: number}[]} samples */
export function encodeCounter(c, k, x, samples) {
    const out = tileHead("C", 2, k, c, 0, x, 512 * 48);
    const bin = 2 ** k;
    let i = 0, held = NaN;
    for (let b = 0; b < 512; b++) {
        const t0 = (x * 512 + b) * bin;
        while (i < samples.length && (samples[i]?.t ?? 0) < t0) held = samples[i++]?.v ?? NaN;
        const bins = [held, held, held, held, 0, 0];
        for (let n = 0; i < samples.length && (samples[i]?.t ?? 0) < t0 + bin; i++, n++) {
            const v = samples[i]?.v ?? NaN;
            if (v > held) bins[4] = (bins[4] ?? 0) + v - held;
            if (v < held) bins[5] = (bins[5] ?? 0) + held - v;
            if (n === 0) bins.fill(v, 0, 4);
            bins[1] = held = v;
            bins[2] = Math.min(bins[2] ?? v, v);
            bins[3] = Math.max(bins[3] ?? v, v);
        }
        bins.forEach((v, j) => out.writeDoubleLE(v, 24 + 48 * b + 8 * j));
    }
    return out;
}
