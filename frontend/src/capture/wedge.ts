// SPDX-License-Identifier: Apache-2.0
// A Bluetooth or USB scanner is a keyboard that types faster than anybody: characters in quick
// succession, mostly with Enter behind them.

// Slow radio scanners need some 20 ms a character; the fastest typist some 60.
const GAP_MS = 50;
// After this silence a scanner without Enter is done.
const SILENCE_MS = 120;
// Our shortest code; shorter bursts are rolled keys.
const BURST_MIN = 6;
const TEXT_MAX = 4096;

/** Puts the keys of a scanner together. Pure: time comes with each key. */
export class WedgeParser {
  private text = "";
  private lastAt = -Infinity;

  /** `emit` is given each text, without what ended it. */
  constructor(private readonly emit: (text: string) => void) {}

  /**
   * Take one key as `KeyboardEvent.key` names it; `at` in milliseconds. True when it belongs to a
   * burst, so that the page should not act on it.
   */
  press(key: string, at: number): boolean {
    const isQuick = at - this.lastAt <= GAP_MS;
    if (key === "Enter" || key === "Tab") {
      if (this.text.length < BURST_MIN || at - this.lastAt > SILENCE_MS) {
        this.text = "";
        return false;
      }
      this.finish();
      return true;
    }
    // Shift and its like come between the characters.
    if (Array.from(key).length !== 1) return false;
    if (!isQuick) this.flush(at);
    this.text = (this.text + key).slice(0, TEXT_MAX);
    this.lastAt = at;
    return isQuick;
  }

  /** Give out what waits for an Enter that does not come; call it after `SILENCE_MS`. */
  flush(at: number): void {
    if (at - this.lastAt < SILENCE_MS) {
      if (at - this.lastAt > GAP_MS) this.text = "";
      return;
    }
    if (this.text.length >= BURST_MIN) this.finish();
    else this.text = "";
  }

  private finish(): void {
    const { text } = this;
    this.text = "";
    this.lastAt = -Infinity;
    this.emit(text);
  }
}

/** Listen for a scanner on the whole page; returns what ends that. Fields keep what is typed. */
export function listenForWedge(emit: (text: string) => void): () => void {
  const parser = new WedgeParser(emit);
  let timer = 0;
  const onKey = (event: KeyboardEvent): void => {
    const { target } = event;
    const isField = target instanceof Element && target.matches("input, textarea, select, [contenteditable]");
    if (isField || event.ctrlKey || event.altKey || event.metaKey) return;
    window.clearTimeout(timer);
    if (parser.press(event.key, event.timeStamp)) event.preventDefault();
    timer = window.setTimeout(() => parser.flush(event.timeStamp + SILENCE_MS), SILENCE_MS);
  };
  document.addEventListener("keydown", onKey, true);
  return () => {
    window.clearTimeout(timer);
    document.removeEventListener("keydown", onKey, true);
  };
}
