/**
 * The worker: fetches and decodes tiles and chunks, and paints cells of them, off the page's thread. Questions come as
 * {call, what, ...} (net/thread.js), answers go as {call, value}; the first word, {call: 0}, says that it is there.
 *
 * What cells are painted from stays here under the number that it was loaded or given with, until the page forgets it; the page
 * has a copy, for words and for the pointer. So nothing travels for a picture but its order and its pixels.
 */
import {once} from "./net/api.js";
import {copyOf, decodeBytes, isPaintable, transfersOf} from "./net/decode.js";
import {paintBitmap} from "./draw/paint_cell.js";

/** The page may want something else by then: what is left of a batch is not painted. */
const BATCH_MS = 8;

/** @type {Map<number, any>} */
const held = new Map();
/** @type {Map<number, AbortController>} */
const loads = new Map();

/** @typedef {{value: any, transfer: Transferable[]}} Answer */

/** @param {{id: number, url: string, origin: number}} question @returns {Promise<Answer>} */
async function load({id, url, origin}) {
    const abort = new AbortController();
    loads.set(id, abort);
    const answer = await once(url, {signal: abort.signal});
    loads.delete(id);
    if (!answer.ok) return {value: answer, transfer: []};
    const value = decodeBytes(answer.bytes, origin);
    if (isPaintable(value)) held.set(id, value);
    const sent = isPaintable(value) ? copyOf(value) : value;
    return {value: {ok: true, value: sent, size: answer.bytes.length}, transfer: transfersOf(sent)};
}

/** As many as there is time for, at least one. @param {{gifts: [number, any][], orders: import("./draw/paint_cell.js").Order[], ids: number[][]}} question @returns {Answer} */
function paint({gifts, orders, ids}) {
    const start = performance.now();
    for (const [id, value] of gifts) held.set(id, value);
    const bitmaps = [];
    for (const [i, order] of orders.entries()) {
        if (i > 0 && performance.now() - start > BATCH_MS) break;
        bitmaps.push(paintBitmap(order, (ids[i] ?? []).map((id) => held.get(id))));
    }
    return {value: bitmaps, transfer: bitmaps};
}

/** @param {any} question @returns {Answer|Promise<Answer>|null} */
function answerTo(question) {
    switch (question.what) {
        case "load": return load(question);
        case "paint": return paint(question);
        case "abort": loads.get(question.id)?.abort(); return null;
        case "forget": question.ids.forEach((/** @type {number} */ id) => held.delete(id)); return null;
        default: return null;
    }
}

// In a worker the second argument is the list of what is handed over; the page's own postMessage has an origin there.
/** @type {{postMessage: (message: object, transfer: Transferable[]) => void}} */
const page = /** @type {any} */ (globalThis);
addEventListener("message", async ({data}) => {
    try {
        const answer = await answerTo(data);
        if (answer) page.postMessage({call: data.call, value: answer.value}, answer.transfer);
    } catch (error) {
        reportError(error); // the page then goes on without
    }
});
page.postMessage({call: 0}, []);
