// SPDX-License-Identifier: Apache-2.0
// What a kiosk shows while nobody is there: where to hold the code, and the two other ways.

import { Camera } from "../capture/camera";
import { button, el, icon } from "../page/dom";
import { showKeypad } from "./keypadscreen";
import type { Kiosk, Screen } from "./kiosk";
import { buildBar, headline } from "./parts";
import { showService } from "./servicescreen";

// The camera rests when nobody holds anything in front of it.
const CAMERA_MS = 60_000;

export function showStart(kiosk: Kiosk): Screen {
  const video = el("video", { attrs: { playsinline: true, muted: true, "aria-label": kiosk.say("camera-picture") } });
  const finder = el("div", { class: "finder" }, el("div", { class: "target", attrs: { "aria-hidden": "true" } }, icon("look")), video);
  const state = el("p", { class: "state", attrs: { role: "status" } });
  const camera = new Camera(video, kiosk.shell.files, (text) => kiosk.notice(text));
  const open = button(kiosk.say("camera"), "main", () => void turn(), "camera");
  let timer = 0;

  async function turn(): Promise<void> {
    if (camera.isOpen) {
      close();
      return;
    }
    open.disabled = true;
    const fault = await camera.open();
    open.disabled = false;
    finder.classList.toggle("open", fault === null);
    open.setAttribute("aria-pressed", String(fault === null));
    state.textContent = fault === null ? kiosk.say("camera-open") : kiosk.say(`camera-${fault}`);
    if (fault === null) timer = window.setTimeout(close, CAMERA_MS);
  }

  function close(): void {
    window.clearTimeout(timer);
    camera.close();
    finder.classList.remove("open");
    open.setAttribute("aria-pressed", "false");
    state.textContent = "";
  }

  const note = el("p", { class: "offline", attrs: { role: "status" } });
  const refresh = (): void => {
    const isDead = kiosk.line.state === "dead";
    note.hidden = !isDead;
    // Nothing is promised that a power cut would break.
    note.textContent = isDead ? kiosk.say(kiosk.store.state === "well" ? "offline-note" : "offline-note-unkept") : "";
  };
  refresh();
  const body = el(
    "div",
    { class: "screen start" },
    buildBar(kiosk, () => kiosk.show(showService)),
    el(
      "main",
      {},
      finder,
      el("div", { class: "words" }, headline(kiosk.say("start")), el("p", { class: "lead" }, kiosk.say("start-text")), state, note),
    ),
    el("footer", { class: "foot ways" }, open, button(kiosk.say("type"), "second", () => kiosk.show(showKeypad), "keyboard")),
  );
  return { body, name: "start", end: close, refresh };
}
