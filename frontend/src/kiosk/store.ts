// SPDX-License-Identifier: Apache-2.0
// What a kiosk keeps, in IndexedDB: who it is, and readings that have no answer yet. It survives a
// power cut at any moment: a reading is on the disk before it is sent, and leaves it after the answer.

import type { Identity, Kept } from "./types";

const NAME = "trueorigin-kiosk";
// A hall full of people without network for a day; beyond it the oldest are worth least.
export const KEPT_MAX = 5000;

function wait<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("request failed"));
  });
}

export class Store {
  private constructor(private readonly database: IDBDatabase) {}

  static async open(): Promise<Store> {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("facts");
      request.result.createObjectStore("readings", { keyPath: "seq", autoIncrement: true });
    };
    const database = await wait(request);
    database.onversionchange = () => database.close();
    return new Store(database);
  }

  private async change<T>(name: string, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const transaction = this.database.transaction([name], "readwrite", { durability: "strict" });
    const ended = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
    });
    const request = work(transaction.objectStore(name));
    await ended;
    return request.result;
  }

  async findIdentity(): Promise<Identity | null> {
    const found = this.database.transaction("facts").objectStore("facts").get("identity") as IDBRequest<Identity | undefined>;
    return (await wait(found)) ?? null;
  }

  async keepIdentity(identity: Identity): Promise<void> {
    await this.change("facts", (store) => store.put(identity, "identity"));
  }

  /** Keep a reading, or change what is kept of it; returns its place in the queue. */
  async keep(reading: Kept): Promise<number> {
    const plain = { ...reading };
    if (plain.seq === undefined) delete plain.seq;
    return (await this.change("readings", (store) => store.put(plain))) as number;
  }

  async forget(seq: number): Promise<void> {
    await this.change("readings", (store) => store.delete(seq));
  }

  /** Return what waits, the oldest first. */
  async list(): Promise<Kept[]> {
    return wait(this.database.transaction("readings").objectStore("readings").getAll() as IDBRequest<Kept[]>);
  }
}
