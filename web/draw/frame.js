/**
 * The only user of requestAnimationFrame for drawing: phases in a fixed order, each behind a dirty flag. A phase that could not
 * do all of its work within the frame answers true and runs again in the next one. While the screen has not shown the frame before,
 * there is none.
 */

/** @typedef {"layout"|"tiles"|"lanes"|"overview"|"axis"|"labels"|"overlay"} Phase */

/** @type {readonly Phase[]} */
export const PHASES = ["layout", "tiles", "lanes", "overview", "axis", "labels", "overlay"];

export class Frame {
    /** @param {Record<Phase, (now: number) => boolean|void>} work @param {{isBusy: () => boolean, flush: () => void}} screen */
    constructor(work, screen) {
        this.work = work;
        this.screen = screen;
        /** @type {Set<Phase>} */
        this.dirty = new Set();
        this.handle = 0;
        this.onFrame = /** @type {((ms: number) => void)|null} */ (null);
    }

    /** @param {Phase[]} phases none: all of them */
    request(...phases) {
        for (const phase of phases.length > 0 ? phases : PHASES) this.dirty.add(phase);
        if (this.handle === 0) this.handle = requestAnimationFrame((now) => this.run(now));
    }

    /** @param {number} now */
    run(now) {
        this.handle = 0;
        if (this.screen.isBusy()) {
            this.handle = requestAnimationFrame((later) => this.run(later));
            return;
        }
        const start = performance.now();
        for (const phase of PHASES) {
            if (!this.dirty.delete(phase)) continue;
            if (this.work[phase](now) === true) this.request(phase);
        }
        this.screen.flush();
        this.onFrame?.(performance.now() - start);
    }
}
