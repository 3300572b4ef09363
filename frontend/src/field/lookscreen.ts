// SPDX-License-Identifier: Apache-2.0
// The inspector looks: what is registered beside what stands on the shelf, the whole history, all
// readings. Without network only what the label itself says.

import { ApiError } from "../client/api";
import { readCode } from "../codes/reading";
import type { Code } from "../codes/reading";
import type { App, Screen } from "./app";
import type { Verdict } from "./checking";
import { button, el, fill, icon } from "../page/dom";
import { showHome } from "./homescreen";
import { buildHistory } from "./history";
import { buildIntake } from "./intake";
import { buildStatus, buildTop } from "./parts";
import { showQueue } from "./queuescreen";
import { openWork } from "./session";
import { showSetup } from "./setupscreen";

const TONES: Record<string, "bad" | "good" | "warn"> = { genuine: "good", caution: "warn", not_released: "warn" };

export function showLook(app: App): Screen {
  const status = buildStatus(app, () => app.show(showQueue));
  const found = el("div", { class: "found" });
  const intake = buildIntake(app, (text) => void look(text));
  const plate = (tone: "bad" | "calm" | "good" | "warn", text: string, hint: string): HTMLElement =>
    el(
      "div",
      { class: `plate ${tone}`, attrs: { role: "status" } },
      icon(tone === "calm" ? "look" : tone),
      el("div", {}, el("p", { class: "word" }, text), hint !== "" && el("p", { class: "hint" }, hint)),
    );

  async function look(text: string): Promise<void> {
    const read = readCode(text, app.shell.hosts);
    if ("fault" in read) {
      app.feedback.give("bad");
      fill(found, plate("bad", app.say(`fault-${read.fault}`), read.text));
      return;
    }
    const { code } = read;
    fill(found, plate("calm", app.say("look-asking"), code.shown));
    try {
      const { body } = await app.api.send<Verdict>("/verifications", { body: { code: code.reference, include: ["group"] } });
      show(code, body);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      app.feedback.give("warn");
      const said = error.kind === "offline" ? app.say("look-offline") : error.message;
      fill(found, plate("warn", said, code.shown), drawLabel(app, code), buildActions(code));
    }
  }

  function show(code: Code, said: Verdict): void {
    const tone = TONES[said.verdict] ?? "bad";
    app.feedback.give(tone);
    const reasons = said.reasons.map((reason) => el("li", {}, reason.text));
    fill(
      found,
      plate(tone, said.title, code.shown),
      el("ul", { class: "reasons" }, ...reasons),
      drawRegistered(app, said),
      drawContents(app, said),
      drawLabel(app, code),
      buildActions(code),
      said.unit !== null && buildHistory(app, code),
    );
  }

  function buildActions(code: Code): HTMLElement {
    const begin = (task: string) => (): void => {
      const work = openWork(task, {});
      const at = app.moment().now;
      work.scans.push({ ...code, at, check: "good" });
      app.work = work;
      app.show(showSetup);
    };
    return el(
      "div",
      { class: "actions" },
      button(app.say("task-find"), "main", begin("find"), "find"),
      button(app.say("task-seal"), "second", begin("seal"), "seal"),
      button(app.say("task-unseal"), "second", begin("unseal"), "unseal"),
    );
  }

  fill(found, plate("calm", app.say("scan-next"), app.say("scan-how")));
  const body = el(
    "div",
    { class: "screen scanning" },
    buildTop(app, app.say("task-look"), () => app.show(showHome)),
    el("main", {}, status.body, intake.picture, intake.typing, found),
    el("footer", { class: "dock" }, el("div", { class: "tools" }, intake.cameraButton, intake.typeButton)),
  );
  return { body, refresh: status.refresh, end: intake.end };
}

/** Show what is registered, line by line, to be compared with what stands on the goods. */
function drawRegistered(app: App, said: Verdict): HTMLElement {
  const { product, batch, organisation, unit } = said;
  const lines: [string, string | null | undefined][] = [
    ["look-organisation", organisation === null ? null : `${organisation.name}${organisation.verified ? " ✓" : ""}`],
    ["look-product", app.words.pick(product?.name)],
    ["look-specification", product?.specification],
    ["look-gtin", product?.gtin],
    ["look-lot", batch?.lot],
    ["look-produced", batch?.produced_on],
    ["look-expires", batch?.expires_on],
    ["look-number", unit?.number],
    ["look-level", unit === null ? null : app.say(unit.level === 0 ? "level-item" : "level-group", { level: String(unit.level) })],
  ];
  const shown = lines.filter(([, value]) => value);
  if (shown.length === 0) return el("div");
  return el(
    "section",
    { class: "card" },
    el("h2", {}, app.say("look-registered")),
    el("p", { class: "hint" }, app.say("look-compare")),
    el("dl", {}, ...shown.map(([name, value]) => el("div", {}, el("dt", {}, app.say(name)), el("dd", {}, value ?? "")))),
  );
}

/** Show what is inside a group by what was packed, and where plan and label say otherwise. */
function drawContents(app: App, said: Verdict): HTMLElement {
  const { group } = said;
  if (!group) return el("div");
  const { agrees } = group;
  const lines: [string, readonly string[]][] = [
    ["inside-gone", group.gone],
    ["inside-added", group.added],
    ["inside-missing", group.missing],
    ["inside-extra", group.extra],
  ];
  const shown = lines.filter(([, numbers]) => numbers.length > 0);
  return el(
    "section",
    { class: "card" },
    el("h2", {}, app.say(group.packed ? "inside-now" : "inside-planned", { count: String(group.count) })),
    agrees !== null && el("p", { class: "hint" }, app.say(agrees ? "inside-agrees" : "inside-differs")),
    shown.length > 0 &&
      el(
        "dl",
        {},
        ...shown.map(([name, numbers]) =>
          el("div", {}, el("dt", {}, app.say(name)), el("dd", { class: "mono" }, numbers.join(" "))),
        ),
      ),
  );
}

/** Show what the label says by itself; for a group the numbers inside, to be compared by eye. */
function drawLabel(app: App, code: Code): HTMLElement {
  const { contents } = code;
  if (contents === null) return el("div");
  return el(
    "section",
    { class: "card" },
    el("h2", {}, app.say("label-contents", { count: String(contents.count) })),
    el("p", { class: "hint" }, app.say(contents.isListed ? "label-listed" : "label-first")),
    el("ul", { class: "numbers" }, ...contents.numbers.map((number) => el("li", { class: "mono" }, number))),
  );
}
