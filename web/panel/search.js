/**
 * The box in the top bar: goes to a time, a range, a goroutine, processor or thread; offers the functions whose names hold the
 * words typed; takes queries of the filter language, which it completes, and remembers; behind ">" it lists every action.
 */
import {complete, completionsFor, isQuery, isWhole, thatHold} from "../core/filter.js";
import {findFunctions, parseGoto} from "../core/goto.js";
import {KEYS} from "../core/keys.js";
import {rangeSelection, splitFunction} from "../core/selection.js";
import {countOf, rangeWords, timeWords} from "../core/words.js";
import {el} from "./element.js";
import {attempt, functionName} from "./pieces.js";
import {readQueries, rememberQuery} from "./queries.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../core/filter.js").Completion} Completion */
/** @typedef {{words: Node|string, note: string, go: () => void, stays?: boolean}} Offer  `stays`: the box is written in, and not left */

const REST_MS = 300;
const NAMES = 1000;

/** @param {Page} ctx @param {"P"|"M"} view @param {number} id @returns {Offer} */
function laneOffer({store, go, say}, view, id) {
    const {manifest} = store.get();
    const entry = (view === "P" ? manifest?.procs : manifest?.threads)?.find((one) => one.id === id);
    const words = view === "P" ? `Processor P${id}` : `Thread M${id}`;
    return {words, note: entry ? "" : "not in this trace", go() {
        if (!entry || !go.lane(`${view}${entry.row}`)) say(`${words} is not in this trace.`);
    }};
}

/** @param {Page} ctx @param {string} words @returns {Offer[]} */
function functionOffers({store, go, say}, words) {
    const found = findFunctions(store.get().manifest?.groups ?? [], words).map((group) => ({
        words: functionName(group.function), note: countOf(group.goroutines, "goroutine"), go() {
            go.group(group);
            say(`${splitFunction(group.function).name}: ${countOf(group.goroutines, "goroutine")}`, true);
        }}));
    const seek = {words: `Find ${words}`, note: "goroutines of these functions as hits", go: () => store.set({query: words}, "push")};
    return found.length > 0 ? [...found, seek] : [];
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
        store.set({selection: rangeSelection(place.t0, place.t1)}, "push");
        go.view({t0: place.t0, t1: place.t1});
    }}];
    default: return functionOffers(ctx, place.words);
    }
}

/** Every action, by its words. @param {Page} ctx @param {string} text @returns {Offer[]} */
export function commandsFor({actions}, text) {
    const parts = text.toLowerCase().split(/\s+/).filter(Boolean);
    return KEYS.filter(({words, group, action}) => action !== "commands" && parts.every((part) => `${group} ${words}`.toLowerCase().includes(part)))
        .map(({action, words, shown}) => ({words, note: shown.join(" or "), go: () => actions.get(action)?.()}));
}

