// SPDX-License-Identifier: Apache-2.0
// What is inside a group, in figures that are read from two metres: the label on one side, the data
// centre on the other. The numbers themselves are a screen of their own.

import type { Contents } from "../codes/contents";
import { button, el, icon } from "../page/dom";
import type { GroupReport, Numbered } from "./groups";
import type { Kiosk } from "./kiosk";

const MARKS = { agrees: "good", differs: "warn", empty: "warn", planned: "info", unlisted: "box" } as const;

/** Build the card of a group the data centre answered for; `open` shows the numbers. */
export function buildContents(kiosk: Kiosk, report: GroupReport, open: () => void): HTMLElement {
  const { finding, labelled, inside } = report;
  return el(
    "section",
    { class: `card contents ${report.isWarning ? "differs" : "fits"}` },
    el("h2", {}, icon(MARKS[finding]), kiosk.say(`contents-${finding}`)),
    el(
      "div",
      { class: "pair" },
      labelled !== null && buildFigure(kiosk, "label", labelled),
      labelled !== null && el("span", { class: "sign", attrs: { "aria-hidden": "true" } }, report.isWarning ? "≠" : "="),
      buildFigure(kiosk, finding === "planned" ? "plan" : "inside", inside),
    ),
    el("p", {}, explain(kiosk, report)),
    report.numbers.length > 0 && button(kiosk.say("contents-compare"), "slip", open, "list"),
  );
}

/** Build the card of a group nobody could ask about: what its label claims, and no more. */
export function buildClaim(kiosk: Kiosk, contents: Contents, open: () => void): HTMLElement {
  return el(
    "section",
    { class: "card contents claim" },
    el("h2", {}, icon("box"), kiosk.say("claim")),
    el("div", { class: "pair" }, buildFigure(kiosk, "label", contents.count)),
    el("p", {}, contents.isListed ? kiosk.say("claim-text") : kiosk.say("claim-from", { number: contents.numbers[0] ?? "" })),
    contents.isListed && button(kiosk.say("contents-compare"), "slip", open, "list"),
  );
}

function buildFigure(kiosk: Kiosk, name: "inside" | "label" | "plan", count: number): HTMLElement {
  return el(
    "p",
    { class: "figure" },
    el("span", {}, kiosk.say(`contents-says-${name}`)),
    el("strong", {}, kiosk.say("contents-units", { count: kiosk.count(count) })),
  );
}

/** Say in a sentence what the figures mean for whoever holds the package. */
export function explain(kiosk: Kiosk, report: GroupReport): string {
  const name = `contents-${report.finding}-text`;
  if (report.finding !== "differs") return kiosk.say(name);
  const parts = [
    report.gone > 0 && kiosk.say("contents-gone", { count: kiosk.count(report.gone) }),
    report.added > 0 && kiosk.say("contents-added", { count: kiosk.count(report.added) }),
  ].filter((each) => each !== false);
  return [...parts, kiosk.say(name)].join(" ");
}

/** List what a label claims as numbers to compare. */
export function listClaimed(contents: Contents): Numbered[] {
  return contents.numbers.map((number) => ({ number, where: "both" }));
}
