// SPDX-License-Identifier: Apache-2.0
// For staff: how this kiosk is. It keeps nothing secret and changes nothing, so anybody may look.

import { button, el, icon } from "../page/dom";
import type { Kiosk, Screen } from "./kiosk";
import { buildBar, buildReturn, headline } from "./parts";
import { listVoices, pickVoice } from "./voice";

const SECONDS = 60;
const MB = 1024 * 1024;

/** One line: what, how it is, and whether somebody should look after it. */
interface Line {
  name: string;
  text: string;
  isGood: boolean;
}

export function showService(kiosk: Kiosk): Screen {
  const list = el("dl", { class: "service" });
  const foot = buildReturn(kiosk, SECONDS, button(kiosk.say("service-try"), "second", () => tryVoice(kiosk), "info"));
  let isEnded = false;

  async function refresh(): Promise<void> {
    const lines = await inspect(kiosk);
    if (isEnded) return;
    list.replaceChildren(
      ...lines.map((each) =>
        el(
          "div",
          { class: each.isGood ? "well" : "ill", attrs: { "data-name": each.name } },
          el("dt", {}, icon(each.isGood ? "good" : "warn"), kiosk.say(`service-${each.name}`)),
          el("dd", {}, each.text),
        ),
      ),
    );
  }

  const again = (): void => void refresh();
  // Browsers load their voices late.
  if ("speechSynthesis" in window) window.speechSynthesis.addEventListener("voiceschanged", again);
  again();
  const body = el(
    "div",
    { class: "screen plain serviced" },
    buildBar(kiosk),
    el("main", {}, headline(kiosk.say("service")), list),
    foot.body,
  );
  const end = (): void => {
    isEnded = true;
    if ("speechSynthesis" in window) window.speechSynthesis.removeEventListener("voiceschanged", again);
  };
  return { body, name: "service", seconds: SECONDS, tick: foot.tick, end, refresh: again };
}

function tryVoice(kiosk: Kiosk): void {
  kiosk.voice.say("done", kiosk.say("start"), kiosk.words.tag);
}

async function inspect(kiosk: Kiosk): Promise<Line[]> {
  const { identity, line, words, shell } = kiosk;
  const room = await describeRoom(kiosk);
  return [
    { name: "kiosk", text: [identity?.label, identity?.organisation].filter((each) => each).join(" · "), isGood: identity !== null },
    { name: "line", text: describeLine(kiosk), isGood: line.state === "open" },
    await describeWaiting(kiosk),
    { name: "room", text: room.text, isGood: room.isGood },
    describeClock(kiosk),
    ...Object.entries(words.languages).map(([, { tag, name }]) => describeVoice(kiosk, tag, name)),
    { name: "version", text: kiosk.say(kiosk.update === null ? "service-version-newest" : "service-version-next", { version: shell.version }), isGood: true },
  ];
}

function describeLine(kiosk: Kiosk): string {
  const { state, heardAt } = kiosk.line;
  const at = heardAt === 0 ? kiosk.say("service-never") : kiosk.words.moment(heardAt + (kiosk.line.correction ?? 0));
  return kiosk.say(`service-line-${state}`, { at });
}

async function describeWaiting(kiosk: Kiosk): Promise<Line> {
  const { store, line } = kiosk;
  const count = (await store.list()).length;
  const parts = [kiosk.say("service-waiting-count", { count: kiosk.count(count) })];
  if (store.fragile > 0) parts.push(kiosk.say("service-waiting-fragile", { count: kiosk.count(store.fragile) }));
  if (line.dropped > 0) parts.push(kiosk.say("service-waiting-dropped", { count: kiosk.count(line.dropped) }));
  return { name: "waiting", text: parts.join(" "), isGood: store.fragile === 0 && line.dropped === 0 };
}

async function describeRoom(kiosk: Kiosk): Promise<{ text: string; isGood: boolean }> {
  const { store } = kiosk;
  const parts = [kiosk.say(`service-room-${store.state}`)];
  if (!store.knowsIdentity) parts.push(kiosk.say("service-room-identity"));
  const storage = navigator.storage as StorageManager | undefined;
  const isLasting = (await storage?.persisted?.().catch(() => false)) ?? false;
  if (store.state === "well" && !isLasting) parts.push(kiosk.say("service-room-cleared"));
  const { quota = 0, usage = 0 } = (await storage?.estimate?.().catch(() => ({}) as StorageEstimate)) ?? {};
  if (quota > 0) parts.push(kiosk.say("service-room-free", { count: kiosk.count(Math.floor((quota - usage) / MB)) }));
  return { text: parts.join(" "), isGood: store.state === "well" && store.knowsIdentity };
}

function describeClock(kiosk: Kiosk): Line {
  const { correction } = kiosk.line;
  const minutes = Math.round((correction ?? 0) / 60_000);
  const name = correction === null ? "unknown" : minutes === 0 ? "right" : "wrong";
  const text = kiosk.say(`service-clock-${name}`, { minutes: kiosk.count(Math.abs(minutes)) });
  return { name: "clock", text, isGood: name !== "wrong" };
}

function describeVoice(kiosk: Kiosk, tag: string, language: string): Line {
  const voice = pickVoice(listVoices(), tag);
  const text = voice === null ? kiosk.say("service-voice-none", { language }) : `${language}: ${voice.name}`;
  return { name: "voice", text, isGood: voice !== null };
}
