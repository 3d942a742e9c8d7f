/**
 * `[` and `]`: along the wake-ups, back to who woke a goroutine and on to whom it woke.
 */
import {attempt} from "../core/attempt.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../types.js").Hit} Hit */
/** @typedef {import("../types.js").Row} Row */

const RUNNABLE = 5;
const STEPS = 6;
const PAGES = 3;

/**
 * The wait to run that belongs to an interval: itself, the one that ends a block, or the one that led to the run.
 * @param {Pick<Page, "interval">} ctx @param {Row} row @param {number} t0
 * @returns {Promise<Hit|null>}
 */
export async function wakeUpOf(ctx, row, t0) {
    let hit = await ctx.interval(row, t0, 0);
    const working = hit !== null && hit.state < RUNNABLE;
    for (let i = 0; hit && hit.state !== RUNNABLE && i < STEPS; i++) hit = await ctx.interval(row, hit.t0, working ? -1 : 1);
    return hit?.state === RUNNABLE ? hit : null;
}

/** The first event in [t0, t1) that the goroutine caused. @param {Page} ctx @param {string} g @param {number} t0 @param {number} t1 */
async function firstWoken({api, store}, g, t0, t1) {
    const base = `traces/${store.get().trace}/events?from=${Math.floor(t0)}&to=${Math.ceil(t1)}&limit=1000`;
    let after = "";
    for (let page = 0; page < PAGES; page++) {
        const answer = await api.json(`${base}${after === "" ? "" : `&after=${after}`}`);
        const event = answer.events.find((/** @type {any} */ e) => e.waker === g && e.view === "G" && e.g !== g);
        if (event || !answer.next) return event ?? null;
        after = answer.next;
    }
    return null;
}

/** @param {Page} ctx */
async function toCause(ctx) {
    const {selection} = ctx.store.get();
    if (!selection?.row || selection.row.view !== "G") return ctx.say("Select an interval of a goroutine first: [ goes to what woke it.");
    const isLast = ctx.go.turn();
    const wake = await wakeUpOf(ctx, selection.row, selection.t0);
    if (!isLast()) return;
    if (!wake) return ctx.say("Nothing in the trace says what woke it.");
    if (wake.waker === "" || wake.waker === "0") return ctx.say("The runtime woke it itself: a timer, the network poller or a collection.");
    await ctx.go.goroutine(wake.waker, wake.t0);
}

/** @param {Page} ctx */
async function toEffect(ctx) {
    const {selection} = ctx.store.get();
    if (!selection?.row || selection.g === "") return ctx.say("Select an interval of a goroutine first: ] goes to whom it woke.");
    const isLast = ctx.go.turn();
    const event = await firstWoken(ctx, selection.g, selection.t0, selection.t1);
    if (!isLast()) return;
    if (!event) return ctx.say("It woke no goroutine during this interval.");
    await ctx.go.at({view: "G", row: event.block * 32 + event.row}, event.t);
}

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    ctx.actions.set("cause", () => attempt(ctx, toCause(ctx)));
    ctx.actions.set("effect", () => attempt(ctx, toEffect(ctx)));
    return () => {};
}
