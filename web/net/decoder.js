/**
 * Tiles, chunks and painted cells, made by the worker; the first two here where there is none, and until it is there.
 *
 * The worker keeps what cells are painted from by number. Who drops a value says so (`forget`); a value that was decoded here is
 * given to the worker with the first cell that needs it.
 */
import {once} from "./api.js";
import {decodeBytes} from "./decode.js";

/** @typedef {{ok: true, value: any, size: number} | {ok: false, error: import("./api.js").Failure}} ValueAnswer size: bytes that came */

/** @param {import("./thread.js").Thread} thread @param {number} origin ns on the trace's clock */
export function createDecoder(thread, origin) {
    /** What the worker has. @type {WeakMap<object, number>} */
    const ids = new WeakMap();
    /** @type {number[]} */
    const forgotten = [];
    let last = 0;

    /** @param {string} url @param {import("./api.js").How} how @returns {Promise<ValueAnswer>} */
    async function loadHere(url, how) {
        const answer = await once(url, how);
        return answer.ok ? {ok: true, value: decodeBytes(answer.bytes, origin), size: answer.bytes.length} : answer;
    }

    /** @param {string} url @param {import("./api.js").How} how @returns {Promise<ValueAnswer>} */
    async function load(url, how) {
        if (!thread.isThere) return loadHere(url, how);
        const id = ++last;
        const stop = () => thread.tell({what: "abort", id});
        how.signal?.addEventListener("abort", stop, {once: true});
        const answer = await thread.ask({what: "load", id, url, origin}).catch(() => null);
        how.signal?.removeEventListener("abort", stop);
        if (!answer) return loadHere(url, how);
        if (answer.ok) ids.set(answer.value, id);
        if (answer.ok && how.signal?.aborted) forget(answer.value);
        return answer;
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
            if (!ids.has(value)) gifts.push([known, value]);
            ids.set(value, known);
            return known;
        }));
        return thread.ask({what: "paint", gifts, orders, ids: numbers, pictures});
    }

    return {load, forget, paint};
}
