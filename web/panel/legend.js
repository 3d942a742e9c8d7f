/**
 * The colours of the states, in the order of bars. Parked ones have low swatches, as their bars lie low. Each tells what it means
 * (explaining.js).
 */
import {STACK_ORDER, TITLES} from "../core/words.js";
import {el, swatch} from "./element.js";

/** @typedef {import("../types.js").Page} Page */

const PARKED = new Set(["chan", "other", "net", "sleep"]);

/** @param {Page} ctx @returns {() => void} */
export function enable({dom}) {
    const names = [...STACK_ORDER.filter((name) => name !== "unknown"), "stw"];
    dom["legend"]?.replaceChildren(...names.map((name) => el("button", {type: "button", "data-state": name}, swatch(name, PARKED.has(name) ? "low" : ""), TITLES[name])));
    return () => dom["legend"]?.replaceChildren();
}
