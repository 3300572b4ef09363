// SPDX-License-Identifier: Apache-2.0
// The work in hand: what is refused at once, what counts, and which events come of it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./bundled.mjs";

// The phone of a driver in Shanghai, whatever machine this runs on.
process.env.TZ = "Asia/Shanghai";

const session = await load("field/session.ts");
const { buildRows, correctRow } = await load("field/documents.ts");
const { judge } = await load("field/checking.ts");
const { readCode } = await load("codes/reading.ts");

const GTIN = "06901234567892";
const CASE_GTIN = "16901234567899";
const SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const serial = (place) => `ABCDE${SYMBOLS.charAt(place)}0000000000`;
const item = (place, gtin = GTIN) => readCode(`/01/${gtin}/21/${serial(place)}`, []).code;
const listed = (count) => Array.from({ length: count }, (_, place) => serial(place).slice(0, 6)).join("");
const box = (count, place = 30) => readCode(`/01/${CASE_GTIN}/21/${serial(place)}?n=${listed(count)}`, []).code;
const order = {
  run: 7,
  product: { zh: "酒", en: null },
  gtin: GTIN,
  lot: "L1",
  symbols: 16,
  quantity: 100,
  packing: [3, 2],
  group_gtins: [CASE_GTIN, null],
};
const known = { orders: [order], packed: new Map() };
const moment = { now: Date.parse("2026-03-14T09:30:00Z"), zone: 480, correction: 0, isMeasured: true };
let made = 0;
const makeId = () => `id-${(made += 1)}`;

/** Let a work take codes; returns the words that were said. */
function feed(work, codes, knowledge = known) {
  return codes.map((code) => session.takeCode(work, code, 1, knowledge).word);
}

test("a case is opened, filled and complete", () => {
  const work = session.openWork("pack", { run: 7 });
  assert.deepEqual(feed(work, [box(3), item(0), item(1), item(2)]), [
    "say-open-of",
    "say-counted-of",
    "say-counted-of",
    "say-complete",
  ]);
  assert.equal(session.compareWork(work).agrees, true);
  assert.deepEqual(feed(work, [item(3)]), ["say-full"]);
});

test("duplicates and strangers are refused and do not count", () => {
  const work = session.openWork("pack", { run: 7 });
  const packed = new Map([[item(2).key, "CASE01"]]);
  const said = feed(
    work,
    [item(0), box(3), box(3), item(0), item(0), item(9), item(1, "06901234567885"), item(2), box(3, 29)],
    { orders: [order], packed },
  );
  assert.deepEqual(said, [
    "say-container-first",
    "say-open-of",
    "say-itself",
    "say-counted-of",
    "say-twice",
    "say-unlisted",
    "say-stranger",
    "say-packed",
    "say-group",
  ]);
  assert.equal(work.scans.length, 1);
});

test("without a label or an order nobody knows how many", () => {
  const work = session.openWork("pack", {});
  const plain = readCode(serial(30), []).code;
  assert.deepEqual(feed(work, [plain, item(0)]), ["say-open", "say-counted"]);
  assert.equal(session.capacityOf(work, known.orders), null);
  assert.equal(session.compareWork(work), null);
});

test("a pallet takes cases, not items", () => {
  const work = session.openWork("palletise", { run: 7 });
  const pallet = readCode("106141412345678908", []).code;
  assert.deepEqual(feed(work, [pallet, item(0), box(3, 29)]), ["say-open-of", "say-item", "say-counted-of"]);
});

test("undo takes back the last thing, down to the case", () => {
  const work = session.openWork("pack", { run: 7 });
  feed(work, [box(3), item(0)]);
  assert.equal(session.undoScan(work).key, item(0).key);
  assert.equal(session.undoScan(work).key, box(3).key);
  assert.equal(session.undoScan(work), null);
  assert.equal(session.isBegun(work), false);
});

test("what is packed becomes one event", () => {
  const work = session.openWork("pack", { run: 7, site: "s1" });
  feed(work, [box(2), item(0), item(1)]);
  const [row, ...rest] = buildRows(work, "o1", moment, makeId);
  assert.deepEqual(rest, []);
  assert.deepEqual(row.document, {
    id: row.id,
    kind: "packing",
    at: "2026-03-14T17:30:00.000+08:00",
    units: [`/01/${GTIN}/21/${serial(0)}`, `/01/${GTIN}/21/${serial(1)}`],
    container: `/01/${CASE_GTIN}/21/${serial(30)}`,
    site: "s1",
  });
});

