/**
 * Goroutines that get rows of their own at the top: looked up, added, taken away again.
 */
import {attempt} from "../core/attempt.js";
import {ISOLATED_MOST} from "../core/row_set.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {Pick<Page, "api"|"store"|"say"> & {go: Pick<Page["go"], "view">}} Needs */
/** @typedef {import("../types.js").Isolated} Isolated */

/** @param {Needs} ctx @param {string} g @returns {Promise<Isolated>} */
async function lookUp({api, store}, g) {
    const {trace, manifest} = store.get();
    const record = await api.json(`traces/${trace}/goroutines/${g}`);
    return {
        g: String(record.g), row: record.block * 32 + record.row, function: record.function, born: record.born?.t ?? 0,
        gone: record.gone?.t ?? manifest?.span_ns ?? Infinity,
    };
}

/**
 * Adds rows behind those that are there, or instead of them, and scrolls to them.
 * @param {Needs} ctx @param {readonly string[]} ids @param {"replace"|"push"} how
 * @param {{instead?: boolean, isLast?: () => boolean}} [more]   isLast: whether the answer is still asked for
 */
export async function isolate(ctx, ids, how = "push", {instead = false, isLast = () => true} = {}) {
    const {store, say, go} = ctx;
    const those = () => (instead ? [] : store.get().isolated);
    const has = (/** @type {string} */ g) => those().some((one) => one.g === g);
    const missing = [...new Set(ids)].filter((g) => !has(g));
    const asked = missing.slice(0, ISOLATED_MOST - those().length);
    if (missing.length === 0 && how === "push") return say(ids.length === 1 ? `g${ids[0]} has a row of its own already.` : "All of them have rows of their own already.");
    const answers = await Promise.allSettled(asked.map((g) => lookUp(ctx, g)));
    const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
    const lost = asked.filter((_, i) => answers[i]?.status === "rejected");
    if (!isLast()) return;
    store.set({isolated: [...those(), ...found.filter(({g}) => !has(g))].slice(0, ISOLATED_MOST)}, how);
    if (lost.length > 0) throw new Error(`Cannot find ${lost.map((g) => `g${g}`).join(", ")} in this trace.`);
    if (how === "replace") return;
    go.view({scrollY: 0}, "replace");
    say(missing.length > asked.length ? `At most ${ISOLATED_MOST} goroutines have rows of their own.`
        : `${found.map(({g}) => `g${g}`).slice(0, 3).join(", ")}${found.length > 3 ? ` and ${found.length - 3} more` : ""} isolated at the top.`);
}

/** Takes the row of a goroutine away, "" all of them. @param {Pick<Page, "store"|"say">} ctx @param {string} g */
export function release({store, say}, g) {
    const {isolated} = store.get();
    store.set({isolated: g === "" ? [] : isolated.filter((one) => one.g !== g)}, "push");
    say(g === "" ? "No goroutine is isolated any more." : `g${g} is no longer isolated.`);
}

/** What of a trace that is being read was alive at its end so far may have ended since. @param {Page} ctx */
async function renew(ctx) {
    const fresh = await Promise.all(ctx.store.get().isolated.map(({g}) => lookUp(ctx, g)));
    ctx.store.set({isolated: ctx.store.get().isolated.map((one) => fresh.find(({g}) => g === one.g) ?? one)});
}

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    const unsubscribe = ctx.store.subscribe((changed) => {
        if (changed.has("manifest") && ctx.store.get().isolated.length > 0) renew(ctx).catch(() => {}); // the next part asks again
    });
    ctx.actions.set("isolate", () => {
        const {selection, hover, isolated} = ctx.store.get();
        const g = selection?.g || (hover?.hit?.g ?? "");
        if (g === "" || g === "0") return ctx.say("Select a goroutine first: I gives it a row of its own.");
        if (isolated.some((one) => one.g === g)) return ctx.go.release(g);
        attempt(ctx, ctx.go.isolate([g]));
    });
    ctx.actions.set("stacks", () => {
        const {stacks, isolated, selection} = ctx.store.get();
        ctx.store.set({stacks: !stacks});
        if (stacks) return ctx.say("No stacks below isolated goroutines.");
        if (isolated.length > 0) return ctx.say("Stacks below isolated goroutines.");
        const g = selection?.g ?? "";
        if (g === "" || g === "0") return ctx.say("Stacks are shown below isolated goroutines: select one and press I.");
        attempt(ctx, ctx.go.isolate([g]));
    });
    return () => {
        unsubscribe();
        ctx.actions.delete("stacks");
        ctx.actions.delete("isolate");
    };
}
