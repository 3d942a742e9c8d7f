/** The link at 400 px: everything it holds at once, on a screen as of a telephone, in the dark. */
import {useSite} from "./harness.js";
import {testRoundTrips} from "./round_trip.js";
import {linkTo, longestOf} from "./viewer.js";

const site = useSite();

testRoundTrips(site, [
    {name: "an event on a narrow screen", link: async () => linkTo(await longestOf(site.api, "runnable")), keep: ({selection}) => selection?.kind === "interval"},
    {name: "everything at once", link: "t=0.05..0.3&y=procs+4&sel=0.1..0.2&open=counters,procs,threads,goroutines&q=state:sync%3E1ms&iso=1&pins=main.main&panel=statistics&clock=ns&overlay=gc&labels=0&height=10",
        keep: ({pins, isolated, query, panel}) => pins.length === 1 && isolated.length === 1 && query !== "" && panel === "statistics"},
], {width: 400, height: 868, scheme: "dark"});
