/**
 * The trace's name in the top bar, with a menu: what the trace is, and the way to the other traces.
 */
import {formatDuration} from "../core/time.js";
import {bytesWords, countWords} from "../core/words.js";
import {el, facts} from "./element.js";
import {enableMenu} from "./menu.js";

/** @typedef {import("../types.js").Page} Page */

/** @param {Page} ctx @param {HTMLElement} menu */
async function fill({store, api}, menu) {
    const {manifest, trace} = store.get();
    if (!manifest) return;
    const about = facts([
        ["Size", bytesWords(manifest.bytes)],
        ["Length", formatDuration(manifest.span_ns)],
        ["Events", countWords(manifest.events)],
        ["Goroutines", countWords(manifest.totals["goroutines"] ?? 0)],
        ["Written by", manifest.go === "" ? null : `Go ${manifest.go}`],
        ["Id", el("span", {class: "mono"}, trace)],
    ]);
    menu.replaceChildren(about, el("hr"), el("a", {href: "../"}, "All traces"));
    const {traces} = await api.json("traces").catch(() => ({traces: []}));
    const others = traces.filter((/** @type {{id: string}} */ other) => other.id !== trace).slice(0, 12);
    menu.append(...others.map((/** @type {{id: string, name: string}} */ other) => el("a", {href: other.id}, other.name || other.id)));
}

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    const controller = new AbortController();
    const {signal} = controller;
    const {name, "name-menu": menu} = ctx.dom;
    if (!name || !menu) return () => {};
    name.textContent = ctx.store.get().manifest?.name || "trace";
    name.title = name.textContent;
    enableMenu(name, menu, () => void fill(ctx, menu), signal);
    return () => controller.abort();
}
