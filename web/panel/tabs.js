/**
 * The panel below: a row of tabs, and the one that is open, drawn again when what it shows changes. What was drawn stays until
 * the new is ready; an answer that comes late is dropped.
 */
import {formatSelection} from "../core/link_words.js";
import {countWords} from "../core/words.js";
import {el} from "./element.js";
import {draw as drawDetail} from "./detail.js";
import {draw as drawEvents} from "./events.js";
import {draw as drawFlame} from "./flame.js";
import {about as aboutGoroutines, draw as drawGoroutines, touch as touchGoroutines} from "./goroutines.js";
import {draw as drawHits} from "./hits.js";
import {draw as drawMarks} from "./marked.js";
import {draw as drawStacks} from "./stacks.js";
import {draw as drawTasks} from "./tasks.js";
import {draw as drawStatistics} from "./statistics.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../types.js").State} State */

/**
 * @typedef {object} Tab
 * @property {string} id
 * @property {string} title
 * @property {(keyof State)[]} needs   changes that make it draw again
 * @property {(ctx: Page, signal: AbortSignal) => Promise<HTMLElement>} draw
 * @property {(state: Readonly<State>) => string} [about]   what it shows: while that is the same, it is not drawn again
 * @property {(ctx: Page, box: HTMLElement) => void} [touch]   instead
 * @property {string} [keeps]   selector of fields: while one is written in, the tab is not drawn again
 */

/** @type {readonly Tab[]} */
export const TABS = Object.freeze([
    {id: "details", title: "Details", needs: ["selection", "isolated", "t0", "t1", "clock", "manifest"], draw: drawDetail},
    {id: "stacks", title: "Stacks", needs: ["selection", "t0", "t1", "clock", "manifest", "scope", "stacksOf"], draw: drawStacks},
    {id: "statistics", title: "Statistics", needs: ["selection", "t0", "t1", "clock", "manifest", "scope"], draw: drawStatistics},
    {id: "flame", title: "Flame graph", needs: ["selection", "t0", "t1", "clock", "manifest", "scope", "stacksOf"], draw: drawFlame},
    {id: "events", title: "Events", needs: ["selection", "t0", "t1", "clock", "manifest", "scope", "eventKinds"], draw: drawEvents},
    {id: "tasks", title: "Tasks", needs: ["selection", "t0", "t1", "clock", "manifest"], draw: drawTasks},
    {id: "hits", title: "Hits", needs: ["found", "selection", "clock"], draw: drawHits},
    {id: "goroutines", title: "Goroutines", needs: ["manifest", "selection", "scope", "table", "clock"], draw: drawGoroutines, about: aboutGoroutines, touch: touchGoroutines},
    {id: "marks", title: "Marks", needs: ["marks", "clock"], draw: drawMarks, keeps: ".note"},
]);

/** A window that moves is waited for; what was clicked is answered at once. */
const REST_MS = 180;
const AT_ONCE = /** @type {const} */ (["selection", "scope", "stacksOf", "eventKinds", "table"]);

/** A name of what is selected, to tell whether it is still the same. @param {Readonly<State>} state */
const formatWhat = ({selection}) => (selection ? formatSelection(selection) : "");

/** What was typed since a field was drawn, and the place in it, go on in the one that takes its place. @param {Element} was @param {HTMLElement|undefined} now */
function carryTyped(was, now) {
    if (!(was instanceof HTMLInputElement) || !(now instanceof HTMLInputElement)) return;
    if (was.value !== was.defaultValue) now.value = was.value;
    if (was.selectionStart !== null) now.setSelectionRange(was.selectionStart, was.selectionEnd, was.selectionDirection ?? "none");
}

/** The element that has the focus, to be found again by its words in what takes its place. @param {HTMLElement} box @returns {() => HTMLElement|undefined} */
function focusedIn(box) {
    const {activeElement: was} = document;
    if (!was || was === box || !box.contains(was)) return () => undefined;
    const wordsOf = (/** @type {Element} */ one) => `${one.getAttribute("aria-label") ?? ""} ${one.textContent} ${one.matches(".explain") ? one.parentElement?.textContent : ""}`;
    const words = wordsOf(was);
    return () => {
        const now = /** @type {HTMLElement[]} */ ([...box.querySelectorAll(was.tagName)]).find((one) => wordsOf(one) === words);
        carryTyped(was, now);
        return now ?? box;
    };
}

