/**
 * What a reader prefers, for every trace and never in a link: as text of the browser's storage and back, and links into an editor. Pure.
 */

/**
 * @typedef {object} Preferences
 * @property {boolean} keys       keys of a single character act (WCAG 2.1.4)
 * @property {"system"|"light"|"dark"} theme
 * @property {string} editor      template of a link with {file} and {line}, "" none
 * @property {string} paths       where files lie on this machine: a line "begin of a path=folder" each; see placeOf()
 * @property {boolean} hinted     the hints of the first visit were shown
 */

/** @type {Readonly<Preferences>} */
export const PREFERENCES = Object.freeze({keys: true, theme: "system", editor: "", paths: "", hinted: false});

const TEMPLATE_MOST = 300;
export const PATHS_MOST = 4000;

/** What is wrong with a template, in words; "" nothing. @param {string} template */
export function editorProblem(template) {
    if (template === "") return "";
    if (template.length > TEMPLATE_MOST) return `It may have ${TEMPLATE_MOST} characters at most.`;
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(template)?.[1]?.toLowerCase() ?? "";
    if (scheme === "") return "It has to begin with what the editor listens to, as vscode:// or idea://.";
    if (/^(javascript|data|vbscript|blob|about|view-source)$/.test(scheme)) return `Links of the kind ${scheme}: open no editor.`;
    if (!template.includes("{file}")) return "It has to say {file} where the path of the file goes.";
    return "";
}

/**
 * A path of the trace as one of this machine: the longest begin that fits is replaced by its folder. Programs built with -trimpath
 * have paths as "example.com/shop@v1.2.0/cart.go" and, of Go's own library, "sync/mutex.go"; those of another machine begin otherwise.
 * @param {string} file @param {string} paths @returns {string} "" where it is known on no machine
 */
export function placeOf(file, paths) {
    const rules = paths.split("\n").map((line) => line.trim()).filter((line) => line.includes("="))
        .map((line) => [line.slice(0, line.indexOf("=")).trim().replace(/\/$/, ""), line.slice(line.indexOf("=") + 1).trim().replace(/[\\/]$/, "")]);
    const fits = rules.filter(([from = ""]) => (from === "" ? !isRooted(file) : file === from || file.startsWith(`${from}/`) || file.startsWith(`${from}@`)))
        .sort(([a = ""], [b = ""]) => b.length - a.length)[0];
    if (!fits) return isRooted(file) ? file : "";
    const [from = "", to = ""] = fits;
    const rest = file.slice(from.length).replace(/^@[^/]*/, "").replace(/^\//, "");
    return `${to}/${rest}`;
}

/** @param {string} file */
const isRooted = (file) => /^(\/|[A-Za-z]:[\\/])/.test(file);

/** The link that opens a line; "" where there is none. @param {Pick<Preferences, "editor"|"paths">} preferences @param {string} file as in the trace @param {number} line */
export function editorLink({editor: template, paths}, file, line) {
    const there = placeOf(file, paths);
    if (template === "" || editorProblem(template) !== "" || !isRooted(there)) return "";
    const path = there.replace(/\\/g, "/").split("/").map(encodeURIComponent).join("/").replace(/^([A-Za-z])%3A/, "$1:");
    const rooted = /\/\{file\}/.test(template) ? path.replace(/^\//, "") : path;
    return template.replaceAll("{file}", () => rooted).replaceAll("{line}", String(Math.max(line, 1)));
}

/** @param {string|null} text @returns {Preferences} what it says that holds, else as nobody ever chose */
export function parsePreferences(text) {
    /** @type {Record<string, unknown>} */
    let said = {};
    try {
        const value = JSON.parse(text ?? "{}");
        if (value !== null && typeof value === "object") said = value;
    } catch {
        // Somebody else wrote it.
    }
    const {keys, theme, editor, paths, hinted} = said;
    return {
        keys: keys !== false,
        theme: theme === "light" || theme === "dark" ? theme : "system",
        editor: typeof editor === "string" && editorProblem(editor) === "" ? editor : "",
        paths: typeof paths === "string" ? paths.slice(0, PATHS_MOST) : "",
        hinted: hinted === true,
    };
}

/** @param {Preferences} preferences */
export const formatPreferences = (preferences) => JSON.stringify(preferences);
