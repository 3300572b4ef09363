// SPDX-License-Identifier: Apache-2.0
// What a camera, a scanner or a person gave us, as far as it can be told without the data centre: its
// form, never whether it was issued. The twin of `parse_code` in domain/digitallink.py.

import { NUMBER_SYMBOLS, parseContents } from "./contents";
import type { Contents } from "./contents";
import { findElements } from "./elements";
import type { Elements } from "./elements";
import { LENGTHS, bare, diagnose, fold, group } from "./humancode";

const SERIALS: readonly number[] = [14, 16, 20];
const TEXT_MAX = 2048;
const SHOWN_MAX = 120;
// What scanners put before all they read when they are told to (ISO/IEC 15424).
const SYMBOLOGY = /^\][A-Z][0-9A-Z](?=.)/i;

/** A code of ours by its form. `key` is the same however the unit was read. */
export interface Code {
  key: string;
  /** What the interface is sent: a path, a readable code, a serial or an SSCC. */
  reference: string;
  gtin: string | null;
  sscc: string | null;
  serial: string | null;
  contents: Contents | null;
  /** What people tell it by: its number, or the end of its SSCC. */
  shown: string;
}

/** `foreign`: another host. `layout`: a scanner that speaks for another keyboard. */
export type Fault = "character" | "check_symbol" | "empty" | "foreign" | "layout" | "malformed";

export type Read = { code: Code } | { fault: Fault; text: string };

/** Tell whether digits end in the right GS1 check digit. */
export function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    sum += Number(digits.charAt(digits.length - 1 - at)) * (at % 2 === 0 ? 1 : 3);
  }
  return digits.length > 0 && sum % 10 === 0;
}

/** Read one text. `hosts` are those of the data centre, present and former, in lower case. */
export function readCode(given: string, hosts: readonly string[]): Read {
  const whole = bare(given);
  const text = whole.replace(SYMBOLOGY, "").trim();
  const refuse = (fault: Fault): Read => ({ fault, text: text.slice(0, SHOWN_MAX) });
  if (text === "") return refuse("empty");
  if (text.length > TEXT_MAX) return refuse("malformed");
  const elements = findElements(whole, hasCheckDigit);
  if (elements === "malformed") return refuse("malformed");
  if (elements !== null) return readElements(elements, refuse);
  // A scanner that is set to another keyboard: `https>&&` and the like.
  if (/^https?/i.test(text) && !/^https?:\/\//i.test(text)) return refuse("layout");
  if (text.includes("/")) return readLink(text, hosts, refuse);
  return readTyped(text, refuse);
}

/** Read elements as the link that says the same. */
function readElements(elements: Elements, refuse: (fault: Fault) => Read): Read {
  const sscc = elements.get("00");
  const path = sscc === undefined ? `/01/${elements.get("01") ?? ""}/21/${elements.get("21") ?? ""}` : `/00/${sscc}`;
  return /[/?#%]/.test(path.replace(/^\/0[01]\/|\/21\//g, "")) ? refuse("malformed") : readLink(path, [], refuse);
}

function readTyped(text: string, refuse: (fault: Fault) => Read): Read {
  const sscc = /^(?:00)?([0-9]{18})$/.exec(text.replace(/ /g, ""))?.[1];
  if (sscc !== undefined) return hasCheckDigit(sscc) ? buildCode({ sscc }, sscc) : refuse("malformed");
  const code = fold(text);
  if (code === null) return refuse("character");
  if (SERIALS.includes(code.length)) return buildCode({ serial: code }, code);
  if (!LENGTHS.includes(code.length)) return refuse("malformed");
  if (diagnose(code).reason !== "complete") return refuse("check_symbol");
  return buildCode({ serial: code.slice(4, -1) }, code);
}

function readLink(text: string, hosts: readonly string[], refuse: (fault: Fault) => Read): Read {
  const [whole = ""] = text.split("#");
  const match = /^(?:(https?):\/\/)?([^/?]*)(\/[^?]*)(?:\?(.*))?$/i.exec(whole);
  if (match === null) return refuse(/^[a-z]+:/i.test(text) ? "foreign" : "malformed");
  const [, scheme, authority = "", path = "", query = ""] = match;
  const isPath = scheme === undefined && authority === "";
  if (!isPath && !hosts.includes(cleanHost(authority))) return refuse("foreign");
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) fields.set(name.toLowerCase(), value);
  const contents = parseContents(fields.get("n") ?? "");
  const parts = path.replace(/\/$/, "").split("/").slice(1).map(unquote).map(bare);
  const [first = "", second = ""] = parts;
  if (first === "01" && /^[0-9]{14}$/.test(second) && hasCheckDigit(second)) {
    const place = parts.lastIndexOf("21");
    const serial = place === parts.length - 2 ? fold(parts[place + 1] ?? "") : null;
    if (serial === null || !SERIALS.includes(serial.length)) return refuse("malformed");
    return buildCode({ gtin: second, serial, contents }, `/01/${second}/21/${serial}`);
  }
  if (first === "00" && parts.length === 2 && /^[0-9]{18}$/.test(second) && hasCheckDigit(second)) {
    const told = fields.get("t");
    const serial = told === undefined ? null : fold(told);
    if (told !== undefined && (serial === null || !SERIALS.includes(serial.length))) return refuse("malformed");
    const reference = serial === null ? second : `/00/${second}?t=${serial}`;
    return buildCode({ sscc: second, serial, contents }, reference);
  }
  if (first.toLowerCase() === "c" && parts.length === 2) {
    const code = fold(second) ?? "";
    if (diagnose(code).reason !== "complete") return refuse("check_symbol");
    return buildCode({ serial: code.slice(4, -1), contents }, code);
  }
  return refuse("malformed");
}

/** Return a host as hosts are compared: as in `host_of` of domain/digitallink.py. */
function cleanHost(authority: string): string {
  return authority
    .toLowerCase()
    .replace(/:(80|443)$/, "")
    .replace(/\.$/, "");
}

function unquote(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function buildCode(parts: Partial<Code>, reference: string): Read {
  const { gtin = null, sscc = null, serial = null, contents = null } = parts;
  const key = serial ?? `${SSCC_KEY}${sscc ?? ""}`;
  return { code: { key, reference, gtin, sscc, serial, contents, shown: nameOf(key) } };
}

const SSCC_KEY = "sscc:";
const SSCC_SHOWN = 8;

/** Return what people tell a code of this key by. */
export function nameOf(key: string): string {
  return key.startsWith(SSCC_KEY) ? group(key.slice(-SSCC_SHOWN)) : key.slice(0, NUMBER_SYMBOLS);
}

/** Split what came in one go: scanners that are triggered twice send two codes as one text. */
export function splitTexts(text: string): string[] {
  const parts = text
    .replace(/https?:\/\//gi, "\n$&")
    .split(/[\r\n\t]+/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
  return parts.length > 0 ? parts : [text];
}
