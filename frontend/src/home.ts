// SPDX-License-Identifier: Apache-2.0
// The home page checks a code while it is typed. Without this script the form works all the same;
// nothing is sent anywhere before the reader asks for it.

import { diagnose, findSlip, fold, missing } from "./codes/humancode";
import type { Diagnosis } from "./codes/humancode";

interface State {
  text: string;
  tone: "" | "good" | "bad";
}

/** Watch the form: `data-*` of the form hold the sentences of the page's language. */
function watch(form: HTMLFormElement, field: HTMLInputElement, output: HTMLElement): void {
  const say = (name: string, values: Record<string, string> = {}): string =>
    (form.dataset[name] ?? "").replace(/\{(\w+)\}/g, (mark, key: string) => values[key] ?? mark);

  function explain(diagnosis: Diagnosis): State {
    const count = missing(diagnosis.symbols);
    switch (diagnosis.reason) {
      case "empty":
        return { text: say("empty"), tone: "" };
      case "too_short":
        return { text: count === 1 ? say("one") : say("more", { count: String(count) }), tone: "" };
      case "too_long":
        return { text: say("long"), tone: "bad" };
      case "foreign_character":
        return { text: say("character", { found: diagnosis.character ?? "" }), tone: "bad" };
      case "complete":
        return { text: say("good"), tone: "good" };
      case "check_symbol":
        return { text: explainSlip(diagnosis.shown), tone: "bad" };
    }
  }

  function explainSlip(shown: string): string {
    const slip = findSlip(fold(shown) ?? "");
    if (slip === null) return say("bad");
    const values = { group: String(slip.group), found: slip.found, wanted: slip.wanted };
    return say(slip.isSwap ? "swap" : "group", values);
  }

  function show(state: State): void {
    if (output.textContent !== state.text) output.textContent = state.text;
    output.className = `state ${state.tone}`.trim();
    if (state.tone === "bad") field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }

  /** Write the code in groups without moving the caret away from the symbol it stands behind. */
  function regroup(shown: string): void {
    if (shown === field.value) return;
    const caret = field.selectionStart ?? field.value.length;
    const isAtEnd = caret === field.value.length;
    const before = (fold(field.value.slice(0, caret)) ?? "").length;
    field.value = shown;
    const place = isAtEnd ? shown.length : before + Math.floor(Math.max(before - 1, 0) / 4);
    field.setSelectionRange(place, place);
  }

  function check(): void {
    const typed = field.value;
    if (typed.includes("/")) {
      show({ text: say("address"), tone: "" });
      return;
    }
    // Elements as labels show them: (01)…(21)….
    if (/[(（]/.test(typed)) {
      show({ text: "", tone: "" });
      return;
    }
    const diagnosis = diagnose(typed);
    if (diagnosis.reason !== "foreign_character" && diagnosis.symbols > 0) regroup(diagnosis.shown);
    show(explain(diagnosis));
  }

  // An input method composes letters first; what it shows meanwhile is not yet typed.
  field.addEventListener("input", (event) => {
    if (!(event instanceof InputEvent && event.isComposing)) check();
  });
  field.addEventListener("compositionend", check);
  form.addEventListener("submit", (event) => {
    const code = fold(field.value);
    // Straight to the answer: one round trip less, and the code is in no query string.
    if (code !== null && diagnose(code).reason === "complete") {
      event.preventDefault();
      location.assign(`/c/${code}`);
    }
  });
  if (field.value !== "" && output.className === "state") check();
}

const form = document.querySelector<HTMLFormElement>("#check");
const field = document.querySelector<HTMLInputElement>("#code");
const output = document.querySelector<HTMLElement>("#state");
if (form && field && output) watch(form, field, output);
