// What `tilescope events` prints, in every format and through every filter, is one and the same set of events.
//
//     node formats.mjs TILESCOPE TRACE [SERVER]
//
// JSON and CSV are parsed and compared field by field with the text; each filter prints as many events as the whole output
// has of that kind, goroutine, proc or thread; with the address of a server that has read the trace, each link is followed.
// Prints what is wrong; exit code 1 then.
import {execFileSync} from 'node:child_process';

const [tilescope, trace, server] = process.argv.slice(2);
const LINKS_AT_ONCE = 8;
const MARKS = {Log: 'log', Label: 'label', StackSample: 'sample', RegionBegin: 'region', RegionEnd: 'region',
    RangeBegin: 'range', RangeEnd: 'range'};
let nWrong = 0;

function wrong(...words) {
    if (nWrong++ < 20)
        console.log('FAIL', trace, ...words);
}

function events(...args) {
    return execFileSync(tilescope, ['events', ...args, trace],
        {encoding: 'utf8', maxBuffer: 1 << 30, env: {...process.env, TZ: 'UTC'}});
}

/** RFC 4180: rows of fields. */
function parseCsv(text) {
    const rows = [];
    let row = [], at = 0;
    while (at < text.length) {
        let field = '';
        if (text[at] === '"') {
            for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
                if (at >= text.length)
                    throw new Error('a quote is not closed');
                if (text[at] === '"')
                    at++;
                field += text[at];
            }
            at++;
        } else {
            const end = text.slice(at).search(/[,\r\n]/);
            field = text.slice(at, at + end);
            at += end;
        }
        row.push(field);
        if (text[at] === ',') {
            at++;
            continue;
        }
        if (text.slice(at, at + 2) === '\r\n')
            at += 2;
        else if (text[at] === '\n')
            at++;
        else
            throw new Error(`no end of a row at ${at}`);
        rows.push(row);
        row = [];
    }
    return rows;
}

function checkText(list) {
    const lines = events().split('\n').filter((line) => line.startsWith('M='));
    if (lines.length !== list.length)
        wrong(`${lines.length} events as text, ${list.length} as JSON`);
    lines.forEach((line, i) => {
        const [, m, p, g, kind, time] = /^M=(-?\d+) P=(-?\d+) G=(-?\d+) (\w+) Time=(-?\d+)/.exec(line);
        const ev = list[i] ?? {};
        if (m !== (ev.m ?? '-1') || p !== (ev.p ?? '-1') || g !== (ev.g ?? '-1') || kind !== ev.kind || time !== ev.time)
            wrong(`${line} is as JSON ${JSON.stringify(ev)}`);
    });
}

/** A sweep's two numbers share a column. */
function csvValue(ev, name) {
    return name === 'value' && 'swept' in ev ? `swept=${ev.swept} reclaimed=${ev.reclaimed}` : ev[name];
}

function checkCsv(list) {
    const [head, ...rows] = parseCsv(events('-format=csv'));
    if (rows.length !== list.length)
        wrong(`${rows.length} rows of CSV, ${list.length} lines of JSON`);
    rows.forEach((row, i) => {
        if (row.length !== head.length)
            wrong(`row ${i} has ${row.length} fields of ${head.length}`);
        head.forEach((name, k) => {
            const value = csvValue(list[i] ?? {}, name);
            const want = name === 'stack' ? (value ?? []).map((f) => `${f.func} (${f.file}:${f.line})`).join('; ')
                : String(value ?? '');
            if (row[k] !== want)
                wrong(`row ${i}: ${name} is ${row[k]} as CSV, ${want} as JSON`);
        });
    });
}

function checkFilter(list, flag, value, takes) {
    const got = events(`-${flag}=${value}`, '-format=json').split('\n').filter(Boolean);
    const want = list.filter(takes).map((ev) => JSON.stringify(ev));
    if (got.length !== want.length || got.some((line, i) => JSON.stringify(JSON.parse(line)) !== want[i]))
        wrong(`-${flag}=${value} prints ${got.length} events of ${want.length}`);
    return got.length;
}

