// SPDX-License-Identifier: Apache-2.0
// What came in from scanner, camera or keypad, and what the kiosk does about it. Pure.

import type { Tone } from "../capture/feedback";
import { readCode, splitTexts } from "../codes/reading";
import type { Code } from "../codes/reading";
import type { Answer } from "./types";

/** Why the data centre is not asked. `half`: a code of which something is missing. */
export type Refusal = "foreign" | "half" | "mistyped" | "rubbish" | "several";

export type Finding = { code: Code; text: string } | { refusal: Refusal; shown: string };

const SHOWN_MAX = 100;
// `https://…`, `weixin:…`, `shop.example/…`: what a phone would open.
const LEADS_AWAY = /^(?:[a-z][a-z0-9+.-]{1,30}:|[\p{L}0-9-]+(?:\.[\p{L}0-9-]+)+[/:?])/iu;

/** Judge all that was seen at one moment. */
export function judge(texts: readonly string[], hosts: readonly string[]): Finding {
  const parts = texts.flatMap((text) => splitTexts(text));
  const found = parts.map((text) => judgeOne(text, hosts));
  const keys = new Set(found.map((each) => ("code" in each ? each.code.key : `!${each.refusal}${each.shown}`)));
  // A scanner that was triggered twice on one label says the same twice.
  if (keys.size > 1) return { refusal: "several", shown: "" };
  return found[0] ?? { refusal: "rubbish", shown: "" };
}

function judgeOne(text: string, hosts: readonly string[]): Finding {
  const read = readCode(text, hosts);
  if ("code" in read) {
    const { code } = read;
    // A bare serial or SSCC leads nowhere without what stands beside it on the label.
    const isHalf = code.serial === null || code.reference === code.serial;
    return isHalf ? { refusal: "half", shown: text.slice(0, SHOWN_MAX) } : { code, text: text.trim() };
  }
  const shown = clean(read.text).slice(0, SHOWN_MAX);
  if (read.fault === "foreign" && LEADS_AWAY.test(shown)) return { refusal: "foreign", shown };
  if (read.fault === "check_symbol") return { refusal: "mistyped", shown };
  const isPart = hosts.includes(hostOf(shown)) || /^(?=.*[0-9])[0-9a-z -]{6,24}$/i.test(shown);
  return { refusal: isPart ? "half" : "rubbish", shown };
}

function hostOf(text: string): string {
  return (/^https?:\/\/([^/?#]*)/i.exec(text)?.[1] ?? "").toLowerCase();
}

/** Return what may be shown: control characters of scanners and scripts that turn text around go. */
function clean(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, "");
}

const TONES: Readonly<Record<string, Tone>> = {
  genuine: "good",
  caution: "warn",
  not_released: "warn",
  not_issued: "bad",
  recalled: "bad",
  suspect: "bad",
  withdrawn: "bad",
};

const MILD = new Set(["expired", "few_devices", "first_reading", "organisation_unverified", "same_device", "sold"]);

/** Return the colour and sound of an answer. */
export function toneOf(answer: Answer): Tone {
  return TONES[answer.verdict] ?? "warn";
}

/** Return which words say an answer: the verdict, or what softens it, as `pick_tone` of web/wording.py. */
export function kindOf(answer: Answer): string {
  const codes = answer.reasons.map((reason) => reason.code);
  if (answer.verdict === "genuine") return codes.includes("organisation_unverified") ? "unverified" : "genuine";
  if (answer.verdict === "caution" && codes.every((code) => MILD.has(code))) return "expired";
  return answer.verdict;
}
