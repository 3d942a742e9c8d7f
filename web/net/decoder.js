/**
 * Tiles, chunks and painted cells, made by the worker; the first two here where there is none, and until it is there.
 *
 * The worker keeps what cells are painted from by number. Who drops a value says so (`forget`); a value that was decoded here is
 * given to the worker with the first cell that needs it.
 */
import {paintedPart} from "./decode.js";
import {loadParts} from "./parts.js";

/** @typedef {{ok: true, value: any, size: number} | {ok: false, error: import("./api.js").Failure}} ValueAnswer size: bytes that came */

/** A tile, and the chunks that may come with it. */
const PARTS_PER_PIECE = 3;

/** @param {import("./thread.js").Thread} thread @param {number} origin ns on the trace's clock */
export function createDecoder(thread, origin) {
    /** What the worker has. @type {WeakMap<object, number>} */
    const ids = new WeakMap();
    /** @type {number[]} */
    const forgotten = [];
    let last = 0;

    /**
     * A batch; each part is told as it comes, also after an abort.
     * @param {string} url @param {string[]} order of its pieces @param {AbortSignal|undefined} signal @param {(part: import("./parts.js").Part) => void} onPart
     * @returns {ReturnType<typeof loadParts>}
     */
    async function load(url, order, signal, onPart) {
        if (!thread.isThere) return loadParts(url, order, signal ?? null, origin, onPart);
        const id = last + 1;
        last += 1 + PARTS_PER_PIECE * order.length;
        let n = 0;
        const stop = () => thread.tell({what: "abort", id});
        signal?.addEventListener("abort", stop, {once: true});
        const answer = await thread.ask({what: "load", id, url, order, origin}, (part) => {
            if (part.value) ids.set(part.value, id + n);
            n++;
            onPart(part);
        }).catch(() => null);
        signal?.removeEventListener("abort", stop);
        return answer ?? loadParts(url, order, signal ?? null, origin, onPart);
    }

    /** The value is used no more. @param {object} value */
    function forget(value) {
        const id = ids.get(value);
        if (id === undefined) return;
        ids.delete(value);
        if (forgotten.push(id) === 1) queueMicrotask(() => thread.tell({what: "forget", ids: forgotten.splice(0)}));
    }

    /** Has pictures of cells made, under numbers of the caller's; how many of the list were is answered. Null: there is no worker. Rejected when it is lost.
     * @param {object[]} orders @param {object[][]} values what each is painted from @param {number[]} pictures @returns {Promise<number>|null} */
    function paint(orders, values, pictures) {
        if (!thread.isThere) return null;
        /** @type {[number, object][]} */
        const gifts = [];
        const numbers = values.map((list) => list.map((value) => {
            const known = ids.get(value) ?? ++last;
            if (!ids.has(value)) gifts.push([known, paintedPart(value)]);
            ids.set(value, known);
            return known;
        }));
        return thread.ask({what: "paint", gifts, orders, ids: numbers, pictures});
    }

    return {load, forget, paint};
}
