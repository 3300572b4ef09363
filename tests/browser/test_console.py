# SPDX-License-Identifier: Apache-2.0
"""The console in Chromium: every page that can be reached, by keyboard alone, and with script."""

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright
from tests.e2e.program import PROGRAM, START_SECONDS_MAX, free_port
from tests.factories import make_gtin
from tools.screenshot_pages import CHROMIUM, CHROMIUM_ARGUMENTS

from trueorigin.console import ROUTES

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RUN_AXE = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .map(({id, nodes}) => [id, nodes.map((each) => [each.target, each.failureSummary])])"""
_SIGN_IN = re.compile(r"^ {2}(\S+@\S+) {3}(\S+)$", re.MULTILINE)
# What acts or hands out a file is no page to look at.
_PAGES = [
    route.path
    for route in ROUTES
    if route.method == "GET" and not re.search(r"\.(csv|svg)$|/templates/|/files/", route.path)
]
# Pages the demo has nothing for: nobody imported or printed there, and no recall was lifted.
_UNREACHED = {"/console/imports/{import_id}", "/console/jobs/{job_id}"}


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo as its own program, and one person of its first enterprise."""

    base: str
    email: str
    password: str


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder, port = tmp_path_factory.mktemp("demo"), free_port()
    log = folder / "demo.log"
    command = [str(PROGRAM), "demo", "--data", str(folder / "data"), "--port", str(port)]
    with log.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
    base, found = f"http://127.0.0.1:{port}", None
    deadline = time.monotonic() + 3 * START_SECONDS_MAX
    while found is None and time.monotonic() < deadline and process.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(f"{base}/readyz").status_code == httpx.codes.OK:
                found = _SIGN_IN.search(log.read_text())
        time.sleep(0.2)
    if found is None:
        process.kill()
        pytest.fail(log.read_text()[-3000:])
    yield Demo(base, found[1], found[2])
    process.terminate()
    process.wait(timeout=30)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_ARGUMENTS))
    yield browser
    browser.close()


def open_page(
    chromium: Browser, demo: Demo, *, language: str = "en", theme: str = "light", width: int = 1280
) -> Page:
    """Open a browser at the sign-in page; whatever leaves the host or fails there is a failure."""
    context = chromium.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if theme == "dark" else "light",
        locale="zh-CN" if language == "zh" else "en-GB",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(f"{demo.base}/console/sign-in")
    return page


def sign_in(page: Page, demo: Demo) -> None:
    page.fill("#email", demo.email)
    page.fill("#password", demo.password)
    page.click(".door-form button")
    page.wait_for_url(f"{demo.base}/console")


def route_of(path: str) -> str | None:
    """Return the line of the URL table that a path belongs to; fixed addresses win."""
    for route in sorted(_PAGES, key=lambda each: each.count("{")):
        pattern = re.sub(r"\{\w+\}", "[^/]+", route)
        if re.fullmatch(pattern, path):
            return route
    return None


def list_violations(page: Page) -> object:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(RUN_AXE)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [("en", "light", 360), ("zh", "dark", 360), ("en", "dark", 1280), ("zh", "light", 1280)],
)
def test_every_page_is_reached_fits_and_has_no_barrier(
    chromium: Browser, demo: Demo, language: str, theme: str, width: int
) -> None:
    page = open_page(chromium, demo, language=language, theme=theme, width=width)
    outside: list[str] = []
    errors: list[str] = []
    page.on(
        "request",
        lambda each: (
            None if each.url.startswith((demo.base, "data:")) else outside.append(each.url)
        ),
    )
    page.on("pageerror", lambda each: errors.append(str(each)))
    page.on("console", lambda each: errors.append(each.text) if each.type == "error" else None)
    found = {"/console/sign-in": list_violations(page)}
    sign_in(page, demo)
    assert page.get_attribute("html", "lang") == {"en": "en", "zh": "zh-Hans"}[language]
    waiting = ["/console"]
    while waiting:
        address = waiting.pop(0)
        route = route_of(address.partition("?")[0])
        if route is None or route in found:
            continue
        response = page.goto(demo.base + address)
        assert response is not None
        assert response.ok, (address, response.status)
        found[route] = list_violations(page)
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, (address, over)
        waiting += page.eval_on_selector_all(
            "a[href^='/console']", "links => links.map((each) => each.getAttribute('href'))"
        )
    page.context.close()
    assert not {route: each for route, each in found.items() if each}
    assert not outside
    assert not errors
    assert set(_PAGES) - found.keys() <= _UNREACHED


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, as somebody without a mouse does."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", selector
            return
    pytest.fail(f"{selector} cannot be reached by keyboard")


def test_a_product_and_its_batch_are_registered_by_keyboard_alone(
    chromium: Browser, demo: Demo
) -> None:
    page = open_page(chromium, demo)
    tab_to(page, "#email")
    page.keyboard.type(demo.email)
    tab_to(page, "#password")
    page.keyboard.type(demo.password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{demo.base}/console")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.goto(f"{demo.base}/console/products")
    tab_to(page, "a[href='/console/products/new']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/products/new")
    gtin = make_gtin("0952123400777")
    tab_to(page, "#gtin")
    page.keyboard.type(gtin)
    expect(page.locator(".live")).to_have_class("live good")
    tab_to(page, "[name='name.en']")
    page.keyboard.type("Keyboard Tea")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Keyboard Tea")
    tab_to(page, "a[href^='/console/batches/new']")
    page.keyboard.press("Enter")
    tab_to(page, "#lot")
    page.keyboard.type("KB-1")
    tab_to(page, "[name='origin.materials.0.name']")
    page.keyboard.type("Leaves")
    tab_to(page, "button.more")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "origin.materials.2.name"
    page.keyboard.type("Buds")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lot KB-1")
    expect(page.locator("tbody th")).to_have_text(["Leaves", "Buds"])
    page.context.close()


def test_a_wrong_form_puts_the_focus_on_what_is_wrong(chromium: Browser, demo: Demo) -> None:
    page = open_page(chromium, demo)
    sign_in(page, demo)
    page.goto(f"{demo.base}/console/products/new")
    page.fill("#gtin", "09521234000014")
    expect(page.locator(".live")).to_contain_text("should be 3")
    page.click(".form .buttons button")
    expect(page.locator("#problems")).to_be_focused()
    page.click("#problems a[href='#gtin']")
    assert page.input_value("#gtin") == "09521234000014"
    assert list_violations(page) == []
    page.context.close()


def test_the_colour_is_shown_while_it_is_chosen(chromium: Browser, demo: Demo) -> None:
    page = open_page(chromium, demo)
    sign_in(page, demo)
    page.goto(f"{demo.base}/console/enterprise/edit")
    page.fill("#colour", "#ffe000")
    expect(page.locator("[data-swatch] rect")).to_have_attribute("fill", "#ffe000")
    expect(page.locator("[data-swatch] text").first).to_have_attribute("fill", "#1e1b16")
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(f"{demo.base}/console/enterprise")
    page.context.close()


def test_the_menu_opens_on_a_phone_without_script(chromium: Browser, demo: Demo) -> None:
    context = chromium.new_context(
        viewport={"width": 360, "height": 700}, java_script_enabled=False, locale="en-GB"
    )
    page = context.new_page()
    page.goto(f"{demo.base}/console/sign-in")
    sign_in(page, demo)
    expect(page.locator("#menu")).to_be_hidden()
    page.click(".menu-button")
    page.click("#menu a[href='/console/products']")
    expect(page.get_by_role("heading", level=1)).to_have_text("Products")
    context.close()
