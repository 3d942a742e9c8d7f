/**
 * Many tiles in one request: the address of a list of pieces, and the parts of the answer as they come (API.md, Batches).
 *
 * A piece is a letter, ids for some, and numbers with dots between: "G.19.2.7" a tile, "g.2.17" a chunk (tile_key.js makes them).
 */

/** `piece`: one that was asked for; "" where the part comes along: a chunk, `view`, `block`, `number` say which.
 * @typedef {{status: number, piece: string, view: string, block: number, number: number}} PartHead */

const HEAD_BYTES = 8;
const ENTRY_BYTES = 16;
const MAX_PARTS = 4096;

/** Whether it may take long: such have an address of their own. @param {string} piece */
export const isLong = (piece) => piece.startsWith("R") || piece.startsWith("T");

/** @template K, V @param {Map<K, V[]>} map @param {K} key @param {V} value */
function push(map, key, value) {
    const list = map.get(key);
    if (list) list.push(value);
    else map.set(key, [value]);
}

/** Runs of neighbours as ranges. @param {number[]} numbers ascending */
function rangesOf(numbers) {
    /** @type {[number, number][]} */
    const runs = [];
    for (const n of numbers) {
        const last = runs.at(-1);
        if (last && last[1] === n - 1) last[1] = n;
        else runs.push([n, n]);
    }
    return runs.map(([a, b]) => (a === b ? `${a}` : `${a}-${b}`)).join(",");
}

const ascending = (/** @type {number} */ a, /** @type {number} */ b) => a - b;

/** @param {string} text @returns {[string, number]} what stands before its last number, and that */
function cutLast(text) {
    const at = text.lastIndexOf(".");
    return [text.slice(0, at), Number(text.slice(at + 1))];
}

/**
 * The list of an address for some pieces, each once, and the pieces in the order that it names them.
 * @param {string[]} pieces all long, or none
 */
export function batchOf(pieces) {
    /** the last numbers by what stands before @type {Map<string, number[]>} */
    const rows = new Map();
    for (const piece of new Set(pieces)) push(rows, ...cutLast(piece));
    /** by what stands before, and the last numbers: the second to last ones @type {Map<string, {before: string, ys: number[], xs: number[]}>} */
    const groups = new Map();
    for (const [row, xs] of rows) {
        const [before, y] = cutLast(row);
        const key = `${before}.${xs.sort(ascending).join()}`;
        const group = groups.get(key);
        if (group) group.ys.push(y);
        else groups.set(key, {before, ys: [y], xs});
    }
    const list = [];
    const order = [];
    for (const {before, ys, xs} of groups.values()) {
        list.push(`${before}.${rangesOf(ys.sort(ascending))}.${rangesOf(xs)}`);
        for (const y of ys) for (const x of xs) order.push(`${before}.${y}.${x}`);
    }
    return {list: list.join(";"), order};
}

/** Path of a batch below the trace. @param {string} list @param {number} version @param {number} part */
export function batchPath(list, version, part) {
    return `batch/${isLong(list) ? "long/" : ""}${list}?v=${version}${part > 0 ? `&part=${part}` : ""}`;
}

/**
 * Takes the bytes of an answer in pieces of any size, and tells each part when all of it is there.
 * @param {string[]} order of the pieces asked for @param {(head: PartHead, bytes: Uint8Array<ArrayBuffer>) => void} onPart
 */
export function createPartReader(order, onPart) {
    let room = new Uint8Array(HEAD_BYTES);
    let filled = 0;
    /** @type {(PartHead & {bytes: number})[]} */
    let index = [];
    let next = -1;
    let count = -1;
    let isBad = false;

    /** @param {number} n */
    function expect(n) {
        room = new Uint8Array(n);
        filled = 0;
    }

    /** @param {DataView} view */
    function takeIndex(view) {
        index = Array.from({length: count}, (_, i) => {
            const at = i * ENTRY_BYTES;
            const letter = view.getUint8(at + 2);
            const first = view.getUint32(at + 4, true);
            return {
                status: view.getUint16(at, true), piece: letter === 0 ? order[first] ?? "" : "", view: letter === 0 ? "" : String.fromCharCode(letter),
                block: first, number: view.getUint32(at + 8, true), bytes: view.getUint32(at + 12, true),
            };
        });
        next = 0;
    }

    /** What was waited for is there. */
    function step() {
        const view = new DataView(room.buffer);
        if (count < 0) {
            isBad = view.getUint32(0) !== 0x54534231 || view.getUint32(4, true) > MAX_PARTS;
            count = isBad ? 0 : view.getUint32(4, true);
            return expect(count * ENTRY_BYTES);
        }
        if (next < 0) takeIndex(view);
        else {
            const part = index[next++];
            if (part) onPart(part, room);
        }
        expect(index[next]?.bytes ?? 0);
    }

    return {
        /** @param {Uint8Array} bytes */
        push(bytes) {
            let rest = bytes;
            while (!isBad && next < Math.max(count, 0)) {
                const n = Math.min(rest.length, room.length - filled);
                room.set(rest.subarray(0, n), filled);
                filled += n;
                rest = rest.subarray(n);
                if (filled < room.length) return;
                step();
            }
        },
        isWhole: () => !isBad && count >= 0 && next === count,
    };
}
