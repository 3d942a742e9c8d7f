/**
 * Times as words, and the ticks of an axis. Page times are ns from the trace's first event.
 * Knows nothing of canvases; a wall clock is a pair (page time, Unix ns) handed in.
 */

/** @typedef {{t: number, unix_ns: string}} WallPoint */

const UNITS = [
    {ns: 1e9, name: "s"},
    {ns: 1e6, name: "ms"},
    {ns: 1e3, name: "µs"},
    {ns: 1, name: "ns"},
];

/** A length with four significant digits: "23.45 ms", "2.300 µs", "157 µs", "0 ns". @param {number} ns */
export function formatDuration(ns) {
    const size = Math.abs(ns);
    if (size < 1e3) return `${Math.round(ns)} ns`;
    let unit = UNITS.find((u) => size >= u.ns) ?? {ns: 1, name: "ns"};
    let digits = digitsOf(size / unit.ns);
    if (Number((size / unit.ns).toFixed(digits)) >= 1000 && unit.ns < 1e9) {
        unit = UNITS[UNITS.indexOf(unit) - 1] ?? unit;
        digits = digitsOf(size / unit.ns);
    }
    return `${trimmed((ns / unit.ns).toFixed(digits), digits)} ${unit.name}`;
}

/** @param {number} value */
function digitsOf(value) {
    return value >= 99.995 ? value >= 999.95 ? 0 : 1 : value >= 9.9995 ? 2 : 3;
}

/** "157.0" loses its zero, "22.60" keeps it: the digits of a list stay under each other where they mean something.
 * @param {string} text @param {number} digits */
function trimmed(text, digits) {
    return digits === 1 && text.endsWith(".0") ? text.slice(0, -2) : text;
}

/** A round length without idle zeros, as marks of a scale are: "1 ms", "2.5 s". @param {number} ns */
export const roundDuration = (ns) => formatDuration(ns).replace(/(\.\d*?)0+(?= )/, "$1").replace(/\.(?= )/, "");

/** Digits after the point of a second that tell `step` ns apart. @param {number} step */
export function digitsForStep(step) {
    let digits = 0;
    for (let left = 1e9; left > step * 1.0001 && digits < 9; left /= 10) digits++;
    return digits;
}

/** Page time in seconds, `digits` after the point, exact to the ns: "12.084 s". @param {number} t @param {number} digits */
export function formatSeconds(t, digits) {
    const rounded = Math.round(Math.abs(t));
    const whole = Math.floor(rounded / 1e9);
    const part = String(rounded - whole * 1e9).padStart(9, "0").slice(0, digits);
    return `${t < 0 && rounded > 0 ? "-" : ""}${whole}${digits > 0 ? "." + part : ""} s`;
}

/** Page time in ns with spaces that do not break: "12 084 000 117 ns". @param {number} t */
export function formatNs(t) {
    return `${Math.round(t).toString().replace(/\B(?=(\d{3})+$)/g, "\u202f")} ns`;
}

/** Unix ns of a page time, from the nearest earlier point of the wall clock; null without one.
 * @param {readonly WallPoint[]} wall @param {number} t */
export function unixNs(wall, t) {
    let best = wall[0];
    if (!best) return null;
    for (const point of wall) if (point.t <= t) best = point;
    return BigInt(best.unix_ns) + BigInt(Math.round(t - best.t));
}

/** Time of day: "09:31:53.7180". @param {bigint} unix @param {number} digits @param {"local"|"utc"} clock */
export function formatWall(unix, digits, clock) {
    const date = new Date(Number(unix / 1000000n));
    const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
    const time = clock === "utc"
        ? [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
        : [date.getHours(), date.getMinutes(), date.getSeconds()];
    const part = String(unix % 1000000000n).padStart(9, "0").slice(0, digits);
    return time.map(two).join(":") + (digits > 0 ? "." + part : "");
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Zone and date: "UTC, 21 Nov 2026", "UTC+02:00, 21 Nov 2026". @param {bigint} unix @param {"local"|"utc"} clock */
export function formatZone(unix, clock) {
    const date = new Date(Number(unix / 1000000n));
    if (clock === "utc") return `UTC, ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
    const off = -date.getTimezoneOffset();
    const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
    const zone = `UTC${off < 0 ? "-" : "+"}${two(Math.floor(Math.abs(off) / 60))}:${two(Math.abs(off) % 60)}`;
    return `${zone}, ${date.getDate()} ${MONTHS[date.getMonth()]} ${date.getFullYear()}`;
}

/** One time as the clock in use shows it, fine enough to tell `step` ns apart.
 * @param {number} t @param {number} step
 * @param {"relative"|"local"|"utc"|"ns"} clock @param {readonly WallPoint[]} wall */
export function formatTime(t, step, clock, wall) {
    if (clock === "ns") return formatNs(t);
    const unix = clock === "relative" ? null : unixNs(wall, t);
    if (unix === null || clock === "relative") return formatSeconds(t, digitsForStep(step));
    return formatWall(unix, digitsForStep(step), clock);
}

/** The smallest 1-2-5 step of at least `least` ns, never under 1 ns. @param {number} least */
export function niceStep(least) {
    let power = 1;
    while (power * 10 <= least) power *= 10;
    for (const m of [1, 2, 5, 10]) if (power * m >= least) return power * m;
    return power * 10;
}

/**
 * Ticks of an axis: multiples of `step` in [t0, t1], at least `minPx` apart. On a wall clock they fall on whole steps of the
 * clock, not of the trace.
 * @param {number} t0 @param {number} t1 @param {number} width px @param {number} minPx
 * @param {number} shift ns to add to a page time before it is rounded to a step (0: relative)
 * @returns {{step: number, first: number, count: number}} first: page time of the first tick at or before t0
 */
export function axisTicks(t0, t1, width, minPx, shift = 0) {
    const step = niceStep(Math.max((t1 - t0) / Math.max(width, 1) * minPx, 1));
    const first = Math.floor((t0 + shift) / step) * step - shift;
    return {step, first, count: Math.floor((t1 - first) / step) + 1};
}

/** What to add to page times so that whole steps fall on whole steps of the wall clock (modulo one day).
 * @param {readonly WallPoint[]} wall @param {number} t @param {"local"|"utc"|"relative"|"ns"} clock */
export function wallShift(wall, t, clock) {
    if (clock !== "local" && clock !== "utc") return 0;
    const unix = unixNs(wall, t);
    if (unix === null) return 0;
    return Number((unix - BigInt(Math.round(t))) % 86400000000000n);
}
