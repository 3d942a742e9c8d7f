/**
 * The Flame graph tab: where the goroutines of a range spent their time, by the stacks that the trace holds: on a processor by
 * CPU samples, else waiting in one state by the stack that it began with. Callers above, what they called below.
 */
import {boxNumbers, buildFlame, findNodes, layoutFlame, pathTo, sumFunctions} from "../core/flame.js";
import {isLibrary, shortFunction} from "../core/selection.js";
import {countOf, countWords, percentWords} from "../core/words.js";
import {el, link} from "./element.js";
import {functionName} from "./pieces.js";
import {profilePane} from "./profile.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../core/flame.js").FlameNode} FlameNode */
/** @typedef {import("../core/flame.js").Profile} Profile */
/** @typedef {import("./profile.js").Kind} Kind */
/** @typedef {import("./profile.js").Words} Words */

const ROW = 18;
/** Share of the width below which a box would be no wider than its border. */
const LEAST = 1 / 900;
const TABLE_MOST = 200;
/** What is sought stays so in another range. */
let sought = "";

/** @param {FlameNode} node @param {number} total @param {Words} words */
function nodeWords(node, total, words) {
    const own = node.self > 0 && node.children.length > 0 ? `, ${words(node.self)} of its own` : "";
    return `${node.name === "" ? "All" : node.name}: ${words(node.value)} (${percentWords(total > 0 ? node.value / total : 0)})${own}, ${countOf(node.n, "time")}`;
}

/**
 * The graph itself: a tree for the keyboard, boxes for the pointer. A click or Enter gives a box the whole width.
 * Which one is part of the link.
 * @param {FlameNode[]} nodes @param {string} state that colours it @param {Words} words @param {(words: string) => void} tell
 * @param {{box: () => string, onZoom: (box: string) => void}} link
 */
function createGraph(nodes, state, words, tell, link) {
    const total = nodes[0]?.value ?? 0;
    const box = el("div", {class: `flame ${state}`, role: "tree", "aria-label": "Flame graph: callers above, what they called below"});
    const numbers = boxNumbers(nodes);
    const linked = () => Math.max(numbers.indexOf(link.box()), 0);
    let zoom = linked();
    let at = zoom;
    /** @type {Set<number>} */
    let found = new Set();
    const itemOf = (/** @type {number} */ node) => /** @type {HTMLElement|null} */ (box.querySelector(`[data-node="${node}"]`));
    const draw = () => {
        const boxes = layoutFlame(nodes, zoom, LEAST);
        const deepest = Math.max(...boxes.map(({depth}) => depth), 0);
        box.style.height = `${(deepest + 1) * ROW}px`;
        box.replaceChildren(...boxes.map(({node, depth, x, w}) => {
            const {name} = nodes[node] ?? {name: ""};
            const look = [depth < (nodes[zoom]?.depth ?? 0) ? "above" : "", isLibrary(name) || node === 0 ? "library" : "", found.has(node) ? "hit" : ""];
            const item = el("div", {
                class: look.join(" ").trim() || null, role: "treeitem", "aria-level": String(depth + 1), "data-node": String(node), tabindex: node === at ? "0" : "-1",
                "aria-label": nodeWords(/** @type {FlameNode} */ (nodes[node]), total, words),
            }, w > 0.02 ? (node === 0 ? `All ${words(total)}` : Object.values(shortFunction(name)).join("")) : null);
            item.style.left = `${x * 100}%`;
            item.style.width = `${w * 100}%`;
            item.style.top = `${depth * ROW}px`;
            return item;
        }));
        if (!itemOf(at)) itemOf(at = zoom)?.setAttribute("tabindex", "0");
    };
    const tellOf = (/** @type {number} */ node) => tell(node >= 0 && nodes[node] ? nodeWords(/** @type {FlameNode} */ (nodes[node]), total, words) : "");
    const nodeAt = (/** @type {Event} */ event) => Number(/** @type {HTMLElement} */ (event.target).closest("[data-node]")?.getAttribute("data-node") ?? -1);
    const zoomTo = (/** @type {number} */ node) => {
        const focused = box.contains(document.activeElement);
        zoom = node === zoom ? nodes[node]?.parent ?? 0 : node;
        at = node;
        draw();
        if (focused) itemOf(at)?.focus();
        link.onZoom(numbers[zoom] ?? "");
    };
    /** @param {number} node @returns {Record<string, number|undefined>} */
    const neighbours = (node) => {
        const {parent = 0, children = []} = nodes[node] ?? {};
        const row = nodes[parent]?.children ?? [];
        const place = row.indexOf(node);
        return {ArrowUp: parent, ArrowDown: children[0], ArrowLeft: row[place - 1], ArrowRight: row[place + 1], Home: 0};
    };
    box.addEventListener("click", (event) => {
        const node = nodeAt(event);
        if (node >= 0) zoomTo(node);
    });
    box.addEventListener("pointerover", (event) => tellOf(nodeAt(event)));
    box.addEventListener("pointerleave", () => tellOf(-1));
    box.addEventListener("focusin", (event) => {
        const node = nodeAt(event);
        if (node < 0) return;
        itemOf(at)?.setAttribute("tabindex", "-1");
        at = node;
        itemOf(at)?.setAttribute("tabindex", "0");
        tellOf(node);
    });
    box.addEventListener("keydown", (event) => {
        const next = neighbours(at)[event.key];
        if (event.key === "Enter" || event.key === " ") zoomTo(at);
        else if (event.key === "Escape" && zoom !== 0) zoomTo(0);
        else if (event.key in neighbours(at)) next !== undefined && itemOf(next)?.focus();
        else return;
        event.preventDefault();
        event.stopPropagation();
    });
    draw();
    return {
        box,
        /** The link may have changed. */
        follow() {
            if (linked() === zoom) return;
            zoom = at = linked();
            draw();
        },
        /** @param {Set<number>} nodes_ */
        mark(nodes_) {
            found = nodes_;
            draw();
        },
        /** The first of a function, with its callers. @param {string} name */
        show(name) {
            const node = nodes.findIndex((one) => one.name === name);
            if (node > 0 && !pathTo(nodes, zoom).includes(node)) zoomTo(node);
        },
    };
}

