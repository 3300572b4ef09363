// SPDX-License-Identifier: Apache-2.0
// The first screen: becoming a device of an organisation, by the square of the console or its code.

import { Camera } from "../capture/camera";
import { fold } from "../codes/humancode";
import { ApiError } from "../client/api";
import type { App, Screen } from "./app";
import { button, el, fill, icon } from "../page/dom";
import { showHome } from "./homescreen";
import { ask } from "./parts";
import type { Context } from "./types";

const CODE_SYMBOLS = 12;

/** Return the code in an address of ours like `https://HOST/field#enrol=CODE`, or in what was typed. */
export function findCode(text: string, hosts: readonly string[]): string | null {
  const link = /^https?:\/\/([^/?#]+)\/field#enrol=([^&]+)$/i.exec(text.trim());
  if (link && !hosts.includes((link[1] ?? "").toLowerCase())) return null;
  const code = fold(link?.[2] ?? text);
  return code?.length === CODE_SYMBOLS ? code : null;
}

export function showEnrolment(app: App): Screen {
  const field = el("input", {
    id: "code",
    class: "code",
    attrs: {
      type: "text",
      autocomplete: "off",
      autocapitalize: "characters",
      spellcheck: "false",
      "aria-describedby": "code-state",
      placeholder: "XXXX-XXXX-XXXX",
    },
  });
  const state = el("p", { id: "code-state", class: "state", attrs: { role: "status" } });
  const video = el("video", { attrs: { playsinline: true, muted: true, "aria-label": app.say("camera-picture") } });
  const finder = el("div", { class: "finder", attrs: { hidden: true } }, video);
  const camera = new Camera(video, app.shell.files, (text) => take(text));
  const open = button(app.say("enrol-scan"), "main tall", () => void start(), "camera");
  const send = el("button", { class: "second", attrs: { type: "submit" } }, app.say("enrol-send"));

  async function start(): Promise<void> {
    const fault = await camera.open();
    finder.hidden = fault !== null;
    open.hidden = fault === null;
    tell(fault === null ? app.say("enrol-looking") : app.say(`camera-${fault}`), fault === null ? "" : "bad");
  }

  function tell(text: string, tone: "" | "bad"): void {
    state.textContent = text;
    state.className = `state ${tone}`.trim();
  }

  function take(text: string): void {
    const code = findCode(text, app.shell.hosts);
    if (code === null) tell(app.say("enrol-foreign"), "bad");
    else void enrol(code);
  }

  async function enrol(code: string): Promise<void> {
    camera.close();
    finder.hidden = true;
    open.hidden = false;
    tell(app.say("enrol-sending"), "");
    send.disabled = true;
    try {
      const body = { code, app_version: app.shell.version };
      const reply = await app.api.send<Context & { key: string }>("/devices/enrolment", { body, isAnonymous: true });
      await app.takeTime(reply);
      await settle(reply.body);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      tell(error.kind === "offline" ? app.say("enrol-offline") : error.message || app.say("enrol-failed"), "bad");
    } finally {
      send.disabled = false;
    }
  }

  /** Ask before the phone changes hands while it still holds what another organisation did. */
  async function settle(body: Context & { key: string }): Promise<void> {
    const others = app.queue.list().filter((row) => row.state === "waiting" && row.organisationId !== body.organisation.id);
    const count = String(others.length);
    const params = { count, from: app.identity?.organisation.name ?? "", to: body.organisation.name };
    const agrees =
      others.length === 0 || (await ask(app, app.say("enrol-other"), app.say("enrol-other-text", params), app.say("enrol-other-yes")));
    if (!agrees) {
      tell(app.say("enrol-other-no"), "bad");
      return;
    }
    await app.become(body);
    app.show(showHome);
  }

  const form = el(
    "form",
    {
      on: {
        submit: (event) => {
          event.preventDefault();
          take(field.value);
        },
      },
    },
    el("label", { attrs: { for: "code" } }, app.say("enrol-code")),
    field,
    send,
  );
  const waiting = app.queue.waiting;
  const body = el(
    "div",
    { class: "screen door" },
    buildDoor(app),
    el(
      "main",
      {},
      el("h1", { attrs: { tabindex: "-1" } }, app.say("enrol-title")),
      el("p", { class: "lead" }, app.say("enrol-lead")),
      waiting > 0 &&
        el("div", { class: "note warn" }, icon("wait"), el("p", {}, app.say("enrol-kept", { count: String(waiting) }))),
      finder,
      open,
      el("p", { class: "or" }, app.say("or")),
      form,
      state,
    ),
  );
  const { hash } = location;
  if (hash.startsWith("#enrol=")) {
    // The code is worth something until it is used: not to be found in the history.
    history.replaceState(null, "", location.pathname);
    const code = findCode(decodeURIComponent(hash.slice("#enrol=".length)), app.shell.hosts);
    if (code !== null) void enrol(code);
  }
  return { body, end: () => camera.close() };
}

function buildDoor(app: App): HTMLElement {
  const choices = Object.entries(app.words.languages).map(([code, language]) => {
    const choose = (): void => {
      app.useLanguage(code);
      app.show(showEnrolment);
    };
    const isChosen = code === app.words.code;
    const attrs = { type: "button", lang: language.tag, "aria-pressed": String(isChosen) };
    return el("button", { class: "plain", attrs, on: { click: choose } }, language.name);
  });
  const seal = el("img", { attrs: { src: app.shell.icon, alt: "", width: "56", height: "56" } });
  const bar = el("header", { class: "door-bar" });
  fill(bar, el("div", { class: "brand" }, seal, el("span", {}, app.say("title"))), el("div", { class: "languages" }, ...choices));
  return bar;
}
