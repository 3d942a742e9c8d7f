import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {test} from "node:test";
import {PALETTE} from "../../web/core/palette.js";

const css = readFileSync(new URL("../../web/style.css", import.meta.url), "utf8");
const html = readFileSync(new URL("../../web/index.html", import.meta.url), "utf8");

/** @param {string} block */
const properties = (block) => new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]+)/g)].map((m) => [m[1] ?? "", m[2] ?? ""]));

test("the style sheet's colours are those of the palette, in both themes", () => {
    const [, light = "", dark = ""] = /:root \{([^}]*)\}[\s\S]*?prefers-color-scheme: dark\) \{\s*:root \{([^}]*)\}/.exec(css) ?? [];
    for (const [theme, block] of /** @type {const} */ ([["light", light], ["dark", dark]])) {
        const found = properties(block);
        for (const [name, value] of found) {
            const wanted = PALETTE[theme].states[name]?.hex ?? PALETTE[theme].tokens[name.replace(/-/g, "_")];
            if (name !== "shadow") assert.equal(value, wanted, `${theme} ${name}`);
        }
        for (const name of [...Object.keys(PALETTE[theme].states), "lane", "chrome", "text", "muted", "accent"]) assert.ok(found.has(name), `${theme} ${name}`);
    }
});

test("the page holds no inline style or script and asks nothing of other hosts", () => {
    assert.doesNotMatch(html, /\sstyle=|<style|\son\w+=|<script(?![^>]*\bsrc=)/);
    assert.doesNotMatch(html + css, /(?:src|href)="(?:https?:)?\/\/|url\(|@import/);
    for (const [, url = ""] of html.matchAll(/(?:src|href)="([^"]*)"/g)) assert.match(url, /^\.\.\//);
});

test("every id is used once", () => {
    const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map((m) => m[1]);
    assert.equal(new Set(ids).size, ids.length);
});
