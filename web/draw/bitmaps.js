/**
 * Painted cells, bounded by bytes: a cell keeps its last picture, stretched to wherever it belongs now, until a sharp one is
 * painted. A picture belongs to its cell, and is dropped with it or when another takes its place.
 */

/** @typedef {import("./paint_cell.js").Order} Order */
/** @typedef {Order & {picture: number, used: number}} Bitmap   picture: its number, as screen.js has it */

/** @param {Bitmap} cell */
const bytesOf = ({w, h}) => w * h * 4;

export class Bitmaps {
    /** @param {number} maxBytes @param {(picture: number) => void} onDrop a picture that is not drawn any more */
    constructor(maxBytes, onDrop) {
        this.maxBytes = maxBytes;
        this.onDrop = onDrop;
        /** @type {Map<string, Bitmap>} */
        this.cells = new Map();
        this.bytes = 0;
        this.turn = 0;
    }

    /** @param {string} key */
    get(key) {
        const cell = this.cells.get(key);
        if (cell) cell.used = this.turn;
        return cell;
    }

    /** @param {string} key @param {Order} order what was painted @param {number} picture */
    put(key, order, picture) {
        const old = this.cells.get(key);
        if (old) this.drop(key, old);
        const cell = {...order, picture, used: this.turn};
        this.cells.set(key, cell);
        this.bytes += bytesOf(cell);
    }

    /** @param {string} key @param {Bitmap} cell */
    drop(key, cell) {
        this.cells.delete(key);
        this.bytes -= bytesOf(cell);
        this.onDrop(cell.picture);
    }

    /** All pictures are lost. */
    clear() {
        this.cells.clear();
        this.bytes = 0;
    }

    /** Once per frame: the least recently used go first. */
    evict() {
        this.turn++;
        if (this.bytes <= this.maxBytes) return;
        const old = [...this.cells].filter(([, cell]) => cell.used < this.turn - 1).sort((a, b) => a[1].used - b[1].used);
        for (const [key, cell] of old) {
            if (this.bytes <= this.maxBytes * 0.85) break;
            this.drop(key, cell);
        }
    }
}
