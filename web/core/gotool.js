/**
 * Addresses of `go tool trace` as links of this page. The server sends them on as `?go=<page>&...`; the range of interest stands
 * behind `#` in milliseconds. What they say that has no counterpart is told in words. Pure.
 */
import {DEFAULTS} from "./link.js";
import {writeSeconds} from "./link_words.js";

/** @type {Record<string, string>} its profiles, as the flame graph's kinds */
const PROFILES = {io: "net", block: "blocked", syscall: "syscall", sched: "runnable"};
const REGIONS = /^(region(io|block|syscall|sched)|userregions?)$/;
const INDEXES = "Its start and end count the events of a file that go tool trace makes; they are left out.";

/** As a list of one word in a link. @param {string} name */
const word = (name) => encodeURIComponent(name).replace(/%2F|%3A|%5B|%5D|%40/g, decodeURIComponent);

/** "#120.5:130" in ms -> seconds. @param {string} hash @returns {string} "" where it is no range */
function rangeOf(hash) {
    const [, from = "", to = ""] = /^#(\d{1,12}(?:\.\d+)?):(\d{1,12}(?:\.\d+)?)$/.exec(hash) ?? [];
    const [a, b] = [Number(from) * 1e6, Number(to) * 1e6];
    return from !== "" && b > a ? `${writeSeconds(a)}..${writeSeconds(b)}` : "";
}

/**
 * @param {string} search of the address @param {string} hash of the address
 * @returns {{hash: string, notices: string[]}|null} null: it is none of them
 */
export function fromGoTool(search, hash) {
    const asked = new URLSearchParams(search);
    const page = asked.get("go") ?? "";
    if (page === "") return null;
    /** @type {string[]} */
    const parts = ["v=1"];
    /** @type {string[]} */
    const notices = [];
    const open = ["counters", "procs", "goroutines"];
    const name = asked.get("name") ?? "";
    const range = rangeOf(hash);
    let panel = /** @type {string} */ (DEFAULTS.panel);
    if (range !== "") parts.push(`t=${range}`, `sel=${range}`);
    if (page === "trace") {
        const g = asked.get("goid") ?? "";
        if (asked.get("view") === "thread") open.push("threads");
        if (/^\d{1,20}$/.test(g)) parts.push(...range === "" ? [`sel=g${g}`] : [], `iso=${g}`);
        if (asked.has("start") || asked.has("end")) notices.push(INDEXES);
        if (asked.has("taskid") || asked.has("focustask")) notices.push("A task is not singled out here yet: all goroutines are shown.");
    } else if (page === "goroutines" || page === "goroutine") {
        panel = "goroutines";
        if (name !== "") {
            open.push(`g:${name}`);
            parts.push(`y=${word(`g:${name}`)}`, `fn=${word(name)}`);
        }
    } else if (page in PROFILES) {
        panel = "flame";
        parts.push(`of=${PROFILES[page]}`);
        if (name !== "") notices.push(`Shown for all goroutines; click one of ${name} and choose its group to see those alone.`);
    } else if (page === "usertasks" || page === "usertask") {
        panel = "tasks";
    } else {
        panel = "statistics";
        notices.push(page === "mmu" ? "Minimum mutator utilization is not shown here: GC and stop-the-world lie over the rows, and Statistics sums them up."
            : "Regions are not summed up here: they are in the list of events.");
        if (REGIONS.test(page)) {
            panel = "events";
            parts.push("kinds=regions");
        }
    }
    parts.push(`open=${open.map(word).map((one) => one.replace(/,/g, "%2C")).join(",")}`);
    if (panel !== DEFAULTS.panel) parts.push(`panel=${panel}`);
    return {hash: `#${parts.join("&")}`, notices};
}
