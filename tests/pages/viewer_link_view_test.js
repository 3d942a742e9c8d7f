/** The link holds the view: range, place, what is open, pinned or alone, and how it is drawn. */
import assert from "node:assert/strict";
import {test} from "node:test";
import {DEMO, MISSING, freshPage, inPage, settled, stateOf, until, useSite} from "./harness.js";
import {SCREEN, shownBy, testRoundTrips, wrongWith} from "./round_trip.js";
import {linkTo, longestOf} from "./viewer.js";

const site = useSite(DEMO);
const options = {skip: MISSING, timeout: 60000};
const SERVE = "g:net/http.(*conn).serve";

const own = testRoundTrips(site, [
    {name: "the range of time", link: "t=0.1..0.2", keep: ({t0, t1}) => Math.round(t0) === 1e8 && Math.round(t1) === 2e8},
    {name: "the vertical position, also within a lane", link: `t=0.1..0.3&y=${encodeURIComponent(SERVE)}+5&open=goroutines,counters,procs,threads,${encodeURIComponent(SERVE)}`, keep: ({scrollY}) => scrollY > 100},
    {name: "what is folded and unfolded", link: `open=threads,goroutines,${encodeURIComponent(SERVE)}`, keep: ({open}) => open["threads"] && open[SERVE] && !open["procs"]},
    {name: "pinned groups and rows of single goroutines", link: "pins=main.main&iso=1", keep: ({pins, isolated}) => pins.length === 1 && isolated.length === 1},
    {name: "the clock, UTC, and shading of collections alone", link: "clock=utc&overlay=gc", keep: ({clock, overlay}) => clock === "utc" && overlay === "gc"},
    {name: "the clock, local, no words in bars, no shading", link: "t=0.2..0.21&clock=local&labels=0&overlay=none", keep: ({clock, labels, overlay}) => clock === "local" && !labels && overlay === "none"},
    {name: "the clock in ns and rows of 24 px", link: `t=0.2..0.3&clock=ns&height=24&open=goroutines,${encodeURIComponent(SERVE)}`, keep: ({clock, rowHeight}) => clock === "ns" && rowHeight === 24},
    {name: "rows of 6 px", link: `height=6&open=goroutines,${encodeURIComponent(SERVE)}`, keep: ({rowHeight}) => rowHeight === 6},
]);

test("a page that draws nothing is found out: a blank canvas is no round trip", options, async () => {
    const stay = await longestOf(site.api, "runnable");
    const page = await own.at(linkTo(stay));
    const shown = await shownBy(page);
    const {selection} = await stateOf(page);
    const {page: blank, close} = await freshPage(site.browser, SCREEN);
    await blank.addInitScript(() => {
        Reflect.deleteProperty(globalThis, "Worker"); // the page draws by itself
        const {prototype} = CanvasRenderingContext2D;
        for (const name of /** @type {const} */ (["drawImage", "fillRect", "strokeRect", "stroke", "fill", "fillText"])) {
            Object.defineProperty(prototype, name, {value: () => {}});
        }
    });
    assert.match(await wrongWith(blank, `${site.address}#v=1&${linkTo(stay)}`, shown, selection), /is not seen: 0 pixels/);
    assert.match(await wrongWith(blank, `${site.address}#v=1&t=0.1..0.2`, shown, null), /pixels differ/);
    await close();
});

test("pan and zoom replace the history entry, jumps push one, Back returns", options, async () => {
    const page = await own.at("t=0.1..0.2");
    const entries = () => page.evaluate(() => history.length);
    const before = await entries();
    await page.keyboard.press("w");
    await page.keyboard.press("d");
    await page.waitForFunction(() => !location.hash.includes("t=0.1..0.2"));
    assert.equal(await entries(), before);
    const there = await stateOf(page);
    await page.keyboard.press("0");
    await page.waitForFunction((n) => history.length === n, Math.min(before + 1, 50));
    await settled(page);
    await page.goBack();
    await until(page, ({t0, t1}) => Math.abs(t0 - there.t0) <= 1 && Math.abs(t1 - there.t1) <= 1, "Back");
});

test("Share copies the address of the trace and the link, and nothing else", options, async () => {
    const {page, close} = await freshPage(site.browser, SCREEN);
    await page.goto(`${site.address}#v=1&t=0.1..0.2`);
    await until(page, ({t0}) => Math.round(t0) === 1e8, "the range");
    await page.locator("#share-more").waitFor();
    await page.locator("#share").click();
    await page.locator("#status", {hasText: "copied"}).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied.slice(site.address.length), /^#v=1&t=0\.1\.\.0\.2(&(y|open)=[^&]*)*&name=demo\.trace$/);
    assert.ok(copied.startsWith(`${site.address}#`), copied);
    await close();
});

test("reload keeps the view", options, async () => {
    const page = await own.at(`t=0.1..0.2&open=threads,goroutines&clock=utc`);
    await page.keyboard.press("w");
    await settled(page);
    const before = await stateOf(page);
    await page.reload();
    await until(page, ({clock}) => clock === "utc", "reloaded");
    await settled(page);
    const after = await stateOf(page);
    assert.ok(Math.abs(after.t0 - before.t0) <= 1 && Math.abs(after.t1 - before.t1) <= 1);
    assert.deepEqual(after.open, before.open);
});

test("addresses of go tool trace land at the right place, and their indexes are left out with a word", options, async () => {
    const {page, close} = await freshPage(site.browser, SCREEN);
    await page.goto(`${site.base}trace?goid=1&start=5&end=9`);
    await until(page, ({selection}) => selection?.g === "1", "the goroutine");
    await page.locator("#status", {hasText: "they are left out"}).waitFor();
    await page.goto("about:blank");
    await page.goto(`${site.base}trace#100:200`);
    await until(page, ({t0, t1}) => Math.round(t0) === 1e8 && Math.round(t1) === 2e8, "the range");
    await page.goto("about:blank");
    await page.goto(`${site.base}goroutine?name=net/http.(*conn).serve`);
    await until(page, ({panel}) => panel === "goroutines", "the table");
    assert.ok(await inPage(page, `return own.store.get().open[${JSON.stringify(SERVE)}] === true;`));
    await close();
});

test("nothing went wrong meanwhile", options, () => {
    assert.deepEqual(own.troubles, []);
});
