// SPDX-License-Identifier: Apache-2.0
// What the phone tells of a code by itself is what the data centre tells of it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { load } from "./bundled.mjs";

const { hasCheckDigit, readCode } = await load("codes/reading.ts");
const { compareContents, parseContents } = await load("codes/contents.ts");
const vectors = JSON.parse(
  readFileSync(new URL("../../tests/contract/code_vectors.json", import.meta.url), "utf8"),
);
const HOSTS = ["zy.example"];
const read = (text) => readCode(text, HOSTS);

test("every published URL is read, and typed codes are the same units", () => {
  assert.ok(vectors.urls.length > 3);
  for (const { kind, url } of vectors.urls) {
    const { code } = read(url);
    assert.ok(code, kind);
    assert.ok(["P7JGM1B54MPSD30M", "7Z8C0P5D5SQW0MZ2"].includes(code.key), kind);
    assert.equal(code.shown, code.key.slice(0, 6));
    assert.equal(read(url.toLowerCase()).code.key, code.key);
    assert.equal(read(code.reference).code.key, code.key, "what is sent is read again");
  }
  assert.equal(read("7k3m p7jg m1b5 4mps d30m c").code.key, "P7JGM1B54MPSD30M");
});

test("a group says what is inside", () => {
  const { code } = read("https://ZY.EXAMPLE/01/16901234567899/21/7Z8C0P5D5SQW0MZ2?n=P7JGM1N79H24");
  assert.deepEqual(code.contents, { numbers: ["P7JGM1", "N79H24"], count: 2, isListed: true });
  const many = read("https://ZY.EXAMPLE/00/106141412345678908?t=7Z8C0P5D5SQW0MZ2&n=P7JGM1*24").code;
  assert.deepEqual([many.contents.count, many.contents.isListed, many.sscc], [24, false, "106141412345678908"]);
});

test("what nobody sees of a code makes no difference", () => {
  const plain = read("https://ZY.EXAMPLE/01/06901234567892/21/P7JGM1B54MPSD30M").code;
  for (const unseen of ["\u00ad", "\u2006", "\u200b", "\u200e", "\u202f", "\u2060", "\u2069", "\ufeff"]) {
    for (const end of [unseen, encodeURIComponent(unseen), `${unseen} `]) {
      const pasted = `${unseen}https://ZY.EXAMPLE/01/06901234567892/21/P7JGM1B54MPSD30M${end}`;
      assert.deepEqual(read(pasted).code, plain, end);
    }
    assert.equal(read(`P7JG${unseen}M1B5${unseen}4MPS D30M`).code.key, plain.key);
  }
  assert.equal(read("\u200b").fault, "empty");
  assert.equal(read("P7JG\u3164M1B54MPSD30M").fault, "character");
});

test("what a scanner puts before a code makes no difference", () => {
  const { code } = read("]Q1https://ZY.EXAMPLE/01/06901234567892/21/P7JGM1B54MPSD30M");
  assert.equal(code.key, "P7JGM1B54MPSD30M");
  assert.equal(read("]d1P7JGM1B54MPSD30M").code.key, code.key);
  assert.equal(read("]Q").fault, "character");
});

test("a plain SSCC is read as scanners send it", () => {
  for (const text of ["106141412345678908", "]C100106141412345678908", "(00)106141412345678908"]) {
    assert.equal(read(text).code.key, "sscc:106141412345678908", text);
  }
  assert.equal(read("106141412345678907").fault, "malformed");
});

