// What the scripts beside it share: requests over sockets that can be left, and a server's processor time.
import http from "node:http";
import {readFileSync} from "node:fs";

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** One request on a connection of its own, kept open behind its answer. `answer` never rejects: status 0 is no answer. */
export function ask(port, path, agent = new http.Agent({keepAlive: true, maxSockets: 1})) {
    const begun = performance.now();
    let request;
    const answer = new Promise((resolve) => {
        const end = (status, headers, text) => resolve({status, headers, text, ms: performance.now() - begun});
        request = http.get({port, host: "127.0.0.1", path, agent}, (r) => {
            let text = "";
            r.setEncoding("latin1");
            r.on("data", (more) => (text += more));
            r.on("end", () => end(r.statusCode, r.headers, text));
            r.on("error", () => end(0, {}, ""));
        });
        request.on("error", () => end(0, {}, ""));
    });
    return {answer, leave: () => (request.destroy(), agent.destroy())};
}

/** The answer, and the connection is closed. */
export async function get(port, path) {
    const {answer, leave} = ask(port, path);
    const a = await answer;
    leave();
    return a;
}

/** Processor time of a process in ms, in steps of 10. */
export function cpuMs(pid) {
    const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1].split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
}

let failures = 0;
export function check(ok, what) {
    if (!ok) console.log(`FAILED: ${what}`, ++failures);
}
export const finish = () => process.exit(failures === 0 ? 0 : 1);
