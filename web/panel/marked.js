/**
 * The Marks tab: every mark with its note, its distance to the one before, and the way there; and the range between any two.
 */
import {formatMarks} from "../core/link_words.js";
import {NOTE_MOST, gapBetween, markAt, noteMark, spanBetween} from "../core/mark_list.js";
import {rangeSelection} from "../core/selection.js";
import {formatDuration} from "../core/time.js";
import {countOf, timeWords} from "../core/words.js";
import {el, link} from "./element.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../core/mark_list.js").Mark} Mark */

/** The two that are measured; the first and the last until somebody chose. @type {[Mark, Mark]|null} */
let measured = null;

/** @param {Page} ctx @param {Mark} mark @param {number} at */
function noteField({store, say}, mark, at) {
    const field = el("input", {
        class: "filter note", type: "text", value: mark.note, maxlength: String(NOTE_MOST), placeholder: "Note", "aria-label": `Note of mark ${at + 1}`,
        onchange() {
            const {marks} = store.get();
            const done = noteMark(marks, markAt(marks, mark), field.value, formatMarks);
            if (done.error !== "") {
                say(done.error);
                field.value = mark.note;
            } else store.set({marks: done.marks});
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
            class: "link", type: "button", "aria-label": `Delete mark ${at + 1}`, onclick: () => store.set({marks: store.get().marks.filter((one) => one.t0 !== mark.t0 || one.t1 !== mark.t1)}),
        }, "Delete")));
}

/** @param {readonly Mark[]} marks @param {[Mark, Mark]} pair @param {0|1} which @param {() => void} onChange */
function chooser(marks, pair, which, onChange) {
    const choice = el("select", {class: "filter", "aria-label": which === 0 ? "From mark" : "To mark", onchange() {
        pair[which] = marks[Number(choice.value)] ?? pair[which];
        measured = pair;
        onChange();
    }}, marks.map(({note}, i) => el("option", {value: String(i)}, `${i + 1}${note === "" ? "" : ` ${Array.from(note).slice(0, 24).join("")}`}`)));
    choice.value = String(markAt(marks, pair[which]));
    return choice;
}

/** How far two of them are apart, and that range as the selection. @param {Page} ctx @param {readonly Mark[]} marks */
function measure(ctx, marks) {
    const [first, last] = [marks[0], marks.at(-1)];
    if (!first || !last || first === last) return null;
    const [a = -1, b = -1] = measured?.map((one) => markAt(marks, one)) ?? [];
    /** @type {[Mark, Mark]} */
    const pair = [marks[a] ?? first, marks[b] ?? last];
    if (a < 0 || b < 0 || a === b) [pair[0], pair[1]] = [first, last];
    const result = el("b", {}, "");
    const show = () => { result.textContent = formatDuration(gapBetween(...pair)); };
    show();
    return el("p", {class: "measure"}, "From ", chooser(marks, pair, 0, show), " to ", chooser(marks, pair, 1, show), ": ", result, " ",
        link("Select this range", () => {
            const {t0, t1} = spanBetween(...pair);
            ctx.store.set({selection: rangeSelection(t0, t1)}, "push");
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
