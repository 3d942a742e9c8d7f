/**
 * Lane kind to renderer: what paints a cell, in the worker or on the page.
 */
import {goroutineRows, groupArea, loudArea, meanRow, soloRow} from "./lane_goroutine.js";
import {procRows} from "./lane_proc.js";
import {threadRows} from "./lane_thread.js";

/** @typedef {import("./raster.js").Cell} Cell */
/** @typedef {import("../core/color.js").Colors} Colors */
/** @typedef {import("../net/tile_shelf.js").Source} Source */
/** @typedef {"G"|"P"|"M"|"area"|"loud"|"mean"|"solo"} Kind */

/**
 * @typedef {object} Look         what a cell shows, and how
 * @property {Kind} kind
 * @property {number} first       first row within the block
 * @property {number} rows
 * @property {number} bar         CSS px of a row, an area
 * @property {number} full        lanes that fill an area; rows of the group, of a mean row
 * @property {import("../types.js").Isolated=} solo   the one goroutine that it shows; `first` is its number among them
 */

/** @type {Record<Kind, {paint: (c: Cell, source: Source, look: Look, colors: Colors) => void}>} */
export const KINDS = {solo: soloRow, G: goroutineRows, P: procRows, M: threadRows, area: groupArea, loud: loudArea, mean: meanRow};
