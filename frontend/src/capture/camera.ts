// SPDX-License-Identifier: Apache-2.0
// The camera as a source of codes, one after the other, for as long as it is open. Pictures stay on
// the phone. A code that stays in view is told once; it counts again after it was away for a while.

interface Found {
  rawValue: string;
}

export interface Detector {
  detect(image: HTMLVideoElement): Promise<Found[]>;
}

interface NativeDetector {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

export type CameraFault = "failed" | "none" | "refused";

// Between two looks at the picture: quick to the eye, and the phone stays cool.
const PAUSE_MS = 120;
// So long a code must be out of sight to be told again.
const AWAY_MS = 1500;

/** Open the browser's own reader of square symbols, or ours: `module` and `wasm` are its files. */
export async function openDetector(module: string, wasm: string): Promise<Detector> {
  const native = (window as { BarcodeDetector?: NativeDetector }).BarcodeDetector;
  if (native && (await native.getSupportedFormats()).includes("qr_code")) {
    return new native({ formats: ["qr_code"] });
  }
  const loaded = (await import(module)) as { openDetector(file: string): Promise<Detector> };
  return loaded.openDetector(wasm);
}

/** Remembers what is in view, so that holding still on a code tells it once. Pure. */
export class Sighting {
  private readonly seenAt = new Map<string, number>();
  /** What the last look saw: where one look takes long, that is still in view. */
  private inView = new Set<string>();

  /** Return those of `texts` that were not in view lately. */
  notice(texts: readonly string[], at: number): string[] {
    for (const [text, last] of this.seenAt) {
      if (at - last > AWAY_MS && !this.inView.has(text)) this.seenAt.delete(text);
    }
    this.inView = new Set(texts);
    const fresh = texts.filter((text) => !this.seenAt.has(text));
    for (const text of texts) this.seenAt.set(text, at);
    return [...new Set(fresh)];
  }
}

export class Camera {
  private stream: MediaStream | null = null;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly files: { detector: string; reader: string },
    private readonly emit: (text: string) => void,
  ) {}

  get isOpen(): boolean {
    return this.stream !== null;
  }

  /** Open it and tell every code until `close`; returns what keeps it shut, or null. */
  async open(): Promise<CameraFault | null> {
    if (!("mediaDevices" in navigator)) return "none";
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } },
      });
    } catch (error) {
      const name = error instanceof DOMException ? error.name : "";
      return name === "NotAllowedError" ? "refused" : name === "NotFoundError" ? "none" : "failed";
    }
    this.stream = stream;
    this.video.srcObject = stream;
    try {
      const { detector, reader } = this.files;
      const [open] = await Promise.all([openDetector(detector, reader), this.video.play()]);
      void this.watch(stream, open);
      return null;
    } catch {
      this.close();
      return "failed";
    }
  }

  private async watch(stream: MediaStream, detector: Detector): Promise<void> {
    const sighting = new Sighting();
    while (this.stream === stream) {
      const found = this.video.readyState >= 2 ? await detector.detect(this.video).catch(() => []) : [];
      const texts = found.map((each) => each.rawValue).filter((text) => text !== "");
      for (const text of sighting.notice(texts, performance.now())) {
        if (this.stream === stream) this.emit(text);
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  /** Tell whether its lamp can be turned on. */
  get hasTorch(): boolean {
    const [track] = this.stream?.getVideoTracks() ?? [];
    return (track?.getCapabilities?.() as { torch?: boolean } | undefined)?.torch === true;
  }

  /** Turn its lamp on or off; returns whether that was done. */
  async light(isOn: boolean): Promise<boolean> {
    const [track] = this.stream?.getVideoTracks() ?? [];
    try {
      await track?.applyConstraints({ advanced: [{ torch: isOn } as MediaTrackConstraintSet] });
      return true;
    } catch {
      return false;
    }
  }

  /** Shut it. */
  close(): void {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
  }
}
