/**
 * Processor rows: full height = busy. Idle is nothing, so that use is read as ink. Zoomed out, a bin's height is its share.
 */
import {paintRow, paintTiles} from "./paint_rows.js";
import {barOf} from "./lane_goroutine.js";

/** @typedef {import("./raster.js").Cell} Cell */

export const procRows = {
    /** @param {Cell} c @param {import("../net/tile_cache.js").Source} source @param {import("./kinds.js").Strip} strip @param {import("../core/color.js").Colors} colors */
    paint(c, source, strip, colors) {
        for (let i = 0; i < strip.rows; i++) {
            const {base, bar} = barOf(Math.round(i * strip.bar * c.dpr), strip.bar, c.dpr);
            const style = {base, bar, parked: 0, full: 1, words: colors.fillWord, edge: null};
            if (source.kind === "tiles") paintTiles(c, source.tiles, strip.first + i, style);
            else paintRow(c, /** @type {import("../core/chunk_codec.js").Chunk[]} */ (source.chunks), strip.first + i, style);
        }
    },
};
