/**
 * Selecting: a click takes what is under the pointer, a drag a range of time, and where it goes over two rows or more, these rows;
 * a click on a name folds what it heads.
 */
import {attempt} from "../core/attempt.js";
import {ROWS_MOST, countRows, rowsOf} from "../core/row_set.js";
import {rangeSelection} from "../core/selection.js";
import {goToLongest} from "./longest.js";
import {followPointer} from "./pan.js";

/** @typedef {import("../types.js").Page} Page */

const DRAG_PX = 4;
/** A drag along a row may leave it by so much. */
const STRAY_PX = 8;
/** px at the right edge of a goroutine's own row that take it away. */
const CROSS_PX = 24;

/** Folds or unfolds the section or group of a key. @param {Page} ctx @param {string} key */
export function toggleFold({store, say}, key) {
    const {open} = store.get();
    const unfolded = !open[key];
    store.set({open: {...open, [key]: unfolded}});
    say(`${key.replace(/^g:/, "")} ${unfolded ? "unfolded" : "folded"}`, true);
}

/** @param {Page} ctx @param {number} x @param {number} y */
async function click(ctx, x, y) {
    const {store, lanes, go} = ctx;
    const hit = ctx.hitTest(x, y);
    const {scrollY, selection} = store.get();
    const lane = lanes.at(scrollY + y);
    const isLast = go.turn();
    if (!hit) {
        if (lane?.kind === "section" && lane.key !== "") return toggleFold(ctx, lane.key);
        if (selection) store.set({selection: null});
        return;
    }
    if (hit.kind === "frame") {
        const row = /** @type {import("../types.js").Row} */ (hit.more["row"]);
        const began = await ctx.interval(row, Number(hit.more["t"]), 0);
        if (!isLast()) return;
        if (began) go.interval(began);
        return store.set({panel: "stacks"});
    }
    if (hit.kind !== "bin") return go.interval(hit);
    await goToLongest(ctx, hit, isLast);
}

/** The rows from y0 to y1, which count from the top of all lanes; none where that is one row. @param {Page} ctx @param {number} y0 @param {number} y1 @returns {string[]} */
function rowsBetween({store, lanes}, y0, y1) {
    if (Math.abs(y1 - y0) < STRAY_PX) return [];
    const over = lanes.visible().filter(({y, height}) => y < Math.max(y0, y1) && y + height > Math.min(y0, y1));
    const {open} = store.get();
    return countRows(over, open) < 2 ? [] : rowsOf(over, open).slice(0, ROWS_MOST);
}

/** @param {Page} ctx @param {HTMLElement} lanes @param {PointerEvent} down */
function press(ctx, lanes, down) {
    const {store} = ctx;
    const {selection, scope} = store.get();
    const touch = down.pointerType === "touch";
    const {left, top} = lanes.getBoundingClientRect();
    const timeAt = (/** @type {PointerEvent} */ event) => {
        const {t0, t1} = store.get();
        const share = (event.clientX - left) / Math.max(lanes.clientWidth, 1);
        return t0 + Math.min(Math.max(share, 0), 1) * (t1 - t0);
    };
    const heightAt = (/** @type {PointerEvent} */ event) => store.get().scrollY + Math.min(Math.max(event.clientY - top, 0), lanes.clientHeight - 1);
    const from = timeAt(down);
    const y = heightAt(down);
    let moved = false;
    const move = (/** @type {PointerEvent} */ event) => {
        moved ||= Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) > DRAG_PX;
        if (!moved || touch) return; // a finger moves the view
        document.documentElement.dataset["drag"] = "range";
        if (timeAt(event) === from) return;
        ctx.go.turn(); // what is still being looked up is not what is selected now
        const rows = rowsBetween(ctx, y, heightAt(event));
        store.set({selection: rangeSelection(from, timeAt(event), rows), scope: rows.length > 0 ? "rows" : scope === "rows" ? "all" : scope});
    };
    followPointer(lanes, down, {
        move,
        end(event, cancelled) {
            delete document.documentElement.dataset["drag"];
            if (cancelled && !touch) store.set({selection, scope});
            else if (!moved) attempt(ctx, click(ctx, down.offsetX, down.offsetY));
        },
    });
}

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    const controller = new AbortController();
    const {signal} = controller;
    const {lanes, labels} = ctx.dom;
    lanes?.addEventListener("pointerdown", (event) => {
        if (event.button !== 0 || !event.isPrimary || document.documentElement.dataset["space"] !== undefined) return;
        press(ctx, lanes, event);
    }, {signal});
    labels?.addEventListener("click", (event) => {
        const lane = ctx.lanes.at(ctx.store.get().scrollY + event.offsetY);
        if (!lane) return;
        if (event.offsetX > labels.clientWidth - CROSS_PX && (lane.solo || lane.id === "isolated")) return ctx.go.release(lane.solo?.g ?? "");
        if (lane.id === "hidden") return void ctx.actions.get("show-lanes")?.();
        if (lane.key !== "") return toggleFold(ctx, lane.key);
        if (!lane.row) return;
        if (lane.solo) return attempt(ctx, ctx.go.goroutine(lane.solo.g));
        const {t0, t1} = ctx.store.get();
        attempt(ctx, ctx.go.at(lane.row, (t0 + t1) / 2));
    }, {signal});
    labels?.addEventListener("pointermove", (event) => {
        const lane = ctx.lanes.at(ctx.store.get().scrollY + event.offsetY);
        labels.style.cursor = lane && (lane.key !== "" || lane.row || lane.id === "isolated" || lane.id === "hidden") ? "pointer" : "";
        labels.title = lane?.solo?.function ?? lane?.group?.function ?? "";
    }, {signal});
    ctx.actions.set("clear", () => {
        const {selection, isolated} = ctx.store.get();
        ctx.go.turn();
        if (selection) ctx.store.set({selection: null});
        else if (isolated.length > 0) ctx.go.release("");
    });
    return () => controller.abort();
}
