// SPDX-License-Identifier: Apache-2.0
// Says answers aloud where the browser has a voice for the language, after a tone that needs none. A
// missing voice is no fault: everything is written, and the page for staff says so.

import { Feedback } from "../capture/feedback";
import type { Tone } from "../capture/feedback";

// The tone first, so that they are told apart.
const AFTER_TONE_MS = 500;

export class Voice {
  private readonly feedback = new Feedback(true);
  private timer = 0;

  wake(): void {
    this.feedback.wake();
  }

  /** Say a text after its tone; without one at once. */
  say(tone: Tone | null, text: string, tag: string): void {
    this.hush();
    if (tone !== null) this.feedback.give(tone);
    this.timer = window.setTimeout(() => this.speak(text, tag), tone === null ? 0 : AFTER_TONE_MS);
  }

  hush(): void {
    window.clearTimeout(this.timer);
    if ("speechSynthesis" in window) window.speechSynthesis.cancel();
  }

  private speak(text: string, tag: string): void {
    const voice = pickVoice(listVoices(), tag);
    if (voice === null) return;
    const words = new SpeechSynthesisUtterance(text);
    words.voice = voice;
    words.lang = voice.lang;
    words.rate = 0.95;
    window.speechSynthesis.speak(words);
  }
}

/** Return the voices there are now; browsers load them late. */
export function listVoices(): SpeechSynthesisVoice[] {
  return "speechSynthesis" in window ? window.speechSynthesis.getVoices() : [];
}

/** Choose a voice of the language, one on the machine itself before one from a network. */
export function pickVoice<T extends { lang: string; localService: boolean }>(voices: readonly T[], tag: string): T | null {
  const [language = ""] = tag.toLowerCase().split("-");
  const fitting = voices.filter((voice) => voice.lang.toLowerCase().replace("_", "-").split("-")[0] === language);
  return fitting.find((voice) => voice.localService) ?? fitting[0] ?? null;
}
