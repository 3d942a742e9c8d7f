/**
 * Tiles and chunks on their way. Drawing asks for what it needs (`want`) and takes the best there is (`source`, tile_shelf.js).
 * While a trace is being read it shows part after part (`renew`), and asks for all that is needed anew.
 *
 * Invariants: a RAW tile stands for all its descendants, so nothing below it is ever asked for; a chunk is asked for once,
 * whatever number of tiles need it; what is no longer wanted is aborted; bytes stay under the bound except for what is on screen.
 */
import {chunkPiece, tileKey, tilePiece} from "../core/tile_key.js";
import {sizeOf} from "./decode.js";
import {TileShelf} from "./tile_shelf.js";

/** @typedef {{view: string, k: number, y: number, x: number, distance: number}} Wanted */
/** @typedef {import("./tile_shelf.js").Entry} Entry */
/** @typedef {import("./tile_shelf.js").Source} Source */

const RETRY_AFTER_MS = 5000;
/** Decoded, on the page: what cells are painted from the worker has once more. */
const MAX_BYTES = 24e6;

export class TileCache extends TileShelf {
    /**
     * @param {object} how
     * @param {ReturnType<typeof import("./batches.js").createBatches>["ask"]} how.load
     * @param {(value: object) => void} how.forget what it once loaded is not kept any more
     * @param {number} how.levels
     * @param {() => void} how.onChange something new can be drawn
     * @param {number=} how.maxBytes @param {number=} how.part @param {number=} how.span
     */
    constructor(how) {
        super(how.levels, how.part ?? 0, how.span ?? Infinity);
        this.how = how;
        this.maxBytes = how.maxBytes ?? MAX_BYTES;
        /** keys of what failed and has not come since @type {Set<string>} */
        this.failures = new Set();
        /** counts what came, or failed to */
        this.news = 0;
        this.bytes = 0;
        /** bytes that came over the wire, decoded by the browser */
        this.received = 0;
    }

    /**
     * The trace has grown to another part, or to its end (0): what is at hand stands in until it is asked for anew.
     * @param {number} part @param {number} levels @param {number} span ns
     */
    renew(part, levels, span) {
        this.old.take(this.raw);
        for (const [key, entry] of this.entries) {
            entry.retryAt = 0;
            if (entry.status === "error") this.entries.delete(key);
        }
        this.failures.clear();
        this.part = part;
        this.levels = levels;
        if (part > 0) this.spans.set(part, span);
        this.news++;
    }

    /** What the next frames need, all of it: the rest is aborted. @param {Wanted[]} list */
    want(list) {
        this.turn++;
        for (const {view, k, y, x, distance} of list) {
            const chunks = this.rawOver(view, k, y, x);
            if (!chunks) this.ask(tileKey(view, k, y, x), tilePiece(view, k, y, x), distance);
            else for (const n of chunks) this.ask(`#${view}/${y}/${n}`, chunkPiece(view, y, n), distance);
        }
        for (const [key, entry] of this.entries) {
            if (!entry.busy || entry.wanted === this.turn) continue;
            entry.abort.abort();
            entry.busy = false;
            if (entry.status === "loading") this.entries.delete(key);
        }
        this.evict();
    }

    /** @param {string} key @param {string} piece @param {number} distance @returns {Entry} */
    ask(key, piece, distance) {
        let entry = this.entries.get(key);
        const again = entry?.status === "error" && performance.now() > entry.retryAt;
        if (!entry || again) {
            entry = this.entryOf(piece, "loading");
            entry.distance = distance;
            this.entries.set(key, entry);
        }
        entry.distance = entry.wanted === this.turn ? Math.min(entry.distance, distance) : distance;
        entry.wanted = this.turn;
        const isOld = entry.status === "ready" && entry.part !== this.part && performance.now() > entry.retryAt;
        if (!entry.busy && (isOld || entry.status === "loading")) void this.load(key, entry);
        return entry;
    }

    /** @param {string} piece @param {Entry["status"]} status @returns {Entry} */
    entryOf(piece, status) {
        return {
            piece, status, part: this.part, busy: false, value: null, bytes: 0, used: this.turn, wanted: this.turn, distance: 0, retryAt: 0,
            abort: new AbortController(),
        };
    }

