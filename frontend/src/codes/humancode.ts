// SPDX-License-Identifier: Apache-2.0
// The human-readable code, checked in the browser while it is typed. The twin of
// domain/humancode.py; both are held to tests/contract/code_vectors.json.

export const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const PREFIX_SYMBOLS = 4;
const CHECK_SYMBOLS = 1;
const SERIAL_SYMBOLS = [14, 16, 20];
export const LENGTHS = SERIAL_SYMBOLS.map((symbols) => PREFIX_SYMBOLS + symbols + CHECK_SYMBOLS);
const LENGTH_MAX = Math.max(...LENGTHS);
const GROUP_SYMBOLS = 4;
const FOLD_MAX = 64;

// GF(32) by x^5 + x^2 + 1; the sum starts from one.
const POLYNOMIAL = 0b100101;
const OVERFLOW = 0b100000;
const START = 1;

const SEPARATORS = " -\t\u00a0\u2010\u2011\u2012\u2013\u2014\u2212\u3000\uff0d";
// What comes along unseen when a code is typed with pinyin or copied out of a chat.
const INVISIBLE = /[\u00ad\u2000-\u200f\u202a-\u202f\u2060\u2066-\u2069\ufeff]/g;
const FULL_WIDTH = 0xfee0;

// What a tired eye or a worn print takes for one another, in our alphabet.
const LOOKALIKES = ["8B", "5S", "2Z", "6G", "0D", "0Q", "17", "VY", "MN", "CG", "EF", "PR", "KX", "38"];

export type Reason =
  | "check_symbol"
  | "complete"
  | "empty"
  | "foreign_character"
  | "too_long"
  | "too_short";

export interface Diagnosis {
  reason: Reason;
  /** The code as far as it makes sense: folded and grouped. */
  shown: string;
  /** How many symbols `shown` has. */
  symbols: number;
  /** The first foreign character, as typed, and its place in the text, counted from 1. */
  character: string | null;
  position: number | null;
}

/** A slip that would explain a wrong check symbol: what stands in `group` and what it should be. */
export interface Slip {
  group: number;
  found: string;
  wanted: string;
  isSwap: boolean;
}

/** Return `text` without blanks around it, and without what nobody sees of it. */
export function bare(text: string): string {
  return text.replace(INVISIBLE, "").trim();
}

/** Return one typed character as a symbol, "" for a separator, or null for a foreign one. */
function foldCharacter(character: string): string | null {
  if (SEPARATORS.includes(character) || character.replace(INVISIBLE, "") === "") return "";
  const code = character.codePointAt(0) ?? 0;
  const plain = code > FULL_WIDTH && code <= FULL_WIDTH + 0x7e ? String.fromCodePoint(code - FULL_WIDTH) : character;
  // Not toUpperCase alone: it turns other letters than ours into ASCII.
  const symbol = /^[a-z]$/.test(plain) ? plain.toUpperCase() : plain;
  if (symbol === "I" || symbol === "L") return "1";
  if (symbol === "O") return "0";
  return symbol.length === 1 && ALPHABET.includes(symbol) ? symbol : null;
}

/** Return `text` in our alphabet, or null when it cannot be a code or part of one. */
export function fold(text: string): string | null {
  const characters = Array.from(text);
  if (characters.length > FOLD_MAX) return null;
  let folded = "";
  for (const character of characters) {
    const symbol = foldCharacter(character);
    if (symbol === null) return null;
    folded += symbol;
  }
  return folded;
}

/** Compute the check symbol of a prefix and serial, which are folded already. */
export function checkSymbol(body: string): string {
  let total = START;
  for (const symbol of body) {
    total = (total ^ ALPHABET.indexOf(symbol)) << 1;
    if (total & OVERFLOW) total ^= POLYNOMIAL;
  }
  return ALPHABET.charAt(total);
}

/** Show a code in groups of four symbols; the last group may be shorter. */
export function group(code: string): string {
  return (code.match(new RegExp(`.{1,${String(GROUP_SYMBOLS)}}`, "g")) ?? []).join("-");
}

function fits(code: string): boolean {
  return checkSymbol(code.slice(0, -1)) === code.slice(-1);
}

function judge(code: string): Reason {
  if (code === "") return "empty";
  if (code.length > LENGTH_MAX) return "too_long";
  if (!LENGTHS.includes(code.length)) return "too_short";
  return fits(code) ? "complete" : "check_symbol";
}

/** Say what is right or wrong with a code while it is being typed. */
export function diagnose(typed: string): Diagnosis {
  const characters = Array.from(typed.replace(/[\r\n]+$/, ""));
  const plain = { character: null, position: null };
  if (characters.length > FOLD_MAX) return { reason: "too_long", shown: "", symbols: 0, ...plain };
  let code = "";
  for (const [index, character] of characters.entries()) {
    const symbol = foldCharacter(character);
    if (symbol === null) {
      const place = { character, position: index + 1 };
      return { reason: "foreign_character", shown: group(code), symbols: code.length, ...place };
    }
    code += symbol;
  }
  return { reason: judge(code), shown: group(code), symbols: code.length, ...plain };
}

/** Return how many symbols are missing to the next valid length. */
export function missing(symbols: number): number {
  return (LENGTHS.find((length) => length >= symbols) ?? symbols) - symbols;
}

function alternatives(symbol: string): string[] {
  const pairs = LOOKALIKES.filter((pair) => pair.includes(symbol));
  return pairs.map((pair) => (pair.charAt(0) === symbol ? pair.charAt(1) : pair.charAt(0)));
}

/**
 * Return the one likely slip that explains a wrong check symbol, or null when none or several do.
 *
 * One check symbol finds errors but cannot place them; so only look-alikes and neighbours swapped
 * are tried, and the reader is asked, not told.
 */
export function findSlip(code: string): Slip | null {
  const slips: Slip[] = [];
  for (let at = 0; at < code.length; at += 1) {
    const found = code.charAt(at);
    const place = Math.floor(at / GROUP_SYMBOLS) + 1;
    for (const wanted of alternatives(found)) {
      if (fits(code.slice(0, at) + wanted + code.slice(at + 1))) {
        slips.push({ group: place, found, wanted, isSwap: false });
      }
    }
    const next = code.charAt(at + 1);
    if (next && next !== found && fits(code.slice(0, at) + next + found + code.slice(at + 2))) {
      slips.push({ group: place, found: found + next, wanted: next + found, isSwap: true });
    }
  }
  return slips.length === 1 ? (slips[0] ?? null) : null;
}
