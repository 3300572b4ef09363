// SPDX-License-Identifier: Apache-2.0
// The answer, to be read from two metres: verdict, goods, maker, reasons, who looked before.

import { el, icon } from "../page/dom";
import { kindOf, toneOf } from "./judging";
import type { Kiosk, Screen } from "./kiosk";
import { buildBar, buildMark, buildReturn, headline } from "./parts";
import type { Answer } from "./types";

const GOOD_S = 15;
// A warning is read twice, and shown to somebody.
const WARNING_S = 40;
// As many as fill a quarter of the screen; the label lists them all.
const LISTED_MAX = 24;

const MARKS = { good: "good", done: "good", warn: "warn", bad: "bad" } as const;

export interface Asked {
  /** The numbers that the label of a group names. */
  listed: readonly string[];
  /** The language of the reasons: they were written when the code was read. */
  tag: string;
}

/** Show an answer. */
export function showAnswer(kiosk: Kiosk, answer: Answer, asked: Asked): Screen {
  const { listed } = asked;
  const tone = toneOf(answer);
  const seconds = tone === "good" ? GOOD_S : WARNING_S;
  const foot = buildReturn(kiosk, seconds);
  const kind = kindOf(answer);
  const body = el(
    "div",
    { class: `screen answer ${tone}` },
    buildBar(kiosk),
    el(
      "main",
      // On small screens it is scrolled, by keys as well.
      { attrs: { tabindex: "0" } },
      el(
        "section",
        { class: "verdict" },
        buildMark(MARKS[tone]),
        el("div", {}, headline(kiosk.say(`verdict-${kind}`)), el("p", { class: "lead" }, kiosk.say(`says-${kind}`))),
      ),
      buildRecall(kiosk, answer),
      buildGoods(kiosk, answer),
      buildReasons(kiosk, answer, asked.tag),
      (answer.unit?.level ?? 0) > 0 && listed.length > 0 && buildContents(kiosk, listed),
    ),
    foot.body,
  );
  return { body, name: "answer", seconds, tick: foot.tick };
}

function buildRecall(kiosk: Kiosk, answer: Answer): HTMLElement | null {
  const { recall } = answer;
  if (recall === null) return null;
  const { words } = kiosk;
  return el(
    "section",
    { class: "card recall" },
    el("h2", {}, kiosk.say("recall")),
    el("p", {}, words.pick(recall.reason)),
    recall.instruction !== null && el("p", {}, words.pick(recall.instruction)),
    recall.contact !== null && el("p", { class: "strong" }, recall.contact),
  );
}

function buildGoods(kiosk: Kiosk, answer: Answer): HTMLElement | null {
  const { organisation, product, batch, unit } = answer;
  if (product === null || organisation === null) return null;
  const row = (name: string, value: string | null | undefined): HTMLElement | null =>
    value ? el("div", {}, el("dt", {}, kiosk.say(`field-${name}`)), el("dd", {}, value)) : null;
  return el(
    "section",
    { class: "card goods" },
    el("h2", {}, kiosk.words.pick(product.name)),
    el(
      "p",
      { class: "maker" },
      organisation.name,
      el(
        "span",
        { class: organisation.verified ? "badge good" : "badge warn" },
        icon(organisation.verified ? "good" : "warn"),
        kiosk.say(organisation.verified ? "maker-verified" : "maker-unverified"),
      ),
    ),
    el(
      "dl",
      {},
      row("number", unit?.number),
      row("specification", product.specification),
      row("lot", batch?.lot),
      row("produced", writeDay(kiosk, batch?.produced_on)),
      row("expires", writeDay(kiosk, batch?.expires_on)),
    ),
  );
}

function buildReasons(kiosk: Kiosk, answer: Answer, tag: string): HTMLElement | null {
  const { scans } = answer;
  const lines = answer.reasons
    .filter((reason) => reason.code !== "not_issued")
    // What is said to the owner of a phone is said otherwise at a kiosk.
    .map((reason) => {
      const name = `reason-${reason.code.replace(/_/g, "-")}`;
      return kiosk.words.has(name) ? el("li", {}, kiosk.say(name)) : el("li", { attrs: { lang: tag } }, reason.text);
    });
  const earlier = scans === null ? null : writeEarlier(kiosk, scans);
  if (lines.length === 0 && earlier === null) return null;
  return el(
    "section",
    { class: "card reasons" },
    el("h2", {}, kiosk.say("why")),
    el("ul", {}, ...lines),
    earlier !== null && el("p", { class: "earlier" }, earlier),
  );
}

function writeEarlier(kiosk: Kiosk, scans: NonNullable<Answer["scans"]>): string {
  if (scans.first_at === null) return kiosk.say("earlier-none");
  const at = new Intl.DateTimeFormat(localeOf(kiosk), { dateStyle: "long", timeStyle: "short" }).format(Date.parse(scans.first_at));
  return kiosk.say("earlier-some", { count: String(scans.devices), at });
}

function buildContents(kiosk: Kiosk, listed: readonly string[]): HTMLElement {
  const more = listed.length - LISTED_MAX;
  return el(
    "section",
    { class: "card contents" },
    el("h2", {}, kiosk.say("contents", { count: String(listed.length) })),
    el("ul", { class: "numbers" }, ...listed.slice(0, LISTED_MAX).map((number) => el("li", {}, number))),
    more > 0 && el("p", {}, kiosk.say("contents-more", { count: String(more) })),
  );
}

function writeDay(kiosk: Kiosk, day: string | null | undefined): string | null {
  if (!day) return null;
  return new Intl.DateTimeFormat(localeOf(kiosk), { dateStyle: "long", timeZone: "UTC" }).format(Date.parse(day));
}

/** Return how days are written: as the rest of our pages do, day before month in English. */
function localeOf(kiosk: Kiosk): string {
  return kiosk.words.code === "en" ? "en-GB" : kiosk.words.tag;
}
