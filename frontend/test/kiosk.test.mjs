// SPDX-License-Identifier: Apache-2.0
// What a kiosk does with what comes in, before anybody is asked.

import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./bundled.mjs";

const { judge, kindOf, toneOf } = await load("kiosk/judging.ts");
const { pickVoice } = await load("kiosk/voice.ts");
const { reportGroup } = await load("kiosk/groups.ts");

const HOSTS = ["zy.example"];
const SERIAL = "P7JGM1B54MPSD30M";
const ITEM = `https://ZY.EXAMPLE/01/06901234567892/21/${SERIAL}`;
const OTHER = "https://ZY.EXAMPLE/01/06901234567892/21/Q7JGM1B54MPSD30M";

test("a whole address of ours is sent as it was read", () => {
  const found = judge([ITEM], HOSTS);
  assert.equal(found.text, ITEM);
  assert.equal(found.code.serial, SERIAL);
});

test("the same code twice is one, two codes are none", () => {
  assert.equal(judge([ITEM + ITEM], HOSTS).text, ITEM);
  assert.equal(judge([ITEM, ITEM], HOSTS).text, ITEM);
  assert.equal(judge([ITEM, OTHER], HOSTS).refusal, "several");
  assert.equal(judge([ITEM + OTHER], HOSTS).refusal, "several");
});

test("a foreign address is shown and judged as one", () => {
  for (const text of ["https://evil.example/01/1", "weixin://pay/x", "WIFI:S:x/y;;", "evil.example/x", `https://zy.example.evil.example/01/06901234567892/21/${SERIAL}`]) {
    assert.equal(judge([text], HOSTS).refusal, "foreign", text);
  }
});

test("what could turn the shown address around is taken out", () => {
  assert.equal(judge(["https://evil.example/\u202egpj.x"], HOSTS).shown, "https://evil.example/gpj.x");
});

test("parts of a code are told from rubbish", () => {
  for (const text of [ITEM.slice(0, -4), SERIAL, SERIAL.slice(0, 9), "00069012345600000012"]) {
    assert.equal(judge([text], HOSTS).refusal, "half", text);
  }
  for (const text of ["%&/()=?+*#", "hello world", "", "\u0000\u0001"]) {
    assert.equal(judge([text], HOSTS).refusal, "rubbish", text);
  }
});

const answer = (verdict, ...codes) => ({ verdict, reasons: codes.map((code) => ({ code, text: "" })) });

test("nothing but genuine is green", () => {
  assert.equal(toneOf(answer("genuine")), "good");
  for (const verdict of ["caution", "suspect", "not_issued", "not_released", "withdrawn", "recalled", "tomorrow's"]) {
    assert.notEqual(toneOf(answer(verdict)), "good", verdict);
  }
});

test("words follow what softens a verdict", () => {
  assert.equal(kindOf(answer("genuine", "organisation_unverified")), "unverified");
  assert.equal(kindOf(answer("caution", "expired", "first_reading")), "expired");
  assert.equal(kindOf(answer("caution", "expired", "many_devices")), "caution");
});

test("a voice of the language is chosen, or none", () => {
  const voices = [
    { lang: "en-US", localService: false },
    { lang: "zh_CN", localService: false },
    { lang: "zh-TW", localService: true },
  ];
  assert.equal(pickVoice(voices, "zh-CN"), voices[2]);
  assert.equal(pickVoice(voices, "en"), voices[0]);
  assert.equal(pickVoice(voices, "fr"), null);
});

const group = (fields) => ({ level: 0, count: 2, packed: true, numbers: ["A00001", "A00002"], agrees: true, missing: [], extra: [], ...fields });
const listed = (...numbers) => ({ numbers, count: numbers.length, isListed: true });

test("a label is held against what is inside", () => {
  const claim = listed("A00001", "A00002");
  assert.equal(reportGroup(group({}), claim).finding, "agrees");
  assert.equal(reportGroup(group({ packed: false }), claim).finding, "planned");
  assert.equal(reportGroup(group({ agrees: null }), null).finding, "unlisted");
  assert.equal(reportGroup(group({ count: 0, numbers: [], agrees: false, extra: claim.numbers }), claim).finding, "empty");
  for (const finding of ["agrees", "planned", "unlisted"]) {
    const fields = { agrees: { packed: true }, planned: { packed: false }, unlisted: { agrees: null } }[finding];
    assert.equal(reportGroup(group(fields), claim).isWarning, false, finding);
  }
});

test("what is on one side only is marked and counted", () => {
  const given = group({ agrees: false, missing: ["A00002"], extra: ["B00001", "B00002"] });
  const report = reportGroup(given, listed("A00001", "B00001", "B00002"));
  assert.equal(report.isWarning, true);
  assert.deepEqual([report.labelled, report.inside, report.gone, report.added], [3, 2, 2, 1]);
  assert.deepEqual(
    report.numbers.map((each) => each.where),
    ["both", "inside", "label", "label"],
  );
});

test("a label that counts only is compared by count", () => {
  const claim = { numbers: ["A00001"], count: 5, isListed: false };
  const report = reportGroup(group({ agrees: false, missing: ["A00002"] }), claim);
  assert.deepEqual([report.labelled, report.gone, report.added], [5, 3, 0]);
  // Which ones are missing nobody can say.
  assert.ok(report.numbers.every((each) => each.where === "both"));
  assert.equal(reportGroup(group({ count: 400 }), null).unnamed, 398);
});
