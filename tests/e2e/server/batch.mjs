// batch.mjs PORT ID: batches of tiles over a raw socket: each part is what its own address answers, in both encodings; what is made of
// chunks has them before it; one bad part spoils no other; validators, HEAD, bounds, refusals.
import assert from "node:assert/strict";
import http from "node:http";
import {execFileSync} from "node:child_process";

const [port, id] = process.argv.slice(2);
const root = `/api/v1/traces/${id}`;
const agent = new http.Agent({keepAlive: true, maxSockets: 1});

/** @returns {Promise<{status: number, headers: object, bytes: Buffer}>} */
const ask = (path, {zstd = false, method = "GET", headers = {}} = {}) => new Promise((resolve, reject) => {
    http.request({port, host: "127.0.0.1", path: path === "" ? root : `${root}/${path}`, agent, method, headers: {"Accept-Encoding": zstd ? "zstd" : "identity", ...headers}}, (answer) => {
        const parts = [];
        answer.on("data", (part) => parts.push(part));
        answer.on("end", () => resolve({status: answer.statusCode, headers: answer.headers, bytes: Buffer.concat(parts)}));
    }).on("error", reject).end();
});
const unpack = (bytes) => execFileSync("zstd", ["-dcq"], {input: bytes, maxBuffer: 1 << 28});

function partsOf(bytes) {
    assert.equal(bytes.toString("latin1", 0, 4), "TSB1");
    const n = bytes.readUInt32LE(4);
    let at = 8 + 16 * n;
    const parts = Array.from({length: n}, (_, i) => {
        const entry = bytes.subarray(8 + 16 * i, 24 + 16 * i);
        const length = entry.readUInt32LE(12);
        return {status: entry.readUInt16LE(0), what: entry[2] ? String.fromCharCode(entry[2]) : "", first: entry.readUInt32LE(4), number: entry.readUInt32LE(8), body: bytes.subarray(at, at += length)};
    });
    assert.equal(at, bytes.length, "the lengths add up");
    return parts;
}

const {levels, counters} = JSON.parse((await ask("")).bytes);
const top = levels - 1;
const low = Math.max(top - 6, 0);

/** Addresses of their own, in the order of the list. */
const LIST = `A.${top}.0.0;P.${low}-${low + 1}.0.0-1;G.${low}.0.0-3;F.${top}.0.0;${counters.length > 0 ? `C.${top}.0.0;` : ""}L.${top}.0;g.0.0;P.62.0.0`;
const OWN = [
    `tiles/A/0/${top}/0/0`, ...[low, low + 1].flatMap((k) => [0, 1].map((x) => `tiles/P/0/${k}/0/${x}`)), ...[0, 1, 2, 3].map((x) => `tiles/G/0/${low}/0/${x}`),
    `tiles/F/0/${top}/0/0`, ...(counters.length > 0 ? [`counters/0/${top}/0`] : []), `landmarks/${top}/0`, "chunks/G/0/0", "tiles/P/0/62/0/0",
];
const single = new Map();
for (const path of OWN) single.set(path, await ask(`${path}?v=3`));
let chunks = 0;
for (const zstd of [false, true]) {
    const {status, headers, bytes} = await ask(`batch/${LIST}?v=3`, {zstd});
    assert.equal(status, 200);
    assert.equal(headers["content-encoding"], zstd ? "zstd" : undefined);
    assert.equal(Number(headers["content-length"]), bytes.length);
    const parts = partsOf(zstd ? unpack(bytes) : bytes);
    const before = new Map();
    let next = 0;
    for (const {status: own, what, first, number, body} of parts) {
        if (what !== "") {
            const chunk = await ask(`chunks/${what}/${first}/${number}?v=3`);
            assert.deepEqual([own, body], [200, chunk.bytes], `chunk ${what} ${first} ${number}`);
            assert.ok(!before.has(`${what}/${first}/${number}`), "each once");
            before.set(`${what}/${first}/${number}`, true);
            chunks++;
            continue;
        }
        const path = OWN[next];
        assert.equal(first, next++);
        assert.equal(own, single.get(path).status, path);
        assert.ok(body.equals(single.get(path).bytes), path);
        if (!path.startsWith("tiles") || own !== 200) continue;
        const tile = JSON.parse((await ask(`${path}?v=3&format=json`)).bytes);
        for (const n of tile.chunks ?? []) assert.ok(before.has(`${tile.view}/${tile.y}/${n}`), `${path}: its chunks stand before it`);
    }
    assert.equal(next, OWN.length);
}
assert.ok(chunks > 0, "some tile is made of chunks");

