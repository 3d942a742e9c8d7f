/**
 * Processor rows: full height = busy. Idle is nothing, so that use is read as ink. Zoomed out, a bin's height is its share.
 */
import {paintRow, paintTiles} from "./paint_rows.js";
import {barOf} from "./lane_goroutine.js";

/** @typedef {import("./raster.js").Cell} Cell */

export const procRows = {
    /** @param {Cell} c @param {import("../net/tile_cache.js").Source} source @param {import("./kinds.js").Look} look @param {import("../core/color.js").Colors} colors */
    paint(c, source, look, colors) {
        for (let i = 0; i < look.rows; i++) {
            const {base, bar} = barOf(Math.round(i * look.bar * c.dpr), look.bar, c.dpr);
            const style = {base, bar, parked: 0, full: 1, words: colors.fillWord, edge: null};
            if (source.kind === "tiles") paintTiles(c, source.tiles, look.first + i, style);
            else paintRow(c, /** @type {import("../core/chunk_codec.js").Chunk[]} */ (source.chunks), look.first + i, style);
        }
    },
};
