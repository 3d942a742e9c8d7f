import assert from "node:assert/strict";
import {createServer} from "node:http";
import {test} from "node:test";
import {MISSING, colouredShare, drawn, freshPage, laneBox, useSite} from "./harness.js";

const site = useSite();
const options = {skip: MISSING, timeout: 60000};

for (const scheme of /** @type {const} */ (["light", "dark"])) {
    test(`the demo opens in ${scheme} without an error, its lanes in the colours of states`, options, async () => {
        const {page, troubles, close} = await freshPage(site.browser, {scheme});
        await page.goto(site.address);
        await drawn(page, 0.05);
        const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        assert.equal(dark, scheme === "dark" ? "rgb(20, 22, 26)" : "rgb(255, 255, 255)");
        assert.match(await page.locator("#name").innerText(), /demo\.trace/);
        assert.match(await page.locator("#range").innerText(), /^0\.000 – 0\.410 s/);
        assert.deepEqual(troubles, []);
        await close();
    });
}

test("the theme follows the system while the page is open", options, async () => {
    const {page, close} = await freshPage(site.browser);
    await page.goto(site.address);
    await drawn(page);
    await page.waitForTimeout(1500); // until everything is painted in the light theme
    const before = await colouredShare(page);
    await page.emulateMedia({colorScheme: "dark"});
    await drawn(page, before / 2);
    await close();
});

test("at 400 px the bar wraps, nothing sticks out, and the lanes are drawn", options, async () => {
    const {page, troubles, close} = await freshPage(site.browser, {width: 400, height: 868, touch: true});
    await page.goto(site.address);
    await drawn(page);
    const sizes = await page.evaluate(() => ({
        bar: document.querySelector("#top")?.clientHeight, labels: document.querySelector("#labels")?.clientWidth,
        wide: document.documentElement.scrollWidth, legend: getComputedStyle(document.querySelector("#legend") ?? document.body).display,
    }));
    assert.equal(sizes.bar, 80);
    assert.ok((sizes.labels ?? 999) <= 96);
    assert.equal(sizes.wide, 400);
    assert.equal(sizes.legend, "none");
    assert.deepEqual(troubles, []);
    await close();
});

test("a section folds and unfolds by a click on its name", options, async () => {
    const {page, close} = await freshPage(site.browser);
    await page.goto(site.address);
    await drawn(page);
    assert.ok(await laneBox(page, "P0"));
    const head = await laneBox(page, "procs");
    assert.ok(head);
    await page.mouse.click(100, head.y + head.height / 2);
    assert.equal(await laneBox(page, "P0"), null);
    await page.mouse.click(100, head.y + head.height / 2);
    assert.ok(await laneBox(page, "P0"));
    await close();
});

test("the library lists the trace and leads to it", options, async () => {
    const {page, troubles, close} = await freshPage(site.browser);
    await page.goto(site.base);
    await page.getByText(/^The stores of these traces, .* take [\d.]+ [KMG]iB\. .* no more than 32\.0 GiB\.$/).waitFor();
    await page.getByRole("link", {name: "demo.trace"}).click();
    await drawn(page);
    assert.ok(page.url().includes(`/t/${site.id}`));
    assert.deepEqual(troubles, []);
    await close();
});

test("an id that the server does not know is answered in words", options, async () => {
    const {page, close} = await freshPage(site.browser);
    for (const bad of ["0".repeat(32), "nonsense"]) {
        await page.goto(`${site.base}t/${bad}`);
        await page.getByText(/No such trace|is not here/i).first().waitFor();
    }
    await close();
});

test("while a trace is read its page says how far, then shows it", options, async () => {
    const {page, troubles, close} = await freshPage(site.browser);
    let asked = 0;
    await page.route(`**/api/v1/traces/${site.id}`, (route) => (asked++ < 2
        ? route.fulfill({json: {id: site.id, name: "demo.trace", state: "ingesting",
            progress: {phase: "reading", bytes: 41e6, total: 92e6, percent: 44.6, events: 8300000, events_per_s: 21000000, left_s: 2.4}}})
        : route.continue()));
    await page.goto(site.address);
    await page.getByText("44.6 %").waitFor();
    assert.match(await page.locator("#message").innerText(), /Reading demo\.trace[\s\S]*8,300,000[\s\S]*about 3 s/);
    await drawn(page);
    assert.deepEqual(troubles, []);
    await close();
});

test("a trace that cannot be read says why", options, async () => {
    const {page, close} = await freshPage(site.browser);
    await page.route(`**/api/v1/traces/${site.id}`, (route) => route.fulfill({json: {
        id: site.id, name: "cut.trace", state: "failed", error: {code: "bad_trace", message: "Cannot read batch: <b>type=200</b>", offset: 123456}}}));
    await page.goto(site.address);
    await page.getByText("cut.trace could not be read").waitFor();
    assert.match(await page.locator("#message").innerText(), /<b>type=200<\/b>[\s\S]*byte 123,456/);
    await close();
});

test("the page works below a path of a proxy that strips it", options, async () => {
    const proxy = createServer(async (request, response) => {
        const url = request.url ?? "/";
        if (!url.startsWith("/a/b/")) return response.writeHead(404).end();
        const answer = await fetch(site.base + url.slice("/a/b/".length));
        response.writeHead(answer.status, {"Content-Type": answer.headers.get("content-type") ?? "", "Content-Security-Policy": answer.headers.get("content-security-policy") ?? ""});
        response.end(new Uint8Array(await answer.arrayBuffer()));
    });
    const port = await new Promise((resolve) => proxy.listen(0, "127.0.0.1", () => resolve(/** @type {import("node:net").AddressInfo} */ (proxy.address()).port)));
    const {page, troubles, close} = await freshPage(site.browser);
    try {
        await page.goto(`http://127.0.0.1:${port}/a/b/`);
        await page.getByRole("link", {name: "demo.trace"}).click();
        await drawn(page);
        assert.equal(new URL(page.url()).pathname, `/a/b/t/${site.id}`);
        assert.equal(await page.locator("#brand").evaluate((a) => /** @type {HTMLAnchorElement} */ (a).pathname), "/a/b/");
        assert.deepEqual(troubles, []);
    } finally {
        await close();
        proxy.closeAllConnections();
        proxy.close();
    }
});

test("at 200 % zoom everything still has its place", options, async () => {
    const {page, troubles, close} = await freshPage(site.browser, {width: 640, height: 450});
    await page.goto(site.address);
    await drawn(page, 0.002);
    const heights = await page.evaluate(() => ["#lanes", "#panel", "#overview", "#axis"].map((name) => document.querySelector(name)?.clientHeight ?? 0));
    assert.ok(heights.every((height) => height >= 23), String(heights));
    assert.equal(await page.evaluate(() => document.documentElement.scrollHeight), 450);
    assert.deepEqual(troubles, []);
    await close();
});
