/**
 * Three hints on the first visit of this browser, one after the other in a corner of the lanes; they never come back, whether read or
 * closed. None with a link that selects something, for who follows one has a question already, nor for programs that drive a browser.
 */
import {el} from "./element.js";
import {preferences, setPreferences} from "./settings.js";

/** @typedef {import("../types.js").Page} Page */

const HINTS = [
    ["Tall is busy, low is parked", "Ctrl and the wheel zooms at the pointer; drag in the overview above to move. A click on an interval tells why it waited, and who ended that."],
    ["Look for what is slow", "Type state:blocked>10ms into the box at the top: every such wait is counted, shown in the overview, and gone through with Enter."],
    ["Every view is a link", "The address holds what you see: range, rows, selection, marks (M). Send it, and a colleague sees the same. Press ? for all keys, colours, and how to record a trace."],
];

/** @param {string} hash @param {boolean} driven by a program */
export const wantsHints = (hash, driven) => !driven && !preferences().hinted && !/[#&]sel=/.test(hash);

/** @param {Page} ctx @returns {() => void} */
export function enable({dom}) {
    const lanes = dom["lanes-box"];
    if (!lanes || !wantsHints(location.hash, navigator.webdriver === true)) return () => {};
    setPreferences({hinted: true});
    let at = 0;
    const box = el("aside", {id: "hint", "aria-label": "Hints"});
    const close = () => {
        box.remove();
        dom["lanes"]?.focus({preventScroll: true});
    };
    const show = () => {
        const [title = "", words = ""] = HINTS[at] ?? [];
        const last = at >= HINTS.length - 1;
        box.replaceChildren(
            el("b", {}, title), el("p", {}, words),
            el("div", {}, el("span", {class: "muted"}, `${at + 1} of ${HINTS.length}`),
                last ? null : el("button", {class: "link", type: "button", onclick: close}, "Close"),
                el("button", {class: "button", type: "button", onclick: () => (last ? close() : next())}, last ? "Done" : "Next")));
    };
    const next = () => {
        at++;
        show();
        /** @type {HTMLElement|null} */ (box.querySelector(".button"))?.focus();
    };
    show();
    box.addEventListener("keydown", (event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        close();
    });
    lanes.append(box);
    return () => box.remove();
}
