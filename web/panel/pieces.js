/**
 * Pieces that several panels show: names that fly to what they name, stacks, shares of states.
 */
import {attempt} from "../core/attempt.js";
import {formatDuration, roundDuration} from "../core/time.js";
import {isLibrary, shortFunction, splitFunction} from "../core/selection.js";
import {STACK_ORDER, TITLES, byState, countWords, inStackOrder, percentWords} from "../core/words.js";
import {editorLink} from "../core/preferences.js";
import {summaryPath} from "../core/scope.js";
import {copyText, el, link, swatch} from "./element.js";
import {preferences} from "./settings.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../types.js").Row} Row */
/** @typedef {import("../core/words.js").Frame} Frame */
/** @typedef {import("../core/words.js").Figure} Figure */

export {attempt};

/** "net/http." muted and "(*conn).serve". @param {string} name @param {boolean} whole with the package's whole path */
export function functionName(name, whole = false) {
    const parts = whole ? splitFunction(name) : shortFunction(name);
    return el("span", {title: name}, parts.pkg === "" ? null : el("span", {class: "muted"}, parts.pkg), parts.name);
}

/** @param {Page} ctx @param {string} g @param {number} [t] */
export const goroutineLink = (ctx, g, t) => link(`g${g}`, () => attempt(ctx, ctx.go.goroutine(g, t)), `Go to goroutine ${g}`);

/** Gives a goroutine a row of its own, or takes it away. @param {Page} ctx @param {string} g */
export function isolateLink(ctx, g) {
    const has = () => ctx.store.get().isolated.some((one) => one.g === g);
    const words = () => (has() ? "Isolated ×" : "Isolate");
    const button = link(words(), () => {
        const done = has() ? Promise.resolve(ctx.go.release(g)) : ctx.go.isolate([g]);
        attempt(ctx, done.then(() => void (button.textContent = words())));
    }, `A row of its own at the top for goroutine ${g} (I)`);
    return button;
}

/** @param {Page} ctx @param {"P"|"M"} view @param {number} row @param {number} t */
export function processorLink(ctx, view, row, t) {
    const {manifest} = ctx.store.get();
    const list = view === "P" ? manifest?.procs : manifest?.threads;
    const id = list?.find((entry) => entry.row === row)?.id ?? row;
    const words = link(`${view}${id}`, () => attempt(ctx, ctx.go.at({view, row}, t)), `Go to ${view === "P" ? "processor" : "thread"} ${id}`);
    words.classList.add("place");
    return words;
}

/** "store.go:131" of "/home/me/cache/store.go". @param {Frame} frame */
const place = (frame) => `${frame.file.replace(/^.*[/\\]/, "")}${frame.line > 0 ? `:${frame.line}` : ""}`;

/** A line of a file, as a link into the reader's editor where one is set. @param {Frame} frame @param {boolean} full path */
function placeNode(frame, full) {
    const whole = `${frame.file}:${frame.line}`;
    const words = full ? whole : place(frame);
    const href = editorLink(preferences(), frame.file, frame.line);
    return href === "" ? el("span", {title: whole}, words) : el("a", {href, title: `Open ${whole} in the editor`}, words);
}

/**
 * @param {Page} ctx @param {number} id of a stack, 0 none @param {AbortSignal} signal
 * @returns {Promise<Frame[]>}
 */
export async function framesOf({api, store}, id, signal) {
    if (!(id > 0)) return [];
    const answer = await api.json(`traces/${store.get().trace}/stacks?ids=${id}`, {signal});
    return answer.stacks[0]?.frames ?? [];
}

/** Strings of the trace by number. @param {Page} ctx @param {readonly number[]} ids @param {AbortSignal} signal @returns {Promise<Map<number, string>>} */
export async function stringsOf({api, store}, ids, signal) {
    const wanted = [...new Set(ids)].filter((id) => id > 0);
    if (wanted.length === 0) return new Map();
    const {strings} = await api.json(`traces/${store.get().trace}/strings?ids=${wanted.join()}`, {signal});
    return new Map(strings.map((/** @type {{id: number, text: string}} */ {id, text}) => [id, text]));
}

