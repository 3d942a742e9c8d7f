/**
 * The page's canvases, drawn on by the worker: a frame notes what it draws (display_list.js), and sends it when it is done. So the
 * page's thread neither draws nor commits pixels. Until the worker is there, where there is none, and after it was lost, the
 * page draws the same lists itself, on canvases laid over its own: one that was handed over is never got back.
 */
import {createSurface} from "./canvas.js";
import {createEasel} from "./easel.js";

/** @typedef {import("./canvas.js").Surface} Surface */
/** @typedef {import("../net/thread.js").Thread} Thread */
/** @typedef {Surface & {name: string, opaque: boolean, cover: HTMLCanvasElement|null}} Own   cover: what is drawn on here */

const CAN_HAND_OVER = typeof HTMLCanvasElement.prototype.transferControlToOffscreen === "function";

/** @param {Thread} thread @param {Record<string, HTMLElement>} dom @param {(isLost: boolean) => void} onTurn the next frame is to draw everything; isLost: pictures are gone, too */
export function createScreen(thread, dom, onTurn) {
    /** @type {Own[]} */
    const surfaces = [];
    /** @type {ReturnType<typeof createEasel>|null} */
    let here = createEasel();
    let isHandedOver = false;
    let isBusy = false;
    /** @type {number[]} */
    let dropped = [];
    thread.whenThere(() => onTurn(false)); // what draws the next frame hands over

    /** @param {Own} surface */
    function cover(surface) {
        const canvas = /** @type {HTMLCanvasElement} */ (surface.canvas.cloneNode());
        for (const {name} of [...canvas.attributes]) canvas.removeAttribute(name);
        canvas.className = "cover";
        canvas.setAttribute("aria-hidden", "true");
        surface.canvas.after(canvas);
        surface.cover = canvas;
        here?.add(surface.name, canvas, surface.opaque);
    }

    function turn(/** @type {boolean} */ isLost) {
        for (const surface of surfaces) {
            surface.ctx.reset();
            surface.turn++;
        }
        onTurn(isLost);
    }

    function handOver() {
        const bitmaps = [...here?.pictures ?? []].filter(([, picture]) => picture instanceof ImageBitmap);
        const canvases = surfaces.map(({name, canvas, opaque}) => ({name, canvas: canvas.transferControlToOffscreen(), opaque}));
        const transfer = /** @type {Transferable[]} */ ([...canvases.map(({canvas}) => canvas), ...bitmaps.map(([, picture]) => picture)]);
        thread.tell({what: "canvases", canvases, pictures: bitmaps}, transfer);
        here = null;
        isHandedOver = true;
        turn(false);
    }

    function lose() {
        here = createEasel();
        isBusy = false;
        for (const surface of surfaces) {
            if (!surface.cover) cover(surface);
            surface.canvas.hidden = !surface.opaque; // what it showed last would show through
        }
        turn(true);
    }

    function uncover() {
        for (const surface of surfaces) {
            surface.cover?.remove();
            surface.cover = null;
        }
    }

    return {
        /** @param {string} name of the canvas, its id @param {() => void} onResize @returns {Surface} */
        surface(name, onResize, opaque = true) {
            /** @type {Own} */
            const surface = Object.assign(createSurface(/** @type {HTMLCanvasElement} */ (dom[name]), onResize), {name, opaque, cover: null});
            surfaces.push(surface);
            cover(surface);
            return surface;
        },
        /** Whether the worker still draws the frame before: another one would only wait for it. */
        isBusy: () => isBusy,
        /** Whether pictures are the worker's. */
        isAway: () => here === null,
        /** A picture that was made here. @param {number} number @param {ImageBitmap} picture */
        put: (number, picture) => here?.pictures.set(number, picture),
        /** It is drawn no more. @param {number} number */
        drop: (number) => dropped.push(number),
        /** Shows what the surfaces noted. */
        flush() {
            const sheets = surfaces.map(({name, w, h, ctx}) => ({name, w, h, list: ctx.take()})).filter(({list}) => list.length > 0);
            const drop = dropped;
            dropped = [];
            if (here) {
                here.show(sheets);
                here.drop(drop);
                if (CAN_HAND_OVER && thread.isThere && !isHandedOver && surfaces.every(({w, h}) => w > 1 && h > 1)) handOver();
                return;
            }
            if (sheets.length === 0 && drop.length === 0) return;
            isBusy = true;
            thread.ask({what: "show", sheets, drop}).then(() => {
                isBusy = false;
                uncover();
            }, lose);
        },
    };
}

/** @typedef {ReturnType<typeof createScreen>} Screen */
