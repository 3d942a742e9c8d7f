/**
 * All canvases of the page and the phases of a frame. Reads the state, never changes it; what the page's other half may know of
 * the drawing is in `lanes` and `hitTest`.
 */
import {colorsOf} from "../core/color.js";
import {layoutOf} from "../core/lanes.js";
import {wholeSpan} from "../core/viewport.js";
import {drawAxis, ticksOf} from "./axis.js";
import {Bitmaps} from "./bitmaps.js";
import {beginDrawing} from "./canvas.js";
import {cellsOver, jobsOf, orderOf, tileLevel, wantedTiles} from "./cells.js";
import {createFade} from "./fade.js";
import {drawGapMarks} from "./gaps.js";
import {Frame} from "./frame.js";
import {drawLabels, keepLabels} from "./labels.js";
import {niceTop, visibleMax, wantedCounters} from "./lane_counter.js";
import {gatherTasks, taskTop, wantedTasks} from "./lane_task.js";
import {drawLanes} from "./lanes_layer.js";
import {gatherMarks, wantedMarks} from "./marks.js";
import {createOverview} from "./overview_layer.js";
import {createPainter} from "./painter.js";
import {drawOverlay, isPlain} from "./overlay_layer.js";
import {createHitTest} from "./hit_test.js";
import {createScreen} from "./screen.js";
import {stripsBetween} from "./strips.js";
import {loudTop, noteOf, occupantOf} from "./readings.js";
import {viewOf} from "./scale.js";
import {lanesOf} from "./geometry.js";
import {createWake} from "./wake.js";

/** @typedef {import("../types.js").State} State */
/** @typedef {import("../types.js").Manifest} Manifest */
/** @typedef {import("./frame.js").Phase} Phase */
/** @typedef {import("../net/tile_cache.js").TileCache} TileCache */

/** A zoom is over when the scale has not changed for so long. */
const SETTLE_MS = 90;
/** While it runs, tiles are asked for this often: most levels on the way are left before their tiles have come. */
const ZOOM_WANT_MS = 400;
/** The figures in the label column follow the window this often. */
const LABELS_MS = 100;
/** A frame's time for painting where the page does it: for the first picture, when no late frame is seen, then while a zoom runs, and else. */
const PAINT_MS = {first: 100, zooming: 1, still: 2.5};
/** What came is drawn this often while more is on its way: a frame costs as much as a dozen answers. */
const ARRIVED_MS = 100;
/** Numbers of pictures that are no cells. */
const FADE_PICTURE = -1;
const WHOLE_PICTURE = -2;
/** Painted cells are kept for so many screens. */
const SCREENS = 6;

/** Which phases a change of the state concerns. @type {Partial<Record<keyof State, Phase[]>>} */
const CONCERNS = {
    t0: ["tiles", "lanes", "overview", "axis", "overlay"],
    t1: ["tiles", "lanes", "overview", "axis", "overlay"],
    scrollY: ["tiles", "lanes", "labels", "overlay"],
    open: [], pins: [], isolated: [], taskLanes: [], hidden: [], order: [], sizes: [], stacks: [], rowHeight: [], theme: [], system: [], manifest: [],
    clock: ["axis", "lanes"], overlay: ["lanes"], labels: ["lanes"], selection: ["overlay", "labels"],
    hover: ["axis", "overlay"], found: ["overview", "overlay"], marks: ["overview", "axis", "overlay"],
};

/**
 * @param {object} how
 * @param {Record<string, HTMLElement>} how.dom @param {import("../core/state.js").Store<State>} how.store
 * @param {import("../net/thread.js").Thread} how.thread @param {import("./painter.js").Paint} how.paint
 * @param {TileCache} how.cache @param {import("./lane_text.js").Names & {rowOf: (g: string) => import("../types.js").Row|null}} how.names @param {Manifest} how.manifest
 */
