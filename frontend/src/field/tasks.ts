// SPDX-License-Identifier: Apache-2.0
// The tasks of each profile: what they ask for, what they scan, and what event comes of it.

import type { Profile } from "./types";

export type FieldName =
  | "arrival"
  | "carrier"
  | "document"
  | "expected"
  | "notes"
  | "order"
  | "partner"
  | "site"
  | "territory"
  | "vehicle";

/**
 * `pack` scans a container and what goes in; `empty` containers, or a container and what comes out;
 * `swap` a container, what comes out and what goes in; `plan` chooses numbers of a run; `units` scans
 * one after the other; `look` asks about each code; `find` scans what a finding is about.
 */
export type Shape = "empty" | "find" | "look" | "pack" | "plan" | "swap" | "units";

export interface Task {
  name: string;
  kind: string;
  shape: Shape;
  fields: readonly FieldName[];
  /** Those that must be filled in. */
  needs?: readonly FieldName[];
  /** The level of what goes into the container. */
  level?: number;
  fixed?: Record<string, unknown>;
}

const TASKS: readonly Task[] = [
  { name: "pack", kind: "packing", shape: "pack", fields: ["order", "site"], level: 0 },
  { name: "palletise", kind: "packing", shape: "pack", fields: ["order", "site"], level: 1 },
  { name: "planned", kind: "packing", shape: "plan", fields: ["order", "site"], needs: ["order"] },
  { name: "unpack", kind: "unpacking", shape: "empty", fields: ["site"] },
  { name: "take-out", kind: "unpacking", shape: "units", fields: ["site"] },
  { name: "replace", kind: "packing", shape: "swap", fields: ["site"] },
  {
    name: "ship",
    kind: "shipping",
    shape: "units",
    fields: ["site", "partner", "carrier", "vehicle", "expected", "territory", "document"],
    needs: ["partner"],
  },
  {
    name: "hand-over",
    kind: "shipping",
    shape: "units",
    fields: ["partner", "site", "document", "notes"],
    needs: ["partner"],
    fixed: { handover: true },
  },
  { name: "receive", kind: "receiving", shape: "units", fields: ["arrival", "site", "partner", "document", "notes"] },
  { name: "store", kind: "storing", shape: "units", fields: ["site", "notes"], needs: ["site"] },
  { name: "sale", kind: "storing", shape: "units", fields: ["site"], needs: ["site"], fixed: { on_sale: true } },
  { name: "sell", kind: "selling", shape: "units", fields: ["site", "document"] },
  { name: "return", kind: "returning", shape: "units", fields: ["site", "partner", "notes"] },
  { name: "look", kind: "inspecting", shape: "look", fields: [] },
  { name: "seal", kind: "inspecting", shape: "find", fields: ["document", "notes", "site"], fixed: { result: "sealed" } },
  {
    name: "unseal",
    kind: "inspecting",
    shape: "find",
    fields: ["document", "notes", "site"],
    fixed: { result: "unsealed" },
  },
  { name: "find", kind: "inspecting", shape: "find", fields: ["document", "notes", "site"] },
];

const LISTS: Record<Profile, readonly string[]> = {
  packer: ["pack", "palletise", "planned", "unpack", "take-out", "replace"],
  logistics: ["ship", "hand-over", "receive", "store", "unpack"],
  seller: ["receive", "sale", "sell", "return", "unpack"],
  inspector: ["look", "find", "seal", "unseal"],
};

/** Return what a phone of this profile is for, the commonest first. */
export function listTasks(profile: Profile): readonly Task[] {
  return LISTS[profile].map(findTask);
}

/** Return a task by its name, as it stands in the queue. */
export function findTask(name: string): Task {
  const task = TASKS.find((each) => each.name === name);
  if (!task) throw new Error(`no task ${name}`);
  return task;
}

export const RESULTS = ["conforms", "does_not_conform", "suspected_counterfeit", "sampled"] as const;
