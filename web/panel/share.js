/**
 * "Share" and every "Copy link": the address of what is shown, on the clipboard. The arrow beside it: what else can be given away.
 */
import {formatLink} from "../core/link.js";
import {copyText, el} from "./element.js";
import {enableMenu} from "./menu.js";
import {savePicture} from "./picture.js";
import {attempt} from "./pieces.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../types.js").Selection} Selection */

/** Mail and chat programs cut longer ones. */
const LONG = 2000;

/**
 * The address of the page without what may be secret (its query), with the state as it is now.
 * @param {Page} ctx @param {Selection|null} [selection] other than the one in use
 */
export function addressOf({store, lanes}, selection) {
    const state = store.get();
    const top = lanes.visible()[0];
    const scroll = top && state.scrollY > 0 ? {id: top.id, dy: state.scrollY - top.y} : null;
    const {origin, pathname} = window.location;
    return `${origin}${pathname}${formatLink(selection === undefined ? state : {...state, selection}, scroll, state.manifest?.name ?? "")}`;
}

/** @type {Record<Selection["kind"], string>} */
const WORDS = {interval: "this event", mark: "this event", range: "this range", goroutine: "this goroutine", gc: "this collection", stw: "this pause", task: "this task"};

/** @param {Page} ctx @param {Selection|null} [selection] */
export async function copyLink(ctx, selection) {
    const shown = selection === undefined ? ctx.store.get().selection : selection;
    const address = addressOf(ctx, selection);
    const what = shown ? WORDS[shown.kind] : "this view";
    const long = address.length > LONG ? ` It has ${address.length} characters, and some programs cut links off at ${LONG}: fewer unfolded groups or shorter notes make it shorter.` : "";
    ctx.say(await copyText(address) ? `Link to ${what} copied.${long}` : `The browser did not let the page copy. The link to ${what} is in the address bar.`);
}

/** The menu at the button. @param {Page} ctx @param {HTMLElement} button @param {AbortSignal} signal */
function createMenu({actions}, button, signal) {
    const item = (/** @type {string} */ words, /** @type {string} */ action) => el("button", {type: "button", onclick() {
        show(false);
        actions.get(action)?.();
    }}, words);
    const menu = el("div", {class: "menu", id: "share-menu", hidden: true}, item("Copy link", "copy"), item("Save picture as PNG", "picture"));
    const arrow = el("button", {id: "share-more", class: "button square", type: "button", "aria-label": "More ways to share", "aria-haspopup": "true", "aria-expanded": "false",
        "aria-controls": "share-menu"}, "\u25be");
    button.after(arrow, menu);
    const show = enableMenu(arrow, menu, () => {}, signal);
}

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    const controller = new AbortController();
    const {share} = ctx.dom;
    share?.addEventListener("click", () => void copyLink(ctx), {signal: controller.signal});
    if (share) createMenu(ctx, share, controller.signal);
    ctx.actions.set("copy", () => void copyLink(ctx));
    ctx.actions.set("picture", () => attempt(ctx, savePicture(ctx)));
    return () => controller.abort();
}
