/**
 * The label column: names of sections, groups and rows, drawn beside their lanes. The package is muted, the function full ink;
 * counts stand at the right edge; a path that does not fit loses its front, a name its receiver, then its end.
 */
import {FRAME, SECTION} from "../core/band.js";
import {bandIndexAt, rowLane} from "../core/lanes.js";
import {fontOf, methodOf, nameParts, widthOf} from "./text.js";

/** @typedef {import("./display_list.js").Recorder} Recorder */
/** @typedef {import("../core/color.js").Colors} Colors */
/** @typedef {import("../core/lanes.js").Band} Band */
/** @typedef {import("../core/lanes.js").Layout} Layout */
/** @typedef {import("../types.js").Row} Row */

/**
 * @typedef {object} Labels
 * @property {Recorder} ctx @property {number} width @property {number} height @property {number} scrollY
 * @property {Colors} colors @property {Layout} layout
 * @property {Row|null} selected
 * @property {(row: number) => {g: string, more: number}} occupant   the goroutine of a G row in view, and how many others
 * @property {(id: string) => {text: string, note: string}} note    of a counter
 * @property {Kept} kept @property {number} turn of the surface
 *
 * @typedef {{key: unknown[], signs: Map<number, string>}} Kept   what the canvas shows, by y: what still holds is not drawn again
 */

const RIGHT = 8;
const NARROW = 150;
/** px of height from which a name may take two lines. */
const TWO_LINES = 30;
/** px of a receiver that still tell something. */
const LEAST_RECEIVER = 40;
/** px at the right edge of an own row, and of the head of them, that take it away. */
export const CROSS = 20;

/** @returns {Kept} */
export const keepLabels = () => ({key: [], signs: new Map()});

/** @param {Labels} l */
export function drawLabels(l) {
    const {layout, scrollY, height, ctx, width, colors, kept} = l;
    const key = [layout, scrollY, height, width, colors, l.turn];
    if (key.some((part, i) => part !== kept.key[i])) {
        Object.assign(kept, {key, signs: new Map()});
        ctx.fillStyle = colors.token["chrome"] ?? "";
        ctx.fillRect(0, 0, width, height);
    }
    ctx.textBaseline = "alphabetic";
    for (let b = bandIndexAt(layout, scrollY); b < layout.bands.length; b++) {
        const band = layout.bands[b];
        if (!band || band.y >= scrollY + height) break;
        drawBand(l, band, Math.round(band.y - scrollY));
    }
}

/** Whether something at y is to be drawn, on a background that is clear again. @param {Labels} l @param {number} y @param {number} height @param {string} sign all that it shows */
function changed({ctx, width, colors, kept}, y, height, sign) {
    const old = kept.signs.get(y);
    if (old === sign) return false;
    kept.signs.set(y, sign);
    if (old === undefined) return true;
    ctx.fillStyle = colors.token["chrome"] ?? "";
    ctx.fillRect(0, y, width, height);
    return true;
}

/** @param {Labels} l @param {Band} band */
function signOf(l, band) {
    if (band.kind === "counter") return Object.values(l.note(band.id)).join();
    return band.draw === "single" ? String(isSelected(l, band.view, band.row)) : "";
}

/** @param {Labels} l @param {Band} band @param {number} y */
function drawBand(l, band, y) {
    const {ctx, colors, width} = l;
    if (band.draw === "rows") return drawRows(l, band);
    if (!changed(l, y, band.height, signOf(l, band))) return;
    if (band.kind === "section" || band.kind === "gc") {
        ctx.fillStyle = colors.token["line"] ?? "";
        if (y > 0) ctx.fillRect(0, y, width, 1);
        const middle = y + Math.min(band.height, band.draw === "section" ? SECTION : band.height) / 2;
        if (band.key !== "") drawTriangle(ctx, 8, middle, band.open, colors.token["muted"] ?? "");
        ctx.font = fontOf(12, true);
        ctx.fillStyle = colors.token["text"] ?? "";
        ctx.fillText(band.label, 22, Math.round(middle + 4));
        return drawCount(l, band.count, middle);
    }
    const middle = y + band.top + band.bar / 2;
    if (band.kind === "counter") drawCounterLabel(l, band, y);
    else if (band.kind === "stack") drawTaskLabel(l, band, y + FRAME / 2);
    else if (band.kind === "task") drawTaskLabel(l, band, band.draw === "tasks" ? y + band.bar / 2 : middle);
    else drawGroup(l, band, middle);
}

