/**
 * How far apart two colours are for an eye: the CIEDE2000 difference (Sharma, Wu, Dalal 2005) of two sRGB colours, as seen with normal
 * cones or without one kind of them (Machado, Oliveira, Fernandes 2009, severity 1), and the contrast of WCAG 2. Pure.
 */

/** @typedef {[number, number, number]} Triple */
/** @typedef {"normal"|"deutan"|"protan"|"tritan"} Sight */

/** Linear sRGB to linear sRGB, by rows. @type {Record<Sight, [Triple, Triple, Triple]>} */
const CONES = {
    normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    tritan: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};
export const SIGHTS = /** @type {Sight[]} */ (Object.keys(CONES));

/** Linear sRGB to XYZ of D65. @type {[Triple, Triple, Triple]} */
const TO_XYZ = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]];
/** @type {Triple} */
const WHITE = [0.95047, 1, 1.08883];

/** @param {readonly [Triple, Triple, Triple]} rows @param {Triple} v @returns {Triple} */
const times = (rows, [x, y, z]) => /** @type {Triple} */ (rows.map(([a, b, c]) => a * x + b * y + c * z));

/** "#rrggbb" as linear light, 0..1. @param {string} hex @returns {Triple} */
function linearOf(hex) {
    const channel = (/** @type {number} */ at) => {
        const v = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
        return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    };
    return [channel(1), channel(3), channel(5)];
}

/** What a screen can show of what an eye makes of a colour. @param {string} hex @param {Sight} sight @returns {Triple} linear */
const seen = (hex, sight) => /** @type {Triple} */ (times(CONES[sight], linearOf(hex)).map((v) => Math.min(Math.max(v, 0), 1)));

/** @param {Triple} linear @returns {Triple} CIELAB */
function labOf(linear) {
    const [x, y, z] = /** @type {Triple} */ (times(TO_XYZ, linear).map((v, i) => {
        const t = v / (WHITE[i] ?? 1);
        return t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27 * t + 16) / 116;
    }));
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const RADIAN = Math.PI / 180;
const cosOf = (/** @type {number} */ degrees) => Math.cos(degrees * RADIAN);
/** c^7 as a share of what it is bound to meet, under the root. @param {number} c */
const seventh = (c) => Math.sqrt(c ** 7 / (c ** 7 + 25 ** 7));

/** Hue in degrees, 0..360; 0 without colour. @param {number} a @param {number} b */
const hueOf = (a, b) => (a === 0 && b === 0 ? 0 : (Math.atan2(b, a) / RADIAN + 360) % 360);

/** CIEDE2000 with weights of 1. @param {Triple} one CIELAB @param {Triple} other */
export function ciede2000([l1, a1, b1], [l2, a2, b2]) {
    const stretch = 1 + (1 - seventh((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2)) / 2;
    const c1 = Math.hypot(a1 * stretch, b1);
    const c2 = Math.hypot(a2 * stretch, b2);
    const h1 = hueOf(a1 * stretch, b1);
    const h2 = hueOf(a2 * stretch, b2);
    const gray = c1 * c2 === 0;
    const apart = Math.abs(h1 - h2) > 180;
    const turn = gray ? 0 : h2 - h1 - (apart ? Math.sign(h2 - h1) * 360 : 0);
    const hue = gray ? h1 + h2 : (h1 + h2 + (apart ? (h1 + h2 < 360 ? 360 : -360) : 0)) / 2;
    const dark = ((l1 + l2) / 2 - 50) ** 2;
    const chroma = (c1 + c2) / 2;
    const t = 1 - 0.17 * cosOf(hue - 30) + 0.24 * cosOf(2 * hue) + 0.32 * cosOf(3 * hue + 6) - 0.2 * cosOf(4 * hue - 63);
    const dl = (l2 - l1) / (1 + 0.015 * dark / Math.sqrt(20 + dark));
    const dc = (c2 - c1) / (1 + 0.045 * chroma);
    const dh = 2 * Math.sqrt(c1 * c2) * Math.sin(turn / 2 * RADIAN) / (1 + 0.015 * chroma * t);
    const twist = -Math.sin(60 * Math.exp(-(((hue - 275) / 25) ** 2)) * RADIAN) * 2 * seventh(chroma);
    return Math.sqrt(dl * dl + dc * dc + dh * dh + twist * dc * dh);
}

/** Of two colours "#rrggbb". @param {string} one @param {string} other @param {Sight} sight */
export const distance = (one, other, sight) => ciede2000(labOf(seen(one, sight)), labOf(seen(other, sight)));

/** Contrast of WCAG 2, 1..21. @param {string} one @param {string} other @param {Sight} sight */
export function contrast(one, other, sight = "normal") {
    const [a, b] = [one, other].map((hex) => {
        const [red, green, blue] = seen(hex, sight);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
    }).sort((x, y) => x - y);
    return (b ?? 1) / (a ?? 1);
}

/** "#rrggbb" or "#rrggbbaa" laid over an opaque colour; or, with a share, so much of it mixed into the other. @param {string} top @param {string} ground @param {number} share */
export function over(top, ground, share = top.length === 9 ? Number.parseInt(top.slice(7), 16) / 255 : 1) {
    const byte = (/** @type {number} */ at) => {
        const [a = 0, b = 0] = [top, ground].map((hex) => Number.parseInt(hex.slice(at, at + 2), 16));
        return Math.round(a * share + b * (1 - share)).toString(16).padStart(2, "0");
    };
    return `#${byte(1)}${byte(3)}${byte(5)}`;
}
