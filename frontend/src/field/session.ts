// SPDX-License-Identifier: Apache-2.0
// The work in hand: takes one code after the other and says at once what is wrong with it, as far as
// that can be told without the data centre. Pure: nothing here touches the page, network or disk.

import { compareContents } from "../codes/contents";
import type { Comparison, Contents } from "../codes/contents";
import type { Code } from "../codes/reading";
import type { Tone } from "../capture/feedback";
import { findTask } from "./tasks";
import type { Arrival, Order, Scan, Work } from "./types";

// As many as one event may name; see UNITS_MAX in domain/eventdrafts.py.
export const UNITS_MAX = 1000;

/** What is said of one code: `word` is the name of the sentence. */
export interface Answer {
  tone: Tone;
  word: string;
  params: Record<string, string>;
  /** The code counted. */
  isTaken: boolean;
  /** The case in hand is complete: the next container closes it. */
  isFull: boolean;
}

/** What the phone knows besides the work in hand. */
export interface Knowledge {
  orders: readonly Order[];
  /** Units packed on this phone and where: by key. */
  packed: ReadonlyMap<string, string>;
  /** The shipment that is being received. */
  arrival?: Arrival | null;
}

/** Begin a task. */
export function openWork(task: string, details: Work["details"]): Work {
  return { task, details, container: null, scans: [], out: null, photos: [] };
}

/** Return how many the container holds, as far as label and order tell; null: nobody knows. */
export function capacityOf(work: Work, orders: readonly Order[]): number | null {
  const { container } = work;
  if (container === null) return null;
  if (container.contents !== null) return container.contents.count;
  const level = findTask(work.task).level;
  const order = orders.find((each) => each.run === work.details.run);
  return level === undefined ? null : (order?.packing[level] ?? null);
}

/** Hold what was scanned against the label of the container; null where the label lists nothing. */
export function compareWork(work: Work): (Comparison & { contents: Contents }) | null {
  const contents = work.container?.contents ?? null;
  if (contents === null) return null;
  const numbers = work.scans.map((scan) => numberOf(scan)).filter((number) => number !== null);
  return { ...compareContents(contents, numbers), contents };
}

/** Return the public number of a unit; null for a plain SSCC, which has none. */
function numberOf(code: Code): string | null {
  return code.serial === null ? null : code.serial.slice(0, 6);
}

/** Take one code; the work is changed only where the answer says `isTaken`. */
export function takeCode(work: Work, code: Code, at: number, known: Knowledge): Answer {
  const { shape } = findTask(work.task);
  const scan: Scan = { ...code, at, check: "unasked" };
  if (shape === "pack") return takePacked(work, scan, known);
  if (shape === "swap") return takeSwapped(work, scan);
  return takeUnit(work, scan, known.arrival ?? null);
}

function refuse(word: string, code: Code, params: Record<string, string> = {}, tone: Tone = "bad"): Answer {
  return { tone, word, params: { code: code.shown, ...params }, isTaken: false, isFull: false };
}

function accept(word: string, code: Code, params: Record<string, string> = {}, tone: Tone = "good"): Answer {
  return { tone, word, params: { code: code.shown, ...params }, isTaken: true, isFull: tone === "done" };
}

function takeUnit(work: Work, scan: Scan, arrival: Arrival | null): Answer {
  if (holds(work.scans, scan)) return refuse("say-twice", scan, {}, "warn");
  if (work.scans.length >= UNITS_MAX) return refuse("say-many", scan, { max: String(UNITS_MAX) });
  work.scans.push(scan);
  const count = String(work.scans.length);
  if (arrival === null) return accept("say-counted", scan, { count });
  const number = numberOf(scan);
  // Of a larger shipment only the first are named: what is not, may be of it all the same.
  const isWhole = arrival.numbers.length === arrival.count;
  if (isWhole && number !== null && !arrival.numbers.includes(number)) return accept("say-not-sent", scan, { count }, "warn");
  const come = countCome(work, arrival);
  const params = { count: String(come), max: String(arrival.count) };
  return come === arrival.count ? accept("say-complete", scan, params, "done") : accept("say-counted-of", scan, params);
}

/** Count what has come of a shipment, by its numbers; all that was scanned where it names not all. */
export function countCome(work: Work, arrival: Arrival): number {
  if (arrival.numbers.length < arrival.count) return work.scans.length;
  return work.scans.filter((scan) => arrival.numbers.includes(numberOf(scan) ?? "")).length;
}

function holds(scans: readonly Scan[], code: Code): boolean {
  return scans.some((each) => each.key === code.key || (code.sscc !== null && each.sscc === code.sscc));
}

/** Tell whether a code is a group by what is printed: true, false, or null where nothing tells. */
export function isGroup(code: Code, order: Order | undefined): boolean | null {
  if (code.sscc !== null || code.contents !== null) return true;
  if (code.gtin === null || order === undefined) return null;
  if (order.group_gtins.includes(code.gtin)) return true;
  return code.gtin === order.gtin ? false : null;
}

