// More connections than the server takes: each gets an answer, the surplus a 503, and a place that is free again is taken.
// node crowd.mjs PORT LIMIT
import {ask, check, finish, get, sleep} from "./client.mjs";

const [port, limit] = process.argv.slice(2).map(Number);
const N_SURPLUS = 8;

await sleep(200); // connections before are closed
const kept = Array.from({length: limit}, () => ask(port, "/healthz"));
for (const {answer} of kept) {
    const {status} = await answer;
    check(status === 200, `within the limit: ${status}`);
}
for (let i = 0; i < N_SURPLUS; i++) {
    const {status, headers, text, ms} = await get(port, "/healthz");
    check(status === 503 && headers["retry-after"] === "1" && headers.connection === "close", `above the limit: ${status} ${JSON.stringify(headers)}`);
    check(text.includes('"code":"busy"') && ms < 2000, `above the limit: ${text} after ${ms.toFixed(0)} ms`);
}
kept[0].leave();
let again = 0;
for (let i = 0; i < 50 && again !== 200; i++) {
    await sleep(20);
    again = (await get(port, "/healthz")).status;
}
check(again === 200, `a place that is free again: ${again}`);
for (const {leave} of kept) leave();
finish();
