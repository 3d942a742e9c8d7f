/**
 * Explanations where the words stand: a `?` beside headings, states and reasons in the panel, the entries of the legend, the names of
 * lanes. All show the one box #explain: while the pointer rests there, or until it is closed where it was pressed. The texts are
 * core/explain.js's; what has none there gets no `?`.
 */
import {explain} from "../core/explain.js";
import {el} from "./element.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {"state"|"reason"|"stw"|"column"|"life"|"lane"} Kind */
/** @typedef {{top: number, bottom: number, left: number, right: number}} Place */

/** Facts that share their word with a column of another meaning. */
const OTHERWISE = new Set(["Goroutines", "Goroutine", "Function", "Time", "Task", "Type"]);
const REST_MS = 350;
const LANE_MS = 700;
const LEAVE_MS = 250;

/** @param {HTMLElement} box @param {Place} at */
function placeBox(box, at) {
    const air = 6;
    const {offsetWidth: w, offsetHeight: h} = box;
    const x = Math.max(Math.min(at.left, innerWidth - w - 8), 8);
    const above = at.bottom + air + h > innerHeight - 8 && at.top - air - h >= 8;
    const y = above ? at.top - air - h : Math.max(Math.min(at.bottom + air, innerHeight - h - 8), 8);
    box.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
}

/** The box, and what it is open for. @param {HTMLElement} box @param {AbortSignal} signal */
function createBox(box, signal) {
    /** @type {HTMLElement|null} */
    let anchor = null;
    let pinned = false;
    let timer = 0;
    const hide = () => {
        clearTimeout(timer);
        anchor?.removeAttribute("aria-expanded");
        anchor = null;
        pinned = false;
        box.hidden = true;
    };
    /** @param {Kind} kind @param {string} name @param {Place} at @param {string} title */
    const show = (kind, name, at, title = "") => {
        const found = explain(kind, name);
        clearTimeout(timer);
        if (!found) return hide();
        box.replaceChildren(el("b", {}, found.title || title), el("p", {}, found.what), ...(found.todo === "" ? [] : [el("p", {class: "todo"}, found.todo)]));
        box.hidden = false;
        placeBox(box, at);
    };
    const later = (/** @type {number} */ ms, /** @type {() => void} */ act) => {
        clearTimeout(timer);
        timer = window.setTimeout(act, ms);
    };
    box.addEventListener("pointerenter", () => clearTimeout(timer), {signal});
    box.addEventListener("pointerleave", () => !pinned && later(LEAVE_MS, hide), {signal});
    document.addEventListener("pointerdown", (event) => {
        const inside = event.target instanceof Node && (box.contains(event.target) || anchor?.contains(event.target));
        if (!box.hidden && !inside) hide();
    }, {signal});
    document.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || box.hidden) return;
        event.stopPropagation();
        event.preventDefault();
        hide();
    }, {signal, capture: true});
    return {
        show, hide, later,
        isPinned: () => pinned,
        /** Makes a button show it. @param {HTMLElement} button @param {Kind} kind @param {string} name */
        serve(button, kind, name) {
            const open = (/** @type {boolean} */ stay) => {
                if (anchor && anchor !== button) hide();
                anchor = button;
                pinned ||= stay;
                if (button instanceof HTMLButtonElement) button.setAttribute("aria-expanded", "true");
                show(kind, name, button.getBoundingClientRect());
            };
            if (button instanceof HTMLButtonElement) button.setAttribute("aria-controls", box.id);
            button.addEventListener("click", (event) => {
                event.stopPropagation(); // headings sort
                if (anchor === button && pinned) hide();
                else open(true);
            });
            button.addEventListener("pointerenter", (event) => event.pointerType !== "touch" && !pinned && later(REST_MS, () => open(false)));
            button.addEventListener("pointerleave", () => !pinned && later(LEAVE_MS, hide));
        },
        /** What it stands beside may be gone. */
        check() {
            if (anchor && !anchor.isConnected) hide();
        },
    };
}

/** @typedef {ReturnType<typeof createBox>} Box */

