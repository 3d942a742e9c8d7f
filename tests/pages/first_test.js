import assert from "node:assert/strict";
import {test} from "node:test";
import {MISSING, drawn, freshPage, useSite} from "./harness.js";

const site = useSite();
const options = {skip: MISSING, timeout: 60000};

/** Addresses that a page asks for until it is drawn and around it all is enabled. @param {import("playwright-core").Page} page */
async function askedFor(page) {
    /** @type {string[]} */
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(site.address);
    await drawn(page);
    return asked;
}

test("what the first picture needs is told ahead: each such module, the manifest, nothing else and nothing twice", options, async () => {
    const {page, troubles, close} = await freshPage(site.browser);
    const asked = await askedFor(page);
    const told = await page.locator("link[rel=modulepreload]").evaluateAll((links) => links.map((link) => /** @type {HTMLLinkElement} */ (link).href));
    const modules = asked.filter((url) => url.endsWith(".js") && !url.endsWith("/worker.js"));
    const until = modules.findIndex((url) => url.endsWith("/around.js"));
    const first = new Set(modules.slice(0, until));
    assert.ok(until > 0);
    assert.deepEqual([...first].filter((url) => !told.includes(url)), [], "modules that are not told ahead");
    /** @type {string[]} */
    const reached = await page.evaluate(async (start) => {
        const seen = new Set([start]);
        for (const url of seen) {
            const text = await (await fetch(url)).text();
            for (const [, path = ""] of text.matchAll(/^(?:import|export|\}).*from "(\.[^"]*)";$/gm)) seen.add(new URL(path, url).href);
        }
        return [...seen];
    }, told.find((url) => url.endsWith("/main.js")) ?? "");
    assert.deepEqual([...told].sort(), reached.sort(), "what is told ahead is what main.js imports");
    assert.equal(asked.filter((url) => url.endsWith(`/traces/${site.id}`)).length, 1);
    assert.deepEqual(troubles, []);
    await close();
});

test("who comes again takes the page's files from the cache", options, async () => {
    const {page, close} = await freshPage(site.browser);
    await askedFor(page);
    const again = await page.context().newPage();
    await again.goto(site.address);
    await drawn(again);
    const sizes = await again.evaluate(() => performance.getEntriesByType("resource")
        .filter(({name}) => /\/web\/.*\.(js|css)$/.test(name)).map((entry) => /** @type {PerformanceResourceTiming} */ (entry).transferSize));
    assert.ok(sizes.length > 60);
    assert.deepEqual(sizes.filter((bytes) => bytes > 0), []);
    await close();
});
