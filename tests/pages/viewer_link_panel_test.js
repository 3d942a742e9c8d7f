/** The link holds what is selected and sought, and the panel with its choices. */
import {useSite} from "./harness.js";
import {testRoundTrips} from "./round_trip.js";
import {VERSION} from "../../web/core/tile_key.js";
import {linkTo, longestOf, seconds} from "./viewer.js";

const site = useSite();

/** The longest pause or collection as the link says it. @param {"gc"|"stw"} kind */
async function markOf(kind) {
    const marks = (await (await fetch(`${site.api}/landmarks/20/0?v=${VERSION}`)).json())[kind];
    const {t0, t1} = [...marks].sort((a, b) => (b.t1 - b.t0) - (a.t1 - a.t0))[0];
    return `${kind}@${seconds(t0)}..${seconds(t1)}`;
}

async function logOf() {
    const {events: [log]} = await (await fetch(`${site.api}/events?kind=log&limit=1`)).json();
    return `t=${seconds(log.t - 20000)}..${seconds(log.t + 20000)}&sel=mark:${log.view}${log.block * 32 + log.row}@${log.T}`;
}

testRoundTrips(site, [
    {name: "a selected interval", link: async () => linkTo(await longestOf(site.api, "sync")), keep: ({selection}) => selection?.kind === "interval"},
    {name: "a selected processor's interval", link: "t=0.1..0.11&sel=P0@0.105s", keep: ({selection}) => selection?.row?.view === "P"},
    {name: "a selected log", link: logOf, keep: ({selection}) => selection?.kind === "mark"},
    {name: "a selected goroutine, and Stacks", link: "sel=g1&panel=stacks&of=sync", keep: ({selection}) => selection?.kind === "goroutine"},
    {name: "a selected range, and Statistics of processors", link: "sel=0.1..0.2&panel=statistics&scope=procs", keep: ({selection, scope}) => selection?.kind === "range" && scope === "procs"},
    {name: "a selected collection, and Events of one kind", link: async () => `t=0..0.41&sel=${await markOf("gc")}&panel=events&kinds=logs`, keep: ({selection, eventKinds}) => selection?.kind === "gc" && eventKinds === "logs"},
    {name: "a selected pause", link: async () => `t=0..0.41&sel=${await markOf("stw")}`, keep: ({selection}) => selection?.kind === "stw"},
    {name: "a query, and Hits", link: "q=state:sync%3E1ms&panel=hits", keep: ({found}) => found?.done === true && found.total > 0},
    {name: "the flame graph of one kind", link: "panel=flame&of=chan", keep: ({stacksOf}) => stacksOf === "chan"},
    {name: "the table of goroutines", link: "panel=goroutines", keep: ({panel}) => panel === "goroutines"},
    {name: "a closed panel", link: "panel=", keep: ({panel}) => panel === ""},
]);
