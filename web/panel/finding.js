/**
 * What the query of the state finds: counted over the trace, listed where the view is, gone through by Enter and Shift+Enter.
 * The words beside the box tell how far that is.
 */
import {ISOLATED_MOST} from "../core/row_set.js";
import {countOf, countWords} from "../core/words.js";
import {createHitSearch} from "../net/hit_search.js";
import {el} from "./element.js";
import {flyTo} from "./hits.js";
import {attempt} from "./pieces.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../types.js").Found} Found */
/** @typedef {import("../types.js").FoundHit} FoundHit */
/** @typedef {import("../net/hit_search.js").HitSearch} HitSearch */

const REST_MS = 200;
const NEWS_MS = 100;
/** More of them than this are told by the overview alone. */
const IN_VIEW = 2000;
const EARLIER = 200;

/** "12 of 3,204", "3,204+", "no hits". @param {Found|null} found */
export function foundWords(found) {
    if (!found) return "";
    if (found.error !== "") return "not understood";
    const total = `${countWords(found.total)}${found.done ? "" : "+"}`;
    if (found.number > 0) return `${countWords(found.number)} of ${total}`;
    if (!found.done) return found.total > 0 ? `${total} hits` : "searching …";
    return found.total === 0 ? "no hits" : countOf(found.total, "hit");
}

/** @param {Page} ctx */
function createFinding(ctx) {
    const {store, api, go, say} = ctx;
    /** @type {HitSearch|null} */
    let search = null;
    /** @type {{hit: FoundHit, selection: unknown}|null} the hit gone to last */
    let current = null;
    const timers = {news: 0, view: 0};
    let busy = false;
    const middle = () => (store.get().t0 + store.get().t1) / 2;

    /** @param {Partial<Found>} patch */
    function tell(patch) {
        const {found} = store.get();
        if (found && search && found.query === search.query) store.set({found: {...found, total: search.total(), done: search.isDone(), ...patch}});
    }

    function tellSoon() {
        if (timers.news === 0) timers.news = window.setTimeout(() => {
            timers.news = 0;
            tell({});
        }, NEWS_MS);
    }

    /** @param {HitSearch} own @param {unknown} error */
    function fail(own, error) {
        if (own !== search || /** @type {{code?: string}} */ (error)?.code === "aborted") return;
        tell({error: error instanceof Error ? error.message : String(error)});
    }

    async function look() {
        const own = search;
        if (!own) return;
        const {t0, t1} = store.get();
        const [from, to] = [Math.max(Math.floor(t0), 0), Math.min(Math.ceil(t1), own.end)];
        try {
            const [{hits, more}, earlier] = await Promise.all([own.hitsOf(from, to, IN_VIEW), own.hitsOf(Math.max(2 * from - to, 0), from, EARLIER)]);
            const reaching = earlier.hits.filter((hit) => hit.t1 > from);
            if (own === search) tell({hits: [...reaching, ...hits], more});
        } catch (error) {
            fail(own, error);
        }
    }

    const lookLater = () => {
        clearTimeout(timers.view);
        timers.view = window.setTimeout(() => void look(), REST_MS);
    };

    function start() {
        search?.stop();
        search = null;
        current = null;
        const {query, manifest, trace} = store.get();
        if (query === "" || !manifest) return store.set({found: null});
        const own = search = createHitSearch(api, trace, query, manifest.span_ns + 1);
        store.set({found: {query, total: 0, done: false, bins: own.bins, number: 0, hits: [], more: false, error: ""}});
        own.count(middle, tellSoon).then(() => {
            if (own !== search) return;
            tell({});
            const stepped = current?.hit;
            if (stepped && store.get().found?.number === 0) own.numberOf(stepped).then((number) => current?.hit === stepped && tell({number}), (error) => fail(own, error));
            say(own.total() === 0 ? "No hits." : `${countOf(own.total(), "hit")}.`, true);
        }, (error) => fail(own, error));
        void look();
    }

    /** @param {-1|1} way */
    async function step(way) {
        const own = search;
        if (!own) return say("Nothing is sought: type into the box first, as in state:blocked>10ms.");
        const {found, selection} = store.get();
        if (busy || !found) return;
        if (found.error !== "") return say(found.error);
        busy = true;
        try {
            const last = current && current.selection === selection ? current.hit : null;
            const selected = selection?.row && selection.T !== "" ? {t0: selection.t0, T: selection.T, block: selection.row.row >> 5, row: selection.row.row & 31} : null;
            const mark = last ?? selected;
            const t = mark?.t0 ?? middle();
            const hit = await (way > 0 ? own.next(t, mark) : own.previous(t, mark));
            if (own !== search) return;
            if (!hit) return say(own.isDone() && own.total() === 0 ? "No hits." : way > 0 ? "No hit after this one." : "No hit before this one.");
            await flyTo(ctx, hit);
            current = {hit, selection: store.get().selection};
            tell({number: 0});
            own.numberOf(hit).then((number) => current?.hit === hit && tell({number}), (error) => fail(own, error));
        } catch (error) {
            fail(own, error);
        } finally {
            busy = false;
        }
    }

    async function isolate() {
        const own = search;
        if (!own) return say("Nothing is sought: type into the box first, as in state:blocked>10ms.");
        const {ids, more} = await own.goroutines(ISOLATED_MOST);
        if (own !== search) return;
        if (ids.length === 0) return say("No goroutine has hits.");
        await go.isolate(ids, true);
        if (more) say(`More than ${ISOLATED_MOST} goroutines have hits: the first ${ISOLATED_MOST} have rows of their own at the top.`);
    }

    return {start, lookLater, step, isolate: () => attempt(ctx, isolate()), stop() {
        clearTimeout(timers.news);
        clearTimeout(timers.view);
        search?.stop();
    }};
}

