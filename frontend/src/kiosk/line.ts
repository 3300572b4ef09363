// SPDX-License-Identifier: Apache-2.0
// The line to the data centre: asks for answers, says once a minute that the kiosk is alive, and
// catches up with what was read while the line was dead. Every reading is stored exactly once: it has
// its id before it goes out, and goes out with the same id until there is an answer.

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

export class Line {
  state: LineState = "open";
  private measure: Measure | null = null;
  private timer = 0;
  private isCatchingUp = false;

  constructor(
    readonly api: Api,
    private readonly store: Pick<Store, "forget" | "keep" | "list">,
    private readonly version: string,
    private readonly tell: () => void,
  ) {}

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
      const fresh = measureClock(sentAt, answeredAt, body.server_time);
      if (fresh !== null) this.measure = chooseMeasure(this.measure, fresh);
      standing = body;
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
    const kept: Kept = { text, madeAt: Date.now(), id: null, at: null };
    // Without a measured clock the time may be wrong by years: the first beat comes first.
    if (this.measure !== null) this.stamp(kept);
    kept.seq = await this.store.keep(kept);
    try {
      if (kept.id === null) {
        // Not for `catchUp`, which the beat begins: it would give the reading an id of its own.
        this.sending.add(kept.seq);
        await this.beat();
        if (this.state !== "open") return null;
        this.stamp(kept);
        await this.store.keep(kept);
      }
      return await this.send(kept);
    } catch (error) {
      this.note(error);
      if (this.state === "dead") this.rush();
      if (error instanceof ApiError && error.kind === "refused") throw error;
      return null;
    } finally {
      this.sending.delete(kept.seq);
    }
  }

  /** Send what waits, the oldest first, until something fails. */
  async catchUp(): Promise<void> {
    if (this.isCatchingUp) return;
    this.isCatchingUp = true;
    try {
      const waiting = await this.store.list();
      for (const kept of waiting.slice(0, -KEPT_MAX)) await this.store.forget(kept.seq ?? 0);
      for (const kept of waiting.slice(-KEPT_MAX)) {
        if (this.sending.has(kept.seq ?? 0)) continue;
        if (kept.id === null) {
          this.stamp(kept);
          await this.store.keep(kept);
        }
        // What is refused for good is forgotten in `send`; the next one may be fine.
        await this.send(kept).catch((error: unknown) => {
          if (!(error instanceof ApiError && error.kind === "refused")) throw error;
        });
      }
    } catch (error) {
      this.note(error);
      if (this.state === "dead") this.rush();
    } finally {
      this.isCatchingUp = false;
    }
  }

  private readonly sending = new Set<number>();

  private async send(kept: Kept): Promise<Answer> {
    const seq = kept.seq ?? 0;
    this.sending.add(seq);
    try {
      const body = { code: kept.text, id: kept.id, at: kept.at };
      const reply = await this.api.send<Answer>("/verifications", { body, waitMs: WAIT_MS });
      await this.store.forget(seq);
      this.settle("open");
      return reply.body;
    } catch (error) {
      if (error instanceof ApiError && error.kind === "refused") await this.store.forget(seq);
      throw error;
    } finally {
      this.sending.delete(seq);
    }
  }

  /** Give a reading its id and its time, corrected by what was measured of the clock. */
  private stamp(kept: Kept): void {
    const at = kept.madeAt + correctionOf(this.measure);
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
