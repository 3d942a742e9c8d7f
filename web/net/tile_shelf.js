/**
 * Tiles and chunks at hand, and the best of them for drawing: the exact tile, else finer ones, else a coarser one. While a trace
 * is being read, what came for an earlier part stands in for what has not come anew.
 */
import {tileKey} from "../core/tile_key.js";
import {RawTiles} from "./raw_tiles.js";

/** @typedef {import("../core/tile_codec.js").HistTile} HistTile */
/** @typedef {import("../core/chunk_codec.js").Chunk} Chunk */
/** @typedef {import("../core/chunk_codec.js").GroupChunk} GroupChunk */
/**
 * `until`: what it is made of ends there, in page ns: that is all that was read by then
 * @typedef {{kind: "chunks", chunks: (Chunk|GroupChunk)[], sig: string, until: number} | {kind: "tiles", tiles: any[], exact: boolean, sig: string, until: number}} Source
 */
/**
 * @typedef {object} Entry
 * @property {string} piece       as the address of a batch spells it
 * @property {"loading"|"ready"|"error"} status
 * @property {number} part        of a trace that is being read: the one its value is of; 0: all of the trace
 * @property {boolean} busy       a request is under way: its first, or one for another part
 * @property {any} value
 * @property {number} bytes
 * @property {number} used        turn of the last use
 * @property {number} wanted      turn of the last wish
 * @property {number} distance
 * @property {number} retryAt
 * @property {AbortController} abort
 */

const FINER = 2;

export class TileShelf {
    /** @param {number} levels @param {number} part @param {number} span of that part, ns */
    constructor(levels, part, span) {
        this.levels = levels;
        /** @type {Map<string, Entry>} */
        this.entries = new Map();
        this.raw = new RawTiles();
        /** of earlier parts: for drawing until the tiles have come anew */
        this.old = new RawTiles();
        /** of a trace that is being read: the one that is shown; 0: all of it */
        this.part = part;
        /** length of each part, ns @type {Map<number, number>} */
        this.spans = new Map([[this.part, part > 0 ? span : Infinity]]);
        this.turn = 0;
    }

    /** Chunks of the RAW tile that is this tile or holds it, null if none is known.
     * @param {string} view @param {number} k @param {number} y @param {number} x */
    rawOver(view, k, y, x) {
        return this.raw.over(view, k, y, x);
    }

    /** An entry that is at hand. @param {string} key @returns {Entry|null} */
    at(key) {
        const entry = this.entries.get(key);
        if (entry?.status !== "ready") return null;
        entry.used = this.turn;
        return entry;
    }

    /** The value of an entry that is at hand. @param {string} key */
    ready(key) {
        return this.at(key)?.value ?? null;
    }

    /** Where what is at hand ends, ns. @param {Entry[]} entries */
    untilOf(entries) {
        return entries.reduce((until, {part}) => (part === this.part ? until : Math.min(until, this.spans.get(part) ?? Infinity)), Infinity);
    }

    /** Chunks that are at hand, all of them. @param {string} view @param {number} y @param {Uint32Array|null} numbers @returns {Source|null} */
    chunksAt(view, y, numbers) {
        if (!numbers) return null;
        const entries = [];
        for (const n of numbers) {
            const entry = this.at(`#${view}/${y}/${n}`);
            if (!entry) return null;
            entries.push(entry);
        }
        return {kind: "chunks", chunks: entries.map(({value}) => value), sig: `#${numbers.join()}${partsOf(entries)}`, until: this.untilOf(entries)};
    }

    /** @param {Entry[]} entries @param {boolean} exact @param {string} sig @returns {Source} */
    tilesOf(entries, exact, sig) {
        return {kind: "tiles", tiles: entries.map(({value}) => value), exact, sig: sig + partsOf(entries), until: this.untilOf(entries)};
    }

    /** A tile that is at hand, but a list of chunks. @param {string} view @param {number} k @param {number} y @param {number} x */
    hist(view, k, y, x) {
        const entry = this.at(tileKey(view, k, y, x));
        return entry && entry.value.kind !== "raw" ? entry : null;
    }

    /** The best that can be drawn now for a tile; null: nothing at all.
     * @param {string} view @param {number} k @param {number} y @param {number} x @returns {Source|null} */
    source(view, k, y, x) {
        const chunks = this.chunksAt(view, y, this.rawOver(view, k, y, x));
        if (chunks) return chunks;
        const exact = this.hist(view, k, y, x);
        if (exact?.part === this.part) return this.tilesOf([exact], true, `=${k}`);
        const old = this.old.chunks.size === 0 ? null : this.chunksAt(view, y, this.old.over(view, k, y, x));
        return old ?? (exact ? this.tilesOf([exact], true, `=${k}`) : this.finer(view, k, y, x) ?? this.coarser(view, k, y, x));
    }

    /** @param {string} view @param {number} k @param {number} y @param {number} x @returns {Source|null} */
    finer(view, k, y, x) {
        for (let down = 1; down <= FINER && k - down >= 0; down++) {
            const tiles = [];
            for (let i = 0; i < 2 ** down; i++) {
                const tile = this.hist(view, k - down, y, x * 2 ** down + i);
                if (tile) tiles.push(tile);
            }
            if (tiles.length === 2 ** down) return this.tilesOf(tiles, false, `-${k - down}`);
        }
        return null;
    }

    /** @param {string} view @param {number} k @param {number} y @param {number} x @returns {Source|null} */
    coarser(view, k, y, x) {
        for (let up = 1; k + up < this.levels; up++) {
            const tile = this.hist(view, k + up, y, Math.floor(x / 2 ** up));
            if (tile) return this.tilesOf([tile], false, `+${k + up}`);
        }
        return null;
    }

    /** A chunk that is at hand. @param {string} view @param {number} block @param {number} n @returns {Chunk|null} */
    chunk(view, block, n) {
        return this.ready(`#${view}/${block}/${n}`);
    }
}

/** What tells pictures of one tile in two parts from each other. @param {Entry[]} entries */
const partsOf = (entries) => (entries.every(({part}) => part === 0) ? "" : entries.map(({part}) => `:${part}`).join(""));
