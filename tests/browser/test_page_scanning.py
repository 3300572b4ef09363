"""Dora's camera films a label: the page finds the code; and what it says where it cannot."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import (
    Browser,
    FilePayload,
    Geolocation,
    Page,
    Route,
    expect,
    sync_playwright,
)
from tests.browsing import launch, list_camera_arguments, list_violations, write_film
from tests.consumer_site import PUBLIC_URL, item_path
from tests.dressed_goods import dress
from tests.scanning_world import Tenant, World

from trueorigin.adapters.files import FolderStore
from trueorigin.domain.qr import encode
from trueorigin.storage import counting, scans

# Starts a browser whose camera films the label of a text; None for a camera without a label.
Camera: TypeAlias = Callable[[str | None], Browser]
FOREIGN = "https://zy.example.evil.test/01/06901234000016/21/0000"


def draw_label(text: str, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """Draw a label as it stands on a shelf: grey around, a white field, the symbol a bit turned."""
    modules = np.kron(np.pad(encode(text).modules, 4), np.ones((7, 7), np.bool_))
    label = Image.fromarray(np.where(modules, 25, 235).astype(np.uint8))
    turned = label.rotate(8, expand=True, fillcolor=140)
    scene = Image.new("L", size, 140)
    scene.paste(turned, ((size[0] - turned.width) // 2, (size[1] - turned.height) // 2))
    return scene


@pytest.fixture
def playing(tmp_path: Path) -> Iterator[Camera]:
    """Give browsers whose camera shows a text; closes them all."""
    with sync_playwright() as playwright:
        browsers: list[Browser] = []

        def start(text: str | None) -> Browser:
            film = tmp_path / f"{len(browsers)}.y4m"
            path = None if text is None else write_film(film, draw_label(text))
            browsers.append(launch(playwright.chromium, *list_camera_arguments(path)))
            return browsers[-1]

        yield start
        for browser in browsers:
            browser.close()


def open_page(
    browser: Browser,
    url: str,
    *permissions: str,
    has_script: bool = True,
    geolocation: Geolocation | None = None,
) -> tuple[Page, list[str]]:
    """Open a page on a phone; return it with every address it asks for from now on."""
    context = browser.new_context(
        viewport={"width": 360, "height": 780},
        locale="en-GB",
        permissions=list(permissions),
        java_script_enabled=has_script,
        geolocation=geolocation,
    )
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(url)
    return page, asked


def test_the_camera_finds_the_code_and_the_verdict_is_shown(
    playing: Camera,
    site_url: str,
    alice: Tenant,
    world: World,
) -> None:
    browser = playing(PUBLIC_URL + item_path(alice, 7))
    page, asked = open_page(browser, site_url, "camera")
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    assert not any("detector" in url or "wasm" in url for url in asked)
    with page.expect_response("**/confirm/*"):
        page.get_by_role("button", name="Scan with the camera").click()
    expect(page.locator("h1")).to_have_text("Genuine")
    assert page.url == site_url + item_path(alice, 7)
    assert any(url.endswith(".wasm") for url in asked)
    assert all(url.startswith(site_url) for url in asked)
    assert faults == []
    with world.database.read() as tx:
        assert counting.find_unit_states(tx, [alice.key(7)])[alice.key(7)].devices == 1


def test_a_foreign_code_is_warned_of_and_not_followed(playing: Camera, site_url: str) -> None:
    page, asked = open_page(playing(FOREIGN), site_url, "camera")
    page.get_by_role("button", name="Scan with the camera").click()
    warning = page.get_by_role("alert")
    expect(warning).to_contain_text(FOREIGN)
    expect(warning.locator("a")).to_have_count(0)
    assert list_violations(page) == []
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("video")).to_be_hidden()
    expect(page.get_by_role("button", name="Scan with the camera")).to_be_focused()
    assert page.url == f"{site_url}/"
    assert all(url.startswith(site_url) for url in asked)


def test_a_camera_that_is_stopped_before_it_can_look_says_nothing_more(
    playing: Camera, site_url: str
) -> None:
    page, _ = open_page(playing(None), site_url, "camera")
    waiting: list[Route] = []

    def keep_first(route: Route) -> None:
        if waiting:
            route.continue_()
        else:
            waiting.append(route)

    page.route("**/*.wasm", keep_first)
    with page.expect_request("**/*.wasm"):
        page.get_by_role("button", name="Scan with the camera").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("video")).to_be_hidden()
    waiting[0].continue_()
    # A second one that asked later can look: so can the first one, which nobody wants any more.
    page.locator("#scan").evaluate(
        """async ({ dataset }) => {
            const { openDetector } = await import(dataset.detector);
            await openDetector(dataset.reader);
        }"""
    )
    expect(page.locator("#scan-state")).to_have_text("")
    expect(page.get_by_role("button", name="Scan with the camera")).to_be_focused()


def test_a_refused_camera_leads_to_photograph_and_field(playing: Camera, site_url: str) -> None:
    page, _ = open_page(playing(None), site_url)
    page.get_by_role("button", name="Scan with the camera").click()
    expect(page.locator("#scan-state")).to_contain_text("not allowed")
    expect(page.get_by_label("Photograph the label")).to_be_visible()
    expect(page.get_by_label("Code on the label")).to_be_visible()
    expect(page.get_by_role("button", name="Scan with the camera")).to_be_enabled()


@pytest.mark.parametrize("has_script", [True, False])
def test_a_photograph_is_answered(
    playing: Camera,
    site_url: str,
    alice: Tenant,
    *,
    has_script: bool,
) -> None:
    page, asked = open_page(playing(None), site_url, has_script=has_script)
    out = io.BytesIO()
    draw_label(PUBLIC_URL + item_path(alice, 7), (1600, 1200)).save(out, "JPEG")
    file: FilePayload = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
    page.get_by_label("Photograph the label").set_input_files(file)
    if not has_script:
        expect(page.get_by_role("button", name="Scan with the camera")).to_be_hidden()
        page.get_by_role("button", name="Read the photo").click()
    expect(page.locator("h1")).to_have_text("Genuine")
    assert all(url.startswith(site_url) for url in asked)


def test_the_place_is_shared_only_by_the_press_of_a_button(
    playing: Camera,
    site_url: str,
    alice: Tenant,
    world: World,
) -> None:
    page, asked = open_page(
        playing(None),
        site_url + item_path(alice, 7),
        "geolocation",
        geolocation={"latitude": 31.23042, "longitude": 121.47373},
    )
    expect(page.get_by_role("button", name="Share my location once")).to_be_visible()
    assert not any("/place/" in url for url in asked)
    page.get_by_role("button", name="Share my location once").click()
    expect(page.locator("#place [role=status]")).to_contain_text("31.2,121.5")
    with world.database.read() as tx:
        [line] = scans.list_scans(tx, alice.key(7), limit=5)
    assert line.place == "31.2,121.5"
    assert list_violations(page) == []


def test_without_script_no_place_is_asked_for(
    playing: Camera,
    site_url: str,
    alice: Tenant,
) -> None:
    page, _ = open_page(playing(None), site_url + item_path(alice, 7), has_script=False)
    expect(page.locator("#place")).to_be_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_with_logo_colour_pictures_and_papers_has_no_barrier_and_no_fault(
    playing: Camera, site_url: str, alice: Tenant, world: World, tmp_path: Path, theme: str
) -> None:
    dress(world, alice, FolderStore(tmp_path / "files"))
    page, asked = open_page(playing(None), site_url)
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.goto(site_url + item_path(alice, 7))
    expect(page.locator("main img")).to_have_count(2)
    for picture in (page.locator(".pictures img").first, page.locator(".logo img")):
        picture.scroll_into_view_if_needed()
        # It is there once it has a width of its own.
        expect(picture).not_to_have_js_property("naturalWidth", 0)
    colour = page.evaluate("getComputedStyle(document.querySelector('.plate')).backgroundColor")
    assert colour == "rgb(123, 30, 43)"
    assert list_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert faults == []
    assert all(url.startswith(site_url) for url in asked)
