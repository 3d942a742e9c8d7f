/**
 * Functions of stacks and goroutines for the words in bars: asked for in handfuls, once, and kept. Until they have come, the
 * answer is empty and the words do without.
 */

const PAGE = 64;
const MAX_STACKS = 64;
const MAX_KEPT = 50000;
const MAX_PAGES = 4;
const RETRY_AFTER_MS = 5000;

/**
 * @param {import("./api.js").TileApi} api @param {string} trace
 * @param {() => void} onChange
 */
export function createNames(api, trace, onChange) {
    /** @type {Map<number, string[]>} */
    const stacks = new Map();
    /** @type {Map<string, string>} */
    const goroutines = new Map();
    /** @type {Map<string, import("../types.js").Row>} */
    const rows = new Map();
    /** @type {Set<number>} */
    const wantedStacks = new Set();
    /** @type {Set<number>} */
    const wantedPages = new Set();
    /** @type {Set<number>} */
    const donePages = new Set();
    let timer = 0;
    let busy = false;

    function later() {
        if (timer === 0 && !busy) timer = Number(setTimeout(() => void load(), 60));
    }

    async function load() {
        timer = 0;
        busy = true;
        const ids = [...wantedStacks].slice(0, MAX_STACKS);
        const pages = [...wantedPages].slice(-MAX_PAGES);
        wantedStacks.clear();
        wantedPages.clear();
        await Promise.all([ids.length > 0 ? loadStacks(ids) : null, ...pages.map(loadPage)]);
        busy = false;
        onChange();
    }

    /** @param {number[]} ids */
    async function loadStacks(ids) {
        for (const id of ids) stacks.set(id, []);
        const answer = await api.json(`traces/${trace}/stacks?ids=${ids.join()}`, {priority: () => 1e5}).catch(() => null);
        if (!answer) setTimeout(() => ids.forEach((id) => stacks.get(id)?.length === 0 && stacks.delete(id)), RETRY_AFTER_MS);
        for (const stack of answer?.stacks ?? []) {
            stacks.set(Number(stack.id), stack.frames.map((/** @type {{function: string}} */ f) => f.function));
        }
        if (stacks.size > MAX_KEPT) stacks.clear();
    }

    /** @param {number} page */
    async function loadPage(page) {
        donePages.add(page);
        const after = page * PAGE - 1;
        const query = after > 0 ? `limit=${PAGE}&after=${after}` : `limit=${PAGE}`;
        const answer = await api.json(`traces/${trace}/goroutines?${query}`, {priority: () => 1e5}).catch(() => null);
        if (!answer) setTimeout(() => donePages.delete(page), RETRY_AFTER_MS);
        for (const record of answer?.goroutines ?? []) {
            goroutines.set(String(record.g), String(record.function ?? ""));
            rows.set(String(record.g), {view: "G", row: record.block * 32 + record.row});
        }
        if (goroutines.size > MAX_KEPT) {
            goroutines.clear();
            rows.clear();
            donePages.clear();
        }
    }

    /** @param {string} g */
    function askFor(g) {
        const page = Math.floor(Number(g) / PAGE);
        if (g === "" || donePages.has(page)) return;
        wantedPages.add(page);
        later();
    }

    return {
        /** The trace has grown: pages may hold more than they did. */
        renew: () => donePages.clear(),
        /** @param {number} id @returns {string[]} */
        stackNames(id) {
            const known = stacks.get(id);
            if (known) return known;
            if (id > 0) {
                wantedStacks.add(id);
                later();
            }
            return [];
        },
        /** @param {string} g @returns {string} */
        goroutineFunction(g) {
            const known = goroutines.get(g);
            if (known !== undefined) return known;
            askFor(g);
            return "";
        },
        /** @param {string} g @returns {import("../types.js").Row|null} */
        rowOf(g) {
            const known = rows.get(g);
            if (!known) askFor(g);
            return known ?? null;
        },
    };
}
