// SPDX-License-Identifier: Apache-2.0
// Time-ordered ids (UUIDv7, RFC 9562 section 5.7), made on the phone: an event has its id before it
// is sent, so sending it twice stores it once. The twin of domain/ids.py.

/** Build an id from `at` (ms since 1970) and 10 random bytes. */
export function buildUuid7(at: number, random: Uint8Array): string {
  const bytes = new Uint8Array(16);
  let rest = Math.max(0, Math.floor(at));
  for (let place = 5; place >= 0; place -= 1) {
    bytes[place] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes.set(random.subarray(0, 10), 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** Make an id for `at`; its randomness is the browser's. */
export function makeUuid7(at: number): string {
  return buildUuid7(at, crypto.getRandomValues(new Uint8Array(10)));
}
