/**
 * Hits of a query: how many lie where in the whole trace, counted piece by piece, the nearest to the view first; those of a range;
 * the one after or before a moment. One query at a time: whatever the last one still waits for is called back.
 */

/** @typedef {import("../types.js").FoundHit} FoundHit */
/** @typedef {{t0: number, T: string, row: number, block: number}} Mark */
/** @typedef {{json: (path: string, options?: {signal?: AbortSignal}) => Promise<any>}} Api */

export const PIECES = 16;
export const PIECE_BINS = 64;
const BINS = PIECES * PIECE_BINS;
/** So many hits of a bin are looked through for the last of them. */
const FEW = 200;

/** Where piece i of the trace begins. @param {number} end @param {number} i */
const pieceAt = (end, i) => Math.floor(end * i / PIECES);

/** First moment of bin i of all. @param {number} end one behind the last moment @param {number} i */
export function binStart(end, i) {
    const piece = Math.floor(i / PIECE_BINS);
    const [a, b] = [pieceAt(end, piece), pieceAt(end, piece + 1)];
    return a + Math.ceil((b - a) * (i % PIECE_BINS) / PIECE_BINS);
}

/** @param {number} end @param {number} t */
export function binOf(end, t) {
    let low = 0;
    let high = BINS;
    while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (binStart(end, middle) <= t) low = middle;
        else high = middle;
    }
    return low;
}

/** @param {Mark} a @param {Mark} b */
const same = (a, b) => a.T === b.T && a.row === b.row && a.block === b.block;

/**
 * @param {Api} api @param {string} trace @param {string} query @param {number} end one behind the last moment of the trace
 */
