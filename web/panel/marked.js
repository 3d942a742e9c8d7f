/**
 * The Marks tab: every mark with its note, its distance to the one before, and the way there; and the range between any two.
 */
import {formatMarks} from "../core/link_words.js";
import {NOTE_MOST, gapBetween, noteMark, spanBetween} from "../core/mark_list.js";
import {rangeSelection} from "../core/selection.js";
import {formatDuration} from "../core/time.js";
import {countOf, timeWords} from "../core/words.js";
import {el, link} from "./element.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../core/mark_list.js").Mark} Mark */

/** The two that are measured, by their places; the first and the last until somebody chose. @type {[number, number]} */
let measured = [-1, -1];

/** @param {Page} ctx @param {Mark} mark @param {number} at */
function noteField({store, say}, mark, at) {
    const field = el("input", {
        class: "filter note", type: "text", value: mark.note, maxlength: String(NOTE_MOST), placeholder: "Note", "aria-label": `Note of mark ${at + 1}`,
        onchange() {
            const done = noteMark(store.get().marks, at, field.value, formatMarks);
            if (done.error !== "") {
                say(done.error);
                field.value = mark.note;
            } else store.set({marks: done.marks});
        },
        onkeydown(/** @type {KeyboardEvent} */ event) {
            if (event.key === "Enter") field.blur();
        },
    });
    return field;
}

/** @param {Page} ctx @param {readonly Mark[]} marks @param {Mark} mark @param {number} at */
function markRow(ctx, marks, mark, at) {
    const {store} = ctx;
    const before = marks[at - 1];
    return el("tr", {"data-mark": String(at)},
        el("td", {class: "name"}, el("span", {class: "flag"}, String(at + 1))),
        el("td", {class: "name"}, link(timeWords(mark.t0, store.get(), 9), () => ctx.go.span(mark.t0, mark.t1), `Go to mark ${at + 1}`)),
        el("td", {}, mark.t1 > mark.t0 ? formatDuration(mark.t1 - mark.t0) : ""),
        el("td", {}, before ? formatDuration(gapBetween(before, mark)) : ""),
        el("td", {class: "name wide"}, noteField(ctx, mark, at)),
        el("td", {class: "name"}, el("button", {
            class: "link", type: "button", "aria-label": `Delete mark ${at + 1}`, onclick: () => store.set({marks: store.get().marks.filter((one) => one !== mark)}),
        }, "Delete")));
}

/** @param {readonly Mark[]} marks @param {0|1} which @param {() => void} onChange */
function chooser(marks, which, onChange) {
    const choice = el("select", {class: "filter", "aria-label": which === 0 ? "From mark" : "To mark", onchange() {
        measured[which] = Number(choice.value);
        onChange();
    }}, marks.map(({note}, i) => el("option", {value: String(i)}, `${i + 1}${note === "" ? "" : ` ${Array.from(note).slice(0, 24).join("")}`}`)));
    choice.value = String(measured[which]);
    return choice;
}

/** How far two of them are apart, and that range as the selection. @param {Page} ctx @param {readonly Mark[]} marks */
function measure(ctx, marks) {
    if (marks.length < 2) return null;
    if (measured.some((at) => at < 0 || at >= marks.length) || measured[0] === measured[1]) measured = [0, marks.length - 1];
    const result = el("b", {}, "");
    const pair = () => /** @type {[Mark, Mark]} */ (measured.map((at) => marks[at]));
    const show = () => { result.textContent = formatDuration(gapBetween(...pair())); };
    show();
    return el("p", {class: "measure"}, "From ", chooser(marks, 0, show), " to ", chooser(marks, 1, show), ": ", result, " ",
        link("Select this range", () => {
            const {t0, t1} = spanBetween(...pair());
            ctx.store.set({selection: rangeSelection(t0, t1)});
            ctx.go.span(t0, t1);
        }, "Statistics, stacks and events are then of this range"));
}

/** @param {Page} ctx @param {AbortSignal} _signal @returns {Promise<HTMLElement>} */
export async function draw(ctx, _signal) {
    const {marks} = ctx.store.get();
    if (marks.length === 0) {
        return el("p", {class: "pane empty"}, "No marks yet. M marks the time under the pointer, or what is selected; marks and their notes are part of the link.");
    }
    return el("div", {class: "pane"},
        el("div", {class: "pane-head"}, el("h2", {}, "Marks", el("span", {}, `${countOf(marks.length, "mark")}, in the link`)), measure(ctx, marks),
            link("Delete all", () => ctx.store.set({marks: []}))),
        el("table", {class: "grid"},
            el("thead", {}, el("tr", {}, el("th", {class: "name"}, "Mark"), el("th", {class: "name"}, "Time"), el("th", {}, "Length"), el("th", {}, "Since the one before"),
                el("th", {class: "name"}, "Note"), el("th", {class: "name"}, "Delete"))),
            el("tbody", {}, marks.map((mark, at) => markRow(ctx, marks, mark, at)))));
}
