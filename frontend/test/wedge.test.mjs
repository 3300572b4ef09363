// SPDX-License-Identifier: Apache-2.0
// A scanner that types is told apart from people, whatever it sends.

import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./bundled.mjs";

const { WedgeParser } = await load("capture/wedge.ts");
const { splitTexts } = await load("codes/reading.ts");

function open() {
  const heard = [];
  return { heard, parser: new WedgeParser((text) => heard.push(text)) };
}

/** Type a text with a fixed gap; returns when the last key was pressed. */
function type(parser, text, { at = 0, gap = 8 } = {}) {
  for (const key of text) parser.press(key, (at += gap));
  return at;
}

test("a burst with Enter is one text", () => {
  const { heard, parser } = open();
  const at = type(parser, "https://ZY.EXAMPLE/01/1");
  assert.equal(parser.press("Enter", at + 8), true);
  assert.deepEqual(heard, ["https://ZY.EXAMPLE/01/1"]);
});

test("keys between the characters, like Shift, do not disturb", () => {
  const { heard, parser } = open();
  for (const [place, key] of ["A", "Shift", "B", "C", "D", "E", "F"].entries()) parser.press(key, place * 5);
  parser.press("Enter", 40);
  assert.deepEqual(heard, ["ABCDEF"]);
});

test("a radio that stutters within a code loses none of it", () => {
  const { heard, parser } = open();
  const at = type(parser, "https://ZY.EXAMPLE/01/1");
  const end = type(parser, "/21/P7JGM1B54MPSD30M", { at: at + 190 });
  assert.equal(parser.press("Enter", end + 120), true);
  assert.deepEqual(heard, ["https://ZY.EXAMPLE/01/1/21/P7JGM1B54MPSD30M"]);
});

test("people are too slow", () => {
  const { heard, parser } = open();
  const at = type(parser, "ABCDEFGH", { gap: 140 });
  assert.equal(parser.press("Enter", at + 140), false);
  const quick = type(parser, "ABCDEFGH", { at: 9000, gap: 60 });
  assert.equal(parser.press("Enter", quick + 60), false);
  assert.deepEqual(heard, []);
});

test("a scanner without Enter is done when it falls silent", () => {
  const { heard, parser } = open();
  const at = type(parser, "P7JGM1B54MPSD30M");
  parser.flush(at + 200);
  assert.deepEqual(heard, [], "not yet: a pause within a code");
  parser.flush(at + 250);
  assert.deepEqual(heard, ["P7JGM1B54MPSD30M"]);
});

test("a few quick keys are no code", () => {
  const { heard, parser } = open();
  const at = type(parser, "ABCDE");
  assert.equal(parser.press("Enter", at + 8), false);
  type(parser, "ABCDE", { at: 5000 });
  parser.flush(9000);
  assert.deepEqual(heard, []);
});

test("what a broken burst left behind does not stick to the next code", () => {
  const { heard, parser } = open();
  type(parser, "XYZ");
  const at = type(parser, "P7JGM1B54MPSD30M", { at: 3000 });
  parser.press("Enter", at + 8);
  assert.deepEqual(heard, ["P7JGM1B54MPSD30M"]);
});

test("rubbish without end stays bounded", () => {
  const { heard, parser } = open();
  const at = type(parser, "9".repeat(20_000), { gap: 1 });
  parser.press("Enter", at + 1);
  assert.equal(heard[0].length, 4096);
});

test("two codes in one go are two", () => {
  const one = "https://ZY.EXAMPLE/01/06901234567892/21/P7JGM1B54MPSD30M";
  assert.deepEqual(splitTexts(`${one}${one}`), [one, one]);
  assert.deepEqual(splitTexts(`${one}\r\n${one}\n`), [one, one]);
  assert.deepEqual(splitTexts("7K3M-P7JG"), ["7K3M-P7JG"]);
});

test("where nobody types, slow radio is a scanner as well", () => {
  const heard = [];
  const parser = new WedgeParser((text) => heard.push(text), 150);
  const at = type(parser, "https://ZY.EXAMPLE/01/1", { gap: 110 });
  // It stutters longer than a quick one may.
  const end = type(parser, "23", { at: at + 500, gap: 110 });
  assert.equal(parser.press("Enter", end + 110), true);
  assert.deepEqual(heard, ["https://ZY.EXAMPLE/01/123"]);
  // One without Enter keeps waiting for it once; a quick one is not kept waiting for slow radio.
  parser.flush(type(parser, "ABCDEFGH", { at: 90_000 }) + 1_500);
  const quick = type(parser, "ABCDEFGH", { at: 95_000 });
  assert.equal(parser.silenceMs, 250);
  parser.flush(quick + 250);
  assert.equal(heard.length, 3);
});

test("where Enter ends each code, a long stutter does not tear one apart", () => {
  const { heard, parser } = open();
  const first = type(parser, "P7JGM1B54MPSD30M");
  parser.press("Enter", first + 8);
  const at = type(parser, "https://ZY.EXAMPLE/01/06901234567892/21", { at: 5000 });
  parser.flush(at + 1_000);
  const end = type(parser, "/P7JGM1B54MPSD30M", { at: at + 1_200 });
  assert.equal(parser.press("Enter", end + 8), true);
  assert.deepEqual(heard.slice(1), ["https://ZY.EXAMPLE/01/06901234567892/21/P7JGM1B54MPSD30M"]);
  // Another scanner, without Enter: its first code is waited for, the next no longer.
  const other = type(parser, "ABCDEFGH", { at: 60_000 });
  assert.equal(parser.silenceMs, 1_500);
  parser.flush(other + 1_500);
  assert.equal(heard.length, 3);
  type(parser, "ABCDEFGH", { at: 90_000 });
  assert.equal(parser.silenceMs, 250);
});

test("a stray key before a code is none of it, whatever ends the codes", () => {
  const { heard, parser } = open();
  parser.press("Enter", type(parser, "P7JGM1B54MPSD30M") + 8);
  parser.press("x", 5000);
  parser.press("Enter", type(parser, "P7JGM1B54MPSD30M", { at: 5600 }) + 8);
  assert.deepEqual(heard, ["P7JGM1B54MPSD30M", "P7JGM1B54MPSD30M"]);
});
