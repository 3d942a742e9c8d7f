import assert from "node:assert/strict";
import {test} from "node:test";
import {PREFERENCES, editorLink as linkOf, editorProblem, formatPreferences, parsePreferences, placeOf} from "../../web/core/preferences.js";

const editorLink = (/** @type {string} */ editor, /** @type {string} */ file, /** @type {number} */ line) => linkOf({editor, paths: ""}, file, line);

test("preferences survive their storage; what does not hold is as nobody ever chose", () => {
    const chosen = /** @type {const} */ ({keys: false, theme: "dark", editor: "vscode://file/{file}:{line}", paths: "a=/b", hinted: true});
    assert.deepEqual(parsePreferences(formatPreferences(chosen)), chosen);
    for (const text of [null, "", "{", "null", "7", "[]", "{\"theme\":\"blue\",\"keys\":\"no\",\"editor\":7}"]) assert.deepEqual(parsePreferences(text), PREFERENCES, String(text));
    assert.equal(parsePreferences("{\"editor\":\"javascript:alert({file})\"}").editor, "");
});

test("a template is one of an editor, and says where the file goes", () => {
    for (const good of ["", "vscode://file/{file}:{line}", "idea://open?file={file}&line={line}", "txmt://open?url=file://{file}&line={line}"]) assert.equal(editorProblem(good), "", good);
    for (const bad of ["{file}", "vscode://file/", "javascript:{file}", "JavaScript://{file}", "data:text/html,{file}", "x".repeat(301)]) assert.notEqual(editorProblem(bad), "", bad);
});

test("a path is one part of the link, whatever it holds", () => {
    const template = "vscode://file/{file}:{line}";
    assert.equal(editorLink(template, "/home/me/a b/cart.go", 17), "vscode://file/home/me/a%20b/cart.go:17");
    assert.equal(editorLink(template, "/x?y=1&z#w$&{line}.go", 0), "vscode://file/x%3Fy%3D1%26z%23w%24%26%7Bline%7D.go:1");
    assert.equal(editorLink(template, "C:\\src\\cart.go", 3), "vscode://file/C:/src/cart.go:3");
    assert.equal(editorLink("idea://open?file={file}&line={line}", "/a/b.go", 3), "idea://open?file=/a/b.go&line=3");
});

test("a path that is none on this machine has no link", () => {
    assert.equal(editorLink("vscode://file/{file}", "example.com/shop/cart.go", 3), "");
    assert.equal(editorLink("", "/a/b.go", 3), "");
    assert.equal(editorLink("vscode://file/{file}", "", 3), "");
});

test("paths of other machines and of -trimpath are found by their begin, the longest first", () => {
    const paths = "example.com/shop=/home/me/shop/\n/build/src = /home/me\n=/usr/local/go/src\n/build/src/vendor=C:\\v\nnonsense";
    assert.equal(placeOf("example.com/shop/cart/add.go", paths), "/home/me/shop/cart/add.go");
    assert.equal(placeOf("example.com/shop@v1.2.0/cart/add.go", paths), "/home/me/shop/cart/add.go");
    assert.equal(placeOf("example.com/shopping/a.go", paths), "/usr/local/go/src/example.com/shopping/a.go");
    assert.equal(placeOf("sync/mutex.go", paths), "/usr/local/go/src/sync/mutex.go");
    assert.equal(placeOf("/build/src/a/b.go", paths), "/home/me/a/b.go");
    assert.equal(placeOf("/build/src/vendor/x.go", paths), "C:\\v/x.go");
    assert.equal(placeOf("/other/x.go", paths), "/other/x.go");
    assert.equal(linkOf({editor: "vscode://file/{file}:{line}", paths}, "sync/mutex.go", 7), "vscode://file/usr/local/go/src/sync/mutex.go:7");
});
