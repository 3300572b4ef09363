// SPDX-License-Identifier: Apache-2.0
// A group's label beside what is inside, as a shopper should be told. Pure.

import type { Contents } from "../codes/contents";
import type { Group } from "./types";

/**
 * What a comparison comes to. `planned`: nobody recorded the packing, so the label is held against
 * the maker's plan. `unlisted`: the label says nothing, or was typed. `empty`: all was taken out.
 */
export type Finding = "agrees" | "differs" | "empty" | "planned" | "unlisted";

export interface GroupReport {
  finding: Finding;
  isWarning: boolean;
  /** How many the label says; null: nothing. */
  labelled: number | null;
  /** How many the data centre knows inside. */
  inside: number;
  /** The numbers that are or should be inside, then those on the label alone. */
  numbers: readonly Numbered[];
  /** Inside, but not to be named: more than the answer lists, or another maker's. */
  unnamed: number;
  /** How many are on one side only; for `first*count` labels nobody can say which. */
  gone: number;
  added: number;
}

/** `both`: label and data centre agree on it, or the label lists nothing. */
export interface Numbered {
  number: string;
  where: "both" | "inside" | "label";
}

/** Compare what the data centre answered with what the label claims. */
export function reportGroup(group: Group, claim: Contents | null): GroupReport {
  const labelled = claim === null || group.agrees === null ? null : claim.count;
  const isListed = labelled !== null && claim?.isListed === true;
  const missing = new Set(isListed ? group.missing : []);
  const numbers: Numbered[] = group.numbers.map((number) => ({ number, where: missing.has(number) ? "inside" : "both" }));
  if (isListed) numbers.push(...group.extra.map((number): Numbered => ({ number, where: "label" })));
  const finding = judge(group, labelled);
  return {
    finding,
    isWarning: finding === "differs" || finding === "empty",
    labelled,
    inside: group.count,
    numbers,
    unnamed: Math.max(0, group.count - group.numbers.length),
    gone: isListed ? group.extra.length : Math.max(0, (labelled ?? 0) - group.count),
    added: isListed ? group.missing.length : labelled === null ? 0 : Math.max(0, group.count - labelled),
  };
}

function judge(group: Group, labelled: number | null): Finding {
  if (group.packed && group.count === 0) return "empty";
  if (labelled === null) return "unlisted";
  if (group.agrees !== true) return "differs";
  return group.packed ? "agrees" : "planned";
}
