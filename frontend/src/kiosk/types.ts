// SPDX-License-Identifier: Apache-2.0
// The nouns of the kiosk: what it is told, what it keeps and what it sends.

import type { Language } from "../page/words";
import type { LocalText } from "../field/types";

/** What the page brings along; see `kiosk/shell.py`. */
export interface Shell {
  language: string;
  languages: Record<string, Language>;
  hosts: string[];
  files: { detector: string; reader: string };
  worker: string;
  scope: string;
  icon: string;
  version: string;
}

/** The answer of `GET /devices/me`, as far as a kiosk shows it. */
export interface Standing {
  kind: string;
  label: string;
  organisation: { name: string };
  site: { name: string; region: string | null } | null;
  server_time: string;
}

/** Which kiosk this is; `language` is what its page returns to. */
export interface Identity {
  key: string;
  label: string;
  organisation: string;
  site: string;
  language: string;
}

/** A reading the data centre has not confirmed yet. */
export interface Kept {
  seq?: number;
  text: string;
  /** When it was made, on the kiosk's own clock. */
  madeAt: number;
  /** The same on the clock that only counts, which says something within its session only. */
  ticks: number;
  session: string;
  /** Set before it first goes out; from then on not one letter of it changes. */
  id: string | null;
  at: string | null;
}

/** What a group holds, held against its label. */
export interface Group {
  level: number;
  count: number;
  packed: boolean;
  numbers: string[];
  agrees: boolean | null;
  /** Inside, not on the label. */
  missing: string[];
  /** On the label, not inside. */
  extra: string[];
}

/** The answer of `POST /verifications`. */
export interface Answer {
  verdict: string;
  title: string;
  reasons: { code: string; text: string }[];
  recall: { reason: LocalText; instruction: LocalText | null; contact: string | null } | null;
  organisation: { name: string; verified: boolean; phone: string | null } | null;
  product: { name: LocalText; specification: string | null; gtin: string | null } | null;
  batch: { lot: string; produced_on: string | null; expires_on: string | null } | null;
  unit: { level: number; number: string } | null;
  scans: { devices: number; other_devices: number; first_at: string | null; known_device: boolean } | null;
  group: Group | null;
  /** Title and reasons by language, the reasons in the order of `reasons`. */
  translations: Record<string, { title: string; reasons: string[] }>;
}
