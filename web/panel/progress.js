/**
 * What takes long is seen, and can be given up: a bar with words and a button, from a while after the work began until it is done.
 */
import {el, link} from "./element.js";

/** What is quicker than this shows nothing. */
const PATIENCE_MS = 200;

/**
 * @param {Element} box that the bar stands in while it is there
 * @param {string} title what is being done
 * @param {AbortSignal} [outer] gives it up as well
 */
export function createProgress(box, title, outer) {
    const controller = new AbortController();
    const bar = el("progress", {"aria-label": title});
    const words = el("span", {}, title);
    const line = el("p", {class: "working", role: "status"}, bar, words, link("Cancel", () => controller.abort()));
    const timer = setTimeout(() => box.append(line), PATIENCE_MS);
    const giveUp = () => controller.abort();
    if (outer?.aborted) giveUp();
    outer?.addEventListener("abort", giveUp, {once: true});
    return {
        signal: controller.signal,
        /** @param {string} news @param {number} [share] of all, 0 to 1; missing: not known */
        tell(news, share) {
            words.textContent = news;
            if (share === undefined) bar.removeAttribute("value");
            else bar.value = Math.min(share, 1);
        },
        done() {
            clearTimeout(timer);
            const focused = line.contains(document.activeElement);
            line.remove();
            if (focused) /** @type {HTMLElement|null} */ (box.closest("[tabindex]"))?.focus({preventScroll: true});
            outer?.removeEventListener("abort", giveUp);
        },
    };
}
