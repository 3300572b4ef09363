// SPDX-License-Identifier: Apache-2.0
// An answer that is heard and felt: two rising tones for yes, one long low one for no. Tones are made
// by the browser: no file, no network.

export type Tone = "bad" | "done" | "good" | "warn";

// Frequency in Hz, beginning and length in ms: told apart by rhythm, not by pitch alone.
const TONES: Record<Tone, readonly (readonly [number, number, number])[]> = {
  good: [
    [880, 0, 70],
    [1320, 80, 90],
  ],
  done: [
    [880, 0, 80],
    [1175, 100, 80],
    [1760, 200, 180],
  ],
  warn: [
    [620, 0, 140],
    [620, 220, 140],
  ],
  bad: [
    [196, 0, 260],
    [147, 280, 420],
  ],
};
const SHAKES: Record<Tone, number[]> = {
  good: [40],
  done: [40, 60, 40, 60, 120],
  warn: [120, 80, 120],
  bad: [400, 100, 400],
};
const VOLUME = 0.35;

export class Feedback {
  private audio: AudioContext | null = null;

  constructor(public isLoud: boolean) {}

  /** Open the loudspeaker; browsers allow it only while somebody touches the page. */
  wake(): void {
    try {
      this.audio ??= new AudioContext();
      if (this.audio.state === "suspended") void this.audio.resume().catch(() => undefined);
    } catch {
      // No loudspeaker: it is felt and seen all the same.
    }
  }

  /** Play one answer. */
  give(tone: Tone): void {
    if (typeof navigator.vibrate === "function") navigator.vibrate(SHAKES[tone]);
    if (!this.isLoud) return;
    this.wake();
    const { audio } = this;
    if (audio?.state !== "running") return;
    for (const [hertz, start, length] of TONES[tone]) {
      const voice = audio.createOscillator();
      const level = audio.createGain();
      const begin = audio.currentTime + start / 1000;
      const end = begin + length / 1000;
      voice.type = tone === "bad" ? "square" : "sine";
      voice.frequency.value = hertz;
      level.gain.setValueAtTime(0, begin);
      level.gain.linearRampToValueAtTime(VOLUME, begin + 0.008);
      level.gain.setValueAtTime(VOLUME, end - 0.02);
      level.gain.linearRampToValueAtTime(0, end);
      voice.connect(level).connect(audio.destination);
      voice.start(begin);
      voice.stop(end);
    }
  }
}
