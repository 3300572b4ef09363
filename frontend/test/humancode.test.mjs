// SPDX-License-Identifier: Apache-2.0
// The browser's check of a typed code says exactly what the server's says.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { build } from "esbuild";

const source = new URL("../src/codes/humancode.ts", import.meta.url).pathname;
const vectors = JSON.parse(
  readFileSync(new URL("../../tests/contract/code_vectors.json", import.meta.url), "utf8"),
);
const built = await build({ entryPoints: [source], bundle: true, format: "esm", write: false });
const codes = await import(
  `data:text/javascript;base64,${Buffer.from(built.outputFiles[0].contents).toString("base64")}`
);

test("the alphabet is the published one", () => {
  assert.equal(codes.ALPHABET, vectors.alphabet);
});

test("every published code has its check symbol and its groups", () => {
  assert.ok(vectors.codes.length > 3);
  for (const { prefix, serial, check_symbol: symbol, shown, code } of vectors.codes) {
    assert.equal(codes.checkSymbol(prefix + serial), symbol, code);
    assert.equal(codes.group(code), shown, code);
    assert.equal(codes.diagnose(shown).reason, "complete", code);
  }
});

test("every published text folds as on the server", () => {
  assert.ok(vectors.fold.length > 5);
  for (const { text, folded } of vectors.fold) {
    // Trailing line ends are the reader's, not the code's.
    assert.equal(codes.fold(text.replace(/[\r\n]+$/, "")), folded, JSON.stringify(text));
  }
});

test("every published text is diagnosed as on the server", () => {
  assert.ok(vectors.diagnose.length > 5);
  for (const { text, ...expected } of vectors.diagnose) {
    assert.deepEqual(codes.diagnose(text), expected, JSON.stringify(text));
  }
});

test("one wrong symbol and two swapped symbols are always noticed", () => {
  const { code } = vectors.codes[1];
  for (let at = 0; at < code.length; at += 1) {
    for (const other of codes.ALPHABET) {
      const wrong = code.slice(0, at) + other + code.slice(at + 1);
      const reason = other === code[at] ? "complete" : "check_symbol";
      assert.equal(codes.diagnose(wrong).reason, reason);
    }
    for (let to = at + 1; to < code.length; to += 1) {
      if (code[at] === code[to]) continue;
      const swapped = [...code];
      [swapped[at], swapped[to]] = [code[to], code[at]];
      assert.equal(codes.diagnose(swapped.join("")).reason, "check_symbol");
    }
  }
});

test("a slip is named only when it is the only explanation", () => {
  const { code } = vectors.codes[1];
  let named = 0;
  for (let at = 0; at + 1 < code.length; at += 1) {
    if (code[at] === code[at + 1]) continue;
    const swapped = code.slice(0, at) + code[at + 1] + code[at] + code.slice(at + 2);
    const slip = codes.findSlip(swapped);
    if (slip === null) continue;
    named += 1;
    assert.equal(slip.group, Math.floor(at / 4) + 1);
    assert.equal(slip.wanted, code[at] + code[at + 1]);
    assert.equal(slip.isSwap, true);
  }
  assert.ok(named > 3);
});

test("what is missing is counted to the next length", () => {
  assert.equal(codes.missing(4), 15);
  assert.equal(codes.missing(20), 1);
  assert.equal(codes.missing(25), 0);
});
