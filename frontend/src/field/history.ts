// SPDX-License-Identifier: Apache-2.0
// The life of a unit as the data centre tells it to an authority.

import { ApiError } from "../client/api";
import type { Code } from "../codes/reading";
import type { App } from "./app";
import { button, el, fill, icon } from "../page/dom";
import type { LocalText } from "./types";

interface EventLine {
  id: string;
  kind: string;
  at: string;
  organisation: { name: string } | null;
  partner: { name: string } | null;
  site: { name: string; region: string | null } | null;
  declaration: { declared_at: string } | null;
  details: { inspection?: { result?: string; document?: string; notes?: LocalText } } | null;
}

interface Entry {
  event: EventLine;
  anomalies: { text: string }[];
  path: { number: string | null }[];
}

interface Reading {
  at: string;
  channel: string;
  verdict: string;
  counted: boolean;
  readings: number;
  place: string | null;
}

interface Life {
  events: Entry[];
  is_cut: boolean;
  readings: { devices: number; items: Reading[]; has_more: boolean } | null;
}

/** Make the part that asks for the history when somebody wants it: it can be long. */
export function buildHistory(app: App, code: Code): HTMLElement {
  const body = el("div");
  const ask = button(app.say("history-show"), "second", () => void load(), "list");
  async function load(): Promise<void> {
    ask.disabled = true;
    try {
      const reply = await app.api.send<Life>(`/units/${encodeURIComponent(code.reference)}/history`);
      const { events, is_cut: isCut, readings } = reply.body;
      ask.hidden = true;
      fill(
        body,
        isCut && el("p", { class: "hint" }, app.say("history-cut")),
        events.length === 0 && el("p", { class: "hint" }, app.say("history-none")),
        el("ol", { class: "story" }, ...events.map((each) => drawEntry(app, each))),
        readings !== null && drawReadings(app, readings),
      );
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      fill(body, el("p", { class: "state bad" }, error.kind === "offline" ? app.say("look-offline") : error.message));
      ask.disabled = false;
    }
  }
  return el("section", { class: "card" }, el("h2", {}, app.say("history")), ask, body);
}

function drawEntry(app: App, { event, anomalies, path }: Entry): HTMLElement {
  const who = [event.organisation?.name, event.partner?.name].filter((name) => name).join(" → ");
  const where = [event.site?.name, event.site?.region].filter((name) => name).join(", ");
  const outer = path[path.length - 1]?.number;
  const inspection = event.details?.inspection;
  return el(
    "li",
    { class: event.declaration === null ? "" : "void" },
    el("strong", {}, app.say(`kind-${event.kind}`)),
    el("time", { attrs: { datetime: event.at } }, app.words.moment(Date.parse(event.at))),
    el("p", { class: "hint" }, [who, where].filter((part) => part !== "").join(" · ")),
    outer != null && el("p", { class: "hint" }, app.say("history-inside", { code: outer })),
    inspection?.result !== undefined && el("p", { class: "strong" }, sayResult(app, inspection.result)),
    inspection?.notes !== undefined && el("p", {}, app.words.pick(inspection.notes)),
    event.declaration !== null && el("p", { class: "why" }, app.say("history-void")),
    ...anomalies.map((each) => el("p", { class: "why" }, icon("warn"), each.text)),
  );
}

function sayResult(app: App, result: string): string {
  return app.words.has(`result-${result}`) ? app.say(`result-${result}`) : result;
}

function drawReadings(app: App, readings: NonNullable<Life["readings"]>): HTMLElement {
  const lines = readings.items.map((each) => {
    const times = each.readings > 1 ? ` ×${String(each.readings)}` : "";
    const place = each.place ?? app.say("reading-nowhere");
    return el(
      "li",
      {},
      el("time", { attrs: { datetime: each.at } }, app.words.moment(Date.parse(each.at))),
      el("p", { class: "hint" }, `${app.say(each.counted ? "reading-counted" : "reading-other")}${times} · ${place}`),
    );
  });
  return el(
    "div",
    { class: "readings" },
    el("h2", {}, app.say("readings", { count: String(readings.devices) })),
    el("ol", { class: "story" }, ...lines),
    readings.has_more && el("p", { class: "hint" }, app.say("readings-more")),
  );
}
