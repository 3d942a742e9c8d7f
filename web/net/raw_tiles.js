/**
 * Which tiles are RAW, and of which chunks they are made: a RAW tile stands for all its descendants.
 */
import {tileKey} from "../core/tile_key.js";

export class RawTiles {
    constructor() {
        /** numbers of chunks, by key @type {Map<string, Uint32Array>} */
        this.chunks = new Map();
        /** levels at which a block has RAW tiles, ascending @type {Map<string, number[]>} */
        this.levels = new Map();
    }

    /** @param {{view: string, k: number, y: number, x: number}} head @param {Uint32Array} chunks */
    put({view, k, y, x}, chunks) {
        this.chunks.set(tileKey(view, k, y, x), chunks);
        this.addLevels(`${view}/${y}`, [k]);
    }

    /** @param {string} block @param {number[]} more */
    addLevels(block, more) {
        const levels = this.levels.get(block) ?? [];
        if (more.some((k) => !levels.includes(k))) this.levels.set(block, [...new Set([...levels, ...more])].sort((a, b) => a - b));
    }

    /** Takes over all that another one knows, which then knows nothing. @param {RawTiles} other */
    take(other) {
        for (const [key, chunks] of other.chunks) this.chunks.set(key, chunks);
        for (const [block, levels] of other.levels) this.addLevels(block, levels);
        other.chunks.clear();
        other.levels.clear();
    }

    /** Chunks of the RAW tile that is this tile or holds it, null if none is known.
     * @param {string} view @param {number} k @param {number} y @param {number} x */
    over(view, k, y, x) {
        for (const level of this.levels.get(`${view}/${y}`) ?? []) {
            const chunks = level < k ? undefined : this.chunks.get(tileKey(view, level, y, Math.floor(x / 2 ** (level - k))));
            if (chunks) return chunks;
        }
        return null;
    }
}
