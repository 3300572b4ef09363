// SPDX-License-Identifier: Apache-2.0
// A Bluetooth or USB scanner is a keyboard that types faster than anybody: characters in quick
// succession, mostly with Enter behind them.

// On average over a text: slow radio scanners need some 20 ms a character, the fastest typist 60.
const MEAN_GAP_MS = 50;
// A scanner without Enter is done after this silence. Within a code radio stutters, and a phone that
// has much to do delivers keys late, for less than this.
const SILENCE_MS = 250;
const SLOW_SILENCE_MS = 800;
// A scanner that is known to end with Enter may stutter for so long: nobody waits for the silence.
const ENTER_SILENCE_MS = 1_500;
// Our shortest code; shorter bursts are rolled keys.
const BURST_MIN = 6;
const TEXT_MAX = 4096;

/** Puts the keys of a scanner together. Pure: time comes with each key. */
export class WedgeParser {
  private text = "";
  private keys = 0;
  private firstAt = 0;
  private lastAt = -Infinity;
  /** The last code ended with a key, not with silence. */
  private endsWithKey = false;

  /** `emit` is given each text, without what ended it; `gapMs` is how far its keys may be apart. */
  constructor(
    private readonly emit: (text: string) => void,
    private readonly gapMs = MEAN_GAP_MS,
  ) {}

  /**
   * Take one key as `KeyboardEvent.key` names it; `at` in milliseconds. True when it belongs to a
   * burst, so that the page should not act on it.
   */
  press(key: string, at: number): boolean {
    this.flush(at);
    if (key === "Enter" || key === "Tab") return this.finish(true);
    // Shift and its like come between the characters.
    if (Array.from(key).length !== 1) return false;
    const isQuick = at - this.lastAt <= this.gapMs;
    if (this.keys === 0) this.firstAt = at;
    this.keys += 1;
    this.text = (this.text + key).slice(0, TEXT_MAX);
    this.lastAt = at;
    return isQuick;
  }

  /** Give out what waits for an Enter that does not come, if there was silence until `at`. */
  flush(at: number): void {
    if (at - this.lastAt >= this.silenceMs) this.finish(false);
  }

  /** Slow ones stutter longer; quick ones without Enter are not kept waiting. */
  get silenceMs(): number {
    // Stray keys before a code are none of it.
    if (this.endsWithKey && this.keys >= BURST_MIN) return ENTER_SILENCE_MS;
    const mean = this.keys < 2 ? 0 : (this.lastAt - this.firstAt) / (this.keys - 1);
    return mean > MEAN_GAP_MS ? SLOW_SILENCE_MS : SILENCE_MS;
  }

  /** Give out the text if a scanner typed it; forget it in any case. */
  private finish(byKey: boolean): boolean {
    const { text, keys } = this;
    const isBurst = keys >= BURST_MIN && this.lastAt - this.firstAt <= this.gapMs * (keys - 1);
    this.text = "";
    this.keys = 0;
    this.lastAt = -Infinity;
    if (isBurst) {
      this.endsWithKey = byKey;
      this.emit(text);
    }
    return isBurst;
  }
}

/** Listen for a scanner on the whole page; returns what ends that. Fields keep what is typed. */
export function listenForWedge(emit: (text: string) => void, gapMs = MEAN_GAP_MS): () => void {
  const parser = new WedgeParser(emit, gapMs);
  let timer = 0;
  const onKey = (event: KeyboardEvent): void => {
    const { target } = event;
    const isField = target instanceof Element && target.matches("input, textarea, select, [contenteditable]");
    if (isField || event.ctrlKey || event.altKey || event.metaKey) return;
    window.clearTimeout(timer);
    if (parser.press(event.key, event.timeStamp)) event.preventDefault();
    const silence = parser.silenceMs;
    timer = window.setTimeout(() => parser.flush(event.timeStamp + silence), silence);
  };
  document.addEventListener("keydown", onKey, true);
  return () => {
    window.clearTimeout(timer);
    document.removeEventListener("keydown", onKey, true);
  };
}
