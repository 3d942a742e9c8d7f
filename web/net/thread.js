/**
 * The page's end of the worker (worker.js): questions there, answers back. Where no worker can be had, where it was lost, and
 * until it is there, `isThere` is false, and whoever wants something done does it here: the first picture does not wait.
 */

/** @typedef {{createPolicy: (name: string, rules: {createScriptURL: (url: string) => string}) => {createScriptURL: (url: string) => any}}} TrustedTypes */

/** The only script URL that the page's policy lets through. */
function workerUrl() {
    const url = new URL("../worker.js", import.meta.url).href;
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

export function createThread() {
    /** @type {Map<number, {resolve: (value: any) => void, reject: (why: Error) => void, onPart: (part: any) => void}>} */
    const open = new Map();
    let worker = /** @type {Worker|null} */ (null);
    let isThere = false;
    let last = 0;
    /** @type {() => void} */
    let onThere = () => {};
    function lose() {
        worker?.terminate();
        worker = null;
        isThere = false;
        for (const {reject} of open.values()) reject(new Error("The worker is lost"));
        open.clear();
    }
    try {
        worker = new Worker(workerUrl(), {type: "module"});
        worker.onmessage = ({data}) => {
            isThere = true;
            if (data.call === 0) onThere();
            if ("part" in data) return open.get(data.call)?.onPart(data.part);
            open.get(data.call)?.resolve(data.value);
            open.delete(data.call);
        };
        worker.onerror = lose;
        worker.onmessageerror = lose;
    } catch {
        worker = null;
    }
    return {
        get isThere() {
            return isThere;
        },
        /** Once, when it is there. @param {() => void} work */
        whenThere(work) {
            if (isThere) work();
            else onThere = work;
        },
        /** Rejected when the worker is lost. @param {object} question @param {(part: any) => void} [onPart] what comes before the answer @returns {Promise<any>} */
        ask(question, onPart = () => {}) {
            const call = ++last;
            return new Promise((resolve, reject) => {
                if (!worker) return reject(new Error("There is no worker"));
                open.set(call, {resolve, reject, onPart});
                worker.postMessage({...question, call});
            });
        },
        /** No answer comes. @param {object} order @param {Transferable[]} transfer */
        tell: (order, transfer = []) => worker?.postMessage(order, transfer),
        close: lose,
    };
}

/** @typedef {ReturnType<typeof createThread>} Thread */
