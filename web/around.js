/**
 * Every module of input/ and panel/ but the address bar, started together. chrome.js asks for this file when the first picture is
 * drawn, which needs none of it. Wiring only.
 */
import {enable as arrange} from "./input/arrange.js";
import {enable as cause} from "./input/cause.js";
import {enable as hover} from "./input/hover.js";
import {enable as isolated} from "./input/isolate.js";
import {enable as keyboard} from "./input/keyboard.js";
import {enable as laneMenu} from "./input/lane_menu.js";
import {enable as longest} from "./input/longest.js";
import {enable as marking} from "./input/marking.js";
import {enable as pan} from "./input/pan.js";
import {enable as rows} from "./input/rows.js";
import {enable as select} from "./input/select.js";
import {enable as taskLanes} from "./input/task_lanes.js";
import {enable as touch} from "./input/touch.js";
import {enable as views} from "./input/views.js";
import {enable as overviewWindow} from "./input/window.js";
import {enable as zoom} from "./input/zoom.js";
import {enable as explaining} from "./panel/explaining.js";
import {enable as finding} from "./panel/finding.js";
import {enable as help} from "./panel/help.js";
import {enable as hints} from "./panel/hints.js";
import {enable as legend} from "./panel/legend.js";
import {enable as mirror} from "./panel/mirror.js";
import {enable as nameMenu} from "./panel/name_menu.js";
import {enable as preferences} from "./panel/preferences_dialog.js";
import {enable as range} from "./panel/range.js";
import {enable as search} from "./panel/search.js";
import {enable as share} from "./panel/share.js";
import {enable as tabs} from "./panel/tabs.js";
import {enable as tooltip} from "./panel/tooltip.js";
import {enable as viewList} from "./panel/view_list.js";

/** @typedef {import("./types.js").Page} Page */

/** The views start with what the address bar restored. */
const MODULES = [
    rows, pan, zoom, overviewWindow, touch, select, hover, cause, isolated, taskLanes, arrange, longest, marking, keyboard, legend, laneMenu, range, nameMenu, tooltip, search, finding, share,
    help, preferences, views, viewList, tabs, mirror, explaining, hints,
];

/** @param {Page} page */
export function enable(page) {
    for (const module of MODULES) module(page);
}
