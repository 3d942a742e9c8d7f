/**
 * The menu of a name in the label column (right click, or the menu key on a row of the mirror): hide, move, height, pin; and what is
 * hidden, to show it again.
 */
import {hideable, hiddenName, isResizable, sectionOf} from "../core/arrange.js";
import {hideLane, moveSection, showLane} from "./arrange.js";
import {stepHeight} from "./rows.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../types.js").Lane} Lane */
/** @typedef {[words: string, act: () => void]} Item */

/** Hidden lanes that the menu lists one by one. */
const LISTED = 12;

/** @param {Page} ctx @param {Lane|null} lane @returns {Item[]} */
export function itemsOf(ctx, lane) {
    const {store} = ctx;
    const {hidden, pins, sizes} = store.get();
    const id = lane ? hideable(lane) : "";
    /** @type {Item[]} */
    const items = [];
    if (id !== "") items.push([`Hide ${hiddenName(id)}`, () => hideLane(ctx, lane)]);
    if (lane && sectionOf(lane) === lane.id && lane.id !== "") items.push(["Move up", () => moveSection(ctx, lane, -1)], ["Move down", () => moveSection(ctx, lane, 1)]);
    if (lane && isResizable(lane)) {
        items.push(["Taller", () => stepHeight(ctx, lane, 1)], ["Lower", () => stepHeight(ctx, lane, -1)]);
        if (sizes[lane.id] !== undefined) items.push(["As tall as others", () => store.set({sizes: Object.fromEntries(Object.entries(sizes).filter(([key]) => key !== lane.id))})]);
    }
    const name = lane?.kind === "group" ? lane.group?.function : undefined;
    if (name) { // a link has no word for the group without a name
        const pinned = pins.includes(name);
        items.push([pinned ? "Let it go from the top" : "Pin to the top", () => store.set({pins: pinned ? pins.filter((pin) => pin !== name) : [...pins, name]})]);
    }
    for (const one of hidden.slice(0, LISTED)) items.push([`Show ${hiddenName(one)}`, () => showLane(ctx, one)]);
    if (hidden.length > 1) items.push([`Show all ${hidden.length} hidden`, () => showLane(ctx)]);
    return items;
}

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    const controller = new AbortController();
    const {signal} = controller;
    const {labels, mirror} = ctx.dom;
    const menu = document.createElement("div");
    Object.assign(menu, {id: "lane-menu", className: "menu", role: "menu", hidden: true});
    document.body.append(menu);
    let opener = /** @type {HTMLElement|null} */ (null);
    const close = (back = false) => {
        if (menu.hidden) return;
        menu.hidden = true;
        if (back) opener?.focus();
    };
    /** @param {MouseEvent} event @param {Lane|null} lane @param {{x: number, y: number}} at */
    const open = (event, lane, at) => {
        const items = itemsOf(ctx, lane);
        if (items.length === 0) return;
        event.preventDefault();
        opener = document.activeElement instanceof HTMLElement ? document.activeElement : null;
        menu.replaceChildren(...items.map(([words, act]) => {
            const button = document.createElement("button");
            Object.assign(button, {type: "button", role: "menuitem", textContent: words, onclick() {
                close(true);
                act();
            }});
            return button;
        }));
        menu.hidden = false;
        menu.style.transform = `translate(${Math.round(Math.min(at.x, innerWidth - menu.offsetWidth - 8))}px, ${Math.round(Math.max(Math.min(at.y, innerHeight - menu.offsetHeight - 8), 8))}px)`;
        /** @type {HTMLElement|null} */ (menu.firstElementChild)?.focus();
    };
    labels?.addEventListener("contextmenu", (event) => open(event, ctx.lanes.at(ctx.store.get().scrollY + event.offsetY), {x: event.clientX, y: event.clientY}), {signal});
    mirror?.addEventListener("contextmenu", (event) => {
        const row = event.target instanceof HTMLElement ? event.target.closest("tr") : null;
        const box = row?.getBoundingClientRect();
        if (row && box) open(event, ctx.lanes.find(row.dataset["lane"] ?? ""), {x: box.left + 24, y: box.bottom});
    }, {signal});
    menu.addEventListener("keydown", (event) => {
        const buttons = /** @type {HTMLElement[]} */ ([...menu.children]);
        const at = buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement));
        const next = {ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1}[event.key];
        if (event.key === "Escape") close(true);
        else if (next !== undefined) buttons[(next + buttons.length) % buttons.length]?.focus();
        else return;
        event.preventDefault();
        event.stopPropagation();
    }, {signal});
    menu.addEventListener("focusout", ({relatedTarget: to}) => to instanceof Node && !menu.contains(to) && close(), {signal});
    document.addEventListener("pointerdown", (event) => {
        if (event.target instanceof Node && !menu.contains(event.target)) close();
    }, {signal, capture: true});
    return () => {
        controller.abort();
        menu.remove();
    };
}
