// SPDX-License-Identifier: Apache-2.0
// Keeps a page and its files in the browser, so that it opens without network, and learns of newer ones.

interface Shell {
  worker: string;
  scope: string;
}

// A page that stays open for a month still learns of a newer one.
const LOOK_MS = 60 * 60_000;

/**
 * Keep this page. `offer` is told how a newer one takes over, once it waits for that; `replaced`, that
 * one did: because this page let it, or another window.
 */
export async function keepPage(shell: Shell, offer: (takeOver: () => void) => void, replaced: () => void): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const { serviceWorker } = navigator;
  if (serviceWorker.controller !== null) serviceWorker.addEventListener("controllerchange", replaced);
  const registration = await serviceWorker.register(shell.worker, { scope: shell.scope });
  const look = (): void => {
    const { waiting } = registration;
    if (waiting !== null && serviceWorker.controller !== null) offer(() => waiting.postMessage("take-over"));
  };
  // The browser may have found a newer one before this page could listen: then it is under way, or waits.
  const follow = (): void => {
    registration.installing?.addEventListener("statechange", look);
    look();
  };
  registration.addEventListener("updatefound", follow);
  follow();
  window.setInterval(() => void registration.update().catch(() => undefined), LOOK_MS);
}
