/**
 * The `?` overlay, made from the table that the handlers use; single keys can be switched off there (WCAG 2.1.4).
 */
import {GESTURES, KEYS} from "../core/keys.js";
import {el} from "./element.js";

/** @typedef {import("../types.js").Page} Page */

/** Kept over visits, for this browser only. */
const SETTING = "tilescope.keys";

/** Browsers refuse storage in some private windows. @returns {boolean} */
function keysOn() {
    try {
        return localStorage.getItem(SETTING) !== "off";
    } catch {
        return true;
    }
}

/** @param {boolean} on */
function setKeys(on) {
    document.documentElement.dataset["keys"] = on ? "on" : "off";
    try {
        localStorage.setItem(SETTING, on ? "on" : "off");
    } catch {
        // It holds for this visit.
    }
}

/** @param {string} group */
function section(group) {
    const lines = [...KEYS, ...GESTURES].filter((line) => line.group === group);
    return el("section", {},
        el("h2", {}, group),
        el("dl", {}, lines.flatMap(({shown, words}) => [
            el("dt", {}, shown.map((cap) => el("kbd", {}, cap))), el("dd", {}, words)])));
}

/** @param {HTMLDialogElement} dialog */
function build(dialog) {
    const groups = [...new Set([...KEYS, ...GESTURES].map(({group}) => group))];
    const single = el("input", {type: "checkbox", onchange: () => setKeys(single.checked)});
    single.checked = keysOn();
    dialog.replaceChildren(
        el("header", {},
            el("h1", {id: "help-title"}, "Keys and mouse"),
            el("label", {}, single, "Single keys act"),
            el("button", {class: "button", type: "button", onclick: () => dialog.close()}, "Close")),
        el("div", {class: "key-groups"}, groups.map(section)));
}

/** @param {Page} ctx @returns {() => void} */
export function enable({dom, actions}) {
    const controller = new AbortController();
    const {signal} = controller;
    const dialog = /** @type {HTMLDialogElement|undefined} */ (dom["help"]);
    setKeys(keysOn());
    const toggle = () => {
        if (!dialog) return;
        if (dialog.open) return dialog.close();
        build(dialog);
        dialog.showModal();
    };
    actions.set("help", toggle);
    dom["help-button"]?.addEventListener("click", toggle, {signal});
    dialog?.addEventListener("click", (event) => event.target === dialog && dialog.close(), {signal});
    return () => controller.abort();
}