/** Why a query was refused, below the box while that is in use; else it would lie over the overview as long as the query stands.
 * @param {Page} ctx @param {AbortSignal} signal */
function createTrouble(ctx, signal) {
    const {"search-error": trouble, "search-box": box} = ctx.dom;
    let away = "";
    const show = () => {
        const error = ctx.store.get().found?.error ?? "";
        if (!trouble) return;
        if (error === "") away = "";
        trouble.hidden = error === "" || error === away;
        trouble.textContent = error;
    };
    const putAway = () => {
        away = ctx.store.get().found?.error ?? "";
        show();
    };
    box?.addEventListener("focusin", () => {
        away = "";
        show();
    }, {signal});
    box?.addEventListener("focusout", (event) => !(event.relatedTarget instanceof Node && box.contains(event.relatedTarget)) && putAway(), {signal});
    document.addEventListener("pointerdown", (event) => event.target instanceof Node && !box?.contains(event.target) && putAway(), {signal});
    return show;
}

/** @param {Page} ctx @param {ReturnType<typeof createFinding>} finding @param {AbortSignal} signal */
function createTools(ctx, finding, signal) {
    const {"search-note": note, "search-tools": tools} = ctx.dom;
    const showTrouble = createTrouble(ctx, signal);
    const button = (/** @type {string} */ sign, /** @type {string} */ words, /** @type {() => void} */ act) =>
        el("button", {type: "button", title: words, "aria-label": sign.length > 1 ? `${sign}: ${words}` : words, onclick: act, onpointerdown: (/** @type {Event} */ e) => e.preventDefault()}, sign);
    tools?.replaceChildren(
        button("‹", "Hit before (Shift+Enter)", () => void finding.step(-1)),
        button("›", "Next hit (Enter)", () => void finding.step(1)),
        button("only rows", "Rows of their own at the top for the goroutines with hits (Shift+I)", finding.isolate),
        button("×", "Seek nothing", () => ctx.store.set({query: ""}, "push")));
    return () => {
        const {found} = ctx.store.get();
        if (tools) tools.hidden = !found;
        if (note) note.textContent = foundWords(found);
        if (note) note.title = found?.error ?? "";
        showTrouble();
    };
}

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    const {store, actions} = ctx;
    const finding = createFinding(ctx);
    const controller = new AbortController();
    const show = createTools(ctx, finding, controller.signal);
    let span = store.get().manifest?.span_ns;
    actions.set("next-hit", () => void finding.step(1));
    actions.set("previous-hit", () => void finding.step(-1));
    actions.set("isolate-hits", finding.isolate);
    const unsubscribe = store.subscribe((changed) => {
        const grown = changed.has("manifest") && store.get().manifest?.span_ns !== span;
        span = store.get().manifest?.span_ns;
        if (changed.has("query") || (grown && store.get().query !== "")) queueMicrotask(finding.start);
        else if (changed.has("t0") || changed.has("t1")) finding.lookLater();
        if (changed.has("found")) show();
    });
    show();
    if (store.get().query !== "") finding.start();
    return () => {
        controller.abort();
        unsubscribe();
        finding.stop();
    };
}
