// SPDX-License-Identifier: Apache-2.0
// The field app: one page for packer, logistics, seller and inspector, which works without network.

import { App } from "./field/app";
import type { Shell } from "./field/app";
import { el, fill } from "./page/dom";
import { showEnrolment } from "./field/enrolscreen";
import { showHome } from "./field/homescreen";

// A phone that stays on for a week still learns of a new app.
const LOOK_MS = 60 * 60_000;

/** Keep page and files on the phone; a newer app waits until somebody says so. */
async function settle(app: App): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const { serviceWorker } = navigator;
  const hadOne = serviceWorker.controller !== null;
  const registration = await serviceWorker.register(app.shell.worker, { scope: app.shell.scope });
  const offer = (): void => {
    const { waiting } = registration;
    if (waiting === null || serviceWorker.controller === null) return;
    app.update = () => waiting.postMessage("take-over");
    app.refresh();
  };
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", offer);
  });
  // Everything is on the disk already: nothing is lost by loading the page anew.
  serviceWorker.addEventListener("controllerchange", () => {
    if (hadOne) location.reload();
  });
  offer();
  window.setInterval(() => void registration.update().catch(() => undefined), LOOK_MS);
}

async function start(root: HTMLElement, shell: Shell): Promise<void> {
  const app = new App(shell, root);
  try {
    await app.open();
  } catch {
    // A private window, or a phone without any room: better to say so than to lose work.
    fill(root, el("main", { class: "start" }, el("h1", {}, app.say("title")), el("p", {}, app.say("no-storage"))));
    return;
  }
  const isKnown = app.identity?.key != null && !location.hash.startsWith("#enrol=");
  app.show(isKnown ? showHome : showEnrolment);
  // The square of the console, opened where the app is open already.
  window.addEventListener("hashchange", () => {
    if (location.hash.startsWith("#enrol=")) app.show(showEnrolment);
  });
  app.beat();
  await settle(app).catch(() => undefined);
}

const root = document.querySelector<HTMLElement>("#app");
const shell = document.querySelector("#shell")?.textContent;
if (root && shell) void start(root, JSON.parse(shell) as Shell);
