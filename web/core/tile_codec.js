/**
 * Bytes of a tile or a counter tile to typed arrays (tiles/TILE_FORMAT.md sections 3 and 6).
 *
 * Trusts nothing: every length is checked before it is used, and broken bytes give {error}, never a wrong picture.
 */
import {readU64} from "./bytes.js";
import {BINS} from "./tile_key.js";
import {N_STATES} from "./color.js";

const HEADER = 24;
const RECORD = 32;
export const BLOCK_ROWS = 32;
export const COUNTER_VALUES = 6;
/** What tells of a single goroutine: nothing, it does not live here; the chunks of its block; a record. */
export const [SOLO_NONE, SOLO_RAW, SOLO_HIST] = [0, 1, 2];
const PLACE = 40;

/**
 * @typedef {object} TileHead
 * @property {string} view @property {number} r @property {number} k @property {number} y @property {number} x @property {number} count
 *
 * @typedef {object} RawTile
 * @property {"raw"} kind @property {TileHead} head
 * @property {Uint32Array} chunks
 *
 * @typedef {object} HistTile     one entry per record, by ascending row
 * @property {"hist"} kind @property {TileHead} head
 * @property {Int8Array} recordOf      row of the block to record, -1 none
 * @property {Uint16Array} mask        @property {Uint32Array} lived   goroutines that lived in the row
 * @property {Float64Array} full       lanes that 255 stands for
 * @property {Float64Array} first      id of the first goroutine, 0 none
 * @property {Float64Array} intervals
 * @property {Int32Array} planeOf      record * 12 + state to the plane's offset in `planes`, -1 none
 * @property {Uint8Array} planes
 * @property {Uint8Array=} solo        of rows of single goroutines: what tells of each: SOLO_NONE, SOLO_RAW, SOLO_HIST
 *
 * @typedef {object} CounterTile
 * @property {"counter"} kind @property {TileHead} head
 * @property {Float64Array} values     per bin COUNTER_VALUES: first, last, min, max, rise, fall
 *
 * @typedef {{kind: "error", error: string}} Broken
 */

/** @param {string} error @returns {Broken} */
const broken = (error) => ({kind: "error", error});

/** @param {DataView} view @returns {TileHead|null} */
function decodeHead(view) {
    if (view.byteLength < HEADER || view.getUint32(0, false) !== 0x54535431) return null;
    return {
        view: String.fromCharCode(view.getUint8(4)),
        r: view.getUint8(6),
        k: view.getUint8(7),
        y: view.getUint32(8, true),
        count: view.getUint32(12, true),
        x: readU64(view, 16),
    };
}

/** @param {Uint8Array} bytes @returns {RawTile|HistTile|CounterTile|Broken} */
export function decodeTile(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const head = decodeHead(view);
    if (!head) return broken("not a tile");
    if (head.view === "C") return decodeCounter(view, head);
    const kind = view.getUint8(5);
    if (kind === 1) return decodeRaw(view, head);
    if (kind === 2) return head.view === "R" ? decodeSolo(bytes, view, head) : decodeHist(bytes, view, head, HEADER);
    return broken(`unknown kind of tile: ${kind}`);
}

/** @param {DataView} view @param {TileHead} head @returns {RawTile|Broken} */
function decodeRaw(view, head) {
    if (head.count > 2 || view.byteLength !== HEADER + 4 * head.count) return broken("a raw tile of a wrong length");
    const chunks = new Uint32Array(head.count);
    for (let i = 0; i < head.count; i++) chunks[i] = view.getUint32(HEADER + 4 * i, true);
    return {kind: "raw", head, chunks};
}

/** Rows of single goroutines: their places, then a tile. @param {Uint8Array} bytes @param {DataView} view @param {TileHead} head @returns {HistTile|Broken} */
function decodeSolo(bytes, view, head) {
    const n = head.y;
    if (n < 1 || n > BLOCK_ROWS || view.byteLength < HEADER + PLACE * n) return broken("a tile shorter than its places");
    const solo = Uint8Array.from({length: n}, (_, i) => view.getUint8(HEADER + PLACE * i));
    if (solo.some((kind) => kind > SOLO_HIST)) return broken("a broken place");
    const tile = decodeHist(bytes, view, head, HEADER + PLACE * n);
    return tile.kind === "hist" ? {...tile, solo} : tile;
}

/** @param {Uint8Array} bytes @param {DataView} view @param {TileHead} head @param {number} start of the records @returns {HistTile|Broken} */
function decodeHist(bytes, view, head, start) {
    const n = head.count;
    if (n > BLOCK_ROWS || view.byteLength < start + RECORD * n) return broken("a tile shorter than its records");
    /** @type {HistTile} */
    const tile = {
        kind: "hist", head, recordOf: new Int8Array(BLOCK_ROWS).fill(-1), mask: new Uint16Array(n), lived: new Uint32Array(n),
        full: new Float64Array(n), first: new Float64Array(n), intervals: new Float64Array(n),
        planeOf: new Int32Array(n * N_STATES).fill(-1), planes: bytes.slice(start + RECORD * n),
    };
    let planes = 0;
    for (let i = 0, last = -1; i < n; i++) {
        const at = start + RECORD * i;
        const row = view.getUint8(at);
        const mask = view.getUint16(at + 2, true);
        const full = view.getFloat64(at + 8, true);
        if (row <= last || row >= BLOCK_ROWS || mask >= 1 << N_STATES || !(full >= 0)) return broken("a broken row record");
        last = row;
        tile.recordOf[row] = i;
        tile.mask[i] = mask;
        tile.lived[i] = view.getUint32(at + 4, true);
        tile.full[i] = full;
        tile.first[i] = readU64(view, at + 16);
        tile.intervals[i] = readU64(view, at + 24);
        for (let s = 0; s < N_STATES; s++) if (mask & (1 << s)) tile.planeOf[i * N_STATES + s] = BINS * planes++;
    }
    return tile.planes.length === BINS * planes ? tile : broken("a tile with planes of a wrong length");
}

/** @param {DataView} view @param {TileHead} head @returns {CounterTile|Broken} */
function decodeCounter(view, head) {
    if (view.byteLength !== HEADER + BINS * COUNTER_VALUES * 8) return broken("a counter tile of a wrong length");
    const values = new Float64Array(BINS * COUNTER_VALUES);
    for (let i = 0; i < values.length; i++) values[i] = view.getFloat64(HEADER + 8 * i, true);
    return {kind: "counter", head, values};
}
