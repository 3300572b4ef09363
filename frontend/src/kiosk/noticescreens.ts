// SPDX-License-Identifier: Apache-2.0
// Screens that are no answer: a code that is none of ours, no network, out of service, one moment.

import type { Contents } from "../codes/contents";
import { button, el } from "../page/dom";
import { buildClaim, listClaimed } from "./contentscard";
import { showEnrolment } from "./enrolscreen";
import { fitCards } from "./fitting";
import type { Refusal } from "./judging";
import type { Kiosk, Screen } from "./kiosk";
import { showNumbers } from "./numbersscreen";
import { buildBar, buildMark, buildReturn, headline } from "./parts";

// A warning is read twice.
const WARNING_S = 30;
const NOTICE_S = 20;

const QUOTED: readonly string[] = ["foreign", "offline", "mistyped", "half"];

/** Why there is no answer. `contents`: what the label of a group claims, which needs no network to read. */
export interface Notice {
  name: Refusal | "fault" | "offline";
  shown: string;
  contents?: Contents | null;
}

/** Show why there is no answer; an address is shown as it stands and never opened. */
export function showNotice(kiosk: Kiosk, notice: Notice): Screen {
  const { name, shown, contents = null } = notice;
  const isWarning = name === "foreign";
  const seconds = isWarning || contents !== null ? WARNING_S : NOTICE_S;
  const foot = buildReturn(kiosk, seconds);
  const claim = contents === null ? null : buildClaim(kiosk, contents, () => openClaim(kiosk, notice, contents));
  const main = el(
    "main",
    { class: claim === null ? "plate" : "plate claimed" },
    buildMark(isWarning ? "warn" : name === "offline" ? "cloud" : "info"),
    headline(kiosk.say(`notice-${name}`)),
    el("p", { class: "lead" }, kiosk.say(`notice-${name}-text`)),
    QUOTED.includes(name) && shown !== "" && claim === null && el("p", { class: "quoted" }, el("bdi", {}, shown)),
    claim,
  );
  const body = el("div", { class: `screen notice ${isWarning ? "bad" : "plain"}` }, buildBar(kiosk), main, foot.body);
  const told = { tone: isWarning ? "bad" : "warn", text: `${kiosk.say(`notice-${name}`)}. ${kiosk.say(`notice-${name}-text`)}` } as const;
  return { body, name: "notice", seconds, tick: foot.tick, told, settle: () => fitCards(main, []) };
}

function openClaim(kiosk: Kiosk, notice: Notice, contents: Contents): void {
  const numbers = listClaimed(contents);
  kiosk.show((each) => showNumbers(each, { numbers, unnamed: 0, back: (other) => showNotice(other, notice) }));
}

/** Show that the data centre is being asked; there is always an answer within seconds. */
export function showWaiting(kiosk: Kiosk): Screen {
  const body = el(
    "div",
    { class: "screen waiting" },
    buildBar(kiosk),
    el("main", { class: "plate" }, el("div", { class: "spin", attrs: { "aria-hidden": "true" } }), headline(kiosk.say("asking"))),
  );
  return { body, name: "waiting" };
}

/** Show that this kiosk may not answer any more; it tries again with every heartbeat. */
export function showClosed(kiosk: Kiosk): Screen {
  const body = el(
    "div",
    { class: "screen notice closed" },
    buildBar(kiosk),
    el(
      "main",
      { class: "plate" },
      buildMark("bad"),
      headline(kiosk.say("closed")),
      el("p", { class: "lead" }, kiosk.say("closed-text")),
      el("p", { class: "quoted" }, kiosk.identity?.label ?? ""),
    ),
    el("footer", { class: "foot" }, button(kiosk.say("closed-enrol"), "second", () => kiosk.show(showEnrolment), "edit")),
  );
  return { body, name: "closed" };
}
