// SPDX-License-Identifier: Apache-2.0
// Typing a code with a finger: keys of our alphabet only, the check symbol judged while it is typed.

import { ALPHABET, LENGTHS, diagnose, findSlip, fold, group, missing } from "../codes/humancode";
import { button, el } from "../page/dom";
import type { Kiosk, Screen } from "./kiosk";
import { buildBar, buildReturn, headline } from "./parts";

const SECONDS = 60;

export function showKeypad(kiosk: Kiosk): Screen {
  let typed = "";
  const shown = el("output", { class: "typed", attrs: { "aria-label": kiosk.say("typed") } });
  const state = el("p", { class: "state", attrs: { role: "status" } });
  const send = button(kiosk.say("check"), "main", () => void kiosk.take([typed]), "look");
  const foot = buildReturn(kiosk, SECONDS, send);

  function change(next: string): void {
    if (next.length > Math.max(...LENGTHS)) return;
    typed = next;
    shown.textContent = group(typed) || "\u2007";
    const found = diagnose(typed);
    send.disabled = found.reason !== "complete";
    state.className = found.reason === "complete" ? "state good" : found.reason === "check_symbol" ? "state bad" : "state";
    state.textContent = explain(kiosk, typed, found.reason);
  }

  const keys = Array.from(ALPHABET, (symbol) =>
    el("button", { class: "key", attrs: { type: "button" }, on: { click: () => change(typed + symbol) } }, symbol),
  );
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const symbol = event.key.length === 1 ? fold(event.key) : null;
    if (symbol) change(typed + symbol);
    else if (event.key === "Backspace") change(typed.slice(0, -1));
  };
  // A scanner types as well: `take` then answers what it read, and this screen is gone.
  document.addEventListener("keydown", onKey);
  const body = el(
    "div",
    { class: "screen keypad" },
    buildBar(kiosk),
    el(
      "main",
      {},
      headline(kiosk.say("keypad")),
      shown,
      state,
      el(
        "div",
        { class: "keys" },
        ...keys,
        el("button", { class: "key wide", attrs: { type: "button", "aria-label": kiosk.say("erase") }, on: { click: () => change(typed.slice(0, -1)) } }, "⌫"),
        el("button", { class: "key wide", attrs: { type: "button" }, on: { click: () => change("") } }, kiosk.say("clear")),
      ),
    ),
    foot.body,
  );
  change("");
  return { body, name: "keypad", seconds: SECONDS, tick: foot.tick, end: () => document.removeEventListener("keydown", onKey) };
}

function explain(kiosk: Kiosk, typed: string, reason: string): string {
  if (reason === "complete") return kiosk.say("typed-complete");
  if (reason === "check_symbol") {
    const slip = findSlip(typed);
    if (slip === null) return kiosk.say("typed-wrong");
    return kiosk.say("typed-slip", { group: String(slip.group), found: slip.found, wanted: slip.wanted });
  }
  if (typed === "") return kiosk.say("typed-hint");
  return kiosk.say("typed-missing", { count: String(missing(typed.length)) });
}
