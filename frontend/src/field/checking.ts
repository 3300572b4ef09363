// SPDX-License-Identifier: Apache-2.0
// What the data centre says of a code while it is being handled: only where there is a network, and
// never waited for.

import { ApiError } from "../client/api";
import type { App } from "./app";
import { findTask } from "./tasks";
import type { LocalText, Scan, Work } from "./types";

// A packer does not wait; later answers are of no use at the line.
const WAIT_MS = 6_000;

/** The answer to a reading, as far as the app uses it. */
export interface Verdict {
  verdict: string;
  title: string;
  reasons: { code: string; text: string }[];
  organisation: { name: string; verified: boolean } | null;
  product: { gtin: string | null; name: LocalText; specification?: string | null } | null;
  batch: { lot: string; produced_on?: string | null; expires_on?: string | null; origin?: unknown } | null;
  unit: { run: number; level: number; index: number; number: string } | null;
  /** What a group holds, or should, held against its label; only where it is asked for. */
  group?: {
    count: number;
    packed: boolean;
    agrees: boolean | null;
    missing: string[];
    extra: string[];
    gone: string[];
    added: string[];
  } | null;
}

/** What it means for the work in hand: a sentence by name, or null where all is well. */
export interface Found {
  word: string | null;
  params: Record<string, string>;
  hint: string;
  isRefused: boolean;
}

const WELL: Found = { word: null, params: {}, hint: "", isRefused: false };
// Goods that nobody may pack, ship or sell without knowing it.
const GRAVE: readonly string[] = ["recalled", "suspect", "withdrawn"];

/** Ask about one code; null: nobody answered in time. */
export async function checkScan(app: App, work: Work, scan: Scan): Promise<Found | null> {
  try {
    const body = { code: scan.reference };
    const reply = await app.api.send<Verdict>("/verifications", { body, waitMs: WAIT_MS });
    return judge(work, scan, reply.body);
  } catch (error) {
    if (error instanceof ApiError) return null;
    throw error;
  }
}

/** Hold an answer against the work in hand. Pure. */
export function judge(work: Work, scan: Scan, said: Verdict): Found {
  const refuse = (word: string, params: Record<string, string> = {}): Found => ({ word, params, hint: "", isRefused: true });
  const { unit } = said;
  if (unit === null) return refuse("check-not-issued");
  const task = findTask(work.task);
  if (task.shape === "pack" && task.level !== undefined) {
    const isContainer = work.container?.key === scan.key;
    const wanted = isContainer ? task.level + 1 : task.level;
    if (work.details.run !== undefined && unit.run !== work.details.run) {
      return refuse("check-other-run", { lot: said.batch?.lot ?? "" });
    }
    if (unit.level !== wanted) return refuse(unit.level < wanted ? "check-too-small" : "check-too-large");
  }
  if (GRAVE.includes(said.verdict)) {
    return { word: "check-grave", params: { title: said.title }, hint: said.reasons[0]?.text ?? "", isRefused: false };
  }
  return WELL;
}
