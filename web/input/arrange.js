/**
 * What is shown of the lanes, in which order and how tall: keys and commands for the lane under the pointer, or for that of the
 * focused row of the mirror; names that are dragged. core/arrange.js decides, the state holds it.
 */
import {hideable, hiddenName, isResizable, placeSection, sectionOf, sectionOrder, sizeWithin} from "../core/arrange.js";
import {followPointer} from "./pan.js";
import {barHeight, stepHeight} from "./rows.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../types.js").Lane} Lane */

const DRAG_PX = 6;
/** px at the lower edge of a name that take hold of its height. */
const EDGE_PX = 5;

/** @param {Page} ctx @param {Lane|null} lane */
export function hideLane({store, say}, lane) {
    const id = lane ? hideable(lane) : "";
    if (id === "") return say("Point at a group, a counter or a section to hide it.");
    store.set({hidden: [...store.get().hidden.filter((one) => one !== id), id]}, "push");
    say(`${hiddenName(id)} is hidden. Shift+H shows it again.`);
}

/** @param {Page} ctx @param {string} id "" all */
export function showLane({store, say}, id = "") {
    const {hidden} = store.get();
    if (hidden.length === 0) return say("Nothing is hidden.");
    store.set({hidden: id === "" ? [] : hidden.filter((one) => one !== id)}, "push");
    say(id === "" ? "Nothing is hidden any more." : `${hiddenName(id)} is shown again.`);
}

/** Sections that there are, from top to bottom. @param {Page} ctx */
const shownSections = ({store, lanes}) => sectionOrder(store.get().order).filter((id) => lanes.find(id) !== null);

/** @param {Page} ctx @param {Lane|null} lane @param {-1|1} way */
export function moveSection(ctx, lane, way) {
    const {store, say} = ctx;
    const id = lane ? sectionOf(lane) : "";
    if (id === "") return say("Point at a section to move it.");
    const shown = shownSections(ctx);
    const other = shown[shown.indexOf(id) + way];
    if (other === undefined) return say(`${hiddenName(id)} is the ${way < 0 ? "first" : "last"} section.`);
    const {order} = store.get();
    store.set({order: placeSection(order, id, sectionOrder(order).indexOf(other))});
    say(`${hiddenName(id)} is ${way < 0 ? "above" : "below"} ${hiddenName(other)}.`);
}

/** A section follows the pointer: it takes the place of another when it would lie under the pointer there. @param {Page} ctx @param {string} id @param {number} y from the top of all lanes */
function dragSection(ctx, id, y) {
    const {store, lanes} = ctx;
    const shown = shownSections(ctx);
    const tops = shown.map((one) => lanes.find(one)?.y ?? 0);
    const bottoms = tops.map((_, i) => tops[i + 1] ?? lanes.height());
    const at = shown.indexOf(id);
    const own = (bottoms[at] ?? 0) - (tops[at] ?? 0);
    const over = tops.findLastIndex((top) => top <= y);
    const fits = over > at ? y >= (bottoms[over] ?? 0) - own : y < (tops[over] ?? 0) + own;
    const other = shown[over];
    if (over < 0 || over === at || !fits || other === undefined) return;
    const {order} = store.get();
    store.set({order: placeSection(order, id, sectionOrder(order).indexOf(other))});
}

/** @param {Page} ctx @param {HTMLElement} labels @param {PointerEvent} down @param {Lane} lane @param {boolean} resizes @param {() => void} onDrag */
function drag(ctx, labels, down, lane, resizes, onDrag) {
    const {store} = ctx;
    const {sizes} = store.get();
    const size = barHeight(lane, sizes);
    const box = labels.getBoundingClientRect();
    let moved = false;
    followPointer(labels, down, {
        move(event) {
            moved ||= resizes || Math.abs(event.clientY - down.clientY) > DRAG_PX;
            if (!moved) return;
            onDrag();
            labels.style.cursor = resizes ? "ns-resize" : "grabbing";
            if (resizes) return store.set({sizes: {...store.get().sizes, [lane.id]: sizeWithin(size + event.clientY - down.clientY)}});
            dragSection(ctx, lane.id, store.get().scrollY + event.clientY - box.top);
        },
        end(_, cancelled) {
            labels.style.cursor = "";
            if (cancelled && resizes) store.set({sizes});
        },
    });
}

/** @param {Page} ctx @param {HTMLElement} labels @param {AbortSignal} signal @returns {() => Lane|null} the lane whose name the pointer is over */
function enableDrag(ctx, labels, signal) {
    /** @type {number|null} */
    let pointed = null;
    let dragged = false;
    const laneAt = (/** @type {number} */ y) => ctx.lanes.at(ctx.store.get().scrollY + y);
    /** @param {number} y @returns {Lane|null} the lane whose lower edge lies there */
    const edgeAt = (y) => [laneAt(y - EDGE_PX + 1), laneAt(y)].find((lane) => lane && isResizable(lane)
        && Math.abs(lane.y + lane.height - 1 - ctx.store.get().scrollY - y) < EDGE_PX) ?? null;
    labels.addEventListener("pointermove", (event) => {
        pointed = event.offsetY;
        if (event.buttons === 0 && edgeAt(event.offsetY)) labels.style.cursor = "ns-resize";
    }, {signal});
    labels.addEventListener("pointerleave", () => void (pointed = null), {signal});
    labels.addEventListener("pointerdown", (event) => {
        dragged = false;
        if (event.button !== 0 || !event.isPrimary || event.pointerType === "touch") return;
        const edge = edgeAt(event.offsetY);
        const lane = edge ?? laneAt(event.offsetY);
        if (lane && (edge || sectionOf(lane) === lane.id)) drag(ctx, labels, event, lane, edge !== null, () => void (dragged = true));
    }, {signal});
    labels.addEventListener("click", (event) => {
        if (dragged) event.stopImmediatePropagation();
        dragged = false;
    }, {signal, capture: true});
    return () => (pointed === null ? null : laneAt(pointed));
}

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    const controller = new AbortController();
    const {store, lanes, dom, actions} = ctx;
    const named = dom["labels"] ? enableDrag(ctx, dom["labels"], controller.signal) : () => null;
    /** That of the focused row of the mirror, else under the pointer. @returns {Lane|null} */
    const target = () => {
        const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset["lane"] : undefined;
        const {hover, scrollY} = store.get();
        return (focused === undefined ? null : lanes.find(focused)) ?? named() ?? (hover ? lanes.at(scrollY + hover.y) : null);
    };
    actions.set("hide-lane", () => hideLane(ctx, target()));
    actions.set("show-lanes", () => showLane(ctx));
    /** The section that a key moved, until the pointer moves: it is no longer under it. */
    let moving = "";
    const unsubscribe = store.subscribe((changed) => void (changed.has("hover") && (moving = "")));
    dom["labels"]?.addEventListener("pointermove", () => void (moving = ""), {signal: controller.signal});
    const move = (/** @type {-1|1} */ way) => {
        const lane = (moving === "" ? null : lanes.find(moving)) ?? target();
        moveSection(ctx, lane, way);
        moving = lane ? sectionOf(lane) : "";
    };
    actions.set("section-up", () => move(-1));
    actions.set("section-down", () => move(1));
    actions.set("taller", () => stepHeight(ctx, target(), 1));
    actions.set("lower", () => stepHeight(ctx, target(), -1));
    return () => {
        controller.abort();
        unsubscribe();
    };
}
