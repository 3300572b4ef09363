// SPDX-License-Identifier: Apache-2.0
// The phone's clock, held against the data centre's. Nothing here changes the phone: what it says is
// corrected by what was measured, and people are told so.

/** How far the server's clock is ahead of ours, and how far off that may be; milliseconds. */
export interface Measure {
  offset: number;
  error: number;
  /** When it was taken, on the phone's own clock. */
  at: number;
}

// Below this nobody's story changes, and networks are not that exact.
export const TOLERATED_MS = 2 * 60 * 1000;
// An old measure says little: quartz drifts, and people set clocks. Better ones replace it anyway.
const STALE_MS = 10 * 60 * 1000;

/** Measure from one exchange: when it was sent and answered here, and the server's time in it. */
export function measureClock(sentAt: number, answeredAt: number, serverTime: string): Measure | null {
  const server = Date.parse(serverTime);
  const trip = answeredAt - sentAt;
  // A trip backwards in time: somebody set the clock meanwhile.
  if (Number.isNaN(server) || trip < 0) return null;
  return { offset: server - (sentAt + trip / 2), error: trip / 2, at: answeredAt };
}

/** Choose between what was known and a new measure: the more exact one, unless it is old. */
export function chooseMeasure(known: Measure | null, fresh: Measure): Measure {
  if (known === null || fresh.at - known.at > STALE_MS || fresh.at < known.at) return fresh;
  const agrees = Math.abs(known.offset - fresh.offset) <= known.error + fresh.error;
  return agrees && known.error < fresh.error ? known : fresh;
}

/** Return by how much times are corrected: not at all unless the clock is wrong by minutes. */
export function correctionOf(measure: Measure | null): number {
  return measure !== null && Math.abs(measure.offset) > TOLERATED_MS ? Math.round(measure.offset) : 0;
}

/** Write an instant as RFC 3339 with the zone of the clock on the wall here. */
export function writeInstant(at: number, zoneMinutes: number): string {
  const local = new Date(at + zoneMinutes * 60_000).toISOString().slice(0, -1);
  const size = Math.abs(zoneMinutes);
  const hours = String(Math.floor(size / 60)).padStart(2, "0");
  const minutes = String(size % 60).padStart(2, "0");
  return `${local}${zoneMinutes < 0 ? "-" : "+"}${hours}:${minutes}`;
}

/** Return the zone of the phone at `at`, in minutes east of Greenwich. */
export function zoneAt(at: number): number {
  return -new Date(at).getTimezoneOffset();
}
