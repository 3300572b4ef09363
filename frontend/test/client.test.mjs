// SPDX-License-Identifier: Apache-2.0
// Ids and times of events made on the phone, and how far its clock is trusted.

import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./bundled.mjs";

const { buildUuid7, makeUuid7 } = await load("client/uuid7.ts");
const clock = await load("client/clock.ts");

test("an id is the one RFC 9562 gives for its time and randomness", () => {
  // Appendix A.6 of RFC 9562.
  const random = Uint8Array.from([0x7c, 0xc3, 0x98, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]);
  assert.equal(buildUuid7(0x017f22e279b0, random), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
});

test("ids sort by time and are never the same", () => {
  const ids = Array.from({ length: 500 }, (_, place) => makeUuid7(1_700_000_000_000 + place));
  assert.deepEqual([...ids].sort(), ids);
  assert.equal(new Set(Array.from({ length: 500 }, () => makeUuid7(1_700_000_000_000))).size, 500);
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("a clock that is hours behind is measured and corrected", () => {
  const sent = Date.parse("2026-03-14T06:00:00Z");
  const measure = clock.measureClock(sent, sent + 400, "2026-03-14T09:00:00.200000Z");
  assert.deepEqual(measure, { offset: 3 * 3600_000, error: 200, at: sent + 400 });
  assert.equal(clock.correctionOf(measure), 3 * 3600_000);
});

test("seconds are left alone", () => {
  assert.equal(clock.correctionOf({ offset: 90_000, error: 10, at: 0 }), 0);
  assert.equal(clock.correctionOf({ offset: -120_001, error: 10, at: 0 }), -120_001);
  assert.equal(clock.correctionOf(null), 0);
});

test("an exchange over which the clock was set says nothing", () => {
  assert.equal(clock.measureClock(5000, 4000, "2026-03-14T09:00:00Z"), null);
  assert.equal(clock.measureClock(4000, 5000, "yesterday"), null);
});

test("the more exact of two measures stays, until it is old or contradicted", () => {
  const known = { offset: 1000, error: 20, at: 0 };
  const vague = { offset: 1300, error: 900, at: 60_000 };
  assert.equal(clock.chooseMeasure(known, vague), known);
  assert.equal(clock.chooseMeasure(null, vague), vague);
  const late = { ...vague, at: 11 * 60_000 };
  assert.equal(clock.chooseMeasure(known, late), late);
  const other = { offset: 3_600_000, error: 900, at: 60_000 };
  assert.equal(clock.chooseMeasure(known, other), other, "somebody set the clock");
});

test("an instant keeps the zone of the wall", () => {
  const at = Date.parse("2026-03-14T09:30:00.123Z");
  assert.equal(clock.writeInstant(at, 480), "2026-03-14T17:30:00.123+08:00");
  assert.equal(clock.writeInstant(at, -210), "2026-03-14T06:00:00.123-03:30");
  assert.equal(clock.writeInstant(at, 0), "2026-03-14T09:30:00.123+00:00");
});
