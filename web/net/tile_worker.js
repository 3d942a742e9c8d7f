/**
 * The worker: decodes tiles and chunks off the page's thread. A message is {id, bytes, origin}, the answer {id, value}; all
 * arrays travel without being copied.
 */
import {decodeBytes, transfersOf} from "./decode.js";

addEventListener("message", ({data}) => {
    const value = decodeBytes(data.bytes, data.origin);
    // In a worker the second argument is the list of what is handed over; the page's own postMessage has an origin there.
    /** @type {any} */ (globalThis).postMessage({id: data.id, value}, transfersOf(value));
});
