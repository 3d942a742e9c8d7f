/**
 * Which decoder some bytes need, and which buffers the result holds. Used by the worker, and in place of it where there is none.
 */
import {decodeChunk} from "../core/chunk_codec.js";
import {decodeTile} from "../core/tile_codec.js";

/** @typedef {ReturnType<typeof decodeTile> | ReturnType<typeof decodeChunk>} Decoded */

/** @param {Uint8Array} bytes @param {number} origin @returns {Decoded} */
export function decodeBytes(bytes, origin) {
    return bytes[1] === 0x53 && bytes[2] === 0x43 ? decodeChunk(bytes, origin) : decodeTile(bytes);
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

/** Landmarks come as JSON. @param {Uint8Array} bytes */
export function parseJson(bytes) {
    try {
        return {kind: "json", ...JSON.parse(new TextDecoder().decode(bytes))};
    } catch {
        return null;
    }
}