export function createHitSearch(api, trace, query, end) {
    const controller = new AbortController();
    const {signal} = controller;
    const bins = new Float64Array(BINS);
    const known = Array.from({length: PIECES}, () => false);
    const base = `traces/${trace}/search?q=${encodeURIComponent(query)}`;

    /** All pages of a request. @param {string} how @param {(page: any) => boolean} each false: enough */
    async function pages(how, each) {
        let after = "";
        do {
            const page = await api.json(`${base}&${how}${after === "" ? "" : `&after=${after}`}`, {signal});
            if (!each(page)) return;
            after = page.next ?? "";
        } while (after !== "");
    }

    /** How many begin in each of n bins of [from, to). @param {number} from @param {number} to @param {number} n @param {(part: number[]) => void} [each] */
    async function counts(from, to, n, each = () => {}) {
        const sums = Array.from({length: n}, () => 0);
        if (from < to) await pages(`from=${from}&to=${to}&bins=${n}`, (page) => {
            page.bins.forEach((/** @type {number} */ count, /** @type {number} */ i) => { sums[i] = (sums[i] ?? 0) + count; });
            each(page.bins);
            return true;
        });
        return sums;
    }

    /** Those that begin in [from, to), at most. @param {number} from @param {number} to @param {number} most @returns {Promise<{hits: FoundHit[], more: boolean}>} */
    async function hitsOf(from, to, most) {
        /** @type {FoundHit[]} */
        const hits = [];
        let more = false;
        if (from < to) await pages(`from=${from}&to=${to}&limit=${Math.min(most, 1000)}`, (page) => {
            hits.push(...page.hits);
            more = page.next !== null;
            return hits.length < most;
        });
        return {hits: hits.slice(0, most), more: more || hits.length > most};
    }

    /** The first in [from, to) behind a mark. @param {number} from @param {number} to @param {Mark|null} mark @returns {Promise<FoundHit|null>} */
    async function firstIn(from, to, mark) {
        /** @type {FoundHit|null} */
        let found = null;
        let passed = mark === null;
        /** @type {FoundHit|null} */
        let other = null;
        if (from < to) await pages(`from=${from}&to=${to}&limit=20`, (page) => {
            for (const hit of /** @type {FoundHit[]} */ (page.hits)) {
                if (passed) found ??= hit;
                else if (mark && same(hit, mark)) passed = true;
                else if (mark && (hit.t0 > mark.t0 || BigInt(hit.T) > BigInt(mark.T))) other ??= hit;
            }
            return found === null && (passed || other === null);
        });
        return found ?? other;
    }

    /** The last in [from, to) before a mark. @param {number} from @param {number} to @param {Mark|null} mark @returns {Promise<FoundHit|null>} */
    async function lastIn(from, to, mark) {
        const sums = await counts(from, to, PIECE_BINS);
        const edge = (/** @type {number} */ i) => from + Math.ceil((to - from) * i / PIECE_BINS);
        for (let i = PIECE_BINS - 1; i >= 0; i--) {
            const n = sums[i] ?? 0;
            const [a, b] = [edge(i), edge(i + 1)];
            if (n === 0) continue;
            if (n > FEW && b - a > 1) {
                const deeper = await lastIn(a, b, mark);
                if (deeper) return deeper;
                continue;
            }
            const {hits} = await hitsOf(a, b, Infinity);
            const until = mark ? hits.findIndex((hit) => same(hit, mark)) : -1;
            const before = until >= 0 ? hits.slice(0, until) : mark ? hits.filter((hit) => BigInt(hit.T) < BigInt(mark.T)) : hits;
            if (before.length > 0) return before.at(-1) ?? null;
        }
        return null;
    }

    const isEmpty = (/** @type {number} */ i) => known[Math.floor(i / PIECE_BINS)] && bins[i] === 0;

    /** The bin behind bin i, or before it, that is to be asked for next: a piece that is not counted is asked for as a whole. @param {number} i @param {-1|1} way */
    function stretch(i, way) {
        const piece = Math.floor(i / PIECE_BINS);
        if (known[piece]) return i + way;
        return way > 0 ? (piece + 1) * PIECE_BINS : piece * PIECE_BINS - 1;
    }

    return {
        query, end, bins,
        total: () => bins.reduce((sum, n) => sum + n, 0),
        isDone: () => known.every(Boolean),
        stop: () => controller.abort(),
        hitsOf,

        /** Counts all of the trace. @param {() => number} near moment that is looked at @param {() => void} onMore */
        async count(near, onMore) {
            while (!known.every(Boolean)) {
                const at = near();
                const away = (/** @type {number} */ i) => Math.max(pieceAt(end, i) - at, at - pieceAt(end, i + 1), 0);
                const piece = known.map((_, i) => i).filter((i) => !known[i]).reduce((a, b) => (away(b) < away(a) ? b : a));
                const first = piece * PIECE_BINS;
                await counts(pieceAt(end, piece), pieceAt(end, piece + 1), PIECE_BINS, (part) => {
                    part.forEach((n, i) => { bins[first + i] = (bins[first + i] ?? 0) + n; });
                    onMore();
                });
                known[piece] = true;
                onMore();
            }
        },

        /** @param {number} t @param {Mark|null} mark a hit at t that is left @returns {Promise<FoundHit|null>} the next that begins at t or later */
        async next(t, mark) {
            const first = Math.max(Math.ceil(t), 0);
            for (let i = binOf(end, first), behind = i; i < BINS; i = behind) {
                behind = stretch(i, 1);
                if (isEmpty(i)) continue;
                const found = await firstIn(Math.max(first, binStart(end, i)), binStart(end, behind), mark);
                if (found) return found;
            }
            return null;
        },

        /** @param {number} t @param {Mark|null} mark @returns {Promise<FoundHit|null>} the last that begins before t, or at t before the mark */
        async previous(t, mark) {
            const last = Math.min(mark ? Math.floor(t) + 1 : Math.ceil(t), end);
            for (let i = binOf(end, Math.max(last - 1, 0)), before = i; i >= 0; i = before) {
                before = stretch(i, -1);
                if (isEmpty(i)) continue;
                const found = await lastIn(binStart(end, before + 1), Math.min(binStart(end, i + 1), last), mark);
                if (found) return found;
            }
            return null;
        },

        /** Its number among all, from 1; 0 where what stands before is not counted yet. @param {FoundHit} hit @returns {Promise<number>} */
        async numberOf(hit) {
            const bin = binOf(end, hit.t0);
            if (!known.every((is, i) => is || i > bin / PIECE_BINS)) return 0;
            const before = await counts(binStart(end, bin), hit.t0, 1);
            const {hits} = await hitsOf(hit.t0, hit.t0 + 1, Infinity);
            return bins.subarray(0, bin).reduce((sum, n) => sum + n, 0) + (before[0] ?? 0) + Math.max(hits.findIndex((one) => same(one, hit)), 0) + 1;
        },

        /** Goroutines that have hits, in the order of their first ones. @param {number} most @returns {Promise<{ids: string[], more: boolean}>} */
        async goroutines(most) {
            /** @type {Set<string>} */
            const ids = new Set();
            await pages(`limit=1000`, (page) => {
                for (const {g} of page.hits) if (g !== "0") ids.add(g);
                return ids.size <= most;
            });
            return {ids: [...ids].slice(0, most), more: ids.size > most};
        },
    };
}

/** @typedef {ReturnType<typeof createHitSearch>} HitSearch */
