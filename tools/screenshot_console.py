# SPDX-License-Identifier: Apache-2.0
"""Draw every page of the console in both languages, light and dark, narrow and wide, into a folder.

    .venv/bin/python tools/screenshot_console.py FOLDER [NAME ...]

The pages are those of a demo that is started for it, of an enterprise that has nothing yet, and a
few steps that only a form leads to. With names only pages whose names contain one are drawn.
"""

import argparse
import re
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from tools.running_demo import PROGRAM, Demo, list_addresses, running_demo
from tools.screenshot_pages import CHROMIUM, CHROMIUM_ARGUMENTS

WIDTHS = {"phone": (360, 780), "desk": (1280, 900)}
LOCALES = {"en": "en-GB", "zh": "zh-CN"}
# What somebody sees who has only just been let in.
EMPTY = (
    "", "/products", "/batches", "/batches/new", "/runs", "/runs/new", "/imports", "/jobs",
    "/recalls", "/figures", "/readings", "/invented", "/enterprise", "/people", "/keys",
)  # fmt: skip
# Addresses that no link leads to.
ASTRAY = {
    "astray": "/console/nowhere",
    "units-wrong": "/console/units?code=7K3M-9QAB",
    "units-unknown": "/console/units?code=/01/09521234000013/21/ABCDEFGHJKMNPQRS",
    "search-none": "/console/search?q=mead",
}


def submit(page: Page, path: str, fields: Mapping[str, str], button: str = "") -> None:
    """Fill in the form of a page and send it; `button` is the name of one of several."""
    page.goto(path)
    for selector, value in fields.items():
        if page.locator(selector).evaluate("each => each.tagName") == "SELECT":
            page.locator(selector).select_option(value=value)
        else:
            page.locator(selector).fill(value)
    chosen = page.locator(button or "main form .buttons button.main").first
    with page.expect_navigation():
        chosen.click()


def list_steps(addresses: Mapping[str, str]) -> dict[str, Callable[[Page], None]]:
    """Return what leads to the pages that answer a form."""
    run = addresses["/console/runs/{run_id}"]
    batch = addresses["/console/runs/new?batch"]
    recall = addresses["/console/recalls/new?run"]
    preview = "main form .buttons button[name=preview]"
    return {
        "product-wrong": lambda page: submit(
            page, "/console/products/new", {"#gtin": "09521234000014"}
        ),
        "run-preview": lambda page: submit(
            page, batch, {"#quantity": "12000", "[name='packing.0']": "24"}, preview
        ),
        "release-sure": lambda page: submit(page, f"{run}/release", {}),
        "withdraw-sure": lambda page: submit(page, f"{run}/withdraw", {"#reason": "Leaking caps"}),
        "recall-sure": lambda page: submit(
            page, recall, {"[name='reason.zh']": "瓶盖密封不严", "[name='reason.en']": "Leaks"}
        ),
    }


def hire_newcomer(demo: Demo) -> Demo:
    """Found an enterprise that has nothing yet, and return the demo as its one person sees it."""
    place = ["--data", str(demo.data)]
    name = "Newcomer Teas"
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(demo.password)
        file.flush()
        email = "new@example.com"
        person = ["person", "create", "--org", name, "--email", email, "--name", "Ning"]
        for command in (
            ["apikey", "create", "--org", name, "--role", "manufacturer"],
            [*person, "--password-file", file.name],
        ):
            subprocess.run([str(PROGRAM), *command, *place], check=True, capture_output=True)
    return replace(demo, email=email)


def name_of(kind: str) -> str:
    """Turn a kind of page into the name of a file."""
    words = re.sub(r"_?id\b", "", kind.removeprefix("/console"))
    return re.sub(r"[^a-z]+", "-", words).strip("-") or "home"


class Photographer:
    """Somebody signed in, in one language, theme and width."""

    def __init__(
        self, browser: Browser, demo: Demo, folder: Path, look: tuple[str, str, str]
    ) -> None:
        """Sign in."""
        self._language, self._theme, self._width = look
        width, height = WIDTHS[self._width]
        self._folder = folder
        self._context = browser.new_context(
            base_url=demo.base,
            viewport={"width": width, "height": height},
            color_scheme="dark" if self._theme == "dark" else "light",
            locale=LOCALES[self._language],
            reduced_motion="reduce",
        )
        self.page = self._context.new_page()
        self.page.goto("/console/sign-in")
        self.take("sign-in")
        self.page.fill("#email", demo.email)
        self.page.fill("#password", demo.password)
        self.page.click(".door-form button")
        self.page.wait_for_url("**/console")

    def take(self, name: str) -> None:
        """Draw the page that is open."""
        target = f"{name}-{self._language}-{self._theme}-{self._width}.png"
        self.page.screenshot(path=self._folder / target, full_page=True)

    def close(self) -> None:
        """Leave."""
        self._context.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one person is shown, by the names of the pictures."""

    person: Demo
    addresses: Mapping[str, str]
    steps: Mapping[str, Callable[[Page], None]]

    def draw(self, photographer: Photographer) -> None:
        """Go everywhere once."""
        for name, address in self.addresses.items():
            photographer.page.goto(address)
            photographer.take(name)
        for name, step in self.steps.items():
            step(photographer.page)
            photographer.take(name)


def plan_rounds(demo: Demo, names: list[str]) -> list[Round]:
    """Find all pages, and keep those that are asked for."""
    newcomer = hire_newcomer(demo)
    addresses = list_addresses(demo)
    pages = {name_of(kind): address for kind, address in addresses.items()} | ASTRAY
    empty = {f"empty-{name_of(path)}": f"/console{path}" for path in EMPTY}

    def is_wanted(name: str) -> bool:
        return not names or any(each in name for each in names)

    steps = list_steps(addresses)
    return [
        Round(
            person=person,
            addresses={name: shown[name] for name in shown if is_wanted(name)},
            steps={name: led[name] for name in led if is_wanted(name)},
        )
        for person, shown, led in ((demo, pages, steps), (newcomer, empty, {}))
    ]


def draw(playwright: Playwright, rounds: list[Round], folder: Path) -> int:
    """Draw every page in every look, and return how many pictures there are."""
    for language, locale in LOCALES.items():
        # Fields for dates speak the language of the browser, where it has more than one.
        arguments = [*CHROMIUM_ARGUMENTS, f"--lang={locale}"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        for theme, width, each in product(("light", "dark"), WIDTHS, rounds):
            photographer = Photographer(browser, each.person, folder, (language, theme, width))
            each.draw(photographer)
            photographer.close()
        browser.close()
    return len(list(folder.glob("*.png")))


def main() -> None:
    """Start a demo of its own and draw what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as place,
        running_demo(Path(place)) as demo,
        sync_playwright() as playwright,
    ):
        count = draw(playwright, plan_rounds(demo, asked.names), asked.folder)
    print(f"{count} pictures in {asked.folder}")


if __name__ == "__main__":
    main()
