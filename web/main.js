/**
 * Wiring only: makes the store, the client, the lanes and the frame, and hands them to input and panel modules.
 * Each of those exports enable(ctx) and disable(); a Ctx is described in types.js.
 */
const HANDLERS = [
    "./input/pan.js", "./input/zoom.js", "./input/select.js", "./input/keyboard.js", "./input/hover.js",
    "./panel/detail.js", "./panel/search.js", "./panel/legend.js", "./panel/traces.js",
];

export {HANDLERS};
