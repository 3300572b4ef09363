// SPDX-License-Identifier: Apache-2.0
// From the work in hand to the events that are sent; the form is that of domain/eventdrafts.py.

import { writeInstant, zoneAt } from "../client/clock";
import { findTask } from "./tasks";
import type { Details, EventDocument, Row, Work } from "./types";

export interface Moment {
  /** On the phone's own clock. */
  now: number;
  zone: number;
  correction: number;
  isMeasured: boolean;
}

interface Draft {
  kind: string;
  parts: Partial<EventDocument>;
  shown: string;
  keys: string[];
  container: string | null;
  count: number;
}

/** Write what is done into rows for the queue, in the order in which it happened. */
export function buildRows(work: Work, organisationId: string, moment: Moment, makeId: (at: number) => string): Row[] {
  const surroundings = buildSurroundings(work);
  return listDrafts(work).map((draft, place) => {
    // Two things at once have an order all the same.
    const at = moment.now + place;
    const id = makeId(at + moment.correction);
    return {
      id,
      organisationId,
      task: work.task,
      document: {
        id,
        kind: draft.kind,
        at: writeInstant(at + moment.correction, moment.zone),
        ...draft.parts,
        ...surroundings,
      },
      madeAt: at,
      zone: moment.zone,
      correction: moment.correction,
      isMeasured: moment.isMeasured,
      isTried: false,
      photos: work.photos,
      state: "waiting",
      outcome: null,
      error: null,
      flags: [],
      isSeen: false,
      shown: draft.shown,
      count: draft.count,
      keys: draft.keys,
      containerShown: draft.container,
      declaredAt: null,
    };
  });
}

/** Correct the time of a row that never went out, now that the clock was measured. */
export function correctRow(row: Row, correction: number): Row {
  if (row.isTried || row.isMeasured) return row;
  const at = writeInstant(row.madeAt + correction, row.zone);
  return { ...row, correction, isMeasured: true, document: { ...row.document, at } };
}

function listDrafts(work: Work): Draft[] {
  const { shape, kind } = findTask(work.task);
  const units = work.scans.map((scan) => scan.reference);
  const keys = work.scans.map((scan) => scan.key);
  const [first] = work.scans;
  const shown = work.container?.shown ?? first?.shown ?? "";
  const container = work.container?.shown ?? null;
  const common = { shown, keys, container, count: units.length };
  if (shape === "pack" && work.container !== null) {
    return [{ kind, parts: { units, container: work.container.reference }, ...common }];
  }
  if (shape === "empty") {
    if (work.container === null) return [{ kind, parts: { container: units }, ...common }];
    return [{ kind, parts: { units, container: work.container.reference }, ...common }];
  }
  if (shape === "swap" && work.container !== null && work.out !== null) {
    const { reference } = work.container;
    const out = { units: [work.out.reference], container: reference };
    return [
      { kind: "unpacking", parts: out, ...common, keys: [work.out.key], count: 1 },
      { kind, parts: { units, container: reference }, ...common },
    ];
  }
  return [{ kind, parts: { units }, ...common }];
}

/** Write a range of containers as packed in order, as the run was planned. */
export function buildPlan(
  plan: { run: number; level: number; from: number; to: number },
  work: Work,
): { parts: Partial<EventDocument>; surroundings: Partial<EventDocument> } {
  return { parts: { plan: { ...plan } }, surroundings: buildSurroundings(work) };
}

function buildSurroundings(work: Work): Partial<EventDocument> {
  const { details } = work;
  const parts: Partial<EventDocument> = {};
  if (details.site !== undefined) parts.site = details.site;
  if (details.partner !== undefined) parts.partner = details.partner;
  const told = findTask(work.task).kind === "inspecting" ? tellFinding(work) : tellDetails(work, details);
  if (Object.keys(told).length > 0) parts.details = told;
  return parts;
}

function tellDetails(work: Work, details: Details): Record<string, unknown> {
  const told: Record<string, unknown> = { ...findTask(work.task).fixed };
  if (details.carrier) told["carrier"] = details.carrier;
  if (details.vehicle) told["vehicle"] = details.vehicle;
  if (details.expected) told["expected"] = writeWallClock(details.expected);
  if (details.territory) told["territory"] = details.territory;
  if (details.document) told["document"] = details.document;
  if (details.notes) told["notes"] = details.notes;
  return told;
}

/** Write what a date field says with the zone it was meant in: whoever waits may be in another one. */
function writeWallClock(text: string): string {
  const at = Date.parse(text);
  return Number.isNaN(at) ? text : writeInstant(at, zoneAt(at));
}

function tellFinding(work: Work): Record<string, unknown> {
  const { details } = work;
  const finding: Record<string, unknown> = { result: details.result ?? "conforms", ...findTask(work.task).fixed };
  if (details.document) finding["document"] = details.document;
  // One text, under the language of its letters: readers of the other one are shown it as well.
  if (details.notes) finding["notes"] = { [/\p{Script=Han}/u.test(details.notes) ? "zh" : "en"]: details.notes };
  return details.position === undefined ? { inspection: finding } : { inspection: finding, position: details.position };
}
