/**
 * Everything around the canvas, for main.js: openPage() decides what this address shows and waits until a trace can be shown;
 * enable() then starts every module of input/ and panel/ on it (around.js). Wiring only.
 */
import {parsePlace} from "./core/link.js";
import {enable as address} from "./input/address.js";
import {createGo} from "./input/go.js";
import {createViews} from "./input/views.js";
import {showFailed, showLibrary, showMissing, showProgress, showViewer} from "./panel/library.js";

/** @typedef {import("./types.js").Api} Api */
/** @typedef {import("./types.js").Context} Context */
/** @typedef {import("./types.js").Manifest} Manifest */
/** @typedef {import("./types.js").Page} Page */

const POLL_MS = 100;
const SHOWN_MS = 4000;
const PATIENCE_MS = 400;

/** Every element of the page with an id, by id. @returns {Record<string, HTMLElement>} */
export function domById() {
    /** @type {[string, HTMLElement][]} */
    const pairs = [...document.querySelectorAll("[id]")].map((node) => [node.id, /** @type {HTMLElement} */ (node)]);
    return Object.fromEntries(pairs);
}

/** @param {HTMLElement|undefined} box @returns {Page["say"]} */
function createSay(box) {
    let timer = 0;
    return (words, quiet = false, stays = false) => {
        if (!box) return;
        box.textContent = words;
        box.classList.toggle("quiet", quiet);
        clearTimeout(timer);
        if (words === "") return void delete box.dataset["shown"];
        box.dataset["shown"] = "";
        if (!stays) timer = window.setTimeout(() => delete box.dataset["shown"], SHOWN_MS);
    };
}

/**
 * @param {{dom: Record<string, HTMLElement>, api: Api}} page
 * @returns {Promise<Manifest|null>} of the trace to show, or of what is read of it so far; null where the page holds words instead
 */
export async function openPage({dom, api}) {
    const {trace} = parsePlace(location.pathname);
    dom["brand"]?.setAttribute("href", trace === "" ? "./" : "../");
    try {
        if (trace === "") {
            showLibrary(dom, await api.json("traces"));
            return null;
        }
        for (;;) {
            /** @type {Manifest} */
            const manifest = await api.json(`traces/${encodeURIComponent(trace)}`);
            if (manifest.state === "failed") showFailed(dom, manifest);
            if (manifest.state === "failed") return null;
            if (manifest.state === "ready" || manifest.part) {
                showViewer(manifest);
                return manifest;
            }
            showProgress(dom, manifest);
            await new Promise((resolve) => setTimeout(resolve, POLL_MS));
        }
    } catch (error) {
        showMissing(dom, error, trace, location.hash);
        return null;
    }
}

/**
 * The address bar first, for the first picture is of what it restores; the rest when that is drawn, or takes long.
 * @param {Context} ctx @param {Promise<void>} drawn the first picture
 */
export function enable(ctx, drawn) {
    const say = createSay(ctx.dom["status"]);
    /** @type {Page} */
    const page = {...ctx, go: createGo(ctx, say), actions: new Map(), say, views: createViews()};
    address(page);
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
    void Promise.race([drawn, late]).then(() => import("./around.js")).then((around) => around.enable(page))
        .catch(() => say("A part of this page did not come, so keys and pointer do nothing: reload the page.", false, true));
}
