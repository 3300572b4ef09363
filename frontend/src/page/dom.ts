// SPDX-License-Identifier: Apache-2.0
// Elements from code. Texts are always texts: nothing that was scanned or typed becomes markup.

type Child = Node | string | null | false | undefined;

interface Props {
  class?: string;
  id?: string;
  on?: Record<string, (event: Event) => void>;
  attrs?: Record<string, string | boolean | null>;
}

const SVG = "http://www.w3.org/2000/svg";

/** Make an element; `attrs` that are false or null are left out. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (props.class) element.className = props.class;
  if (props.id) element.id = props.id;
  for (const [name, value] of Object.entries(props.attrs ?? {})) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null) element.setAttribute(name, value);
  }
  for (const [name, listener] of Object.entries(props.on ?? {})) element.addEventListener(name, listener);
  fill(element, ...children);
  return element;
}

/** Give an element these children and no others. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren(...children.filter((child): child is Node | string => !!child));
}

// What nobody presses itself: it stays, and its parts are brought up to date one by one.
const FRAMES: readonly string[] = ["DIV", "LI", "UL"];

/**
 * Give an element these children as `fill` does, but leave in place what looks as it did: a press is
 * lost, and the focus with it, when its button is replaced before it is let go. What looks the same
 * must act the same; rows that may not be taken for one another have a `data-key`.
 */
export function update(element: Element, ...children: Child[]): void {
  let next = element.firstChild;
  for (const child of children) {
    if (!child) continue;
    const wanted = typeof child === "string" ? document.createTextNode(child) : child;
    const found = findAlike(next, wanted);
    if (found === null) {
      element.insertBefore(wanted, next);
      continue;
    }
    while (next !== found) next = removeOne(next);
    if (!found.isEqualNode(wanted)) update(found as Element, ...wanted.childNodes);
    next = found.nextSibling;
  }
  while (next !== null) next = removeOne(next);
}

function removeOne(node: ChildNode | null): ChildNode | null {
  const next = node?.nextSibling ?? null;
  node?.remove();
  return next;
}

/** Return the first of `from` and what comes after it that may stay where `wanted` is to be. */
function findAlike(from: ChildNode | null, wanted: Node): ChildNode | null {
  for (let each = from; each !== null; each = each.nextSibling) {
    if (each.isEqualNode(wanted) || isSameFrame(each, wanted)) return each;
  }
  return null;
}

function isSameFrame(one: Node, other: Node): boolean {
  if (!(one instanceof Element && other instanceof Element)) return false;
  if (one.nodeName !== other.nodeName || !FRAMES.includes(one.nodeName)) return false;
  if (one.attributes.length !== other.attributes.length) return false;
  return Array.from(one.attributes).every(({ name, value }) => other.getAttribute(name) === value);
}

// Drawn on a field of 24, with one pen of 2.
const ICONS: Record<string, string> = {
  back: "M15 5l-7 7 7 7",
  bad: "M6 6l12 12M18 6L6 18",
  box: "M3.500 7.500L12 3l8.500 4.500v9L12 21l-8.500-4.500zM3.500 7.500L12 12l8.500-4.500M12 12v9",
  camera: "M4 8h3l2-3h6l2 3h3v11H4zM12 17a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 7v5l3.500 2",
  cloud: "M7 18a4 4 0 0 1-.5-7.970A6 6 0 0 1 18 9.500 4.300 4.300 0 0 1 17.500 18z",
  edit: "M4 20l1-4L16 5l3 3L8 19z",
  empty: "M4 11v9h16v-9M4 11l3-5M20 11l-3-5M12 14V3M9 6l3-3 3 3",
  find: "M6 3h9l4 4v14H6zM9 12h7M9 16h7M9 8h3",
  gear: "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6M12 3v3M12 18v3M3 12h3M18 12h3M5.600 5.600l2.100 2.100M16.300 16.300l2.100 2.100M5.600 18.400l2.100-2.100M16.300 7.700l2.100-2.100",
  good: "M4.500 12.500l5 5 10-11",
  hand: "M3 13l5-4 4 2 5-1v6l-5 4-4-2-5 1zM17 10h4v7h-4",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 11v6M12 7.500v.5",
  keyboard: "M3 7h18v11H3zM7 11h.01M11 11h.01M15 11h.01M8 14.500h8",
  list: "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
  look: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14M16 16l5 5",
  pallet: "M4 4h7v7H4zM13 4h7v7h-7zM3 15h18M4 15v5M12 15v5M20 15v5",
  pin: "M12 21c5-5.500 7-8.700 7-11.500a7 7 0 0 0-14 0c0 2.800 2 6 7 11.500M12 12a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5",
  plan: "M4 5h16M4 10h16M4 15h9M15 18l2.500 2.500L22 15.500",
  receive: "M4 14v6h16v-6M12 3v11M8 10l4 4 4-4",
  return: "M9 5L4 10l5 5M4 10h10a6 6 0 0 1 0 12h-3",
  sale: "M4 9l1.500-5h13L20 9M4 9v11h16V9M4 9a2.700 2.700 0 0 0 5.300 0 2.700 2.700 0 0 0 5.400 0A2.700 2.700 0 0 0 20 9M10 20v-6h4v6",
  seal: "M12 15a6 6 0 1 0 0-12 6 6 0 0 0 0 12M8.500 14L7 21l5-2 5 2-1.500-7",
  sell: "M3 4h3l2.500 11h9L20 8H7M10 20h.01M16.500 20h.01",
  ship: "M2 6h11v10H2zM13 10h4.500l3.500 3v3h-8M6 19a1.800 1.800 0 1 0 0-3.600A1.800 1.800 0 0 0 6 19M17 19a1.800 1.800 0 1 0 0-3.600 1.800 1.800 0 0 0 0 3.600",
  store: "M3 10l9-6 9 6v10H3zM7 20v-7h10v7M7 16.500h10",
  takeout: "M4 12v8h10v-8M4 12l2-4h6l2 4M14 9l6-6M15 3h5v5",
  swap: "M4 8h14l-4-4M20 16H6l4 4",
  torch: "M8 3h8v4l-2 3v11h-4V10L8 7zM12 13v2",
  trash: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
  undo: "M9 6L4 11l5 5M4 11h10a6 6 0 0 1 6 6v2",
  unseal: "M12 15a6 6 0 1 0 0-12 6 6 0 0 0 0 12M9.500 9h5M8.500 14L7 21l5-2 5 2-1.500-7",
  wait: "M7 3h10M7 21h10M8 3c0 5 8 6 8 9s-8 4-8 9M16 3c0 5-8 6-8 9s8 4 8 9",
  warn: "M12 4l9 16H3zM12 10v5M12 17.500v.5",
};

/** Draw an icon; it says nothing that the words beside it do not. */
export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name] ?? "");
  svg.append(path);
  return svg;
}

/** Make a button with an icon and words. */
export function button(words: string, look: string, press: () => void, mark?: string): HTMLButtonElement {
  return el(
    "button",
    { class: look, attrs: { type: "button" }, on: { click: press } },
    mark !== undefined && icon(mark),
    el("span", {}, words),
  );
}
