// SPDX-License-Identifier: Apache-2.0
// The kiosk in its window: which screen is shown, for how long, and what becomes of a code.

import { listenForWedge } from "../capture/wedge";
import { Api, ApiError } from "../client/api";
import { Words } from "../page/words";
import { fill } from "../page/dom";
import { showAnswer } from "./answerscreen";
import { showEnrolment } from "./enrolscreen";
import { Guard } from "./guard";
import { judge, kindOf, toneOf } from "./judging";
import type { Refusal } from "./judging";
import { Line } from "./line";
import { showClosed, showNotice, showWaiting } from "./noticescreens";
import { showStart } from "./startscreen";
import { Store } from "./store";
import type { Answer, Identity, Shell, Standing } from "./types";
import { Voice } from "./voice";

/** What fills the window. `seconds`: how long it stays by itself; none: for ever. */
export interface Screen {
  body: HTMLElement;
  name: "answer" | "closed" | "enrol" | "keypad" | "notice" | "start" | "waiting";
  seconds?: number;
  end?: () => void;
  tick?: (left: number, of: number) => void;
  refresh?: () => void;
  /** Takes what a scanner reads, where that is no code of goods. */
  take?: (text: string) => void;
}

export type ScreenMaker = (kiosk: Kiosk) => Screen;

const TICK_MS = 250;
// Nobody is at the kiosk when its start screen was not touched for so long.
const CALM_MS = 10_000;

export class Kiosk {
  readonly words: Words;
  readonly line: Line;
  readonly voice = new Voice();
  readonly guard = new Guard();
  identity: Identity | null = null;
  /** Set when a newer page waits to take over. */
  update: (() => void) | null = null;
  private store!: Store;
  private maker: ScreenMaker = showEnrolment;
  private screen: Screen | null = null;
  private until = 0;
  private touchedAt = Date.now();
  private turn = 0;
  private seen: string[] = [];

  constructor(
    readonly shell: Shell,
    private readonly root: HTMLElement,
    private readonly heard: HTMLElement,
  ) {
    this.words = new Words(shell.languages, shell.language);
    const api = new Api(null, this.words.tag);
    // The store is opened before anything is asked.
    this.line = new Line(api, { keep: (each) => this.store.keep(each), list: () => this.store.list(), forget: (seq) => this.store.forget(seq) }, shell.version, () => this.settle());
  }

  /** Open what is kept, and show the first screen. */
  async open(): Promise<void> {
    this.store = await Store.open();
    this.identity = await this.store.findIdentity();
    const isCalled = location.hash.startsWith("#enrol=");
    if (this.identity !== null) this.useLanguage(this.identity.language);
    this.show(this.identity === null || isCalled ? showEnrolment : showStart);
    this.guard.start();
    listenForWedge((text) => this.notice(text));
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

  /** Fill the window with a screen. */
  show(maker: ScreenMaker): void {
    this.screen?.end?.();
    this.maker = maker;
    this.screen = maker(this);
    fill(this.root, this.screen.body);
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

  /** Say everything in another language from now on; the screen stays. */
  switchLanguage(code: string): void {
    this.useLanguage(code);
    this.show(this.maker);
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
    if ("refusal" in finding) {
      this.refuse(finding.refusal, finding.shown);
      return;
    }
    this.turn += 1;
    const { turn } = this;
    this.voice.hush();
    this.show(showWaiting);
    try {
      const answer = await this.line.ask(finding.text);
      if (turn !== this.turn) return;
      if (answer !== null) this.answer(answer, finding.code.contents?.numbers ?? []);
      else if (this.line.state !== "revoked") this.refuse("offline", finding.code.shown);
    } catch (error) {
      if (turn !== this.turn) return;
      if (error instanceof ApiError) this.refuse("rubbish", finding.text);
      else this.refuse("fault", "");
    }
  }

  private answer(answer: Answer, listed: readonly string[]): void {
    const tone = toneOf(answer);
    const { tag } = this.words;
    const product = this.words.pick(answer.product?.name);
    this.show((kiosk) => showAnswer(kiosk, answer, { listed, tag }));
    this.announce(tone, `${answer.title}. ${product === "" ? "" : `${product}. `}${this.say(`says-${kindOf(answer)}`)}`);
  }

  private refuse(refusal: Refusal | "fault" | "offline", shown: string): void {
    this.turn += 1;
    this.show((kiosk) => showNotice(kiosk, refusal, shown));
    this.announce(refusal === "foreign" ? "bad" : "warn", `${this.say(`notice-${refusal}`)}. ${this.say(`notice-${refusal}-text`)}`);
  }

  private announce(tone: "bad" | "done" | "good" | "warn", text: string): void {
    this.heard.textContent = text;
    this.voice.say(tone, text, this.words.tag);
  }

  private useLanguage(code: string): void {
    this.words.code = code;
    document.documentElement.lang = this.words.tag;
    this.line.api.useLanguage(this.words.tag);
  }

  /** The line changed: out of service is shown at once, and left when the key works again. */
  private settle(): void {
    const { name } = this.screen ?? {};
    if (this.line.state === "revoked" && name !== "enrol") this.show(showClosed);
    else if (this.line.state !== "revoked" && name === "closed") this.restart();
    else this.screen?.refresh?.();
  }

  private touch(): void {
    this.touchedAt = Date.now();
    // Not between two keys of a scanner: opening the loudspeaker takes longer than they are apart.
    window.setTimeout(() => this.voice.wake(), 0);
    this.wind();
  }

  private wind(): void {
    this.until = Date.now() + (this.screen?.seconds ?? 0) * 1000;
  }

  private tick(): void {
    const { screen } = this;
    if (screen?.name === "start") {
      // A new page takes over while nobody looks, never in the middle of an answer.
      if (this.update !== null && Date.now() - this.touchedAt > CALM_MS) this.update();
      return;
    }
    if (screen?.seconds === undefined) return;
    const left = (this.until - Date.now()) / 1000;
    if (left <= 0) this.restart();
    else screen.tick?.(Math.ceil(left), screen.seconds);
  }
}
