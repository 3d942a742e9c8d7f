/**
 * Marks: set with M, gone through with N and Shift+N; their flags on the axis lead to the list.
 */
import {formatMarks} from "../core/link_words.js";
import {addMark, flagsOf, markAt, nextMark, placeToMark} from "../core/mark_list.js";
import {timeWords} from "../core/words.js";

/** @typedef {import("../types.js").Page} Page */

/** px within which the edge of an interval takes a mark, and that a click may move by. */
const NEAR_PX = 4;

/** @param {Page} ctx */
function mark(ctx) {
    const {store, dom, say} = ctx;
    const {t0, t1, marks} = store.get();
    const place = placeToMark(store.get(), (t1 - t0) / Math.max(dom["lanes"]?.clientWidth ?? 1, 1) * NEAR_PX);
    if (!place) return say("Point at a time in the lanes, or select something: M marks it.");
    const done = addMark(marks, place, formatMarks);
    if (done.error !== "") return say(done.error);
    store.set({marks: done.marks});
    const at = done.marks.findIndex((one) => !marks.includes(one));
    say(`Mark ${at + 1} at ${timeWords(done.marks[at]?.t0 ?? 0, store.get())}. Shift+M lists the marks and takes notes.`);
}

/** @typedef {import("../core/mark_list.js").Mark} Mark */

/** @param {Page} ctx @param {-1|1} way @param {Mark|null} last the mark gone to last @returns {Mark|null} the one gone to */
function step(ctx, way, last) {
    const {marks} = ctx.store.get();
    const view = ctx.go.aim();
    const from = last ? markAt(marks, last) : -1;
    const seen = last && from >= 0 && last.t1 >= view.t0 && last.t0 <= view.t1;
    const at = seen ? (from + way + marks.length) % marks.length : nextMark(marks, (view.t0 + view.t1) / 2, way);
    const one = marks[at];
    if (!one) {
        ctx.say("There is no mark yet: M sets one.");
        return null;
    }
    ctx.go.span(one.t0, one.t1);
    ctx.say(`Mark ${at + 1} of ${marks.length}, ${timeWords(one.t0, ctx.store.get())}${one.note === "" ? "" : `: ${one.note}`}`);
    return one;
}

/** Opens the list, at the note of one of them. @param {Page} ctx @param {number} at */
function openList({store}, at) {
    store.set({panel: "marks"});
    const find = () => {
        const field = /** @type {HTMLInputElement|null} */ (document.querySelector(`#detail [data-mark="${at}"] input`));
        field?.focus();
        return field !== null;
    };
    let tries = 20; // the tab is drawn a little later
    const again = () => void (find() || tries-- <= 0 || setTimeout(again, 25));
    again();
}

/** @param {Page} ctx @param {HTMLElement} axis @param {AbortSignal} signal */
function listenToFlags(ctx, axis, signal) {
    const flagAt = (/** @type {PointerEvent|MouseEvent} */ event) => {
        const {t0, t1, marks} = ctx.store.get();
        const xOf = (/** @type {number} */ t) => (t - t0) / (t1 - t0) * axis.clientWidth;
        return flagsOf(marks, xOf, axis.clientWidth).findLast(({x, w}) => event.offsetX >= x - 1 && event.offsetX <= x + w + 1);
    };
    let downX = 0;
    axis.addEventListener("pointerdown", (event) => { downX = event.offsetX; }, {signal});
    axis.addEventListener("click", (event) => {
        const flag = Math.abs(event.offsetX - downX) <= NEAR_PX ? flagAt(event) : undefined;
        if (flag) openList(ctx, flag.at);
    }, {signal});
    axis.addEventListener("pointermove", (event) => {
        const flag = event.buttons === 0 ? flagAt(event) : undefined;
        const note = flag && ctx.store.get().marks[flag.at]?.note;
        axis.title = flag ? `Mark ${flag.at + 1}${note ? `: ${note}` : ""}` : "";
        axis.style.cursor = flag ? "pointer" : "";
    }, {signal});
}

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    const controller = new AbortController();
    const {actions, dom, store} = ctx;
    /** @type {Mark|null} */
    let last = null;
    actions.set("mark", () => mark(ctx));
    actions.set("next-mark", () => { last = step(ctx, 1, last); });
    actions.set("previous-mark", () => { last = step(ctx, -1, last); });
    actions.set("marks", () => (store.get().panel === "marks" ? store.set({panel: "details"}) : openList(ctx, 0)));
    if (dom["axis"]) listenToFlags(ctx, dom["axis"], controller.signal);
    return () => controller.abort();
}
