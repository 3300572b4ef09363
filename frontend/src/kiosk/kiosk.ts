// SPDX-License-Identifier: Apache-2.0
// The kiosk in its window: which screen is shown, for how long, and what becomes of a code.

import type { Tone } from "../capture/feedback";
import { listenForWedge } from "../capture/wedge";
import { Api, ApiError } from "../client/api";
import { Words } from "../page/words";
import { fill } from "../page/dom";
import { showAnswer } from "./answerscreen";
import { showEnrolment } from "./enrolscreen";
import { Guard } from "./guard";
import { judge } from "./judging";
import { Line } from "./line";
import { showClosed, showNotice, showWaiting } from "./noticescreens";
import type { Notice } from "./noticescreens";
import { showStart } from "./startscreen";
import { Store } from "./store";
import type { Identity, Shell, Standing } from "./types";
import { Voice } from "./voice";

/** What fills the window. `seconds`: how long it stays by itself; none: for ever. */
export interface Screen {
  body: HTMLElement;
  name: "answer" | "closed" | "enrol" | "keypad" | "notice" | "numbers" | "service" | "start" | "waiting";
  seconds?: number;
  /** What is said aloud, and to readers of screens. */
  told?: { tone: Tone; text: string };
  /** Called once it is in the window, where it can be measured. */
  settle?: () => void;
  end?: () => void;
  tick?: (left: number, of: number) => void;
  refresh?: () => void;
  /** Takes what a scanner reads, where that is no code of goods. */
  take?: (text: string) => void;
}

export type ScreenMaker = (kiosk: Kiosk) => Screen;

const TICK_MS = 250;
// Nobody is at the kiosk when it was not touched for so long.
const CALM_MS = 10_000;
// What keys a scanner's radio may need: nobody types at a kiosk, so slow ones are scanners as well.
const SCANNER_GAP_MS = 150;

export class Kiosk {
  readonly words: Words;
  readonly store = new Store();
  readonly line: Line;
  readonly voice = new Voice();
  readonly guard = new Guard();
  identity: Identity | null = null;
  /** Set when a newer page waits to take over. */
  update: (() => void) | null = null;
  private maker: ScreenMaker = showEnrolment;
  private screen: Screen | null = null;
  private until = 0;
  private touchedAt = performance.now();
  private turn = 0;
  private seen: string[] = [];

  constructor(
    readonly shell: Shell,
    private readonly root: HTMLElement,
    private readonly heard: HTMLElement,
  ) {
    this.words = new Words(shell.languages, shell.language);
    const api = new Api(null, this.words.tag);
    this.line = new Line(api, this.store, shell.version, () => this.settle(), (standing) => this.learn(standing));
  }

  /** Open what is kept, and show the first screen. */
  async open(): Promise<void> {
    await this.store.open();
    this.identity = await this.store.findIdentity();
    const isCalled = location.hash.startsWith("#enrol=");
    if (this.identity !== null) this.useLanguage(this.identity.language);
    this.show(this.identity === null || isCalled ? showEnrolment : showStart);
    this.guard.start();
    listenForWedge((text) => this.notice(text), SCANNER_GAP_MS);
    for (const name of ["keydown", "pointerdown"]) document.addEventListener(name, () => this.touch(), { capture: true });
    window.addEventListener("hashchange", () => {
      if (location.hash.startsWith("#enrol=")) this.show(showEnrolment);
    });
    window.addEventListener("online", () => void this.line.beat());
    window.setInterval(() => this.tick(), TICK_MS);
    if (this.identity !== null) this.line.speakAs(this.identity);
  }

  say(name: string, params: Readonly<Record<string, string>> = {}): string {
    return this.words.say(name, params);
  }

  /** Write a number as people here do. */
  count(value: number): string {
    return new Intl.NumberFormat(this.locale).format(value);
  }

  /** How days and numbers are written: as the rest of our pages do, day before month in English. */
  get locale(): string {
    return this.words.code === "en" ? "en-GB" : this.words.tag;
  }

  /** Fill the window with a screen. */
  show(maker: ScreenMaker): void {
    this.screen?.end?.();
    this.maker = maker;
    this.screen = maker(this);
    fill(this.root, this.screen.body);
    this.screen.settle?.();
    this.wind();
    this.root.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  }

  /** Go back to the start, in the language of the site. */
  restart(): void {
    this.turn += 1;
    this.voice.hush();
    this.heard.textContent = "";
    if (this.identity !== null) this.useLanguage(this.identity.language);
    this.show(this.line.state === "revoked" ? showClosed : this.identity === null ? showEnrolment : showStart);
  }

