/**
 * Tiles and chunks on their way and at hand. Drawing asks for what it needs (`want`) and takes the best there is (`source`):
 * the exact tile, else finer ones, else a coarser one.
 *
 * Invariants: a RAW tile stands for all its descendants, so nothing below it is ever asked for; a chunk is asked for once,
 * whatever number of tiles need it; what is no longer wanted is aborted; bytes stay under the bound except for what is on screen.
 */
import {chunkPath, tileKey, tilePath} from "../core/tile_key.js";
import {sizeOf} from "./decode.js";

/** @typedef {import("../core/tile_codec.js").HistTile} HistTile */
/** @typedef {import("../core/chunk_codec.js").Chunk} Chunk */
/** @typedef {import("../core/chunk_codec.js").GroupChunk} GroupChunk */
/** @typedef {{view: string, k: number, y: number, x: number, distance: number}} Wanted */
/** @typedef {{kind: "chunks", chunks: (Chunk|GroupChunk)[], sig: string} | {kind: "tiles", tiles: any[], exact: boolean, sig: string}} Source */
/**
 * @typedef {object} Entry
 * @property {string} path
 * @property {"loading"|"ready"|"error"} status
 * @property {any} value
 * @property {number} bytes
 * @property {number} used        turn of the last use
 * @property {number} wanted      turn of the last wish
 * @property {number} distance
 * @property {number} retryAt
 * @property {AbortController} abort
 */

const RETRY_AFTER_MS = 5000;
const FINER = 2;

export class TileCache {
    /**
     * @param {object} how
     * @param {import("./api.js").TileApi} how.api @param {string} how.trace
     * @param {(bytes: Uint8Array<ArrayBuffer>, origin: number) => Promise<any>} how.decode
     * @param {number} how.origin @param {number} how.levels
     * @param {() => void} how.onChange something new can be drawn
     * @param {number=} how.maxBytes
     */
    constructor(how) {
        this.how = how;
        this.maxBytes = how.maxBytes ?? 160e6;
        /** @type {Map<string, Entry>} */
        this.entries = new Map();
        /** chunk numbers of RAW tiles @type {Map<string, Uint32Array>} */
        this.raw = new Map();
        /** levels at which a block has RAW tiles, ascending @type {Map<string, number[]>} */
        this.rawLevels = new Map();
        /** keys of what failed and has not come since @type {Set<string>} */
        this.failures = new Set();
        this.turn = 0;
        /** counts what came, or failed to */
        this.news = 0;
        this.bytes = 0;
        /** bytes that came over the wire, decoded by the browser */
        this.received = 0;
    }

    /** What the next frames need, all of it: the rest is aborted. @param {Wanted[]} list */
    want(list) {
        this.turn++;
        for (const {view, k, y, x, distance} of list) {
            const chunks = this.rawOver(view, k, y, x);
            if (!chunks) this.ask(tileKey(view, k, y, x), tilePath(view, k, y, x), distance);
            else for (const n of chunks) this.ask(`#${view}/${y}/${n}`, chunkPath(view, y, n), distance);
        }
        for (const [key, entry] of this.entries) {
            if (entry.status === "loading" && entry.wanted < this.turn) {
                entry.abort.abort();
                this.entries.delete(key);
            }
        }
        this.evict();
    }

    /** @param {string} key @param {string} path @param {number} distance @returns {Entry} */
    ask(key, path, distance) {
        let entry = this.entries.get(key);
        const again = entry?.status === "error" && performance.now() > entry.retryAt;
        if (!entry || again) {
            entry = {path, status: "loading", value: null, bytes: 0, used: this.turn, wanted: this.turn, distance, retryAt: 0, abort: new AbortController()};
            this.entries.set(key, entry);
            void this.load(key, entry);
        }
        entry.distance = entry.wanted === this.turn ? Math.min(entry.distance, distance) : distance;
        entry.wanted = this.turn;
        return entry;
    }

    /** @param {string} key @param {Entry} entry */
    async load(key, entry) {
        const {api, trace, decode, origin} = this.how;
        const how = {signal: entry.abort.signal, priority: () => entry.distance};
        const answer = await api.bytes(`traces/${trace}/${entry.path}`, how);
        if (this.entries.get(key) !== entry) return;
        let value = null;
        if (answer.ok) {
            this.received += answer.bytes.length;
            value = key.startsWith("L/") ? parseJson(answer.bytes) : await decode(answer.bytes, origin);
            if (this.entries.get(key) !== entry) return;
        }
        if (!answer.ok && answer.error.code === "aborted") return void this.entries.delete(key);
        const good = value !== null && value.kind !== "error";
        entry.status = good ? "ready" : "error";
        entry.retryAt = answer.ok || answer.error.status === 404 ? Infinity : performance.now() + RETRY_AFTER_MS;
        if (good) this.keep(key, entry, value);
        else this.failures.add(key);
        this.news++;
        this.how.onChange();
    }

    /** When something that is wanted may be asked for again after it failed. */
    nextRetry() {
        let least = Infinity;
        for (const entry of this.entries.values()) {
            if (entry.status === "error" && entry.wanted === this.turn) least = Math.min(least, entry.retryAt);
        }
        return least;
    }

