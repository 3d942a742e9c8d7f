/**
 * The one table of keys: input/keyboard.js finds the action of a key press here, panel/help.js prints it.
 *
 * W A S D go by position on the keyboard (`code`), all else by what is printed on the key (`key`), so that both work on
 * every layout. Shift is ignored where it only helps to type the character, as for `?`.
 * Knows nothing of the DOM, nor of what an action does.
 */

/**
 * @typedef {object} Stroke
 * @property {string=} code   place on the keyboard, as event.code
 * @property {string=} key    what it types, as event.key, in lower case
 * @property {boolean=} ctrl  with Ctrl or Cmd
 * @property {boolean=} shift only with Shift (true), only without (false)
 * @property {boolean=} alt
 *
 * @typedef {object} Key
 * @property {string} action
 * @property {string} group   heading in the overlay
 * @property {string} words
 * @property {string[]} shown what the overlay prints, one per key cap
 * @property {Stroke[]} strokes
 *
 * @typedef {{code: string, key: string, ctrlKey: boolean, metaKey: boolean, shiftKey: boolean, altKey: boolean}} Press
 */

/** @type {readonly Key[]} */
export const KEYS = Object.freeze([
    {action: "zoom-in", group: "Move", words: "Zoom in at the pointer", shown: ["W", "+"], strokes: [{code: "KeyW"}, {key: "+"}, {key: "="}]},
    {action: "zoom-out", group: "Move", words: "Zoom out", shown: ["S", "−"], strokes: [{code: "KeyS", shift: false}, {key: "-"}]},
    {action: "pan-left", group: "Move", words: "Earlier", shown: ["A", "←"], strokes: [{code: "KeyA", shift: false}, {key: "arrowleft", shift: false}]},
    {action: "pan-right", group: "Move", words: "Later", shown: ["D", "→"], strokes: [{code: "KeyD", shift: false}, {key: "arrowright", shift: false}]},
    {action: "page-left", group: "Move", words: "A window earlier", shown: ["Shift A", "Shift ←"], strokes: [{code: "KeyA", shift: true}, {key: "arrowleft", shift: true}]},
    {action: "page-right", group: "Move", words: "A window later", shown: ["Shift D", "Shift →"], strokes: [{code: "KeyD", shift: true}, {key: "arrowright", shift: true}]},
    {action: "scroll-up", group: "Move", words: "Lanes above", shown: ["↑", "Page ↑"], strokes: [{key: "arrowup"}, {key: "pageup"}]},
    {action: "scroll-down", group: "Move", words: "Lanes below", shown: ["↓", "Page ↓"], strokes: [{key: "arrowdown"}, {key: "pagedown"}]},
    {action: "start", group: "Move", words: "Start of the trace", shown: ["Home"], strokes: [{key: "home"}]},
    {action: "end", group: "Move", words: "End of the trace", shown: ["End"], strokes: [{key: "end"}]},
    {action: "all", group: "Move", words: "The whole trace", shown: ["0"], strokes: [{key: "0"}, {code: "Digit0"}]},
    {action: "views", group: "Move", words: "List of the views of this visit", shown: ["V"], strokes: [{key: "v"}]},
    {action: "undo", group: "Move", words: "View before", shown: ["Ctrl Z"], strokes: [{key: "z", ctrl: true, shift: false}]},
    {action: "redo", group: "Move", words: "View after", shown: ["Ctrl Y"], strokes: [{key: "y", ctrl: true}, {key: "z", ctrl: true, shift: true}]},

    {action: "search", group: "Find", words: "Search box", shown: ["/"], strokes: [{key: "/"}]},
    {action: "next-hit", group: "Find", words: "Next hit of what is sought", shown: ["Enter"], strokes: [{key: "enter", shift: false}]},
    {action: "previous-hit", group: "Find", words: "Hit before", shown: ["Shift Enter"], strokes: [{key: "enter", shift: true}]},
    {action: "isolate-hits", group: "Find", words: "Rows of their own at the top for the goroutines with hits", shown: ["Shift I"], strokes: [{key: "i", shift: true}]},
    {action: "commands", group: "Find", words: "Every action by its name", shown: ["Ctrl Shift P", "/ >"], strokes: [{key: "p", ctrl: true, shift: true}]},
    {action: "go-to", group: "Find", words: "Go to a time, goroutine, processor, thread, function", shown: ["G"], strokes: [{key: "g"}]},

    {action: "focus", group: "Selection", words: "Zoom to the selection", shown: ["F"], strokes: [{key: "f"}]},
    {action: "previous", group: "Selection", words: "Previous event on the row", shown: [","], strokes: [{key: ","}]},
    {action: "next", group: "Selection", words: "Next event on the row", shown: ["."], strokes: [{key: "."}]},
    {action: "longest", group: "Selection", words: "The longest interval under the pointer, where many share a pixel", shown: ["L"], strokes: [{key: "l"}]},
    {action: "cause", group: "Selection", words: "Back to the cause: who woke it", shown: ["["], strokes: [{key: "["}, {code: "BracketLeft"}]},
    {action: "effect", group: "Selection", words: "On to the effect: whom it woke", shown: ["]"], strokes: [{key: "]"}, {code: "BracketRight"}]},
    {action: "isolate", group: "Selection", words: "Give the goroutine a row of its own at the top, or take it away", shown: ["I"], strokes: [{key: "i", shift: false}]},
    {action: "pin", group: "Selection", words: "Pin the group to the top, or let it go", shown: ["P"], strokes: [{key: "p"}]},
    {action: "copy", group: "Selection", words: "Copy the link to what is shown", shown: ["C"], strokes: [{key: "c"}]},
    {action: "picture", group: "Selection", words: "Save picture as PNG: what the timelines show", shown: ["Ctrl Shift E"], strokes: [{key: "e", ctrl: true, shift: true}]},

    {action: "mark", group: "Marks", words: "Mark the time under the pointer, or what is selected", shown: ["M"], strokes: [{key: "m", shift: false}]},
    {action: "next-mark", group: "Marks", words: "Next mark", shown: ["N"], strokes: [{key: "n", shift: false}]},
    {action: "previous-mark", group: "Marks", words: "Mark before", shown: ["Shift N"], strokes: [{key: "n", shift: true}]},
    {action: "marks", group: "Marks", words: "List of marks: notes, distances, delete", shown: ["Shift M"], strokes: [{key: "m", shift: true}]},

    {action: "clear", group: "Selection", words: "Close what is open; else select nothing; else take all rows of their own away", shown: ["Esc"], strokes: [{key: "escape"}]},

    {action: "overlay", group: "Show", words: "Shade garbage collection and pauses over all rows: both, collection, none", shown: ["O"], strokes: [{key: "o"}]},
    {action: "labels", group: "Show", words: "Text in bars", shown: ["X"], strokes: [{key: "x"}]},
    {action: "stacks", group: "Show", words: "Stacks over time below isolated goroutines", shown: ["Shift S"], strokes: [{code: "KeyS", shift: true}]},
    {action: "tooltip", group: "Show", words: "Tooltip: all, exact intervals only, none", shown: ["T"], strokes: [{key: "t"}]},
    {action: "panel", group: "Show", words: "Panel below", shown: ["B"], strokes: [{key: "b"}]},
    {action: "hide-lane", group: "Lanes", words: "Hide the group, counter or section under the pointer", shown: ["H"], strokes: [{key: "h", shift: false}]},
    {action: "show-lanes", group: "Lanes", words: "Show all that is hidden", shown: ["Shift H"], strokes: [{key: "h", shift: true}]},
    {action: "section-up", group: "Lanes", words: "Move the section under the pointer up", shown: ["Alt ↑"], strokes: [{key: "arrowup", alt: true, shift: false}]},
    {action: "section-down", group: "Lanes", words: "Move the section under the pointer down", shown: ["Alt ↓"], strokes: [{key: "arrowdown", alt: true, shift: false}]},
    {action: "taller", group: "Lanes", words: "Taller: the counter or area under the pointer, else all rows", shown: ["Alt Shift ↑"], strokes: [{key: "arrowup", alt: true, shift: true}]},
    {action: "lower", group: "Lanes", words: "Lower", shown: ["Alt Shift ↓"], strokes: [{key: "arrowdown", alt: true, shift: true}]},
    {action: "preferences", group: "Show", words: "Preferences: theme, keys, editor", shown: ["Ctrl ,"], strokes: [{key: ",", ctrl: true}]},
    {action: "help", group: "Show", words: "Help: keys, colours, how to record a trace", shown: ["?"], strokes: [{key: "?"}]},
]);