  /** Say everything in another language from now on; the screen stays, and is told once more. */
  switchLanguage(code: string): void {
    this.voice.hush();
    this.useLanguage(code);
    this.show(this.maker);
    if (this.screen?.told !== undefined) this.announce(null, this.screen.told.text);
  }

  /** Become a kiosk; the language in use is the one its page returns to. */
  async become(key: string, standing: Standing): Promise<void> {
    this.identity = {
      key,
      label: standing.label,
      organisation: standing.organisation.name,
      site: standing.site?.name ?? standing.label,
      language: this.words.code,
    };
    await this.store.keepIdentity(this.identity);
    this.line.speakAs(this.identity);
    this.restart();
  }

  /** Note something that was seen; what comes in one go is judged together. */
  notice(text: string): void {
    this.seen.push(text);
    if (this.seen.length > 1) return;
    queueMicrotask(() => {
      const texts = this.seen;
      this.seen = [];
      void this.take(texts);
    });
  }

  /** Answer what was seen. */
  async take(texts: readonly string[]): Promise<void> {
    const { name, take } = this.screen ?? {};
    if (take !== undefined) {
      take(texts[0] ?? "");
      return;
    }
    if (name === undefined || name === "closed" || name === "waiting") return;
    const finding = judge(texts, this.shell.hosts);
    // Somebody types on a keyboard and pauses: the screen says what is missing.
    if ("refusal" in finding && finding.refusal === "half" && name === "keypad") return;
    if ("refusal" in finding) {
      this.refuse({ name: finding.refusal, shown: finding.shown });
      return;
    }
    this.turn += 1;
    const { turn } = this;
    this.voice.hush();
    this.show(showWaiting);
    try {
      const answer = await this.line.ask(finding.text);
      if (turn !== this.turn) return;
      const { contents, shown } = finding.code;
      if (answer !== null) this.tell((kiosk) => showAnswer(kiosk, answer, contents));
      else if (this.line.state === "revoked") this.show(showClosed);
      else this.refuse({ name: "offline", shown, contents });
    } catch (error) {
      if (turn !== this.turn) return;
      if (error instanceof ApiError) this.refuse({ name: "rubbish", shown: finding.text });
      else this.refuse({ name: "fault", shown: "" });
    }
  }

  private refuse(notice: Notice): void {
    this.turn += 1;
    this.tell((kiosk) => showNotice(kiosk, notice));
  }

  /** Show a screen and say aloud what it says. */
  private tell(maker: ScreenMaker): void {
    this.show(maker);
    const { told } = this.screen ?? {};
    if (told !== undefined) this.announce(told.tone, told.text);
  }

  private announce(tone: Tone | null, text: string): void {
    this.heard.textContent = text;
    this.voice.say(tone, text, this.words.tag);
  }

  private useLanguage(code: string): void {
    this.words.code = code;
    document.documentElement.lang = this.words.tag;
    this.line.api.useLanguage(this.words.tag);
  }

  /** The data centre said what this kiosk is: it may have been given another name or place. */
  private learn(standing: Standing): void {
    const { identity } = this;
    if (identity === null) return;
    const site = standing.site?.name ?? standing.label;
    if (identity.label === standing.label && identity.site === site) return;
    this.identity = { ...identity, label: standing.label, site };
    void this.store.keepIdentity(this.identity);
    if (this.screen?.name === "start") this.show(showStart);
  }

  /**
   * The line changed: out of service is left as soon as the key works again, and shown at once where
   * nobody is reading; an answer that was given stays as long as it would.
   */
  private settle(): void {
    const { name } = this.screen ?? {};
    const isFree = name === "start" || name === "keypad" || name === "service";
    if (this.line.state === "revoked" && isFree) this.show(showClosed);
    else if (this.line.state !== "revoked" && name === "closed") this.restart();
    else this.screen?.refresh?.();
  }

  private touch(): void {
    this.touchedAt = performance.now();
    // Not between two keys of a scanner: opening the loudspeaker takes longer than they are apart.
    window.setTimeout(() => this.voice.wake(), 0);
    this.wind();
  }

  private wind(): void {
    // Not the clock on the wall: somebody may set it back by hours while an answer is shown.
    this.until = performance.now() + (this.screen?.seconds ?? 0) * 1000;
  }

  private tick(): void {
    const { screen } = this;
    if (screen?.name === "start") {
      // A new page takes over while nobody looks, never in the middle of an answer.
      if (this.update !== null && performance.now() - this.touchedAt > CALM_MS) this.update();
      return;
    }
    if (screen?.seconds === undefined) return;
    const left = (this.until - performance.now()) / 1000;
    if (left <= 0) this.restart();
    else screen.tick?.(Math.ceil(left), screen.seconds);
  }
}
