/**
 * Wiring only: waits for a trace to show, then makes the store, the caches and the stage, and hands them to everything around
 * the canvas (chrome.js). What is handed out is described in types.js as Context.
 */
import {domById, enable, openPage} from "./chrome.js";
import {DEFAULTS, parsePlace} from "./core/link.js";
import {createStore} from "./core/state.js";
import {exactInterval, selectionOf} from "./core/selection.js";
import {growSpan, wholeSpan} from "./core/viewport.js";
import {createStage} from "./draw/stage.js";
import {createApi} from "./net/api.js";
import {createBatches} from "./net/batches.js";
import {createDecoder} from "./net/decoder.js";
import {createThread} from "./net/thread.js";
import {findInterval} from "./net/find.js";
import {createNames} from "./net/names.js";
import {followReading} from "./net/reading.js";
import {TileCache} from "./net/tile_cache.js";
import {showFailed, showReading} from "./panel/library.js";
import {onPreferences, startPreferences, systemNow, themeNow} from "./panel/settings.js";

/** @typedef {import("./types.js").Manifest} Manifest */
/** @typedef {import("./types.js").Row} Row */
/** @typedef {import("./types.js").Selection} Selection */
/** @typedef {import("./types.js").State} State */

/** @param {Manifest} manifest @param {string} trace @returns {State} */
function initialState(manifest, trace) {
    return {
        trace, manifest, ...wholeSpan(manifest.span_ns), scrollY: 0, open: {counters: true, procs: true, goroutines: true}, pins: [],
        taskLanes: null, selection: null, ...DEFAULTS, panelHeight: 0, labelWidth: 0, hover: null, found: null, theme: themeNow(), system: systemNow(),
    };
}

/** @param {Manifest} first @param {ReturnType<typeof createApi>} api @param {Record<string, HTMLElement>} dom @param {string} trace */
function start(first, api, dom, trace) {
    const store = createStore(initialState(first, trace));
    /** Always the last one, also to those who hold it: its fields change when a trace that is being read has grown. */
    const manifest = {...first};
    /** @type {ReturnType<typeof createStage>|null} */
    let stage = null;
    const thread = createThread();
    const decoder = createDecoder(thread, Number(manifest.origin_ns));
    const batches = createBatches({trace, through: api.through, load: decoder.load, forget: decoder.forget, onChunk: (chunk, part) => cache.takeChunk(chunk, part)});
    const cache = new TileCache({
        load: batches.ask, forget: decoder.forget, levels: Math.max(manifest.levels, 1),
        part: manifest.part, span: manifest.span_ns, onChange: () => stage?.onTiles(),
    });
    const names = createNames(api, trace, () => stage?.onNames());
    stage = createStage({dom, store, cache, manifest, thread, paint: decoder.paint, names: {
        ...names, get reasons() { return manifest.reasons; }, get procs() { return manifest.procs; },
    }});
    const {frame, lanes, hitTest} = stage;
    onPreferences(() => store.set({theme: themeNow(), system: systemNow()}));
    const interval = (/** @type {Row} */ row, /** @type {number} */ t, /** @type {-1|0|1} */ step) =>
        findInterval(cache, row, t, step, {origin: manifest.origin_T, span: manifest.span_ns});
    enable({store, api, lanes, hitTest, dom, ...names, interval, requestFrame: () => frame.request()}, stage.drawn);
    const page = {store, cache, stage, manifest, names, interval, thread, paint: decoder.paint};
    if (first.state === "ingesting") follow(page, api, dom, trace);
    return page;
}

/** @typedef {ReturnType<typeof start>} Own */

/** Shows more and more of a trace that is being read. @param {Own} page @param {ReturnType<typeof createApi>} api @param {Record<string, HTMLElement>} dom @param {string} trace */
function follow(page, api, dom, trace) {
    const {manifest} = page;
    const tell = (/** @type {Manifest} */ now) => showReading(dom, manifest.span_ns, now);
    tell(manifest);
    void followReading({api, trace, part: manifest.part ?? 0, isBusy: () => page.cache.loading() > 0, onProgress: tell, onPart(next) {
        if (next.state === "failed") return showFailed(dom, next);
        grow(page, next);
        tell(next);
    }});
}

/** What the page shows stays where it is, and is drawn anew as it comes. @param {Own} page @param {Manifest} next */
function grow({store, cache, stage, manifest, names, interval}, next) {
    const {t0, t1, scrollY, selection} = store.get();
    const before = manifest.span_ns;
    const top = scrollY > 0 ? stage.lanes.visible()[0] : undefined;
    Object.assign(manifest, {part: 0, progress: undefined}, next);
    cache.renew(manifest.part ?? 0, Math.max(manifest.levels, 1), manifest.span_ns);
    names.renew();
    stage.grow();
    store.set({manifest: {...manifest}, ...growSpan({t0, t1}, before, manifest.span_ns)});
    const lane = top && stage.lanes.find(top.id);
    if (top && lane && lane.y !== top.y) store.set({scrollY: lane.y + scrollY - top.y});
    if (selection?.kind === "interval" && selection.row && selection.t1 >= before) prolong(store, interval, selection, selection.row).catch(() => {}); // the next part asks again
}

/** An interval that was cut by the end of what was read has a later end now. @param {Own["store"]} store @param {Own["interval"]} interval @param {Selection} selection @param {Row} row */
async function prolong(store, interval, selection, row) {
    const hit = await exactInterval(interval, row, selection.t0, selection.T);
    if (hit && hit.T === selection.T && store.get().selection === selection) store.set({selection: selectionOf(hit)});
}

startPreferences();
const {base, trace} = parsePlace(location.pathname);
const dom = domById();
const api = createApi(base, (reached) => {
    document.documentElement.toggleAttribute("data-offline", !reached);
});
const manifest = await openPage({dom, api});
/** For tests and for looking from the console: nothing of the page reads it. */
export const page = manifest ? start(manifest, api, dom, trace) : null;
