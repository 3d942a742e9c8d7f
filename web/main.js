/**
 * Wiring only: waits for a trace to show, then makes the store, the caches and the stage, and hands them to everything around
 * the canvas (chrome.js). What is handed out is described in types.js as Context.
 */
import {domById, enable, openPage} from "./chrome.js";
import {DEFAULTS, parsePlace} from "./core/link.js";
import {createStore} from "./core/state.js";
import {wholeSpan} from "./core/viewport.js";
import {createStage} from "./draw/stage.js";
import {createApi} from "./net/api.js";
import {createDecoder} from "./net/decoder.js";
import {findInterval} from "./net/find.js";
import {createNames} from "./net/names.js";
import {TileCache} from "./net/tile_cache.js";

/** @typedef {import("./types.js").Manifest} Manifest */
/** @typedef {import("./types.js").State} State */

const dark = matchMedia("(prefers-color-scheme: dark)");

/** @param {Manifest} manifest @param {string} trace @returns {State} */
function initialState(manifest, trace) {
    return {
        trace, manifest, ...wholeSpan(manifest.span_ns), scrollY: 0, open: {counters: true, procs: true, goroutines: true}, pins: [],
        selection: null, ...DEFAULTS, panelHeight: 0, labelWidth: 0, hover: null, theme: dark.matches ? "dark" : "light",
    };
}

/** @param {Manifest} manifest @param {ReturnType<typeof createApi>} api @param {Record<string, HTMLElement>} dom @param {string} trace */
function start(manifest, api, dom, trace) {
    const store = createStore(initialState(manifest, trace));
    /** @type {ReturnType<typeof createStage>|null} */
    let stage = null;
    const decoder = createDecoder();
    const cache = new TileCache({
        api, trace, decode: decoder.decode, origin: Number(manifest.origin_ns), levels: Math.max(manifest.levels, 1), onChange: () => stage?.onTiles(),
    });
    const names = createNames(api, trace, () => stage?.onNames());
    stage = createStage({dom, store, cache, manifest, names: {...names, reasons: manifest.reasons, procs: manifest.procs}});
    const {frame, lanes, hitTest} = stage;
    dark.addEventListener("change", () => store.set({theme: dark.matches ? "dark" : "light"}));
    const about = {origin: manifest.origin_T, span: manifest.span_ns};
    enable({
        store, api, lanes, hitTest, dom, ...names,
        interval: (row, t, step) => findInterval(cache, row, t, step, about),
        requestFrame: () => frame.request(),
    });
    return {store, cache, stage};
}

const {base, trace} = parsePlace(location.pathname);
const dom = domById();
const api = createApi(base, (reached) => {
    document.documentElement.toggleAttribute("data-offline", !reached);
});
const manifest = await openPage({dom, api});
/** For tests and for looking from the console: nothing of the page reads it. */
export const page = manifest ? start(manifest, api, dom, trace) : null;
