/**
 * The stacks of a range, for the tabs that show them: which time, whose, and the download for `go tool pprof`.
 */
import {KINDS} from "../core/flame.js";
import {formatDuration} from "../core/time.js";
import {countOf, rangeWords} from "../core/words.js";
import {downloadLinks} from "./download.js";
import {el, swatch} from "./element.js";
import {rangeOf, scopeButtons, scopesOf} from "./statistics.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("../types.js").State} State */
/** @typedef {import("../core/flame.js").Profile} Profile */
/** @typedef {typeof KINDS[number]} Kind */
/** @typedef {(value: number) => string} Words   a duration, or a number of samples */

/** @param {Readonly<State>} state @param {string} of @param {string} scope */
function queryOf(state, of, scope) {
    const {t0, t1} = rangeOf(state);
    const from = Math.max(Math.floor(t0), 0);
    const to = Math.min(Math.ceil(t1), state.manifest?.span_ns ?? Infinity);
    return `traces/${state.trace}/profile?of=${of}&from=${from}&to=${Math.max(to, from + 1)}${scope === "" ? "" : `&${scope}`}`;
}

const FILES_PAGE = 2000;

/** What to do where there is nothing. @param {Kind} kind */
const noneWords = ({id}) => (id === "samples"
    ? "No CPU samples here. Go writes them into a trace while a CPU profile runs: call pprof.StartCPUProfile beside trace.Start, or fetch /debug/pprof/profile and /debug/pprof/trace at the same time."
    : "Nobody spent time like this here.");

/**
 * @param {Page} ctx @param {AbortSignal} signal
 * @param {(profile: Profile, kind: Kind, words: Words, signal: AbortSignal) => HTMLElement[]|Promise<HTMLElement[]>} build what stands below
 * @returns {Promise<HTMLElement>}
 */
export async function profilePane(ctx, signal, build) {
    const state = ctx.store.get();
    const range = rangeOf(state);
    const scopes = scopesOf(state).filter(({id}) => id !== "procs" && id !== "threads");
    const scope = scopes.find(({id}) => id === state.scope) ?? scopes[0];
    const kind = /** @type {Kind} */ (KINDS.find(({id}) => id === state.stacksOf) ?? KINDS[0]);
    const query = queryOf(state, kind.of, scope?.id === "all" ? "" : scope?.query ?? "");
    const profile = /** @type {Profile} */ (await ctx.api.json(query, {signal}));
    const name = `${state.manifest?.name.replace(/\.(trace|out|gz|zst)$/g, "") ?? "trace"}-${kind.id}.pb.gz`;
    /** @type {Words} */
    const words = kind.id === "samples" ? (value) => countOf(value, "sample") : formatDuration;
    return el("div", {class: "pane"},
        el("div", {class: "pane-head"},
            el("h2", {}, range.selected ? "Selected range" : "In view", el("span", {}, `${rangeWords(range.t0, range.t1, state)}: ${kind.tells}`)),
            scopeButtons(scopes, scope?.id ?? "all", (id) => ctx.store.set({scope: id})),
            el("a", {class: "link", href: `../api/v1/${query}&format=pprof`, download: name, title: "For go tool pprof"}, "Download profile"),
            downloadLinks(ctx, () => ({name: `stacks-${kind.id}`, path: query, jsonPath: `${query}&format=list`, key: "stacks", csvLimit: FILES_PAGE, jsonLimit: FILES_PAGE, total: profile.n_stacks}), range)),
        el("div", {class: "scopes kinds", role: "group", "aria-label": "Which time"}, KINDS.map(({id, title, state: colour}) => el("button", {
            class: "chip", type: "button", "aria-pressed": String(id === kind.id), onclick: () => ctx.store.set({stacksOf: id}),
        }, colour === "" ? null : swatch(colour), title))),
        profile.n === 0 ? el("p", {class: "empty"}, noneWords(kind)) : await build(profile, kind, words, signal));
}
