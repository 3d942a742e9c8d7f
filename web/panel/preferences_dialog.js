/**
 * The dialog of the reader's preferences: theme, single keys, links into an editor. Every change holds at once.
 */
import {PATHS_MOST, editorLink, editorProblem} from "../core/preferences.js";
import {el} from "./element.js";
import {preferences, setPreferences} from "./settings.js";

/** @typedef {import("../types.js").Page} Page */

/** @type {[import("../core/preferences.js").Preferences["theme"], string][]} */
const THEMES = [["system", "As the system"], ["light", "Light"], ["dark", "Dark"]];
/** Templates of editors that register a kind of link. */
const EDITORS = [["VS Code", "vscode://file/{file}:{line}"], ["GoLand, IDEA", "idea://open?file={file}&line={line}"], ["Zed", "zed://file/{file}:{line}"], ["Cursor", "cursor://file/{file}:{line}"]];

/** A box that says whether single keys act. */
export function keysBox() {
    const box = el("input", {type: "checkbox", onchange: () => setPreferences({keys: box.checked})});
    box.checked = preferences().keys;
    return el("label", {}, box, "Single keys act");
}

function themeChoice() {
    return el("fieldset", {}, el("legend", {}, "Theme"), THEMES.map(([id, words]) => {
        const box = el("input", {type: "radio", name: "theme", value: id, onchange: () => setPreferences({theme: id})});
        box.checked = preferences().theme === id;
        return el("label", {}, box, words);
    }));
}

function editorField() {
    const words = el("p", {class: "muted", id: "editor-words", "aria-live": "polite"});
    const field = el("input", {class: "filter", type: "text", id: "editor-template", value: preferences().editor, spellcheck: "false", autocapitalize: "off", placeholder: EDITORS[0]?.[1] ?? "",
        "aria-describedby": "editor-words", oninput: () => take()});
    const take = () => {
        const template = field.value.trim();
        const problem = editorProblem(template);
        field.setAttribute("aria-invalid", String(problem !== ""));
        words.textContent = problem !== "" ? problem : template === "" ? "Without one, stacks show files as text." : `A line opens as ${editorLink({editor: template, paths: ""}, "/home/me/shop/cart.go", 17)}`;
        if (problem === "") setPreferences({editor: template});
    };
    take();
    const paths = el("textarea", {class: "filter mono", id: "editor-paths", rows: "3", maxlength: String(PATHS_MOST), spellcheck: "false", placeholder: "example.com/shop=/home/me/shop\n=/usr/local/go/src",
        oninput: () => setPreferences({paths: paths.value})});
    paths.value = preferences().paths;
    return el("fieldset", {}, el("legend", {}, el("label", {for: "editor-template"}, "Open files of stacks in an editor")), field,
        el("div", {class: "scopes"}, EDITORS.map(([name = "", template = ""]) => el("button", {class: "chip", type: "button", onclick() {
            field.value = template;
            take();
        }}, name)), el("button", {class: "chip", type: "button", onclick() {
            field.value = "";
            take();
        }}, "None")), words,
        el("label", {for: "editor-paths"}, "Where files lie here, for programs built elsewhere or with -trimpath: begin of the path=folder, a line each; without a begin, Go's own library"), paths);
}

/** @param {HTMLDialogElement} dialog */
function build(dialog) {
    dialog.replaceChildren(
        el("header", {}, el("h1", {id: "preferences-title"}, "Preferences"), el("button", {class: "button", type: "button", onclick: () => dialog.close()}, "Close")),
        el("div", {class: "choices"},
            themeChoice(),
            el("fieldset", {}, el("legend", {}, "Keys"), keysBox(), el("p", {class: "muted"}, "Off, keys of one character do nothing, except ? for help. Keys with Ctrl, arrows, Enter and Esc go on acting.")),
            editorField(),
            el("p", {class: "muted"}, "They are kept in this browser, and are no part of a link. Motion and contrast follow the system's settings.")));
}

/** @param {Page} ctx @returns {() => void} */
export function enable({dom, actions}) {
    const controller = new AbortController();
    const dialog = /** @type {HTMLDialogElement|undefined} */ (dom["preferences"]);
    actions.set("preferences", () => {
        if (!dialog || dialog.open) return dialog?.close();
        /** @type {HTMLDialogElement|undefined} */ (dom["help"])?.close();
        build(dialog);
        dialog.showModal();
    });
    dialog?.addEventListener("click", (event) => event.target === dialog && dialog.close(), {signal: controller.signal});
    return () => controller.abort();
}