/** Names of the trace for values. @param {Page} ctx @param {() => void} onNames */
function createValues(ctx, onNames) {
    /** @type {Map<string, string[]>} */
    const names = new Map();
    /** Texts of the first events of a kind. @param {"region"|"log"|"label"} kind @returns {string[]} */
    const textsOf = (kind) => {
        const known = names.get(kind);
        if (known) return known;
        names.set(kind, []);
        const {store: {get}, api} = ctx;
        api.json(`traces/${get().trace}/search?q=kind:${kind}&limit=${NAMES}`).then(({hits}) => {
            names.set(kind, [...new Set(hits.map((/** @type {{text?: string}} */ {text}) => text ?? ""))].filter(Boolean).sort());
            onNames();
        }, () => {});
        return [];
    };
    /** @returns {string[]} */
    const taskTypes = () => {
        const known = names.get("task");
        if (known) return known;
        names.set("task", []);
        ctx.api.json(`traces/${ctx.store.get().trace}/tasks/types`).then(({types}) => {
            names.set("task", types.map((/** @type {{name: string}} */ {name}) => name).filter(Boolean).sort());
            onNames();
        }, () => {});
        return [];
    };
    /** @type {import("../core/filter.js").ValuesOf} */
    return (kind, part) => {
        const {manifest, selection, isolated} = ctx.store.get();
        const numbers = (/** @type {{id: number}[]|undefined} */ list) => thatHold(part, (list ?? []).map(({id}) => String(id)));
        switch (kind) {
        case "function": return thatHold(part, (manifest?.groups ?? []).filter((group) => group.function !== "").sort((a, b) => b.goroutines - a.goroutines)
            .map((group) => ({text: group.function, note: countOf(group.goroutines, "goroutine")})));
        case "state": return thatHold(part, [{text: "blocked", note: "sync, chan, other or net"}, ...(manifest?.states ?? []).filter((state) => state !== "none")]);
        case "reason": return thatHold(part, (manifest?.reasons ?? []).filter((reason) => reason !== ""));
        case "overlap": return thatHold(part, ["gc", "stw", ...(selection?.kind === "range" ? [{text: `${Math.round(selection.t0)}ns-${Math.round(selection.t1)}ns`, note: "the selected range"}] : [])]);
        case "kind": return thatHold(part, ["state", "goroutine", "log", "label", "region", "sample", "range", "born", "gone"]);
        case "proc": return numbers(manifest?.procs);
        case "thread": return numbers(manifest?.threads);
        case "goroutine": return thatHold(part, [...new Set([...(selection && selection.g !== "" ? [selection.g] : []), ...isolated.map(({g}) => g)])]);
        case "region": return thatHold(part, textsOf("region"));
        case "task": return thatHold(part, taskTypes());
        default: return [];
        }
    };
}

