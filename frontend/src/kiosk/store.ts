// SPDX-License-Identifier: Apache-2.0
// What a kiosk keeps, in IndexedDB: who it is, and readings that have no answer yet. It survives a
// power cut at any moment: a reading is on the disk before it is sent, and leaves it after the answer.
//
// A disk may be full, and a browser may refuse to keep anything. The kiosk goes on answering then:
// what the disk does not take waits in memory, for as long as the kiosk has power, and `state` says so.

import type { Identity, Kept } from "./types";

const NAME = "trueorigin-kiosk";
// The second place for who it is: where IndexedDB is lost or locked, this mostly is not.
const SPARE = "trueorigin-kiosk-identity";
// A hall full of people without network for a day; beyond it the oldest are worth least.
export const KEPT_MAX = 5000;

/** What became of the last attempt to keep something. `refused`: the browser keeps nothing at all. */
export type StoreState = "failed" | "full" | "refused" | "well";

function wait<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("request failed"));
  });
}

export class Store {
  state: StoreState = "well";
  /** Whether the disk has who this kiosk is. */
  knowsIdentity = true;
  private database: IDBDatabase | null = null;
  /** What the disk did not take, under numbers below zero, which no disk gives. */
  private readonly memory = new Map<number, Kept>();
  private next = -1;

  /** How many readings a power cut would lose. */
  get fragile(): number {
    return this.memory.size;
  }

  /** Open it; it need not succeed, and is tried again whenever something is to be kept. */
  async open(): Promise<void> {
    await this.reach().catch((error: unknown) => this.note(error));
  }

  private async reach(): Promise<IDBDatabase> {
    if (this.database !== null) return this.database;
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("facts");
      request.result.createObjectStore("readings", { keyPath: "seq", autoIncrement: true });
    };
    const database = await wait(request);
    const leave = (): void => {
      database.close();
      this.database = null;
    };
    database.onversionchange = leave;
    // The browser may close it: its profile was cleared, or the disk went away.
    database.onclose = leave;
    this.database = database;
    return database;
  }

  private async change<T>(name: string, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const database = await this.reach();
    const transaction = database.transaction([name], "readwrite", { durability: "strict" });
    const ended = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
    });
    const request = work(transaction.objectStore(name));
    await ended;
    return request.result;
  }

  private async read<T>(name: string, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const database = await this.reach();
    return wait(work(database.transaction(name).objectStore(name)));
  }

  async findIdentity(): Promise<Identity | null> {
    try {
      const found = await this.read("facts", (store) => store.get("identity") as IDBRequest<Identity | undefined>);
      if (found !== undefined) return found;
    } catch (error) {
      this.note(error);
    }
    return readSpare();
  }

  /** Keep who this kiosk is; `knowsIdentity` says whether that was done. */
  async keepIdentity(identity: Identity): Promise<void> {
    const hasSpare = writeSpare(identity);
    try {
      await this.change("facts", (store) => store.put(identity, "identity"));
      this.knowsIdentity = true;
    } catch (error) {
      this.note(error);
      this.knowsIdentity = hasSpare;
    }
  }

  /**
   * Keep a reading, or change what is kept of it; returns its place in the queue. Where the disk takes
   * it not, nothing older of it stays there: it would be sent again under another id.
   */
  async keep(reading: Kept): Promise<number> {
    const plain = { ...reading };
    const { seq } = plain;
    if (seq === undefined || seq < 0) delete plain.seq;
    try {
      const kept = (await this.change("readings", (store) => store.put(plain))) as number;
      if (seq !== undefined && seq < 0) this.memory.delete(seq);
      this.state = "well";
      if (seq === undefined && this.memory.size > 0) void this.settle();
      return kept;
    } catch (error) {
      this.note(error);
    }
    if (seq !== undefined && seq > 0) await this.forget(seq);
    const place = seq !== undefined && seq < 0 ? seq : this.next--;
    this.memory.set(place, { ...reading, seq: place });
    return place;
  }

  async forget(seq: number): Promise<void> {
    if (this.memory.delete(seq)) return;
    // Stays it on the disk, it is sent again under its own id, and stored once all the same.
    await this.change("readings", (store) => store.delete(seq)).catch((error: unknown) => this.note(error));
  }

  /** Return what waits, the oldest first. */
  async list(): Promise<Kept[]> {
    const kept = await this.read("readings", (store) => store.getAll() as IDBRequest<Kept[]>).catch((error: unknown) => {
      this.note(error);
      return [];
    });
    return [...kept, ...this.memory.values()];
  }

  /** Put on the disk what waits in memory, if there is room again. */
  async settle(): Promise<void> {
    for (const reading of [...this.memory.values()]) {
      await this.keep(reading);
      if (this.state !== "well") return;
    }
  }

  private note(error: unknown): void {
    const name = error instanceof DOMException ? error.name : "";
    if (this.database === null) this.state = "refused";
    else this.state = name === "QuotaExceededError" ? "full" : "failed";
    // Whatever is wrong with it: the next attempt opens it anew.
    if (this.state === "failed") {
      this.database?.close();
      this.database = null;
    }
  }
}

function readSpare(): Identity | null {
  try {
    const text = localStorage.getItem(SPARE);
    return text === null ? null : (JSON.parse(text) as Identity);
  } catch {
    return null;
  }
}

function writeSpare(identity: Identity): boolean {
  try {
    localStorage.setItem(SPARE, JSON.stringify(identity));
    return true;
  } catch {
    return false;
  }
}
