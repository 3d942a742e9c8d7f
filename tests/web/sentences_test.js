import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {test} from "node:test";

const folder = new URL("../pages/", import.meta.url);

test("every line of tests/pages/SENTENCES.md names a test that is there", () => {
    const lines = readFileSync(new URL("SENTENCES.md", folder), "utf8").split("\n").filter((line) => line.startsWith("| ")).slice(1);
    assert.ok(lines.length > 60);
    for (const line of lines) {
        const [, says = "", file = "", words = ""] = line.split("|").map((cell) => cell.trim());
        const source = readFileSync(new URL(`${file}_test.js`, folder), "utf8");
        const named = source.split("\n").filter((one) => /\btest\(|\bname: /.test(one));
        assert.ok(named.some((one) => one.includes(words)), `${says}: no test of ${file} is called “${words}”`);
    }
});