/** @param {Box} box @param {Kind} kind @param {string} name @param {boolean} tab whether Tab reaches it: where a table repeats a word, it is for the pointer alone; the legend and the help have it for all */
function sign(box, kind, name, tab) {
    const found = explain(kind, name);
    if (!found) return null;
    const button = tab ? el("button", {class: "explain", type: "button", "aria-label": kind === "column" || kind === "life" ? "What does this tell?" : "What does this mean?"}, "?")
        : el("span", {class: "explain", "aria-hidden": "true"}, "?");
    box.serve(button, kind, name);
    return button;
}

/** The state whose colour an element shows. @param {Element|null} swatch */
const stateOf = (swatch) => [...(swatch?.classList ?? [])].find((name) => explain("state", name)) ?? "";

/** Words of an element without what was put there. @param {Element} element */
const wordsOf = (element) => [...element.childNodes].filter((node) => !(node instanceof Element && node.matches(".explain"))).map((node) => node.textContent).join("").trim();

/** Adds what is missing. @param {Box} box @param {HTMLElement} detail */
function decorate(box, detail) {
    const add = (/** @type {Element|null|undefined} */ at, /** @type {Kind} */ kind, /** @type {string} */ name, tab = true) => {
        if (!at || at.querySelector(":scope > .explain")) return;
        const button = sign(box, kind, name, tab);
        if (button) at.append(button);
    };
    for (const th of detail.querySelectorAll("th")) add(th, th.closest(".many") ? "life" : "column", wordsOf(th).replace(/ \([\d,]+\)$/, ""));
    const paused = detail.querySelector("h2.title > .swatch.stw") !== null;
    for (const dt of detail.querySelectorAll("dl.facts > dt")) {
        const name = wordsOf(dt);
        const value = dt.nextElementSibling;
        if (name === "Reason" && value) add(value, paused ? "stw" : "reason", wordsOf(value));
        else if (!OTHERWISE.has(name)) add(dt, "column", name);
    }
    const title = detail.querySelector("h2.title > .swatch");
    if (title?.parentElement?.querySelector(":scope > .explain") === null) {
        const button = sign(box, "state", stateOf(title), true);
        if (button) title.parentElement?.insertBefore(button, title.parentElement.querySelector("b"));
    }
    for (const swatch of detail.querySelectorAll(".shares td:first-child > .swatch, .grid.snug td.name > .swatch")) {
        add(swatch.parentElement, "state", stateOf(swatch), false);
        const reason = swatch.parentElement?.nextElementSibling;
        if (reason?.matches(".grid td.name")) add(reason, "reason", wordsOf(reason), false);
    }
}

/** The name of a lane, when the pointer rests on it. @param {Page} ctx @param {Box} box @param {HTMLElement} labels @param {AbortSignal} signal */
function listenToLanes(ctx, box, labels, signal) {
    let shown = "";
    labels.addEventListener("pointermove", (event) => {
        if (box.isPinned()) return;
        const {scrollY} = ctx.store.get();
        const lane = ctx.lanes.at(scrollY + event.offsetY);
        const id = lane && explain("lane", lane.id) ? lane.id : "";
        if (id === shown) return;
        shown = id;
        box.hide();
        if (!lane || id === "" || event.pointerType === "touch" || event.buttons !== 0) return;
        box.later(LANE_MS, () => {
            const {top, right} = labels.getBoundingClientRect();
            const y = top + lane.y - ctx.store.get().scrollY;
            box.show("lane", id, {top: y, bottom: y, left: right + 8, right}, lane.label);
        });
    }, {signal});
    labels.addEventListener("pointerleave", () => {
        shown = "";
        if (!box.isPinned()) box.later(LEAVE_MS, box.hide);
    }, {signal});
}

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    const controller = new AbortController();
    const {signal} = controller;
    const {explain: place, detail, legend, labels} = ctx.dom;
    if (!place || !detail) return () => {};
    const box = createBox(place, signal);
    for (const entry of /** @type {HTMLElement[]} */ ([...legend?.querySelectorAll("button") ?? []])) box.serve(entry, "state", entry.dataset["state"] ?? "");
    if (labels) listenToLanes(ctx, box, labels, signal);
    const observer = new MutationObserver(() => {
        box.check();
        decorate(box, detail);
    });
    observer.observe(detail, {childList: true, subtree: true});
    decorate(box, detail);
    return () => {
        observer.disconnect();
        controller.abort();
        box.hide();
    };
}