/** @param {Labels} l @param {string} count @param {number} middle */
function drawCount({ctx, width, colors}, count, middle) {
    if (width < NARROW || count === "") return 0;
    const font = fontOf(11);
    const w = widthOf(ctx, font, count);
    ctx.font = font;
    ctx.fillStyle = colors.token["muted"] ?? "";
    ctx.fillText(count, width - RIGHT - w, Math.round(middle + 4));
    return w + 8;
}

/** @param {Recorder} ctx @param {number} x @param {number} y @param {boolean} open @param {string} color */
function drawTriangle(ctx, x, y, open, color) {
    ctx.fillStyle = color;
    ctx.beginPath();
    if (open) {
        ctx.moveTo(x, y - 2.5);
        ctx.lineTo(x + 8, y - 2.5);
        ctx.lineTo(x + 4, y + 2.5);
    } else {
        ctx.moveTo(x + 1.5, y - 4);
        ctx.lineTo(x + 6.5, y);
        ctx.lineTo(x + 1.5, y + 4);
    }
    ctx.fill();
}

/** @param {Labels} l @param {Band} band @param {number} y */
function drawCounterLabel(l, band, y) {
    const {ctx, colors, width} = l;
    const {text, note} = l.note(band.id);
    const x = width < NARROW ? 16 : 32;
    const [head = "", ...rest] = text.split(" ");
    const middle = y + band.bar / 2;
    const tail = rest.join(" ");
    const font = fontOf(12);
    const used = x + widthOf(ctx, font, `${head} `);
    const room = width - RIGHT - drawCount(l, note, middle);
    const beside = used + widthOf(ctx, font, tail) < room;
    const below = tail !== "" && !beside && band.bar >= TWO_LINES;
    ctx.font = font;
    ctx.fillStyle = colors.token["text"] ?? "";
    ctx.fillText(head, x, Math.round(middle + (below ? -3 : 4)));
    ctx.fillStyle = colors.token["muted"] ?? "";
    if (beside || below) ctx.fillText(tail, below ? x : used, Math.round(middle + (below ? 11 : 4)));
}

/** A type of tasks, or what is no function. @param {Labels} l @param {Band} band @param {number} middle */
function drawTaskLabel(l, band, middle) {
    const {ctx, colors, width} = l;
    const x = width < NARROW ? 16 : 32;
    const font = fontOf(12);
    const text = shortened(ctx, font, band.label, width - x - RIGHT - drawCount(l, band.count, middle));
    ctx.font = font;
    ctx.fillStyle = colors.token[band.draw !== "alive" ? "muted" : "text"] ?? "";
    ctx.fillText(text, x, Math.round(middle + 4));
}

/** @param {Labels} l @param {Band} band @param {number} middle */
function drawGroup(l, band, middle) {
    const {ctx, colors, width} = l;
    const narrow = width < NARROW;
    const selected = band.draw === "single" && isSelected(l, band.view, band.row);
    if (selected) drawSelectedBar(l, middle, band.bar);
    if (band.key !== "") drawTriangle(ctx, narrow ? 12 : 20, middle, band.open, colors.token["muted"] ?? "");
    const x = narrow ? 24 : 34;
    let room = width - x - RIGHT - drawCount(l, band.count, middle);
    if (band.pinned) {
        ctx.fillStyle = colors.token["accent"] ?? "";
        ctx.fillRect(narrow ? 4 : 10, Math.round(middle - 5), 2, 10);
        room -= 1;
    }
    drawName(ctx, band.label, x, Math.round(middle + 4), room, colors, selected);
}

/** @param {Recorder} ctx @param {string} full @param {number} x @param {number} y @param {number} room @param {Colors} colors @param {boolean} bold */
function drawName(ctx, full, x, y, room, colors, bold) {
    const font = fontOf(12, bold);
    const {path, pkg, name} = nameParts(full === "" ? "(unknown function)" : full);
    const front = [path + pkg, pkg, ""].find((p) => widthOf(ctx, font, p) + widthOf(ctx, font, name) <= room) ?? "";
    ctx.font = font;
    ctx.fillStyle = colors.token["muted"] ?? "";
    ctx.fillText(front, x, y);
    ctx.fillStyle = colors.token["text"] ?? "";
    const rest = room - widthOf(ctx, font, front);
    ctx.fillText(within(ctx, font, name, rest), x + widthOf(ctx, font, front), y);
}