test("an element string is read as the link of the same elements", () => {
  const link = read("https://ZY.EXAMPLE/01/06901234567892/21/P7JGM1B54MPSD30M").code;
  for (const text of [
    "(01)06901234567892(21)P7JGM1B54MPSD30M",
    "(01) 06901234567892 (21) P7JG M1B5 4MPS D30M",
    "（01）06901234567892（10）L/1（21）p7jgm1b54mpsd30m",
    "(21)P7JGM1B54MPSD30M(17)301231(01)06901234567892",
    "]d2010690123456789221P7JGM1B54MPSD30M",
    "]Q3010690123456789210L-1\x1d21P7JGM1B54MPSD30M",
    "\x1d01069012345678921730123121P7JGM1B54MPSD30M\x1d",
    "0106901234567892241AB\x1d21P7JGM1B54MPSD30M",
    "010690123456789221P7JGM1B54MPSD30M",
  ]) {
    assert.deepEqual(read(text).code, link, text);
  }
  const group = read("(00)106141412345678908(02)06901234567892(37)24").code;
  assert.deepEqual(group, read("106141412345678908").code);
  assert.equal(read("]C17K3MP7JGM1B54MPSD30MC").code.key, link.key);
  for (const text of [
    "(01)06901234567892",
    "(01)06901234567893(21)P7JGM1B54MPSD30M",
    "(01)06901234567892(21)P7JGM1B54MPSD30M/x",
    "(01)06901234567892(21)P7JGM1B54MPSD30M(21)A",
    "(00)106141412345678908(21)P7JGM1B54MPSD30M",
    "(21)P7JGM1B54MPSD30M",
    "]d201069012345678",
    "010690123456789210LOT2024-0121P7JGM1B54MPSD30M",
  ]) {
    assert.equal(read(text).fault, "malformed", text);
  }
});

test("what is not ours is refused by name", () => {
  const faults = {
    "": "empty",
    "https://evil.example/01/06901234567892/21/P7JGM1B54MPSD30M": "foreign",
    "https://ZY.EXAMPLE.evil.example/01/06901234567892/21/P7JGM1B54MPSD30M": "foreign",
    "https://ZY.EXAMPLE@evil.example/01/06901234567892/21/P7JGM1B54MPSD30M": "foreign",
    "weixin://dl/business/?t=1": "foreign",
    "https>&&zy.example&01&06901234567892": "layout",
    "7K3M-P7JG-M1B5-4MPS-D30M-D": "check_symbol",
    "https://ZY.EXAMPLE/01/06901234567893/21/P7JGM1B54MPSD30M": "malformed",
    "https://ZY.EXAMPLE/01/06901234567892/21/U": "malformed",
    "P7JGM1": "malformed",
    "§§§§§§§§": "character",
    ["9".repeat(3000)]: "malformed",
  };
  for (const [text, fault] of Object.entries(faults)) assert.equal(read(text).fault, fault, text.slice(0, 80));
});

test("check digits are GS1's", () => {
  for (const { digits, check_digit: last } of vectors.check_digits ?? []) assert.ok(hasCheckDigit(digits + last));
  assert.ok(hasCheckDigit("06901234567892"));
  assert.ok(!hasCheckDigit("06901234567891"));
});

test("contents are of the form that labels have", () => {
  assert.equal(parseContents(""), null);
  assert.equal(parseContents("P7JGM"), null);
  assert.equal(parseContents("P7JGM1*0"), null);
  assert.equal(parseContents("P7JGM1*4294967297"), null);
  assert.equal(parseContents("P7JGM1N79H24*2"), null);
  assert.equal(parseContents("P7JGM1".repeat(301)), null);
  assert.equal(parseContents("P7JGM1".repeat(300)).count, 300);
});

test("a label is compared with what was scanned inside", () => {
  const label = parseContents("P7JGM1N79H24KE3DWX");
  assert.deepEqual(compareContents(label, ["KE3DWX", "P7JGM1", "N79H24"]), { missing: [], extra: [], agrees: true });
  assert.deepEqual(compareContents(label, ["KE3DWX", "KE3DWX", "ZZZZZZ"]), {
    missing: ["P7JGM1", "N79H24"],
    extra: ["KE3DWX", "ZZZZZZ"],
    agrees: false,
  });
  const counted = parseContents("P7JGM1*3");
  assert.equal(compareContents(counted, ["P7JGM1", "N79H24", "KE3DWX"]).agrees, true);
  assert.equal(compareContents(counted, ["P7JGM1", "N79H24"]).agrees, false);
  assert.deepEqual(compareContents(counted, ["N79H24", "KE3DWX", "ZZZZZZ"]).missing, ["P7JGM1"]);
});
