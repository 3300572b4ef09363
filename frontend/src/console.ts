// SPDX-License-Identifier: Apache-2.0
// What a script adds to the console's forms: check digits while typing, more rows without a round
// trip, the colour as it is chosen, a question before work is lost. Every form works without it.

const GTIN_LENGTHS = [8, 12, 13, 14];
const INKS = ["#fdfaf2", "#1e1b16", "#ffffff", "#000000"];
// WCAG 2.2 level AA for text of ordinary size.
const CONTRAST_LEAST = 4.5;
const LOOK_AGAIN_MS = 2000;
// So long nobody has typed or chosen anything when the label is drawn anew.
const STUDIO_REST_MS = 250;

function checkDigit(digits: string): number {
  let total = 0;
  for (let place = 0; place < digits.length; place += 1) {
    // The digit beside the check digit weighs 3, then 1 and 3 in turn.
    total += Number(digits[digits.length - 1 - place]) * (place % 2 === 0 ? 3 : 1);
  }
  return (10 - (total % 10)) % 10;
}

function sayGtin(input: HTMLInputElement, line: HTMLElement): void {
  const digits = input.value.replace(/[\s-]/g, "");
  const { good = "", digit = "", more = "", wrong = "" } = input.dataset;
  let text = "";
  let tone = "";
  if (digits === "") {
    text = "";
  } else if (!/^\d+$/.test(digits) || digits.length > 14) {
    text = more;
    tone = "bad";
  } else if (GTIN_LENGTHS.includes(digits.length)) {
    const expected = checkDigit(digits.slice(0, -1));
    const isRight = expected === Number(digits[digits.length - 1]);
    // 12 right digits may be a whole number, or 13 without the last one: both are said by silence.
    text = isRight ? good : wrong.replace("{digit}", String(expected));
    tone = isRight ? "good" : "bad";
    if (!isRight && GTIN_LENGTHS.includes(digits.length + 1)) {
      text = digit.replace("{digit}", String(checkDigit(digits)));
      tone = "";
    }
  } else if (GTIN_LENGTHS.includes(digits.length + 1)) {
    text = digit.replace("{digit}", String(checkDigit(digits)));
  } else {
    text = more;
  }
  line.textContent = text;
  line.className = `live ${tone}`.trim();
}

function watchGtin(input: HTMLInputElement): void {
  const line = document.createElement("p");
  line.className = "live";
  line.setAttribute("aria-live", "polite");
  // Below the hint, which so stays in line with the hint of the field beside it.
  (input.parentElement ?? document.body).append(line);
  input.addEventListener("input", () => sayGtin(input, line));
  // What the server said about this number is said already.
  if (input.value !== "" && !input.hasAttribute("aria-invalid")) sayGtin(input, line);
}

// A browser speaks its own language about files; this is the page's, and names what was chosen.
function watchFile(input: HTMLInputElement): void {
  const { choose = "", none = "" } = input.dataset;
  const box = document.createElement("div");
  const [button, names] = [document.createElement("span"), document.createElement("span")];
  box.className = "file";
  button.className = "button";
  button.textContent = choose;
  // Readers who do not see them hear the same from the field itself.
  for (const each of [button, names]) each.setAttribute("aria-hidden", "true");
  const show = (): void => {
    names.textContent = Array.from(input.files ?? [], (file) => file.name).join(", ") || none;
  };
  input.replaceWith(box);
  box.append(input, button, names);
  input.addEventListener("change", show);
  // Coming back, the browser may have kept what was chosen.
  window.addEventListener("pageshow", show);
  show();
}

function renumber(row: Element, number: number): void {
  for (const name of ["id", "name", "for", "aria-describedby"]) {
    for (const element of row.querySelectorAll(`[${name}]`)) {
      const value = element.getAttribute(name) ?? "";
      element.setAttribute(name, value.replace(/\.\d+\./g, `.${number}.`));
    }
  }
  const legend = row.querySelector("legend");
  if (legend) legend.textContent = (legend.textContent ?? "").replace(/\d+/, String(number + 1));
}

function watchRows(list: HTMLElement): void {
  const button = list.parentElement?.querySelector<HTMLButtonElement>("button.more");
  if (!button) return;
  button.type = "button";
  button.addEventListener("click", () => {
    const last = list.lastElementChild;
    if (!last) return;
    const row = last.cloneNode(true) as Element;
    for (const input of row.querySelectorAll("input")) {
      input.value = "";
      input.removeAttribute("aria-invalid");
    }
    for (const error of row.querySelectorAll(".error")) error.remove();
    for (const field of row.querySelectorAll(".bad")) field.classList.remove("bad");
    renumber(row, list.children.length);
    list.append(row);
    row.querySelector("input")?.focus();
  });
}

