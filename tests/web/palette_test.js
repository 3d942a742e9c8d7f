/**
 * The palette is safe for every eye: measured on the colours that the page draws with (core/palette.js) and those of its words (style.css).
 *
 * Which states can touch: all of them. A column of a bar stacks the states in the order of core/color.js and leaves out those that
 * are absent, and any column may stand beside any other: so each two of the ten states meet in goroutine and thread rows, areas and the
 * overview. A pause of the world is a bar in the GC lane, a low bar in processors' rows, and two edges through all rows: it meets all.
 * Parked layers of an area are tints of their states, told apart by the line of full colour on top, their order and the tooltip: what
 * is asked of a tint is its distance to the loud layers that it lies on; how far tints are from each other is printed only.
 */
import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {test} from "node:test";
import {STATE_NAMES, isParked} from "../../web/core/color.js";
import {PALETTE} from "../../web/core/palette.js";
import {SIGHTS, contrast, distance, over} from "./sight.js";

const APART = 10; // CIEDE2000
const SHAPE = 3; // contrast of what is no text, WCAG 1.4.11
const TEXT = 4.5; // WCAG 1.4.3

const css = readFileSync(new URL("../../web/style.css", import.meta.url), "utf8");
const [, light = "", dark = ""] = /:root \{([^}]*)\}[\s\S]*?prefers-color-scheme: dark\) \{\s*:root \{([^}]*)\}/.exec(css) ?? [];
const THEMES = [{theme: "light", block: light}, {theme: "dark", block: dark}].map(({theme, block}) => {
    const {states, tokens} = PALETTE[/** @type {"light"|"dark"} */ (theme)];
    return {theme, states: Object.entries(states), tokens, page: new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]+)/g)].map((m) => [m[1] ?? "", m[2] ?? ""]))};
});

/** Colours, by name, of what can lie side by side. @typedef {[string, string][]} Named */

/** The distances of each of some to each of others, the smallest first. @param {Named} some @param {Named} others @param {import("./sight.js").Sight} sight */
function distances(some, others, sight) {
    const all = some.flatMap(([a, one], i) => others.slice(some === others ? i + 1 : 0).map(([b, other]) => ({pair: `${a}/${b}`, far: distance(one, other, sight)})));
    return all.sort((a, b) => a.far - b.far);
}

for (const {theme, states, tokens, page} of THEMES) {
    /** @type {Named} */
    const fills = states.map(([name, {hex}]) => [name, hex]);
    const isQuiet = (/** @type {string} */ name) => isParked(STATE_NAMES.indexOf(name));
    /** @type {Named} */
    const tints = states.filter(([name]) => isQuiet(name)).map(([name, {tint}]) => [`${name}'`, tint]);
    const loud = fills.filter(([name]) => name !== "stw" && !isQuiet(name));
    const lane = tokens["lane"] ?? "";

    for (const sight of SIGHTS) {
        test(`${theme}, ${sight} sight: states that can touch are told apart`, (t) => {
            const all = distances(fills, fills, sight);
            assert.equal(all.length, 11 * 10 / 2);
            t.diagnostic(`${theme} ${sight}: ${all.slice(0, 6).map(({pair, far}) => `${pair} ${far.toFixed(1)}`).join(", ")}`);
            assert.deepEqual(all.filter(({far}) => far < APART), []);
            assert.deepEqual(distances(tints, loud, sight).filter(({far}) => far < APART), [], "tints of parked layers on loud ones");
            const [least] = distances(tints, tints, sight);
            t.diagnostic(`${theme} ${sight}: between tints ${least?.pair} ${least?.far.toFixed(1)}`);
        });

        test(`${theme}, ${sight} sight: every state stands out from the lane`, () => {
            for (const [name, hex] of fills) assert.ok(contrast(hex, lane, sight) >= SHAPE, `${name} ${contrast(hex, lane, sight).toFixed(2)}`);
        });
    }

    test(`${theme}: marks that are no state stand out from the lane`, () => {
        for (const name of ["faint", "accent", "hit", "selection", "heap", "created", "ended", "unknown"]) {
            assert.ok(contrast(tokens[name] ?? "", lane) >= SHAPE, `${name} ${contrast(tokens[name] ?? "", lane).toFixed(2)}`);
        }
    });

    test(`${theme}: words in bars are read on their state`, () => {
        for (const [name, {hex, text}] of states) assert.ok(contrast(text, hex) >= TEXT, `${name} ${contrast(text, hex).toFixed(2)}`);
    });

    test(`${theme}: all other words are read on what they stand on`, (t) => {
        const of = (/** @type {string} */ name) => page.get(name) ?? "";
        // Behind words: panels, bars, fields, the lane also shaded by a collection, a selected range, or both.
        const shaded = [over(of("gc-tint"), lane), over(of("range-tint"), lane), over(of("range-tint"), over(of("gc-tint"), lane))];
        /** @type {Record<string, string[]>} */
        const grounds = {
            text: [lane, of("chrome"), of("field"), ...shaded],
            muted: [lane, of("chrome"), of("field"), ...shaded],
            accent: [lane, of("chrome"), of("field")],
            hit: [lane, of("field")],
            lane: [of("text")], // a pressed button, the time at the pointer, what is said at the foot
        };
        const mixed = [...css.matchAll(/background: color-mix\(in srgb, var\(--state\) (\d+)%, var\(--lane\)\)/g)].map(([, share]) => Number(share) / 100);
        assert.ok(mixed.length >= 2, "the boxes of the flame graph");
        for (const share of mixed) for (const hex of [...fills.map(([, fill]) => fill), of("faint"), of("accent")]) grounds["text"]?.push(over(hex, lane, share));
        let least = {words: "", ratio: Infinity};
        for (const [name, behind] of Object.entries(grounds)) {
            for (const ground of behind) {
                const ratio = contrast(of(name), ground);
                if (ratio < least.ratio) least = {words: `${name} on ${ground}`, ratio};
                assert.ok(ratio >= TEXT, `${name} on ${ground}: ${ratio.toFixed(2)}`);
            }
        }
        assert.ok(contrast("#000000", of("stw")) >= TEXT, "what is said while the server does not answer");
        t.diagnostic(`${theme}: ${least.words} ${least.ratio.toFixed(2)}`);
        const used = new Set([...css.matchAll(/[;{]\s*color:\s*var\(--([\w-]+)\)/g)].map(([, name]) => name ?? ""));
        assert.deepEqual([...used].filter((name) => !(name in grounds)), [], "words in a colour that nobody measured");
    });
}
