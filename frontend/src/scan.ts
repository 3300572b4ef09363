// SPDX-License-Identifier: Apache-2.0
// Consumers and manufacturers scan with the camera; consumers' photographs are sent as soon as they
// are taken. Without this script both can be done with a photograph and a button. Pictures of the
// camera stay on the phone; an address that is not ours is shown as text and never opened.

interface Found {
  rawValue: string;
}

interface Detector {
  detect(image: HTMLVideoElement): Promise<Found[]>;
}

interface NativeDetector {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

type Verdict = { kind: "ours"; path: string; text: string } | { kind: "foreign"; text: string };

// Between two looks at the picture: quick to the eye, and the phone stays cool.
const PAUSE_MS = 120;
const SHOWN_MAX = 300;
const PHOTO_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Say where what was read leads: a path of ours, or a text to warn of. `ask` is the page that takes
 * any code as `?code=`; null where an address of ours is its own answer.
 */
function judge(text: string, hosts: readonly string[], ask: string | null): Verdict {
  const shown = text.slice(0, SHOWN_MAX);
  const asked = `${ask ?? "/check"}?code=${encodeURIComponent(text)}`;
  if (/^[0-9A-Za-z -]{14,40}$/.test(text)) return { kind: "ours", path: asked, text };
  try {
    const url = new URL(text);
    const isWeb = url.protocol === "https:" || url.protocol === "http:";
    const isOurs = isWeb && url.username === "" && url.password === "" && hosts.includes(url.host);
    if (isOurs && /^\/(0[01]|c|C)\/./.test(url.pathname)) {
      return { kind: "ours", path: ask === null ? url.pathname + url.search : asked, text };
    }
  } catch {
    // No address at all: nothing of ours.
  }
  return { kind: "foreign", text: shown };
}

async function openDetector(section: HTMLElement): Promise<Detector> {
  const native = (window as { BarcodeDetector?: NativeDetector }).BarcodeDetector;
  if (native && (await native.getSupportedFormats()).includes("qr_code")) {
    return new native({ formats: ["qr_code"] });
  }
  const { detector = "", reader = "" } = section.dataset;
  const module = (await import(detector)) as { openDetector(wasm: string): Promise<Detector> };
  return module.openDetector(reader);
}

function find<T extends Element>(root: ParentNode, selector: string): T {
  const element = root.querySelector<T>(selector);
  if (!element) throw new Error(`the page lacks ${selector}`);
  return element;
}

class Scanner {
  private readonly start: HTMLButtonElement;
  private readonly finder: HTMLElement;
  private readonly video: HTMLVideoElement;
  private readonly state: HTMLElement;
  private readonly warning: HTMLElement;
  private readonly address: HTMLElement;
  private readonly torch: HTMLButtonElement;
  private readonly hosts: readonly string[];
  private readonly ask: string | null;
  private readonly field: HTMLTextAreaElement | null;
  private stream: MediaStream | null = null;

