// search.mjs API: the filters and orders of the list of goroutines against the whole list, filtered here; rows of single goroutines.
import assert from "node:assert/strict";

const api = process.argv[2];
const get = async (path) => {
    const answer = await fetch(path === "" ? api : `${api}/${path}`);
    assert.equal(answer.status, 200, `${path}: ${answer.status}`);
    return answer.json();
};
const {states, levels} = await get("");

const every = async (query) => {
    const out = [];
    for (let after = ""; after !== null;) {
        const page = await get(`goroutines?limit=50${query === "" ? "" : `&${query}`}${after === "" ? "" : `&after=${after}`}`);
        out.push(...page.goroutines);
        after = page.next;
    }
    return out;
};
const all = await every("");
const ids = (list) => list.map(({g}) => g).join();
const name = all[all.length >> 1].function;
const at = all[all.length >> 1].born.t;
const ns = (state) => (one) => one.time[states.indexOf(state)];
const by = (state) => (a, b) => ns(state)(b) - ns(state)(a) || Number(BigInt(a.g) - BigInt(b.g));

assert.ok(all.length > 50, "some pages");
assert.equal(ids(await every(`function=${encodeURIComponent(name)}`)), ids(all.filter((one) => one.function === name)));
assert.equal(ids(await every("match=HTTP")), ids(all.filter((one) => one.function.toLowerCase().includes("http"))));
assert.equal(ids(await every("function=no.such")), "");
assert.equal(ids(await every("state=runnable&min_ns=20000")), ids(all.filter((one) => ns("runnable")(one) >= 20000)));
assert.equal(ids(await every(`alive_from=${at}&alive_to=${at + 1}`)),
    ids(all.filter(({born, gone}) => born.t <= at && (!gone || gone.t > at || born.t >= at))));
const parent = [...new Set(all.map(({creator}) => creator))].map((creator) => [creator, all.filter((one) => one.creator === creator).length]).sort((a, b) => b[1] - a[1]);
assert.ok(parent[0][1] > 50, "some pages of children");
for (const [creator] of [...parent.slice(0, 3), ["0"], ["999999999"]]) {
    assert.equal(ids(await every(`creator=${creator}`)), ids(all.filter((one) => one.creator === creator)));
}
assert.equal(ids(await every(`creator=${parent[0][0]}&sort=running`)), ids(all.filter((one) => one.creator === parent[0][0]).sort(by("running"))));
assert.equal(ids(await every("sort=running")), ids([...all].sort(by("running"))));
assert.equal(ids(await every("match=http&sort=net&state=net&min_ns=1")), ids(all.filter((one) => one.function.includes("http") && ns("net")(one) > 0).sort(by("net"))));

const some = [...all].sort(by("running")).slice(0, 32);
for (let k = levels - 1; k >= 0; k -= 3) {
    const x = Math.floor(some[0].born.t / (512 * 2 ** k));
    const rows = await get(`rows/${ids(some)}/${k}/${x}?v=3&format=json`);
    assert.deepEqual(rows.goroutines.map(({g, block, row}) => [g, block, row]), some.map(({g, block, row}) => [g, block, row]));
    for (const [i, {kind, chunks}] of rows.goroutines.entries()) {
        const lives = some[i].born.t < rows.t1 && (!some[i].gone || some[i].gone.t >= rows.t0);
        const tile = await get(`tiles/G/0/${k}/${some[i].block}/${x}?v=3&format=json`);
        assert.equal(kind, lives ? tile.kind : "none");
        assert.deepEqual(chunks, lives ? tile.chunks ?? [] : []);
        const own = rows.rows.find((one) => one.row === i);
        if (own) assert.ok(kind === "HIST" && own.first_g === some[i].g);
    }
}
