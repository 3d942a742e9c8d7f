/**
 * Key presses to actions, by the table of core/keys.js; and the actions that are nobody else's.
 */
import {attempt} from "../core/attempt.js";
import {actionOf} from "../core/keys.js";
import {rowId} from "../core/link_words.js";
import {groupOfRow} from "../core/selection.js";

/** @typedef {import("../types.js").Page} Page */

const OVERLAYS = /** @type {const} */ (["both", "gc", "none"]);
const OVERLAY_WORDS = {both: "Collection and pauses are shaded over all rows.", gc: "Collection is shaded over all rows.", none: "Nothing is shaded over the rows."};

/** Is a key press meant for a field rather than for the page? @param {EventTarget|null} target */
function isTyping(target) {
    if (!(target instanceof HTMLElement)) return false;
    return target.isContentEditable || (target.matches("input, textarea, select") && !target.matches("[type=checkbox], [type=radio]"));
}

/** What is meant for the page wherever the focus is: no field has these keys for itself. */
const EVERYWHERE = new Set(["commands", "preferences"]);

/** Keys that the focused element uses itself. @param {EventTarget|null} target @param {KeyboardEvent} event */
function isOwn(target, event) {
    if (!(target instanceof HTMLElement)) return false;
    if (event.key === "Enter" && target.closest("a, button, summary, #panel, #mirror, .menu, dialog")) return true;
    const moves = /^(Arrow|Page|Home|End)/.test(event.key);
    return moves && target.closest("#panel, #mirror, #name-menu, [role=radiogroup], dialog") !== null;
}

/** The interval before or after the selected one on its row. @param {Page} ctx @param {-1|1} step */
async function stepOnRow(ctx, step) {
    const {selection, hover} = ctx.store.get();
    const row = selection?.row ?? hover?.row;
    if (!row || row.view === "F" || row.view === "A") return ctx.say("Select an event first: then , and . step along its row.");
    const t = selection?.row ? selection.t0 : hover?.t ?? 0;
    const isLast = ctx.go.turn();
    const hit = await ctx.interval(row, t, step);
    if (!isLast()) return;
    if (!hit) return ctx.say(step < 0 ? "This is the first on the row." : "This is the last on the row.");
    ctx.go.interval(hit);
}

/** Pins the group under the pointer, else that of the selection. @param {Page} ctx */
function togglePin({store, say}) {
    const {hover, selection, manifest, pins} = store.get();
    const row = hover?.row ?? selection?.row;
    const name = row && groupOfRow(manifest, row)?.function;
    if (!name) return say("Point at a group of goroutines to pin it.");
    const pinned = pins.includes(name);
    store.set({pins: pinned ? pins.filter((pin) => pin !== name) : [...pins, name]});
    say(`${name} ${pinned ? "is no longer pinned" : "is pinned to the top"}.`);
}

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    const controller = new AbortController();
    const {signal} = controller;
    const {store, actions, say} = ctx;
    actions.set("previous", () => attempt(ctx, stepOnRow(ctx, -1)));
    actions.set("next", () => attempt(ctx, stepOnRow(ctx, 1)));
    actions.set("pin", () => togglePin(ctx));
    actions.set("labels", () => store.set({labels: !store.get().labels}));
    actions.set("overlay", () => {
        const next = OVERLAYS[(OVERLAYS.indexOf(store.get().overlay) + 1) % 3] ?? "both";
        store.set({overlay: next});
        say(OVERLAY_WORDS[next]);
    });
    document.addEventListener("keydown", (event) => {
        const action = actionOf(event, event.getModifierState("AltGraph"));
        if (action === "" || event.defaultPrevented || event.isComposing) return;
        if (document.querySelector("dialog[open]") && action !== "help" && action !== "preferences") return;
        if (!EVERYWHERE.has(action) && (isTyping(event.target) || isOwn(event.target, event))) return;
        if (document.documentElement.dataset["keys"] === "off" && !event.ctrlKey && !event.metaKey && event.key.length === 1 && event.key !== "?") return;
        event.preventDefault();
        actions.get(action)?.(event);
    }, {signal});
    const unsubscribe = store.subscribe((changed) => {
        const {selection} = store.get();
        if (changed.has("selection") && selection?.row && !ctx.lanes.find(rowId(selection.row))) say("The row of the selection is folded.", true);
    });
    return () => {
        controller.abort();
        unsubscribe();
    };
}
