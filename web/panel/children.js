/**
 * Who created a goroutine and in which function, and the goroutines that it created: by number, page by page, each a link to its birth.
 */
import {starterOf} from "../core/selection.js";
import {timeWords} from "../core/words.js";
import {el, link} from "./element.js";
import {attempt, framesOf, functionName, goroutineLink} from "./pieces.js";

/** @typedef {import("../types.js").Page} Page */

const FIRST = 8;
const NEXT = 100;

/**
 * The list, which fills itself: all of a trace's goroutines may have to be looked through for it.
 * @param {Page} ctx @param {string} g @param {AbortSignal} signal
 */
export function childrenList(ctx, g, signal) {
    const {store, api} = ctx;
    const path = `traces/${store.get().trace}/goroutines?creator=${g}`;
    const body = el("tbody");
    const more = el("p", {class: "empty"}, "…");
    const load = async (/** @type {string} */ page) => {
        const {goroutines, next} = await api.json(`${path}${page}`, {signal});
        body.append(...goroutines.map((/** @type {any} */ child) => el("tr", {},
            el("td", {}, goroutineLink(ctx, child.g, child.born.t), " ", functionName(child.function)),
            el("td", {}, timeWords(child.born.t, store.get(), 6)))));
        const rest = next ? link("More", () => attempt(ctx, load(`&limit=${NEXT}&after=${next}`)), `The next ${NEXT} goroutines it created`) : "";
        more.replaceChildren(body.childElementCount === 0 ? "None." : rest);
    };
    attempt(ctx, load(`&limit=${FIRST}`));
    return el("div", {class: "children"}, el("table", {class: "shares"}, body), more);
}

/** "g1 in main.handler" of a goroutine's record. @param {Page} ctx @param {any} record null: not known @param {AbortSignal} signal */
export async function creatorWords(ctx, record, signal) {
    if (!record?.born.known || !record.creator || record.creator === "0") return null;
    const starter = starterOf((await framesOf(ctx, record.creator_stack, signal)).map((frame) => frame.function));
    return [goroutineLink(ctx, record.creator, record.born.t), ...(starter === "" ? [] : [" in ", functionName(starter)])];
}

/** The list on demand, for a list of facts. @param {Page} ctx @param {string} g @param {AbortSignal} signal */
export function childrenLink(ctx, g, signal) {
    const place = el("div", {}, link("Show", () => place.replaceChildren(childrenList(ctx, g, signal)), `The goroutines that g${g} created`));
    return place;
}