/** @param {Page} ctx @param {HTMLElement} box */
function createDrawing(ctx, box) {
    let controller = new AbortController();
    let timer = 0;
    let last = "";
    /** what stands there and is whole, or is still being filled: "" while something is drawn in its place, and once that was given up */
    let stands = "";
    const whatOf = (/** @type {Tab} */ tab) => `${tab.id} ${tab.about?.(ctx.store.get()) ?? (tab.needs.includes("selection") ? formatWhat(ctx.store.get()) : "")}`;
    const run = async () => {
        const tab = TABS.find(({id}) => id === ctx.store.get().panel);
        if (tab?.about && stands === whatOf(tab)) return tab.touch?.(ctx, box);
        if (tab && last === whatOf(tab) && box.contains(document.activeElement) && document.activeElement?.matches(tab.keeps ?? ":not(*)")) {
            return box.addEventListener("focusout", () => later(REST_MS), {once: true});
        }
        controller.abort();
        stands = "";
        controller = new AbortController();
        const {signal} = controller;
        if (!tab) return;
        box.setAttribute("aria-busy", "true");
        try {
            const what = whatOf(tab);
            const node = await tab.draw(ctx, signal);
            if (signal.aborted) return;
            const top = last === what ? box.scrollTop : 0;
            const focused = focusedIn(box);
            box.replaceChildren(node);
            box.scrollTop = top;
            await undefined; // what explains is put in by who observes the box, before this goes on
            focused()?.focus({preventScroll: true});
            stands = last = what;
        } catch (error) {
            if (signal.aborted) return;
            const words = error instanceof Error ? error.message : String(error);
            last = "";
            box.replaceChildren(el("p", {class: "pane empty"}, `This cannot be shown: ${words}`));
        }
        box.removeAttribute("aria-busy");
    };
    /** @param {number} ms @param {boolean} anew  waits from now on; else no longer than it would have */
    const later = (ms, anew = true) => {
        if (!anew && timer !== 0) return;
        clearTimeout(timer);
        timer = window.setTimeout(() => {
            timer = 0;
            void run();
        }, ms);
    };
    return {
        later,
        stop() {
            clearTimeout(timer);
            controller.abort();
        },
    };
}

/** @param {Page} ctx @param {HTMLElement} row */
function buildTabs({store}, row) {
    const count = el("span");
    const buttons = TABS.map(({id, title}) => {
        return el("button", {
            type: "button", role: "tab", id: `tab-${id}`, "aria-controls": "detail",
            onclick: () => store.set({panel: store.get().panel === id ? "" : id}),
        }, title, id === "goroutines" ? count : null);
    });
    row.replaceChildren(...buttons);
    row.addEventListener("keydown", (event) => {
        const way = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
        const at = buttons.findIndex((button) => button === document.activeElement);
        if (way === 0 || at < 0) return;
        event.preventDefault();
        const next = buttons[(at + way + buttons.length) % buttons.length];
        next?.focus();
        next?.click();
    });
    return (/** @type {string} */ open) => {
        count.textContent = countWords(store.get().manifest?.totals["goroutines"] ?? 0);
        buttons.forEach((button, i) => {
            const selected = TABS[i]?.id === open;
            button.setAttribute("aria-selected", String(selected));
            button.tabIndex = selected || (i === 0 && open === "") ? 0 : -1;
        });
    };
}

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    const {store, dom} = ctx;
    const {tabs, detail} = dom;
    if (!tabs || !detail) return () => {};
    const drawing = createDrawing(ctx, detail);
    const mark = buildTabs(ctx, tabs);
    const show = () => {
        const {panel} = store.get();
        mark(panel);
        if (panel !== "") detail.setAttribute("aria-labelledby", `tab-${panel}`);
    };
    show();
    drawing.later(0);
    const unsubscribe = store.subscribe((changed) => {
        const open = TABS.find(({id}) => id === store.get().panel);
        if (changed.has("panel") || changed.has("manifest")) show();
        if (document.documentElement.dataset["drag"] === "range" && changed.has("selection") && open?.needs.includes("selection")) return drawing.later(REST_MS, false);
        if (changed.has("panel") || AT_ONCE.some((key) => changed.has(key) && open?.needs.includes(key))) return drawing.later(0);
        // What is found comes piece by piece, faster than one can wait for the last.
        if (open?.needs.some((key) => changed.has(key))) drawing.later(REST_MS, !(changed.size === 1 && changed.has("found")));
    });
    return () => {
        drawing.stop();
        unsubscribe();
    };
}
