/**
 * The last queries of this browser. Browsers refuse storage in some private windows: then there are none.
 */

const SETTING = "tilescope.queries";
const MOST = 20;

/** @returns {string[]} the last one first */
export function readQueries() {
    try {
        const list = JSON.parse(localStorage.getItem(SETTING) ?? "[]");
        return Array.isArray(list) ? list.filter((query) => typeof query === "string").slice(0, MOST) : [];
    } catch {
        return [];
    }
}

/** @param {string} query */
export function rememberQuery(query) {
    const list = [query, ...readQueries().filter((other) => other !== query)].slice(0, MOST);
    try {
        localStorage.setItem(SETTING, JSON.stringify(list));
    } catch {
        // It is not remembered.
    }
}
