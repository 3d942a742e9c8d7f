/**
 * The address bar follows the state, and the state the address bar. Pans and zooms replace the history entry (a while after the
 * last: browsers refuse more than 200 in 10 s), jumps push one. The only user of `location.hash` and `history`.
 */
import {DEFAULTS, formatLink, formatSelection, parseLink} from "../core/link.js";
import {findSelection} from "./restore.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../types.js").Selection} Selection */
/** @typedef {import("../types.js").State} State */

const REST_MS = 300;
/** Changes that are no part of a link. @type {ReadonlySet<keyof State>} */
const PASSING = new Set(/** @type {(keyof State)[]} */ (["hover", "theme", "manifest", "labelWidth", "panelHeight"]));

/** The link to what is shown. @param {Page} ctx */
export function linkOf({store, lanes}) {
    const state = store.get();
    const top = lanes.visible()[0];
    return formatLink(state, top && state.scrollY > 0 ? {id: top.id, dy: state.scrollY - top.y} : null);
}

/** @param {Page} ctx @param {string} hash @param {Readonly<State>} initial @param {Map<string, Selection>} known */
async function apply(ctx, hash, initial, known) {
    const {store, lanes, go, say} = ctx;
    const link = parseLink(hash);
    const seen = link.select && known.get(/(?:^#?|&)sel=([^&]*)/.exec(hash)?.[1] ?? "");
    go.stop();
    store.set({
        ...DEFAULTS, pins: [], open: initial.open, t0: initial.t0, t1: initial.t1, scrollY: 0, ...link.patch,
        selection: seen || null,
    });
    const top = link.scroll && lanes.find(link.scroll.id);
    if (link.scroll) go.now({scrollY: top ? top.y + link.scroll.dy : 0});
    else go.now({});
    if (link.notices.length > 0) say(link.notices.join(" "));
    if (link.select && !seen) await findSelection(ctx, link.select, link.patch.t0 !== undefined);
}

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    const {store, say} = ctx;
    const initial = store.get();
    /** @type {Map<string, Selection>} selections of this visit, by their words in the link */
    const known = new Map();
    let current = location.hash;
    let applying = false;
    let timer = 0;
    const write = () => {
        clearTimeout(timer);
        if (current !== location.hash) history.replaceState(null, "", current);
    };
    const restore = async () => {
        clearTimeout(timer);
        applying = true;
        current = location.hash;
        try {
            const ready = apply(ctx, location.hash, initial, known);
            applying = false;
            await ready;
        } catch (error) {
            say(error instanceof Error ? error.message : String(error));
        }
    };
    const unsubscribe = store.subscribe((changed, how) => {
        if (applying || [...changed].every((key) => PASSING.has(key))) return;
        const {selection} = store.get();
        if (selection) known.set(formatSelection(selection), selection);
        if (how === "push") write();
        current = linkOf(ctx);
        if (how === "push" && current !== location.hash) return history.pushState(null, "", current);
        clearTimeout(timer);
        timer = window.setTimeout(write, REST_MS);
    });
    const back = () => void restore();
    addEventListener("popstate", back);
    void restore();
    return () => {
        clearTimeout(timer);
        unsubscribe();
        removeEventListener("popstate", back);
    };
}
