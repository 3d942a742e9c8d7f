/**
 * Everything around the canvas, for main.js: openPage() decides what this address shows and waits until a trace can be shown;
 * enable() then starts every module of input/ and panel/ on it. Wiring only.
 */
import {parsePlace} from "./core/link.js";
import {enable as address} from "./input/address.js";
import {enable as cause} from "./input/cause.js";
import {createGo} from "./input/go.js";
import {enable as hover} from "./input/hover.js";
import {enable as keyboard} from "./input/keyboard.js";
import {enable as pan} from "./input/pan.js";
import {enable as rows} from "./input/rows.js";
import {enable as select} from "./input/select.js";
import {enable as touch} from "./input/touch.js";
import {enable as views} from "./input/views.js";
import {enable as overviewWindow} from "./input/window.js";
import {enable as zoom} from "./input/zoom.js";
import {enable as help} from "./panel/help.js";
import {enable as legend} from "./panel/legend.js";
import {showFailed, showLibrary, showMissing, showProgress, showViewer} from "./panel/library.js";
import {enable as mirror} from "./panel/mirror.js";
import {enable as nameMenu} from "./panel/name_menu.js";
import {enable as range} from "./panel/range.js";
import {enable as search} from "./panel/search.js";
import {enable as share} from "./panel/share.js";
import {enable as tabs} from "./panel/tabs.js";
import {enable as tooltip} from "./panel/tooltip.js";

/** @typedef {import("./types.js").Api} Api */
/** @typedef {import("./types.js").Context} Context */
/** @typedef {import("./types.js").Manifest} Manifest */
/** @typedef {import("./types.js").Page} Page */

const POLL_MS = 100;
const SHOWN_MS = 4000;

/** The address bar comes before the views, which start with what it restored. */
const MODULES = [
    rows, pan, zoom, overviewWindow, touch, select, hover, cause, keyboard, legend, range, nameMenu, tooltip, search, share, help,
    address, views, tabs, mirror,
];

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
            showLibrary(dom, (await api.json("traces")).traces);
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
        showMissing(dom, error);
        return null;
    }
}

/** @param {Context} ctx @returns {() => void} */
export function enable(ctx) {
    const say = createSay(ctx.dom["status"]);
    /** @type {Page} */
    const page = {...ctx, go: createGo(ctx, say), actions: new Map(), say};
    const disablers = MODULES.map((module) => module(page));
    return () => disablers.reverse().forEach((disable) => disable());
}