/** @param {HTMLInputElement} box @param {HTMLElement} list */
function createList(box, list) {
    /** @type {Offer[]} */
    let offers = [];
    let at = 0;
    const mark = () => {
        [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
        if (offers[at]) box.setAttribute("aria-activedescendant", `offer-${at}`);
        else box.removeAttribute("aria-activedescendant");
        list.children[at]?.scrollIntoView({block: "nearest"});
    };
    return {
        /** @param {Offer[]} next @param {(offer: Offer) => void} take @param {number} first that is marked, -1 none */
        show(next, take, first = 0) {
            offers = next;
            at = first;
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
            at = offers.length === 0 ? -1 : at < 0 ? (way > 0 ? 0 : offers.length - 1) : (at + way + offers.length) % offers.length;
            mark();
        },
        get current() {
            return offers[at];
        },
        get first() {
            return offers[at] ?? offers[0];
        },
    };
}

/** @param {Page} ctx @param {HTMLInputElement} box @param {HTMLElement} lines */
function createBox(ctx, box, lines) {
    const {store, actions, dom} = ctx;
    const list = createList(box, lines);
    let timer = 0;
    let entered = "";
    const leave = () => {
        clearTimeout(timer);
        list.show([], () => {});
        dom["lanes"]?.focus({preventScroll: true});
    };
    /** @param {string} query @param {"replace"|"push"} how */
    const seek = (query, how) => {
        clearTimeout(timer);
        store.set({query}, how);
    };
    const take = (/** @type {Offer} */ offer) => {
        if (!offer.stays) leave();
        offer.go();
    };
    /** @param {string} text @param {number} caret */
    const write = (text, caret) => {
        box.value = text;
        box.setSelectionRange(caret, caret);
        offer();
    };
    const valuesOf = createValues(ctx, () => document.activeElement === box && offer());
    /** @returns {Offer[]} */
    const completions = () => {
        const {from, to, options} = completionsFor(box.value, box.selectionStart ?? box.value.length, valuesOf);
        return options.filter(({text}) => box.value.slice(from, to) !== text).map(({text, note}) => ({words: text, note, stays: true, go() {
            const next = complete(box.value, {from, to}, text);
            write(next.text, next.caret);
        }}));
    };
    const history = () => readQueries().map((query) => ({words: query, note: "sought before", go() {
        box.value = query;
        seek(query, "push");
    }}));
    const later = (/** @type {string} */ query) => {
        clearTimeout(timer);
        if (query === "" || (isQuery(query) && isWhole(query))) timer = window.setTimeout(() => seek(query, "replace"), REST_MS);
    };
    function offer() {
        clearTimeout(timer); // what was typed before is not meant any more
        const text = box.value.trim();
        const note = dom["search-note"];
        if (text.startsWith(">")) return list.show(commandsFor(ctx, text.slice(1)), take);
        if (note && !store.get().found) note.textContent = "";
        if (isQuery(text)) {
            later(text);
            return list.show(completions(), take, -1);
        }
        if (text === "") {
            if (store.get().query !== "") later("");
            return list.show(history(), take, -1);
        }
        const offers = text === store.get().query ? [] : offersFor(ctx, text);
        const keys = /^[a-z]+$/i.test(text) ? completions() : [];
        list.show([...offers, ...keys], take, offers.length > 0 ? 0 : -1);
        if (note && !store.get().found && text !== "-") note.textContent = offers.length + keys.length === 0 && text !== store.get().query ? "nothing found" : "";
    }
    return {
        offer, leave,
        /** @param {KeyboardEvent} event @returns {boolean} whether it is done with */
        onKey(event) {
            const text = box.value.trim();
            const sought = text !== "" && !text.startsWith(">") && (isQuery(text) || text === store.get().query);
            if (event.key === "ArrowDown" || event.key === "ArrowUp") list.step(event.key === "ArrowDown" ? 1 : -1);
            else if (event.key === "Tab" && !event.shiftKey && list.first?.stays) take(list.first);
            else if (event.key === "Enter" && list.current) take(list.current);
            else if (event.key === "Enter" && sought) {
                rememberQuery(text);
                if (text !== store.get().query) seek(text, "push");
                entered = text;
                if (store.get().found?.error) list.show([], take);
                else leave();
                queueMicrotask(() => actions.get(event.shiftKey ? "previous-hit" : "next-hit")?.());
            } else if (event.key === "Escape") leave();
            else return false;
            return true;
        },
        onFocus() {
            box.select();
            offer();
        },
        onBlur() {
            list.show([], take);
            if (store.get().query !== "" && !isQuery(box.value)) box.value = store.get().query;
        },
        /** The query came from elsewhere. */
        onQuery() {
            if (document.activeElement !== box || (store.get().query === "" && isQuery(box.value))) box.value = store.get().query;
        },
        /** What was entered is refused: the box says why while it is in use, and one goes on writing there. */
        onFound() {
            const {found, query} = store.get();
            if (!found?.error) return;
            if (query === entered && document.activeElement === dom["lanes"]) box.focus();
            entered = "";
        },
        /** @param {string} text */
        open(text) {
            box.focus();
            if (text !== "") write(text, text.length);
        },
    };
}

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    const controller = new AbortController();
    const {signal} = controller;
    const box = /** @type {HTMLInputElement|undefined} */ (ctx.dom["search"]);
    const lines = ctx.dom["search-list"];
    if (!box || !lines) return () => {};
    const own = createBox(ctx, box, lines);
    box.addEventListener("input", own.offer, {signal});
    box.addEventListener("focus", own.onFocus, {signal});
    box.addEventListener("blur", own.onBlur, {signal});
    box.addEventListener("keydown", (event) => {
        if (event.isComposing || !own.onKey(event)) return;
        event.preventDefault();
        event.stopPropagation();
    }, {signal});
    ctx.actions.set("search", () => own.open(""));
    ctx.actions.set("go-to", () => own.open(""));
    ctx.actions.set("commands", () => own.open(">"));
    own.onQuery();
    const unsubscribe = ctx.store.subscribe((changed) => {
        if (changed.has("query")) own.onQuery();
        if (changed.has("found")) own.onFound();
    });
    return () => {
        controller.abort();
        unsubscribe();
    };
}
