// SPDX-License-Identifier: Apache-2.0
// Photographs of a finding: made smaller on the phone, kept there until they are sent.

import { makeUuid7 } from "../client/uuid7";
import type { App } from "./app";
import { el, fill, icon } from "../page/dom";
import type { Photo } from "./queue";
import { StoreFullError } from "./store";
import type { Work } from "./types";

// See FILES_MAX in domain/inspections.py.
const PHOTOS_MAX = 10;
// Enough to read a label on it; some 400 kB.
const SIDE_MAX = 2000;
const QUALITY = 0.82;

/** Draw a photograph anew: small, and without what cameras write into theirs. */
async function shrink(file: Blob): Promise<Blob> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, SIDE_MAX / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", QUALITY);
  });
}

/** Make the part of a form that takes photographs. */
export function buildPhotos(app: App, work: Work): HTMLElement {
  const list = el("ul", { class: "photos" });
  const state = el("p", { class: "state", attrs: { role: "status" } });
  const input = el("input", {
    id: "photo",
    class: "unseen",
    attrs: { type: "file", accept: "image/*", capture: "environment" },
    on: { change: () => void add() },
  });
  const pick = el("label", { class: "second", attrs: { for: "photo" } }, icon("camera"), el("span", {}, app.say("photo-add")));
  const urls: string[] = [];

  async function add(): Promise<void> {
    const [file] = input.files ?? [];
    input.value = "";
    if (!file) return;
    try {
      const photo: Photo = { id: makeUuid7(Date.now()), blob: await shrink(file), fileId: null };
      await app.store.put("photos", photo);
      work.photos = [...work.photos, photo.id];
      state.textContent = "";
    } catch (error) {
      state.textContent = app.say(error instanceof StoreFullError ? "full" : "photo-failed");
      return;
    }
    await show();
  }

  async function show(): Promise<void> {
    for (const url of urls.splice(0)) URL.revokeObjectURL(url);
    const found: HTMLElement[] = [];
    for (const [place, id] of work.photos.entries()) {
      const photo = await app.store.get<Photo>("photos", id);
      if (!photo) continue;
      const url = URL.createObjectURL(photo.blob);
      urls.push(url);
      const drop = async (): Promise<void> => {
        work.photos = work.photos.filter((each) => each !== id);
        await app.store.remove("photos", id);
        await show();
      };
      const name = app.say("photo-number", { number: String(place + 1) });
      const remove = el(
        "button",
        { attrs: { type: "button", "aria-label": app.say("photo-drop", { number: String(place + 1) }) }, on: { click: () => void drop() } },
        icon("bad"),
      );
      found.push(el("li", {}, el("img", { attrs: { src: url, alt: name } }), remove));
    }
    fill(list, ...found);
    pick.hidden = work.photos.length >= PHOTOS_MAX;
  }

  void show();
  return el("div", { class: "row" }, el("p", { class: "label" }, app.say("photo-title")), list, input, pick, state);
}
