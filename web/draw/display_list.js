/**
 * A drawing as a list: what a frame draws is noted as numbers and texts, and drawn where the canvas is, in the worker or here. What
 * is noted and how it is drawn stand side by side, so that they cannot come apart. The names are those of CanvasRenderingContext2D.
 *
 * A list is flat: the number of a call, then its arguments. Pictures are named by numbers; whoever plays the list has them.
 */

/** @typedef {(number|string|number[])[]} DisplayList */
/** @typedef {{fillStyle: string, strokeStyle: string, lineWidth: number, font: string, globalAlpha: number, lineJoin: CanvasLineJoin, textBaseline: CanvasTextBaseline, imageSmoothingEnabled: boolean}} Style */
/** @typedef {{ctx: OffscreenCanvasRenderingContext2D|CanvasRenderingContext2D, pictures: Map<number, CanvasImageSource>}} Player */

const FILL_RECT = 0;
const FILL_TEXT = 1;
const FILL_STYLE = 2;
const FONT = 3;
const PICTURE = 4;
const BEGIN_PATH = 5;
const MOVE_TO = 6;
const LINE_TO = 7;
const FILL = 8;
const STROKE = 9;
const STROKE_STYLE = 10;
const LINE_WIDTH = 11;
const GLOBAL_ALPHA = 12;
const SAVE = 13;
const RESTORE = 14;
const SET_TRANSFORM = 15;
const STROKE_RECT = 16;
const STROKE_TEXT = 17;
const CLEAR_RECT = 18;
const ROUND_RECT = 19;
const RECT = 20;
const ARC = 21;
const CLIP = 22;
const SET_LINE_DASH = 23;
const LINE_JOIN = 24;
const TEXT_BASELINE = 25;
const SMOOTHING = 26;
const CLOSE_PATH = 27;
const HATCH = 28;
const KEEP = 29;

/** Of a context that was never touched. @returns {Style} */
const plainStyle = () => ({
    fillStyle: "#000000", strokeStyle: "#000000", lineWidth: 1, font: "10px sans-serif", globalAlpha: 1, lineJoin: "miter", textBaseline: "alphabetic",
    imageSmoothingEnabled: true,
});

/** Knows widths without drawing. @type {OffscreenCanvasRenderingContext2D|null} */
let ruler = null;

/** What drawing functions draw on. */
export class Recorder {
    /** @type {DisplayList} */
    list = [];
    style = plainStyle();
    /** @type {Style[]} */
    saved = [];

    /** The canvas is a fresh one. */
    reset() {
        this.list = [];
        this.style = plainStyle();
        this.saved = [];
    }

    /** What was noted since the last time. */
    take() {
        const list = this.list;
        this.list = [];
        return list;
    }

    /** @template {keyof Style} K @param {K} key @param {number} call @param {Style[K]} value */
    set(key, call, value) {
        if (this.style[key] === value) return;
        this.style[key] = value;
        this.list.push(call, typeof value === "boolean" ? Number(value) : value);
    }

    get fillStyle() { return this.style.fillStyle; }
    set fillStyle(value) { this.set("fillStyle", FILL_STYLE, value); }
    get strokeStyle() { return this.style.strokeStyle; }
    set strokeStyle(value) { this.set("strokeStyle", STROKE_STYLE, value); }
    get lineWidth() { return this.style.lineWidth; }
    set lineWidth(value) { this.set("lineWidth", LINE_WIDTH, value); }
    get font() { return this.style.font; }
    set font(value) { this.set("font", FONT, value); }
    get globalAlpha() { return this.style.globalAlpha; }
    set globalAlpha(value) { this.set("globalAlpha", GLOBAL_ALPHA, value); }
    get lineJoin() { return this.style.lineJoin; }
    set lineJoin(value) { this.set("lineJoin", LINE_JOIN, value); }
    get textBaseline() { return this.style.textBaseline; }
    set textBaseline(value) { this.set("textBaseline", TEXT_BASELINE, value); }
    get imageSmoothingEnabled() { return this.style.imageSmoothingEnabled; }
    set imageSmoothingEnabled(value) { this.set("imageSmoothingEnabled", SMOOTHING, value); }

    save() {
        this.saved.push({...this.style});
        this.list.push(SAVE);
    }

