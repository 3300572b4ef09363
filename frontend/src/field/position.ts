// SPDX-License-Identifier: Apache-2.0
// Where a finding was made: by the phone's own position, once, after a button was pressed.

import type { App } from "./app";
import { button, el } from "../page/dom";
import type { Details } from "./types";

const WAIT_MS = 20_000;
// Some ten metres: more digits would pretend.
const DIGITS = 4;

/** Make the part of a form that takes the position. */
export function buildPosition(app: App, details: Details): HTMLElement {
  const state = el("p", { class: "state", attrs: { role: "status" } });
  const take = button(app.say("position-take"), "second", () => void find(), "pin");

  function show(): void {
    const { position } = details;
    if (position === undefined) return;
    state.className = "state good";
    state.textContent = app.say("position-taken", {
      place: `${String(position.latitude)}, ${String(position.longitude)}`,
      metres: String(position.accuracy_m),
    });
  }

  async function find(): Promise<void> {
    take.disabled = true;
    state.className = "state";
    state.textContent = app.say("position-asking");
    try {
      const { coords } = await new Promise<GeolocationPosition>((resolve, reject) => {
        navigator.geolocation.getCurrentPosition(resolve, reject, { enableHighAccuracy: true, timeout: WAIT_MS });
      });
      details.position = {
        latitude: Number(coords.latitude.toFixed(DIGITS)),
        longitude: Number(coords.longitude.toFixed(DIGITS)),
        accuracy_m: Math.max(10, Math.round(coords.accuracy)),
      };
      show();
    } catch {
      state.className = "state bad";
      state.textContent = app.say("position-failed");
    }
    take.disabled = false;
  }

  show();
  return el("div", { class: "row" }, el("p", { class: "label" }, app.say("position-title")), take, state);
}
