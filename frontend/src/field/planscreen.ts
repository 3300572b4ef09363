// SPDX-License-Identifier: Apache-2.0
// Packed as planned: a whole range of containers in one event, as the run says it.

import { ApiError } from "../client/api";
import { readCode } from "../codes/reading";
import type { App, Screen } from "./app";
import type { Verdict } from "./checking";
import { el, fill } from "../page/dom";
import { showHome } from "./homescreen";
import { buildIntake } from "./intake";
import { buildTop } from "./parts";
import { OPEN_MAX } from "./queue";
import { showQueue } from "./queuescreen";
import { openWork } from "./session";
import { buildField } from "./setupscreen";
import { findTask } from "./tasks";
import type { Order } from "./types";

/** Return how many containers of a level a run has; see `quantity_at` in domain/catalog.py. */
export function countAt(order: Order, level: number): number {
  const size = order.packing.slice(0, level).reduce((all, each) => all * each, 1);
  return Math.ceil(order.quantity / size);
}

export function showPlan(app: App): Screen {
  const work = app.work ?? openWork("planned", {});
  const task = findTask("planned");
  const { details } = work;
  const state = el("p", { class: "state bad", attrs: { role: "alert" } });
  const level = el("select", { id: "plan-level", on: { change: () => fit() } });
  const from = el("input", { id: "plan-from", attrs: { type: "number", inputmode: "numeric", min: "0" } });
  const to = el("input", { id: "plan-to", attrs: { type: "number", inputmode: "numeric", min: "0" } });
  const order = (): Order | undefined => app.context?.orders.find((each) => each.run === details.run);

  /** Offer the levels of the run, and all of its containers, by their numbers as the console shows them. */
  function fit(): void {
    const chosen = order();
    const at = Number(level.value) || 1;
    const levels = chosen?.packing ?? [];
    fill(level, ...levels.map((size, place) => el("option", { attrs: { value: String(place + 1), selected: place + 1 === at } }, app.say("plan-level-of", { level: String(place + 1), size: String(size) }))));
    const count = chosen === undefined ? 0 : countAt(chosen, at);
    for (const each of [level, from, to]) each.disabled = chosen === undefined;
    from.value = count === 0 ? "" : "0";
    to.value = count === 0 ? "" : String(count - 1);
    to.max = to.value;
  }

  async function send(): Promise<void> {
    const chosen = order();
    if (chosen === undefined) {
      state.textContent = app.say("setup-missing", { field: app.say("field-order") });
      return;
    }
    const [first, last, at] = [from.valueAsNumber, to.valueAsNumber, Number(level.value)];
    const most = countAt(chosen, at) - 1;
    if (!Number.isInteger(first) || !Number.isInteger(last) || first < 0 || last < first || last > most) {
      state.textContent = app.say("plan-range", { max: String(most) });
      return;
    }
    const obstacle = await app.findObstacle();
    if (obstacle !== null) {
      state.textContent = app.say(obstacle, { max: String(OPEN_MAX) });
      return;
    }
    const plan = { run: chosen.run, level: at, from: first, to: last + 1 };
    const shown = `${chosen.lot} ${String(first)}–${String(last)}`;
    if (await app.finishPlan(work, { plan }, shown, last - first + 1)) {
      app.feedback.give("done");
      app.show(showQueue);
    }
  }

  /** A scanned container says which number it has: the first scan is the beginning, the next the end. */
  async function take(text: string): Promise<void> {
    const read = readCode(text, app.shell.hosts);
    if ("fault" in read) {
      state.textContent = app.say(`fault-${read.fault}`);
      app.feedback.give("bad");
      return;
    }
    try {
      const { body: said } = await app.api.send<Verdict>("/verifications", { body: { code: read.code.reference } });
      const { unit } = said;
      if (unit === null || unit.level === 0 || (details.run !== undefined && unit.run !== details.run)) {
        state.textContent = app.say(unit === null ? "check-not-issued" : "say-stranger", { code: read.code.shown });
        app.feedback.give("bad");
        return;
      }
      fillIn(unit);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      state.textContent = error.kind === "offline" ? app.say("plan-offline") : error.message;
    }
  }

  function fillIn(unit: NonNullable<Verdict["unit"]>): void {
    const isFirst = !isHalf || level.value !== String(unit.level);
    if (details.run === undefined) {
      const select = field.querySelector("select");
      if (select) select.value = String(unit.run);
      details.run = unit.run;
    }
    if (isFirst) {
      fit();
      level.value = String(unit.level);
      fit();
      from.value = String(unit.index);
    }
    to.value = String(Math.max(unit.index, Number(from.value)));
    isHalf = isFirst;
    state.textContent = "";
    app.feedback.give("good");
  }

  let isHalf = false;
  const intake = buildIntake(app, (text) => void take(text));
  const field = buildField(app, task, "order", details);
  field.addEventListener("change", () => fit());
  const row = (name: string, input: HTMLElement): HTMLElement =>
    el("div", { class: "row" }, el("label", { attrs: { for: input.id } }, app.say(name)), input);
  const form = el(
    "form",
    {
      class: "setup",
      attrs: { novalidate: true },
      on: {
        submit: (event) => {
          event.preventDefault();
          void send();
        },
      },
    },
    el("p", { class: "lead" }, app.say("plan-lead")),
    field,
    el("p", { class: "hint" }, app.say("plan-scan")),
    row("plan-level", level),
    el("div", { class: "pair" }, row("plan-from", from), row("plan-to", to)),
    buildField(app, task, "site", details),
    state,
    el("div", { class: "dock" }, el("button", { class: "main", attrs: { type: "submit" } }, app.say("plan-send"))),
  );
  fit();
  const title = app.say("task-planned");
  const body = el(
    "div",
    { class: "screen" },
    buildTop(app, title, () => app.show(showHome)),
    el("main", {}, intake.picture, el("div", { class: "tools" }, intake.cameraButton), form),
  );
  return { body, end: intake.end };
}
