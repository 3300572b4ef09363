// SPDX-License-Identifier: Apache-2.0
// The answer, to be read from two metres: verdict, goods, maker, reasons, who looked before, and of a
// group what is inside. Nothing on it scrolls: what does not fit beside the rest is a page of its own.

import type { Contents } from "../codes/contents";
import { el, icon } from "../page/dom";
import { buildContents, explain } from "./contentscard";
import { fitCards } from "./fitting";
import type { Card } from "./fitting";
import { reportGroup } from "./groups";
import type { GroupReport } from "./groups";
import { kindOf, toneOf } from "./judging";
import type { Kiosk, Screen, ScreenMaker } from "./kiosk";
import { showNumbers } from "./numbersscreen";
import { buildBar, buildMark, buildReturn, headline } from "./parts";
import type { Answer } from "./types";

const GOOD_S = 15;
// A warning is read twice, and shown to somebody.
const WARNING_S = 40;

const MARKS = { good: "good", done: "good", warn: "warn", bad: "bad" } as const;

/** Show an answer; `claim` is what the label of a group says is inside. */
export function showAnswer(kiosk: Kiosk, answer: Answer, claim: Contents | null): Screen {
  const tone = toneOf(answer);
  const kind = kindOf(answer);
  const report = answer.group === null ? null : reportGroup(answer.group, claim);
  const seconds = tone === "good" && report?.isWarning !== true ? GOOD_S : WARNING_S;
  const foot = buildReturn(kiosk, seconds);
  const again: ScreenMaker = (each) => showAnswer(each, answer, claim);
  const cards = listCards(kiosk, answer, report, again);
  const main = el(
    "main",
    {},
    el(
      "section",
      { class: "verdict" },
      buildMark(MARKS[tone]),
      el("div", {}, headline(kiosk.say(`verdict-${kind}`)), el("p", { class: "lead" }, kiosk.say(`says-${kind}`))),
    ),
    ...cards.map((each) => each.body),
  );
  const body = el("div", { class: `screen answer ${tone}` }, buildBar(kiosk), main, foot.body);
  const told = { tone, text: say(kiosk, answer, kind, report) };
  return { body, name: "answer", seconds, tick: foot.tick, told, settle: () => fitCards(main, cards) };
}

/** Word what is said aloud: the verdict, of what, and what matters most. */
function say(kiosk: Kiosk, answer: Answer, kind: string, report: GroupReport | null): string {
  const parts = [
    answer.translations[kiosk.words.code]?.title ?? answer.title,
    kiosk.words.pick(answer.product?.name),
    kiosk.say(`says-${kind}`),
    report?.isWarning === true ? `${kiosk.say(`contents-${report.finding}`)}. ${explain(kiosk, report)}` : "",
  ];
  return parts.filter((each) => each !== "").map((each) => (/[.。]$/.test(each) ? each : `${each}. `.trimEnd())).join(" ");
}

/** List the cards, the most important first. */
function listCards(kiosk: Kiosk, answer: Answer, report: GroupReport | null, again: ScreenMaker): Card[] {
  const open = (): void => {
    if (report === null) return;
    const { numbers, unnamed } = report;
    kiosk.show((each) => showNumbers(each, { numbers, unnamed, back: again }));
  };
  const inside = report === null ? null : buildContents(kiosk, report, open);
  const cards: [string, HTMLElement | null][] = [
    ["recall", buildRecall(kiosk, answer)],
    ["contents", report?.isWarning === true ? inside : null],
    ["goods", buildGoods(kiosk, answer)],
    ["contents", report?.isWarning === true ? null : inside],
    ["why", buildReasons(kiosk, answer)],
  ];
  return cards.flatMap(([name, body]) => (body === null ? [] : [{ title: kiosk.say(`card-${name}`), body }]));
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

function buildReasons(kiosk: Kiosk, answer: Answer): HTMLElement | null {
  const { scans } = answer;
  const told = answer.translations[kiosk.words.code]?.reasons;
  const lines = answer.reasons
    .map((reason, place) => ({ code: reason.code, text: told?.[place] ?? reason.text }))
    .filter((reason) => reason.code !== "not_issued")
    // What is said to the owner of a phone is said otherwise at a kiosk.
    .map(({ code, text }) => {
      const name = `reason-${code.replace(/_/g, "-")}`;
      return el("li", {}, kiosk.words.has(name) ? kiosk.say(name) : text);
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
  const at = new Intl.DateTimeFormat(kiosk.locale, { dateStyle: "long", timeStyle: "short" }).format(Date.parse(scans.first_at));
  return kiosk.say("earlier-some", { count: kiosk.count(scans.devices), at });
}

function writeDay(kiosk: Kiosk, day: string | null | undefined): string | null {
  if (!day) return null;
  return new Intl.DateTimeFormat(kiosk.locale, { dateStyle: "long", timeZone: "UTC" }).format(Date.parse(day));
}
