// csv.mjs API: every table as CSV says what it says as JSON, whole and page by page.
import assert from "node:assert/strict";

const api = process.argv[2];
const {groups, span_ns: span} = await (await fetch(api)).json();

/** RFC 4180, strictly. */
function parse(text) {
    const lines = [];
    let line = [];
    for (let i = 0; i < text.length;) {
        let field = "";
        if (text[i] === "\"") {
            for (i++; text[i] !== "\"" || text[i + 1] === "\""; i++) {
                assert.ok(i < text.length, "a quote that never ends");
                field += text[i];
                if (text[i] === "\"") i++;
            }
            i++;
        } else {
            while (i < text.length && !",\r\n\"".includes(text[i])) field += text[i++];
        }
        line.push(field);
        if (text[i] === ",") { i++; continue; }
        assert.equal(text.slice(i, i + 2), "\r\n");
        i += 2;
        lines.push(line);
        line = [];
    }
    assert.equal(line.length, 0, "the last line ends");
    return lines;
}

const valueAt = (row, path) => path.split(".").reduce((value, key) => value?.[key], row);
const wordsOf = (value) => {
    const text = value === undefined || value === null ? "" : String(value);
    return typeof value === "string" && /^[=+\-@\t\r]/.test(text) && !/^-?\d+$/.test(text) ? `'${text}` : text;
};

async function follow(path, limit, read) {
    for (let after = ""; after !== null;) {
        const answer = await fetch(`${api}/${path}&limit=${limit}${after === "" ? "" : `&after=${encodeURIComponent(after)}`}`);
        assert.equal(answer.status, 200, path);
        after = await read(answer, after === "");
    }
}

async function compare(path, key, jsonPath = path, paged = true) {
    const rows = [];
    const lines = [];
    let head = [];
    const add = async (answer) => {
        const body = await answer.json();
        rows.push(...body[key]);
        return body.next ?? null;
    };
    const addLines = async (answer, isFirst) => {
        assert.equal(answer.headers.get("content-type"), `text/csv; charset=utf-8; header=${isFirst ? "present" : "absent"}`);
        const page = parse(await answer.text());
        if (isFirst) head = page.shift();
        lines.push(...page);
        return answer.headers.get("tilescope-next");
    };
    if (paged) {
        await follow(jsonPath, 300, add);
        await follow(`${path}&format=csv`, 170, addLines);
    } else {
        await add(await fetch(`${api}/${jsonPath}`));
        await addLines(await fetch(`${api}/${path}&format=csv`), true);
    }
    assert.equal(lines.length, rows.length, path);
    rows.forEach((row, i) => assert.deepEqual(lines[i], head.map((column) => wordsOf(valueAt(row, column))), `${path} line ${i}`));
    return rows.length;
}

const range = `from=${Math.floor(span * 0.4)}&to=${Math.floor(span * 0.6)}`;
let n = 0;
n += await compare(`events?${range}`, "events");
n += await compare("events?kind=log,label,region,sample", "events");
n += await compare("summary?view=A", "states", "summary?view=A&durations=1", false);
n += await compare(`goroutines/functions?${range}`, "functions");
n += await compare(`goroutines/times?${range}&sort=execution`, "goroutines");
n += await compare(`goroutines/times?group=${groups[0].group}&sort=g&order=asc`, "goroutines");
n += await compare("search?q=state:runnable,sync", "hits");
n += await compare("profile?of=chan,sync,net,sleep,other", "stacks", "profile?of=chan,sync,net,sleep,other&format=list");
n += await compare("tasks/types?from=0", "types", "tasks/types?from=0", false);
const {types} = await (await fetch(`${api}/tasks/types`)).json();
for (const {type} of types.slice(0, 3)) n += await compare(`tasks?type=${type}`, "tasks");
for (const bad of ["events?format=pdf", "summary?view=A&format=", "goroutines/times?format=CSV", "tasks/types?format=table", "search?q=g:1&bins=4&format=csv", "profile?format=html"]) {
    assert.equal((await fetch(`${api}/${bad}`)).status, 400, bad);
}
console.log(`${n} lines of CSV`);
