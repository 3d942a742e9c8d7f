/**
 * Sizes that a hand sets: height of goroutine rows (Alt and wheel), width of the names, height of the panel.
 * Dividers are dragged, or moved with arrow keys when they have the focus.
 */
import {isResizable, sizeWithin} from "../core/arrange.js";
import {AIR, AREA, GROUP} from "../core/band.js";
import {ROW_HEIGHTS} from "../core/link.js";
import {followPointer} from "./pan.js";

/** @typedef {import("../types.js").Page} Page */

const LABELS = {least: 120, most: 480};
const PANEL = {least: 96, most: 900};

/** @param {number} value @param {{least: number, most: number}} limits */
const within = (value, {least, most}) => Math.round(Math.min(Math.max(value, least), most));

/** The next row height in a direction. @param {number} height @param {number} way -1 or 1 */
export function nextRowHeight(height, way) {
    const at = ROW_HEIGHTS.indexOf(height);
    return ROW_HEIGHTS[Math.min(Math.max((at < 0 ? 2 : at) + way, 0), ROW_HEIGHTS.length - 1)] ?? 16;
}

/** @param {Page} ctx @param {WheelEvent} event */
function onWheel(ctx, event) {
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    stepHeight(ctx, ctx.lanes.at(ctx.store.get().scrollY + event.offsetY), (event.deltaY || event.deltaX) < 0 ? 1 : -1);
}

/** Height of a counter or area, else of all rows; the lane stays where it is. @param {Page} ctx @param {import("../types.js").Lane|null} held @param {-1|1} way */
export function stepHeight({store, lanes, go}, held, way) {
    const {rowHeight, scrollY, sizes} = store.get();
    go.stop();
    if (held && isResizable(held)) {
        const size = barHeight(held, sizes);
        store.set({sizes: {...sizes, [held.id]: sizeWithin(way > 0 ? Math.max(size * 1.25, size + 2) : Math.min(size / 1.25, size - 2))}});
    } else store.set({rowHeight: nextRowHeight(rowHeight, way)});
    const lane = held && lanes.find(held.id);
    if (held && lane && lane.y !== held.y) go.now({scrollY: scrollY + lane.y - held.y});
}

/** px of what a lane draws. @param {import("../types.js").Lane} lane @param {import("../types.js").State["sizes"]} sizes */
export const barHeight = (lane, sizes) => sizes[lane.id] ?? lane.height - (lane.kind === "counter" || lane.kind === "stack" ? AIR : GROUP - AREA);

/**
 * @param {HTMLElement} divider
 * @param {{at: () => number, set: (px: number) => void, range: {least: number, most: number}, pull: (event: PointerEvent) => number, keys: [string, string]}} how
 *     keys: those that make it smaller and larger
 * @param {AbortSignal} signal
 */
function enableDivider(divider, {at, set, range, pull, keys}, signal) {
    const tell = () => divider.setAttribute("aria-valuenow", String(within(at(), range)));
    divider.setAttribute("aria-valuemin", String(range.least));
    divider.setAttribute("aria-valuemax", String(range.most));
    tell();
    for (const type of ["focus", "keyup", "pointerup"]) divider.addEventListener(type, tell, {signal});
    divider.addEventListener("pointerdown", (down) => {
        down.preventDefault();
        const start = at();
        const from = pull(down);
        followPointer(divider, down, {move: (event) => set(start + pull(event) - from)});
    }, {signal});
    divider.addEventListener("keydown", (event) => {
        const way = keys.indexOf(event.key);
        if (way < 0) return;
        event.preventDefault();
        event.stopPropagation();
        set(at() + (way === 0 ? -16 : 16));
    }, {signal});
}

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    const controller = new AbortController();
    const {signal} = controller;
    const {store, dom, actions} = ctx;
    const style = document.documentElement.style;
    let last = "details";
    const apply = (/** @type {Set<string>} */ changed) => {
        const {labelWidth, panelHeight, panel} = store.get();
        if (changed.has("labelWidth") && labelWidth > 0) style.setProperty("--label-width", `${labelWidth}px`);
        if (changed.has("panelHeight") && panelHeight > 0) style.setProperty("--panel-height", `${panelHeight}px`);
        if (changed.has("panel")) document.documentElement.dataset["panel"] = panel;
        if (panel !== "") last = panel;
    };
    apply(new Set(["panel"]));
    const unsubscribe = store.subscribe((changed) => apply(changed));
    const {"label-divider": left, "panel-divider": below, labels, lanes, panel} = dom;
    const width = () => dom["labels-box"]?.offsetWidth ?? 216;
    const height = () => panel?.offsetHeight ?? 208;
    if (left) {
        enableDivider(left, {
            at: width, range: LABELS, set: (px) => store.set({labelWidth: within(px, LABELS)}), pull: (event) => event.clientX, keys: ["ArrowLeft", "ArrowRight"],
        }, signal);
    }
    if (below) {
        enableDivider(below, {
            at: height, range: PANEL, set: (px) => store.set({panelHeight: within(px, PANEL)}), pull: (event) => -event.clientY, keys: ["ArrowDown", "ArrowUp"],
        }, signal);
    }
    for (const canvas of [lanes, labels]) {
        canvas?.addEventListener("wheel", (event) => onWheel(ctx, event), {signal, passive: false});
    }
    actions.set("panel", () => store.set({panel: store.get().panel === "" ? last : ""}));
    return () => {
        controller.abort();
        unsubscribe();
    };
}