function checkFilters(list) {
    const kinds = new Set(list.map((ev) => ev.kind));
    let sum = 0;
    for (const kind of kinds)
        sum += checkFilter(list, 'kind', kind, (ev) => ev.kind === kind);
    if (sum !== list.length)
        wrong(`the kinds add up to ${sum} events of ${list.length}`);
    checkFilter(list, 'kind', [...kinds].join(','), () => true);
    for (const [flag, resource] of [['g', 'Goroutine'], ['p', 'Proc'], ['m', 'Thread']]) {
        const ids = [...new Set(list.map((ev) => ev[flag] ?? '-1'))].slice(0, 6);
        const isOf = (id) => (ev) => (ev[flag] ?? '-1') === id || (ev.resource === resource && ev.id === id);
        for (const id of ids)
            checkFilter(list, flag, id, isOf(id));
        checkFilter(list, flag, ids.join(','), (ev) => ids.some((id) => isOf(id)(ev)));
    }
    const middle = list[list.length >> 1].time;
    checkFilter(list, 'from', middle, (ev) => BigInt(ev.time) >= BigInt(middle));
    checkFilter(list, 'to', middle, (ev) => BigInt(ev.time) < BigInt(middle));
}

async function get(path) {
    const answer = await fetch(server + path);
    if (!answer.ok)
        throw new Error(`${answer.status} ${path}`);
    return answer;
}

/** Seconds of a link in ns. */
function ns(seconds) {
    const [whole, part = ''] = seconds.split('.');
    return BigInt(whole) * 1000000000n + BigInt(part.padEnd(9, '0'));
}

/** What the link selects must be in the store. */
async function follow(link, ev) {
    const url = new URL(link);
    const id = url.pathname.split('/').pop();
    const hash = new URLSearchParams(url.hash.slice(1));
    const [from, to] = hash.get('t').split('..').map(ns);
    const select = hash.get('sel') ?? '';
    const state = /^g(\d+)@(-?\d+)$/.exec(select);
    const mark = /^mark:g(\d+)@([\d.]+)s$/.exec(select);
    if (!(from < to))
        wrong(`${link}: no stretch of time`);
    if (state) {
        const {events: found} = await (await get(`/api/v1/traces/${id}/events?at=${state[2]}`)).json();
        if (state[2] !== ev.time || !found.some((e) => e.T === ev.time && e.g === state[1]))
            wrong(`${link}: no such event of goroutine ${state[1]}`);
    } else if (mark) {
        const at = ns(mark[2]);
        const query = `from=${at}&to=${at + 1n}&g=${mark[1]}&kind=${MARKS[ev.kind]}&limit=1000`;
        const {events: found} = await (await get(`/api/v1/traces/${id}/events?${query}`)).json();
        if (!found.some((e) => BigInt(e.t) === at))
            wrong(`${link}: no ${ev.kind} of goroutine ${mark[1]}`);
    } else if (select) {
        wrong(`${link}: a selection of no kind`);
    }
    return url.pathname;
}

async function checkLinks(list) {
    const lines = events('-format=link', `-base=${server}`).split('\n').filter(Boolean);
    const pages = new Set();
    let next = 0;
    if (lines.length !== list.length)
        wrong(`${lines.length} links, ${list.length} events`);
    await Promise.all(Array.from({length: LINKS_AT_ONCE}, async () => {
        while (next < lines.length) {
            const i = next++;
            const [link, text] = lines[i].split('\t');
            if (!text.includes(`Time=${list[i].time}`))
                wrong(`${link} is beside another event: ${text}`);
            pages.add(await follow(link, list[i]));
        }
    }));
    for (const page of pages) {
        if (!(await (await get(page)).text()).includes('<html'))
            wrong(`${page} is no page`);
    }
}

const list = events('-format=json').split('\n').filter(Boolean).map((line) => JSON.parse(line));
for (let i = 1; i < list.length; i++) {
    if (BigInt(list[i].time) <= BigInt(list[i - 1].time))
        wrong(`time does not rise at ${list[i].time}`);
}
checkText(list);
checkCsv(list);
if (server)
    await checkLinks(list);
else
    checkFilters(list);
process.exit(nWrong > 0 ? 1 : 0);
