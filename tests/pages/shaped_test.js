/**
 * The page over a slow line (50 ms round trip, 10 Mbit/s): it is drawn, it asks for little, and for much at once. How long that takes is measured
 * by tests/bench/shaped.js: here nothing depends on the machine's speed.
 */
import assert from "node:assert/strict";
import {test} from "node:test";
import {startSlowLine} from "../bench/slow_line.js";
import {MISSING, drawn, freshPage, inPage, settled, until, useSite} from "./harness.js";

const site = useSite();
const options = {skip: MISSING, timeout: 60000};
const ROUND_TRIP_MS = 50;

test("over a slow line the trace is drawn with few requests and bytes, and a zoom takes few more", options, async () => {
    const line = await startSlowLine(site.base, {roundTripMs: ROUND_TRIP_MS});
    const {page, troubles, close} = await freshPage(site.browser);
    try {
        /** @type {import("playwright-core").Request[]} */
        const asked = [];
        page.on("request", (request) => asked.push(request));
        await page.goto(`${line.base}t/${site.id}`);
        await drawn(page);
        await settled(page);
        assert.ok(asked.length < 190, `${asked.length} requests`);
        assert.ok(line.down() < 1e6, `${line.down()} bytes`);
        const tiles = asked.filter((request) => request.url().includes("/batch/"));
        assert.ok(tiles.length > 0 && tiles.length <= 12, `${tiles.length} requests for tiles`);
        assert.deepEqual(asked.filter((request) => /\/(tiles|chunks|counters|landmarks|rows)\//.test(request.url())).map((request) => request.url()), [], "no tile is asked for alone");
        for (const request of tiles) {
            const {requestStart, responseStart} = request.timing();
            assert.ok(responseStart - requestStart >= ROUND_TRIP_MS * 0.9, `${request.url()} after ${responseStart - requestStart} ms`);
        }
        const before = {n: asked.length, bytes: line.down()};
        await page.locator("#lanes").focus();
        await inPage(page, "own.store.set({t0: 1e8, t1: 1.1e8});");
        await until(page, ({t0}) => t0 === 1e8, "zoomed");
        await settled(page);
        assert.ok(asked.length - before.n < 16, `${asked.length - before.n} requests for a screen`);
        assert.ok(line.down() - before.bytes < 600e3, `${line.down() - before.bytes} bytes for a screen`);
        assert.deepEqual(troubles, []);
    } finally {
        await close();
        line.stop();
    }
});
