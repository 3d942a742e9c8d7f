/**
 * The filter language of the search box, as far as the page has to know it: whether words are a query, where its terms lie, and
 * what may stand where the caret is. The server reads it (tiles/search_query.h); this is for completion alone.
 * Knows nothing of the DOM.
 */

/**
 * @typedef {object} FilterKey
 * @property {string} key
 * @property {string} words
 * @property {"function"|"state"|"reason"|"overlap"|"kind"|"proc"|"thread"|"text"|"bound"|"goroutine"|"region"|"task"} values
 *
 * @typedef {{text: string, note: string}} Completion   what would stand in place of [from, to)
 * @typedef {{from: number, to: number, options: Completion[]}} Completions
 * @typedef {(kind: FilterKey["values"], part: string) => Completion[]} ValuesOf   names of the trace that hold a part
 */

/** @type {readonly FilterKey[]} */
export const FILTER_KEYS = Object.freeze([
    {key: "func", words: "start function of the goroutine", values: "function"},
    {key: "state", words: "intervals in a state: state:blocked>10ms", values: "state"},
    {key: "dur", words: "length of an interval: dur:>1ms<2ms", values: "bound"},
    {key: "reason", words: "why it waits: reason:\"chan receive\"", values: "reason"},
    {key: "overlaps", words: "at the time of gc, stw, or 12s-12.5s", values: "overlap"},
    {key: "g", words: "goroutine by its number", values: "goroutine"},
    {key: "with", words: "wake-ups and births that a goroutine took part in", values: "goroutine"},
    {key: "p", words: "on a processor", values: "proc"},
    {key: "m", words: "on a thread", values: "thread"},
    {key: "frame", words: "function in the stack", values: "function"},
    {key: "task", words: "in a user task of this type", values: "task"},
    {key: "region", words: "begins of a user region", values: "region"},
    {key: "log", words: "logged text", values: "text"},
    {key: "label", words: "label of a goroutine", values: "text"},
    {key: "kind", words: "state, born, gone, log, label, sample, region, range, goroutine", values: "kind"},
]);

/** @type {Record<string, FilterKey["values"]>} other names of keys */
const ALIASES = {function: "function", goroutine: "goroutine", duration: "bound"};

/** What stands in the trace's words as they are told, so that they are one value. @param {string} text */
export function quoteValue(text) {
    return /^[^\s",<>]+$/.test(text) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/**
 * Terms with their places; quotes hold blanks together.
 * @param {string} text @returns {{from: number, to: number, text: string}[]}
 */
export function termsOf(text) {
    return [...text.matchAll(/(?:"(?:\\.|[^"\\])*(?:"|$)|[^\s"])+/g)].map((m) => ({from: m.index, to: m.index + m[0].length, text: m[0]}));
}

/** Is it a query rather than words of a function's name: does a term have a key, a minus or quotes? @param {string} text */
export const isQuery = (text) => termsOf(text).some((term) => /^-?(?:[a-zA-Z]+:|")|^-./.test(term.text));

/** Can it be asked for: is no term only begun? @param {string} text */
export function isWhole(text) {
    const terms = termsOf(text);
    return terms.length > 0 && terms.every((term) => !/[:,<>-]$|^-?"$/.test(term.text) && (term.text.match(/(?<!\\)"/g) ?? []).length % 2 === 0);
}

/** @param {string} part @param {(string|Completion)[]} all @returns {Completion[]} those that hold it, those that begin with it first */
export function thatHold(part, all) {
    const words = part.replace(/^"|"$/g, "").toLowerCase();
    const list = all.map((one) => (typeof one === "string" ? {text: one, note: ""} : one)).filter(({text}) => text.toLowerCase().includes(words));
    const rank = (/** @type {Completion} */ one) => (one.text.toLowerCase().startsWith(words) ? 0 : 1);
    return list.sort((a, b) => rank(a) - rank(b));
}

/**
 * What may stand where the caret is: a key, or a value of the key that is there.
 * @param {string} text @param {number} caret @param {ValuesOf} valuesOf @param {number} limit @returns {Completions}
 */
export function completionsFor(text, caret, valuesOf, limit = 12) {
    const term = termsOf(text).find(({from, to}) => from <= caret && caret <= to) ?? {from: caret, to: caret, text: ""};
    const typed = text.slice(term.from, caret);
    const colon = /^-?([a-zA-Z]+):/.exec(typed);
    if (!colon) {
        const minus = typed.startsWith("-") ? 1 : 0;
        const options = thatHold(typed.slice(minus), FILTER_KEYS.map(({key, words}) => ({text: `${key}:`, note: words})));
        return {from: term.from + minus, to: caret, options: options.slice(0, FILTER_KEYS.length)};
    }
    const name = colon[1] ?? "";
    const values = FILTER_KEYS.find(({key}) => key === name)?.values ?? ALIASES[name];
    const begin = term.from + colon[0].length;
    const listed = text.slice(begin, caret);
    if (!values || /[<>]/.test(listed.replace(/"[^"]*"?/g, ""))) return {from: caret, to: caret, options: []};
    const comma = listed.startsWith("\"") && !listed.slice(1).includes("\"") ? -1 : listed.lastIndexOf(",");
    const from = begin + comma + 1;
    const options = valuesOf(values, text.slice(from, caret)).slice(0, limit);
    return {from, to: caret, options: options.map(({text: value, note}) => ({text: quoteValue(value), note}))};
}

/** The text with a completion taken, and where the caret is then. @param {string} text @param {{from: number, to: number}} at @param {string} value */
export function complete(text, {from, to}, value) {
    const end = value.endsWith(":") || value === "" ? "" : /^\s|^$/.test(text.slice(to)) && text.length > to ? "" : " ";
    const next = `${text.slice(0, from)}${value}${end}${text.slice(to)}`;
    return {text: next, caret: from + value.length + end.length};
}
