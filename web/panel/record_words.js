/**
 * "How to record a trace": nodes of the text in core/recording.js, for the help and for the library page.
 */
import {COSTS, WAYS} from "../core/recording.js";
import {copyText, el} from "./element.js";

/** @param {string} code */
function codeBlock(code) {
    const button = el("button", {class: "link", type: "button", async onclick() {
        button.textContent = await copyText(code) ? "Copied" : "Not copied";
    }}, "Copy");
    return el("div", {class: "code"}, el("pre", {tabindex: "0"}, code), button);
}

/** @param {"h2"|"h3"} heading */
export function recordingWords(heading) {
    return el("div", {class: "recording"},
        WAYS.map(({title, words, code, cost}) => el("section", {}, el(heading, {}, title), el("p", {}, words), codeBlock(code), el("p", {class: "muted"}, cost))),
        el("section", {}, el(heading, {}, "What it costs"), el("ul", {}, COSTS.map((line) => el("li", {}, line)))));
}
