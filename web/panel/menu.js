/**
 * A button that opens a menu below it: closed by a second press, Esc, a press elsewhere, Tab out of it and whatever is chosen in it.
 */

/**
 * @param {HTMLElement} button @param {HTMLElement} menu beside it, in the same box @param {() => void} fill when it opens @param {AbortSignal} signal
 * @returns {(open: boolean) => void}
 */
export function enableMenu(button, menu, fill, signal) {
    const show = (/** @type {boolean} */ open) => {
        menu.hidden = !open;
        button.setAttribute("aria-expanded", String(open));
        if (open) fill();
    };
    button.addEventListener("click", () => show(menu.hidden), {signal});
    menu.parentElement?.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || menu.hidden) return;
        event.stopPropagation();
        show(false);
        button.focus();
    }, {signal});
    menu.parentElement?.addEventListener("focusout", ({relatedTarget: to}) => {
        if (!menu.hidden && to instanceof Node && !menu.parentElement?.contains(to)) show(false);
    }, {signal});
    document.addEventListener("pointerdown", (event) => {
        if (!menu.hidden && event.target instanceof Node && !menu.parentElement?.contains(event.target)) show(false);
    }, {signal});
    return show;
}
