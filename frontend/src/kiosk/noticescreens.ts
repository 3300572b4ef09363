// SPDX-License-Identifier: Apache-2.0
// Screens that are no answer: a code that is none of ours, no network, out of service, one moment.

import { el } from "../page/dom";
import { button } from "../page/dom";
import { showEnrolment } from "./enrolscreen";
import type { Refusal } from "./judging";
import type { Kiosk, Screen } from "./kiosk";
import { buildBar, buildMark, buildReturn, headline } from "./parts";

// A warning is read twice.
const WARNING_S = 30;
const NOTICE_S = 20;

/** Show why there is no answer; an address is shown as it stands and never opened. */
export function showNotice(kiosk: Kiosk, refusal: Refusal | "fault" | "offline", shown: string): Screen {
  const isWarning = refusal === "foreign";
  const seconds = isWarning ? WARNING_S : NOTICE_S;
  const foot = buildReturn(kiosk, seconds);
  const quoted = refusal === "foreign" || refusal === "offline" || refusal === "mistyped" || refusal === "half";
  const body = el(
    "div",
    { class: `screen notice ${isWarning ? "bad" : "plain"}` },
    buildBar(kiosk),
    el(
      "main",
      { class: "plate" },
      buildMark(isWarning ? "warn" : refusal === "offline" ? "cloud" : "info"),
      headline(kiosk.say(`notice-${refusal}`)),
      el("p", { class: "lead" }, kiosk.say(`notice-${refusal}-text`)),
      quoted && shown !== "" && el("p", { class: "quoted" }, el("bdi", {}, shown)),
    ),
    foot.body,
  );
  return { body, name: "notice", seconds, tick: foot.tick };
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
