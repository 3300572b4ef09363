// SPDX-License-Identifier: Apache-2.0
// The queue of events: kept on the phone before anybody says "done", sent in order, each exactly once.
// An event has its id and its time from the moment it was made; once it went out not a letter of it
// changes, so that whatever is sent again is recognised.

import { ApiError } from "../client/api";
import type { Api } from "../client/api";
import { correctRow } from "./documents";
import { nameOf } from "../codes/reading";
import { wait } from "./store";
import type { Store } from "./store";
import type { Flag, Row } from "./types";

// Histories asked for in one round: a shift's worth comes over a few beats.
const FOLLOWED_MAX = 5;
// Of a large event a sample: the console shows all of them.
const UNITS_FOLLOWED = 8;

// Rows of one request: a minute of a busy line, little to repeat when the network breaks off.
const CHUNK_MAX = 50;
// Half of what the interface takes in one body.
const CHUNK_BYTES_MAX = 512 * 1024;
// Records that wait, or that somebody has to look at: more than anybody could look through, and some
// 15 MB. A line of packers makes a hundred cases an hour.
export const OPEN_MAX = 5000;
// From here on people are told to look for a network.
export const OPEN_MANY = 4500;
// Sent rows are kept so that people can look back and take back; older ones are at the console.
const SENT_KEPT = 300;
const LOCK = "trueorigin-field-queue";
// What is wrong with the row itself; everything else is tried again.
const ROW_STATUSES: readonly number[] = [400, 413, 422];

interface Outcome {
  row: number;
  id: string | null;
  outcome: "refused" | "repeated" | "stored";
  error?: { code: string; message: string } | null;
}

/** How a round of sending ended. */
export type End = "busy" | "done" | "offline" | "refused" | "unknown";

export interface Photo {
  id: string;
  blob: Blob;
  /** The file it became at the data centre. */
  fileId: string | null;
}

/** One of several windows at a time; a browser without locks has one window at a time anyway. */
async function alone<T>(work: () => Promise<T>): Promise<T> {
  return "locks" in navigator ? navigator.locks.request(LOCK, work) : work();
}

export class Queue {
  private rows: Row[] = [];

  private constructor(
    private readonly store: Store,
    private readonly onChange: () => void,
  ) {}

  static async open(store: Store, onChange: () => void): Promise<Queue> {
    const queue = new Queue(store, onChange);
    await queue.load();
    return queue;
  }

  private async load(): Promise<void> {
    this.rows = await this.store.list<Row>("queue");
  }

  /** All rows, oldest first. */
  list(): readonly Row[] {
    return this.rows;
  }

  /** Rows that the data centre does not have yet. */
  get waiting(): number {
    return this.rows.filter((row) => row.state === "waiting" || isUndeclared(row)).length;
  }

  /** Rows that were refused and that nobody has looked at. */
  get refused(): number {
    return this.rows.filter((row) => row.state === "refused" && !row.isSeen).length;
  }

  /** Rows that the data centre finds odd and that nobody has looked at. */
  get flagged(): number {
    return this.rows.filter((row) => row.state === "sent" && row.flags.length > 0 && !row.isSeen).length;
  }

  /** Rows that wait or that nobody has looked at: `OPEN_MAX` at most. */
  get open(): number {
    return this.waiting + this.refused + this.flagged;
  }

  /** Return what is packed where, as far as this phone did it. */
  packed(): Map<string, string> {
    const found = new Map<string, string>();
    for (const row of this.rows) {
      if (row.state === "refused" || row.state === "removed") continue;
      const { kind } = row.document;
      if (kind === "packing" && row.containerShown !== null) {
        for (const key of row.keys) found.set(key, row.containerShown);
      } else if (kind === "unpacking") {
        // Without units everything came out of the containers that were scanned.
        const emptied = new Set(row.document.units === undefined ? row.keys.map(nameOf) : []);
        for (const [key, container] of found) if (emptied.has(container)) found.delete(key);
        for (const key of row.keys) found.delete(key);
      }
    }
    return found;
  }