/** A function's name, of a method's rather the receiver cut than the method: many share a receiver. @param {Recorder} ctx @param {string} font @param {string} name @param {number} room */
function within(ctx, font, name, room) {
    const method = methodOf(name);
    if (method === name || widthOf(ctx, font, name) <= room) return shortened(ctx, font, name, room);
    const rest = room - widthOf(ctx, font, `.${method}`);
    if (rest < LEAST_RECEIVER) return shortened(ctx, font, `…${method}`, room);
    return `${shortened(ctx, font, name.slice(0, -method.length - 1), rest)}.${method}`;
}

/** A name without what does not fit at its end. @param {Recorder} ctx @param {string} font @param {string} name @param {number} room */
function shortened(ctx, font, name, room) {
    if (widthOf(ctx, font, name) <= room) return name;
    let low = 1;
    let high = name.length;
    while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (widthOf(ctx, font, name.slice(0, middle) + "…") <= room) low = middle;
        else high = middle;
    }
    return name.slice(0, low) + "…";
}

/** @param {Labels} l @param {string} view @param {number} row */
function isSelected({selected}, view, row) {
    return selected !== null && selected.view === view && selected.row === row;
}

/** @param {Labels} l @param {number} middle @param {number} height */
function drawSelectedBar({ctx, colors}, middle, height) {
    ctx.fillStyle = colors.token["text"] ?? "";
    ctx.fillRect(0, Math.round(middle - height / 2) + 1, 3, height - 2);
}

/** @param {Labels} l @param {Band} band */
function drawRows(l, band) {
    const {ctx, colors, width, scrollY, height} = l;
    if (band.bar < 10) return;
    const first = Math.max(0, Math.floor((scrollY - band.y - band.top) / band.bar));
    const last = Math.min(band.rows, Math.ceil((scrollY + height - band.y - band.top) / band.bar));
    const x = width < NARROW ? 16 : 32;
    const size = band.bar < 14 ? 9 : 11;
    for (let i = first; i < last; i++) {
        const lane = rowLane(band, i);
        const top = Math.round(lane.y - scrollY);
        const middle = top + band.bar / 2;
        const selected = lane.row !== null && isSelected(l, lane.row.view, lane.row.row);
        const who = lane.solo ? {g: lane.solo.g, more: 0} : band.view === "G" ? l.occupant(lane.row?.row ?? 0) : null;
        if (!changed(l, top, band.bar, who ? `${who.g}+${who.more} ${selected}` : String(selected))) continue;
        if (selected) drawSelectedBar(l, middle, band.bar);
        const y = Math.round(middle + size / 3 + 0.3);
        if (lane.solo) {
            drawCount(l, "×", middle);
            drawGoroutine(l, lane.solo.function, {g: lane.solo.g, more: 0}, x, y, fontOf(size, selected), width - x - RIGHT - CROSS);
        } else if (who) drawGoroutine(l, lane.label, who, x, y, fontOf(size, selected), width - x - RIGHT);
        else {
            ctx.font = fontOf(size, selected);
            ctx.fillStyle = colors.token["text"] ?? "";
            ctx.fillText(lane.label, x, y);
        }
    }
}

/** "serve g149": method muted, goroutine in full ink; several in view: the first and how many more.
 * @param {Labels} l @param {string} fn @param {{g: string, more: number}} who @param {number} x @param {number} y @param {string} font @param {number} room */
function drawGoroutine({ctx, colors}, fn, {g, more}, x, y, font, room) {
    if (g === "") return;
    const id = `g${g}`;
    const others = more > 0 ? `  +${more}` : "";
    const w = widthOf(ctx, font, id);
    const method = `${methodOf(nameParts(fn).name)} `;
    const used = widthOf(ctx, font, method) + w <= room ? method : "";
    ctx.font = font;
    ctx.fillStyle = colors.token["muted"] ?? "";
    ctx.fillText(used, x, y);
    const at = x + widthOf(ctx, font, used);
    if (others !== "" && at - x + w + widthOf(ctx, font, others) <= room) ctx.fillText(others, at + w, y);
    ctx.fillStyle = colors.token["text"] ?? "";
    ctx.fillText(id, at, y);
}
