// More long work than fits: what does not is refused, what is short goes on; who goes away frees what worked for it.
// node busy.mjs PORT TRACE PROCESS: a server with two workers, and a trace whose events take a while to look through
import net from "node:net";
import {ask, check, cpuMs, finish, get, sleep} from "./client.mjs";

const [port, trace, pid] = [Number(process.argv[2]), process.argv[3], process.argv[4]];
const api = `/api/v1/traces/${trace}`;
const LONG = `${api}/events?kind=log`; // there are none: all chunks are read
const N_AT_ONCE = 400;

/** Time of the server's processor until it rests. */
async function cpuOf(work) {
    const before = cpuMs(pid);
    await work();
    let now = cpuMs(pid), last;
    do {
        last = now;
        await sleep(100);
        now = cpuMs(pid);
    } while (now > last);
    return now - before;
}

const alone = [];
for (let i = 0; i < 5; i++) alone.push((await get(port, LONG)).ms);
const long = alone.sort((a, b) => a - b)[2];
/** As soon as if nothing else ran, on a busy machine. */
const soon = 4 * long + 3000;
/** Answers that no cache has. */
let turn = 1;
const short = () => get(port, `${api}/strings?ids=${turn++}`);

// One that is left while it runs.
const N_LEFT = 20;
const whole = await cpuOf(async () => {
    for (let i = 0; i < N_LEFT; i++) await get(port, LONG);
});
const left = await cpuOf(async () => {
    for (let i = 0; i < N_LEFT; i++) {
        const {leave} = ask(port, LONG);
        await sleep(Math.max(2, long / 20));
        leave();
    }
});
check(left < whole * 0.6 || whole < 200, `${N_LEFT} that were left took ${left} ms of the processor, ${whole} when waited for`);

// More than fit.
const crowd = Array.from({length: N_AT_ONCE}, () => ask(port, LONG));
const statuses = [];
for (const {answer} of crowd) void answer.then((a) => statuses.push(a));
const end = performance.now() + 20000;
while (statuses.filter((a) => a.status === 503).length < N_AT_ONCE / 4 && performance.now() < end) await sleep(10);
const refused = statuses.filter((a) => a.status === 503);
check(refused.length >= N_AT_ONCE / 4, `${refused.length} of ${N_AT_ONCE} were refused`);
check(refused.every((a) => a.headers["retry-after"] === "1" && a.text.includes('"code":"busy"')), "a 503 without Retry-After, or of another code");
check(refused.every((a) => a.headers.connection !== "close"), "a refused request cost its connection");
check(statuses.every((a) => a.status === 503 || a.status === 200), `other answers: ${statuses.map((a) => a.status).join()}`);
for (let i = 0; i < 5; i++) {
    const {status, ms} = await short();
    check(status === 200 && ms < 2000, `short work beside long: ${status} after ${ms.toFixed(0)} ms`);
}
const alive = await get(port, "/healthz");
check(alive.status === 200 && alive.ms < 2000, `healthz: ${alive.status} after ${alive.ms.toFixed(0)} ms`);

// They all go: what ran for them ends, what waited is not begun.
const waiting = N_AT_ONCE - statuses.length;
for (const {leave} of crowd) leave();
const next = await get(port, LONG);
check(next.status === 200 && next.ms < soon, `behind ${waiting} that left: ${next.status} after ${next.ms.toFixed(0)} ms, ${long.toFixed(0)} alone`);
await sleep(200);
const rest = cpuMs(pid);
await sleep(1000);
check(cpuMs(pid) - rest <= 250, `at rest: ${cpuMs(pid) - rest} ms of the processor in 1 s`);

// Who does not read: many large answers asked for, none taken.
const deaf = Array.from({length: 6}, () => {
    const socket = net.connect(port, "127.0.0.1");
    socket.on("error", () => {});
    socket.pause();
    socket.write(`GET ${api}/events?limit=1000 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`.repeat(100));
    return socket;
});
for (let i = 0, before = -1; i < 150 && before !== cpuMs(pid); i++) { // until all of them are stuck
    before = cpuMs(pid);
    await sleep(200);
}
const beside = [await short(), await get(port, LONG)];
check(beside[0].status === 200 && beside[0].ms < 2000, `short work beside slow clients: ${beside[0].status} after ${beside[0].ms.toFixed(0)} ms`);
check(beside[1].status === 200 && beside[1].ms < soon, `long work beside slow clients: ${beside[1].status} after ${beside[1].ms.toFixed(0)} ms`);
for (const socket of deaf) socket.destroy();
finish();