/** What the mouse and fingers do, for the overlay. @type {readonly {group: string, words: string, shown: string[]}[]} */
export const GESTURES = Object.freeze([
    {group: "Mouse", words: "Scroll the lanes", shown: ["Wheel"]},
    {group: "Mouse", words: "Earlier, later", shown: ["Shift wheel"]},
    {group: "Mouse", words: "Zoom at the pointer", shown: ["Ctrl wheel", "Pinch"]},
    {group: "Mouse", words: "Height of goroutine rows; of a counter or an area", shown: ["Alt wheel"]},
    {group: "Mouse", words: "Select what is under the pointer", shown: ["Click"]},
    {group: "Mouse", words: "Zoom to an interval", shown: ["Double click"]},
    {group: "Mouse", words: "Select a range of time; over several rows, these rows", shown: ["Drag"]},
    {group: "Mouse", words: "Move the view", shown: ["Space drag", "Middle drag"]},
    {group: "Mouse", words: "Move the window", shown: ["Drag axis", "Drag overview"]},
    {group: "Mouse", words: "Move a section; height of a counter or an area", shown: ["Drag name", "Drag its lower edge"]},
    {group: "Mouse", words: "Hide, move, height: a menu", shown: ["Right click on name"]},
    {group: "Mouse", words: "Fold, unfold", shown: ["Click name"]},
    {group: "Mouse", words: "Move the view; zoom", shown: ["1 finger", "2 fingers"]},
]);

/** @param {Stroke} stroke @param {Press} press @returns {boolean} */
function matches(stroke, press) {
    if ((press.ctrlKey || press.metaKey) !== Boolean(stroke.ctrl) || press.altKey !== Boolean(stroke.alt)) return false;
    if (stroke.shift !== undefined && press.shiftKey !== stroke.shift) return false;
    return stroke.code !== undefined ? press.code === stroke.code : press.key.toLowerCase() === stroke.key;
}

/**
 * Letters by position win over printed ones, printed ones over other positions.
 * @param {Press} press
 * @param {boolean} altGraph AltGr is held: it types a character, and reports Ctrl and Alt
 * @returns {string} action, "" none
 */
export function actionOf(press, altGraph = false) {
    const plain = altGraph ? {...press, ctrlKey: false, altKey: false} : press;
    const wasd = (/** @type {Stroke} */ stroke) => /^Key[WASD]$/.test(stroke.code ?? "");
    /** @type {((stroke: Stroke) => boolean)[]} */
    const rounds = [wasd, (stroke) => stroke.key !== undefined, (stroke) => stroke.code !== undefined];
    for (const counts of rounds) {
        const found = KEYS.find((key) => key.strokes.some((stroke) => counts(stroke) && matches(stroke, plain)));
        if (found) return found.action;
    }
    return "";
}