  /** Keep rows, and what `also` is done with them, in one transaction; on the disk when it returns. */
  async add(rows: readonly Row[], fact: { key: string; value: unknown }): Promise<void> {
    await this.store.change(["queue", "facts"], async (open) => {
      for (const row of rows) await wait(open("queue").add(row));
      await wait(open("facts").put(fact.value, fact.key));
    });
    await this.reload();
  }

  /** Take back a row: what was never sent is gone, what may have been is declared in error. */
  async takeBack(row: Row): Promise<void> {
    await alone(async () => {
      const now = await this.store.get<Row>("queue", row.seq ?? 0);
      if (now === undefined) return;
      if (now.isTried) await this.store.put("queue", { ...now, state: "removed" });
      else await this.store.remove("queue", row.seq ?? 0);
    });
    await this.reload();
  }

  /** Note that somebody has looked at a refusal. */
  async markSeen(row: Row): Promise<void> {
    await this.store.change(["queue"], async (open) => {
      // It may have changed since it was shown.
      const now = await wait(open("queue").get(row.seq ?? 0) as IDBRequest<Row | undefined>);
      if (now !== undefined) await wait(open("queue").put({ ...now, isSeen: true }));
    });
    await this.reload();
  }

  private async reload(): Promise<void> {
    await this.load();
    this.onChange();
  }

  /** Send everything that waits and belongs to the organisation, in order. */
  async send(api: Api, organisationId: string, correction: number | null): Promise<End> {
    return alone(async () => {
      try {
        await this.load();
        let size = CHUNK_MAX;
        for (;;) {
          const chunk = this.pick(organisationId, size);
          if (chunk.length === 0) break;
          size = await this.sendChunk(api, chunk, correction, size);
        }
        await this.declare(api, organisationId);
        await this.follow(api, organisationId);
        await this.forget();
        return "done";
      } catch (error) {
        if (error instanceof ApiError) return error.kind;
        throw error;
      } finally {
        await this.reload();
      }
    });
  }

  private pick(organisationId: string, size: number): Row[] {
    const found: Row[] = [];
    let bytes = 0;
    for (const row of this.rows) {
      if (row.state !== "waiting" || row.organisationId !== organisationId) continue;
      bytes += JSON.stringify(row.document).length * 3;
      if (found.length >= size || (found.length > 0 && bytes > CHUNK_BYTES_MAX)) break;
      found.push(row);
    }
    return found;
  }

  /** Send some rows and keep what became of each; returns how many to send next. */
  private async sendChunk(api: Api, chunk: Row[], correction: number | null, size: number): Promise<number> {
    const ready: Row[] = [];
    for (const row of chunk) {
      const timed = correction === null ? row : correctRow(row, correction);
      ready.push({ ...(await this.attach(api, timed)), isTried: true });
    }
    await this.keep(ready);
    try {
      const events = ready.map((row) => row.document);
      const { body } = await api.send<{ outcomes: Outcome[] }>("/events?outcomes=all", { body: { events } });
      const outcomes = new Map(body.outcomes.map((each) => [each.row, each]));
      await this.keep(ready.map((row, place) => settle(row, outcomes.get(place))));
      return CHUNK_MAX;
    } catch (error) {
      if (!(error instanceof ApiError) || !ROW_STATUSES.includes(error.status)) throw error;
      // One of them spoils the request: find it, one by one.
      if (chunk.length > 1) return 1;
      const told = { code: error.code, message: error.message };
      await this.keep(ready.map((row) => ({ ...row, state: "refused", outcome: "refused", error: told })));
      return size;
    }
  }

  /** Send the photographs of a row first, and name them in its finding. */
  private async attach(api: Api, row: Row): Promise<Row> {
    if (row.photos.length === 0 || row.isTried) return row;
    const fileIds: string[] = [];
    for (const id of row.photos) {
      const photo = await this.store.get<Photo>("photos", id);
      if (photo === undefined) continue;
      let { fileId } = photo;
      if (fileId === null) {
        const { body } = await api.send<{ id: string }>("/files", {
          file: photo.blob,
          idempotencyKey: id,
          waitMs: 120_000,
        });
        fileId = body.id;
        await this.store.put("photos", { ...photo, fileId });
      }
      fileIds.push(fileId);
    }
    const details = row.document.details ?? {};
    const inspection = { ...(details["inspection"] as object), file_ids: fileIds };
    return { ...row, document: { ...row.document, details: { ...details, inspection } } };
  }

