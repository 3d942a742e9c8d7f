/**
 * The address bar follows the state, and the state the address bar. Pans and zooms replace the history entry (a while after the
 * last: browsers refuse more than 200 in 10 s), jumps push one: one a press, of however many changes the jump is made. What a link
 * selects stays in the address while that is looked up, and when it was not found, until something else is selected. The only user of `location.hash` and `history`.
 */
import {DEFAULTS, formatLink, parseLink} from "../core/link.js";
import {formatSelection} from "../core/link_words.js";
import {fromGoTool} from "../core/gotool.js";
import {createRest} from "../core/rest.js";
import {wholeSpan} from "../core/viewport.js";
import {isolate} from "./isolate.js";
import {findSelection, unborn, unread} from "./restore.js";
import {loadTaskLanes} from "./task_lanes.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../types.js").Selection} Selection */
/** @typedef {import("../types.js").State} State */

const REST_MS = 300;
/** Changes that are no part of a link. @type {ReadonlySet<keyof State>} */
const PASSING = new Set(/** @type {(keyof State)[]} */ (["hover", "found", "taskLanes", "theme", "system", "manifest", "labelWidth", "panelHeight"]));

/** What a link selects, as it says it. @param {string} hash */
const selectedIn = (hash) => /(?:^#?|&)sel=([^&]*)/.exec(hash)?.[1] ?? "";

/** The link to what is shown. @param {Page} ctx @param {string} sought what is to be selected, in words */
export function linkOf({store, lanes}, sought = "") {
    const state = store.get();
    const top = lanes.visible()[0];
    return formatLink(state, top && state.scrollY > 0 ? {id: top.id, dy: state.scrollY - top.y} : null, "", state.selection ? formatSelection(state.selection) : sought);
}

/** What a link has to wait for, in words. @param {Page} ctx @param {import("../core/link.js").Link} link */
const missingOf = async (ctx, link) => unread(link, ctx.store.get()) || unborn(ctx, link);

/** Rows of their own for those that a link names, as many as there are. @param {Page} ctx @param {import("../core/link.js").Link} link @param {() => boolean} isLast */
async function isolateNamed(ctx, {isolate: ids}, isLast) {
    if (ids.length === 0) return;
    await isolate(ctx, ids, "replace", {isLast}).catch((error) => ctx.say(error instanceof Error ? error.message : String(error)));
}

/** Answers with the link if it has to wait for more of the trace. @param {Page} ctx @param {string} hash @param {Readonly<State>} initial @param {Map<string, Selection>} known @param {() => boolean} isLast */
async function apply(ctx, hash, initial, known, isLast) {
    const {store, lanes, go, say} = ctx;
    const link = parseLink(hash);
    const early = unread(link, store.get()) !== "";
    const whole = wholeSpan(store.get().manifest?.span_ns ?? 1);
    const seen = link.select && known.get(selectedIn(hash));
    go.stop();
    const {isolated} = store.get();
    store.set({
        ...DEFAULTS, isolated: isolated.filter(({g}) => link.isolate.includes(g)), pins: [], open: initial.open, ...whole, scrollY: 0, ...link.patch,
        ...(early ? whole : {}),
        selection: seen || null,
    });
    const missing = await missingOf(ctx, link);
    if (!isLast()) return null;
    await isolateNamed(ctx, link, isLast);
    if (!isLast()) return null;
    if (early && unread(link, store.get()) === "") store.set(link.patch); // it came while goroutines were looked up
    await loadTaskLanes(ctx);
    if (!isLast()) return null;
    const top = link.scroll && lanes.find(link.scroll.id);
    if (link.scroll) go.now({scrollY: top ? top.y + link.scroll.dy : 0});
    else go.now({});
    if (link.notices.length > 0) say(link.notices.join(" "));
    if (missing !== "") {
        say(`Not read yet: ${missing}. It is shown as soon as it is.`, false, true);
        return link;
    }
    if (link.select && !seen) await findSelection(ctx, link.select, link.patch.t0 !== undefined, isLast);
    return null;
}

/** What a link waited for is read now, or never comes. @param {Page} ctx @param {import("../core/link.js").Link} link @param {() => boolean} isLast */
async function arrive(ctx, link, isLast) {
    const {lanes, go, say} = ctx;
    const {patch: {t0, t1}, scroll, select} = link;
    say("");
    await isolateNamed(ctx, link, isLast);
    if (!isLast()) return;
    const top = scroll && lanes.find(scroll.id);
    go.now({...(t0 === undefined || t1 === undefined ? {} : {t0, t1}), ...(top && scroll ? {scrollY: top.y + scroll.dy} : {})});
    if (select) await findSelection(ctx, select, t0 !== undefined, isLast);
}

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    const {store, say} = ctx;
    const initial = store.get();
    /** @type {Map<string, Selection>} selections of this visit, by their words in the link */
    const known = new Map();
    let current = location.hash;
    let applying = false;
    let pushed = false;
    /** what the link selects, and whether that is still waited for */
    let sought = {words: "", isLast: () => false};
    /** @type {import("../core/link.js").Link|null} */
    let waiting = null;
    const write = () => {
        rest.stop();
        if (current !== location.hash) history.replaceState(null, "", current);
    };
    const rest = createRest(REST_MS, write);
    const tell = (/** @type {unknown} */ error) => say(error instanceof Error ? error.message : String(error));
    const restore = async () => {
        rest.stop();
        applying = true;
        waiting = null;
        const asked = current = location.hash;
        try {
            const isLast = ctx.go.turn();
            sought = {words: selectedIn(asked), isLast};
            const ready = apply(ctx, asked, initial, known, isLast);
            applying = false;
            const unready = await ready;
            if (!isLast()) return;
            waiting = unready;
            if (!waiting) return;
            current = asked; // the address keeps what has not come
            write();
            await more(); // it may have come meanwhile
        } catch (error) {
            tell(error);
        }
    };
    const more = async () => {
        const link = waiting;
        if (!link || await missingOf(ctx, link) !== "" || waiting !== link) return;
        waiting = null;
        await arrive(ctx, link, sought.isLast);
    };
    const unsubscribe = store.subscribe((changed, how) => {
        if (changed.has("manifest")) queueMicrotask(() => void more().catch(tell)); // the trace has grown, and the window with it: no word about where somebody went
        if (applying || changed.has("manifest") || [...changed].every((key) => PASSING.has(key))) return;
        if (waiting && (changed.has("t0") || changed.has("t1") || changed.has("selection"))) {
            waiting = null; // gone elsewhere meanwhile
            say("");
        }
        if (waiting) return;
        if (changed.has("selection")) sought.words = "";
        const {selection} = store.get();
        if (selection) known.set(formatSelection(selection), selection);
        if (how === "push" && !pushed) write();
        current = linkOf(ctx, sought.isLast() ? sought.words : "");
        if (how !== "push" || current === location.hash) return rest.begin();
        if (pushed) return write();
        history.pushState(null, "", current);
        pushed = true;
        queueMicrotask(() => { pushed = false; });
    });
    const back = () => void restore();
    addEventListener("popstate", back);
    const theirs = fromGoTool(location.search, location.hash);
    if (theirs) history.replaceState(null, "", location.pathname + theirs.hash);
    void restore().then(() => theirs && theirs.notices.length > 0 && say(theirs.notices.join(" ")));
    return () => {
        rest.stop();
        unsubscribe();
        removeEventListener("popstate", back);
    };
}
