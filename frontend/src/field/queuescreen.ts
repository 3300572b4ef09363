// SPDX-License-Identifier: Apache-2.0
// The queue: what waits, what was sent, and above all what was refused and why.

import type { App, Screen } from "./app";
import { button, el, icon, update } from "../page/dom";
import { showHome, TASK_ICONS } from "./homescreen";
import { ask, buildStatus, buildTop } from "./parts";
import type { Flag, Row } from "./types";

// Of each part the newest: thousands of cards would stop an old phone.
const SHOWN_MAX = 200;

export function showQueue(app: App): Screen {
  const status = buildStatus(app, () => void app.sync());
  const list = el("div");
  const send = button(app.say("send-now"), "main", () => void app.sync(), "cloud");
  const refresh = (): void => {
    status.refresh();
    send.disabled = app.isSending || app.queue.waiting === 0;
    const rows = [...app.queue.list()].reverse();
    const refused = rows.filter((row) => row.state === "refused" && !row.isSeen);
    const flagged = rows.filter((row) => row.state === "sent" && row.flags.length > 0 && !row.isSeen);
    const waiting = rows.filter((row) => row.state === "waiting" || (row.state === "removed" && row.declaredAt === null));
    const done = rows.filter((row) => !refused.includes(row) && !flagged.includes(row) && !waiting.includes(row));
    update(
      list,
      ...buildPart(app, "queue-part-refused", refused),
      ...buildPart(app, "queue-part-flagged", flagged),
      ...buildPart(app, "queue-part-waiting", waiting),
      ...buildPart(app, "queue-part-done", done),
      rows.length === 0 && el("p", { class: "nothing" }, app.say("queue-nothing")),
    );
  };
  refresh();
  const body = el(
    "div",
    { class: "screen" },
    buildTop(app, app.say("queue"), () => app.show(showHome)),
    el("main", {}, status.body, list),
    el("footer", { class: "dock" }, send),
  );
  return { body, refresh };
}

function buildPart(app: App, name: string, rows: Row[]): HTMLElement[] {
  if (rows.length === 0) return [];
  const title = app.say(name, { count: String(rows.length) });
  const shown = rows.slice(0, SHOWN_MAX);
  return [
    el("h2", {}, title),
    el("ul", { class: "rows" }, ...shown.map((row) => buildRow(app, row))),
    ...(shown.length < rows.length ? [el("p", { class: "hint" }, app.say("queue-newest", { count: String(SHOWN_MAX) }))] : []),
  ];
}

function buildRow(app: App, row: Row): HTMLElement {
  const [look, mark] = describe(row);
  const facts = [
    app.words.moment(row.madeAt + row.correction),
    app.say("row-units", { count: String(row.count), code: row.shown }),
  ];
  if (row.correction !== 0) facts.push(app.say("row-corrected", { minutes: String(Math.round(row.correction / 60_000)) }));
  const actions: HTMLElement[] = [];
  if ((row.state === "refused" || row.flags.length > 0) && !row.isSeen) {
    actions.push(button(app.say("row-seen"), "small", () => void app.queue.markSeen(row), "good"));
  }
  if (row.state === "waiting" || row.state === "sent") {
    actions.push(button(app.say("row-undo"), "small", () => void takeBack(app, row), "undo"));
  }
  return el(
    "li",
    { class: `card ${look}`, attrs: { "data-key": row.id, "data-state": row.state } },
    el("div", { class: "card-head" }, icon(TASK_ICONS[row.task] ?? "box"), el("h3", {}, app.say(`task-${row.task}`)),
      el("span", { class: "tag" }, icon(mark), app.say(wordOf(row)))),
    el("p", { class: "facts" }, facts.join(" · ")),
    row.error !== null && el("p", { class: "why" }, row.error.message || row.error.code),
    row.error !== null && el("p", { class: "hint" }, advise(app, "refused", row.error.code)),
    ...row.flags.flatMap((flag) => drawFlag(app, flag)),
    actions.length > 0 && el("div", { class: "actions" }, ...actions),
  );
}

function drawFlag(app: App, flag: Flag): HTMLElement[] {
  const { code, text } = typeof flag === "string" ? { code: "", text: flag } : flag;
  return [el("p", { class: "why" }, text), el("p", { class: "hint" }, advise(app, "odd", code))];
}

/** Say what to do about a refusal or an oddity; in general where nothing in particular is known. */
function advise(app: App, what: "odd" | "refused", code: string): string {
  const name = `${what}-${code}`;
  return app.say(app.words.has(name) ? name : `${what}-other`);
}

function wordOf(row: Row): string {
  if (row.state === "removed") return row.declaredAt === null ? "row-taking-back" : "row-taken-back";
  return row.flags.length > 0 ? "row-flagged" : `row-${row.state}`;
}

function describe(row: Row): [string, string] {
  if (row.state === "refused") return ["bad", "bad"];
  if (row.flags.length > 0) return ["warn", "warn"];
  if (row.state === "sent") return ["good", "good"];
  return row.state === "removed" ? ["calm", "undo"] : ["wait", "wait"];
}

async function takeBack(app: App, row: Row): Promise<void> {
  // It may have gone out since its card was drawn.
  const now = app.queue.list().find((each) => each.id === row.id) ?? row;
  const text = app.say(now.isTried ? "take-back-sent" : "take-back-waiting");
  if (!(await ask(app, app.say("take-back"), text, app.say("take-back-yes"), true))) return;
  await app.queue.takeBack(row);
  void app.sync();
}
