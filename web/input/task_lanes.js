/**
 * How the user tasks are laid out is asked for when their section is unfolded first, and again when the trace has grown.
 */

/** @typedef {import("../types.js").Page} Page */

/** Asks for it where it is needed and not there. @param {Pick<Page, "api"|"store">} ctx @param {boolean} again @param {boolean} needed  the section is about to be unfolded */
export async function loadTaskLanes({api, store}, again = false, needed = false) {
    const {open, taskLanes, manifest, trace} = store.get();
    if ((!needed && open["tasks"] !== true) || (taskLanes && !again) || !manifest?.totals["tasks"]) return;
    const lanes = await api.json(`traces/${trace}/tasks/lanes`).catch(() => null);
    if (lanes) store.set({taskLanes: lanes});
}

/** @param {Page} ctx @returns {() => void} */
export function enable(ctx) {
    void loadTaskLanes(ctx);
    return ctx.store.subscribe((changed) => {
        if (changed.has("open") || changed.has("manifest")) queueMicrotask(() => void loadTaskLanes(ctx, changed.has("manifest")));
    });
}
