// SPDX-License-Identifier: Apache-2.0
// The numbers of what is inside a group, large enough to hold the items against them, a screenful at
// a time.

import { button, el, fill } from "../page/dom";
import type { Numbered } from "./groups";
import type { Kiosk, Screen, ScreenMaker } from "./kiosk";
import { buildBar, buildReturn, headline } from "./parts";

// Somebody reads numbers off boxes meanwhile.
const SECONDS = 90;

/** What is shown, and where the way back leads; `unnamed`: inside, but not in the list. */
export interface NumberList {
  numbers: readonly Numbered[];
  unnamed: number;
  back: ScreenMaker;
}

export function showNumbers(kiosk: Kiosk, { numbers, unnamed, back }: NumberList): Screen {
  // What is on one side only is what people look for.
  const sorted = [...numbers].sort((one, other) => Number(one.where === "both") - Number(other.where === "both"));
  let first = 0;
  let size = sorted.length;
  const list = el("ul", { class: "numbers" });
  const state = el("p", { class: "pages", attrs: { role: "status" } });
  const before = button(kiosk.say("numbers-before"), "second", () => turn(-1), "back");
  const after = button(kiosk.say("numbers-after"), "second next", () => turn(1), "back");
  const foot = buildReturn(kiosk, SECONDS, button(kiosk.say("numbers-back"), "second", () => kiosk.show(back), "back"));

  function draw(): void {
    const shown = sorted.slice(first, first + size);
    fill(list, ...shown.map((each) => buildNumber(kiosk, each)));
    before.disabled = first === 0;
    after.disabled = first + size >= sorted.length;
    before.hidden = after.hidden = size >= sorted.length;
    state.textContent = kiosk.say("numbers-shown", {
      from: kiosk.count(first + 1),
      to: kiosk.count(first + shown.length),
      count: kiosk.count(sorted.length),
    });
  }

  function turn(pages: number): void {
    first = Math.min(Math.max(0, first + pages * size), sorted.length - 1);
    draw();
  }

  /** Show as many as fit; only now is there a screen to measure. */
  function fit(): void {
    draw();
    const { children } = list;
    const bottom = list.getBoundingClientRect().bottom;
    const fitting = Array.from(children).filter((each) => each.getBoundingClientRect().bottom <= bottom + 1);
    size = Math.max(1, fitting.length);
    draw();
  }

  const body = el(
    "div",
    { class: "screen plain numbered" },
    buildBar(kiosk),
    el(
      "main",
      {},
      headline(kiosk.say("numbers")),
      el("p", { class: "lead" }, kiosk.say("numbers-text")),
      list,
      el("div", { class: "turn" }, before, state, after),
      unnamed > 0 && el("p", {}, kiosk.say("numbers-unnamed", { count: kiosk.count(unnamed) })),
    ),
    foot.body,
  );
  return { body, name: "numbers", seconds: SECONDS, tick: foot.tick, settle: fit };
}

function buildNumber(kiosk: Kiosk, { number, where }: Numbered): HTMLElement {
  return el(
    "li",
    { class: where },
    el("span", { class: "number" }, number),
    where !== "both" && el("span", { class: "where" }, kiosk.say(`numbers-${where}`)),
  );
}
