/**
 * Hands bytes to the worker and gives back what it made of them. Decodes here where no worker can be had, and until it is there:
 * the first picture does not wait for its start.
 */
import {decodeBytes} from "./decode.js";

/** @typedef {import("./decode.js").Decoded} Decoded */
/** @typedef {{createPolicy: (name: string, rules: {createScriptURL: (url: string) => string}) => {createScriptURL: (url: string) => any}}} TrustedTypes */

/** The only script URL that the page's policy lets through. */
function workerUrl() {
    const url = new URL("tile_worker.js", import.meta.url).href;
    const types = /** @type {{trustedTypes?: TrustedTypes}} */ (globalThis).trustedTypes;
    if (!types) return url;
    const policy = types.createPolicy("tilescope", {
        createScriptURL(asked) {
            if (asked !== url) throw new TypeError("Not a script of this page");
            return asked;
        },
    });
    return policy.createScriptURL(url);
}

/** @returns {{decode: (bytes: Uint8Array<ArrayBuffer>, origin: number) => Promise<Decoded>, close: () => void}} */
export function createDecoder() {
    /** @type {Map<number, {resolve: (value: Decoded) => void, again: () => Decoded}>} */
    const open = new Map();
    let worker = /** @type {Worker|null} */ (null);
    let isThere = false;
    let last = 0;
    try {
        worker = new Worker(workerUrl(), {type: "module"});
        worker.onmessage = ({data}) => {
            isThere = true;
            open.get(data.id)?.resolve(data.value);
            open.delete(data.id);
        };
        worker.onerror = () => {
            worker?.terminate();
            worker = null;
            for (const {resolve, again} of open.values()) resolve(again());
            open.clear();
        };
    } catch {
        worker = null;
    }
    return {
        decode(bytes, origin) {
            if (!worker || !isThere) return Promise.resolve(decodeBytes(bytes, origin));
            return new Promise((resolve) => {
                const id = ++last;
                open.set(id, {resolve, again: () => decodeBytes(bytes, origin)});
                worker?.postMessage({id, bytes, origin}); // copied: a page without its worker needs them again
            });
        },
        close: () => worker?.terminate(),
    };
}
