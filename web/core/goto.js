/**
 * What is typed into the box -> a place: a time, a range, a goroutine, processor or thread, or words of a function's name.
 * Knows nothing of the trace but its wall clock.
 */

/** @typedef {import("./time.js").WallPoint} WallPoint */
/**
 * @typedef {{kind: "time", t: number} | {kind: "range", t0: number, t1: number} | {kind: "goroutine", g: string}
 *     | {kind: "proc", id: number} | {kind: "thread", id: number} | {kind: "function", words: string}
 *     | {kind: "bad", message: string}} Place
 */

/** @type {Record<string, number>} */
const UNIT_NS = {ns: 1, us: 1e3, "µs": 1e3, "μs": 1e3, ms: 1e6, s: 1e9, m: 60e9, min: 60e9, h: 3600e9};

/** "12.084s", "12.084 s", "3ms", "1m2.5s" -> ns; NaN if it is no time. @param {string} text */
export function parseDuration(text) {
    const parts = [...text.replace(/\s+/g, "").matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|min|s|m|h)/gy)];
    const length = parts.reduce((sum, part) => sum + part[0].length, 0);
    if (parts.length === 0 || length !== text.replace(/\s+/g, "").length) return NaN;
    return Math.round(parts.reduce((sum, part) => sum + Number(part[1]) * (UNIT_NS[part[2] ?? ""] ?? NaN), 0));
}

/** @param {string} text RFC 3339, with up to nine digits after the point @returns {bigint|null} Unix ns */
export function parseWall(text) {
    const m = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/.exec(text.trim());
    if (!m) return null;
    const ms = Date.parse(`${m[1]}T${m[2]}${m[4]?.toUpperCase()}`);
    return Number.isNaN(ms) ? null : BigInt(ms) * 1000000n + BigInt((m[3] ?? "").padEnd(9, "0"));
}

/** @param {readonly WallPoint[]} wall @param {bigint} unix @returns {number} page time; NaN without a wall clock */
export function pageTime(wall, unix) {
    let best = wall[0];
    if (!best) return NaN;
    for (const point of wall) if (BigInt(point.unix_ns) <= unix) best = point;
    return best.t + Number(unix - BigInt(best.unix_ns));
}

/** @param {string} text @param {number} from what a leading + or - counts from @param {readonly WallPoint[]} wall */
function parseTime(text, from, wall) {
    const unix = parseWall(text);
    if (unix !== null) return pageTime(wall, unix);
    const sign = /^[+\-−]/.exec(text)?.[0] ?? "";
    const ns = parseDuration(text.slice(sign.length));
    if (sign === "") return ns;
    return sign === "+" ? from + ns : from - ns;
}

/**
 * @param {string} words
 * @param {number} from page time that a leading + or - counts from
 * @param {readonly WallPoint[]} wall
 * @returns {Place}
 */
export function parseGoto(words, from, wall) {
    const text = words.trim();
    const id = /^([gpm])\s?(\d{1,20})$/i.exec(text);
    if (id) {
        const kind = (id[1] ?? "").toLowerCase();
        if (kind === "g") return {kind: "goroutine", g: String(BigInt(id[2] ?? "0"))};
        return {kind: kind === "p" ? "proc" : "thread", id: Number(id[2])};
    }
    if (parseWall(text) !== null && wall.length === 0) {
        return {kind: "bad", message: "This trace has no wall clock: only Go 1.25 and later write one."};
    }
    const range = /^(.+?)\s*(?:\.\.|–|\bto\b)\s*(.+)$/.exec(text);
    if (range) {
        const [, a = "", b = ""] = range;
        const unit = /^[\d.,]+$/.test(a) ? /\d\s*([a-zµμ]+)$/.exec(b)?.[1] ?? "" : ""; // as the page writes ranges
        const [t0, t1] = [parseTime(a + unit, from, wall), parseTime(b, from, wall)];
        if (t1 > t0) return {kind: "range", t0, t1};
    }
    const t = parseTime(text, from, wall);
    if (!Number.isNaN(t)) return {kind: "time", t};
    return {kind: "function", words: text};
}

/**
 * Groups whose function name holds all the words, those that start a part of the name first.
 * @template {{function: string, goroutines: number}} G
 * @param {readonly G[]} groups @param {string} words @param {number} limit
 * @returns {G[]}
 */
export function findFunctions(groups, words, limit = 12) {
    const parts = words.toLowerCase().split(/\s+/).filter((part) => part !== "");
    if (parts.length === 0) return [];
    const start = new RegExp(`(^|[./(*])${(parts[0] ?? "").replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`);
    const rank = (/** @type {G} */ group) => (start.test(group.function.toLowerCase()) ? 0 : 1);
    return groups
        .filter((group) => parts.every((part) => group.function.toLowerCase().includes(part)))
        .sort((a, b) => rank(a) - rank(b) || b.goroutines - a.goroutines)
        .slice(0, limit);
}
