/**
 * The words of the top bar and the left column: visible range, length of the trace, which clock the axis counts in.
 */
import {formatDuration} from "../core/time.js";
import {rangeWords, seenRange} from "../core/words.js";
import {el} from "./element.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../types.js").State} State */

/** Words that change with every frame cannot be read, and cost a layout each. */
const EVERY_MS = 80;

/** @type {[State["clock"], string, string][]} */
const CLOCKS = [
    ["relative", "Relative", "Seconds from the start of the trace"], ["local", "Local", "Time of day here"],
    ["utc", "UTC", "Time of day, UTC"], ["ns", "ns", "Nanoseconds from the start of the trace"],
];

/** @param {Page} ctx @param {HTMLElement} box */
function buildClock({store}, box) {
    const wall = (store.get().manifest?.wall.length ?? 0) > 0;
    const offered = CLOCKS.filter(([id]) => wall || id === "relative" || id === "ns");
    const choose = (/** @type {string} */ id) => store.set({clock: /** @type {State["clock"]} */ (id)});
    const buttons = offered.map(([id, name, title]) => el("button", {type: "button", role: "radio", title, onclick: () => choose(id)}, name));
    const menu = el("select", {"aria-label": "Clock", onchange: () => choose(menu.value)}, offered.map(([id, name]) => el("option", {value: id}, name)));
    box.replaceChildren(...buttons, menu);
    box.addEventListener("keydown", (event) => {
        const way = /^Arrow(Right|Down)$/.test(event.key) ? 1 : /^Arrow(Left|Up)$/.test(event.key) ? -1 : 0;
        const at = buttons.findIndex((button) => button === document.activeElement);
        if (way === 0 || at < 0) return;
        event.preventDefault();
        const next = (at + way + buttons.length) % buttons.length;
        choose(offered[next]?.[0] ?? "relative");
        buttons[next]?.focus();
    });
    return () => {
        const {clock} = store.get();
        menu.value = clock;
        buttons.forEach((button, i) => {
            const checked = offered[i]?.[0] === clock;
            button.setAttribute("aria-checked", String(checked));
            button.tabIndex = checked ? 0 : -1;
        });
    };
}

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    const {store, dom} = ctx;
    const {range, clock, "whole-span": whole} = dom;
    const mark = clock ? buildClock(ctx, clock) : () => {};
    const length = el("span");
    const words = el("b");
    range?.replaceChildren(words, length);
    const {manifest} = store.get();
    if (manifest?.state !== "ingesting") whole?.replaceChildren(formatDuration(manifest?.span_ns ?? 0)); // else library.js tells how far it is read
    const show = () => {
        const state = store.get();
        const {t0, t1} = seenRange(state);
        words.textContent = rangeWords(t0, t1, state);
        length.textContent = formatDuration(t1 - t0);
    };
    let timer = 0;
    const later = () => {
        if (timer === 0) timer = window.setTimeout(() => { timer = 0; show(); }, EVERY_MS);
    };
    show();
    mark();
    const unsubscribe = store.subscribe((changed) => {
        if (changed.has("t0") || changed.has("t1") || changed.has("clock")) later();
        if (changed.has("clock")) mark();
    });
    return () => {
        clearTimeout(timer);
        unsubscribe();
    };
}
