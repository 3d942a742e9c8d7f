/**
 * The worker: decodes tiles and chunks off the page's thread. A message is {id, bytes, origin}, the answer {id, value}; all
 * arrays travel without being copied. Its first word, {id: 0}, says that it is there.
 */
import {decodeBytes, transfersOf} from "./decode.js";

// In a worker the second argument is the list of what is handed over; the page's own postMessage has an origin there.
/** @type {{postMessage: (message: object, transfer: Transferable[]) => void}} */
const page = /** @type {any} */ (globalThis);
addEventListener("message", ({data}) => {
    const value = decodeBytes(data.bytes, data.origin);
    page.postMessage({id: data.id, value}, transfersOf(value));
});
page.postMessage({id: 0}, []);