test("a replacement comes out before it goes in", () => {
  const work = session.openWork("replace", {});
  assert.deepEqual(feed(work, [box(3), item(0), item(0), item(9), item(8)]), [
    "say-swap-out",
    "say-swap-in",
    "say-twice",
    "say-swap-done",
    "say-swap-full",
  ]);
  const rows = buildRows(work, "o1", moment, makeId);
  assert.deepEqual(
    rows.map((row) => [row.document.kind, row.document.units.length]),
    [["unpacking", 1], ["packing", 1]],
  );
  assert.ok(rows[0].document.at < rows[1].document.at);
});

test("a shipment names carrier, vehicle and region; a finding its result", () => {
  const ship = session.openWork("ship", { partner: "p", carrier: "C", vehicle: "V", expected: "2026-03-15T08:00", territory: "t" });
  feed(ship, [box(3)]);
  const [shipped] = buildRows(ship, "o1", moment, makeId);
  assert.deepEqual(shipped.document.details, {
    carrier: "C",
    vehicle: "V",
    expected: "2026-03-15T08:00:00.000+08:00",
    territory: "t",
  });
  assert.equal(shipped.document.partner, "p");
  const seal = session.openWork("seal", { notes: "封条 12", document: "D1" });
  feed(seal, [box(3)]);
  const [sealed] = buildRows(seal, "o1", moment, makeId);
  assert.deepEqual(sealed.document.details, { inspection: { result: "sealed", document: "D1", notes: { zh: "封条 12" } } });
});

test("a row's time is corrected once the clock is known, and never after it went out", () => {
  const work = session.openWork("receive", {});
  feed(work, [box(3)]);
  const [row] = buildRows(work, "o1", { ...moment, isMeasured: false }, makeId);
  assert.equal(correctRow(row, 3_600_000).document.at, "2026-03-14T18:30:00.000+08:00");
  assert.equal(correctRow({ ...row, isTried: true }, 3_600_000).document.at, row.document.at);
  assert.equal(correctRow({ ...row, isMeasured: true }, 3_600_000).document.at, row.document.at);
});

test("what comes is held against what was sent", () => {
  const cases = [0, 1, 2, 3].map((place) => box(1, place));
  const arrival = { id: "a", sender: {}, count: 3, numbers: cases.slice(0, 3).map((code) => code.shown) };
  const work = session.openWork("receive", { arrival: "a" });
  const say = (code) => session.takeCode(work, code, 1, { ...known, arrival });
  assert.deepEqual(
    [cases[0], cases[0], cases[3], cases[1], cases[2]].map((code) => say(code).word),
    ["say-counted-of", "say-twice", "say-not-sent", "say-counted-of", "say-complete"],
  );
  assert.equal(session.countCome(work, arrival), 3);
  // Of a shipment that names but some, everything counts.
  const part = { ...arrival, count: 9 };
  assert.equal(session.countCome(work, part), 4);
  assert.equal(session.takeCode(work, item(9), 1, { ...known, arrival: part }).word, "say-counted-of");
});

test("at most a thousand units are one event", () => {
  const work = session.openWork("receive", {});
  const codes = Array.from({ length: 1001 }, (_, place) => readCode(`ABCD${String(place).padStart(12, "0")}`, []).code);
  const said = feed(work, codes);
  assert.equal(said[999], "say-counted");
  assert.equal(said[1000], "say-many");
});

test("what the data centre says of a code decides whether it stays", () => {
  const work = session.openWork("pack", { run: 7 });
  feed(work, [box(3), item(0)]);
  const said = { verdict: "genuine", title: "", reasons: [], organisation: null, product: null, batch: { lot: "L2" } };
  const unit = { run: 7, level: 0, index: 0, number: "ABCDE0" };
  const [scan] = work.scans;
  assert.equal(judge(work, scan, { ...said, unit }).word, null);
  assert.deepEqual(judge(work, scan, { ...said, unit: null }).word, "check-not-issued");
  assert.equal(judge(work, scan, { ...said, unit: { ...unit, run: 8 } }).word, "check-other-run");
  assert.equal(judge(work, scan, { ...said, unit: { ...unit, level: 1 } }).word, "check-too-large");
  assert.equal(judge(work, work.container, { ...said, unit }).word, "check-too-small");
  const recalled = judge(work, scan, { ...said, verdict: "recalled", title: "Recalled", unit });
  assert.deepEqual([recalled.word, recalled.isRefused], ["check-grave", false]);
});

test("what is taken out by the data centre is gone, and nothing else", () => {
  const work = session.openWork("pack", { run: 7 });
  feed(work, [box(3), item(0), item(1)]);
  assert.equal(session.dropScan(work, item(0).key), true);
  assert.equal(session.dropScan(work, item(0).key), false);
  assert.deepEqual(work.scans.map((scan) => scan.key), [item(1).key]);
});
