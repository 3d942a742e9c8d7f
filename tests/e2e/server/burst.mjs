// Many requests at the very same moment, and none behind them: all are answered, whatever number an event loop takes at once.
// node burst.mjs PORT PROCESS
import net from "node:net";
import {check, finish, sleep} from "./client.mjs";

const [port, pid] = process.argv.slice(2).map(Number);
const request = `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;

/** How many of the sockets have got the text `n` times. */
const answered = (sockets, n) => sockets.filter((s) => s.text.split('"ok":true').length > n).length;

async function until(condition) {
    for (let i = 0; i < 500 && !condition(); i++) await sleep(10);
}

for (const n of [64, 127, 128, 129, 256, 384]) {
    const sockets = Array.from({length: n}, () => {
        const socket = net.connect(port, "127.0.0.1");
        socket.text = "";
        socket.setEncoding("latin1");
        socket.on("data", (more) => (socket.text += more));
        socket.on("error", () => {});
        socket.write(request);
        return socket;
    });
    await until(() => answered(sockets, 1) === n);
    await sleep(100);
    process.kill(pid, "SIGSTOP");
    for (const socket of sockets) socket.write(request);
    await sleep(200);
    process.kill(pid, "SIGCONT");
    await until(() => answered(sockets, 2) === n);
    check(answered(sockets, 2) === n, `${answered(sockets, 2)} of ${n} at once were answered within 5 s`);
    for (const socket of sockets) socket.destroy();
    await sleep(100);
}
finish();
