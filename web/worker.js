/**
 * The worker: fetches and decodes tiles and chunks, paints cells of them, and draws the page's canvases, off the page's thread. Questions come as
 * {call, what, ...} (net/thread.js), answers go as {call, value}, some after parts, {call, part}; the first word, {call: 0}, says that it is there.
 *
 * What cells are painted from stays here under the number that it was loaded or given with, until the page forgets it; the page
 * has a copy, for words and for the pointer. Pictures of cells stay here as well: what travels for one is its order.
 */
import {copyOf, isPaintable, transfersOf} from "./net/decode.js";
import {loadParts} from "./net/parts.js";
import {createEasel} from "./draw/easel.js";
import {paintBitmap} from "./draw/paint_cell.js";

/** What is left of a batch is not painted: the page may want something else by then, and a frame waits no longer than this. */
const BATCH_MS = 5;

const easel = createEasel();
/** @type {Map<number, any>} */
const held = new Map();
/** @type {Map<number, AbortController>} */
const loads = new Map();

// In a worker the second argument is the list of what is handed over; the page's own postMessage has an origin there.
/** @type {{postMessage: (message: object, transfer: Transferable[]) => void}} */
const page = /** @type {any} */ (globalThis);

/** @typedef {{value: any, transfer: Transferable[]}} Answer */

/** Its parts are told one by one, and kept under the numbers from its id on. @param {{call: number, id: number, url: string, order: string[], origin: number}} question @returns {Promise<Answer>} */
async function load({call, id, url, order, origin}) {
    const abort = new AbortController();
    let n = 0;
    loads.set(id, abort);
    const answer = await loadParts(url, order, abort.signal, origin, (part) => {
        const {value} = part;
        const isKept = value && isPaintable(value);
        if (isKept) held.set(id + n, value);
        n++;
        const sent = isKept ? copyOf(value) : value;
        page.postMessage({call, part: {...part, value: sent}}, sent ? transfersOf(sent) : []);
    });
    loads.delete(id);
    return {value: answer, transfer: []};
}

/** As many as there is time for, at least one. @param {{gifts: [number, any][], orders: import("./draw/paint_cell.js").Order[], ids: number[][], pictures: number[]}} question @returns {Answer} */
function paint({gifts, orders, ids, pictures}) {
    const start = performance.now();
    for (const [id, value] of gifts) held.set(id, value);
    let n = 0;
    for (; n < orders.length && (n === 0 || performance.now() - start < BATCH_MS); n++) {
        const order = /** @type {import("./draw/paint_cell.js").Order} */ (orders[n]);
        easel.pictures.set(pictures[n] ?? 0, paintBitmap(order, (ids[n] ?? []).map((id) => held.get(id))));
    }
    return {value: n, transfer: []};
}

/** From now on these are drawn here. @param {{canvases: {name: string, canvas: OffscreenCanvas, opaque: boolean}[], pictures: [number, ImageBitmap][]}} order */
function takeOver({canvases, pictures}) {
    for (const {name, canvas, opaque} of canvases) easel.add(name, canvas, opaque);
    for (const [number, picture] of pictures) easel.pictures.set(number, picture);
}

/** @param {{sheets: import("./draw/easel.js").Sheet[], drop: number[]}} question @returns {Answer} */
function show({sheets, drop}) {
    easel.show(sheets);
    easel.drop(drop);
    return {value: sheets.length, transfer: []};
}

/** @param {any} question @returns {Answer|Promise<Answer>|null} */
function answerTo(question) {
    switch (question.what) {
        case "load": return load(question);
        case "paint": return paint(question);
        case "show": return show(question);
        case "canvases": takeOver(question); return null;
        case "abort": loads.get(question.id)?.abort(); return null;
        case "forget": question.ids.forEach((/** @type {number} */ id) => held.delete(id)); return null;
        default: return null;
    }
}

addEventListener("message", async ({data}) => {
    try {
        const answer = await answerTo(data);
        if (answer) page.postMessage({call: data.call, value: answer.value}, answer.transfer);
    } catch (error) {
        reportError(error); // the page then goes on without
    }
});
page.postMessage({call: 0}, []);
