/**
 * The `?` overlay: keys and mouse, made from the table that the handlers use; what colours and words mean; how to record a trace.
 */
import {COLUMNS, LANES, LIVES, REASONS, STATES} from "../core/explain.js";
import {GESTURES, KEYS} from "../core/keys.js";
import {STACK_ORDER, TITLES} from "../core/words.js";
import {el, swatch} from "./element.js";
import {keysBox} from "./preferences_dialog.js";
import {recordingWords} from "./record_words.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../core/explain.js").Explained} Explained */

/** @param {string} group */
function section(group) {
    const lines = [...KEYS, ...GESTURES].filter((line) => line.group === group);
    return el("section", {},
        el("h2", {}, group),
        el("dl", {}, lines.flatMap(({shown, words}) => [
            el("dt", {}, shown.map((cap) => el("kbd", {}, cap))), el("dd", {}, words)])));
}

function keysPanel() {
    const groups = [...new Set([...KEYS, ...GESTURES].map(({group}) => group))];
    return el("div", {}, el("div", {class: "help-tools"}, keysBox()), el("div", {class: "key-groups"}, groups.map(section)));
}

/** @param {Explained|string} text */
const explained = (text) => (typeof text === "string" ? [text] : [el("p", {}, text.what), text.todo === "" ? null : el("p", {class: "todo"}, text.todo)]);

/** Names of lanes as the page writes them. @type {Record<string, string>} */
const LANE_NAMES = {
    isolated: "Isolated", counters: "Counters", "c:Heap": "Heap", "c:Goroutines alive": "Goroutines alive", "c:goroutines": "Goroutines not parked", gc: "GC / STW", procs: "Procs",
    threads: "Threads", goroutines: "Goroutines", "c:threads": "Threads in use", "c:procs": "Procs in use", tasks: "Tasks", "tasks:rows": "Tasks one by one", "tasks:others": "Tasks of other types", hidden: "Hidden",
};

/** @param {string} title @param {[string|Node|(string|Node)[], Explained|string][]} entries */
const glossary = (title, entries) => el("section", {}, el("h2", {}, title), el("dl", {class: "glossary"}, entries.flatMap(([name, text]) => [el("dt", {}, name), el("dd", {}, explained(text))])));

function coloursPanel() {
    const states = [...STACK_ORDER, "stw"];
    return el("div", {class: "help-text"},
        el("p", {}, "Tall is working or fighting for something, low is parked: height says whether to care, colour says which. Bars are stacked in this order from the base, and each state that was there has at least a pixel."),
        glossary("States", states.map((name) => [[swatch(name, ["chan", "other", "net", "sleep"].includes(name) ? "low" : ""), ` ${TITLES[name] ?? name}`], STATES[name] ?? ""])),
        glossary("Lanes", Object.entries(LANES).map(([id, text]) => [LANE_NAMES[id] ?? id, text])),
        glossary("Reasons, in Go's words", Object.entries(REASONS).filter(([name]) => !name.startsWith("stw "))),
        glossary("Why the world was stopped", Object.entries(REASONS).filter(([name]) => name.startsWith("stw ")).map(([name, text]) => [name.slice(4), text])),
        glossary("Columns and facts", Object.entries(COLUMNS)), glossary("Columns of the goroutine table", Object.entries(LIVES)));
}

const TABS = [{id: "keys", title: "Keys and mouse", build: keysPanel}, {id: "colours", title: "What the colours mean", build: coloursPanel},
    {id: "record", title: "How to record", build: () => el("div", {class: "help-text"}, recordingWords("h2"))}];

/** @param {HTMLDialogElement} dialog @param {() => void} onPreferences */
function build(dialog, onPreferences) {
    const body = el("div", {id: "help-body", role: "tabpanel", tabindex: "0"});
    const buttons = TABS.map(({id, title}, i) => el("button", {type: "button", role: "tab", id: `help-${id}`, "aria-controls": "help-body", onclick: () => open(i)}, title));
    const open = (/** @type {number} */ at) => {
        buttons.forEach((button, i) => {
            button.setAttribute("aria-selected", String(i === at));
            button.tabIndex = i === at ? 0 : -1;
        });
        const tab = TABS[at];
        if (tab) body.replaceChildren(tab.build());
        body.setAttribute("aria-labelledby", `help-${tab?.id}`);
        body.scrollTop = 0;
    };
    const tabs = el("div", {class: "tabs", role: "tablist", "aria-label": "Help"}, buttons);
    tabs.addEventListener("keydown", (event) => {
        const way = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
        if (way === 0) return;
        event.preventDefault();
        const next = (buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement)) + way + buttons.length) % buttons.length;
        open(next);
        buttons[next]?.focus();
    });
    open(0);
    dialog.replaceChildren(
        el("header", {},
            el("h1", {id: "help-title"}, "Help"),
            tabs,
            el("button", {class: "button", type: "button", onclick: onPreferences}, "Preferences"),
            el("button", {class: "button", type: "button", onclick: () => dialog.close()}, "Close")),
        body);
}

/** @param {Page} ctx @returns {() => void} */
export function enable({dom, actions}) {
    const controller = new AbortController();
    const {signal} = controller;
    const dialog = /** @type {HTMLDialogElement|undefined} */ (dom["help"]);
    const toggle = () => {
        if (!dialog) return;
        if (dialog.open) return dialog.close();
        build(dialog, () => actions.get("preferences")?.());
        dialog.showModal();
    };
    actions.set("help", toggle);
    dom["help-button"]?.addEventListener("click", toggle, {signal});
    dialog?.addEventListener("click", (event) => event.target === dialog && dialog.close(), {signal});
    return () => controller.abort();
}