    /** Whether a tile, or a chunk of it, could not be had. @param {string} view @param {number} k @param {number} y @param {number} x */
    failed(view, k, y, x) {
        if (this.failures.size === 0) return false;
        return this.failures.has(tileKey(view, k, y, x)) || (this.rawOver(view, k, y, x) ?? []).some((n) => this.failures.has(`#${view}/${y}/${n}`));
    }

    /** @param {string} key @param {Entry} entry @param {any} value */
    keep(key, entry, value) {
        if (value.kind === "raw") {
            const {view, k, y} = value.head;
            const levels = this.rawLevels.get(`${view}/${y}`) ?? [];
            this.raw.set(key, value.chunks);
            if (!levels.includes(k)) this.rawLevels.set(`${view}/${y}`, [...levels, k].sort((a, b) => a - b));
        }
        this.failures.delete(key);
        entry.value = value;
        entry.bytes = sizeOf(value);
        this.bytes += entry.bytes;
    }

    /** Chunks of the RAW tile that is this tile or holds it, null if none is known.
     * @param {string} view @param {number} k @param {number} y @param {number} x */
    rawOver(view, k, y, x) {
        for (const level of this.rawLevels.get(`${view}/${y}`) ?? []) {
            const chunks = level < k ? undefined : this.raw.get(tileKey(view, level, y, Math.floor(x / 2 ** (level - k))));
            if (chunks) return chunks;
        }
        return null;
    }

    /** The value of an entry that is at hand. @param {string} key */
    ready(key) {
        const entry = this.entries.get(key);
        if (entry?.status !== "ready") return null;
        entry.used = this.turn;
        return entry.value;
    }

    /** The best that can be drawn now for a tile; null: nothing at all.
     * @param {string} view @param {number} k @param {number} y @param {number} x @returns {Source|null} */
    source(view, k, y, x) {
        const numbers = this.rawOver(view, k, y, x);
        if (numbers) {
            const chunks = [];
            for (const n of numbers) {
                const chunk = this.ready(`#${view}/${y}/${n}`);
                if (chunk) chunks.push(chunk);
            }
            if (chunks.length === numbers.length) return {kind: "chunks", chunks, sig: `#${numbers.join()}`};
        }
        const exact = this.ready(tileKey(view, k, y, x));
        if (exact && exact.kind !== "raw") return {kind: "tiles", tiles: [exact], exact: true, sig: `=${k}`};
        return this.finer(view, k, y, x) ?? this.coarser(view, k, y, x);
    }

    /** @param {string} view @param {number} k @param {number} y @param {number} x @returns {Source|null} */
    finer(view, k, y, x) {
        for (let down = 1; down <= FINER && k - down >= 0; down++) {
            const tiles = [];
            for (let i = 0; i < 2 ** down; i++) {
                const tile = this.ready(tileKey(view, k - down, y, x * 2 ** down + i));
                if (tile && tile.kind !== "raw") tiles.push(tile);
            }
            if (tiles.length === 2 ** down) return {kind: "tiles", tiles, exact: false, sig: `-${k - down}`};
        }
        return null;
    }

    /** @param {string} view @param {number} k @param {number} y @param {number} x @returns {Source|null} */
    coarser(view, k, y, x) {
        for (let up = 1; k + up < this.how.levels; up++) {
            const tile = this.ready(tileKey(view, k + up, y, Math.floor(x / 2 ** up)));
            if (tile && tile.kind !== "raw") return {kind: "tiles", tiles: [tile], exact: false, sig: `+${k + up}`};
        }
        return null;
    }

    /** A chunk that is at hand. @param {string} view @param {number} block @param {number} n @returns {Chunk|null} */
    chunk(view, block, n) {
        return this.ready(`#${view}/${block}/${n}`);
    }

    /** A tile or chunk, waited for: for selections, not for drawing. @param {string} key @param {string} path @returns {Promise<any>} null if it cannot be had */
    async fetch(key, path) {
        const known = this.ready(key);
        if (known) return known;
        const {api, trace, decode, origin} = this.how;
        const answer = await api.bytes(`traces/${trace}/${path}`, {priority: () => -1});
        if (!answer.ok) return null;
        const value = await decode(answer.bytes, origin);
        if (value.kind === "error") return null;
        const old = this.entries.get(key);
        if (old?.status === "ready") return old.value;
        old?.abort.abort();
        /** @type {Entry} */
        const entry = {path, status: "ready", value: null, bytes: 0, used: this.turn, wanted: this.turn, distance: 0, retryAt: 0, abort: new AbortController()};
        this.entries.set(key, entry);
        this.keep(key, entry, value);
        this.news++;
        return value;
    }

    evict() {
        if (this.bytes <= this.maxBytes) return;
        const idle = [...this.entries].filter(([, e]) => e.status === "ready" && e.used < this.turn - 1 && e.wanted < this.turn);
        idle.sort((a, b) => a[1].used - b[1].used);
        for (const [key, entry] of idle) {
            if (this.bytes <= this.maxBytes * 0.9) break;
            this.bytes -= entry.bytes;
            this.entries.delete(key);
        }
    }

    /** Entries that are on their way. */
    loading() {
        let n = 0;
        for (const entry of this.entries.values()) if (entry.status === "loading") n++;
        return n;
    }
}

/** @param {Uint8Array} bytes */
function parseJson(bytes) {
    try {
        return {kind: "json", ...JSON.parse(new TextDecoder().decode(bytes))};
    } catch {
        return null;
    }
}