// One that is not there makes the answer nobody's to keep; without it it is kept for ever.
assert.equal((await ask(`batch/${LIST}?v=3`)).headers["cache-control"], "no-store");
const whole = `batch/P.${top}.0.0;L.${top}.0`;
for (const zstd of [false, true]) {
    const answer = await ask(`${whole}?v=3`, {zstd});
    assert.match(answer.headers["cache-control"], /immutable/);
    assert.equal(answer.headers["vary"], "Accept-Encoding");
    assert.match(answer.headers["etag"], /^"[0-9a-f]{32}"$/);
    const again = await ask(`${whole}?v=3`, {zstd, headers: {"If-None-Match": answer.headers["etag"]}});
    assert.deepEqual([again.status, again.bytes.length], [304, 0]);
    const head = await ask(`${whole}?v=3`, {zstd, method: "HEAD"});
    assert.deepEqual([head.status, head.bytes.length, head.headers["content-length"], head.headers["etag"]], [200, 0, String(answer.bytes.length), answer.headers["etag"]]);
}
assert.equal((await ask(whole)).headers["cache-control"], "no-cache");
assert.equal((await ask(`${whole}?v=3&part=2`)).headers["cache-control"], "no-store");

// What takes long has a route of its own.
const {goroutines} = JSON.parse((await ask("goroutines?limit=2")).bytes);
const ids = goroutines.map(({g}) => g).join();
const rows = partsOf((await ask(`batch/long/R:${ids}.${top}.0;T.${top}.0?v=3`)).bytes);
assert.deepEqual(rows.map(({status}) => status), [200, 200]);
assert.ok(rows[0].body.equals((await ask(`rows/${ids}/${top}/0?v=3`)).bytes));
assert.ok(rows[1].body.equals((await ask(`tasks/lanes/${top}/0?v=3`)).bytes));

// Refused as a whole: what is no list, too many, or in the wrong place; a number that no route takes is its part's fault alone.
for (const list of ["G", "G.1.1", "Q.1.1.1", "G.1.1.1;", "G.1.0-7.0-8", "G.1.1.2-1", `R:${ids}.1.0`, "T.1.0", "long/G.1.0.0"]) assert.equal((await ask(`batch/${list}?v=3`)).status, 400, list);
assert.equal((await ask(`${whole}?v=2`)).status, 400);
assert.equal((await ask(`${whole}?v=3&format=json`)).status, 400);
assert.deepEqual(partsOf((await ask(`batch/P.99.0.0;P.${top}.0.0?v=3`)).bytes).filter(({what}) => what === "").map(({status}) => status), [400, 200]);

// As many as may be: what is left out says so, and comes when it is asked for again.
const many = partsOf((await ask(`batch/G.${low}.0.0-63?v=3`)).bytes).filter(({what}) => what === "");
assert.equal(many.length, 64);
assert.ok(many.every(({status, body}) => status === 200 || (status === 413 && body.length === 0) || status === 404));

// Who goes away ends it; others are answered.
const left = http.get({port, host: "127.0.0.1", path: `${root}/batch/G.0.0-7.0-7?v=3`});
left.on("error", () => {});
await new Promise((resolve) => setTimeout(resolve, 5));
left.destroy();
assert.equal((await ask(`${whole}?v=3`)).status, 200);
agent.destroy();
