/**
 * The box in the top bar: goes to a time, a range, a goroutine, processor or thread, or offers the functions whose names hold the
 * words typed.
 */
import {findFunctions, parseGoto} from "../core/goto.js";
import {rangeSelection, splitFunction} from "../core/selection.js";
import {countOf, rangeWords, timeWords} from "../core/words.js";
import {el} from "./element.js";
import {attempt, functionName} from "./pieces.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {{words: Node|string, note: string, go: () => void}} Offer */

/** @param {Page} ctx @param {"P"|"M"} view @param {number} id @returns {Offer} */
function laneOffer({store, go, say}, view, id) {
    const {manifest} = store.get();
    const entry = (view === "P" ? manifest?.procs : manifest?.threads)?.find((one) => one.id === id);
    const words = view === "P" ? `Processor P${id}` : `Thread M${id}`;
    return {words, note: entry ? "" : "not in this trace", go() {
        if (!entry || !go.lane(`${view}${entry.row}`)) say(`${words} is not in this trace.`);
    }};
}

/** What the words in the box may mean, best first. @param {Page} ctx @param {string} text @returns {Offer[]} */
export function offersFor(ctx, text) {
    const {store, go, say} = ctx;
    const state = store.get();
    const {manifest} = state;
    const view = go.aim();
    const middle = (view.t0 + view.t1) / 2;
    const place = parseGoto(text, state.selection?.t0 ?? middle, manifest?.wall ?? []);
    const length = view.t1 - view.t0;
    switch (place.kind) {
    case "bad": return [{words: place.message, note: "", go: () => say(place.message)}];
    case "goroutine": return [{words: `Goroutine g${place.g}`, note: "", go: () => attempt(ctx, go.goroutine(place.g))}];
    case "proc": return [laneOffer(ctx, "P", place.id)];
    case "thread": return [laneOffer(ctx, "M", place.id)];
    case "time": {
        const outside = place.t < 0 || place.t > (manifest?.span_ns ?? Infinity);
        return [{words: `Time ${timeWords(place.t, state)}`, note: outside ? "outside the trace" : "", go: () => go.view({t0: place.t - length / 2, t1: place.t + length / 2})}];
    }
    case "range": return [{words: `Range ${rangeWords(place.t0, place.t1, state)}`, note: "", go() {
        store.set({selection: rangeSelection(place.t0, place.t1)});
        go.view({t0: place.t0, t1: place.t1});
    }}];
    default: return findFunctions(manifest?.groups ?? [], place.words).map((group) => ({
        words: functionName(group.function), note: countOf(group.goroutines, "goroutine"), go() {
            go.group(group);
            say(`${splitFunction(group.function).name}: ${countOf(group.goroutines, "goroutine")}`, true);
        }}));
    }
}

/** @param {HTMLInputElement} box @param {HTMLElement} list */
function createList(box, list) {
    /** @type {Offer[]} */
    let offers = [];
    let at = 0;
    const mark = () => {
        [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
        if (offers.length > 0) box.setAttribute("aria-activedescendant", `offer-${at}`);
        else box.removeAttribute("aria-activedescendant");
        list.children[at]?.scrollIntoView({block: "nearest"});
    };
    return {
        /** @param {Offer[]} next @param {(offer: Offer) => void} take */
        show(next, take) {
            offers = next;
            at = 0;
            list.replaceChildren(...offers.map((offer, i) => el("li", {role: "option", id: `offer-${i}`,
                onpointerdown(/** @type {Event} */ event) {
                    event.preventDefault();
                    take(offer);
                }}, el("span", {}, offer.words), el("span", {}, offer.note))));
            list.hidden = offers.length === 0;
            box.setAttribute("aria-expanded", String(!list.hidden));
            mark();
        },
        /** @param {number} way */
        step(way) {
            at = offers.length === 0 ? 0 : (at + way + offers.length) % offers.length;
            mark();
        },
        get current() {
            return offers[at];
        },
    };
}

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    const controller = new AbortController();
    const {signal} = controller;
    const box = /** @type {HTMLInputElement|undefined} */ (ctx.dom["search"]);
    const lines = ctx.dom["search-list"];
    const note = ctx.dom["search-note"];
    if (!box || !lines) return () => {};
    const list = createList(box, lines);
    const leave = () => {
        list.show([], () => {});
        ctx.dom["lanes"]?.focus({preventScroll: true});
    };
    const take = (/** @type {Offer} */ offer) => {
        leave();
        offer.go();
    };
    const offer = () => {
        const text = box.value.trim();
        const offers = text === "" ? [] : offersFor(ctx, text);
        list.show(offers, take);
        if (note) note.textContent = text !== "" && offers.length === 0 ? "nothing found" : "";
    };
    box.addEventListener("input", offer, {signal});
    box.addEventListener("focus", () => {
        box.select();
        offer();
    }, {signal});
    box.addEventListener("blur", () => list.show([], take), {signal});
    box.addEventListener("keydown", (event) => {
        if (event.key === "ArrowDown" || event.key === "ArrowUp") list.step(event.key === "ArrowDown" ? 1 : -1);
        else if (event.key === "Enter" && list.current) take(list.current);
        else if (event.key === "Escape") leave();
        else return;
        event.preventDefault();
        event.stopPropagation();
    }, {signal});
    const open = () => box.focus();
    ctx.actions.set("search", open);
    ctx.actions.set("go-to", open);
    return () => controller.abort();
}
