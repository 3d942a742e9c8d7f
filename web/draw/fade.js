/**
 * From the stretched picture to the sharp one without a jump: what the canvas showed stays on top and fades. Only while nothing
 * moves, and not for those who asked for less motion.
 */

const FADE_MS = 120;

/** @param {import("./canvas.js").Surface} surface @param {number} picture number for what the canvas showed */
export function createFade(surface, picture) {
    const still = matchMedia("(prefers-reduced-motion: reduce)");
    /** what the canvas showed last @type {readonly unknown[]} */
    let shown = [];
    let begun = -Infinity;
    return {
        /** Before a frame is drawn. @param {readonly unknown[]} showing where and what: a fade is only between pictures of the same
         * @param {boolean} sharper the frame is to show it better @param {number} now */
        begin(showing, sharper, now) {
            const same = showing.length === shown.length && showing.every((part, i) => part === shown[i]);
            shown = showing;
            if (!same) begun = -Infinity;
            if (!same || !sharper || still.matches || now - begun < FADE_MS) return;
            surface.ctx.keep(picture);
            begun = now;
        },
        /** After it; answers whether it goes on. @param {number} now */
        draw(now) {
            const {ctx, w, h} = surface;
            const left = 1 - (now - begun) / FADE_MS;
            if (left <= 0) return false;
            ctx.save();
            ctx.setTransform(1, 0, 0, 1, 0, 0);
            ctx.globalAlpha = Math.min(left, 1);
            ctx.drawPicture(picture, 0, 0, w, h, 0, 0, w, h);
            ctx.restore();
            return true;
        },
    };
}
