// SPDX-License-Identifier: Apache-2.0
// Where codes come from on a screen: the camera, a scanner that types, or somebody's fingers.

import { Camera } from "../capture/camera";
import { listenForWedge } from "../capture/wedge";
import { diagnose, findSlip, fold, missing } from "../codes/humancode";
import { splitTexts } from "../codes/reading";
import type { App } from "./app";
import { button, el } from "../page/dom";

export interface Intake {
  /** The picture of the camera, shut at first, and what to say where there is none. */
  picture: HTMLElement;
  /** The field for typing, hidden at first. */
  typing: HTMLElement;
  cameraButton: HTMLButtonElement;
  typeButton: HTMLButtonElement;
  end: () => void;
}

export function buildIntake(app: App, emit: (text: string) => void): Intake {
  const take = (text: string): void => {
    for (const each of splitTexts(text)) emit(each);
  };
  const picture = buildPicture(app, take);
  const typing = buildTyping(app, take);
  const stop = listenForWedge(take);
  const sleep = keepAwake();
  return {
    picture: picture.body,
    typing: typing.body,
    cameraButton: picture.toggle,
    typeButton: typing.toggle,
    end: () => {
      stop();
      sleep();
      picture.close();
    },
  };
}

interface Picture {
  body: HTMLElement;
  toggle: HTMLButtonElement;
  close: () => void;
}

function buildPicture(app: App, take: (text: string) => void): Picture {
  const video = el("video", { attrs: { playsinline: true, muted: true, "aria-label": app.say("camera-picture") } });
  const torch = button(app.say("torch"), "small torch", () => void light(), "torch");
  torch.hidden = true;
  const finder = el("div", { class: "finder", attrs: { hidden: true } }, video, torch);
  const state = el("p", { class: "state", attrs: { role: "status", hidden: true } });
  const camera = new Camera(video, app.shell.files, take);
  const toggle = button(app.say("camera"), "tool", () => void turn(), "camera");
  toggle.setAttribute("aria-pressed", "false");

  async function turn(): Promise<void> {
    app.feedback.wake();
    if (camera.isOpen) {
      close();
      return;
    }
    toggle.disabled = true;
    finder.hidden = false;
    const fault = await camera.open();
    toggle.disabled = false;
    finder.hidden = fault !== null;
    state.hidden = fault === null;
    state.textContent = fault === null ? "" : app.say(`camera-${fault}`);
    toggle.setAttribute("aria-pressed", String(fault === null));
    torch.hidden = !camera.hasTorch;
  }

  async function light(): Promise<void> {
    const wish = torch.getAttribute("aria-pressed") !== "true";
    if (await camera.light(wish)) torch.setAttribute("aria-pressed", String(wish));
    else torch.hidden = true;
  }

  function close(): void {
    camera.close();
    finder.hidden = true;
    toggle.setAttribute("aria-pressed", "false");
  }

  // A camera in a pocket empties the battery.
  const onHide = (): void => {
    if (document.hidden) close();
  };
  document.addEventListener("visibilitychange", onHide);
  const end = (): void => {
    document.removeEventListener("visibilitychange", onHide);
    close();
  };
  return { body: el("div", {}, finder, state), toggle, close: end };
}

function buildTyping(app: App, take: (text: string) => void): { body: HTMLElement; toggle: HTMLButtonElement } {
  const state = el("p", { id: "typed-state", class: "state", attrs: { role: "status" } });
  const field = el("input", {
    id: "typed",
    class: "code",
    attrs: {
      type: "text",
      autocomplete: "off",
      autocapitalize: "characters",
      spellcheck: "false",
      enterkeyhint: "done",
      "aria-describedby": "typed-state",
    },
    on: { input: () => check() },
  });
  const form = el(
    "form",
    {
      class: "typing",
      attrs: { hidden: true },
      on: {
        submit: (event) => {
          event.preventDefault();
          const { value } = field;
          if (value.trim() === "") return;
          field.value = "";
          check();
          take(value);
        },
      },
    },
    el("label", { attrs: { for: "typed" } }, app.say("type-label")),
    field,
    state,
    el("button", { class: "second", attrs: { type: "submit" } }, app.say("type-take")),
  );

  function tell(text: string, tone: "" | "bad" | "good"): void {
    state.textContent = text;
    state.className = `state ${tone}`.trim();
  }

  /** Say while it is typed whether the check symbol fits: a slip is found before it is sent. */
  function check(): void {
    const found = diagnose(field.value);
    if (/[/(（]/.test(field.value) || /^[0-9 ]{18,}$/.test(field.value)) tell("", "");
    else if (found.reason === "empty") tell(app.say("type-hint"), "");
    else if (found.reason === "complete") tell(app.say("type-good"), "good");
    else if (found.reason === "too_short") tell(app.say("type-more", { count: String(missing(found.symbols)) }), "");
    else if (found.reason === "foreign_character") tell(app.say("type-character", { found: found.character ?? "" }), "bad");
    else if (found.reason === "too_long") tell(app.say("type-long"), "bad");
    else tell(explainSlip(found.shown), "bad");
  }

  function explainSlip(shown: string): string {
    const slip = findSlip(fold(shown) ?? "");
    if (slip === null) return app.say("type-bad");
    return app.say("type-slip", { group: String(slip.group), found: slip.found, wanted: slip.wanted });
  }

  const toggle = button(app.say("type"), "tool", () => {
    form.hidden = !form.hidden;
    toggle.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) field.focus();
  }, "keyboard");
  toggle.setAttribute("aria-expanded", "false");
  check();
  return { body: form, toggle };
}

/** Keep the screen lit while somebody scans with a scanner and never touches it. */
function keepAwake(): () => void {
  let isOver = false;
  let lock: WakeLockSentinel | null = null;
  const take = async (): Promise<void> => {
    if (isOver || document.hidden || !("wakeLock" in navigator)) return;
    try {
      lock = await navigator.wakeLock.request("screen");
      if (isOver) await lock.release();
    } catch {
      // A phone that saves its battery: it may sleep.
    }
  };
  const again = (): void => void take();
  document.addEventListener("visibilitychange", again);
  void take();
  return () => {
    isOver = true;
    document.removeEventListener("visibilitychange", again);
    void lock?.release().catch(() => undefined);
  };
}
