// SPDX-License-Identifier: Apache-2.0
// GS1 element strings, as labels show them and as scanners send them. The twin of
// domain/elementstrings.py.

import { LENGTHS, diagnose, fold } from "./humancode";

const TOLD: readonly string[] = ["00", "01", "10", "21", "22"];
const VALUE_MAX = 20;
const SEPARATOR = "\x1d";
// Of these symbols the text is an element string: GS1-128, DataBar, DataMatrix, QR Code, DotCode.
const GS1_SYMBOLOGY = /^\](?:C1|e0|d2|Q3|J1)(?=[0-9])/;
const BRACKETED = /\(([0-9]{2,4})\)/;
// Without any sign a text must begin with a whole key, and something must follow.
const KEY = /^0(?:1([0-9]{14})|0([0-9]{18}))(?=.)/;

/** SSCC, or GTIN with serial, lot and variant, by Application Identifier. */
export type Elements = ReadonlyMap<string, string>;

/** Return the elements of `text`; null where it is no element string, "malformed" where it is a bad one. */
export function findElements(text: string, isKey: (digits: string) => boolean): Elements | null | "malformed" {
  const sign = GS1_SYMBOLOGY.exec(text)?.[0] ?? "";
  const body = text
    .slice(sign.length)
    .replace(/[^\S\x1d]+/g, "")
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0));
  if (body.search(BRACKETED) === 0) return collect(splitBracketed(body));
  if (diagnose(body).reason === "complete") return null;
  if (sign !== "" || body.includes(SEPARATOR)) return collect(splitSent(body));
  const key = KEY.exec(body);
  if (key === null || !isKey(key[1] ?? key[2] ?? "")) return null;
  const found = collect(splitSent(body));
  const code = fold(body);
  if (code === null || code.length > Math.max(...LENGTHS)) return found;
  return found !== "malformed" && (found.has("00") || found.has("21")) ? found : null;
}

type Pairs = readonly (readonly [string, string])[] | null;

/** Digits in brackets are never part of a value. */
function splitBracketed(body: string): Pairs {
  const parts = body.split(BRACKETED);
  return parts.flatMap((part, at) => (at % 2 === 1 ? [[part, parts[at + 1] ?? ""] as const] : []));
}

/** Of elements that are not told only two digits of the identifier are split off. */
function splitSent(body: string): Pairs {
  const pairs: (readonly [string, string])[] = [];
  for (let at = 0; at < body.length; ) {
    if (body.charAt(at) === SEPARATOR) {
      at += 1;
      continue;
    }
    const number = body.slice(at, at + 2);
    if (!/^[0-9]{2}$/.test(number)) return null;
    const next = body.indexOf(SEPARATOR, at);
    let end = next < 0 ? body.length : next;
    const length = lengthOf(number);
    if (length !== null) {
      if (end < at + length) return null;
      end = at + length;
    } else if (TOLD.includes(number) && end - at - 2 > VALUE_MAX) return null;
    pairs.push([number, body.slice(at + 2, end)]);
    at = end;
  }
  return pairs;
}

/** Return how many digits an element has, with its identifier, where GS1 fixes that. */
function lengthOf(number: string): number | null {
  if (number === "00") return 20;
  if (/^(?:0[123]|41)$/.test(number)) return 16;
  if (number === "04") return 18;
  if (number === "20") return 4;
  if (/^1[1-9]$/.test(number)) return 8;
  return /^3[1-6]$/.test(number) ? 10 : null;
}

/** Keep what is told of goods, each once, with one key. */
function collect(pairs: Pairs): Elements | "malformed" {
  const found = new Map<string, string>();
  for (const [number, value] of pairs ?? []) {
    if (!TOLD.includes(number)) continue;
    if (value === "" || (found.get(number) ?? value) !== value) return "malformed";
    found.set(number, value);
  }
  const isWhole = found.has("00") ? !found.has("01") && !found.has("21") : found.has("01");
  return pairs !== null && isWhole ? found : "malformed";
}
