/**
 * A table as a file, all of it: the server's pages one after another, as CSV as they come, as JSON one list of all that is in them.
 */
import {writeSeconds} from "../core/link_words.js";
import {bytesWords, countOf} from "../core/words.js";
import {el, link} from "./element.js";
import {attempt} from "./pieces.js";
import {createProgress} from "./progress.js";

/** @typedef {import("../types.js").Page} Page */

/** A browser holds the file in memory until it is whole. */
const BYTES_MOST = 512 * 1024 * 1024;

/**
 * @typedef {object} Table
 * @property {string} name        what the file is called, beside the trace
 * @property {string} path        of the server's route, with its query
 * @property {string} key         of the list in its JSON
 * @property {number} [csvLimit]  lines of a page of CSV; missing: there are no pages
 * @property {number} [jsonLimit]
 * @property {string} [jsonPath]  where JSON has another path
 * @property {number} [total]     lines of all, where it is known
 */

/** Letters that every system takes in the name of a file. @param {string} text */
const plain = (text) => text.replace(/[^\w.-]+/g, "_").replace(/^[_.]+|_+$/g, "").slice(0, 80);

/** "web-goroutines-12.1-12.3.csv" @param {import("../types.js").Manifest|null} manifest @param {string} name @param {{t0: number, t1: number}|null} range @param {string} ending */
export function fileName(manifest, name, range, ending) {
    const trace = (manifest?.name ?? "").replace(/\.(trace|out|gz|zst)\b/g, "");
    const times = range ? [`${writeSeconds(Math.max(Math.round(range.t0), 0))}-${writeSeconds(Math.round(range.t1))}s`] : [];
    return `${[plain(trace) || "trace", plain(name), ...times].filter((part) => part !== "").join("-")}.${ending}`;
}

/** @param {Blob} blob @param {string} name */
export function saveBlob(blob, name) {
    const address = URL.createObjectURL(blob);
    const a = el("a", {href: address, download: name, class: "off-screen"});
    document.body.append(a);
    a.click();
    a.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
}

/** @param {Page} ctx @param {string} path @param {AbortSignal} signal @returns {Promise<{part: Uint8Array<ArrayBuffer>, next: string}>} */
async function csvPage({api}, path, signal) {
    const answer = await api.bytes(path, {signal});
    if (!answer.ok) throw Object.assign(new Error(answer.error.message), {code: answer.error.code});
    return {part: answer.bytes, next: answer.next ?? ""};
}

/** @param {Page} ctx @param {string} path @param {string} key @param {boolean} first @param {AbortSignal} signal @returns {Promise<{part: string, next: string}>} */
async function jsonPage({api}, path, key, first, signal) {
    const answer = await api.json(path, {signal});
    const lines = answer[key].map((/** @type {unknown} */ line) => JSON.stringify(line)).join(",\n");
    return {part: `${first ? "[\n" : lines === "" ? "" : ",\n"}${lines}`, next: answer.next ?? ""};
}

/** @param {Page} ctx @param {Table} table @param {"csv"|"json"} form @param {ReturnType<typeof createProgress>} progress */
async function collect(ctx, table, form, progress) {
    const limit = form === "csv" ? table.csvLimit : table.jsonLimit;
    const base = `${form === "csv" ? table.path : table.jsonPath ?? table.path}${form === "csv" ? "&format=csv" : ""}${limit ? `&limit=${limit}` : ""}`;
    /** @type {BlobPart[]} */
    const parts = [];
    let bytes = 0;
    let pages = 0;
    for (let after = ""; ;) {
        const path = `${base}${after === "" ? "" : `&after=${encodeURIComponent(after)}`}`;
        const {part, next} = await (form === "csv" ? csvPage(ctx, path, progress.signal) : jsonPage(ctx, path, table.key, pages === 0, progress.signal));
        parts.push(part);
        bytes += new Blob([part]).size;
        pages++;
        if (next === "" || !limit) break;
        if (bytes > BYTES_MOST) throw new Error(`This table takes more than ${bytesWords(BYTES_MOST)}: choose a shorter range. The server gives all of it at ${new URL(`../api/v1/${base}`, location.href).href}`);
        after = next;
        progress.tell(`${bytesWords(bytes)}, ${countOf(pages, "page")}`, table.total ? pages * limit / table.total : undefined);
    }
    if (form === "json") parts.push("\n]\n");
    return parts;
}

/** @param {Page} ctx @param {Table} table @param {"csv"|"json"} form @param {Element} box @param {{t0: number, t1: number}|null} range */
async function download(ctx, table, form, box, range) {
    const progress = createProgress(box, "Downloading");
    try {
        const parts = await collect(ctx, table, form, progress);
        const name = fileName(ctx.store.get().manifest, table.name, range, form);
        saveBlob(new Blob(parts, {type: form === "csv" ? "text/csv" : "application/json"}), name);
        ctx.say(`Saved as ${name}.`);
    } finally {
        progress.done();
    }
}

/**
 * The two buttons at a table.
 * @param {Page} ctx @param {() => Table} table as it is when one of them is pressed @param {{t0: number, t1: number}|null} range for the name of the file
 */
export function downloadLinks(ctx, table, range) {
    const box = el("span", {class: "download"});
    const button = (/** @type {"csv"|"json"} */ form) => link(form.toUpperCase(), () => attempt(ctx, download(ctx, table(), form, box, range)), `The whole table as a ${form.toUpperCase()} file`);
    box.append(button("csv"), button("json"));
    return box;
}
