// SPDX-License-Identifier: Apache-2.0
// One code after the other: each is answered at once, large, heard and felt; counted, listed, and can
// be taken back. Where there is a network the data centre is asked about each as well.

import { readCode } from "../codes/reading";
import type { Tone } from "../capture/feedback";
import type { App, Screen } from "./app";
import { checkScan } from "./checking";
import type { Found } from "./checking";
import { button, el, fill, icon, update } from "../page/dom";
import { showHome } from "./homescreen";
import { buildIntake } from "./intake";
import { buildStatus, buildTop } from "./parts";
import { OPEN_MAX } from "./queue";
import { showQueue } from "./queuescreen";
import { capacityOf, compareWork, countCome, dropScan, isGroup, isReady, openWork, takeCode, undoScan } from "./session";
import { findArrival, showSetup } from "./setupscreen";
import { findTask } from "./tasks";
import type { Arrival, Scan, Work } from "./types";

// The newest of a long list; all of them count, and are shown when somebody asks.
const SHOWN_MAX = 60;
// Of what has not come: enough to look for on a lorry.
const MISSING_MAX = 12;

export function showScan(app: App): Screen {
  return new ScanDesk(app).screen;
}

class ScanDesk {
  readonly screen: Screen;
  private work: Work;
  private turn: Promise<unknown> = Promise.resolve();
  private readonly plate = el("div", { class: "plate calm" });
  private readonly live = el("p", { class: "unseen", attrs: { role: "status", "aria-live": "assertive" } });
  private readonly counter = el("div", { class: "counter" });
  private readonly list = el("ul", { class: "scans" });
  private readonly more = button("", "second", () => this.showAll(), "list");
  private isWhole = false;
  private readonly undo: HTMLButtonElement;
  private readonly done: HTMLButtonElement;

  constructor(private readonly app: App) {
    this.work = app.work ?? openWork("receive", {});
    const intake = buildIntake(app, (text) => this.inTurn(() => this.take(text)));
    this.undo = button(app.say("undo"), "tool", () => this.inTurn(() => this.takeBack()), "undo");
    this.done = button("", "main tall", () => this.inTurn(() => this.finish()), "good");
    const status = buildStatus(app, () => app.show(showQueue));
    const hasSetup = findTask(this.work.task).fields.length > 0;
    const edit = el(
      "button",
      {
        class: "plain",
        attrs: { type: "button", "aria-label": app.say("setup-edit") },
        on: { click: () => app.show(showSetup) },
      },
      icon("edit"),
    );
    const top = buildTop(app, app.say(`task-${this.work.task}`), () => app.show(showHome), ...(hasSetup ? [edit] : []));
    const tools = el("div", { class: "tools" }, this.undo, intake.cameraButton, intake.typeButton);
    const body = el(
      "div",
      { class: "screen scanning" },
      top,
      el("main", {}, status.body, this.plate, this.live, intake.picture, intake.typing, this.counter, this.list, this.more),
      el("footer", { class: "dock" }, tools, this.done),
    );
    this.screen = { body, refresh: status.refresh, end: intake.end };
    this.greet();
    this.draw();
  }

  /** Do one thing after the other: what is scanned while a case is being kept belongs to the next. */
  private inTurn(act: () => Promise<unknown>): void {
    this.turn = this.turn.then(act);
    void this.turn.catch((error: unknown) => {
      this.turn = Promise.resolve();
      throw error;
    });
  }

  /** Say what is wanted first. */
  private greet(): void {
    const { shape } = findTask(this.work.task);
    const wantsContainer = (shape === "pack" || shape === "swap") && this.work.container === null;
    const word = wantsContainer ? "scan-container" : "scan-next";
    this.show("calm", "look", this.app.say(word), this.app.say("scan-how"));
  }

  private show(look: Tone | "calm", mark: string, text: string, hint = ""): void {
    this.plate.className = `plate ${look}`;
    fill(this.plate, icon(mark), el("div", {}, el("p", { class: "word" }, text), hint !== "" && el("p", { class: "hint" }, hint)));
  }

