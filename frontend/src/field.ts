// SPDX-License-Identifier: Apache-2.0
// The field app: one page for packer, logistics, seller and inspector, which works without network.

import { App } from "./field/app";
import type { Shell } from "./field/app";
import { el, fill } from "./page/dom";
import { keepPage } from "./page/kept";
import { showEnrolment } from "./field/enrolscreen";
import { showHome } from "./field/homescreen";

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
  // It waits until somebody says so.
  const offer = (update: () => void): void => {
    app.update = update;
    app.refresh();
  };
  // Everything is on the disk already: nothing is lost by loading the page anew.
  await keepPage(shell, offer, () => location.reload()).catch(() => undefined);
}

const root = document.querySelector<HTMLElement>("#app");
const shell = document.querySelector("#shell")?.textContent;
if (root && shell) void start(root, JSON.parse(shell) as Shell);