/** @param {FlameNode[]} nodes @param {Words} words @param {(name: string) => void} show */
function functionTable(nodes, words, show) {
    const total = Math.max(nodes[0]?.value ?? 0, 1);
    const sums = sumFunctions(nodes);
    const rows = sums.slice(0, TABLE_MOST).map((sum) => el("tr", {},
        el("td", {class: "name wide"}, link(functionName(sum.name), () => show(sum.name), sum.file)),
        el("td", {}, words(sum.self)), el("td", {}, percentWords(sum.self / total)),
        el("td", {}, words(sum.value)), el("td", {}, percentWords(sum.value / total))));
    return el("table", {class: "grid"},
        el("caption", {class: "off-screen"}, "Functions, by what they spent themselves"),
        el("thead", {}, el("tr", {}, el("th", {class: "name"}, `Function (${countWords(sums.length)})`), ["Own", "Own share", "With what it called", "Share with that"].map((title) => el("th", {}, title)))),
        el("tbody", {}, rows, sums.length > TABLE_MOST ? el("tr", {}, el("td", {class: "name empty", colspan: "5"}, `${countWords(sums.length - TABLE_MOST)} more spent less; the profile download has them.`)) : null));
}

/** @param {Page} ctx @param {Profile} profile @param {Kind} kind @param {Words} words @param {AbortSignal} signal */
function buildBody({store}, profile, kind, words, signal) {
    const nodes = buildFlame(profile);
    const line = el("p", {class: "flame-line muted"});
    const all = `${words(nodes[0]?.value ?? 0)}, ${countOf(profile.n_stacks, "stack")}${profile.n_cut > 0 ? `; of ${countWords(profile.n_cut)} light ones the innermost calls are left out` : ""}`;
    const tell = (/** @type {string} */ of) => void (line.textContent = of || all);
    const graph = createGraph(nodes, kind.state, words, tell, {box: () => store.get().flameBox, onZoom: (flameBox) => store.set({flameBox})});
    signal.addEventListener("abort", store.subscribe((changed) => changed.has("flameBox") && graph.follow()));
    const seek = () => {
        const {found, value} = findNodes(nodes, sought);
        graph.mark(found);
        tell(sought === "" ? "" : found.size === 0 ? "No function has these letters." : `${countOf(found.size, "box").replace("boxs", "boxes")}: ${words(value)}, ${percentWords(value / Math.max(nodes[0]?.value ?? 0, 1))}`);
    };
    const find = el("input", {type: "search", class: "filter", placeholder: "Find a function", "aria-label": "Find a function in the flame graph", value: sought, oninput() {
        sought = find.value;
        seek();
    }});
    seek();
    return [el("div", {class: "flame-head"}, find, line), graph.box, functionTable(nodes, words, (name) => {
        graph.show(name);
        graph.box.scrollIntoView({block: "nearest"});
    })];
}

/** @param {Page} ctx @param {AbortSignal} signal @returns {Promise<HTMLElement>} */
export const draw = (ctx, signal) => profilePane(ctx, signal, (profile, kind, words, alive) => buildBody(ctx, profile, kind, words, alive));