export function createStage({dom, store, cache, names, manifest, thread, paint}) {
    const extentOf = () => ({span: Math.max(manifest.span_ns, 1), levels: Math.max(manifest.levels, 1)});
    const extent = extentOf();
    /** @type {Frame|null} */
    let frame = null;
    const screen = createScreen(thread, dom, (isLost) => {
        if (isLost) trace.bitmaps.clear();
        frame?.request();
    });
    const trace = {cache, bitmaps: new Bitmaps(0, screen.drop), ...extent};
    const surface = (/** @type {string} */ id, opaque = true) => screen.surface(id, () => frame?.request(), opaque);
    const lanes = surface("lanes");
    const over = surface("overlay", false);
    const axis = surface("axis");
    const labels = surface("labels");
    const overview = createOverview(surface("overview"), WHOLE_PICTURE, cache, extent, manifest);
    const scene = {
        view: viewOf(null, 0, 1, 1, 1), layout: layoutOf(manifest, store.get()), strips: /** @type {import("./strips.js").Strip[]} */ ([]),
        marks: /** @type {import("./marks.js").Marks} */ ({gc: [], stw: [], longest: new Map()}), tasks: /** @type {import("./lane_task.js").Tasks|null} */ (null), stacks: /** @type {import("./lane_stack.js").Stacks} */ (new Map()), colors: colorsOf(store.get().theme, store.get().system),
        ticks: {first: 0, step: 1, count: 0}, tops: /** @type {Map<string, number>} */ (new Map()), scaledAt: -Infinity, zoomedFrom: -Infinity, isWhole: false, ahead: 0,
    };
    /** @type {() => void} */
    let resolveDrawn = () => {};
    /** @type {Promise<void>} */
    const drawn = new Promise((resolve) => { resolveDrawn = resolve; });
    const painter = createPainter(paint, screen, trace.bitmaps, () => frame?.request("lanes"));
    const fade = createFade(lanes, FADE_PICTURE);
    const kept = keepLabels();
    const asked = {at: -Infinity, what: /** @type {unknown[]} */ ([])};
    const timers = {labels: 0, retry: 0, arrived: 0};
    let plain = "";
    const wake = createWake(trace, scene, names.rowOf);
    const unitOf = (/** @type {number} */ c) => manifest.counters.find((m) => m.c === c)?.unit ?? "";
    const pen = () => ({ctx: lanes.ctx, view: scene.view, colors: scene.colors, cache, extent, k: tileLevel(scene.view, extent.levels)});

    function look() {
        const {t0, t1} = store.get();
        const view = viewOf(scene.view, t0, t1, lanes.width, lanes.dpr);
        if (view.scale.id !== scene.view.scale.id) {
            const now = performance.now();
            if (now - scene.scaledAt > SETTLE_MS) scene.zoomedFrom = now;
            scene.scaledAt = now;
        } else if (view.offset !== scene.view.offset) scene.ahead = Math.sign(view.offset - scene.view.offset);
        scene.view = view;
        scene.ticks = ticksOf(view, store.get().clock, manifest.wall);
    }

    /** The lanes of tasks, where they are unfolded. */
    const shownTasks = () => (scene.layout.byId.has("tasks:rows") ? store.get().taskLanes : null);

    function measure() {
        const lanes = shownTasks();
        scene.tasks = lanes && gatherTasks(cache, tileLevel(scene.view, extent.levels), scene.view, extent, lanes);
        for (const band of scene.layout.bands) {
            if (band.draw === "alive" && scene.tasks) scene.tops.set(band.id, taskTop(scene.tasks, scene.view, band.type));
            if (band.draw !== "counter") continue;
            const loud = band.counters.length === 0;
            scene.tops.set(band.id, loud ? niceTop(Math.min(loudTop(cache, scene.view, extent, band.row), mostOf(band.row))) : niceTop(visibleMax(pen(), band.counters), unitOf(band.counters[0] ?? 0)));
        }
    }

    /** What a row of view A cannot pass: bins are rounded. @param {number} row */
    const mostOf = (row) => [Infinity, manifest.threads.length, manifest.procs.length][row] ?? Infinity;

    const isMoving = () => performance.now() - scene.scaledAt < SETTLE_MS;

    /** Something came: what it leads to is asked for at once, but drawn with what else comes, or when it was the last. */
    function onTiles() {
        handle.request("tiles");
        const draw = () => {
            clearTimeout(timers.arrived);
            timers.arrived = 0;
            handle.request("lanes", "overview", "labels", "overlay"); // whom an arrow comes from is told by a chunk
        };
        if (cache.loading() === 0) draw();
        else if (timers.arrived === 0) timers.arrived = window.setTimeout(draw, ARRIVED_MS);
    }

    /** Tiles for the screen, when it needs others than before. Answers whether that is put off. */
    function want() {
        const {scrollY, hover} = store.get();
        const {view, strips, layout, ahead} = scene;
        const {first, last} = cellsOver(view, extent.span);
        const what = [view.scale.level, first, last, ahead, layout, strips.length, strips[0]?.key, strips.at(-1)?.key, cache.news, view.width];
        const now = performance.now();
        if (what.every((part, i) => part === asked.what[i])) return false;
        if (asked.what.length > 0 && isMoving() && now - Math.max(asked.at, scene.zoomedFrom) < ZOOM_WANT_MS) return true;
        Object.assign(asked, {at: now, what});
        const k = tileLevel(view, extent.levels);
        const where = {px: hover?.x ?? lanes.width / 2, py: scrollY + (hover?.y ?? lanes.height / 2), ahead};
        const counters = layout.bands.flatMap((band) => band.counters);
        const tasks = shownTasks();
        cache.want([
            ...wantedTiles(trace, view, strips, where), ...wantedMarks(k, view, extent, 0), ...wantedCounters(k, view, extent, counters, 200),
            ...tasks ? wantedTasks(k, view, extent, tasks, 250) : [], ...overview.wanted(),
        ]);
        clearTimeout(timers.retry);
        const wait = cache.nextRetry() - performance.now();
        if (wait < Infinity) timers.retry = window.setTimeout(() => { asked.what = []; frame?.request("tiles", "lanes"); }, wait + 20);
        return false;
    }

    const work = {
        layout() {
            scene.colors = colorsOf(store.get().theme, store.get().system);
            scene.layout = layoutOf(manifest, store.get());
        },
        tiles() {
            look();
            const {scrollY} = store.get();
            const {view} = scene;
            scene.marks = gatherMarks(cache, tileLevel(view, extent.levels), view, extent);
            measure();
            scene.strips = stripsBetween(scene.layout, manifest, scrollY, scrollY + lanes.height, scene.tops);
            return want();
        },
        lanes() {
            const moving = isMoving();
            const {view, colors, layout} = scene;
            const state = {...store.get(), scrollY: Math.round(store.get().scrollY)};
            const now = performance.now();
            trace.bitmaps.maxBytes = Math.max(SCREENS * lanes.w * lanes.h * 4, 16e6);
            trace.bitmaps.evict();
            const jobs = jobsOf(trace, view, scene.strips, colors, moving);
            const most = PAINT_MS[!scene.isWhole ? "first" : moving ? "zooming" : "still"];
            const {done, came} = painter.paint(jobs, (job) => orderOf(trace, view, job, colors), most);
            fade.begin([view.scale.id, view.offset, state.scrollY, layout, colors, lanes.width, lanes.height], scene.isWhole && came > 0 && !moving, now);
            if (!scene.isWhole && done && scene.strips.length > 0 && cache.loading() === 0) {
                scene.isWhole = true;
                resolveDrawn();
            }
            beginDrawing(lanes, colors.token["lane"] ?? "#fff");
            drawLanes({...scene, ctx: lanes.ctx, height: lanes.height, trace, state, names, unitOf});
            return fade.draw(now) || (!done && !screen.isAway()) || moving;
        },
        overview: () => overview.draw(store.get(), scene.colors),
        axis() {
            const {clock, hover, marks} = store.get();
            beginDrawing(axis, scene.colors.token["chrome"] ?? "#fff");
            drawAxis(axis.ctx, scene.view, scene.ticks, scene.colors, {clock, wall: manifest.wall, height: axis.height, chip: hover ? hover.t : null, marks});
            drawGapMarks({ctx: axis.ctx, view: scene.view, colors: scene.colors}, manifest, axis.height);
        },
        labels() {
            const {selection, scrollY, hover} = store.get();
            clearTimeout(timers.labels);
            timers.labels = 0;
            labels.ctx.setTransform(labels.dpr, 0, 0, labels.dpr, 0, 0);
            drawLabels({
                kept,
                ctx: labels.ctx, width: labels.width, height: labels.height, scrollY: Math.round(scrollY), colors: scene.colors, layout: scene.layout, turn: labels.turn,
                selected: selection?.row ?? null, occupant: (row) => occupantOf(trace, scene.view, row),
                note: (id) => noteOf(pen(), scene.layout, id, hover ? hover.t : scene.view.t1, scene.tops, unitOf),
            });
        },
        overlay() {
            const {width, height, dpr} = over;
            const bare = isPlain(store.get()) ? [width, height, dpr, over.turn, store.get().hover?.x, store.get().scrollY, scene.layout.height, scene.colors.theme].join() : "";
            if (bare !== "" && bare === plain) return;
            plain = bare;
            beginDrawing(over, null);
            drawOverlay({ctx: over.ctx, view: scene.view, colors: scene.colors, height: over.height}, store.get(), manifest, scene.layout, wake);
        },
    };
    frame = new Frame(work, screen);
    const handle = frame;
    store.subscribe((changed) => {
        if ((changed.has("t0") || changed.has("t1")) && timers.labels === 0) timers.labels = window.setTimeout(() => handle.request("labels"), LABELS_MS);
        for (const key of changed) {
            const phases = CONCERNS[key];
            if (phases?.length === 0) handle.request();
            else if (phases) handle.request(...phases);
        }
    });
    handle.request();
    return {
        frame: handle, trace, drawn,
        lanes: lanesOf(manifest, store, () => lanes.height),
        hitTest: createHitTest({trace, manifest, scene, store}),
        onTiles,
        onNames: () => handle.request("lanes", "overlay"),
        /** The trace has grown: the manifest's fields are new. */
        grow() {
            Object.assign(trace, Object.assign(extent, extentOf()));
            overview.grow();
        },
        get whole() {
            return wholeSpan(extent.span);
        },
    };
}
