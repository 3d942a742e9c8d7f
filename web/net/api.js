/**
 * The only fetch of the page, and of its worker: so many requests at once, the nearest first, transient failures tried again.
 *
 * `bytes` answers with values and never throws, as do `once` and `streamed`, which ask without waiting for their turn; `json` throws an Error in words, with `code` and `status`, for its callers show
 * them. Knows nothing of what it carries.
 */

/**
 * @typedef {{code: string, message: string, status: number, offset?: number}} Failure
 * @typedef {{ok: true, bytes: Uint8Array<ArrayBuffer>, next?: string} | {ok: false, error: Failure}} BytesAnswer   `next`: of a table in pages
 * @typedef {object} How
 * @property {AbortSignal=} signal
 * @property {(() => number)=} priority   asked when a slot frees: the least goes first
 * @property {RequestCache=} cache
 *
 * @typedef {object} Job
 * @property {string} path @property {How} how @property {Via} via @property {(answer: any) => void} resolve
 *
 * @typedef {(url: string, how: How) => Promise<{ok: true} | {ok: false, error: Failure}>} Via   asks once: here, or in the worker
 */

/** As many as a browser sends at a time: the rest are still ordered, and taken back when not wanted. */
const MAX_IN_FLIGHT = 6;
const RETRY_MS = [250, 1000, 3000];
const ABORTED = {code: "aborted", message: "No longer wanted", status: 0};

/** @param {Response} response @returns {Promise<Failure>} */
async function failureOf(response) {
    const text = await response.text().catch(() => "");
    try {
        const {error} = JSON.parse(text);
        return {code: String(error.code), message: String(error.message), status: response.status, offset: error.offset};
    } catch {
        return {code: "http", message: `The server answered ${response.status} ${response.statusText}`.trim(), status: response.status};
    }
}

/** @param {unknown} e @param {AbortSignal|null|undefined} signal @returns {Failure} */
function lostTo(e, signal) {
    if (signal?.aborted) return ABORTED;
    const why = e instanceof Error && e.message ? ` (${e.message})` : "";
    return {code: "offline", message: `Cannot reach the server${why}`, status: 0};
}

/** Never throws. @param {string} url @param {How} how @returns {Promise<BytesAnswer>} */
export async function once(url, how) {
    try {
        const response = await fetch(url, {signal: how.signal ?? null, cache: how.cache ?? "default"});
        if (!response.ok) return {ok: false, error: await failureOf(response)};
        return {ok: true, bytes: new Uint8Array(await response.arrayBuffer()), next: response.headers.get("Tilescope-Next") ?? ""};
    } catch (e) {
        return {ok: false, error: lostTo(e, how.signal)};
    }
}

/** The same, with the bytes handed over as they come. @param {string} url @param {AbortSignal|null} signal @param {(bytes: Uint8Array) => void} take
 * @returns {Promise<{ok: true} | {ok: false, error: Failure}>} */
export async function streamed(url, signal, take) {
    try {
        const response = await fetch(url, {signal});
        if (!response.ok) return {ok: false, error: await failureOf(response)};
        const reader = response.body?.getReader();
        for (let one = await reader?.read(); one?.value; one = await reader?.read()) take(one.value);
        return {ok: true};
    } catch (e) {
        return {ok: false, error: lostTo(e, signal)};
    }
}

/**
 * @param {string} base of the page, ends with "/"
 * @param {(reached: boolean) => void} onReach called when the server is lost, and when it is back
 */
export function createApi(base, onReach = () => {}) {
    /** @type {Set<Job>} */
    const waiting = new Set();
    let inFlight = 0;
    let reached = true;

    /** @param {{ok: true} | {ok: false, error: Failure}} answer */
    function note(answer) {
        const now = answer.ok || answer.error.code !== "offline";
        if (!answer.ok && answer.error.code === "aborted") return;
        if (now !== reached) onReach(reached = now);
    }

    /** @param {Job} job */
    async function run(job) {
        inFlight++;
        let answer = await job.via(`${base}api/v1/${job.path}`, job.how);
        for (const ms of RETRY_MS) {
            note(answer);
            const again = !answer.ok && (answer.error.code === "offline" || answer.error.status >= 500);
            if (!again || job.how.signal?.aborted) break;
            inFlight--;
            await new Promise((resolve) => setTimeout(resolve, ms * (0.75 + Math.random() / 2)));
            inFlight++;
            answer = await job.via(`${base}api/v1/${job.path}`, job.how);
        }
        note(answer);
        inFlight--;
        job.resolve(job.how.signal?.aborted ? {ok: false, error: ABORTED} : answer);
        pump();
    }

    function pump() {
        while (inFlight < MAX_IN_FLIGHT && waiting.size > 0) {
            let best = /** @type {Job|null} */ (null);
            let least = Infinity;
            for (const job of waiting) {
                const priority = job.how.priority?.() ?? 0;
                if (best === null || priority < least) [best, least] = [job, priority];
            }
            if (best === null) return;
            waiting.delete(best);
            void run(best);
        }
    }

    /** @template {Via} V @param {string} path below api/v1/ @param {How} how @param {V} via @returns {ReturnType<V>} its answer, or that of an abort */
    function through(path, how, via) {
        return /** @type {ReturnType<V>} */ (queue(path, how, via));
    }

    /** @param {string} path @param {How} how @param {Via} via @returns {Promise<any>} */
    function queue(path, how, via) {
        return new Promise((resolve) => {
            if (how.signal?.aborted) return resolve({ok: false, error: ABORTED});
            const job = {path, how, via, resolve};
            waiting.add(job);
            how.signal?.addEventListener("abort", () => {
                if (waiting.delete(job)) resolve({ok: false, error: ABORTED});
            }, {once: true});
            queueMicrotask(pump);
        });
    }

    /** @param {string} path below api/v1/ @param {How} [how] */
    const bytes = (path, how = {}) => through(path, how, once);

    /** @param {string} path @param {How} [how] @returns {Promise<any>} */
    async function json(path, how) {
        const answer = await bytes(path, how);
        if (!answer.ok) throw Object.assign(new Error(answer.error.message), answer.error);
        return JSON.parse(new TextDecoder().decode(answer.bytes));
    }

    return {bytes, through, json, inFlight: () => inFlight, waiting: () => waiting.size};
}

/** @typedef {ReturnType<typeof createApi>} TileApi */
