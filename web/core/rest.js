/**
 * Does something once nothing has happened for a while. What happens with every frame must cost nothing: a timer that runs is not set
 * anew, it looks when it fires whether it is time.
 */

/** @param {number} ms @param {() => void} work */
export function createRest(ms, work) {
    let due = 0;
    /** @type {ReturnType<typeof setTimeout>|null} */
    let timer = null;
    function look() {
        const left = due - performance.now();
        timer = left > 1 ? setTimeout(look, left) : null;
        if (!timer) work();
    }
    return {
        /** Something happened. */
        begin() {
            due = performance.now() + ms;
            timer ??= setTimeout(look, ms);
        },
        stop() {
            if (timer) clearTimeout(timer);
            timer = null;
        },
    };
}
