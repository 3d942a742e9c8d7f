/**
 * Pieces that are wanted, asked for together: all that was wanted in one turn goes out in a few requests, the nearest first, and each piece
 * is told as soon as its part has come.
 *
 * Invariants: no more than FLYING requests at once; one that nobody waits for any more is ended; a piece that was left out of an
 * answer is asked for again at once, one that failed for now a little later; what comes along unasked is handed to `onChunk`.
 */
import {VERSION} from "../core/tile_key.js";
import {batchOf, batchPath, isLong} from "../core/batch.js";

/** @typedef {import("./decoder.js").ValueAnswer} ValueAnswer */
/** @typedef {import("./parts.js").Part} Part */
/**
 * @typedef {object} Asked
 * @property {string} piece @property {number} part of a trace that is being read @property {() => number} priority
 * @property {AbortSignal|undefined} signal @property {(answer: ValueAnswer) => void} resolve @property {number} tries
 * @property {Flight|null} flight
 *
 * @typedef {{abort: AbortController, open: Map<string, Asked[]>}} Flight
 */

const FLYING = 4;
const FEWEST = 8;
const MOST = 32;
/** of an address: the server takes 8 KiB */
const MAX_CHARACTERS = 4000;
const RETRY_MS = [250, 1000, 3000];
const ABORTED = {code: "aborted", message: "No longer wanted", status: 0};
const LEFT_OUT = 413;

/**
 * @param {object} how
 * @param {ReturnType<typeof import("./api.js").createApi>["through"]} how.through @param {ReturnType<typeof import("./decoder.js").createDecoder>["load"]} how.load
 * @param {(value: object) => void} how.forget @param {string} how.trace
 * @param {(chunk: Part, part: number) => void} how.onChunk
 */
export function createBatches(how) {
    /** @type {Set<Asked>} */
    const waiting = new Set();
    let flying = 0;
    let isDue = false;

    /** @param {Asked} asked @param {ValueAnswer} answer */
    function settle(asked, answer) {
        asked.flight = null;
        asked.resolve(answer);
    }

    /** @param {Asked} asked @param {number} ms */
    function again(asked, ms) {
        asked.flight = null;
        const wait = () => {
            if (asked.signal?.aborted) return;
            waiting.add(asked);
            plan();
        };
        if (ms > 0) setTimeout(wait, ms * (0.75 + Math.random() / 2));
        else wait();
    }

    /** @param {Asked} asked @param {Part} part */
    function take(asked, part) {
        const {status, value, size} = part;
        if (status === 200) return settle(asked, {ok: true, value, size});
        if (status === LEFT_OUT) return again(asked, 0);
        const ms = status >= 500 ? RETRY_MS[asked.tries++] : undefined;
        if (ms !== undefined) return again(asked, ms);
        settle(asked, {ok: false, error: {code: "http", message: `The server answered ${status}`, status}});
    }

    /** @param {Flight} flight @param {Part} part @param {number} number of the part that was asked for */
    function onPart(flight, part, number) {
        if (part.piece === "") return void (part.status === 200 && how.onChunk(part, number));
        const list = flight.open.get(part.piece) ?? [];
        flight.open.delete(part.piece);
        const [first, ...more] = list;
        if (!first) return void (part.value && how.forget(part.value));
        take(first, part);
        for (const asked of more) take(asked, part);
    }

    /** The nearest, and the next ones that may go with it. @returns {Asked[]} */
    function choose() {
        const sorted = [...waiting].map((asked) => ({asked, priority: asked.priority()})).sort((a, b) => a.priority - b.priority);
        const first = sorted[0]?.asked;
        if (!first) return [];
        const n = Math.min(Math.max(Math.ceil(waiting.size / (FLYING - flying)), FEWEST), MOST);
        const out = [];
        let characters = 0;
        for (const {asked} of sorted) {
            if (asked.part !== first.part || isLong(asked.piece) !== isLong(first.piece)) continue;
            characters += asked.piece.length + 1;
            if (out.length > 0 && (out.length === n || characters > MAX_CHARACTERS)) break;
            out.push(asked);
        }
        return out;
    }

    /** @param {Asked[]} chosen */
    async function fly(chosen) {
        const part = chosen[0]?.part ?? 0;
        /** @type {Flight} */
        const flight = {abort: new AbortController(), open: new Map()};
        for (const asked of chosen) {
            waiting.delete(asked);
            asked.flight = flight;
            const same = flight.open.get(asked.piece);
            if (same) same.push(asked);
            else flight.open.set(asked.piece, [asked]);
        }
        const {list, order} = batchOf([...flight.open.keys()]);
        flying++;
        const answer = await how.through(`traces/${how.trace}/${batchPath(list, VERSION, part)}`,
            {signal: flight.abort.signal, priority: () => Math.min(...chosen.map(({priority}) => priority()))},
            (url, {signal}) => how.load(url, order, signal, (one) => onPart(flight, one, part)));
        flying--;
        const error = answer.ok ? {code: "http", message: "The server left a tile out", status: 502} : answer.error;
        for (const asked of [...flight.open.values()].flat()) settle(asked, {ok: false, error});
        pump();
    }

    function pump() {
        isDue = false;
        while (flying < FLYING && waiting.size > 0) void fly(choose());
    }

    /** When all that is wanted in this turn is known. */
    function plan() {
        if (isDue) return;
        isDue = true;
        queueMicrotask(pump);
    }

    /** @param {Asked} asked */
    function drop(asked) {
        const {flight, piece} = asked;
        waiting.delete(asked);
        const list = flight?.open.get(piece)?.filter((one) => one !== asked) ?? [];
        settle(asked, {ok: false, error: ABORTED});
        if (!flight?.open.has(piece)) return;
        if (list.length > 0) flight.open.set(piece, list);
        else flight.open.delete(piece);
        if (flight.open.size === 0) flight.abort.abort();
    }

    return {
        /** @param {string} piece @param {number} part @param {{signal?: AbortSignal, priority: () => number}} wish @returns {Promise<ValueAnswer>} */
        ask(piece, part, {signal, priority}) {
            return new Promise((resolve) => {
                if (signal?.aborted) return resolve({ok: false, error: ABORTED});
                /** @type {Asked} */
                const asked = {piece, part, priority, signal, resolve, tries: 0, flight: null};
                signal?.addEventListener("abort", () => drop(asked), {once: true});
                waiting.add(asked);
                plan();
            });
        },
    };
}
