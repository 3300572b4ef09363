// SPDX-License-Identifier: Apache-2.0
// What several screens are made of: the bar on top, the state of network and queue, and questions.

import { correctionOf } from "../client/clock";
import type { App } from "./app";
import { button, el, fill, icon, update } from "../page/dom";
import { OPEN_MANY, OPEN_MAX } from "./queue";

/** Make the bar on top: back, what this is, and what else can be done here. */
export function buildTop(app: App, title: string, back: (() => void) | null, ...more: HTMLElement[]): HTMLElement {
  return el(
    "header",
    { class: "top" },
    back !== null &&
      el(
        "button",
        { class: "plain", attrs: { type: "button", "aria-label": app.say("back") }, on: { click: back } },
        icon("back"),
      ),
    el("h1", { attrs: { tabindex: "-1" } }, title),
    ...more,
  );
}

/** Make the line that says how it stands: network, queue, clock, room. `open` shows the queue. */
export function buildStatus(app: App, open: () => void): { body: HTMLElement; refresh: () => void } {
  const chip = el("button", { class: "chip", attrs: { type: "button" }, on: { click: open } });
  const notes = el("div", { class: "notes", attrs: { role: "status" } });
  const refresh = (): void => {
    const [look, mark, text] = describeLink(app);
    chip.className = `chip ${look}`;
    update(chip, icon(mark), el("span", {}, text));
    update(notes, ...listNotes(app));
  };
  refresh();
  return { body: el("div", { class: "standing" }, chip, notes), refresh };
}

function describeLink(app: App): [string, string, string] {
  const count = String(app.queue.waiting);
  const { refused } = app.queue;
  if (refused > 0) return ["bad", "bad", app.say("queue-refused", { count: String(refused) })];
  const { flagged } = app.queue;
  if (flagged > 0) return ["warn", "warn", app.say("queue-flagged", { count: String(flagged) })];
  if (app.link === "offline" || !navigator.onLine) {
    return ["wait", "cloud", app.queue.waiting === 0 ? app.say("queue-offline-empty") : app.say("queue-offline", { count })];
  }
  if (app.isSending && app.queue.waiting > 0) return ["wait", "wait", app.say("queue-sending", { count })];
  if (app.queue.waiting > 0) return ["wait", "wait", app.say("queue-waiting", { count })];
  if (app.link === null) return ["wait", "wait", app.say("queue-asking")];
  return ["good", "good", app.say("queue-empty")];
}

function listNotes(app: App): HTMLElement[] {
  const notes: HTMLElement[] = [];
  const note = (look: string, mark: string, text: string, action?: HTMLElement): void => {
    notes.push(el("div", { class: `note ${look}` }, icon(mark), el("p", {}, text), action));
  };
  if (app.isOutdated) {
    const reload = (): void => location.reload();
    note("warn", "info", app.say("outdated"), button(app.say("reload"), "small", reload));
  } else if (app.update !== null) {
    note("calm", "info", app.say("update"), button(app.say("update-now"), "small", app.update));
  }
  if (app.isFull) note("bad", "warn", app.say("full"));
  if (app.queue.open >= OPEN_MAX) note("bad", "warn", app.say("queue-limit", { max: String(OPEN_MAX) }));
  else if (app.queue.open >= OPEN_MANY) {
    note("warn", "warn", app.say("queue-many", { count: String(app.queue.open), max: String(OPEN_MAX) }));
  }
  if (app.link === "unknown") note("bad", "warn", app.say("revoked", { count: String(app.queue.waiting) }));
  const minutes = Math.round(correctionOf(app.measure) / 60_000);
  if (minutes !== 0) {
    const name = minutes > 0 ? "clock-behind" : "clock-ahead";
    note("warn", "clock", app.say(name, { minutes: String(Math.abs(minutes)) }));
  }
  return notes;
}

/** Ask a question over everything; answers true for yes. */
export function ask(app: App, title: string, text: string, yes: string, isGrave = false): Promise<boolean> {
  return new Promise((resolve) => {
    const dialog = el("dialog", { class: "ask", attrs: { "aria-labelledby": "ask-title" } });
    const end = (answer: boolean) => (): void => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    fill(
      dialog,
      el("h2", { id: "ask-title" }, title),
      el("p", {}, text),
      button(yes, isGrave ? "main grave" : "main", end(true)),
      button(app.say("cancel"), "second", end(false)),
    );
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      end(false)();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
