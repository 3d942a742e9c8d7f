/**
 * What axe-core finds, of WCAG 2.0 to 2.2 at A and AA and of its best practices: nothing, on every screen of the page, light and dark,
 * wide and narrow. Contrast of what is drawn on canvases is measured in tests/web/palette_test.js.
 */
import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import {test} from "node:test";
import {PANELS} from "../../web/core/link.js";
import {MISSING, drawn, freshPage, laneBox, settled, stateOf, until, useSite} from "./harness.js";

/** @typedef {import("playwright-core").Page} BrowserPage */

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const site = useSite();
const options = {skip: MISSING, timeout: 60000};

/** @typedef {{id: string, help: string, nodes: {html: string, any: {message: string}[]}[]}} Violation */

/** What is wrong, and on which screens. */
function createFindings() {
    /** @type {Record<string, string>} */
    const wrong = {};
    return {
        wrong,
        /** Looks at the page as it stands once it has come to rest. @param {BrowserPage} page @param {string} screen */
        async look(page, screen) {
            await settled(page);
            await page.evaluate(AXE);
            /** @type {{violations: Violation[], passes: number}} */
            const found = await page.evaluate(async (values) => {
                const {axe} = /** @type {any} */ (globalThis);
                const results = await axe.run(document, {runOnly: {type: "tag", values}, resultTypes: ["violations"]});
                return {violations: results.violations, passes: results.passes.length};
            }, TAGS);
            assert.ok(found.passes > 10, `${found.passes} rules have looked at something`);
            for (const {id, help, nodes} of found.violations) {
                for (const {html, any} of nodes) {
                    const line = `${id}: ${help}: ${html.slice(0, 200)} ${any[0]?.message ?? ""}`;
                    wrong[line] = line in wrong ? `${wrong[line]}, ${screen}` : screen;
                }
            }
        },
    };
}

/**
 * @param {string} hash
 * @param {Parameters<typeof freshPage>[1]} [how]
 */
async function open(hash = "", how) {
    const fresh = await freshPage(site.browser, how);
    await fresh.page.goto(`${site.address}${hash}`);
    await drawn(fresh.page, 0.002);
    return fresh;
}

test("the library, and a trace that is not there", options, async () => {
    const {page, close} = await freshPage(site.browser);
    const {wrong, look} = createFindings();
    await page.goto(site.base);
    await page.getByRole("link", {name: "demo.trace"}).waitFor();
    await look(page, "library");
    await page.goto(`${site.base}t/${"0".repeat(32)}`);
    await page.getByRole("heading", {name: "This trace is not here"}).waitFor();
    await look(page, "a trace that is not here");
    await page.goto(`${site.base}t/${"0".repeat(31)}`);
    await page.getByRole("heading", {name: "No such trace"}).waitFor();
    await look(page, "no id of a trace");
    assert.deepEqual(wrong, {});
    await close();
});

for (const [name, how] of /** @type {[string, Parameters<typeof freshPage>[1]][]} */ ([
    ["light", {}], ["dark", {scheme: "dark"}], ["400 px", {width: 400, height: 868}]])) {
    test(`every tab of the panel, and none: ${name}`, options, async () => {
        const {page, close} = await open("", how);
        const {wrong, look} = createFindings();
        for (const panel of PANELS) {
            await page.evaluate((hash) => { location.hash = hash; }, `#v=1&panel=${panel}&q=state:sync%3E1ms`);
            await until(page, (state) => state.panel === panel && state.found?.done === true, panel);
            await look(page, panel || "closed");
            const fold = page.locator("#detail .fold").first();
            if (await fold.count() === 0) continue;
            await fold.click();
            await look(page, `${panel}, unfolded`);
        }
        assert.deepEqual(wrong, {});
        await close();
    });
}

for (const scheme of /** @type {const} */ (["light", "dark"])) {
    test(`an event that is selected, with its tooltip, and what the tabs say of it: ${scheme}`, options, async () => {
        const {page, close} = await open("", {scheme});
        const {wrong, look} = createFindings();
        await page.locator("#detail section", {hasText: "Longest of each kind"}).locator("tr", {hasText: "Runnable"}).getByRole("button").click();
        await until(page, ({selection}) => selection?.kind === "interval", "selected");
        await page.locator("#detail h2", {hasText: "Waiting to run"}).waitFor();
        await settled(page);
        const {selection, t0, t1} = await stateOf(page);
        assert.ok(selection?.row);
        const lane = await laneBox(page, `${selection.row.view}${selection.row.row}`);
        assert.ok(lane);
        await page.mouse.move(lane.x + ((selection.t0 + selection.t1) / 2 - t0) / (t1 - t0) * lane.width, lane.y + lane.height / 2);
        await page.locator("#tooltip h3").waitFor();
        await look(page, "selected");
        for (const tab of ["stacks", "events", "statistics"]) {
            await page.locator(`#tab-${tab}`).click();
            await look(page, tab);
        }
        assert.deepEqual(wrong, {});
        await close();
    });

    test(`help, the search with completion, a wrong query, the menu of the trace, the rows as a table: ${scheme}`, options, async () => {
        const {page, close} = await open("", {scheme});
        const {wrong, look} = createFindings();
        await page.locator("#help-button").click();
        await page.locator("#help h1").waitFor();
        await look(page, "help");
        await page.keyboard.press("Escape");
        await page.locator("#search").fill("state:");
        await page.locator("#search-list li").first().waitFor();
        await page.keyboard.press("ArrowDown");
        await look(page, "completion");
        await page.locator("#search").fill("state:sinc");
        await page.locator("#search-error").waitFor();
        await look(page, "a wrong query");
        await page.locator("#search").fill("");
        await page.locator("#name").click();
        await page.locator("#name-menu").waitFor();
        await look(page, "menu");
        await page.keyboard.press("Escape");
        await page.locator("#lanes").focus();
        await page.keyboard.press("Tab");
        await page.locator("#mirror table").waitFor();
        await look(page, "the rows as a table");
        assert.deepEqual(wrong, {});
        await close();
    });
}
