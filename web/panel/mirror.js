/**
 * The rows on the screen once more as a table, for keyboard and screen reader. It shows when Tab reaches it. Enter folds a section
 * or group, or selects the interval that a row has in the middle of the view; Left and Right step along the row; Delete takes a goroutine's own row away; Esc goes back.
 */
import {explain} from "../core/explain.js";
import {createRest} from "../core/rest.js";
import {formatDuration} from "../core/time.js";
import {actionOf} from "../core/keys.js";
import {rowId} from "../core/link_words.js";
import {TITLES, countOf, rangeWords, seenRange} from "../core/words.js";
import {el} from "./element.js";
import {attempt} from "./pieces.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../types.js").Lane} Lane */

const REST_MS = 200;
/** @type {Record<Lane["kind"], string>} */
const KINDS = {section: "Section", group: "Group", row: "Row", counter: "Counter", gc: "Collections", task: "Tasks", stack: "Stacks"};

/** What the lane holds at the middle of the view. @param {Page} ctx @param {Lane} lane */
function middleWords({store}, lane) {
    const {open, selection} = store.get();
    if (lane.row && selection?.row && rowId(selection.row) === rowId(lane.row)) return "selected";
    if (lane.key !== "") return open[lane.key] ? "unfolded" : "folded";
    return "";
}

/** @param {Page} ctx @param {Lane} lane */
function act(ctx, lane) {
    const {store, go} = ctx;
    const {t0, t1, open} = store.get();
    if (lane.key !== "") {
        store.set({open: {...open, [lane.key]: !open[lane.key]}});
        return ctx.say(`${lane.label} ${open[lane.key] ? "folded" : "unfolded"}`, true);
    }
    if (lane.solo) attempt(ctx, go.goroutine(lane.solo.g));
    else if (lane.row && lane.kind === "row") attempt(ctx, go.at(lane.row, (t0 + t1) / 2));
    else ctx.say(`${lane.label} holds nothing that is selected from here${explain("lane", lane.id) ? ": ? explains it" : ""}.`);
}

/** @param {Page} ctx @param {Lane} lane @param {-1|1} way */
async function step(ctx, lane, way) {
    const {selection, t0, t1, manifest} = ctx.store.get();
    if (!lane.row || lane.kind !== "row") return;
    const own = selection?.row && rowId(selection.row) === rowId(lane.row);
    const isLast = ctx.go.turn();
    const hit = await ctx.interval(lane.row, own ? selection.t0 : (t0 + t1) / 2, way);
    if (!isLast()) return;
    if (!hit) return ctx.say("The row ends here.");
    ctx.go.interval(hit);
    const name = manifest?.states[hit.state] ?? "";
    ctx.say(`${TITLES[name] ?? name}, ${formatDuration(hit.t1 - hit.t0)}${hit.g === "" ? "" : `, g${hit.g}`}`, true);
}

/** What a lane's row of the table says. @param {Page} ctx @param {Lane} lane */
const wordsOf = (ctx, lane) => [lane.label, KINDS[lane.kind], lane.group && lane.kind === "group" ? countOf(lane.group.goroutines, "goroutine") : "", middleWords(ctx, lane)];

/** Made anew where it shows other rows: to lay it out takes as long as a frame may, and a pan or a zoom changes the caption alone. @param {Page} ctx @param {HTMLElement} box @param {{rows: string}} shown */
function draw(ctx, box, shown) {
    const state = ctx.store.get();
    const {t0, t1} = seenRange(state);
    const caption = `Rows in view, ${rangeWords(t0, t1, state)}. Enter selects or folds, arrows move, Delete takes an isolated row away, ? explains a section, Esc leaves.`;
    const lanes = ctx.lanes.visible();
    const words = JSON.stringify(lanes.map((lane) => [lane.id, ...wordsOf(ctx, lane)]));
    const old = box.querySelector("caption");
    if (old && shown.rows === words) return void (old.textContent = caption);
    shown.rows = words;
    const focused = document.activeElement instanceof HTMLElement && box.contains(document.activeElement) ? document.activeElement.dataset["lane"] : undefined;
    const rows = lanes.map((lane) => el("tr", {tabindex: "0", "data-lane": lane.id, "aria-selected": String(middleWords(ctx, lane) === "selected"),
        onclick: () => act(ctx, lane),
        onkeydown(/** @type {KeyboardEvent} */ event) {
            if (event.altKey && /^Arrow(Up|Down)$/.test(event.key)) ctx.actions.get(actionOf(event))?.();
            else if (event.key === "Enter" || event.key === " ") act(ctx, lane);
            else if (event.key === "ArrowLeft" || event.key === "ArrowRight") attempt(ctx, step(ctx, lane, event.key === "ArrowLeft" ? -1 : 1));
            else if (event.key === "ArrowDown") /** @type {HTMLElement|null} */ (row(event)?.nextElementSibling)?.focus();
            else if (event.key === "ArrowUp") /** @type {HTMLElement|null} */ (row(event)?.previousElementSibling)?.focus();
            else if (event.key === "?" && explain("lane", lane.id)) ctx.say(`${lane.label}: ${explain("lane", lane.id)?.what}`, false, true);
            else if (event.key === "Delete" && lane.solo) ctx.go.release(lane.solo.g);
            else if (event.key === "Escape") ctx.dom["lanes"]?.focus();
            else return;
            event.preventDefault();
            event.stopPropagation();
        },
    }, wordsOf(ctx, lane).map((text, i) => el("td", {class: i === 2 ? null : "name"}, text))));
    box.replaceChildren(el("table", {class: "grid"},
        el("caption", {}, caption),
        el("thead", {}, el("tr", {}, ["Name", "Kind", "Holds", "State"].map((title) => el("th", {class: "name", scope: "col"}, title)))),
        el("tbody", {}, rows)));
    if (focused !== undefined) (rows.find((one) => one.dataset["lane"] === focused) ?? rows[0])?.focus();
}

/** @param {Event} event */
const row = (event) => (event.currentTarget instanceof HTMLElement ? event.currentTarget : null);

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    const box = ctx.dom["mirror"];
    if (!box) return () => {};
    const shown = {rows: ""};
    const rest = createRest(REST_MS, () => draw(ctx, box, shown));
    rest.begin();
    let told = false;
    box.addEventListener("keydown", (event) => { told ||= event.key === "?"; }, {capture: true});
    box.addEventListener("focusout", (event) => {
        if (!told || !(event.relatedTarget instanceof Node) || box.contains(event.relatedTarget)) return; // drawn again, or still within
        told = false;
        ctx.say("");
    });
    const unsubscribe = ctx.store.subscribe((changed) => {
        if (![...changed].every((key) => key === "hover")) rest.begin();
    });
    return () => {
        rest.stop();
        unsubscribe();
    };
}
