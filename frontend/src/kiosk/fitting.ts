// SPDX-License-Identifier: Apache-2.0
// Fits an answer into the screen it is on: nobody who stands before a kiosk thinks of scrolling.

import { el } from "../page/dom";

/** A part of an answer that can be a page of its own. */
export interface Card {
  title: string;
  body: HTMLElement;
}

/**
 * Fit cards into `main`: side by side; else a little smaller; else one at a time behind buttons. Only a
 * single card too long for the whole screen is scrolled, by keys as well.
 */
export function fitCards(main: HTMLElement, cards: readonly Card[]): void {
  if (fits(main)) return;
  main.classList.add("dense");
  if (fits(main)) return;
  if (cards.length > 1) turnPages(main, cards);
  if (!fits(main)) main.setAttribute("tabindex", "0");
}

function turnPages(main: HTMLElement, cards: readonly Card[]): void {
  main.classList.remove("dense");
  main.classList.add("paged");
  const buttons = cards.map(({ title }, place) =>
    el("button", { class: "tab", attrs: { type: "button" }, on: { click: () => open(place) } }, title),
  );
  const tabs = el("div", { class: "tabs", attrs: { role: "group" } }, ...buttons);
  cards[0]?.body.before(tabs);

  function open(chosen: number): void {
    cards.forEach(({ body }, place) => (body.hidden = place !== chosen));
    buttons.forEach((each, place) => each.setAttribute("aria-pressed", String(place === chosen)));
    main.scrollTop = 0;
  }

  // One size for all of them: letters that change with every page look like a fault.
  const isTooLong = cards.some((_, place) => {
    open(place);
    return !fits(main);
  });
  main.classList.toggle("dense", isTooLong);
  open(0);
}

function fits(main: HTMLElement): boolean {
  return main.scrollHeight <= main.clientHeight + 1;
}