/** @param {Page} ctx @param {Frame[]} frames @param {string} why words where there are none @param {boolean} full paths of files */
export function stackList(ctx, frames, why, full = false) {
    if (frames.length === 0) return el("p", {class: "empty"}, why);
    return el("ol", {class: "stack mono"}, frames.map((frame) => el("li", {class: isLibrary(frame.function) ? "library" : null},
        el("span", {title: frame.function}, full ? frame.function : Object.values(shortFunction(frame.function)).join("")),
        placeNode(frame, full))));
}

/** @param {Page} ctx @param {Frame[]} frames */
export function copyStack(ctx, frames) {
    if (frames.length === 0) return null;
    const text = frames.map((frame) => `${frame.function}\n\t${frame.file}:${frame.line}`).join("\n");
    return link("Copy", async () => ctx.say(await copyText(text) ? "Stack copied." : "The browser did not let the page copy."), "Copy this stack");
}

/** A bar of shares in stack order. @param {readonly Figure[]} states @param {number} total */
export function sharesBar(states, total) {
    const bar = el("div", {class: "bar", role: "presentation"});
    for (const name of STACK_ORDER) {
        const figure = states.find((state) => state.state === name);
        if (!figure || !(figure.ns > 0)) continue;
        const part = el("i", {class: name, title: `${TITLES[name]} ${percentWords(figure.ns / total)}`});
        part.style.flex = `${figure.ns / total} 1 0`;
        bar.append(part);
    }
    return bar;
}

/**
 * Shares per state: bar and table.
 * @param {readonly Figure[]} figures
 * @param {"time"|"stack"} order the longest first, for one row; or as bars are stacked, so that of many rows work comes before
 *     what is parked
 */
export function sharesTable(figures, order = "time") {
    const states = order === "time" ? byState(figures) : inStackOrder(figures);
    const total = states.reduce((sum, state) => sum + state.ns, 0);
    if (states.length === 0) return [el("p", {class: "empty"}, "It did not live in this range.")];
    const rows = states.map((state) => el("tr", {},
        el("td", {}, swatch(state.state), TITLES[state.state] ?? state.state),
        el("td", {}, percentWords(total > 0 ? state.ns / total : 0)),
        el("td", {}, formatDuration(state.ns)),
        el("td", {}, `${countWords(state.n)} ×`)));
    return [sharesBar(states, total), el("table", {class: "shares"}, el("tbody", {}, rows))];
}

/** @param {Page} ctx @param {string} scope @param {number} t0 @param {number} t1 @param {AbortSignal} signal */
export const summaryOf = ({api, store}, scope, t0, t1, signal) => api.json(summaryPath(store.get(), scope, t0, t1), {signal});

/** How many lasted how long: five bars per power of ten. @param {[number, number][]} buckets lower bound in ns, number @param {string} state that colours it */
export function histogram(buckets, state) {
    const highest = Math.max(...buckets.map(([, n]) => n), 1);
    const places = buckets.map(([ns]) => Math.round(Math.log10(Math.max(ns, 0.6)) * 5));
    const [first = 0, last = 0] = [places[0], places.at(-1)];
    const bars = [];
    for (let place = first; place <= last; place++) {
        const [, n = 0] = buckets[places.indexOf(place)] ?? [];
        const [from, to] = [Math.round(10 ** (place / 5)), Math.round(10 ** ((place + 1) / 5))];
        const bar = el("i", {title: `${formatDuration(place < 0 ? 0 : from)} – ${formatDuration(to)}: ${countWords(n)}`});
        bar.style.height = n === 0 ? "0" : `${Math.max(n / highest * 100, 3)}%`;
        bars.push(el("div", {}, bar, place % 5 === 0 ? el("span", {}, roundDuration(from)) : null));
    }
    return el("div", {class: `histogram ${state}`, role: "img", "aria-label": `Durations: half are at most ${formatDuration(buckets.length ? median(buckets) : 0)}`}, bars);
}

/** Lower bound of the bucket that holds the median. @param {[number, number][]} buckets */
function median(buckets) {
    let left = buckets.reduce((sum, [, n]) => sum + n, 0) / 2;
    return buckets.find(([, n]) => (left -= n) <= 0)?.[0] ?? 0;
}
