// SPDX-License-Identifier: Apache-2.0
// Says answers aloud where the browser has a voice for the language, after a tone that needs none.

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

  say(tone: Tone, text: string, tag: string): void {
    this.hush();
    this.feedback.give(tone);
    this.timer = window.setTimeout(() => this.speak(text, tag), AFTER_TONE_MS);
  }

  hush(): void {
    window.clearTimeout(this.timer);
    if ("speechSynthesis" in window) window.speechSynthesis.cancel();
  }

  private speak(text: string, tag: string): void {
    if (!("speechSynthesis" in window)) return;
    const voice = pickVoice(window.speechSynthesis.getVoices(), tag);
    if (voice === null) return;
    const words = new SpeechSynthesisUtterance(text);
    words.voice = voice;
    words.lang = voice.lang;
    words.rate = 0.95;
    window.speechSynthesis.speak(words);
  }
}

/** Choose a voice of the language, one on the machine itself before one from a network. */
export function pickVoice<T extends { lang: string; localService: boolean }>(voices: readonly T[], tag: string): T | null {
  const [language = ""] = tag.toLowerCase().split("-");
  const fitting = voices.filter((voice) => voice.lang.toLowerCase().replace("_", "-").split("-")[0] === language);
  return fitting.find((voice) => voice.localService) ?? fitting[0] ?? null;
}
