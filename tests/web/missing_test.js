import assert from "node:assert/strict";
import {test} from "node:test";
import {missingWords, wantedName} from "../../web/core/missing.js";

const ID = "0123456789abcdef0123456789abcdef";

test("the name of the file is read from a sent link, as text of one line", () => {
    assert.equal(wantedName("#v=1&t=1..2&name=web%20server.trace"), "web server.trace");
    assert.equal(wantedName("#v=1&t=1..2"), "");
    assert.equal(wantedName("#name=a%0Ab%1B"), "ab");
    assert.equal(wantedName(`#name=${"x".repeat(5000)}`).length, 100);
});

test("who lacks the trace is told which file it is, and the command that opens it", () => {
    const {title, words, command} = missingWords(ID, "web.trace");
    assert.equal(title, "web.trace is not here");
    assert.ok(words.some((line) => line.includes(ID)));
    assert.equal(command, "tilescope web.trace");
    assert.equal(missingWords(ID, "").command, "tilescope FILE");
    assert.equal(missingWords(ID, "it's a $(trace)").command, "tilescope 'it'\\''s a $(trace)'");
    assert.equal(missingWords(ID, "-x").command, "tilescope './-x'");
});

test("what is no id is said to be none", () => {
    assert.equal(missingWords("0123", "").title, "No such trace");
});
