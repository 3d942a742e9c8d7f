/**
 * A cursor over borrowed bytes. Sticky: the first read past the end sets `bad`, and every later read gives 0; test it once
 * per record.
 */

/** @typedef {{data: Uint8Array, at: number, end: number, bad: boolean}} Cursor */

/** @param {Uint8Array} data @param {number} at @param {number} end @returns {Cursor} */
export function cursorOver(data, at, end) {
    const fits = at >= 0 && end >= at && end <= data.length;
    return {data, at: fits ? at : 0, end: fits ? end : 0, bad: !fits};
}

/** @param {Cursor} c */
export function readByte(c) {
    if (c.at >= c.end) {
        c.bad = true;
        return 0;
    }
    return c.data[c.at++] ?? 0;
}

/** Unsigned LEB128 of at most 10 bytes; above 2^53 the value is rounded, as nothing that large is compared. @param {Cursor} c */
export function readVarint(c) {
    let value = 0;
    let unit = 1;
    for (let i = 0; i < 10; i++) {
        const byte = readByte(c);
        value += (byte & 127) * unit;
        if (byte < 128) return value;
        unit *= 128;
    }
    c.bad = true;
    return 0;
}

/** @param {Cursor} c */
export function readZigzag(c) {
    const v = readVarint(c);
    return v % 2 === 0 ? v / 2 : -(v + 1) / 2;
}

/** An unsigned 64-bit integer as a number. @param {DataView} view @param {number} at */
export function readU64(view, at) {
    return view.getUint32(at, true) + view.getUint32(at + 4, true) * 4294967296;
}