    restore() {
        this.style = this.saved.pop() ?? this.style;
        this.list.push(RESTORE);
    }

    /** @param {number} a @param {number} b @param {number} c @param {number} d @param {number} e @param {number} f */
    setTransform(a, b, c, d, e, f) { this.list.push(SET_TRANSFORM, a, b, c, d, e, f); }
    /** @param {number} x @param {number} y @param {number} w @param {number} h */
    fillRect(x, y, w, h) { this.list.push(FILL_RECT, x, y, w, h); }
    /** @param {number} x @param {number} y @param {number} w @param {number} h */
    strokeRect(x, y, w, h) { this.list.push(STROKE_RECT, x, y, w, h); }
    /** @param {number} x @param {number} y @param {number} w @param {number} h */
    clearRect(x, y, w, h) { this.list.push(CLEAR_RECT, x, y, w, h); }
    /** @param {string} text @param {number} x @param {number} y */
    fillText(text, x, y) { if (text !== "") this.list.push(FILL_TEXT, text, x, y); }
    /** @param {string} text @param {number} x @param {number} y */
    strokeText(text, x, y) { if (text !== "") this.list.push(STROKE_TEXT, text, x, y); }
    beginPath() { this.list.push(BEGIN_PATH); }
    closePath() { this.list.push(CLOSE_PATH); }
    /** @param {number} x @param {number} y */
    moveTo(x, y) { this.list.push(MOVE_TO, x, y); }
    /** @param {number} x @param {number} y */
    lineTo(x, y) { this.list.push(LINE_TO, x, y); }
    /** @param {number} x @param {number} y @param {number} w @param {number} h */
    rect(x, y, w, h) { this.list.push(RECT, x, y, w, h); }
    /** @param {number} x @param {number} y @param {number} w @param {number} h @param {number} r */
    roundRect(x, y, w, h, r) { this.list.push(ROUND_RECT, x, y, w, h, r); }
    /** @param {number} x @param {number} y @param {number} r @param {number} from @param {number} to */
    arc(x, y, r, from, to) { this.list.push(ARC, x, y, r, from, to); }
    fill() { this.list.push(FILL); }
    stroke() { this.list.push(STROKE); }
    clip() { this.list.push(CLIP); }
    /** @param {number[]} dashes */
    setLineDash(dashes) { this.list.push(SET_LINE_DASH, dashes); }

    /** @param {string} text @returns {{width: number}} */
    measureText(text) {
        ruler ??= new OffscreenCanvas(1, 1).getContext("2d");
        if (!ruler) return {width: text.length * 6};
        if (ruler.font !== this.font) ruler.font = this.font;
        return ruler.measureText(text);
    }

    /** Part of a picture, as drawImage; nothing where there is none. @param {number} picture @param {number} sx @param {number} sy @param {number} sw @param {number} sh @param {number} x @param {number} y @param {number} w @param {number} h */
    drawPicture(picture, sx, sy, sw, sh, x, y, w, h) { this.list.push(PICTURE, picture, sx, sy, sw, sh, x, y, w, h); }
    /** 45 degree lines over a box, one every so many px: all device px, x from the canvas' left edge. @param {string} color @param {number} line width @param {number} pitch @param {number} x @param {number} y @param {number} w @param {number} h */
    hatch(color, line, pitch, x, y, w, h) { this.list.push(HATCH, color, line, pitch, x, y, w, h); }
    /** All that the canvas shows now is a picture from now on. @param {number} picture */
    keep(picture) { this.list.push(KEEP, picture); }
}

/** @type {Map<string, CanvasPattern|null>} */
const patterns = new Map();

/** @param {Player["ctx"]} ctx @param {string} color @param {number} line @param {number} pitch */
function hatchOf(ctx, color, line, pitch) {
    const key = `${color}/${line}/${pitch}`;
    const known = patterns.get(key);
    if (known !== undefined) return known;
    const tile = new OffscreenCanvas(pitch, pitch);
    const pen = tile.getContext("2d");
    if (!pen) return null;
    pen.strokeStyle = color;
    pen.lineWidth = line;
    for (const shift of [-pitch, 0, pitch]) {
        pen.beginPath();
        pen.moveTo(shift - 1, pitch + 1);
        pen.lineTo(shift + pitch + 1, -1);
        pen.stroke();
    }
    const pattern = ctx.createPattern(tile, "repeat");
    patterns.set(key, pattern);
    return pattern;
}

