// SPDX-License-Identifier: Apache-2.0
// Keeps visitors in the page, as far as a page can: menus, shortcuts, zooming, dragging, going back.
// The rest is the browser's kiosk mode and the machine's; docs/kiosk.md says which.

const SWALLOWED = ["auxclick", "contextmenu", "copy", "cut", "dblclick", "dragenter", "dragover", "dragstart", "drop", "gesturestart", "paste", "selectstart"];

// What scanners type, and what moves through a page without leaving it.
const KEPT_KEYS = ["ArrowDown", "ArrowUp", "End", "Enter", "Home", "PageDown", "PageUp", "Shift", "Tab"];

// Steps back that somebody may take faster than the page learns of the first.
const BACK_DEPTH = 10;

export class Guard {
  private isOpen = false;

  /** Begin; until `leave` nothing that a visitor does leads away. */
  start(): void {
    const options = { capture: true, passive: false };
    const swallow = (event: Event): void => {
      // A file or an address that is let go over a page is opened by it, over a field as well.
      if (!isField(event.target) || event.type.startsWith("dr")) event.preventDefault();
    };
    for (const name of SWALLOWED) document.addEventListener(name, swallow, options);
    document.addEventListener("keydown", (event) => this.judgeKey(event), options);
    document.addEventListener("wheel", (event) => { if (event.ctrlKey) event.preventDefault(); }, options);
    document.addEventListener("touchmove", (event) => { if (event.touches.length > 1) event.preventDefault(); }, options);
    document.addEventListener("pointerdown", () => this.fill(), { capture: true });
    window.addEventListener("beforeunload", (event) => { if (!this.isOpen) event.preventDefault(); });
    this.trap();
    window.addEventListener("popstate", () => {
      // Staff may open the console's address where the page is open already.
      if (!location.hash.startsWith("#enrol=")) this.trap();
    });
    window.open = () => null;
    window.print = () => undefined;
  }

  /** Load the page anew, which only the kiosk itself may. */
  reload(): void {
    this.isOpen = true;
    location.reload();
  }

  /** There are always more pages to go back to, and all of them are this one. */
  private trap(): void {
    const { depth = 0 } = (history.state ?? {}) as { depth?: number };
    for (let next = depth + 1; next <= BACK_DEPTH; next += 1) history.pushState({ depth: next }, "", location.pathname);
  }

  private judgeKey(event: KeyboardEvent): void {
    const isPlain = !event.ctrlKey && !event.altKey && !event.metaKey;
    const isTyped = isPlain && (event.key.length === 1 || KEPT_KEYS.includes(event.key));
    const isEdited = isPlain && isField(event.target) && ["ArrowLeft", "ArrowRight", "Backspace", "Delete", "End", "Home"].includes(event.key);
    const isPasted = isField(event.target) && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "v";
    if (!isTyped && !isEdited && !isPasted) event.preventDefault();
  }

  /** Fill the screen, and hold on to the keys where the browser lets a page; both need a touch. */
  private fill(): void {
    if (document.fullscreenElement !== null || !document.fullscreenEnabled) return;
    const { keyboard } = navigator as { keyboard?: { lock?: () => Promise<void> } };
    document.documentElement
      .requestFullscreen()
      .then(() => keyboard?.lock?.())
      .catch(() => undefined);
  }
}

function isField(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches("input, textarea");
}
