// SPDX-License-Identifier: Apache-2.0
// The public kiosk: one page that answers codes, for whoever stands before it.

import { Kiosk } from "./kiosk/kiosk";
import type { Shell } from "./kiosk/types";

// A kiosk that stays on for a month still learns of a new page.
const LOOK_MS = 60 * 60_000;

/** Keep page and files on the kiosk; a newer page waits until nobody stands there. */
async function settle(kiosk: Kiosk): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const { serviceWorker } = navigator;
  const hadOne = serviceWorker.controller !== null;
  const registration = await serviceWorker.register(kiosk.shell.worker, { scope: kiosk.shell.scope });
  const offer = (): void => {
    const { waiting } = registration;
    if (waiting !== null && serviceWorker.controller !== null) kiosk.update = () => waiting.postMessage("take-over");
  };
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
  serviceWorker.addEventListener("controllerchange", () => {
    // It took over because this page asked it to, or another window did: not in the middle of an answer.
    if (hadOne) kiosk.update = () => kiosk.guard.reload();
  });
  offer();
  window.setInterval(() => void registration.update().catch(() => undefined), LOOK_MS);
}

async function start(root: HTMLElement, heard: HTMLElement, shell: Shell): Promise<void> {
  const kiosk = new Kiosk(shell, root, heard);
  await kiosk.open();
  // The browser may clear what is not marked to stay when its disk fills up.
  void navigator.storage?.persist?.().catch(() => false);
  const keepAwake = (): void => {
    if (!document.hidden) void navigator.wakeLock?.request("screen").catch(() => undefined);
  };
  document.addEventListener("visibilitychange", keepAwake);
  keepAwake();
  await settle(kiosk).catch(() => undefined);
}

const root = document.querySelector<HTMLElement>("#kiosk");
const heard = document.querySelector<HTMLElement>("#heard");
const shell = document.querySelector("#shell")?.textContent;
if (root && heard && shell) void start(root, heard, JSON.parse(shell) as Shell);
