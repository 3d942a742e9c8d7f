/**
 * Keeps the picture of the whole trace and draws the window on it.
 */
import {levelFor} from "../core/tile_key.js";
import {wholeSpan} from "../core/viewport.js";
import {beginDrawing} from "./canvas.js";
import {drawOverviewGaps} from "./gaps.js";
import {gatherMarks, wantedMarks} from "./marks.js";
import {activity, activitySources, drawHits, drawMarks, drawOverview, paintActivity, wantedOverview} from "./overview.js";

const COLUMN = 2;
/** After everything in view. */
const DISTANCE = 400;

/** @param {import("./canvas.js").Surface} surface @param {number} picture number of that of the whole trace @param {import("../net/tile_cache.js").TileCache} cache @param {{span: number, levels: number}} extent @param {import("../types.js").Manifest} manifest */
export function createOverview(surface, picture, cache, extent, manifest) {
    let whole = wholeSpan(extent.span);
    let painted = "";
    let shown = "";
    let news = -1;
    let hits = /** @type {import("../types.js").Found|null} */ (null);
    let flags = /** @type {readonly import("../core/mark_list.js").Mark[]} */ ([]);
    let stw = /** @type {import("./marks.js").Pause[]} */ ([]);
    const level = () => levelFor((whole.t1 - whole.t0) / Math.max(surface.width, 1), extent.levels);

    /** @param {import("../core/color.js").Colors} colors */
    function paint(colors) {
        const columns = Math.max(Math.floor(surface.width / COLUMN), 1);
        const {sources, sig} = activitySources(cache, whole, level(), extent.span);
        const key = `${sig} ${extent.span} ${surface.turn} ${colors.theme}`;
        if (key === painted) return;
        painted = key;
        beginDrawing(surface, colors.token["lane"] ?? "#fff");
        paintActivity(surface.ctx, activity(sources, whole, columns), colors, columns * COLUMN, surface.height);
        surface.ctx.keep(picture);
    }

    return {
        /** `extent` has changed. */
        grow() {
            whole = wholeSpan(extent.span);
        },
        wanted: () => [
            ...wantedOverview(whole, surface.width, level(), extent, DISTANCE), ...wantedMarks(level(), whole, extent, DISTANCE),
        ],
        /** @param {Pick<import("../types.js").State, "t0"|"t1"|"found"|"marks">} window @param {import("../core/color.js").Colors} colors */
        draw({t0, t1, found, marks}, colors) {
            paint(colors);
            if (news !== cache.news) ({stw} = gatherMarks(cache, level(), whole, extent));
            news = cache.news;
            const {ctx, width, height, w, h, dpr} = surface;
            const place = (/** @type {number} */ t) => Math.round(t / (whole.t1 - whole.t0) * width * dpr);
            const next = `${painted} ${stw.length} ${place(t0)} ${place(t1)} ${colors.token["text"]}`;
            if (next === shown && found === hits && marks === flags) return;
            shown = next;
            hits = found;
            flags = marks;
            ctx.setTransform(1, 0, 0, 1, 0, 0);
            ctx.drawPicture(picture, 0, 0, w, h, 0, 0, w, h);
            ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
            drawOverview(ctx, {width, height, dpr, whole, t0, t1, colors, stw});
            drawOverviewGaps(ctx, manifest, {whole, width, height, dpr, colors});
            drawMarks(ctx, {width, height, whole, marks, color: colors.token["accent"] ?? ""});
            if (found) drawHits(ctx, {width, height, whole, span: extent.span, bins: found.bins, color: colors.token["hit"] ?? ""});
        },
    };
}