function takePacked(work: Work, scan: Scan, known: Knowledge): Answer {
  const task = findTask(work.task);
  const order = known.orders.find((each) => each.run === work.details.run);
  // Where no batch was chosen, the number on the label still tells an item from a case.
  const told = order ?? known.orders.find(({ gtin, group_gtins }) => gtin === scan.gtin || group_gtins.includes(scan.gtin));
  if (work.container === null) {
    return isGroup(scan, told) === false ? refuse("say-container-first", scan) : takeContainer(work, scan, order);
  }
  if (scan.key === work.container.key) return refuse("say-itself", scan, {}, "warn");
  if (holds(work.scans, scan)) return refuse("say-twice", scan, {}, "warn");
  const isOfGroups = (task.level ?? 0) > 0;
  const grouped = isGroup(scan, told);
  if (isOfGroups && grouped === false) return refuse("say-item", scan);
  if (!isOfGroups && grouped === true) return refuse("say-group", scan, { container: work.container.shown });
  if (isStranger(scan, order, task.level ?? 0)) return refuse("say-stranger", scan);
  const elsewhere = known.packed.get(scan.key);
  if (elsewhere !== undefined) return refuse("say-packed", scan, { container: elsewhere });
  return takeChild(work, scan, known);
}

function takeContainer(work: Work, scan: Scan, order: Order | undefined): Answer {
  const level = (findTask(work.task).level ?? 0) + 1;
  if (isStranger(scan, order, level)) return refuse("say-stranger", scan);
  work.container = scan;
  const capacity = capacityOf(work, order === undefined ? [] : [order]);
  if (capacity === null) return accept("say-open", scan);
  return accept("say-open-of", scan, { max: String(capacity) });
}

/** Tell whether a code cannot be of the order: its trade number is another one. */
function isStranger(code: Code, order: Order | undefined, level: number): boolean {
  if (order === undefined || code.gtin === null) return false;
  const ours = level === 0 ? order.gtin : order.group_gtins[level - 1];
  return ours !== code.gtin;
}

function takeChild(work: Work, scan: Scan, known: Knowledge): Answer {
  const capacity = capacityOf(work, known.orders);
  if (work.scans.length >= Math.min(capacity ?? UNITS_MAX, UNITS_MAX)) {
    return refuse("say-full", scan, { max: String(capacity ?? UNITS_MAX) });
  }
  const contents = work.container?.contents ?? null;
  const number = numberOf(scan);
  const isListed = !contents?.isListed || number === null || contents.numbers.includes(number);
  if (!isListed && work.details.isLoose !== true) return refuse("say-unlisted", scan);
  work.scans.push(scan);
  const count = String(work.scans.length);
  if (!isListed) return accept("say-unlisted-taken", scan, { count }, "warn");
  if (capacity === null) return accept("say-counted", scan, { count });
  const params = { count, max: String(capacity) };
  return work.scans.length === capacity
    ? accept("say-complete", scan, params, "done")
    : accept("say-counted-of", scan, params);
}

function takeSwapped(work: Work, scan: Scan): Answer {
  if (work.container === null) {
    work.container = scan;
    return accept("say-swap-out", scan);
  }
  if (scan.key === work.container.key) return refuse("say-itself", scan, {}, "warn");
  if (work.out === null) {
    const contents = work.container.contents;
    const number = numberOf(scan);
    if (contents?.isListed && number !== null && !contents.numbers.includes(number)) {
      return refuse("say-unlisted", scan);
    }
    work.out = scan;
    return accept("say-swap-in", scan);
  }
  if (scan.key === work.out.key || holds(work.scans, scan)) return refuse("say-twice", scan, {}, "warn");
  if (work.scans.length > 0) return refuse("say-swap-full", scan);
  work.scans.push(scan);
  return accept("say-swap-done", scan, {}, "done");
}

/** Take back the last thing that was scanned; returns it, or null when there is nothing. */
export function undoScan(work: Work): Scan | null {
  const scan = work.scans.pop();
  if (scan) return scan;
  if (work.out !== null) {
    const { out } = work;
    work.out = null;
    return out;
  }
  const { container } = work;
  work.container = null;
  return container;
}

/** Take out one scan, which the data centre knows better about. */
export function dropScan(work: Work, key: string): boolean {
  const before = work.scans.length;
  work.scans = work.scans.filter((each) => each.key !== key);
  if (work.out?.key === key) work.out = null;
  else if (work.container?.key === key) work.container = null;
  else return work.scans.length < before;
  return true;
}

/** Tell whether there is something to put into the queue. */
export function isReady(work: Work): boolean {
  const { shape } = findTask(work.task);
  if (shape === "pack") return work.container !== null && work.scans.length > 0;
  if (shape === "swap") return work.container !== null && work.out !== null && work.scans.length > 0;
  return work.scans.length > 0;
}

/** Tell whether leaving now would lose something. */
export function isBegun(work: Work): boolean {
  return work.container !== null || work.out !== null || work.scans.length > 0;
}
