// Saves what a page needs of a trace while it zooms in at three places, as files for another server, and lists it.
//
//     node save_tiles.mjs BASE TRACE FOLDER >ADDRESSES
//
// FOLDER/api/v1/traces/... hold the bytes as they come to who takes zstd, under the path of their address; ADDRESSES are lines
// "TARGET BYTES ENCODING KIND". Stored and computed tiles, RAW tiles and their chunks, counter tiles, landmarks: by the page's own
// rules, a RAW tile stands for what is below it.
import {mkdirSync, writeFileSync} from "node:fs";
import http from "node:http";
import {dirname} from "node:path";
import {decodeTile} from "../../web/core/tile_codec.js";
import {VERSION, tileKey, tilesOver} from "../../web/core/tile_key.js";

const [base, trace, folder] = process.argv.slice(2);
const PLACES = [0.1, 0.5, 0.9];
const WIDTH_BINS = 1400;
const BLOCKS_IN_SIGHT = 4;
const agent = new http.Agent({keepAlive: true, maxSockets: 1});

/** @returns {Promise<{status: number, encoding: string, bytes: Buffer}>} */
function get(path, encoding) {
    return new Promise((resolve, reject) => {
        http.get(`${base}${path}`, {agent, headers: {"Accept-Encoding": encoding}}, (answer) => {
            const parts = [];
            answer.on("data", (part) => parts.push(part));
            answer.on("end", () => resolve({status: answer.statusCode, encoding: answer.headers["content-encoding"] ?? "", bytes: Buffer.concat(parts)}));
        }).on("error", reject);
    });
}

const root = `/api/v1/traces/${trace}`;
const manifest = JSON.parse((await get(root, "identity")).bytes.toString());
const seen = new Set();
/** Key of a RAW tile to the numbers of its chunks. */
const raw = new Map();

async function save(path, kind) {
    if (seen.has(path)) return;
    seen.add(path);
    const target = `${root}/${path}`;
    const {status, encoding, bytes} = await get(target, "zstd");
    if (status === 404) return;
    if (status !== 200) throw new Error(`${target}: ${status}`);
    const file = `${folder}${target.replace(/\?.*/, "")}`;
    mkdirSync(dirname(file), {recursive: true});
    writeFileSync(file, bytes);
    console.log(target, bytes.length, encoding || "plain", kind);
}

function rawOver(view, k, y, x) {
    for (let level = k; level < manifest.levels; level++, x = Math.floor(x / 2)) {
        const chunks = raw.get(tileKey(view, level, y, x));
        if (chunks) return chunks;
    }
    return null;
}

/** Of the route of a single tile. */
function pathOf(view, k, y, x) {
    if (view === "C") return `counters/${y}/${k}/${x}?v=${VERSION}`;
    return view === "L" ? `landmarks/${k}/${x}?v=${VERSION}` : `tiles/${view}/0/${k}/${y}/${x}?v=${VERSION}`;
}

async function want(view, k, y, x) {
    let chunks = rawOver(view, k, y, x);
    const path = pathOf(view, k, y, x);
    if (!chunks && !seen.has(path) && view !== "L" && view !== "C") {
        const {status, bytes} = await get(`${root}/${path}`, "identity");
        const tile = status === 200 ? decodeTile(new Uint8Array(bytes)) : null;
        if (tile?.kind === "raw") raw.set(tileKey(view, k, y, x), (chunks = tile.chunks));
        await save(path, tile?.kind ?? "none");
    } else if (!chunks) {
        await save(path, view === "L" ? "landmarks" : "counter");
    }
    for (const n of chunks ?? []) await save(`chunks/${view}/${y}/${n}?v=${VERSION}`, "chunk");
}

/** [view, block] of what is in sight: all at the top of a page, then the blocks of the largest groups. */
const lanes = [["A", 0], ["P", 0], ["M", 0], ["F", 0], ...manifest.counters.slice(0, 3).map(({c}) => ["C", c]), ["L", 0]];
const groups = [...manifest.groups].sort((a, b) => b.goroutines - a.goroutines).slice(0, BLOCKS_IN_SIGHT);
for (const {blocks} of groups) for (let y = blocks[0]; y < blocks[1] && y < blocks[0] + BLOCKS_IN_SIGHT; y++) lanes.push(["G", y]);

for (let k = manifest.levels - 1; k >= 0; k--) {
    for (const place of PLACES) {
        const middle = place * manifest.span_ns, half = WIDTH_BINS / 2 * 2 ** k;
        const {first, last} = tilesOver(k, middle - half, middle + half, manifest.span_ns);
        for (const [view, y] of lanes) for (let x = first; x <= last; x++) await want(view, k, y, x);
    }
}
agent.destroy();
