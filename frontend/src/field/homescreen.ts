// SPDX-License-Identifier: Apache-2.0
// The screen one starts from: whose phone it is, how it stands, and its tasks as large as thumbs.

import type { App, Screen } from "./app";
import { el, icon, update } from "../page/dom";
import { showLook } from "./lookscreen";
import { ask, buildStatus } from "./parts";
import { showPlan } from "./planscreen";
import { showQueue } from "./queuescreen";
import { showScan } from "./scanscreen";
import { isBegun, openWork } from "./session";
import { showSettings } from "./settingsscreen";
import { showSetup } from "./setupscreen";
import { findTask, listTasks } from "./tasks";
import type { Task } from "./tasks";
import type { Details, Work } from "./types";

export const TASK_ICONS: Record<string, string> = {
  pack: "box",
  palletise: "pallet",
  planned: "plan",
  unpack: "empty",
  "take-out": "takeout",
  replace: "swap",
  ship: "ship",
  "hand-over": "hand",
  receive: "receive",
  store: "store",
  sale: "sale",
  sell: "sell",
  return: "return",
  look: "look",
  find: "find",
  seal: "seal",
  unseal: "unseal",
};

export function showHome(app: App): Screen {
  const { identity } = app;
  const status = buildStatus(app, () => app.show(showQueue));
  const open = el("div");
  const refresh = (): void => {
    status.refresh();
    const { work } = app;
    update(open, work !== null && isBegun(work) && buildOpen(app, work));
  };
  refresh();
  const settings = el(
    "button",
    {
      class: "plain",
      attrs: { type: "button", "aria-label": app.say("settings") },
      on: { click: () => app.show(showSettings) },
    },
    icon("gear"),
  );
  const tasks = identity === null ? [] : listTasks(identity.profile);
  const body = el(
    "div",
    { class: "screen" },
    el(
      "header",
      { class: "top home-top" },
      el(
        "div",
        { class: "who" },
        el("h1", { attrs: { tabindex: "-1" } }, identity?.organisation.name ?? ""),
        el("p", {}, `${app.say(`profile-${identity?.profile ?? "packer"}`)} · ${identity?.label ?? ""}`),
      ),
      settings,
    ),
    el(
      "main",
      {},
      status.body,
      open,
      el("ul", { class: "tasks" }, ...tasks.map((task) => el("li", {}, buildTile(app, task)))),
    ),
  );
  return { body, refresh };
}

function buildTile(app: App, task: Task): HTMLElement {
  const coming = task.fields.includes("arrival") ? (app.context?.arrivals ?? []).length : 0;
  const hint = coming > 0 ? app.say("task-receive-coming", { count: String(coming) }) : app.say(`task-${task.name}-hint`);
  return el(
    "button",
    { class: "tile", attrs: { type: "button", "data-task": task.name }, on: { click: () => void begin(app, task) } },
    icon(TASK_ICONS[task.name] ?? "box"),
    el("span", { class: "name" }, app.say(`task-${task.name}`)),
    el("span", { class: "hint" }, hint),
  );
}

/** Make the way back to work that was begun and not finished, perhaps before the phone died. */
function buildOpen(app: App, work: Work): HTMLElement {
  const params = { task: app.say(`task-${work.task}`), count: String(work.scans.length) };
  return el(
    "button",
    { class: "tile going-on", attrs: { type: "button" }, on: { click: () => app.show(showScan) } },
    icon("wait"),
    el("span", { class: "name" }, app.say("go-on")),
    el("span", { class: "hint" }, app.say("go-on-hint", params)),
  );
}

async function begin(app: App, task: Task): Promise<void> {
  app.feedback.wake();
  if (app.work !== null && isBegun(app.work) && app.work.task !== task.name) {
    const yes = app.say("drop-yes");
    if (!(await ask(app, app.say("drop"), app.say("drop-text", { task: app.say(`task-${app.work.task}`) }), yes, true))) return;
  }
  if (app.work !== null && isBegun(app.work) && app.work.task === task.name) {
    app.show(showScan);
    return;
  }
  // What was chosen last is nearly always what is wanted.
  const last = (await app.store.get<Details>("facts", `details-${task.name}`)) ?? {};
  const own = app.context?.site?.id;
  const details: Details = { ...last };
  if (details.site === undefined && own !== undefined && task.fields.includes("site")) details.site = own;
  delete details.position;
  app.work = openWork(task.name, details);
  app.show(screenOf(task.name));
}

/** Return the screen that a task begins with. */
export function screenOf(name: string): (app: App) => Screen {
  const { shape, fields } = findTask(name);
  if (shape === "look") return showLook;
  if (shape === "plan") return showPlan;
  return fields.length > 0 ? showSetup : showScan;
}