  private answer(tone: Tone, text: string, hint = ""): void {
    const mark = { good: "good", done: "good", warn: "warn", bad: "bad" }[tone];
    this.show(tone, mark, text, hint);
    this.live.textContent = `${text} ${hint}`;
    this.app.feedback.give(tone);
  }

  private async take(text: string): Promise<void> {
    const { app } = this;
    const obstacle = await app.findObstacle();
    if (obstacle !== null) {
      this.answer("bad", app.say(obstacle, { max: String(OPEN_MAX) }));
      return;
    }
    const read = readCode(text, app.shell.hosts);
    if ("fault" in read) {
      this.answer("bad", app.say(`fault-${read.fault}`), read.text);
      return;
    }
    // The next case closes the one that is complete.
    const orders = app.context?.orders ?? [];
    const isNext = this.work.scans.length > 0 && this.work.scans.length === capacityOf(this.work, orders);
    const isNew = ![this.work.container, ...this.work.scans].some((scan) => scan?.key === read.code.key);
    // Only what is a group by its label: an item too many must not become the next case.
    const order = orders.find((each) => each.run === this.work.details.run);
    if (isNext && isNew && isGroup(read.code, order) === true && !(await this.finish())) return;
    const known = { orders, packed: app.queue.packed(), arrival: findArrival(app, this.work.details) };
    const found = takeCode(this.work, read.code, app.moment().now, known);
    if (found.isTaken && !(await this.keep())) {
      dropScan(this.work, read.code.key);
      this.answer("bad", app.say("full"));
      return;
    }
    this.answer(found.tone, app.say(found.word, found.params));
    this.draw();
    const scan = [...this.work.scans, this.work.container, this.work.out].find((each) => each?.key === read.code.key);
    if (found.isTaken && scan) void this.check(scan);
  }

  private async keep(): Promise<boolean> {
    this.app.work = this.work;
    return this.app.keepWork();
  }

  /** Ask the data centre about a code that counts already; it may know better. */
  private async check(scan: Scan): Promise<void> {
    if (this.app.link === "offline") return;
    scan.check = "asking";
    this.draw();
    const { work } = this;
    const found = await checkScan(this.app, work, scan);
    // While a record is being kept, the work in hand would be written again behind it.
    this.inTurn(() => this.settle(work, scan, found));
  }

  /** Take what the data centre said of a code; null: nothing. */
  private async settle(work: Work, scan: Scan, found: Found | null): Promise<void> {
    // Finished or dropped meanwhile: the data centre has told the same to whoever reads the history.
    if (this.app.work !== work) return;
    scan.check = found === null ? "unasked" : "good";
    if (found !== null && found.word !== null) {
      if (found.isRefused) dropScan(this.work, scan.key);
      this.answer(found.isRefused ? "bad" : "warn", this.app.say(found.word, { code: scan.shown, ...found.params }), found.hint);
    }
    await this.keep();
    this.draw();
  }

  private async takeBack(): Promise<void> {
    const scan = undoScan(this.work);
    if (scan === null) return;
    await this.keep();
    this.answer("warn", this.app.say("say-undone", { code: scan.shown }));
    this.draw();
  }

  private async drop(scan: Scan): Promise<void> {
    dropScan(this.work, scan.key);
    await this.keep();
    this.answer("warn", this.app.say("say-undone", { code: scan.shown }));
    this.draw();
  }

  /** Put what was scanned into the queue and go on with the next; false: no room. */
  private async finish(): Promise<boolean> {
    const { app, work } = this;
    if (!isReady(work)) return false;
    const count = String(work.scans.length);
    // A shipment is received once; what comes after it is another one.
    const { arrival: _arrival, ...details } = work.details;
    const next = openWork(work.task, details);
    if (!(await app.finish(work, next))) {
      this.answer("bad", app.say("full"));
      return false;
    }
    this.work = next;
    const word = work.container === null ? "say-queued" : "say-queued-in";
    this.answer("done", app.say(word, { count, container: work.container?.shown ?? "" }), app.say("say-queued-hint"));
    this.draw();
    return true;
  }