  constructor(private readonly section: HTMLElement) {
    this.start = find(section, "#scan-start");
    this.finder = find(section, ".finder");
    this.video = find(section, "video");
    this.state = find(section, "#scan-state");
    this.warning = find(section, "#scan-warning");
    this.address = find(section, "#scan-address");
    this.torch = find(section, "#scan-torch");
    this.hosts = (section.dataset["hosts"] ?? "").split(" ");
    this.ask = section.dataset["ask"] ?? null;
    const { fill } = section.dataset;
    this.field = fill ? document.querySelector<HTMLTextAreaElement>(`textarea#${fill}`) : null;
    this.start.addEventListener("click", () => void this.open());
    find(section, "#scan-stop").addEventListener("click", () => this.close(true));
    this.torch.addEventListener("click", () => void this.turnTorch());
    window.addEventListener("pagehide", () => this.close(false));
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.close(false);
    });
    section.hidden = false;
  }

  private say(name: string): void {
    this.state.textContent = this.section.dataset[name] ?? "";
  }

  private async open(): Promise<void> {
    this.start.disabled = true;
    this.warning.hidden = true;
    this.say("starting");
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } },
      });
    } catch (error) {
      this.start.disabled = false;
      const name = error instanceof DOMException ? error.name : "";
      this.say(name === "NotAllowedError" ? "refused" : name === "NotFoundError" ? "none" : "failed");
      return;
    }
    this.stream = stream;
    try {
      await this.watch(stream);
    } catch {
      // Who has stopped it meanwhile has broken it off, and nothing is wrong.
      if (this.stream !== stream) return;
      this.close(true);
      this.say("failed");
    }
  }

  private async watch(stream: MediaStream): Promise<void> {
    this.video.srcObject = stream;
    this.finder.hidden = false;
    this.start.hidden = true;
    const [track] = stream.getVideoTracks();
    const abilities = track?.getCapabilities?.() as { torch?: boolean } | undefined;
    this.torch.hidden = abilities?.torch !== true;
    this.torch.setAttribute("aria-pressed", "false");
    find<HTMLButtonElement>(this.section, "#scan-stop").focus({ preventScroll: true });
    this.finder.scrollIntoView({ block: "nearest" });
    const [detector] = await Promise.all([openDetector(this.section), this.video.play()]);
    if (this.stream === stream) this.say("looking");
    while (this.stream === stream) {
      const found = this.video.readyState >= 2 ? await detector.detect(this.video) : [];
      if (this.stream === stream) {
        this.answer(found.map((each) => judge(each.rawValue, this.hosts, this.ask)));
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  /** Open the answer to a code of ours; of several, the one the eye is on is for the reader to say. */
  private answer(verdicts: Verdict[]): void {
    if (this.field) {
      for (const each of verdicts) if (each.kind === "ours") this.gather(this.field, each.text);
      return;
    }
    const paths = new Set(verdicts.flatMap((each) => (each.kind === "ours" ? [each.path] : [])));
    const [path] = paths;
    if (paths.size > 1) {
      this.say("several");
      return;
    }
    if (path !== undefined) {
      this.say("found");
      this.close(false);
      location.assign(path);
      return;
    }
    const foreign = verdicts.find((each) => each.kind === "foreign");
    if (foreign?.kind !== "foreign") return;
    if (!this.warning.hidden && this.address.textContent === foreign.text) return;
    this.address.textContent = foreign.text;
    this.warning.hidden = false;
  }

  /** Write a code below the others, once; the camera stays open for the next one. */
  private gather(field: HTMLTextAreaElement, code: string): void {
    const lines = field.value.split("\n").map((line) => line.trim());
    if (lines.includes(code)) return;
    field.value = [...lines.filter((line) => line !== ""), code].join("\n") + "\n";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    const count = lines.filter((line) => line !== "").length + 1;
    this.state.textContent = `${this.section.dataset["gathered"] ?? ""} (${count})`;
    navigator.vibrate?.(40);
  }

  private async turnTorch(): Promise<void> {
    const wish = this.torch.getAttribute("aria-pressed") !== "true";
    const [track] = this.stream?.getVideoTracks() ?? [];
    try {
      await track?.applyConstraints({ advanced: [{ torch: wish } as MediaTrackConstraintSet] });
      this.torch.setAttribute("aria-pressed", String(wish));
    } catch {
      this.torch.hidden = true;
    }
  }

  private close(isAsked: boolean): void {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    const wasOpen = this.stream !== null;
    this.stream = null;
    this.video.srcObject = null;
    this.finder.hidden = true;
    this.start.hidden = false;
    this.start.disabled = false;
    if (!wasOpen || !isAsked) return;
    this.state.textContent = "";
    this.start.focus({ preventScroll: true });
  }
}

/** Send a photograph as soon as it is taken, and say at once if it is too large to be sent. */
function watchPhoto(form: HTMLFormElement): void {
  const input = find<HTMLInputElement>(form, "input[type=file]");
  const state = find<HTMLElement>(form, "#photo-state");
  find<HTMLElement>(form, "button").hidden = true;
  input.addEventListener("change", () => {
    const [photo] = input.files ?? [];
    if (!photo) return;
    const isLarge = photo.size > PHOTO_BYTES_MAX;
    state.textContent = (isLarge ? form.dataset["large"] : form.dataset["reading"]) ?? "";
    if (!isLarge) form.requestSubmit();
  });
  // Coming back must not show that a photograph is still being read.
  window.addEventListener("pageshow", () => {
    state.textContent = "";
  });
}

const section = document.querySelector<HTMLElement>("#scan");
// Only pages that nobody can tamper with on the way may use the camera; others have the photograph.
if (section && navigator.mediaDevices) new Scanner(section);
const photo = document.querySelector<HTMLFormElement>("form#photo");
if (photo) watchPhoto(photo);

export {};
