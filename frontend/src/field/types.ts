// SPDX-License-Identifier: Apache-2.0
// The nouns of the app: what it is told, what it keeps and what it sends.

import type { Code } from "../codes/reading";
import type { LocalText } from "../page/words";

export type Profile = "inspector" | "logistics" | "packer" | "seller";

export type { LocalText };

export interface Order {
  run: number;
  product: LocalText;
  gtin: string | null;
  lot: string;
  symbols: number;
  quantity: number;
  packing: number[];
  group_gtins: (string | null)[];
}

export interface Place {
  id: string;
  kind: string;
  name: string;
  region: string | null;
}

export interface Partner {
  id: string;
  name: string;
  prefix: string;
}

/** A shipment on its way to us: what was sent, by number as far as they are named. */
export interface Arrival {
  id: string;
  sender: Partner;
  at: string;
  expected: string | null;
  carrier: string | null;
  vehicle: string | null;
  document: string | null;
  count: number;
  numbers: string[];
}

/** The answer of `GET /field/context`, kept for when there is no network. */
export interface Context {
  device_id: string;
  profile: Profile;
  label: string;
  organisation: { id: string; name: string };
  site: { id: string; name?: string } | null;
  permissions: string[];
  server_time: string;
  prefix: string;
  sites: Place[];
  partners: Partner[];
  territories: { id: string; name: LocalText }[];
  orders: Order[];
  /** What an older app took along has none. */
  arrivals?: Arrival[];
}

/** Who this phone is. Without `key` it was signed out: the queue stays until it is enrolled again. */
export interface Identity {
  key: string | null;
  deviceId: string;
  profile: Profile;
  label: string;
  organisation: { id: string; name: string };
}

export type Check = "asking" | "good" | "unasked";

/** One code of the work in hand; `check` is what the data centre said of it, if it was asked. */
export interface Scan extends Code {
  at: number;
  check: Check;
}

/** What was chosen before scanning; names are kept for the screen, ids for the event. */
export interface Details {
  site?: string;
  partner?: string;
  /** The shipment that is being received. */
  arrival?: string;
  territory?: string;
  carrier?: string;
  vehicle?: string;
  expected?: string;
  document?: string;
  notes?: string;
  run?: number;
  isLoose?: boolean;
  result?: string;
  position?: Position;
}

/** Where the phone says it is: degrees (WGS 84) and how far off that may be. */
export interface Position {
  latitude: number;
  longitude: number;
  accuracy_m: number;
}

/** The work in hand, kept after every scan. */
export interface Work {
  task: string;
  details: Details;
  container: Scan | null;
  scans: Scan[];
  /** For a replacement: what comes out; what goes in is in `scans`. */
  out: Scan | null;
  photos: string[];
}

/** Something odd: its code, and what it is in words. Older apps kept the words alone. */
export type Flag = string | { code: string; text: string };

export type RowState = "refused" | "removed" | "sent" | "waiting";

/** One event of the queue, in the order in which it was made. */
export interface Row {
  seq?: number;
  id: string;
  organisationId: string;
  task: string;
  document: EventDocument;
  /** When it was made on the phone's own clock, and by how much that was corrected. */
  madeAt: number;
  zone: number;
  correction: number;
  isMeasured: boolean;
  /** It went out at least once: from then on not one letter of it changes. */
  isTried: boolean;
  photos: string[];
  state: RowState;
  outcome: string | null;
  error: { code: string; message: string } | null;
  /** What the data centre finds odd about it; looked for once it was sent. */
  flags: Flag[];
  isFollowed?: boolean;
  isSeen: boolean;
  /** What people tell it by: the container, or the first unit, and how many. */
  shown: string;
  count: number;
  keys: string[];
  containerShown: string | null;
  /** Set once it was declared in error after it had been sent. */
  declaredAt: number | null;
}

export interface EventDocument {
  id: string;
  kind: string;
  at: string;
  units?: (string | { run: number; level: number; from: number; to: number })[];
  container?: string | string[];
  plan?: Record<string, unknown>;
  site?: string;
  partner?: string;
  details?: Record<string, unknown>;
}
