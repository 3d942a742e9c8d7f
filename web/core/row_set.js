/**
 * Sets of rows, as a selection of a range has them: words that name lanes on every machine. Pure.
 *
 * "P3", "M0-7", "G12-40" rows of a view by their numbers, from the first to the last; "procs", "threads" all of them; "g:<function
 * name>" the goroutines of one function; "I149" one goroutine alone. In links they stand with commas between.
 */

/** @typedef {import("../types.js").Lane} Lane */
/** @typedef {import("../types.js").Manifest} Manifest */

/** The server takes no more at once. */
export const ROWS_MOST = 256;
/** Goroutines that have rows of their own at the top. */
export const ISOLATED_MOST = 32;
const RUN = /^([PMG])(\d{1,9})(?:-(\d{1,9}))?$/;
const WORD = /^(?:procs|threads|I\d{1,20}|g:.*)$/s;

/** @param {readonly string[]} words @returns {string[]|null} null: they are no such set */
export function parseRows(words) {
    const fits = (/** @type {string} */ word) => {
        const m = RUN.exec(word);
        return m ? m[3] === undefined || Number(m[3]) > Number(m[2]) : WORD.test(word);
    };
    return words.length > 0 && words.length <= ROWS_MOST && words.every(fits) ? [...words] : null;
}

/** What a lane is called in a set; "": it has no rows of its own, or they stand below it. @param {Lane} lane @param {Readonly<Record<string, boolean>>} open */
function wordOf({id, kind, row, group}, open) {
    if (kind === "row" && row) return id;
    if (kind === "group" && group && !open[id]) return id;
    return (id === "procs" || id === "threads") && !open[id] ? id : "";
}

/** Lanes from top to bottom as a set: what follows each other is one word. @param {readonly Lane[]} lanes @param {Readonly<Record<string, boolean>>} open @returns {string[]} */
export function rowsOf(lanes, open) {
    const words = lanes.map((lane) => wordOf(lane, open)).filter((word) => word !== "");
    const out = [...new Set(words.filter((word) => !RUN.test(word)))];
    for (const view of ["P", "M", "G"]) {
        const numbers = words.filter((word) => word.startsWith(view) && RUN.test(word)).map((word) => Number(word.slice(1))).sort((a, b) => a - b);
        let first = -1;
        numbers.forEach((number, i) => {
            if (number === numbers[i - 1]) return;
            if (number !== (numbers[i - 1] ?? -2) + 1) first = number;
            if (numbers.slice(i + 1).find((other) => other !== number) === number + 1) return;
            out.push(first === number ? `${view}${number}` : `${view}${first}-${number}`);
        });
    }
    return out;
}

/** How many lanes of them can be chosen. @param {readonly Lane[]} lanes @param {Readonly<Record<string, boolean>>} open */
export const countRows = (lanes, open) => lanes.filter((lane) => wordOf(lane, open) !== "").length;

/** Is the lane, or what it belongs to, in the set? @param {readonly string[]} rows @returns {(lane: Lane) => boolean} */
export function holdsLane(rows) {
    const words = new Set(rows);
    const runs = rows.flatMap((word) => {
        const m = RUN.exec(word);
        return m ? [{view: m[1], first: Number(m[2]), last: Number(m[3] ?? m[2])}] : [];
    });
    const sections = /** @type {Record<string, string>} */ ({P: "procs", M: "threads"});
    return (lane) => {
        if (words.has(lane.id)) return true;
        if (lane.kind !== "row" || !lane.row || lane.solo) return false;
        const {view, row} = lane.row;
        if (words.has(sections[view] ?? "") || (lane.group && words.has(`g:${lane.group.function}`))) return true;
        return runs.some((run) => run.view === view && run.first <= row && row <= run.last);
    };
}

/** The set as the server is asked for it, "" where this trace has nothing of it. @param {readonly string[]} rows @param {Manifest|null} manifest @returns {string} */
export function queryOfRows(rows, manifest) {
    const words = rows.flatMap((word) => {
        if (word === "procs") return manifest?.procs.length ? [`P0-${manifest.procs.length - 1}`] : [];
        if (word === "threads") return manifest?.threads.length ? [`M0-${manifest.threads.length - 1}`] : [];
        if (word.startsWith("I")) return [`g${word.slice(1)}`];
        if (!word.startsWith("g:")) return [word];
        return (manifest?.groups ?? []).filter((group) => group.function === word.slice(2)).map((group) => `F${group.group}`);
    });
    return words.join();
}

/** Are there goroutines among them? @param {readonly string[]} rows */
export const haveGoroutines = (rows) => rows.some((word) => /^(?:G|I|g:)/.test(word));

/** "rows P0-3, worker" in few words. @param {readonly string[]} rows @param {(name: string) => string} shorten a function's name */
export function rowsWords(rows, shorten) {
    const titles = /** @type {Record<string, string>} */ ({procs: "Processors", threads: "Threads"});
    const words = rows.slice(0, 3).map((word) => (word.startsWith("g:") ? shorten(word.slice(2)) : word.startsWith("I") ? `g${word.slice(1)}` : titles[word] ?? `rows ${word}`));
    return `${words.join(", ")}${rows.length > 3 ? `, and ${rows.length - 3} more` : ""}`;
}
