// SPDX-License-Identifier: Apache-2.0
// Parts that several screens of the kiosk have.

import { button, el, icon } from "../page/dom";
import type { Kiosk } from "./kiosk";

/** Build the bar at the top: whose kiosk it is, and the languages. `look` opens what staff look at. */
export function buildBar(kiosk: Kiosk, look?: () => void): HTMLElement {
  const { words, identity, shell } = kiosk;
  const choices = Object.entries(words.languages).map(([code, language]) =>
    el(
      "button",
      {
        class: "language",
        attrs: { type: "button", lang: language.tag, "aria-pressed": String(code === words.code) },
        on: { click: () => kiosk.switchLanguage(code) },
      },
      language.name,
    ),
  );
  return el(
    "header",
    { class: "bar" },
    el("img", { attrs: { src: shell.icon, alt: "", draggable: "false" } }),
    el("p", { class: "whose" }, el("strong", {}, kiosk.say("title")), el("span", {}, identity?.site ?? "")),
    look !== undefined &&
      el("button", { class: "language look", attrs: { type: "button", "aria-label": kiosk.say("service") }, on: { click: look } }, icon("info")),
    el("div", { class: "languages", attrs: { role: "group", "aria-label": kiosk.say("languages") } }, ...choices),
  );
}

export interface Countdown {
  body: HTMLElement;
  tick: (left: number, of: number) => void;
}

/** Build the buttons at the foot: the way to the start, with the seconds until that happens by itself. */
export function buildReturn(kiosk: Kiosk, seconds: number, ...others: HTMLElement[]): Countdown {
  const count = el("span", { class: "count", attrs: { "aria-hidden": "true" } }, String(seconds));
  const rest = el("div", { class: "rest", attrs: { "aria-hidden": "true" } });
  const back = button(kiosk.say("again"), others.some((each) => each.classList.contains("main")) ? "second" : "main", () => kiosk.restart(), "swap");
  back.append(count);
  const body = el(
    "footer",
    { class: "foot" },
    rest,
    el("p", { class: "hint" }, kiosk.say("stays")),
    ...others,
    back,
  );
  const tick = (left: number, of: number): void => {
    count.textContent = String(left);
    rest.style.setProperty("--rest", String(left / of));
  };
  return { body, tick };
}

/** Build a large mark: the colour says the same as the words beside it. */
export function buildMark(name: string): HTMLElement {
  return el("div", { class: "mark" }, icon(name));
}

/** Build the headline, which the focus goes to. */
export function headline(text: string): HTMLElement {
  return el("h1", { attrs: { tabindex: "-1" } }, text);
}
