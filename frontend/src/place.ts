// SPDX-License-Identifier: Apache-2.0
// Sends roughly where the reader is, once, and only after the press of a button. The position is
// made coarse here: nothing finer than a tenth of a degree ever leaves the phone.

function offer(section: HTMLElement, button: HTMLButtonElement, state: HTMLElement): void {
  const say = (name: string, place = ""): void => {
    state.textContent = (section.dataset[name] ?? "").replace("{place}", place);
  };

  async function send(place: string): Promise<void> {
    try {
      const answer = await fetch(section.dataset["to"] ?? "", { method: "POST", body: place });
      say(answer.ok ? "done" : "late", place);
    } catch {
      button.disabled = false;
      say("failed");
    }
  }

  button.addEventListener("click", () => {
    button.disabled = true;
    say("asking");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => void send(`${coarsen(coords.latitude)},${coarsen(coords.longitude)}`),
      (error) => {
        button.disabled = false;
        say(error.code === error.PERMISSION_DENIED ? "refused" : "failed");
      },
      { enableHighAccuracy: false, maximumAge: 600_000, timeout: 15_000 },
    );
  });
  section.hidden = false;
}

/** Round to a tenth of a degree, some eleven kilometres; adding zero avoids a second zero, -0.0. */
function coarsen(degrees: number): string {
  return (Math.round(degrees * 10) / 10 + 0).toFixed(1);
}

const section = document.querySelector<HTMLElement>("#place");
const button = section?.querySelector<HTMLButtonElement>("button");
const state = section?.querySelector<HTMLElement>("[role=status]");
if (section && button && state && "geolocation" in navigator) offer(section, button, state);

export {};
