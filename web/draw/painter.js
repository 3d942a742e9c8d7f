/**
 * Has cells painted by the worker: one batch at a time, the most urgent of what the last frame lacked. So what is no longer wanted
 * is never sent, but for the batch under way. Where there is no worker, and until it is there, paints here, within the frame's time.
 */
import {paintBitmap} from "./paint_cell.js";

/** @typedef {import("./cells.js").Job} Job */
/** @typedef {import("./paint_cell.js").Order} Order */
/** @typedef {(orders: Order[], values: object[][], numbers: number[]) => Promise<number>|null} Paint
 *   has pictures made under these numbers, of the first orders of the list, as many as there was time for; null: there is no worker */

/** Orders of a batch: a worker paints so many in the time of a batch where they are small. */
const BATCH = 24;

/** What a cell is painted from. @param {Job} job @returns {object[]} */
const valuesOf = ({source}) => (source.kind === "tiles" ? source.tiles : source.chunks);

/** Numbers below are for pictures that are no cells. */
const FIRST = 1;

/** @param {Paint} paint @param {import("./screen.js").Screen} screen @param {import("./bitmaps.js").Bitmaps} bitmaps @param {() => void} onPainted pictures came, or the worker is lost */
export function createPainter(paint, screen, bitmaps, onPainted) {
    /** what the worker has in hand, by key @type {Map<string, Order>} */
    const inHand = new Map();
    /** @type {Job[]} */
    let waiting = [];
    /** @type {(job: Job) => Order} */
    let orderOf;
    /** @type {Order["theme"]} */
    let theme;
    let came = 0;
    let next = FIRST;

    /** @param {Job} job of a frame whose order the worker has already */
    function isInHand(job) {
        const sent = inHand.get(job.key);
        if (!sent) return false;
        const {scale, sig, theme} = orderOf(job);
        return sent.scale === scale && sent.sig === sig && sent.theme === theme;
    }

    /** @param {[string, Order][]} sent @param {number} first number of their pictures @param {number} n how many were made */
    function take(sent, first, n) {
        inHand.clear();
        sent.slice(0, n).forEach(([key, order], i) => {
            if (order.theme === theme && screen.isAway()) bitmaps.put(key, order, first + i);
            else screen.drop(first + i);
        });
        came += n;
        send();
        onPainted();
    }

    /** The next batch. */
    function send() {
        if (inHand.size > 0 || waiting.length === 0 || !screen.isAway()) return;
        const jobs = waiting.slice(0, BATCH);
        const sent = jobs.map((job) => /** @type {[string, Order]} */ ([job.key, orderOf(job)]));
        const first = next;
        const answer = paint(sent.map(([, order]) => order), jobs.map(valuesOf), jobs.map(() => next++));
        if (!answer) return;
        waiting = waiting.slice(BATCH);
        for (const [key, order] of sent) inHand.set(key, order);
        answer.then((n) => take(sent, first, n), () => take(sent, first, 0));
    }

    return {
        /**
         * @param {Job[]} jobs all that the frame lacks, the most urgent first @param {(job: Job) => Order} order @param {number} most ms, for painting here
         * @returns {{done: boolean, came: number}} whether nothing is left of them, and how many pictures came since the last call
         */
        paint(jobs, order, most) {
            const start = performance.now();
            orderOf = order;
            theme = jobs[0] ? order(jobs[0]).theme : theme;
            waiting = jobs.filter((job) => !isInHand(job));
            queueMicrotask(send); // behind the frame itself, which is drawn first
            let n = 0;
            while (!screen.isAway() && n < waiting.length && (n === 0 || performance.now() - start < most)) {
                const job = /** @type {Job} */ (waiting[n++]);
                const one = order(job);
                screen.put(next, paintBitmap(one, valuesOf(job)));
                bitmaps.put(job.key, one, next++);
            }
            const report = {done: n === jobs.length, came: came + n};
            came = 0;
            return report;
        },
    };
}
