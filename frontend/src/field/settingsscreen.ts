// SPDX-License-Identifier: Apache-2.0
// Language, sound, what works without network, and leaving.

import type { App, Screen } from "./app";
import { button, el, fill } from "../page/dom";
import { showEnrolment } from "./enrolscreen";
import { showHome } from "./homescreen";
import { ask, buildTop } from "./parts";

export function showSettings(app: App): Screen {
  const sound = button("", "second", () => void turnSound());
  const drawSound = (): void => {
    fill(sound, el("span", {}, app.say(app.feedback.isLoud ? "sound-on" : "sound-off")));
    sound.setAttribute("aria-pressed", String(app.feedback.isLoud));
  };
  async function turnSound(): Promise<void> {
    app.feedback.isLoud = !app.feedback.isLoud;
    await app.store.put("facts", app.feedback.isLoud, "isLoud");
    drawSound();
    app.feedback.give("good");
  }
  drawSound();
  const languages = Object.entries(app.words.languages).map(([code, language]) => {
    const choose = (): void => {
      app.useLanguage(code);
      app.show(showSettings);
    };
    const attrs = { type: "button", lang: language.tag, "aria-pressed": String(code === app.words.code) };
    return el("button", { class: "second", attrs, on: { click: choose } }, language.name);
  });
  async function leave(): Promise<void> {
    const count = String(app.queue.waiting);
    const text = app.say(app.queue.waiting > 0 ? "leave-kept" : "leave-text", { count });
    if (!(await ask(app, app.say("leave"), text, app.say("leave"), true))) return;
    await app.signOut();
    app.show(showEnrolment);
  }
  const offline = ["offline-can", "offline-cannot", "offline-then"].map((name) => el("p", {}, app.say(name)));
  const body = el(
    "div",
    { class: "screen" },
    buildTop(app, app.say("settings"), () => app.show(showHome)),
    el(
      "main",
      { class: "settings" },
      el("h2", {}, app.say("language")),
      el("div", { class: "pair" }, ...languages),
      el("h2", {}, app.say("sound")),
      sound,
      el("h2", {}, app.say("offline")),
      ...offline,
      el("h2", {}, app.say("device")),
      el("p", {}, `${app.identity?.label ?? ""} · ${app.identity?.organisation.name ?? ""}`),
      el("p", { class: "hint mono" }, app.say("version", { version: app.shell.version })),
      button(app.say("leave"), "second grave", () => void leave(), "back"),
    ),
  );
  return { body };
}
