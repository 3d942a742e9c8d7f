/**
 * The reader's preferences while the page is open: kept in this browser's storage, followed when another tab changes them, and
 * applied to what no module draws: the theme of the style sheet, and whether single keys act. No dialog here (preferences_dialog.js).
 */
import {isDark} from "../core/color.js";
import {formatPreferences, parsePreferences} from "../core/preferences.js";

/** @typedef {import("../core/preferences.js").Preferences} Preferences */

const PLACE = "tilescope.preferences";
/** @type {Set<() => void>} */
const listeners = new Set();
let current = parsePreferences(null);
/** Set by startPreferences(). @type {MediaQueryList|null} */
let dark = null;
/** @type {MediaQueryList|null} */
let forced = null;

/** Browsers refuse storage in some private windows. */
function read() {
    try {
        return parsePreferences(localStorage.getItem(PLACE));
    } catch {
        return parsePreferences(null);
    }
}

/** @returns {Readonly<Preferences>} */
export const preferences = () => current;

/** A colour of the system as #rrggbb. @param {string} name */
function systemColor(name) {
    const probe = document.createElement("span");
    probe.style.color = name;
    document.body.append(probe);
    const parts = getComputedStyle(probe).color.match(/\d+/g) ?? [];
    probe.remove();
    return `#${parts.slice(0, 3).map((part) => Number(part).toString(16).padStart(2, "0")).join("")}`;
}

/** Colours that the system forces on pages, null where it does not. @returns {import("../core/color.js").System|null} */
export function systemNow() {
    if (!forced?.matches) return null;
    return {canvas: systemColor("Canvas"), text: systemColor("CanvasText"), gray: systemColor("GrayText"), link: systemColor("LinkText")};
}

/** @returns {"light"|"dark"} */
export const themeNow = () => (forced?.matches ? (isDark(systemColor("Canvas")) ? "dark" : "light") : current.theme === "system" ? (dark?.matches ? "dark" : "light") : current.theme);

/** The rules for dark hold always, never, or when the system says so. */
function applyTheme() {
    const media = {system: "(prefers-color-scheme: dark)", light: "not all", dark: "all"}[current.theme];
    for (const sheet of document.styleSheets) {
        for (const rule of sheet.cssRules) {
            if (!(rule instanceof CSSMediaRule) || !(dual.has(rule) || /prefers-color-scheme/.test(rule.media.mediaText))) continue;
            dual.add(rule);
            rule.media.mediaText = media;
        }
    }
    document.documentElement.style.colorScheme = current.theme === "system" ? "" : current.theme;
}

/** Rules that were for dark before they were changed. @type {WeakSet<CSSMediaRule>} */
const dual = new WeakSet();

function apply() {
    applyTheme();
    document.documentElement.dataset["keys"] = current.keys ? "on" : "off";
    for (const tell of listeners) tell();
}

/** @param {Partial<Preferences>} patch */
export function setPreferences(patch) {
    current = {...current, ...patch};
    try {
        localStorage.setItem(PLACE, formatPreferences(current));
    } catch {
        // They hold for this visit.
    }
    apply();
}

/** @param {() => void} tell when they, or the system's theme, have changed @returns {() => void} */
export function onPreferences(tell) {
    listeners.add(tell);
    return () => listeners.delete(tell);
}

/** Reads and applies them, once, before anything is drawn. */
export function startPreferences() {
    dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", apply);
    forced = matchMedia("(forced-colors: active)");
    forced.addEventListener("change", apply);
    addEventListener("storage", (event) => {
        if (event.key !== PLACE && event.key !== null) return;
        current = read();
        apply();
    });
    current = read();
    apply();
}
