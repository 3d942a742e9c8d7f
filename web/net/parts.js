/**
 * A batch of tiles over the wire: fetched, cut into its parts, and each decoded as soon as it is there. In the worker, and in place
 * of it where there is none.
 */
import {createPartReader} from "../core/batch.js";
import {streamed} from "./api.js";
import {decodeBytes} from "./decode.js";

/** @typedef {import("../core/batch.js").PartHead & {value: any, size: number}} Part   value: null where its status is not 200 */

/**
 * Never throws.
 * @param {string} url @param {string[]} order of its pieces @param {AbortSignal|null} signal @param {number} origin ns on the trace's clock
 * @param {(part: Part) => void} onPart
 * @returns {Promise<{ok: true} | {ok: false, error: import("./api.js").Failure}>}
 */
export async function loadParts(url, order, signal, origin, onPart) {
    const reader = createPartReader(order, (head, bytes) => {
        onPart({...head, value: head.status === 200 ? decodeBytes(bytes, origin) : null, size: bytes.length});
    });
    const answer = await streamed(url, signal, reader.push);
    if (!answer.ok || reader.isWhole()) return answer;
    return {ok: false, error: {code: "http", message: "The server's answer ends too early", status: 502}};
}
