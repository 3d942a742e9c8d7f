import assert from "node:assert/strict";
import {test} from "node:test";
import {complete, completionsFor, isQuery, isWhole, quoteValue, termsOf, thatHold} from "../../web/core/filter.js";

/** @type {import("../../web/core/filter.js").ValuesOf} */
const valuesOf = (kind, part) => thatHold(part, kind === "state" ? ["blocked", "running", "sync"] : kind === "reason" ? ["chan receive", "select"] : []);
/** @param {string} text with | where the caret is */
function at(text) {
    const caret = text.indexOf("|");
    const words = text.replace("|", "");
    const {from, to, options} = completionsFor(words, caret, valuesOf);
    return options.map((option) => {
        const next = complete(words, {from, to}, option.text);
        return `${next.text.slice(0, next.caret)}|${next.text.slice(next.caret)}`;
    });
}

test("terms end at blanks outside of quotes", () => {
    assert.deepEqual(termsOf('a  reason:"chan receive" -g:1').map(({text}) => text), ["a", 'reason:"chan receive"', "-g:1"]);
    assert.deepEqual(termsOf('reason:"a \\" b" c').map(({text}) => text), ['reason:"a \\" b"', "c"]);
    assert.deepEqual(termsOf('x "open').map(({from, to}) => [from, to]), [[0, 1], [2, 7]]);
});

test("what has a key, a minus or quotes is a query", () => {
    for (const text of ["state:sync", "a g:1", "-serve", '"main.main"', "-state:net a"]) assert.ok(isQuery(text), text);
    for (const text of ["", "serve", "net/http.(*conn).serve", "-", "12.084s", "+3ms", "0.1s..0.2s"]) assert.ok(!isQuery(text), text);
});

test("a query is asked for when no term is only begun", () => {
    for (const text of ["state:sync", "state:sync>10ms", 'reason:"chan receive" a', "a"]) assert.ok(isWhole(text), text);
    for (const text of ["", "state:", "state:sync>", "state:sync,", 'reason:"chan', "a -", 'reason:"']) assert.ok(!isWhole(text), text);
});

test("keys, then values, are completed where the caret is", () => {
    assert.deepEqual(at("sta|"), ["state:|"]);
    assert.deepEqual(at("-sta| g:1"), ["-state:| g:1"]);
    assert.deepEqual(at("state:r|"), ["state:running |"]);
    assert.deepEqual(at("state:running,s|"), ["state:running,sync |"]);
    assert.deepEqual(at("g:1 state:bl| p:1"), ["g:1 state:blocked| p:1"]);
    assert.deepEqual(at('reason:"ch|'), ['reason:"chan receive" |']);
    assert.deepEqual(at("reason:rec|"), ['reason:"chan receive" |']);
    assert.deepEqual(at("state:sync>1|"), []);
    assert.deepEqual(at("nokey:1|"), []);
    assert.ok(at("|").length > 10);
});

test("names that are no single word stand in quotes", () => {
    assert.equal(quoteValue("main.(*T).run"), "main.(*T).run");
    assert.equal(quoteValue("chan receive"), '"chan receive"');
    assert.equal(quoteValue('main.F[int,string]"\\'), '"main.F[int,string]\\"\\\\"');
});
