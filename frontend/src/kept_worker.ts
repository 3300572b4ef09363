// SPDX-License-Identifier: Apache-2.0
// The service worker of the field app and of kiosks: keeps page and files, so that they open without network.
// It never touches what the app has stored, and never keeps an answer of the interface.

interface Kept {
  /** Whose worker it is: its caches are its own. */
  app: string;
  version: string;
  page: string;
  files: string[];
}

interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface Fetching extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

interface Telling extends Extendable {
  readonly data: unknown;
}

interface Worker {
  /** Written before this script by the server: what belongs to this version. */
  readonly KEPT: Kept;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "activate" | "install", listener: (event: Extendable) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
  addEventListener(type: "message", listener: (event: Telling) => void): void;
}

const worker = self as unknown as Worker;
const { app, version, page, files } = worker.KEPT;
const PREFIX = `trueorigin-${app}-`;
const CACHE = PREFIX + version;

/** Take everything along, or nothing: half an app is none. */
async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll([page, ...files].map((path) => new Request(path, { cache: "no-cache" })));
}

async function clearOld(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

async function answer(key: string, request: Request): Promise<Response> {
  const kept = await (await caches.open(CACHE)).match(key, { ignoreSearch: true, ignoreVary: true });
  return kept ?? fetch(request);
}

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(clearOld()));
worker.addEventListener("message", (event) => {
  if (event.data === "take-over") event.waitUntil(worker.skipWaiting());
});
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && url.pathname === page) event.respondWith(answer(page, request));
  else if (files.includes(url.pathname)) event.respondWith(answer(url.pathname, request));
});

export {};
