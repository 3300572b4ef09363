// SPDX-License-Identifier: Apache-2.0
// When a page that is kept learns of a newer one, whatever came first.

import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./bundled.mjs";

const { keepPage } = await load("page/kept.ts");
const SHELL = { worker: "/field/worker.js", scope: "/field" };

class Worker extends EventTarget {
  told = [];
  postMessage(message) {
    this.told.push(message);
  }
}

class Registration extends EventTarget {
  installing = null;
  waiting = null;
  find(worker) {
    this.installing = worker;
    this.dispatchEvent(new Event("updatefound"));
  }
  /** It has everything, and waits. */
  settle() {
    const worker = this.installing;
    [this.installing, this.waiting] = [null, worker];
    worker.dispatchEvent(new Event("statechange"));
  }
}

/** A browser in which a page was kept before, or not; `keep` says what the page is told. */
function browse({ isKept = true } = {}) {
  const registration = new Registration();
  const container = Object.assign(new EventTarget(), { controller: isKept ? new Worker() : null });
  container.register = async (worker, { scope }) => {
    assert.deepEqual({ worker, scope }, SHELL);
    return registration;
  };
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: { serviceWorker: container } });
  globalThis.window = { setInterval: () => 0 };
  const told = { offers: [], replaced: 0 };
  const keep = () => keepPage(SHELL, (takeOver) => told.offers.push(takeOver), () => (told.replaced += 1));
  return { registration, container, told, keep };
}

test("a newer page is offered once it waits, and takes over when it may", async () => {
  const { registration, told, keep } = browse();
  await keep();
  const worker = new Worker();
  registration.find(worker);
  assert.equal(told.offers.length, 0);
  registration.settle();
  assert.equal(told.offers.length, 1);
  assert.deepEqual(worker.told, []);
  told.offers[0]();
  assert.deepEqual(worker.told, ["take-over"]);
});

test("one that the browser had found before the page could listen is offered too", async () => {
  const { registration, told, keep } = browse();
  registration.find(new Worker());
  await keep();
  assert.equal(told.offers.length, 0);
  registration.settle();
  assert.equal(told.offers.length, 1);
});

test("one that waited before is offered at once", async () => {
  const { registration, told, keep } = browse();
  registration.waiting = new Worker();
  await keep();
  assert.equal(told.offers.length, 1);
});

test("whoever keeps the page for the first time is offered nothing, and loads nothing anew", async () => {
  const { registration, container, told, keep } = browse({ isKept: false });
  await keep();
  registration.find(new Worker());
  registration.settle();
  container.dispatchEvent(new Event("controllerchange"));
  assert.deepEqual(told, { offers: [], replaced: 0 });
});

test("a page is told that another window let the newer one take over, while it opens as well", async () => {
  const { container, told, keep } = browse();
  const kept = keep();
  container.dispatchEvent(new Event("controllerchange"));
  await kept;
  assert.equal(told.replaced, 1);
});

test("a browser without service workers keeps nothing and is offered nothing", async () => {
  const { told, keep } = browse();
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: {} });
  await keep();
  assert.deepEqual(told, { offers: [], replaced: 0 });
});
