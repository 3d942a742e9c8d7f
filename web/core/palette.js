/**
 * The colours of both themes: values found by measurement (distances between states in four kinds of sight, contrast to the
 * lane, contrast of the text on them). style.css holds the tokens a second time, for the parts that are not drawn here.
 */

/** @typedef {{hex: string, text: string, tint: string}} StateColor */
/** @typedef {{tokens: Record<string, string>, states: Record<string, StateColor>}} Theme */

/** @type {{light: Theme, dark: Theme}} */
export const PALETTE = {
    light: {
        tokens: {
            lane: "#ffffff",
            chrome: "#f6f7f8",
            field: "#ffffff",
            line: "#dfe2e6",
            hair: "#eceef1",
            grid: "#e9ecef",
            text: "#1a1e24",
            muted: "#5a626d",
            faint: "#8b939d",
            accent: "#1d56c4",
            selection: "#1a1e24",
            halo: "#ffffff",
            hit: "#c4007f",
            heap: "#1a1e24",
            created: "#1a1e24",
            ended: "#8b939d",
            unknown: "#8b939d",
            gc_tint: "#7755ca14",
            range_tint: "#1d56c41a",
        },
        states: {
            running: {hex: "#097e4c", text: "#ffffff", tint: "#90c5ae"},
            assist: {hex: "#763283", text: "#ffffff", tint: "#c1a3c7"},
            runnable: {hex: "#008fb6", text: "#000000", tint: "#8ccdde"},
            syscall: {hex: "#c58000", text: "#000000", tint: "#e5c68c"},
            sync: {hex: "#7d161c", text: "#ffffff", tint: "#c59699"},
            chan: {hex: "#af3f19", text: "#ffffff", tint: "#dba998"},
            net: {hex: "#a7897d", text: "#000000", tint: "#d7cac5"},
            other: {hex: "#955d78", text: "#ffffff", tint: "#cfb6c2"},
            sleep: {hex: "#8e949b", text: "#000000", tint: "#cccfd2"},
            gc: {hex: "#7755ca", text: "#ffffff", tint: "#c2b3e7"},
            stw: {hex: "#e22451", text: "#ffffff", tint: "#f29cb1"},
        },
    },
    dark: {
        tokens: {
            lane: "#14161a",
            chrome: "#1b1e23",
            field: "#14161a",
            line: "#2e333a",
            hair: "#22262b",
            grid: "#23272d",
            text: "#e6e9ed",
            muted: "#9ca5b0",
            faint: "#717a85",
            accent: "#8ab4ff",
            selection: "#e6e9ed",
            halo: "#14161a",
            hit: "#ff6fc8",
            heap: "#e6e9ed",
            created: "#e6e9ed",
            ended: "#717a85",
            unknown: "#717a85",
            gc_tint: "#8f6ee626",
            range_tint: "#8ab4ff22",
        },
        states: {
            running: {hex: "#87d8b0", text: "#000000", tint: "#53816d"},
            assist: {hex: "#93539e", text: "#ffffff", tint: "#5a3863"},
            runnable: {hex: "#41a5c9", text: "#000000", tint: "#2d657a"},
            syscall: {hex: "#ffba4f", text: "#000000", tint: "#957037"},
            sync: {hex: "#ff857c", text: "#000000", tint: "#955350"},
            chan: {hex: "#a95839", text: "#ffffff", tint: "#663a2b"},
            net: {hex: "#8d7b74", text: "#000000", tint: "#574e4c"},
            other: {hex: "#b67497", text: "#000000", tint: "#6d4a5f"},
            sleep: {hex: "#61656a", text: "#ffffff", tint: "#3e4146"},
            gc: {hex: "#8f6ee6", text: "#000000", tint: "#58468a"},
            stw: {hex: "#ff0655", text: "#000000", tint: "#950d3a"},
        },
    },
};
