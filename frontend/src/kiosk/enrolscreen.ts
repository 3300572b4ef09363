// SPDX-License-Identifier: Apache-2.0
// The first screen, for staff: becoming a kiosk with the code that the console shows.

import { ApiError } from "../client/api";
import { fold } from "../codes/humancode";
import { button, el } from "../page/dom";
import type { Kiosk, Screen } from "./kiosk";
import { buildBar, headline } from "./parts";

const CODE_SYMBOLS = 12;
// Whoever opened it on a kiosk that works may be a visitor.
const SECONDS = 120;

export function showEnrolment(kiosk: Kiosk): Screen {
  const field = el("input", {
    id: "code",
    attrs: {
      type: "text",
      autocomplete: "off",
      autocapitalize: "characters",
      spellcheck: "false",
      placeholder: "XXXX-XXXX-XXXX",
      "aria-describedby": "code-state",
    },
  });
  const state = el("p", { id: "code-state", class: "state", attrs: { role: "status" } });
  const send = el("button", { class: "main", attrs: { type: "submit" } }, kiosk.say("enrol-send"));

  async function enrol(text: string): Promise<void> {
    const code = fold(text.replace(/^.*#enrol=/i, ""));
    if (code?.length !== CODE_SYMBOLS) {
      tell(kiosk.say("enrol-form"));
      return;
    }
    send.disabled = true;
    state.className = "state";
    state.textContent = kiosk.say("enrol-sending");
    try {
      const { key, standing } = await kiosk.line.enrol(code);
      if (standing.kind === "kiosk") await kiosk.become(key, standing);
      else tell(kiosk.say("enrol-field"));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      tell(error.kind === "offline" ? kiosk.say("enrol-offline") : error.message || kiosk.say("enrol-failed"));
    } finally {
      send.disabled = false;
    }
  }

  function tell(text: string): void {
    state.className = "state bad";
    state.textContent = text;
  }

  const form = el(
    "form",
    {
      on: {
        submit: (event) => {
          event.preventDefault();
          void enrol(field.value);
        },
      },
    },
    el("label", { attrs: { for: "code" } }, kiosk.say("enrol-code")),
    field,
    send,
    state,
  );
  const body = el(
    "div",
    { class: "screen enrol" },
    buildBar(kiosk),
    el("main", {}, headline(kiosk.say("enrol")), el("p", { class: "lead" }, kiosk.say("enrol-text")), form),
    kiosk.identity !== null && el("footer", { class: "foot" }, button(kiosk.say("enrol-back"), "second", () => kiosk.restart(), "back")),
  );
  const { hash } = location;
  if (hash.startsWith("#enrol=")) {
    // The code is worth something until it is used: not to be found in the history.
    history.replaceState(null, "", location.pathname);
    void enrol(decodeURIComponent(hash));
  }
  const seconds = kiosk.identity === null ? {} : { seconds: SECONDS };
  return { body, name: "enrol", ...seconds, take: (text) => void enrol(text) };
}
