// SPDX-License-Identifier: Apache-2.0
// Packed as planned: a whole range of containers in one event, as the run says it.

import type { App, Screen } from "./app";
import { el, fill } from "./dom";
import { showHome } from "./homescreen";
import { buildTop } from "./parts";
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
  const from = el("input", { id: "plan-from", attrs: { type: "number", inputmode: "numeric", min: "1" } });
  const to = el("input", { id: "plan-to", attrs: { type: "number", inputmode: "numeric", min: "1" } });
  const order = (): Order | undefined => app.context?.orders.find((each) => each.run === details.run);

  /** Offer the levels of the run, and all of its containers. */
  function fit(): void {
    const chosen = order();
    const at = Number(level.value) || 1;
    const levels = chosen?.packing ?? [0];
    fill(level, ...levels.map((size, place) => el("option", { attrs: { value: String(place + 1), selected: place + 1 === at } }, app.say("plan-level-of", { level: String(place + 1), size: String(size) }))));
    const count = chosen === undefined ? 0 : countAt(chosen, at);
    from.value = "1";
    to.value = String(count);
    to.max = String(count);
  }

  async function send(): Promise<void> {
    const chosen = order();
    if (chosen === undefined) {
      state.textContent = app.say("setup-missing", { field: app.say("field-order") });
      return;
    }
    const [first, last, at] = [Number(from.value), Number(to.value), Number(level.value)];
    const most = countAt(chosen, at);
    if (!Number.isInteger(first) || !Number.isInteger(last) || first < 1 || last < first || last > most) {
      state.textContent = app.say("plan-range", { max: String(most) });
      return;
    }
    const plan = { run: chosen.run, level: at, from: first - 1, to: last };
    const shown = `${chosen.lot} ${String(first)}–${String(last)}`;
    if (await app.finishPlan(work, { plan }, shown, last - first + 1)) {
      app.feedback.give("done");
      app.show(showQueue);
    }
  }

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
    row("plan-level", level),
    el("div", { class: "pair" }, row("plan-from", from), row("plan-to", to)),
    buildField(app, task, "site", details),
    state,
    el("div", { class: "dock" }, el("button", { class: "main", attrs: { type: "submit" } }, app.say("plan-send"))),
  );
  fit();
  const title = app.say("task-planned");
  return { body: el("div", { class: "screen" }, buildTop(app, title, () => app.show(showHome)), el("main", {}, form)) };
}
