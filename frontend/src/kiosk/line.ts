// SPDX-License-Identifier: Apache-2.0
// The line to the data centre: asks for answers, says once a minute that the kiosk is alive, and
// catches up with what was read while the line was dead. Every reading is stored exactly once: it has
// its id before it goes out, and goes out with the same id until there is an answer.
//
//   read ── kept ── stamped with id and time ── kept ── sent ── answered ── forgotten
//             └ no measure of the clock yet: the first beat comes in between

import { Api, ApiError } from "../client/api";
import { chooseMeasure, correctionOf, measureClock, writeInstant } from "../client/clock";
import type { Measure } from "../client/clock";
import { makeUuid7 } from "../client/uuid7";
import { KEPT_MAX } from "./store";
import type { Store } from "./store";
import type { Answer, Identity, Kept, Standing } from "./types";

export type LineState = "dead" | "open" | "revoked";

const BEAT_MS = 60_000;
// While the line is dead: soon enough that nobody waits for it, seldom enough for a router.
const RETRY_MS = 5_000;
// Whoever stands there has gone after this; the reading is kept and sent later.
const WAIT_MS = 4_000;
const ENROL_WAIT_MS = 15_000;
// Between what the clock on the wall and the one that only counts say: more, and somebody set it.
const JUMP_MS = 2_000;
// The data centre says that the time is wrong. Nothing was stored: it may be stamped anew.
const UNTIMELY: readonly string[] = ["reading_id_malformed", "reading_time_out_of_range"];

export class Line {
  state: LineState = "open";
  /** When the data centre was heard last, on the kiosk's clock; 0: not yet. */
  heardAt = 0;
  /** Readings given up: too old, or more than fit. */
  dropped = 0;
  private measure: Measure | null = null;
  /** The clock on the wall against the one that only counts, when it was measured. */
  private wall = 0;
  /** From one start of the page to the next. */
  private readonly session = makeUuid7(Date.now());
  private timer = 0;
  private isCatchingUp = false;

  constructor(
    readonly api: Api,
    private readonly store: Pick<Store, "forget" | "keep" | "list" | "settle">,
    private readonly version: string,
    private readonly tell: () => void,
    private readonly learn: (standing: Standing) => void,
  ) {}

  /** By how many milliseconds times are corrected; null while nobody knows. */
  get correction(): number | null {
    return this.measure === null ? null : correctionOf(this.measure);
  }

  /** Become a kiosk with the code of the console. */
  async enrol(code: string): Promise<{ key: string; standing: Standing }> {
    this.api.useKey(null);
    const reply = await this.api.send<Standing & { key: string }>("/devices/enrolment", {
      body: { code, app_version: this.version },
      waitMs: ENROL_WAIT_MS,
    });
    return { key: reply.body.key, standing: reply.body };
  }

  /** Speak as this kiosk from now on, and say so every minute. */
  speakAs(identity: Identity): void {
    this.api.useKey(identity.key);
    this.settle("open");
    void this.beat();
  }

  /** Say that the kiosk is alive; catch up when that was heard. */
  async beat(): Promise<Standing | null> {
    window.clearTimeout(this.timer);
    let standing: Standing | null = null;
    try {
      const path = `/devices/me?app_version=${encodeURIComponent(this.version)}`;
      const { body, sentAt, answeredAt } = await this.api.send<Standing>(path, { waitMs: WAIT_MS });
      this.forgetJump();
      const fresh = measureClock(sentAt, answeredAt, body.server_time);
      if (fresh !== null) this.measure = chooseMeasure(this.measure, fresh);
      this.wall = Date.now() - performance.now();
      this.heardAt = answeredAt;
      standing = body;
      this.learn(body);
      this.settle("open");
      void this.catchUp();
    } catch (error) {
      this.note(error);
    }
    this.timer = window.setTimeout(() => void this.beat(), this.state === "dead" ? RETRY_MS : BEAT_MS);
    return standing;
  }

