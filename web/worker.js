/**
 * The worker: fetches and decodes tiles and chunks, paints cells of them, and draws the page's canvases, off the page's thread. Questions come as
 * {call, what, ...} (net/thread.js), answers go as {call, value}, some after parts, {call, part}; the first word, {call: 0}, says that it is there.
 *
 * What cells are painted from stays here under the number that it was loaded or given with, until the page forgets it; the page
 * has all of it, for words and for the pointer. Pictures of cells stay here as well: what travels for one is its order.
 */
import {copyOf, isPaintable, paintedPart, transfersOf} from "./net/decode.js";
import {loadParts} from "./net/parts.js";
import {createEasel} from "./draw/easel.js";
import {paintBitmap} from "./draw/paint_cell.js";

/** What is left of a batch is not painted: the page may want something else by then. */
const BATCH_MS = 5;

const easel = createEasel();
const turn = new MessageChannel();
/** @type {(() => void)[]} */
const paused = [];
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
        if (value && isPaintable(value)) held.set(id + n, copyOf(paintedPart(value)));
        n++;
        page.postMessage({call, part}, value ? transfersOf(value) : []);
    });
    loads.delete(id);
    return {value: answer, transfer: []};
}

/** Lets what waits for its turn have it: above all a frame to be drawn. @returns {Promise<void>} */
const breathe = () => new Promise((resolve) => {
    paused.push(resolve);
    turn.port2.postMessage(null);
});
turn.port1.onmessage = () => paused.shift()?.();

/** As many as there is time for, at least one, each on a turn of its own: a frame that comes meanwhile is drawn before the next.
 * @param {{gifts: [number, any][], orders: import("./draw/paint_cell.js").Order[], ids: number[][], pictures: number[]}} question @returns {Promise<Answer>} */
async function paint({gifts, orders, ids, pictures}) {
    for (const [id, value] of gifts) held.set(id, value);
    const values = ids.map((list) => list.map((id) => held.get(id))); // the page may forget them while this goes on
    let n = 0;
    for (let spent = 0; n < orders.length && spent < BATCH_MS; n++) {
        if (n > 0) await breathe();
        const start = performance.now();
        const order = /** @type {import("./draw/paint_cell.js").Order} */ (orders[n]);
        easel.pictures.set(pictures[n] ?? 0, paintBitmap(order, values[n] ?? []));
        spent += performance.now() - start;
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
