/**
 * The call tree of a profile (server/API.md) as a flame graph and as sums per function. Pure.
 * The root hangs at the top; who is called lies below its caller, the heaviest first from the left.
 */

/**
 * @typedef {object} Profile      the server's answer
 * @property {number} ns @property {number} n @property {number} n_stacks @property {number} n_cut
 * @property {{id: number, ns: number, n: number}[]} stacks
 * @property {{name: string, file: string}[]} functions
 * @property {[number, number, number, number, number, number][]} nodes   parent, function, ns, n, ns and n that end there
 *
 * @typedef {object} FlameNode
 * @property {string} name        "" of the root
 * @property {string} file
 * @property {number} value       ns, of samples their number; with all that it called
 * @property {number} self        what it spent itself
 * @property {number} n           intervals or samples
 * @property {number} depth       0: root
 * @property {number} parent      the root's own is 0
 * @property {number[]} children  the heaviest first
 *
 * @typedef {{node: number, depth: number, x: number, w: number}} Box   x and w as shares of the width
 * @typedef {{name: string, file: string, value: number, self: number, n: number}} FunctionSum
 */

/** @param {Profile} profile @returns {FlameNode[]} node 0 is the root */
export function buildFlame(profile) {
    const byTime = profile.ns > 0;
    /** @type {FlameNode[]} */
    const nodes = [];
    profile.nodes.forEach(([parent, fn, ns, n, selfNs, selfN], i) => {
        const {name, file} = profile.functions[fn] ?? {name: "", file: ""};
        const depth = i === 0 ? 0 : (nodes[parent]?.depth ?? 0) + 1;
        nodes.push({name, file, value: byTime ? ns : n, self: byTime ? selfNs : selfN, n, depth, parent, children: []});
        if (i > 0) nodes[parent]?.children.push(i);
    });
    const weight = (/** @type {number} */ i) => nodes[i]?.value ?? 0;
    for (const node of nodes) node.children.sort((a, b) => weight(b) - weight(a) || a - b);
    return nodes;
}

/** From the root to the node. @param {FlameNode[]} nodes @param {number} at @returns {number[]} */
export function pathTo(nodes, at) {
    const path = [at];
    while (path[0] !== undefined && path[0] !== 0) path.unshift(nodes[path[0]]?.parent ?? 0);
    return path;
}

/** Two hashes (FNV-1a), each of 32 bits, taken on by the letters of a name. @param {readonly [number, number]} from @param {string} name @returns {[number, number]} */
function hashOn([a, b], name) {
    for (let i = 0; i < name.length; i++) {
        a = Math.imul(a ^ name.charCodeAt(i), 0x01000193);
        b = Math.imul(b ^ (name.charCodeAt(i) + i), 0x01000193);
    }
    return [Math.imul(a ^ 0x3b, 0x01000193) >>> 0, Math.imul(b ^ 0x3b, 0x01000193) >>> 0];
}

/**
 * The numbers of all boxes for a link, made of the names from the root on: the same in every range, and however heavy they are.
 * @param {FlameNode[]} nodes @returns {string[]} "" the root
 */
export function boxNumbers(nodes) {
    /** @type {[number, number][]} */
    const hashes = [];
    return nodes.map(({name, parent}, i) => {
        const own = hashes[i] = i === 0 ? [0x811c9dc5, 0x2f0b4c47] : hashOn(hashes[parent] ?? [0, 0], name);
        return i === 0 ? "" : own.map((part) => part.toString(16).padStart(8, "0")).join("");
    });
}

/**
 * What is seen where `zoom` takes the whole width: its callers above it, and below it all that is wide enough.
 * @param {FlameNode[]} nodes @param {number} zoom @param {number} least share of the width @returns {Box[]} from the top
 */
export function layoutFlame(nodes, zoom, least) {
    /** @type {Box[]} */
    const boxes = pathTo(nodes, zoom).map((node) => ({node, depth: nodes[node]?.depth ?? 0, x: 0, w: 1}));
    const total = nodes[zoom]?.value ?? 0;
    const open = boxes.slice(-1);
    for (let box = open.shift(); box && total > 0; box = open.shift()) {
        let {x} = box;
        for (const child of nodes[box.node]?.children ?? []) {
            const w = (nodes[child]?.value ?? 0) / total;
            if (w < least) break;
            const next = {node: child, depth: box.depth + 1, x, w};
            boxes.push(next);
            open.push(next);
            x += w;
        }
    }
    return boxes;
}

/** Per function, once where it calls itself. The most of its own first. @param {FlameNode[]} nodes @returns {FunctionSum[]} */
export function sumFunctions(nodes) {
    /** @type {Map<string, FunctionSum>} */
    const sums = new Map();
    nodes.forEach((node, i) => {
        if (i === 0) return;
        const sum = sums.get(node.name) ?? {name: node.name, file: node.file, value: 0, self: 0, n: 0};
        sum.self += node.self;
        if (!pathTo(nodes, node.parent).some((up) => up !== 0 && nodes[up]?.name === node.name)) {
            sum.value += node.value;
            sum.n += node.n;
        }
        sums.set(node.name, sum);
    });
    return [...sums.values()].sort((a, b) => b.self - a.self || b.value - a.value || (a.name < b.name ? -1 : 1));
}

/** Nodes whose function has these letters, and what they weigh together, each stack once. @param {FlameNode[]} nodes @param {string} words */
export function findNodes(nodes, words) {
    const wanted = words.trim().toLowerCase();
    /** @type {Set<number>} */
    const found = new Set();
    let value = 0;
    if (wanted === "") return {found, value};
    /** @type {boolean[]} */
    const inside = [];
    nodes.forEach((node, i) => {
        const hit = i > 0 && node.name.toLowerCase().includes(wanted);
        const above = i > 0 && inside[node.parent] === true;
        inside[i] = hit || above;
        if (!hit) return;
        found.add(i);
        if (!above) value += node.value;
    });
    return {found, value};
}

/** Whose stacks are shown: what the address and the server call it, and the state that it is painted as. */
export const KINDS = Object.freeze([
    {id: "samples", title: "On CPU", of: "samples", state: "running", tells: "CPU samples"},
    {id: "blocked", title: "Blocked", of: "sync,chan,net,other", state: "", tells: "time blocked, by where it waited"},
    {id: "sync", title: "Sync", of: "sync", state: "sync", tells: "time blocked on locks and condition variables"},
    {id: "chan", title: "Chan / select", of: "chan", state: "chan", tells: "time blocked on channels"},
    {id: "net", title: "Network", of: "net", state: "net", tells: "time waiting for the network"},
    {id: "other", title: "Other wait", of: "other", state: "other", tells: "time in other waits"},
    {id: "sleep", title: "Sleep", of: "sleep", state: "sleep", tells: "time asleep"},
    {id: "syscall", title: "Syscall", of: "syscall", state: "syscall", tells: "time in system calls"},
    {id: "runnable", title: "Runnable", of: "runnable", state: "runnable", tells: "time waiting to run, by who made it so"},
]);