  /** Return what is said of a code, or null: kept for later, because the line is dead. */
  async ask(text: string): Promise<Answer | null> {
    const kept: Kept = { text, madeAt: Date.now(), ticks: performance.now(), session: this.session, id: null, at: null };
    // Without a measured clock the time may be wrong by years: the first beat comes first.
    this.forgetJump();
    if (this.measure !== null) this.stamp(kept);
    kept.seq = await this.store.keep(kept);
    // Not for `catchUp`, which the beat begins: it would give the reading an id of its own.
    this.sending.add(kept);
    try {
      if (kept.id === null && !(await this.stampAnew(kept))) return null;
      return await this.send(kept).catch(async (error: unknown) => {
        if (!isUntimely(error) || !(await this.stampAnew(kept))) throw error;
        return this.send(kept);
      });
    } catch (error) {
      this.note(error);
      if (this.state === "dead") this.rush();
      if (error instanceof ApiError && error.kind === "refused") throw error;
      return null;
    } finally {
      this.sending.delete(kept);
    }
  }

  /** Measure the clock, and give a reading id and time by it; false while the line is dead. */
  private async stampAnew(kept: Kept): Promise<boolean> {
    this.measure = null;
    await this.beat();
    if (this.state !== "open") return false;
    this.stamp(kept);
    kept.seq = await this.store.keep(kept);
    return true;
  }

  /** What was measured of the clock is worth nothing when somebody set it, or the kiosk slept. */
  private forgetJump(): void {
    if (Math.abs(Date.now() - performance.now() - this.wall) > JUMP_MS) this.measure = null;
  }

  /** Send what waits, the oldest first, until something fails. */
  async catchUp(): Promise<void> {
    if (this.isCatchingUp) return;
    this.isCatchingUp = true;
    try {
      await this.store.settle();
      const waiting = await this.store.list();
      for (const kept of waiting.slice(0, -KEPT_MAX)) await this.drop(kept);
      for (const kept of waiting.slice(-KEPT_MAX)) {
        if (this.isSending(kept)) continue;
        if (kept.id === null) {
          this.stamp(kept);
          kept.seq = await this.store.keep(kept);
        }
        await this.send(kept).catch(async (error: unknown) => {
          if (!(error instanceof ApiError && error.kind === "refused")) throw error;
          // Too old, or no code at all: the next one may be fine.
          await this.drop(kept);
        });
      }
    } catch (error) {
      this.note(error);
      if (this.state === "dead") this.rush();
    } finally {
      this.isCatchingUp = false;
    }
  }

  private readonly sending = new Set<Kept>();

  private isSending(kept: Kept): boolean {
    return [...this.sending].some((each) => each.seq === kept.seq);
  }

  private async drop(kept: Kept): Promise<void> {
    this.dropped += 1;
    await this.store.forget(kept.seq ?? 0);
  }

  private async send(kept: Kept): Promise<Answer> {
    // In every language, since visitors choose theirs while they read: asking again would be a reading.
    const body = { code: kept.text, id: kept.id, at: kept.at, include: ["group", "translations"] };
    try {
      const { body: answer } = await this.api.send<Answer>("/verifications", { body, waitMs: WAIT_MS });
      this.heardAt = Date.now();
      this.settle("open");
      // The visitor does not wait for the disk.
      void this.store.forget(kept.seq ?? 0);
      return answer;
    } catch (error) {
      if (error instanceof ApiError && error.kind === "refused" && !isUntimely(error)) {
        await this.store.forget(kept.seq ?? 0);
      }
      throw error;
    }
  }

  /**
   * Give a reading its id and its time, corrected by what was measured of the clock. How long ago it
   * was is counted where that can be: somebody may have set the clock since.
   */
  private stamp(kept: Kept): void {
    const isCounted = kept.session === this.session;
    const madeAt = isCounted ? Date.now() - (performance.now() - kept.ticks) : kept.madeAt;
    const at = madeAt + correctionOf(this.measure);
    kept.id = makeUuid7(at);
    kept.at = writeInstant(at, 0).replace("+00:00", "Z");
  }

  private note(error: unknown): void {
    if (!(error instanceof ApiError)) throw error;
    if (error.kind === "unknown") this.settle("revoked");
    else if (error.kind !== "refused") this.settle("dead");
  }

  private rush(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.beat(), RETRY_MS);
  }

  private settle(state: LineState): void {
    const isNew = state !== this.state;
    this.state = state;
    if (isNew) this.tell();
  }
}

function isUntimely(error: unknown): boolean {
  return error instanceof ApiError && error.kind === "refused" && UNTIMELY.includes(error.code);
}
