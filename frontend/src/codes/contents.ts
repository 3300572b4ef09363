// SPDX-License-Identifier: Apache-2.0
// What a group's label says is inside (`n=`), held against what was scanned: without any network,
// by the numbers of the units. The twin of `parse_contents` in domain/digitallink.py.

import { fold } from "./humancode";

export const NUMBER_SYMBOLS = 6;
const PARSED_MAX = 300;
const COUNT_MAX = 2 ** 32;

/** Every number, or only the first one and how many. */
export interface Contents {
  numbers: readonly string[];
  count: number;
  isListed: boolean;
}

export interface Comparison {
  /** On the label, not among the units. */
  missing: string[];
  /** Among the units, not on the label. */
  extra: string[];
  agrees: boolean;
}

/** Read an `n=`, or return null when it is none. */
export function parseContents(text: string): Contents | null {
  const [names = "", counted, ...rest] = text.split("*");
  if (rest.length > 0 || names === "" || names.length > PARSED_MAX * NUMBER_SYMBOLS) return null;
  const numbers: string[] = [];
  for (let at = 0; at < names.length; at += NUMBER_SYMBOLS) {
    const number = fold(names.slice(at, at + NUMBER_SYMBOLS));
    if (number?.length !== NUMBER_SYMBOLS) return null;
    numbers.push(number);
  }
  if (counted === undefined) return { numbers, count: numbers.length, isListed: true };
  if (numbers.length !== 1 || !/^[1-9][0-9]{0,9}$/.test(counted)) return null;
  const count = Number(counted);
  return count <= COUNT_MAX ? { numbers, count, isListed: count === 1 } : null;
}

/** Compare a label with the numbers of the units; order means nothing, a number twice is extra. */
export function compareContents(contents: Contents, numbers: readonly string[]): Comparison {
  if (!contents.isListed) {
    const [first = ""] = contents.numbers;
    const agrees = numbers.length === contents.count && numbers.includes(first);
    return { missing: numbers.includes(first) ? [] : [first], extra: [], agrees };
  }
  const missing = [...contents.numbers];
  const extra: string[] = [];
  for (const number of numbers) {
    const place = missing.indexOf(number);
    if (place < 0) extra.push(number);
    else missing.splice(place, 1);
  }
  return { missing, extra, agrees: missing.length === 0 && extra.length === 0 };
}
