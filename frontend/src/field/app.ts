// SPDX-License-Identifier: Apache-2.0
// The app in one window: what it knows, how it talks to the data centre, and which screen is shown.

import { Feedback } from "../capture/feedback";
import { Api, ApiError } from "../client/api";
import type { Reply } from "../client/api";
import { chooseMeasure, correctionOf, measureClock, zoneAt } from "../client/clock";
import type { Measure } from "../client/clock";
import { makeUuid7 } from "../client/uuid7";
import { buildRows } from "./documents";
import type { Moment } from "./documents";
import { el, fill } from "../page/dom";
import { OPEN_MAX, Queue } from "./queue";
import type { End } from "./queue";
import { hasRoom, Store, StoreFullError } from "./store";
import type { Context, EventDocument, Identity, Row, Work } from "./types";
import { Words } from "../page/words";
import type { Language } from "../page/words";

/** What the page brings along; see `field/shell.py`. */
export interface Shell {
  language: string;
  languages: Record<string, Language>;
  hosts: string[];
  files: { detector: string; reader: string };
  worker: string;
  scope: string;
  icon: string;
  version: string;
}

/** What fills the page; `end` is called before another one does. */
export interface Screen {
  body: HTMLElement;
  refresh?: () => void;
  end?: () => void;
}

export type ScreenMaker = (app: App) => Screen;

// While the page is open: often enough that a foreman sees the truth, seldom enough for a battery.
const BEAT_MS = 60_000;
// After a failure: doubled each time, up to a beat.
const RETRY_MS = 2_000;
const CONTEXT_AGE_MS = 15 * 60_000;
const LANGUAGE_KEY = "trueorigin-field-language";

export class App {
  readonly words: Words;
  /** Speaks with the key of `identity`; who was before goes on with the one it began with. */
  api: Api;
  readonly feedback = new Feedback(true);
  queue!: Queue;
  store!: Store;
  identity: Identity | null = null;
  context: Context | null = null;
  work: Work | null = null;
  measure: Measure | null = null;
  /** How the last talk with the data centre ended; null: none yet. */
  link: End | null = null;
  isSending = false;
  isFull = false;
  /** Something could not be written: believed until something can, whatever is measured. */
  private hasFailed = false;
  /** How often the room was measured: what an older measure says is no longer true. */
  private roomTurn = 0;
  isOutdated = false;
  /** A newer app is on the phone and waits to be used. */
  update: (() => void) | null = null;
  /** The clock was measured since the page was opened: before, somebody may have set it. */
  private isMeasured = false;
  private contextAt = 0;
  private screen: Screen | null = null;
  private timer = 0;
  private pause = RETRY_MS;
  private isWanted = false;

  constructor(
    readonly shell: Shell,
    private readonly root: HTMLElement,
  ) {
    let chosen = shell.language;
    try {
      chosen = localStorage.getItem(LANGUAGE_KEY) ?? chosen;
    } catch {
      // Kept nowhere, asked for again next time.
    }
    this.words = new Words(shell.languages, chosen);
    this.api = new Api(null, this.words.tag);
    this.dress();
  }

  say(name: string, params: Record<string, string> = {}): string {
    return this.words.say(name, params);
  }

  /** Read what the phone kept; throws where it can keep nothing. */
  async open(): Promise<void> {
    this.store = await Store.open(
      () => {
        this.isOutdated = true;
        this.refresh();
      },
      () => fill(this.root, el("main", { class: "start" }, el("p", {}, this.say("other-window")))),
    );
    this.queue = await Queue.open(this.store, () => this.refresh());
    this.identity = (await this.store.get<Identity>("facts", "identity")) ?? null;
    this.context = (await this.store.get<Context>("facts", "context")) ?? null;
    this.work = (await this.store.get<Work>("facts", "work")) ?? null;
    this.measure = (await this.store.get<Measure>("facts", "measure")) ?? null;
    this.feedback.isLoud = (await this.store.get<boolean>("facts", "isLoud")) ?? true;
    this.api.useKey(this.identity?.key ?? null);
    // Without this a phone short of room may throw everything away by itself.
    void navigator.storage?.persist?.().catch(() => false);
  }

  /** Show a screen in place of the one before. */
  show(make: ScreenMaker): void {
    this.screen?.end?.();
    const screen = make(this);
    this.screen = screen;
    fill(this.root, screen.body);
    window.scrollTo(0, 0);
    screen.body.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  }

  /** Bring the screen up to date with what the app knows. */
  refresh(): void {
    this.screen?.refresh?.();
  }

  /** Speak another language from now on. */
  useLanguage(code: string): void {
    this.words.code = code;
    this.api.useLanguage(this.words.tag);
    try {
      localStorage.setItem(LANGUAGE_KEY, code);
    } catch {
      // For this time only, then.
    }
    this.dress();
  }

  private dress(): void {
    document.documentElement.lang = this.words.tag;
    document.title = this.say("title");
  }

  /** Become what an enrolment says; `body` is the answer with the key. */
  async become(body: Context & { key: string }): Promise<void> {
    const { key, device_id: deviceId, profile, label, organisation } = body;
    const identity = { key, deviceId, profile, label, organisation };
    await this.store.put("facts", identity, "identity");
    this.identity = identity;
    // Not a new key for the old one: what is on its way is another organisation's.
    this.api = new Api(key, this.words.tag);
    this.link = null;
    this.context = null;
    this.contextAt = 0;
    await this.sync();
  }

  /** Forget the key; the queue stays until the phone is enrolled again. */
  async signOut(): Promise<void> {
    if (this.identity === null) return;
    this.identity = { ...this.identity, key: null };
    await this.store.put("facts", this.identity, "identity");
    this.api = new Api(null, this.words.tag);
    this.link = null;
  }

