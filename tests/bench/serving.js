/**
 * What the benches of the page share: the program serving one trace or store, and a browser on it.
 */
import {spawn} from "node:child_process";
import {readFileSync} from "node:fs";
import {basename, dirname, resolve} from "node:path";
import {chromium} from "playwright-core";

const STORE = /^([0-9a-f]{32})\.v\d+\.tiles$/;
const START_MS = 20000;

/** Value of --name=VALUE, `other` where it is not given; of a plain --name "". @param {string} name @param {string} other */
export function option(name, other) {
    const given = process.argv.slice(2).find((a) => a === `--${name}` || a.startsWith(`--${name}=`));
    return given === undefined ? other : given.slice(name.length + 3);
}

/** The arguments that are no options. */
export const operands = () => process.argv.slice(2).filter((a) => !a.startsWith("--"));

/** @param {string} base @param {string} id undefined as long as the trace is not read */
async function isReady(base, id) {
    const answer = await fetch(`${base}api/v1/traces/${id}`);
    const {state, error} = await answer.json();
    if (state === "failed") throw new Error(error?.message ?? "the trace could not be read");
    return state === "ready";
}

/**
 * Serves a file until stop(): a trace, which is read first where no store of it is kept, a store under the name that the program
 * gave it, or what a server that runs already has at a URL.
 * @param {string} program @param {string} file
 * @returns {Promise<{url: string, cpuMs: () => number, stop: () => Promise<void>}>}
 */
export async function serve(program, file) {
    if (file.startsWith("http")) return {url: file, cpuMs: () => NaN, stop: async () => {}};
    const store = STORE.exec(basename(file))?.[1];
    const what = store ? ["--cache-dir", dirname(resolve(file))] : [file];
    const child = spawn(program, ["--http", "0", "--no-browser", ...what], {stdio: ["ignore", "pipe", "pipe"]});
    let said = "";
    const base = await new Promise((done, fail) => {
        const timer = setTimeout(() => fail(new Error(`the server did not come up: ${said}`)), START_MS);
        const hear = (/** @type {Buffer} */ data) => {
            said += data;
            const at = /listening on (http:\/\/\S+)/.exec(said)?.[1];
            if (!at) return;
            clearTimeout(timer);
            done(`${new URL(at).origin}/`);
        };
        child.stdout.on("data", hear);
        child.stderr.on("data", hear);
        child.on("exit", (code) => fail(new Error(`the server ended with ${code}: ${said}`)));
    });
    const {traces} = await (await fetch(`${base}api/v1/traces`)).json();
    const id = store ?? traces[0]?.id;
    while (!await isReady(base, id)) await new Promise((done) => setTimeout(done, 500));
    return {
        url: `${base}t/${id}`,
        /** utime and stime of proc(5), in ticks of 10 ms */
        cpuMs() {
            const fields = readFileSync(`/proc/${child.pid}/stat`, "latin1").replace(/^.*\) /, "").split(" ");
            return (Number(fields[11]) + Number(fields[12])) * 10;
        },
        async stop() {
            const ended = new Promise((done) => child.on("exit", done));
            child.kill("SIGTERM");
            await ended;
        },
    };
}

export function startBrowser() {
    return chromium.launch({
        executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
        args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync"],
    });
}

/** Whether the worker asks for it, which a DevTools session of the page does not tell of. @param {string} url */
export const isWorkers = (url) => /\/api\/.*\/batch\//.test(url);

/**
 * Tells of the requests that the worker makes.
 * @param {import("playwright-core").Page} page
 * @param {{asked: (request: object, url: string) => void, answered: (request: object, about: {ms: number, status: number, bytes: number}) => void, failed: (request: object) => void}} to
 */
export function watchWorker(page, {asked, answered, failed}) {
    page.on("request", (request) => isWorkers(request.url()) && asked(request, request.url()));
    page.on("requestfailed", (request) => isWorkers(request.url()) && failed(request));
    page.on("requestfinished", async (request) => {
        if (!isWorkers(request.url())) return;
        const {requestStart, responseStart} = request.timing();
        const [response, sizes] = await Promise.all([request.response(), request.sizes()]).catch(() => []);
        if (!sizes) return; // the browser was closed meanwhile
        answered(request, {ms: Math.max(responseStart - requestStart, 0), status: response?.status() ?? 0, bytes: sizes.responseHeadersSize + sizes.responseBodySize});
    });
}

/** @param {number[]} a @param {number} q */
export const quantile = (a, q) => [...a].sort((x, y) => x - y)[Math.min(a.length - 1, Math.floor(q * a.length))] ?? NaN;

/** Whether nothing is being drawn or read: requests apart. @param {import("playwright-core").Page} page @returns {Promise<boolean>} */
export const isStill = (page) => page.evaluate(`import(document.querySelector("script[type=module]").src).then(({page: own}) => {
    const frame = own?.stage?.frame;
    return Boolean(frame) && frame.handle === 0 && frame.dirty.size === 0 && !frame.screen.isBusy() && document.querySelector("[aria-busy]") === null;
})`);
