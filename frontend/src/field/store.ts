// SPDX-License-Identifier: Apache-2.0
// What the phone keeps, in IndexedDB: who it is, what it took along, what it was doing, and the queue
// of what it has to send. Everything here survives closing the browser and updating the app.

const NAME = "trueorigin-field";

/** Changes of what is kept, in order, each made once; appended to, never changed. */
const STEPS: readonly ((database: IDBDatabase) => void)[] = [
  (database) => {
    database.createObjectStore("facts");
    const queue = database.createObjectStore("queue", { keyPath: "seq", autoIncrement: true });
    queue.createIndex("id", "id", { unique: true });
  },
  (database) => {
    database.createObjectStore("photos", { keyPath: "id" });
  },
];

export const VERSION = STEPS.length;

export type StoreName = "facts" | "photos" | "queue";

/** The phone has no room left, or keeps nothing at all (private windows). */
export class StoreFullError extends Error {}

function wait<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("request failed"));
  });
}

export class Store {
  private constructor(private readonly database: IDBDatabase) {}

  /** Open it, and bring what an older app left behind up to date; nothing is thrown away. */
  static async open(onOutdated: () => void, onBlocked: () => void): Promise<Store> {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = (event) => {
      for (const step of STEPS.slice(event.oldVersion)) step(request.result);
    };
    // An older page of ours in another window holds on to the older form.
    request.onblocked = onBlocked;
    const database = await wait(request);
    // A newer page wants to change the form: let go, nothing waits in memory.
    database.onversionchange = () => {
      database.close();
      onOutdated();
    };
    return new Store(database);
  }

  /** Run `work` in one transaction; it is on the disk when this returns. */
  async change<T>(names: StoreName[], work: (open: (name: StoreName) => IDBObjectStore) => Promise<T>): Promise<T> {
    const transaction = this.database.transaction(names, "readwrite", { durability: "strict" });
    const ended = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
    });
    // The end is waited for below; a failure of the work must not leave it unhandled.
    ended.catch(() => undefined);
    try {
      const result = await work((name) => transaction.objectStore(name));
      transaction.commit();
      await ended;
      return result;
    } catch (error) {
      try {
        transaction.abort();
      } catch {
        // It has ended already.
      }
      throw isFull(error) || isFull(transaction.error) ? new StoreFullError() : error;
    }
  }

  async put<T>(name: StoreName, value: T, key?: string): Promise<IDBValidKey> {
    return this.change([name], (open) => wait(open(name).put(value, key)));
  }

  async add<T>(name: StoreName, value: T): Promise<IDBValidKey> {
    return this.change([name], (open) => wait(open(name).add(value)));
  }

  async remove(name: StoreName, key: IDBValidKey): Promise<void> {
    await this.change([name], (open) => wait(open(name).delete(key)));
  }

  async get<T>(name: StoreName, key: IDBValidKey): Promise<T | undefined> {
    return wait(this.database.transaction(name).objectStore(name).get(key) as IDBRequest<T | undefined>);
  }

  async list<T>(name: StoreName): Promise<T[]> {
    return wait(this.database.transaction(name).objectStore(name).getAll() as IDBRequest<T[]>);
  }
}

// Below this a phone begins to throw things away by itself, and a shift's records may not fit.
export const ROOM_MIN_BYTES = 5 * 1024 * 1024;

/** Tell whether the browser has room for more; true where it does not say. */
export async function hasRoom(): Promise<boolean> {
  try {
    const { quota, usage } = await navigator.storage.estimate();
    return quota === undefined || usage === undefined || quota - usage >= ROOM_MIN_BYTES;
  } catch {
    // What cannot be measured shows when something is written.
    return true;
  }
}

function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === "QuotaExceededError";
}

export { wait };