  private draw(): void {
    const { app, work } = this;
    const capacity = capacityOf(work, app.context?.orders ?? []);
    const count = work.scans.length;
    const arrival = findArrival(app, work.details);
    fill(
      this.counter,
      el(
        "div",
        { class: "figure" },
        el("strong", {}, String(count)),
        capacity !== null && el("span", {}, `/ ${String(capacity)}`),
      ),
      work.container !== null && this.drawContainer(work.container),
      arrival !== null && this.drawArrival(arrival),
    );
    const scans = [...(work.out === null ? [] : [work.out]), ...work.scans].reverse();
    const shown = this.isWhole ? scans : scans.slice(0, SHOWN_MAX);
    update(this.list, ...shown.map((scan) => this.drawScan(scan)));
    this.more.hidden = shown.length === scans.length;
    update(this.more, icon("list"), el("span", {}, app.say("scans-all", { count: String(scans.length) })));
    this.undo.disabled = count === 0 && work.container === null && work.out === null;
    const label = app.say(work.container === null ? "finish" : "finish-in", { count: String(count) });
    update(this.done, icon("good"), el("span", {}, label));
    this.done.disabled = !isReady(work);
  }

  /** Show every line: any of them can be taken back. */
  private showAll(): void {
    this.isWhole = true;
    this.draw();
  }

  private drawContainer(container: Scan): HTMLElement {
    const { app } = this;
    const compared = compareWork(this.work);
    let said = app.say("compare-none");
    if (compared?.contents.isListed) {
      const params = { missing: String(compared.missing.length), extra: String(compared.extra.length) };
      said = app.say(compared.agrees ? "compare-good" : "compare-open", params);
    }
    return el(
      "div",
      { class: "container" },
      el("p", { class: "mono" }, app.say("in-container", { code: container.shown })),
      el("p", { class: "hint" }, said),
    );
  }

  /** Hold what was scanned against what was sent. */
  private drawArrival(arrival: Arrival): HTMLElement {
    const { app } = this;
    const come = countCome(this.work, arrival);
    const said = come === arrival.count ? app.say("arrival-whole") : app.say("arrival-open", { missing: String(arrival.count - come) });
    const isWhole = arrival.numbers.length === arrival.count;
    const seen = new Set(this.work.scans.map((scan) => scan.shown));
    const missing = isWhole ? arrival.numbers.filter((number) => !seen.has(number)).slice(0, MISSING_MAX) : [];
    return el(
      "div",
      { class: "container" },
      el("p", { class: "strong" }, app.say("arrival-of", { name: arrival.sender.name, max: String(arrival.count) })),
      el("p", { class: "hint" }, said),
      missing.length > 0 && el("p", { class: "hint mono" }, missing.join(" ")),
    );
  }

  private drawScan(scan: Scan): HTMLElement {
    const { app } = this;
    const mark = { asking: "wait", good: "good", unasked: "cloud" }[scan.check];
    const isOut = this.work.out === scan;
    const remove = el(
      "button",
      {
        class: "plain",
        attrs: { type: "button", "aria-label": app.say("drop-one", { code: scan.shown }) },
        on: { click: () => this.inTurn(() => this.drop(scan)) },
      },
      icon("bad"),
    );
    return el(
      "li",
      { attrs: { "data-key": scan.key } },
      el("span", { class: `check ${scan.check}`, attrs: { title: app.say(`check-${scan.check}`) } }, icon(mark)),
      el("span", { class: "mono" }, scan.shown),
      isOut && el("span", { class: "tag" }, app.say("comes-out")),
      el("span", { class: "hint" }, app.say(`check-${scan.check}`)),
      remove,
    );
  }
}
