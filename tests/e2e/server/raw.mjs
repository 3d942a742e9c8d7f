// Raw bytes at a server: malformed requests get at most one answer from us and a closed connection, the one smuggled
// behind them none; good ones stay open; 100 idle connections cost no time.
// node raw.mjs PORT
import net from "node:net";
import {readFileSync, readdirSync, readlinkSync} from "node:fs";

const port = Number(process.argv[2]);
const host = `Host: 127.0.0.1:${port}\r\n`;
const smuggled = `GET /healthz HTTP/1.1\r\n${host}\r\n`;
const a = (n) => "a".repeat(n);

/** name: [statuses allowed, bytes] */
const bad = {
    "TE and CL": [[400], `GET / HTTP/1.1\r\n${host}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    "TE and CL in a POST": [[400, 405], `POST / HTTP/1.1\r\n${host}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    "two CL": [[400], `GET / HTTP/1.1\r\n${host}Content-Length: 0\r\nContent-Length: 5\r\n\r\nabcde`],
    "TE xchunked": [[400], `GET / HTTP/1.1\r\n${host}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    "TE chunked": [[413], `GET / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    "TE twice": [[400], `GET / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    "TE identity": [[400], `GET / HTTP/1.1\r\n${host}Transfer-Encoding: identity\r\n\r\n`],
    "TE in 1.0": [[400], `GET / HTTP/1.0\r\n${host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    "two Hosts": [[400], `GET / HTTP/1.1\r\n${host}${host}\r\n`],
    "no Host": [[400], "GET / HTTP/1.1\r\n\r\n"],
    "no Host in 1.0": [[400], "GET / HTTP/1.0\r\n\r\n"],
    "blank before the colon": [[400], `GET / HTTP/1.1\r\n${host}Content-Length : 3\r\n\r\nabc`],
    "negative CL": [[400], `GET / HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n`],
    "CL with a plus": [[400], `GET / HTTP/1.1\r\n${host}Content-Length: +3\r\n\r\nabc`],
    "CL too large": [[400, 413], `GET / HTTP/1.1\r\n${host}Content-Length: 99999999999999999999\r\n\r\n`],
    "a body": [[413], `GET / HTTP/1.1\r\n${host}Content-Length: 3\r\n\r\nabc`],
    "%00": [[400], `GET /a%00b HTTP/1.1\r\n${host}\r\n`],
    "%0d%0a": [[400], `GET /a%0d%0ab HTTP/1.1\r\n${host}\r\n`],
    "dots": [[400], `GET /web/../b HTTP/1.1\r\n${host}\r\n`],
    "escaped dots": [[400], `GET /%2e%2e/%2e%2e%2fetc/passwd HTTP/1.1\r\n${host}\r\n`],
    "broken escape": [[400], `GET /%zz HTTP/1.1\r\n${host}\r\n`],
    "TRACE": [[405], `TRACE / HTTP/1.1\r\n${host}\r\n`],
    "CONNECT": [[400, 405], `CONNECT a:1 HTTP/1.1\r\n${host}\r\n`],
    "OPTIONS": [[400, 405], `OPTIONS * HTTP/1.1\r\n${host}\r\n`],
    "PUT": [[405], `PUT / HTTP/1.1\r\n${host}Content-Length: 0\r\n\r\n`],
    "lower case": [[405], `get / HTTP/1.1\r\n${host}\r\n`],
    "absolute target": [[400], `GET http://127.0.0.1:${port}/ HTTP/1.1\r\n${host}\r\n`],
    "HTTP/1.9": [[400, 505], `GET / HTTP/1.9\r\n${host}\r\n`],
    "HTTP/2.0": [[400, 505], `GET / HTTP/2.0\r\n${host}\r\n`],
    "HTTP/0.9": [[400], "GET /\r\n\r\n"],
    "no colon": [[400], `GET / HTTP/1.1\r\n${host}nonsense\r\n\r\n`],
    "CR in a header": [[400], `GET / HTTP/1.1\r\n${host}X: a\rb\r\n\r\n`],
    "70 headers": [[431], `GET / HTTP/1.1\r\n${host}${"X: a\r\n".repeat(70)}\r\n`],
    "17 KB of headers": [[431], `GET / HTTP/1.1\r\n${host}X: ${a(17000)}\r\n\r\n`],
    "70 KB of headers": [[431], `GET / HTTP/1.1\r\n${host}X: ${a(70000)}\r\n\r\n`],
    "9 KB of path": [[414], `GET /${a(9000)} HTTP/1.1\r\n${host}\r\n`],
    "70 KB of path": [[414], `GET /${a(70000)} HTTP/1.1\r\n${host}\r\n`],
    "another host": [[421], "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"],
};

/** Sends bytes, reads until the other side closes or `ms` are over. */
function exchange(bytes, ms) {
    return new Promise((resolve) => {
        const socket = net.connect(port, "127.0.0.1");
        let text = "";
        const end = (closed) => {
            socket.destroy();
            resolve({text, closed, statuses: [...text.matchAll(/HTTP\/1\.[01] (\d+)/g)].map((m) => Number(m[1]))});
        };
        const timer = setTimeout(() => end(false), ms);
        socket.setEncoding("latin1");
        socket.on("data", (more) => (text += more));
        socket.on("error", () => {});
        socket.on("close", () => (clearTimeout(timer), end(true)));
        socket.write(bytes, "latin1");
    });
}

let failures = 0;
const check = (ok, what) => {
    if (!ok) console.log(`FAILED: ${what}`, ++failures);
};

for (const [name, [allowed, bytes]] of Object.entries(bad)) {
    const {text, closed, statuses} = await exchange(bytes + smuggled, 5000);
    // libmicrohttpd writes its own 400 for a bad length or no Host twice; it closes all the same.
    const ours = text.split("Content-Security-Policy").length - 1;
    check(statuses.length >= 1 && ours <= 1, `${name}: answers ${statuses}`);
    check(statuses.every((status) => allowed.includes(status)), `${name}: ${statuses}`);
    check(!text.includes('"ok":true'), `${name}: the smuggled request was answered`);
    check(closed, `${name}: left open`);
}

const twice = await exchange(smuggled + smuggled, 500);
check(twice.statuses.join() === "200,200" && !twice.closed, `two good requests at once: ${twice.statuses}`);
const last = await exchange(smuggled.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"), 5000);
check(last.statuses.join() === "200" && last.closed, `Connection: close: ${last.statuses}`);

// A byte every half second: the headers have a deadline, whatever trickles in.
const deadline = Number(process.argv[3] ?? 0);
if (deadline > 0) {
    const begun = Date.now();
    const {closed} = await new Promise((resolve) => {
        const socket = net.connect(port, "127.0.0.1");
        const drip = setInterval(() => socket.write("G"), 500);
        const end = (how) => (clearInterval(drip), clearTimeout(timer), socket.destroy(), resolve({closed: how}));
        const timer = setTimeout(() => end(false), (deadline + 3) * 1000);
        socket.on("error", () => {});
        socket.on("close", () => end(true));
    });
    check(closed && Date.now() - begun >= deadline * 900, `slow headers: ${Date.now() - begun} ms`);
}

/** The process that listens on the port, and its CPU time in ticks of 10 ms. */
function serverProcess() {
    const inode = readFileSync("/proc/net/tcp", "latin1").split("\n").map((line) => line.trim().split(/\s+/))
        .find((f) => f[3] === "0A" && f[1]?.endsWith(`:${port.toString(16).toUpperCase().padStart(4, "0")}`))?.[9];
    return readdirSync("/proc").find((pid) => {
        try {
            return /^\d+$/.test(pid) && readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === `socket:[${inode}]`);
        } catch {
            return false;
        }
    });
}
const ticks = (pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1].split(" ");
    return Number(fields[11]) + Number(fields[12]);
};

const idle = [];
for (let i = 0; i < 100; i++) {
    const socket = net.connect(port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write(smuggled);
    idle.push(socket);
}
await new Promise((resolve) => setTimeout(resolve, 1000));
const pid = serverProcess();
if (pid) {
    const before = ticks(pid);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    check(ticks(pid) - before <= 15, `100 idle connections: ${(ticks(pid) - before) * 10} ms of CPU time in 3 s`);
}
for (const socket of idle) socket.destroy();
process.exit(failures === 0 ? 0 : 1);