  private async keep(rows: readonly Row[]): Promise<void> {
    await this.store.change(["queue"], async (open) => {
      for (const row of rows) await wait(open("queue").put(row));
    });
    await this.reload();
  }

  private async declare(api: Api, organisationId: string): Promise<void> {
    for (const row of this.rows.filter(isUndeclared)) {
      if (row.organisationId !== organisationId) continue;
      await api.send(`/events/${row.id}/declaration`, { body: {}, idempotencyKey: `declare-${row.id}` });
      await this.keep([{ ...row, declaredAt: Date.now() }]);
    }
  }

  /** Ask what the data centre makes of what was sent: two phones may have told different stories. */
  private async follow(api: Api, organisationId: string): Promise<void> {
    const open = this.rows.filter(
      (row) => row.state === "sent" && row.isFollowed === false && row.organisationId === organisationId,
    );
    for (const row of open.slice(0, FOLLOWED_MAX)) {
      const flags = await findFlags(api, row);
      await this.keep([{ ...row, flags, isFollowed: true }]);
    }
  }

  /** Forget the oldest of what is done and was seen. */
  private async forget(): Promise<void> {
    const done = this.rows.filter(isDone);
    const old = done.slice(0, Math.max(0, done.length - SENT_KEPT));
    if (old.length === 0) return;
    await this.store.change(["queue", "photos"], async (open) => {
      for (const row of old) {
        await wait(open("queue").delete(row.seq ?? 0));
        for (const id of row.photos) await wait(open("photos").delete(id));
      }
    });
  }
}

/** Tell whether nobody has to do anything about a row any more. */
function isDone(row: Row): boolean {
  if (row.state === "sent") return row.isFollowed !== false && (row.flags.length === 0 || row.isSeen);
  if (row.state === "removed") return row.declaredAt !== null;
  return row.state === "refused" && row.isSeen;
}

/** Tell whether a row was taken back and the data centre has not heard of that. */
function isUndeclared(row: Row): boolean {
  return row.state === "removed" && row.declaredAt === null;
}

function settle(row: Row, outcome: Outcome | undefined): Row {
  // No word about it: it is sent again, under its id.
  if (outcome === undefined) return row;
  if (outcome.outcome !== "refused") {
    return { ...row, state: "sent", outcome: outcome.outcome, error: null, isFollowed: false };
  }
  const { code = "refused", message = "" } = outcome.error ?? {};
  return { ...row, state: "refused", outcome: "refused", error: { code, message } };
}

interface Life {
  events: { event: { id: string }; anomalies: { code: string; text: string }[] }[];
}

/** Return what the histories of its container and of its first units find odd about this very event. */
async function findFlags(api: Api, row: Row): Promise<Flag[]> {
  const { units = [], container } = row.document;
  const named = units.filter((each): each is string => typeof each === "string");
  const containers = Array.isArray(container) ? container : container === undefined ? [] : [container];
  const found = new Map<string, Flag>();
  for (const code of [...containers, ...named].slice(0, UNITS_FOLLOWED)) {
    try {
      const { body } = await api.send<Life>(`/units/${encodeURIComponent(code)}/history`);
      const own = body.events.filter((entry) => entry.event.id === row.id);
      for (const each of own.flatMap((entry) => entry.anomalies)) {
        // Goods are packed first and released later: nothing for a packer to look into.
        if (each.code !== "before_release" || row.document.kind !== "packing") found.set(each.code, each);
      }
    } catch (error) {
      // Not everybody may see every history; that is no flag.
      if (!(error instanceof ApiError && error.kind === "refused")) throw error;
    }
  }
  return [...found.values()];
}
