/**
 * Which decoder some bytes need, and which buffers the result holds. Used by the worker, and in place of it where there is none.
 * Landmarks come as JSON, all else is binary.
 */
import {decodeChunk} from "../core/chunk_codec.js";
import {decodeTile} from "../core/tile_codec.js";

const BRACE = 0x7b;

/** @typedef {ReturnType<typeof decodeTile> | ReturnType<typeof decodeChunk> | ReturnType<typeof parseJson>} Decoded */

/** @param {Uint8Array} bytes @param {number} origin @returns {Decoded} */
export function decodeBytes(bytes, origin) {
    if (bytes[0] === BRACE) return parseJson(bytes);
    return bytes[1] === 0x53 && bytes[2] === 0x43 ? decodeChunk(bytes, origin) : decodeTile(bytes);
}

/** Whether cells are painted from it. @param {{kind: string}} value */
export const isPaintable = ({kind}) => kind === "hist" || kind === "chunk" || kind === "groups";

/** What a chunk tells for words and for the pointer alone: four fifths of its bytes. */
const UNPAINTED = new Set(["corr", "reason", "stack", "g", "waker", "p", "m", "creator", "markCorr", "markText2", "markStack"]);

/** What cells are painted from it, the arrays being the same. @param {object} value @returns {object} */
export const paintedPart = (value) => Object.fromEntries(Object.entries(value).filter(([key]) => !UNPAINTED.has(key)));

/** The same with arrays of its own. @param {object} value @returns {object} */
export function copyOf(value) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, ArrayBuffer.isView(part) ? /** @type {Uint8Array} */ (part).slice() : part]));
}

/** @param {object} value @returns {ArrayBuffer[]} */
export function transfersOf(value) {
    const out = [];
    for (const part of Object.values(value)) if (ArrayBuffer.isView(part) && part.buffer instanceof ArrayBuffer) out.push(part.buffer);
    return out;
}

/** Bytes that a decoded thing holds. @param {object} value */
export function sizeOf(value) {
    let size = 256;
    for (const part of Object.values(value)) if (ArrayBuffer.isView(part)) size += part.byteLength;
    return size;
}

/** @param {Uint8Array} bytes @returns {{kind: "json", [name: string]: any} | {kind: "error", error: string}} */
function parseJson(bytes) {
    try {
        return {kind: "json", ...JSON.parse(new TextDecoder().decode(bytes))};
    } catch {
        return {kind: "error", error: "not JSON"};
    }
}
