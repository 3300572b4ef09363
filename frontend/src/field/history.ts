// SPDX-License-Identifier: Apache-2.0
// The life of a unit as the data centre tells it to an authority.

import { ApiError } from "../client/api";
import type { Code } from "../codes/reading";
import type { App } from "./app";
import { button, el, fill } from "./dom";

interface EventLine {
  id: string;
  kind: string;
  at: string;
  organisation: { name: string } | null;
  partner: { name: string } | null;
  site: { name: string; region: string | null } | null;
  declaration: { declared_at: string } | null;
}

interface HistoryBody {
  events: { event: EventLine; flags?: string[] }[];
}

/** Make the part that asks for the history when somebody wants it: it can be long. */
export function buildHistory(app: App, code: Code): HTMLElement {
  const body = el("div");
  const ask = button(app.say("history-show"), "second", () => void load(), "list");
  async function load(): Promise<void> {
    ask.disabled = true;
    try {
      const path = `/units/${encodeURIComponent(code.serial ?? code.reference)}/history`;
      const reply = await app.api.send<HistoryBody>(path);
      fill(body, el("ol", { class: "story" }, ...reply.body.events.map((each) => drawEvent(app, each.event))));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      fill(body, el("p", { class: "state bad" }, error.kind === "offline" ? app.say("look-offline") : error.message));
      ask.disabled = false;
    }
  }
  return el("section", { class: "card" }, el("h2", {}, app.say("history")), ask, body);
}

function drawEvent(app: App, event: EventLine): HTMLElement {
  const who = [event.organisation?.name, event.partner?.name].filter((name) => name).join(" → ");
  const where = [event.site?.name, event.site?.region].filter((name) => name).join(", ");
  return el(
    "li",
    { class: event.declaration === null ? "" : "void" },
    el("strong", {}, app.say(`kind-${event.kind}`)),
    el("time", { attrs: { datetime: event.at } }, app.words.moment(Date.parse(event.at))),
    el("p", { class: "hint" }, [who, where].filter((part) => part !== "").join(" · ")),
    event.declaration !== null && el("p", { class: "why" }, app.say("history-void")),
  );
}
