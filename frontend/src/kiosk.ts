// SPDX-License-Identifier: Apache-2.0
// The public kiosk: one page that answers codes, for whoever stands before it.

import { Kiosk } from "./kiosk/kiosk";
import type { Shell } from "./kiosk/types";
import { keepPage } from "./page/kept";

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
  // Not in the middle of an answer, whichever window asked for it: the kiosk does it while nobody stands there.
  const offer = (update: () => void): void => {
    kiosk.update = update;
  };
  await keepPage(shell, offer, () => offer(() => kiosk.guard.reload())).catch(() => undefined);
}

const root = document.querySelector<HTMLElement>("#kiosk");
const heard = document.querySelector<HTMLElement>("#heard");
const shell = document.querySelector("#shell")?.textContent;
if (root && heard && shell) void start(root, heard, JSON.parse(shell) as Shell);
