// SPDX-License-Identifier: Apache-2.0
// A label that stays before the camera is told once, however slow the phone is.

import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./bundled.mjs";

const { Sighting } = await load("capture/camera.ts");

test("what stays in view is told once, also where one look takes seconds", () => {
  const sighting = new Sighting();
  assert.deepEqual(sighting.notice(["A"], 0), ["A"]);
  for (const at of [120, 2_000, 6_000, 6_120]) assert.deepEqual(sighting.notice(["A"], at), []);
});

test("a short blur tells nothing anew, and what was away for a while is told again", () => {
  const sighting = new Sighting();
  sighting.notice(["A"], 0);
  sighting.notice([], 200);
  assert.deepEqual(sighting.notice(["A"], 400), []);
  sighting.notice([], 600);
  assert.deepEqual(sighting.notice(["A"], 2_500), ["A"]);
});

test("a second label beside the first is told as well, each once", () => {
  const sighting = new Sighting();
  sighting.notice(["A"], 0);
  assert.deepEqual(sighting.notice(["A", "B", "B"], 100), ["B"]);
  assert.deepEqual(sighting.notice(["A", "B"], 200), []);
});
