/**
 * DOM nodes from values. Text is always text: nothing here reads markup.
 */

/** @typedef {Node|string|null|false|undefined} Child */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, unknown>} props  `class`, `on<event>` functions, DOM properties in camelCase, else attributes
 * @param {...(Child|Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, props = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(props)) {
        if (value === null || value === undefined || value === false) continue;
        if (name.startsWith("on")) node.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
        else if (name === "class") node.className = String(value);
        else node.setAttribute(name, value === true ? "" : String(value));
    }
    for (const child of children.flat()) {
        if (child !== null && child !== undefined && child !== false) node.append(child);
    }
    return node;
}

/** A link that acts within the page. @param {Child} words @param {() => void} act @param {string} [title] */
export function link(words, act, title) {
    return el("button", {class: "link", type: "button", onclick: act, title}, words);
}

/** @param {string} state name of a state, "stw" @param {string} more classes */
export const swatch = (state, more = "") => el("i", {class: `swatch ${state} ${more}`.trim(), "aria-hidden": "true"});

/** Pairs of words as a list of facts; those without a value are left out. @param {[string, Child|Child[]][]} pairs */
export function facts(pairs) {
    const shown = pairs.filter(([, value]) => (Array.isArray(value) ? value.some((v) => v) : value));
    return el("dl", {class: "facts"}, shown.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

/** Puts words on the clipboard. Without a secure context only the old way works. @param {string} words @returns {Promise<boolean>} */
export async function copyText(words) {
    try {
        await navigator.clipboard.writeText(words);
        return true;
    } catch {
        const focused = document.activeElement;
        const field = el("textarea", {"aria-hidden": "true", readonly: true, class: "off-screen"});
        field.value = words;
        (document.querySelector("dialog[open]") ?? document.body).append(field);
        field.select();
        const done = document.execCommand("copy");
        field.remove();
        if (focused instanceof HTMLElement) focused.focus({preventScroll: true});
        return done;
    }
}
