/**
 * A line of a given round trip and width between a browser and a server on this machine: a TCP proxy on the loopback interface. The whole browser
 * goes through it, its workers too, which Chromium's own emulation leaves out.
 *
 * Each way is one queue for all connections, as on a real line: a piece leaves when those before it have left, takes its bytes' time, and
 * arrives half a round trip later. A new connection costs a round trip before its first byte, as TCP's greeting does. The server answers
 * to its own name only, so each request's Host and Origin become that.
 */
import {connect, createServer} from "node:net";

const PIECE = 8192; // bytes: so that no answer keeps the line for itself
const BACKLOG = 1 << 18; // bytes on their way from where on a sender has to wait

/** One direction. @param {number} bytesPerMs @param {number} delayMs */
function createWay(bytesPerMs, delayMs) {
    let free = 0;
    return {
        bytes: 0,
        /**
         * @param {import("node:net").Socket} from @param {import("node:net").Socket} to @param {number} opened ms, when the first byte may leave
         * @param {(data: Buffer) => Buffer} change
         */
        carry(from, to, opened, change = (data) => data) {
            let waiting = 0;
            /** @param {number} at @param {() => void} work */
            const later = (at, work) => void setTimeout(work, Math.max(at - performance.now(), 0));
            from.on("data", (/** @type {Buffer} */ given) => {
                const data = change(given);
                for (let i = 0; i < data.length; i += PIECE) {
                    const piece = data.subarray(i, i + PIECE);
                    free = Math.max(performance.now(), free, opened) + piece.length / bytesPerMs;
                    this.bytes += piece.length;
                    waiting += piece.length;
                    later(free + delayMs, () => {
                        waiting -= piece.length;
                        if (!to.destroyed) to.write(piece);
                        if (waiting < BACKLOG) from.resume();
                    });
                }
                if (waiting >= BACKLOG) from.pause();
            });
            from.on("end", () => later(Math.max(free, performance.now()) + delayMs, () => to.end()));
            from.on("error", () => to.destroy());
            from.on("close", () => later(Math.max(free, performance.now()) + delayMs, () => to.destroy()));
        },
    };
}

/**
 * @param {string} base of the server, as "http://127.0.0.1:8453/"
 * @param {{roundTripMs?: number, mbits?: number}} how
 * @returns {Promise<{base: string, down: () => number, stop: () => void}>} down: bytes that came from the server so far
 */
export async function startSlowLine(base, {roundTripMs = 50, mbits = 10} = {}) {
    const {hostname, port} = new URL(base);
    const up = createWay(mbits * 125, roundTripMs / 2);
    const down = createWay(mbits * 125, roundTripMs / 2);
    const named = (/** @type {Buffer} */ data) => Buffer.from(data.toString("latin1").replace(/^(Host: |Origin: http:\/\/).*\r$/gim, `$1${hostname}:${port}\r`), "latin1");
    /** @type {Set<import("node:net").Socket>} */
    const sockets = new Set();
    const proxy = createServer((browser) => {
        const server = connect(Number(port), hostname);
        for (const socket of [browser, server]) {
            socket.setNoDelay(true);
            sockets.add(socket);
            socket.on("close", () => sockets.delete(socket));
        }
        up.carry(browser, server, performance.now() + roundTripMs, named);
        down.carry(server, browser, 0);
    });
    await new Promise((resolve) => proxy.listen(0, "127.0.0.1", () => resolve(null)));
    const address = /** @type {import("node:net").AddressInfo} */ (proxy.address());
    return {
        base: `http://127.0.0.1:${address.port}/`,
        down: () => down.bytes,
        stop() {
            proxy.close();
            for (const socket of sockets) socket.destroy();
        },
    };
}
