/**
 * Pages of words: the library of traces, a trace that is being read, and what went wrong with what to do about it.
 */
import {missingWords, wantedName} from "../core/missing.js";
import {formatDuration} from "../core/time.js";
import {bytesWords, countWords, leftWords} from "../core/words.js";
import {el, facts} from "./element.js";
import {recordingWords} from "./record_words.js";

/** @typedef {import("../types.js").Manifest} Manifest */
/** @typedef {Record<string, HTMLElement>} Dom */

/** @type {Record<string, string>} */
const STATES = {ready: "Ready", ingesting: "Being read", failed: "Could not be read"};

/** @param {Dom} dom @param {"library"|"message"} page @param {HTMLElement} content */
function show(dom, page, content) {
    document.documentElement.dataset["page"] = page;
    dom["message"]?.replaceChildren(content);
}

/** What is being done, and how far that is. @param {NonNullable<Manifest["progress"]>} progress */
function doneWords({phase, percent}) {
    const done = `${Math.floor(Math.min(percent, 100))} %`;
    return phase === "preparing" ? `zoom levels ${done}` : `${done} read`;
}

/** @param {any} trace an entry of the list */
function traceRow(trace) {
    const progress = trace.state === "ingesting" && trace.progress ? `, ${doneWords(trace.progress)}` : "";
    return el("tr", {},
        el("td", {class: "name wide"}, el("a", {href: `t/${trace.id}`, title: trace.name || trace.id}, trace.name || trace.id)),
        el("td", {class: "name"}, `${STATES[trace.state] ?? trace.state}${progress}`),
        el("td", {}, trace.bytes ? bytesWords(trace.bytes) : ""),
        el("td", {}, trace.store_bytes ? bytesWords(trace.store_bytes) : ""),
        el("td", {}, trace.go ? `Go ${trace.go}` : ""),
        el("td", {}, trace.span_ns ? formatDuration(trace.span_ns) : ""));
}

/** What the stores take on disk, and what becomes of those that are too many. @param {any[]} traces @param {number} most */
function roomWords(traces, most) {
    const bytes = traces.reduce((sum, trace) => sum + (trace.store_bytes ?? 0), 0);
    const bound = most > 0 ? ` Before a trace is read, those used longest ago are removed until all take no more than ${bytesWords(most)}.` : "";
    return `The stores of these traces, from which they open at once, take ${bytesWords(bytes)}.${bound}`;
}

/** @param {Dom} dom @param {{traces: any[], cache_most_bytes: number}} list */
export function showLibrary(dom, {traces, cache_most_bytes: most}) {
    document.title = "Tilescope";
    const table = el("table", {class: "grid"},
        el("thead", {}, el("tr", {}, el("th", {class: "name"}, "Trace"), el("th", {class: "name"}, "State"), el("th", {}, "Size"), el("th", {}, "Store"), el("th", {}, "Written by"), el("th", {}, "Length"))),
        el("tbody", {}, traces.map(traceRow)));
    show(dom, "library", el("div", {},
        el("h1", {}, "Traces"),
        traces.length > 0 ? table : el("p", {}, "There is no trace yet. Start the program with one: ", el("code", {}, "tilescope trace.out")),
        traces.length > 0 ? el("p", {class: "muted"}, roomWords(traces, most)) : null,
        el("details", {class: "how", open: traces.length === 0}, el("summary", {}, "How to record a trace"), recordingWords("h2"))));
}

/** @param {Dom} dom @param {Manifest} manifest one that is being read */
export function showProgress(dom, manifest) {
    const {progress, name} = manifest;
    const percent = Math.min(progress?.percent ?? 0, 100);
    document.title = `${Math.floor(percent)} % – ${name || "trace"} – Tilescope`;
    const preparing = progress?.phase === "preparing";
    const bar = el("progress", {max: "100", "aria-label": preparing ? "Zoom levels prepared so far" : "Read so far"});
    if (progress) bar.value = percent;
    show(dom, "message", el("div", {class: "words"},
        el("h1", {}, `Reading ${name || "the trace"}`),
        bar,
        facts([
            ["Read", progress ? `${bytesWords(progress.bytes)} of ${bytesWords(progress.total)}${preparing ? "" : ` (${percent.toFixed(1)} %)`}` : "starting"],
            ["Zoom levels", preparing ? `${percent.toFixed(1)} % prepared` : ""],
            ["Events", progress ? `${countWords(progress.events)}${progress.events_per_s > 0 ? `, ${countWords(progress.events_per_s)} a second` : ""}` : ""],
            ["Time left", progress && progress.left_s > 0 ? `about ${leftWords(progress.left_s)}` : ""],
        ]),
        el("p", {class: "empty"}, "The timelines appear here as soon as there is something to show. This address stays the same.")));
}

