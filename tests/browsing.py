# SPDX-License-Identifier: Apache-2.0
"""What tests in Chromium share: people at pages, what pages may never do, and films of labels."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import (
    Browser,
    BrowserContext,
    BrowserType,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
)
from tools.running_demo import Demo
from tools.screenshot_pages import CHROMIUM, CHROMIUM_ARGUMENTS

AXE = Path(__file__).parents[1] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
_RUN_AXE = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .map(({id, nodes}) => [id, nodes.map((each) => [each.target, each.failureSummary])])"""
_LOCALES = {"en": "en-GB", "zh": "zh-CN"}
# A busy machine takes its time; what has come is not waited for.
PATIENCE_MS = 60_000
# Apps give up on an answer after some seconds, for whoever stands there. A machine that runs all
# tests at once may stall for longer, and what a test then sees is not what it is about.
_WAIT_FOR_ANSWERS = """(() => {
    const ask = window.fetch;
    window.fetch = (where, how) => ask(where, {...how, signal: null});
})();"""
# All keys of one moment, however late the machine comes to the next of them.
TYPE_KEYS = """text => {
    const at = performance.now();
    for (const key of [...text, "Enter"]) {
        const event = new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true});
        Object.defineProperty(event, "timeStamp", {value: at});
        document.body.dispatchEvent(event);
    }
}"""
_START_MS_MAX = 180_000
_TABS_MAX = 150


class OpenServer(ThreadingHTTPServer):
    """A server of a test's own, which lets in as many at a time as browsers come.

    Python's own lets five wait; others try again later, and each time after a longer while.
    """

    request_queue_size = 128


def launch(kind: BrowserType, *arguments: str) -> Browser:
    """Start Chromium, whose pages are waited for as long as a busy machine takes."""
    options = [*CHROMIUM_ARGUMENTS, *arguments]
    browser = kind.launch(executable_path=CHROMIUM, args=options, timeout=_START_MS_MAX)
    browser.on("context", lambda context: context.set_default_timeout(PATIENCE_MS))
    return browser


def be_patient(context: BrowserContext, *, with_answers: bool = True) -> None:
    """Wait longer for pages, and let them wait `with_answers` of the data centre for ever."""
    context.set_default_timeout(PATIENCE_MS)
    if with_answers:
        context.add_init_script(_WAIT_FOR_ANSWERS)


def list_violations(page: Page) -> list[Any]:
    """Return what axe-core finds wrong with the page as it stands, once all of it is there."""
    page.wait_for_load_state()
    # It stays until the page is left, and costs more to load than to ask.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    violations: list[Any] = page.evaluate(_RUN_AXE)
    return violations


def measure_overhang(page: Page) -> int:
    """Return by how many pixels the page is wider than the screen; readers scroll sideways then."""
    page.wait_for_load_state()
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def list_spills(page: Page) -> list[str]:
    """Return the cards out of which something sticks that cannot be scrolled to."""
    page.wait_for_load_state()
    spills: list[str] = page.evaluate(
        """() => [...document.querySelectorAll(".card, .card dd, .card dt, .card td")]
            .filter((each) => each.clientWidth && each.scrollWidth > each.clientWidth + 1)
            .filter((each) => getComputedStyle(each).overflowX === "visible")
            .map((each) => each.textContent.trim().slice(0, 40))"""
    )
    return spills


def list_sideways(page: Page) -> list[str]:
    """Return the tables of which a part is seen only after scrolling sideways."""
    page.wait_for_load_state()
    tables: list[str] = page.evaluate(
        """() => [...document.querySelectorAll(".scroll")]
            .filter((each) => each.scrollWidth > each.clientWidth + 1)
            .map((each) => each.querySelector("thead").textContent.replace(/\\s+/g, " "))"""
    )
    return tables


def list_low(page: Page, selector: str) -> list[str]:
    """Return what a thumb would miss: elements lower than 44 pixels."""
    page.wait_for_load_state()
    low: list[str] = page.evaluate(
        """selector => [...document.querySelectorAll(selector)]
            .filter((each) => each.getClientRects().length)
            .filter((each) => each.getBoundingClientRect().height < 43.5)
            .map((each) => each.textContent.trim())""",
        selector,
    )
    return low


@dataclass
class Watch:
    """Collects what a page does that none of ours may do: errors, and requests to other hosts."""

    base: str
    faults: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        """Watch `page` from now on."""
        page.on("request", self._note_request)
        page.on("console", self._note_message)
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.base}/", "data:", "blob:")):
            self.faults.append(f"asked for {request.url}")

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(message.text)


def open_page(
    browser: Browser,
    demo: Demo,
    path: str = "/console/sign-in",
    *,
    language: str = "en",
    theme: str = "light",
    width: int = 1280,
) -> Page:
    """Open a page of the demo in a browser of its own, without cookies."""
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if theme == "dark" else "light",
        locale=_LOCALES[language],
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(demo.base + path)
    return page


def sign_in(page: Page, demo: Demo) -> None:
    """Fill in the form of the sign-in page that is open."""
    page.fill("#email", demo.email)
    page.fill("#password", demo.password)
    page.click(".door-form button")
    page.wait_for_url(f"{demo.base}/console")


@contextmanager
def following(page: Page, **choices: str) -> Iterator[None]:
    """Choose in the studio of labels; the block ends when the label follows what was chosen last.

    `choices` are what the form says then, by the names of its fields.
    """

    def is_last(answer: Response) -> bool:
        sent = parse_qs(answer.request.post_data or "")
        return all(sent.get(name) == [value] for name, value in choices.items())

    with page.expect_response(is_last):
        yield
    expect(page.locator("[data-shown][aria-busy]")).to_have_count(0)


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, as somebody without a mouse does.

    Waits for it first, and for the rest of its page: the key before may have opened that.
    """
    page.locator(selector).first.wait_for(state="attached")
    page.wait_for_load_state()
    for _ in range(_TABS_MAX):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", selector
            return
    pytest.fail(f"{selector} cannot be reached by keyboard")


def write_film(target: Path, scene: Image.Image) -> Path:
    """Write what a camera sees: an uncompressed film in shades of grey (YUV4MPEG2, 4:2:0)."""
    picture = np.asarray(scene.convert("L"))
    height, width = picture.shape
    shades = bytes([128]) * (width * height // 2)
    with target.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode())
        for _ in range(5):
            file.write(b"FRAME\n" + picture.tobytes() + shades)
    return target


def list_camera_arguments(film: Path | None) -> list[str]:
    """Return how to start a browser whose camera plays a film, or a test picture."""
    fakes = ["--use-fake-device-for-media-stream"]
    if film is not None:
        fakes.append(f"--use-file-for-fake-video-capture={film}")
    return fakes
