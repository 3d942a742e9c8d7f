/**
 * Follows a trace that is being read: asks how far that is, about four times a second at first and once a second later, and hands
 * out the manifest of a part of it when that before is drawn, and last that of the whole.
 */

/** @typedef {import("../types.js").Manifest} Manifest */

const POLL_MS = 250;
const POLL_MOST_MS = 1000;
const SLOWER = 1.05;
/** On a slow machine the next part comes before all of this one has: so long it is waited for. */
const PATIENCE_MS = 5000;

/**
 * @param {object} how
 * @param {import("./api.js").TileApi} how.api @param {string} how.trace
 * @param {number} how.part what is shown already
 * @param {() => boolean} how.isBusy what is shown has not all come yet
 * @param {(manifest: Manifest) => void} how.onProgress how far it is: without rows and groups
 * @param {(manifest: Manifest) => void} how.onPart more can be shown, or nothing more comes: its state tells
 */
export async function followReading({api, trace, part, isBusy, onProgress, onPart}) {
    let since = performance.now();
    for (let wait = POLL_MS; ; wait = Math.min(wait * SLOWER, POLL_MOST_MS)) {
        await new Promise((resolve) => setTimeout(resolve, wait));
        if (isBusy() && performance.now() - since < PATIENCE_MS) continue;
        /** @type {Manifest|null} */
        const manifest = await api.json(`traces/${encodeURIComponent(trace)}?part=${part}`, {priority: () => -2}).catch(() => null);
        if (!manifest) continue; // the server is away: the page says so, and what it has stays
        if (manifest.state === "ingesting" && !manifest.groups) {
            onProgress(manifest);
            continue;
        }
        part = manifest.part ?? 0;
        since = performance.now();
        onPart(manifest);
        if (manifest.state !== "ingesting") return;
    }
}
