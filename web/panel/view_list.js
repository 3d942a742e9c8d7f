/**
 * The views of this visit as a menu below the visible range: where one was, newest first; Ctrl+Z and Ctrl+Y step through the same list.
 */
import {formatDuration} from "../core/time.js";
import {rangeWords, seenRange} from "../core/words.js";
import {el} from "./element.js";
import {enableMenu} from "./menu.js";

/** @typedef {import("../types.js").Page} Page */

const SHOWN = 24;

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    const controller = new AbortController();
    const {range, "view-menu": menu} = ctx.dom;
    if (!range || !menu) return () => {};
    const fill = () => {
        const state = ctx.store.get();
        const {views, at} = ctx.views.all();
        const entries = views.map((view, i) => ({...seenRange({...view, manifest: state.manifest}), i})).reverse();
        menu.replaceChildren(el("p", {class: "muted"}, "Views of this visit. Ctrl+Z goes back, Ctrl+Y on."), ...entries.slice(0, SHOWN).map(({t0, t1, i}) => el("button", {
            type: "button", "aria-current": i === at ? "true" : null, onclick() {
                const view = ctx.views.take(i);
                show(false);
                if (view) ctx.go.view(view, "replace");
                ctx.dom["lanes"]?.focus({preventScroll: true});
            },
        }, el("span", {}, rangeWords(t0, t1, state)), el("span", {class: "muted"}, formatDuration(t1 - t0)))));
    };
    const show = enableMenu(range, menu, fill, controller.signal);
    menu.addEventListener("keydown", (event) => {
        const way = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
        const buttons = [...menu.querySelectorAll("button")];
        if (way === 0) return;
        event.preventDefault();
        event.stopPropagation();
        buttons[(buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement)) + way + buttons.length) % buttons.length]?.focus();
    }, {signal: controller.signal});
    ctx.actions.set("views", () => {
        show(menu.hidden);
        if (!menu.hidden) /** @type {HTMLElement|null} */ (menu.querySelector("[aria-current]") ?? menu.querySelector("button"))?.focus();
    });
    return () => controller.abort();
}