/** @param {Player} player @param {number} picture */
function keepPicture({ctx, pictures}, picture) {
    const {width, height} = ctx.canvas;
    const old = pictures.get(picture);
    const copy = old instanceof OffscreenCanvas ? old : new OffscreenCanvas(width, height);
    if (copy.width !== width || copy.height !== height) Object.assign(copy, {width, height});
    copy.getContext("2d", {alpha: false})?.drawImage(ctx.canvas, 0, 0);
    pictures.set(picture, copy);
}

/** @param {Player["ctx"]} ctx @param {any[]} list @param {number} i */
function fillHatch(ctx, list, i) {
    const pattern = hatchOf(ctx, list[i], list[i + 1], list[i + 2]);
    if (!pattern) return;
    ctx.save();
    ctx.setTransform(1, 0, 0, 1, list[i + 3], 0);
    ctx.fillStyle = pattern;
    ctx.fillRect(0, list[i + 4], list[i + 5], list[i + 6]);
    ctx.restore();
}

/** Draws a list. @param {Player} player @param {any[]} list of a Recorder */
export function play(player, list) {
    const {ctx, pictures} = player;
    for (let i = 0; i < list.length;) {
        switch (list[i++]) {
            case FILL_RECT: ctx.fillRect(list[i++], list[i++], list[i++], list[i++]); break;
            case FILL_TEXT: ctx.fillText(list[i++], list[i++], list[i++]); break;
            case FILL_STYLE: ctx.fillStyle = list[i++]; break;
            case FONT: ctx.font = list[i++]; break;
            case PICTURE: {
                const picture = pictures.get(list[i]);
                if (picture) ctx.drawImage(picture, list[i + 1], list[i + 2], list[i + 3], list[i + 4], list[i + 5], list[i + 6], list[i + 7], list[i + 8]);
                i += 9;
                break;
            }
            case BEGIN_PATH: ctx.beginPath(); break;
            case CLOSE_PATH: ctx.closePath(); break;
            case MOVE_TO: ctx.moveTo(list[i++], list[i++]); break;
            case LINE_TO: ctx.lineTo(list[i++], list[i++]); break;
            case FILL: ctx.fill(); break;
            case STROKE: ctx.stroke(); break;
            case STROKE_STYLE: ctx.strokeStyle = list[i++]; break;
            case LINE_WIDTH: ctx.lineWidth = list[i++]; break;
            case GLOBAL_ALPHA: ctx.globalAlpha = list[i++]; break;
            case SAVE: ctx.save(); break;
            case RESTORE: ctx.restore(); break;
            case SET_TRANSFORM: ctx.setTransform(list[i++], list[i++], list[i++], list[i++], list[i++], list[i++]); break;
            case STROKE_RECT: ctx.strokeRect(list[i++], list[i++], list[i++], list[i++]); break;
            case STROKE_TEXT: ctx.strokeText(list[i++], list[i++], list[i++]); break;
            case CLEAR_RECT: ctx.clearRect(list[i++], list[i++], list[i++], list[i++]); break;
            case ROUND_RECT: ctx.roundRect(list[i++], list[i++], list[i++], list[i++], list[i++]); break;
            case RECT: ctx.rect(list[i++], list[i++], list[i++], list[i++]); break;
            case ARC: ctx.arc(list[i++], list[i++], list[i++], list[i++], list[i++]); break;
            case CLIP: ctx.clip(); break;
            case SET_LINE_DASH: ctx.setLineDash(list[i++]); break;
            case LINE_JOIN: ctx.lineJoin = list[i++]; break;
            case TEXT_BASELINE: ctx.textBaseline = list[i++]; break;
            case SMOOTHING: ctx.imageSmoothingEnabled = list[i++] !== 0; break;
            case HATCH: fillHatch(ctx, list, i); i += 7; break;
            case KEEP: keepPicture(player, list[i++]); break;
            default: throw new Error(`Cannot draw: call ${list[i - 1]} is none, at ${i - 1}`);
        }
    }
}