    /** @param {string} key @param {Entry} entry new, or of an earlier part */
    async load(key, entry) {
        const {part} = this;
        const abort = entry.abort = new AbortController();
        const isOld = () => this.entries.get(key) !== entry || entry.abort !== abort;
        entry.busy = true;
        const answer = await this.how.load(entry.piece, part, {signal: abort.signal, priority: () => entry.distance});
        if (isOld()) return void (answer.ok && this.how.forget(answer.value));
        if (answer.ok) this.received += answer.size;
        entry.busy = false;
        if (!answer.ok && answer.error.code === "aborted") return void (entry.status === "loading" && this.entries.delete(key));
        if (answer.ok && answer.value.kind !== "error") this.keep(key, entry, answer.value, part);
        else this.fail(key, entry, answer.ok || answer.error.status === 404);
        this.news++;
        this.how.onChange();
    }

    /** What is there of an earlier part stays that. @param {string} key @param {Entry} entry @param {boolean} forGood */
    fail(key, entry, forGood) {
        entry.retryAt = forGood ? Infinity : performance.now() + RETRY_AFTER_MS;
        if (entry.status === "ready") return;
        entry.status = "error";
        this.failures.add(key);
    }

    /** When something that is wanted may be asked for again after it failed. */
    nextRetry() {
        let least = Infinity;
        for (const entry of this.entries.values()) {
            const isMissed = entry.status === "error" || (entry.status === "ready" && entry.part !== this.part && !entry.busy);
            if (isMissed && entry.wanted === this.turn) least = Math.min(least, entry.retryAt);
        }
        return least;
    }

    /** Whether a tile, or a chunk of it, could not be had. @param {string} view @param {number} k @param {number} y @param {number} x */
    failed(view, k, y, x) {
        if (this.failures.size === 0) return false;
        return this.failures.has(tileKey(view, k, y, x)) || (this.rawOver(view, k, y, x) ?? []).some((n) => this.failures.has(`#${view}/${y}/${n}`));
    }

    /** @param {string} key @param {Entry} entry @param {any} value @param {number} part it was asked for */
    keep(key, entry, value, part) {
        this.old.chunks.delete(key);
        if (value.kind === "raw") (part === this.part ? this.raw : this.old).put(value.head, value.chunks);
        this.failures.delete(key);
        this.release(entry);
        Object.assign(entry, {status: "ready", value, part, retryAt: 0, bytes: sizeOf(value)});
        this.bytes += entry.bytes;
    }

    /** A tile or chunk, waited for: for selections, not for drawing. @param {string} key @param {string} piece @returns {Promise<any>} null if there is none; throws what the server, or its absence, says */
    async fetch(key, piece) {
        const {part} = this;
        const known = this.at(key);
        if (known?.part === part) return known.value;
        const answer = await this.how.load(piece, part, {priority: () => -1});
        if (answer.ok) return this.take(key, piece, answer.value, part);
        if (answer.error.status === 404) return null;
        throw Object.assign(new Error(answer.error.message), answer.error);
    }

    /** A chunk that came with the tile that is made of it. @param {import("./parts.js").Part} chunk @param {number} part it was asked for */
    takeChunk({view, block, number, value, size}, part) {
        this.received += size;
        if (part === this.part) this.take(`#${view}/${block}/${number}`, chunkPiece(view, block, number), value, part);
        else this.how.forget(value);
    }

    /** Keeps what did not come for an entry, unless it is there. @param {string} key @param {string} piece @param {any} value @param {number} part @returns {any} what is there, null: it is damaged */
    take(key, piece, value, part) {
        if (value.kind === "error") return null;
        const old = this.entries.get(key);
        if (old?.status === "ready" && old.part === part) {
            this.how.forget(value);
            return old.value;
        }
        old?.abort.abort();
        const entry = this.entryOf(piece, "ready");
        if (old) this.release(old);
        this.entries.set(key, entry);
        this.keep(key, entry, value, part);
        this.news++;
        return value;
    }

    evict() {
        if (this.bytes <= this.maxBytes) return;
        const idle = [...this.entries].filter(([, e]) => e.status === "ready" && e.used < this.turn - 1 && e.wanted < this.turn);
        idle.sort((a, b) => a[1].used - b[1].used);
        for (const [key, entry] of idle) {
            if (this.bytes <= this.maxBytes * 0.9) break;
            this.release(entry);
            this.entries.delete(key);
        }
    }

    /** Its value, if it has one, is let go. @param {Entry} entry */
    release(entry) {
        this.bytes -= entry.bytes;
        entry.bytes = 0;
        if (entry.value) this.how.forget(entry.value);
    }

    /** Entries that are on their way. */
    loading() {
        let n = 0;
        for (const entry of this.entries.values()) if (entry.busy) n++;
        return n;
    }
}
