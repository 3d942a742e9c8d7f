import assert from "node:assert/strict";
import {test} from "node:test";
import {axisTicks, digitsForStep, formatDuration, formatNs, formatSeconds, formatTime, formatWall, formatZone, niceStep, roundDuration, unixNs, wallShift} from "../../web/core/time.js";

test("a length has four significant digits and the unit that suits it", () => {
    const pairs = [[0, "0 ns"], [999, "999 ns"], [2300, "2.300 µs"], [157000, "157 µs"], [157400, "157.4 µs"], [23451234, "23.45 ms"], [999999, "1.000 ms"],
        [1e9, "1.000 s"], [30.214e9, "30.21 s"], [1234.5e9, "1235 s"], [-2300, "-2.300 µs"]];
    for (const [ns, words] of pairs) assert.equal(formatDuration(Number(ns)), words);
});

test("seconds are exact to the nanosecond and as long as the step asks", () => {
    assert.equal(formatSeconds(12084000117, 9), "12.084000117 s");
    assert.equal(formatSeconds(12084000117, 3), "12.084 s");
    assert.equal(formatSeconds(-1500, 9), "-0.000001500 s");
    assert.equal(digitsForStep(5e7), 2);
    assert.equal(digitsForStep(1), 9);
    assert.equal(formatNs(12084000117), "12\u202f084\u202f000\u202f117 ns");
});

test("a wall clock counts from the nearest earlier point and prints its zone", () => {
    const wall = [{t: 0, unix_ns: "1795253513717900000"}, {t: 1e9, unix_ns: "1795253514717900100"}];
    assert.equal(unixNs(wall, 5), 1795253513717900005n);
    assert.equal(unixNs(wall, 1e9 + 5), 1795253514717900105n);
    assert.equal(unixNs([], 5), null);
    assert.equal(formatWall(1795253513717900000n, 4, "utc"), "09:31:53.7179");
    assert.equal(formatZone(1795253513717900000n, "utc"), "UTC, 21 Nov 2026");
    assert.equal(formatTime(0, 1e5, "utc", wall), "09:31:53.7179");
    assert.equal(formatTime(1e9, 1e9, "utc", []), "1 s");
});

test("ticks stand at 1-2-5 steps, far enough apart, and cover the window", () => {
    for (const length of [60, 1e3, 3.3e5, 7e9, 1e12]) {
        const {step, first, count} = axisTicks(123.4, 123.4 + length, 1400, 110);
        assert.ok(/^[125]0*$/.test(String(step)));
        assert.ok(step / length * 1400 >= 110 || step === 1);
        assert.ok(first <= 123.4 && first + count * step > 123.4 + length && first % step === 0);
    }
    assert.equal(niceStep(100), 100);
    assert.equal(niceStep(101), 200);
});

test("on a wall clock ticks fall on whole steps of the clock", () => {
    const wall = [{t: 0, unix_ns: "1795253513717900003"}];
    const {first, step} = axisTicks(0, 1e6, 1400, 110, wallShift(wall, 0, "utc"));
    assert.equal(BigInt(1795253513717900003n + BigInt(first)) % BigInt(step), 0n);
});

test("marks of a scale have no idle zeros", () => {
    assert.deepEqual([1, 1e3, 1e6, 1e7, 1e9, 2500].map(roundDuration), ["1 ns", "1 µs", "1 ms", "10 ms", "1 s", "2.5 µs"]);
    assert.equal(roundDuration(100e6), "100 ms");
});
