// SPDX-License-Identifier: Apache-2.0
// What is asked once before many codes are scanned: where, with whom, in which vehicle.

import type { App, Screen } from "./app";
import { el, fill } from "../page/dom";
import { showHome } from "./homescreen";
import { buildTop } from "./parts";
import { buildPhotos } from "./photos";
import { buildPosition } from "./position";
import { showScan } from "./scanscreen";
import { openWork } from "./session";
import { RESULTS, findTask } from "./tasks";
import type { FieldName, Task } from "./tasks";
import type { Arrival, Details } from "./types";

const LINE_MAX = 200;
const NOTES_MAX = 1000;

interface Choice {
  value: string;
  text: string;
}

export function showSetup(app: App): Screen {
  const work = app.work ?? openWork("receive", {});
  const task = findTask(work.task);
  const details: Details = { ...work.details };
  const state = el("p", { class: "state bad", attrs: { role: "alert" } });
  const asked = task.fields.filter((name) => name !== "arrival" || (app.context?.arrivals ?? []).length > 0);
  const fields = asked.map((name) => buildField(app, task, name, details));
  const isFinding = task.name === "find";

  async function go(): Promise<void> {
    app.feedback.wake();
    const missing = (task.needs ?? []).find((name) => !details[keyOf(name)]);
    if (missing !== undefined) {
      state.textContent = app.say("setup-missing", { field: app.say(`field-${missing}`) });
      document.getElementById(`setup-${missing}`)?.focus();
      return;
    }
    // What the shipment says need not be said again.
    const arrival = findArrival(app, details);
    if (arrival !== null) details.partner ??= arrival.sender.id;
    if (arrival?.document) details.document ??= arrival.document;
    work.details = details;
    app.work = work;
    // What belongs to one load only is not offered for the next.
    const { arrival: _arrival, document: _document, expected: _expected, notes: _notes, position: _position, ...kept } = details;
    if (await app.keepWork()) {
      await app.store.put("facts", kept, `details-${task.name}`);
      app.show(showScan);
    }
  }

  const results = el("fieldset", { class: "choices" });
  if (isFinding) {
    details.result ??= "conforms";
    fill(
      results,
      el("legend", {}, app.say("finding-result")),
      ...RESULTS.map((result) => {
        const choose = (): void => {
          details.result = result;
        };
        const attrs = { type: "radio", name: "result", value: result, checked: details.result === result };
        return el("label", {}, el("input", { attrs, on: { change: choose } }), el("span", {}, app.say(`result-${result}`)));
      }),
    );
  }
  const form = el(
    "form",
    {
      class: "setup",
      on: {
        submit: (event) => {
          event.preventDefault();
          void go();
        },
      },
    },
    isFinding && results,
    ...fields,
    task.shape === "find" && buildPosition(app, details),
    task.shape === "find" && buildPhotos(app, work),
    state,
    el("div", { class: "dock" }, el("button", { class: "main", attrs: { type: "submit" } }, app.say("setup-go"))),
  );
  const title = app.say(`task-${task.name}`);
  const body = el("div", { class: "screen" }, buildTop(app, title, () => app.show(showHome)), el("main", {}, form));
  const known = app.context;
  // A phone that was just enrolled may learn where and with whom while this is open already.
  const refresh = (): void => {
    if (known !== null || app.context === null) return;
    app.work = { ...work, details };
    app.show(showSetup);
  };
  return { body, refresh };
}

/** Return where a field's answer is kept. */
function keyOf(name: FieldName): keyof Details {
  return name === "order" ? "run" : name;
}

