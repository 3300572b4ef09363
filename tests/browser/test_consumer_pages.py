"""Every consumer page in Chromium: no barrier, no sideways scrolling, nothing from elsewhere."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route
from tests.browsing import list_violations
from tools.sample_pages import PUBLIC_URL, sample_pages

from trueorigin.web.assets import assets_by_name
from trueorigin.web.i18n import languages
from trueorigin.web.pages import PageKind, page_headers

PAGES = sample_pages()
THEMES = ("light", "dark")
# Colours do not depend on the language, nor widths on the colours: each is seen once.
LOOKS = [("light", "zh"), ("dark", "en")]
# The narrowest phone still sold, and the one we design for.
WIDTHS = (320, 360)
# A busy machine takes its time.
ASKED_SECONDS_MAX = 60
# Half of a small phone's height: what was found out is seen without scrolling.
FIRST_SCREEN = 340
# Pixels by which the corners of a large seal, four degrees askew, stand out.
_TILT = 8


def kind_of(name: str) -> PageKind:
    """Return what the page of a sample may use, as the scan page decides it."""
    if name == "home":
        return PageKind.HOME
    return PageKind.PHOTO if name.startswith("photo-") else PageKind.PLAIN


def fulfil(route: Route, html: str, headers: dict[str, str]) -> None:
    """Answer for the host of the samples; whatever else is asked for is a fault."""
    path = route.request.url.removeprefix(PUBLIC_URL)
    name = path.rpartition("/")[2]
    if path == "/page":
        route.fulfill(body=html, headers=headers)
    elif name in assets_by_name():
        asset = assets_by_name()[name]
        route.fulfill(body=asset.body, headers={"content-type": asset.media_type})
    elif path.startswith("/confirm/"):
        route.fulfill(status=204)
    else:
        route.abort()


@pytest.fixture(params=THEMES)
def context(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": WIDTHS[1], "height": 780},
        color_scheme=request.param,
        reduced_motion="reduce",
    )
    yield context
    context.close()


def open_page(context: BrowserContext, name: str, language: str) -> tuple[Page, list[str]]:
    """Open a sample under its own address and headers; return it and all it complained about."""
    html, headers = PAGES[name](language), dict(page_headers(language, kind_of(name)))
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("requestfailed", lambda request: faults.append(f"asked for {request.url}"))
    page.route("**/*", lambda route: fulfil(route, html, headers))
    page.goto(f"{PUBLIC_URL}/page")
    return page, faults


@pytest.mark.parametrize("name", [pytest.param(name, id=name) for name in PAGES])
@pytest.mark.parametrize(("context", "language"), LOOKS, indirect=["context"])
def test_a_page_has_no_barrier_and_no_fault(
    context: BrowserContext, name: str, language: str
) -> None:
    page, faults = open_page(context, name, language)
    assert list_violations(page) == []
    headline = page.locator("h1").bounding_box()
    assert headline is not None
    assert headline["y"] + headline["height"] < FIRST_SCREEN
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 780})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults == []
    page.close()


@pytest.mark.parametrize("name", ["caution", "genuine-first", "not_issued", "recalled"])
@pytest.mark.parametrize(("context", "language"), LOOKS, indirect=["context"])
def test_letters_twice_as_large_stay_on_the_screen(
    context: BrowserContext, name: str, language: str
) -> None:
    page, _ = open_page(context, name, language)
    # Style sheets of others are forbidden on these pages; the browser's own setting does the same.
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    seal, headline = (page.locator(each).bounding_box() for each in (".seal", "h1"))
    assert seal is not None
    assert headline is not None
    # Of a seal that stands askew the corners reach further.
    left, top = seal["x"] + _TILT, seal["y"] + _TILT
    assert left >= headline["x"] + headline["width"] or top >= headline["y"] + headline["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[1]
    page.close()


@pytest.mark.parametrize("has_script", [True, False])
def test_the_map_opens_by_keyboard_and_costs_nothing_before(
    browser: Browser, *, has_script: bool
) -> None:
    context = browser.new_context(
        viewport={"width": WIDTHS[1], "height": 780}, java_script_enabled=has_script
    )
    page, faults = open_page(context, "genuine-sold", "en")
    summary = page.locator("summary")
    drawing = page.get_by_role("img", name="Map of the places above")
    summary.scroll_into_view_if_needed()
    assert not drawing.is_visible()
    # Browsers wait with pictures that nobody sees only where scripts may run.
    asked = [each for each in faults if "/map/" in each]
    assert asked == [] or not has_script
    summary.focus()
    page.keyboard.press("Enter")
    drawing.wait_for(state="visible")
    ends = time.monotonic() + ASKED_SECONDS_MAX
    while not any("/map/" in each for each in faults):
        assert time.monotonic() < ends, "the map is not asked for"
        page.wait_for_timeout(50)
    assert all(f"{PUBLIC_URL}/map/" in each for each in faults if "asked for" in each)
    assert page.locator(".map img").bounding_box() == drawing.bounding_box()
    context.close()


@pytest.mark.parametrize(
    "name", ["genuine-first", "genuine-sold", "recalled", "not_issued", "home"]
)
def test_every_target_is_large_enough_for_a_thumb(context: BrowserContext, name: str) -> None:
    page, _ = open_page(context, name, "zh")
    small = page.evaluate(
        """() => [...document.querySelectorAll("main a, header a, button, input, summary")]
            .filter((each) => each.checkVisibility())
            .map((each) => [each.textContent, each.getBoundingClientRect()])
            .filter(([, box]) => box.height < 44 || box.width < 24)
            .map(([text]) => text)"""
    )
    assert small == []
    page.close()


def test_every_language_is_looked_at() -> None:
    assert {language for _, language in LOOKS} == set(languages())
    assert {theme for theme, _ in LOOKS} == set(THEMES)


def test_a_barrier_would_be_found(context: BrowserContext) -> None:
    page = context.new_page()
    page.set_content("<title>x</title><p style='color:#777;background:#666'>Too faint to read</p>")
    assert "color-contrast" in [found for found, _ in list_violations(page)]
    page.close()


def test_forced_colours_keep_every_mark_visible(browser: Browser) -> None:
    context = browser.new_context(
        viewport={"width": 360, "height": 780}, forced_colors="active", color_scheme="dark"
    )
    page, _ = open_page(context, "genuine-first", "en")
    colours = page.evaluate(
        """() => [".head", "h1", ".seal"].map((each) => {
            const style = getComputedStyle(document.querySelector(each));
            return style.color;
        })"""
    )
    background = page.evaluate("getComputedStyle(document.querySelector('.head')).backgroundColor")
    assert background not in colours
    context.close()


def test_paper_gets_the_whole_answer_in_black(context: BrowserContext) -> None:
    page, _ = open_page(context, "recalled", "en")
    page.emulate_media(media="print")
    head = page.evaluate("getComputedStyle(document.querySelector('.head')).backgroundColor")
    assert head == "rgb(255, 255, 255)"
    assert not page.locator(".switch").is_visible()
    assert page.locator("h1").is_visible()
    page.close()