  /** Keep the work in hand; false where the phone has no room. */
  async keepWork(): Promise<boolean> {
    return this.keep(() => this.store.put("facts", this.work, "work"));
  }

  /** Return why nothing more may be scanned, as the name of a sentence; null: go on. */
  async findObstacle(): Promise<"full" | "queue-limit" | null> {
    if (this.queue.open >= OPEN_MAX) return "queue-limit";
    if (!(await this.measureRoom())) return null;
    // Room may have been made meanwhile: the next write tells.
    this.hasFailed = false;
    return "full";
  }

  /** Find out whether the phone is full, and show it. */
  private async measureRoom(): Promise<boolean> {
    this.roomTurn += 1;
    const turn = this.roomTurn;
    const isFull = this.hasFailed || !(await hasRoom());
    if (turn === this.roomTurn && isFull !== this.isFull) {
      this.isFull = isFull;
      this.refresh();
    }
    return isFull;
  }

  private async keep(write: () => Promise<unknown>): Promise<boolean> {
    let isKept = true;
    try {
      await write();
    } catch (error) {
      if (!(error instanceof StoreFullError)) throw error;
      isKept = false;
    }
    this.hasFailed = !isKept;
    // A little may still fit where there is no longer room for a scan.
    await this.measureRoom();
    this.refresh();
    return isKept;
  }

  /** Return the time as it is told: corrected where the phone's clock is wrong by minutes. */
  moment(): Moment {
    const now = Date.now();
    const correction = correctionOf(this.measure);
    return { now, zone: zoneAt(now), correction, isMeasured: this.isMeasured };
  }

  /** Put the work in hand into the queue and begin anew with `next`; false: no room, nothing lost. */
  async finish(work: Work, next: Work | null): Promise<boolean> {
    const owner = this.identity?.organisation.id ?? "";
    return this.enqueue(buildRows(work, owner, this.moment(), makeUuid7), next);
  }

  /** Put one event that is not about scanned codes into the queue. */
  async finishPlan(work: Work, parts: Partial<EventDocument>, shown: string, count: number): Promise<boolean> {
    const owner = this.identity?.organisation.id ?? "";
    const [row] = buildRows(work, owner, this.moment(), makeUuid7);
    if (!row) return false;
    const { units: _none, ...document } = row.document;
    return this.enqueue([{ ...row, document: { ...document, ...parts }, shown, count }], null);
  }

  private async enqueue(rows: Row[], next: Work | null): Promise<boolean> {
    const isKept = await this.keep(() => this.queue.add(rows, { key: "work", value: next }));
    if (isKept) {
      this.work = next;
      void this.sync();
    }
    return isKept;
  }

  /** Talk to the data centre from now on: now, at every beat, and whenever the network comes back. */
  beat(): void {
    const hurry = (): void => {
      this.pause = RETRY_MS;
      void this.sync();
    };
    window.addEventListener("online", hurry);
    window.addEventListener("offline", () => {
      this.link = "offline";
      this.refresh();
    });
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) hurry();
    });
    void this.sync();
  }

  /** Show up, learn what changed, send the queue. Never throws; one at a time. */
  async sync(): Promise<void> {
    const { identity, api } = this;
    if (identity?.key == null || this.isOutdated) return;
    if (this.isSending) {
      // What was recorded meanwhile may have come too late for the queue that is on its way.
      this.isWanted = true;
      return;
    }
    this.isSending = true;
    this.isWanted = false;
    this.refresh();
    // The phone may change hands meanwhile: then this says nothing of whose it is now.
    const note = (end: End): void => {
      if (identity === this.identity) this.link = end;
    };
    try {
      await this.greet(api);
      // Heard: what follows may take minutes, and nobody is to be told meanwhile that there is no network.
      note("done");
      this.refresh();
      const end = await this.queue.send(api, identity.organisation.id, correctionOf(this.measure));
      note(end);
      if (end === "done") await this.learn(api);
    } catch (error) {
      if (error instanceof ApiError) note(error.kind);
      else if (error instanceof StoreFullError) this.isFull = true;
      else throw error;
    } finally {
      this.isSending = false;
      this.plan();
      this.refresh();
    }
    if (this.isWanted && (this.isWell || identity !== this.identity)) void this.sync();
  }

  private get isWell(): boolean {
    return this.link === "done" || this.link === "refused";
  }

  private plan(): void {
    window.clearTimeout(this.timer);
    const { isWell } = this;
    this.pause = isWell ? RETRY_MS : Math.min(this.pause * 2, BEAT_MS);
    this.timer = window.setTimeout(() => void this.sync(), isWell ? BEAT_MS : this.pause);
  }

  /** Say that the phone is alive, and hold its clock against the server's. */
  private async greet(api: Api): Promise<void> {
    const path = `/devices/me?app_version=${encodeURIComponent(this.shell.version)}`;
    await this.takeTime(await api.send<Context>(path));
  }

  async takeTime(reply: Reply<{ server_time: string }>): Promise<void> {
    const fresh = measureClock(reply.sentAt, reply.answeredAt, reply.body.server_time);
    if (fresh === null) return;
    this.isMeasured = true;
    const chosen = chooseMeasure(this.measure, fresh);
    if (chosen === this.measure) return;
    this.measure = chosen;
    await this.store.put("facts", chosen, "measure");
  }

  /** Take along what is needed where there is no network. */
  private async learn(api: Api): Promise<void> {
    if (this.context !== null && Date.now() - this.contextAt < CONTEXT_AGE_MS) return;
    const { body } = await api.send<Context>("/field/context");
    // What belongs to whoever had the phone before is of no use, and none of their business.
    if (api !== this.api) return;
    this.context = body;
    this.contextAt = Date.now();
    await this.store.put("facts", body, "context");
  }
}