function listChoices(app: App, name: FieldName): Choice[] | null {
  const { context } = app;
  if (name === "site") {
    return (context?.sites ?? []).map((site) => ({
      value: site.id,
      text: site.region === null ? site.name : `${site.name} · ${site.region}`,
    }));
  }
  if (name === "partner") return (context?.partners ?? []).map(({ id, name: text }) => ({ value: id, text }));
  if (name === "territory") {
    return (context?.territories ?? []).map((each) => ({ value: each.id, text: app.words.pick(each.name) }));
  }
  if (name === "arrival") {
    return (context?.arrivals ?? []).map((each) => ({ value: each.id, text: tellArrival(app, each) }));
  }
  if (name !== "order") return null;
  return (context?.orders ?? []).map((order) => ({
    value: String(order.run),
    text: `${app.words.pick(order.product)} · ${order.lot} · ${order.packing.join("×")}`,
  }));
}

/** Return the shipment that is being received, if it was chosen and still is on its way. */
export function findArrival(app: App, details: Details): Arrival | null {
  return app.context?.arrivals?.find((each) => each.id === details.arrival) ?? null;
}

function tellArrival(app: App, { sender, count, expected, at, vehicle }: Arrival): string {
  const when = app.words.moment(Date.parse(expected ?? at));
  const params = { name: sender.name, count: String(count), at: when };
  const told = app.say(expected === null ? "arrival-sent" : "arrival-expected", params);
  return vehicle === null ? told : `${told} · ${vehicle}`;
}

export function buildField(app: App, task: Task, name: FieldName, details: Details): HTMLElement {
  const id = `setup-${name}`;
  const isNeeded = task.needs?.includes(name) === true;
  const label = el(
    "label",
    { attrs: { for: id } },
    app.say(labelOf(task, name)),
    !isNeeded && el("span", { class: "optional" }, app.say("optional")),
  );
  const choices = listChoices(app, name);
  const row = el("div", { class: "row" }, label);
  if (choices !== null) {
    row.append(buildSelect(app, id, name, choices, details));
    if (choices.length === 0) row.append(el("p", { class: "hint" }, app.say(`none-${name}`)));
    return row;
  }
  const key = keyOf(name) as "carrier" | "document" | "expected" | "notes" | "vehicle";
  const take = (event: Event): void => {
    const { value } = event.target as HTMLInputElement;
    if (value.trim() === "") delete details[key];
    else details[key] = value.trim();
  };
  const on = { input: take, change: take };
  if (name === "notes") {
    const area = el("textarea", { id, attrs: { rows: "3", maxlength: String(NOTES_MAX) }, on });
    area.value = details.notes ?? "";
    row.append(area);
    return row;
  }
  const type = name === "expected" ? "datetime-local" : "text";
  const input = el("input", { id, attrs: { type, maxlength: String(LINE_MAX), autocomplete: "off" }, on });
  input.value = details[key] ?? "";
  row.append(input);
  return row;
}

/** A shop takes returns from somebody, a driver hands over to somebody: the label says which. */
function labelOf(task: Task, name: FieldName): string {
  if (name === "partner") return task.kind === "shipping" ? "field-partner-to" : "field-partner-from";
  if (name === "site") return task.kind === "shipping" ? "field-site-from" : "field-site";
  return `field-${name}`;
}

function buildSelect(app: App, id: string, name: FieldName, choices: Choice[], details: Details): HTMLElement {
  const chosen = name === "order" ? String(details.run ?? "") : String(details[keyOf(name)] ?? "");
  const select = el("select", {
    id,
    on: {
      change: (event) => {
        const { value } = event.target as HTMLSelectElement;
        if (name === "order") {
          if (value === "") delete details.run;
          else details.run = Number(value);
        } else {
          const key = keyOf(name) as "arrival" | "partner" | "site" | "territory";
          if (value === "") delete details[key];
          else details[key] = value;
        }
      },
    },
  });
  select.append(el("option", { attrs: { value: "" } }, app.say(name === "order" ? "any-order" : "not-told")));
  for (const { value, text } of choices) {
    select.append(el("option", { attrs: { value, selected: value === chosen } }, text));
  }
  // What was chosen last time may be gone by now.
  if (!choices.some((each) => each.value === chosen)) {
    if (name === "order") delete details.run;
    else delete details[keyOf(name)];
  }
  return select;
}

