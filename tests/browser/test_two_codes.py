"""Two labels in one picture, and readers who do not want to say where they are."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect, sync_playwright
from tests.browsing import launch, list_camera_arguments, list_violations, write_film
from tests.consumer_site import PUBLIC_URL, item_path
from tests.scanning_world import Tenant, World

from trueorigin.domain.qr import encode
from trueorigin.storage import scans

# Starts a browser whose camera films the labels of some texts, side by side.
Camera: TypeAlias = Callable[..., Browser]
FOREIGN = "https://zy.example.evil.test/01/06901234000016/21/0000"


def draw_labels(*texts: str) -> Image.Image:
    """Draw labels side by side on a grey ground, large enough for a camera of 720 lines."""
    scene = Image.new("L", (1280, 720), 140)
    for place, text in enumerate(texts):
        modules = np.kron(np.pad(encode(text).modules, 4), np.ones((9, 9), np.bool_))
        label = Image.fromarray(np.where(modules, 25, 235).astype(np.uint8))
        scene.paste(label, (120 + place * 600, 180))
    return scene


@pytest.fixture
def filming(tmp_path: Path) -> Iterator[Camera]:
    """Give browsers whose camera shows some labels; closes them all."""
    with sync_playwright() as playwright:
        browsers: list[Browser] = []

        def start(*texts: str) -> Browser:
            film = write_film(tmp_path / f"{len(browsers)}.y4m", draw_labels(*texts))
            browsers.append(launch(playwright.chromium, *list_camera_arguments(film)))
            return browsers[-1]

        yield start
        for browser in browsers:
            browser.close()


def open_page(browser: Browser, url: str, *permissions: str) -> tuple[Page, list[str]]:
    """Open a page on a phone; return it with every address it asks for."""
    context = browser.new_context(
        viewport={"width": 360, "height": 780}, locale="en-GB", permissions=list(permissions)
    )
    page, asked = context.new_page(), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(url)
    return page, asked


def count_lines(world: World, tenant: Tenant, *indexes: int) -> int:
    with world.database.read() as tx:
        return sum(len(scans.list_scans(tx, tenant.key(each), limit=9)) for each in indexes)


def test_the_camera_does_not_choose_between_two_codes(
    filming: Camera, site_url: str, alice: Tenant, world: World
) -> None:
    browser = filming(PUBLIC_URL + item_path(alice, 7), PUBLIC_URL + item_path(alice, 8))
    page, asked = open_page(browser, site_url, "camera")
    page.get_by_role("button", name="Scan with the camera").click()
    expect(page.locator("#scan-state")).to_contain_text("Several codes")
    page.wait_for_timeout(500)
    assert page.url == f"{site_url}/"
    assert not [url for url in asked if "/01/" in url]
    assert count_lines(world, alice, 7, 8) == 0


def test_a_code_of_ours_beside_a_foreign_one_leads_to_our_answer(
    filming: Camera, site_url: str, alice: Tenant
) -> None:
    page, asked = open_page(filming(FOREIGN, PUBLIC_URL + item_path(alice, 7)), site_url, "camera")
    page.get_by_role("button", name="Scan with the camera").click()
    expect(page.locator("h1")).to_have_text("Genuine")
    assert all(url.startswith(site_url) for url in asked)


def test_a_photograph_of_two_codes_is_a_choice(
    filming: Camera, site_url: str, alice: Tenant, world: World
) -> None:
    page, asked = open_page(filming(FOREIGN), site_url)
    out = io.BytesIO()
    draw_labels(PUBLIC_URL + item_path(alice, 7), PUBLIC_URL + item_path(alice, 8)).save(out, "PNG")
    file: FilePayload = {"name": "a.png", "mimeType": "image/png", "buffer": out.getvalue()}
    page.get_by_label("Photograph the label").set_input_files(file)
    expect(page.locator("h1")).to_have_text("More than one code")
    assert count_lines(world, alice, 7, 8) == 0
    assert list_violations(page) == []
    page.locator(".choices a").last.click()
    expect(page.locator("h1")).to_have_text("Genuine")
    assert count_lines(world, alice, 7, 8) == 1
    assert all(url.startswith(site_url) for url in asked)


def test_a_foreign_code_on_a_photograph_is_shown_and_not_followed(
    filming: Camera, site_url: str
) -> None:
    page, asked = open_page(filming(FOREIGN), site_url)
    out = io.BytesIO()
    draw_labels(FOREIGN).save(out, "PNG")
    file: FilePayload = {"name": "a.png", "mimeType": "image/png", "buffer": out.getvalue()}
    page.get_by_label("Photograph the label").set_input_files(file)
    expect(page.locator("h1")).to_have_text("Not our code")
    expect(page.locator(".foreign .address")).to_have_text(FOREIGN)
    expect(page.locator(".foreign a")).to_have_count(0)
    assert list_violations(page) == []
    assert all(url.startswith(site_url) for url in asked)


def test_who_refuses_the_position_sends_nothing(
    filming: Camera, site_url: str, alice: Tenant, world: World
) -> None:
    page, asked = open_page(filming(FOREIGN), site_url + item_path(alice, 7))
    page.get_by_role("button", name="Share my location once").click()
    expect(page.locator("#place [role=status]")).to_contain_text("Nothing was sent")
    expect(page.get_by_role("button", name="Share my location once")).to_be_enabled()
    assert not [url for url in asked if "/place/" in url]
    with world.database.read() as tx:
        [line] = scans.list_scans(tx, alice.key(7), limit=5)
    assert line.place is None