function luminance(colour: string): number {
  const parts = [1, 3, 5].map((place) => {
    const part = parseInt(colour.slice(place, place + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const [red = 0, green = 0, blue = 0] = parts;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(first: string, second: string): number {
  const [one, other] = [luminance(first), luminance(second)];
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

function showColour(figure: HTMLElement, colour: string): void {
  const ink = INKS.find((each) => contrast(colour, each) >= CONTRAST_LEAST) ?? "#000000";
  figure.querySelector("rect")?.setAttribute("fill", colour);
  for (const text of figure.querySelectorAll("text")) text.setAttribute("fill", ink);
  const caption = figure.querySelector("figcaption");
  const ratio = contrast(colour, ink).toFixed(1);
  const { ratio: sentence = "" } = figure.dataset;
  if (caption) caption.textContent = sentence.replace("{ratio}", ratio);
}

function watchColour(input: HTMLInputElement): void {
  const figure = document.querySelector<HTMLElement>("[data-swatch]");
  if (!figure) return;
  const picker = document.createElement("input");
  picker.type = "color";
  picker.className = "picker";
  const { colour: label = "" } = input.dataset;
  picker.setAttribute("aria-label", label);
  picker.value = /^#[0-9a-f]{6}$/i.test(input.value) ? input.value : input.placeholder;
  input.insertAdjacentElement("afterend", picker);
  picker.addEventListener("input", () => {
    input.value = picker.value;
    showColour(figure, picker.value);
  });
  input.addEventListener("input", () => {
    const colour = input.value.trim().toLowerCase();
    if (!/^#[0-9a-f]{6}$/.test(colour)) return;
    picker.value = colour;
    showColour(figure, colour);
  });
  figure.parentElement?.querySelector("button.more")?.remove();
}

// The browser's own question, asked only where something was typed and not sent.
function guard(form: HTMLFormElement): void {
  let isTouched = document.querySelector(".problems, .conflict") !== null;
  form.addEventListener("input", () => {
    isTouched = true;
  });
  form.addEventListener("submit", () => {
    isTouched = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (isTouched) event.preventDefault();
  });
}

// Work that goes on elsewhere: its part of the page is brought up to date in place, so that readers
// keep their focus; once it is over, all of the page is.
async function look(): Promise<void> {
  const answer = await fetch(location.href, { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const selector = fresh.querySelector("[data-live]") ? "[data-live]" : "main";
  const [old, next] = [document.querySelector(selector), fresh.querySelector(selector)];
  if (!old || !next) return;
  const { activeElement } = document;
  const action = activeElement?.closest("form")?.getAttribute("action");
  const isInside = activeElement !== null && old.contains(activeElement);
  old.replaceChildren(...Array.from(next.childNodes, (each) => document.importNode(each, true)));
  if (!isInside) return;
  const again = action ? old.querySelector<HTMLElement>(`form[action="${action}"] button`) : null;
  (again ?? document.querySelector<HTMLElement>("main"))?.focus();
}

function watchWork(): void {
  const timer = setInterval(() => {
    if (document.querySelector("[data-live]")) void look().catch(() => undefined);
    else clearInterval(timer);
  }, LOOK_AGAIN_MS);
}

// The label as chosen, without asking for it: what the form would show is put in its place.
function watchStudio(form: HTMLFormElement): void {
  const button = form.querySelector<HTMLButtonElement>(".buttons [name=preview]");
  button?.remove();
  let timer = 0;
  let newest = 0;
  const show = async (): Promise<void> => {
    newest += 1;
    const mine = newest;
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
    body.set("preview", "yes");
    for (const part of form.querySelectorAll("[data-shown]")) part.setAttribute("aria-busy", "true");
    const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
    // An older answer must not replace a newer one.
    if (mine !== newest || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of form.querySelectorAll<HTMLElement>("[data-shown]")) {
      const { shown = "" } = part.dataset;
      const next = fresh.querySelector(`[data-shown="${shown}"]`);
      if (next) part.replaceChildren(...Array.from(next.childNodes, (each) => document.importNode(each, true)));
      part.removeAttribute("aria-busy");
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void show().catch(() => undefined), STUDIO_REST_MS);
  });
}

// The map over the whole card; the browser then has to say how wide that is.
function watchMap(plate: HTMLElement): void {
  plate.classList.add("wide");
  const input = plate.querySelector("input");
  const width = plate.parentElement?.querySelector<HTMLInputElement>("[name='map.width']");
  input?.addEventListener("click", () => {
    if (width) width.value = String(input.clientWidth);
  });
}

for (const input of document.querySelectorAll<HTMLInputElement>("[data-gtin]")) watchGtin(input);
for (const list of document.querySelectorAll<HTMLElement>("[data-repeat]")) watchRows(list);
for (const input of document.querySelectorAll<HTMLInputElement>("[data-colour]")) watchColour(input);
for (const plate of document.querySelectorAll<HTMLElement>(".plate")) watchMap(plate);
for (const input of document.querySelectorAll<HTMLInputElement>("[data-choose]")) watchFile(input);
// Choices in the studio are lost without loss.
for (const form of document.querySelectorAll<HTMLFormElement>("form.form:not([data-studio])")) guard(form);
for (const form of document.querySelectorAll<HTMLFormElement>("[data-studio]")) watchStudio(form);
if (document.querySelector("[data-live]")) watchWork();
document.querySelector<HTMLElement>("#problems")?.focus();