/** Beside the timelines: how much of the trace is shown, and how far it is read. @param {Dom} dom @param {number} shownNs @param {Manifest} manifest */
export function showReading(dom, shownNs, {name, state, progress}) {
    const place = dom["whole-span"];
    const percent = Math.min(progress?.percent ?? 0, 100);
    const reading = state === "ingesting";
    document.title = `${reading ? `${Math.floor(percent)} % – ` : ""}${name || "trace"} – Tilescope`;
    if (!place) return;
    const left = progress && progress.left_s > 0 ? `, about ${leftWords(progress.left_s)} left` : "";
    place.textContent = reading && progress ? `${formatDuration(shownNs)}, ${doneWords(progress)}` : formatDuration(shownNs);
    place.title = reading && progress ? `${bytesWords(progress.bytes)} of ${bytesWords(progress.total)} read${progress.phase === "preparing" ? ", zoom levels are being prepared" : ""}${left}` : "";
}

/** @param {Dom} dom @param {string} title @param {string[]} words @param {boolean} retry */
export function showWords(dom, title, words, retry = false) {
    document.title = `${title} – Tilescope`;
    show(dom, "message", el("div", {class: "words", role: "alert"},
        el("h1", {}, title),
        words.map((line) => el("p", {}, line)),
        el("p", {}, retry ? el("button", {class: "button", type: "button", onclick: () => window.location.reload()}, "Try again") : null, " ", el("a", {href: "../"}, "All traces"))));
}

/** A trace that could not be read. @param {Dom} dom @param {Manifest} manifest */
export function showFailed(dom, manifest) {
    const {error} = manifest;
    showWords(dom, `${manifest.name || "The trace"} could not be read`, [
        error?.message ?? "The server does not say why.",
        error?.offset === undefined ? "" : `The trouble begins at byte ${countWords(error.offset)} of the trace.`,
        "If the file is cut off or was changed while it was written, record it again; if Go's own tools read it, please report this.",
    ].filter((line) => line !== ""));
}

/** The trace of a link is not here. @param {Dom} dom @param {string} trace @param {string} hash of the link */
function showAbsent(dom, trace, hash) {
    const {title, words, command, after} = missingWords(trace, wantedName(hash));
    document.title = `${title} – Tilescope`;
    show(dom, "message", el("div", {class: "words", role: "alert"},
        el("h1", {}, title),
        words.map((line) => el("p", {}, line)),
        command === "" ? null : el("p", {}, el("code", {}, command)),
        after.map((line) => el("p", {class: "muted"}, line)),
        el("p", {}, el("button", {class: "button", type: "button", onclick: () => window.location.reload()}, "Try again"), " ", el("a", {href: "../"}, "All traces"))));
}

/** @param {Dom} dom @param {unknown} error of a request for the trace @param {string} trace @param {string} hash of the address */
export function showMissing(dom, error, trace = "", hash = "") {
    const {code = "", status = 0, message = ""} = /** @type {{code?: string, status?: number, message?: string}} */ (error ?? {});
    if (status === 404 || status === 400 || code === "not_found") {
        return showAbsent(dom, trace, hash);
    }
    if (status === 401 || status === 403) {
        return showWords(dom, "Not allowed", ["This server wants to know you first. Open the address that it printed when it started.", message]);
    }
    showWords(dom, "The server does not answer", ["Is it still running? The page tries again when you ask it to.", message], true);
}

/** Shows the page of timelines. @param {Manifest} manifest */
export function showViewer(manifest) {
    document.documentElement.dataset["page"] = "viewer";
    document.title = `${manifest.name || manifest.id} – Tilescope`;
}
