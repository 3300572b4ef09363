# SPDX-License-Identifier: Apache-2.0
"""From the sign-in to a label that Dora's phone films, and back: what the console then knows."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.browsing import (
    Watch,
    launch,
    list_camera_arguments,
    list_violations,
    open_page,
    sign_in,
    tab_to,
    write_film,
)
from tests.factories import make_gtin
from tools.running_demo import Demo

from trueorigin.adapters.barcodes import read_symbols

LABELS = 30
SCENE = (640, 480)
DPI = 300
# Starts a browser whose camera plays a film; None for a camera that shows no label.
Camera: TypeAlias = Callable[[Path | None], Browser]


@pytest.fixture
def playing(browser: Browser) -> Iterator[Camera]:
    """Start browsers with a camera; closes them all."""
    started: list[Browser] = []

    def start(film: Path | None) -> Browser:
        started.append(launch(browser.browser_type, *list_camera_arguments(film)))
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.fixture
def filmed(demo: Demo, tmp_path: Path) -> Path:
    """A film of the second label of the sheet that the demo printed."""
    return film_label(rasterise(demo.data / "labels.pdf", tmp_path), 1, tmp_path)[0]


def rasterise(sheet: Path, folder: Path) -> Path:
    """Draw the first page of a PDF as a printer would, by a program that is not ours."""
    command = ["pdftoppm", "-r", str(DPI), "-gray", "-png", "-singlefile", str(sheet)]
    subprocess.run([*command, str(folder / sheet.stem)], check=True)
    return folder / f"{sheet.stem}.png"


def film_label(page: Path, number: int, folder: Path) -> tuple[Path, str]:
    """Film one label of a printed page, slightly turned; return the film and what it says."""
    picture = Image.open(page).convert("L")
    symbol = read_symbols(picture)[number]
    x, y = symbol.position
    # A little more than the label, as a phone in front of it sees it.
    reach_x, reach_y = DPI * 14 // 15, DPI * 7 // 10
    part = picture.crop((x - reach_x, y - reach_y, x + reach_x, y + reach_y))
    scene = part.resize(SCENE).rotate(6, fillcolor=235)
    return write_film(folder / "label.y4m", scene), symbol.text


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(text)


def complete_enterprise(page: Page) -> None:
    page.get_by_role("link", name="Enterprise", exact=True).click()
    page.get_by_role("link", name="Edit").first.click()
    page.get_by_label("Phone").fill("+86 511 8888 0952")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("+86 511 8888 0952")


def register_goods(page: Page) -> None:
    page.get_by_role("link", name="Products", exact=True).click()
    page.locator("a[href='/console/products/new']").first.click()
    page.get_by_label("GTIN").fill(make_gtin("0952123400888"))
    page.locator("[name='name.zh']").fill("江南春 小坛")
    page.locator("[name='name.en']").fill("Jiangnan Spring, small jar")
    page.get_by_role("button", name="Save").click()
    heading(page, "Jiangnan Spring, small jar")
    page.get_by_role("link", name="Register a batch").click()
    page.locator("#lot").fill("XT-2026-11")
    page.locator("#produced_on").fill("2026-11-02")
    page.locator("[name='origin.place.en']").fill("Cellar 5, Zhenjiang")
    page.get_by_role("button", name="Save").click()
    heading(page, "XT-2026-11")


def order_codes(page: Page) -> None:
    """Order codes; the label is seen before they are."""
    page.get_by_role("link", name="Order codes").click()
    page.locator("#quantity").fill(str(LABELS))
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".specimen svg").first).to_be_visible()
    expect(page.locator("#quantity")).to_have_value(str(LABELS))
    page.get_by_role("button", name="Order the codes").click()
    heading(page, "Run")
    expect(page.locator(".specimen svg").first).to_be_visible()


def release(page: Page) -> None:
    page.get_by_role("link", name="Release", exact=True).first.click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Release now").click()
    expect(page.get_by_role("status")).to_contain_text("Released")


def download_labels(page: Page, folder: Path) -> Path:
    """Take all labels as a PDF, which the console counts."""
    page.locator("main a[href$='/labels']").first.click()
    page.locator("#format").select_option("pdf")
    expect(page.locator(".specimen svg").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).click()
    sheet = folder / "sheet.pdf"
    download.value.save_as(sheet)
    page.reload()
    expect(page.locator("#log ~ .scroll tbody tr")).to_have_count(1)
    return sheet


def allow_camera(browser: Browser, width: int, base: str) -> BrowserContext:
    context = browser.new_context(viewport={"width": width, "height": 800}, locale="en-GB")
    context.grant_permissions(["camera"], origin=base)
    return context


def test_from_the_sign_in_to_a_label_that_a_phone_films_and_back(
    browser: Browser, demo: Demo, playing: Camera, tmp_path: Path
) -> None:
    desk = open_page(browser, demo)
    watch = Watch(demo.base)
    watch.follow(desk)
    sign_in(desk, demo)
    complete_enterprise(desk)
    register_goods(desk)
    order_codes(desk)
    release(desk)
    sheet = rasterise(download_labels(desk, tmp_path), tmp_path)
    symbols = read_symbols(Image.open(sheet))
    assert len({each.text for each in symbols}) == len(symbols) == 24
    film, url = film_label(sheet, 7, tmp_path)
    assert url.startswith(f"{demo.base}/01/09521234008880/21/")

    phone = allow_camera(playing(film), 360, demo.base).new_page()
    watch.follow(phone)
    phone.goto(f"{demo.base}/")
    with phone.expect_response("**/confirm/*"):
        phone.get_by_role("button", name="Scan with the camera").click()
    expect(phone.locator("h1")).to_have_text("Genuine")
    assert phone.url == url
    expect(phone.locator("main")).to_contain_text("Jiangnan Spring, small jar")

    desk.get_by_role("link", name="Look up a code").click()
    desk.locator("#code").fill(url)
    desk.get_by_role("button", name="Look up").click()
    reading = desk.locator(".timeline li", has_text="new phone")
    expect(reading).to_have_count(1)
    expect(reading).to_contain_text("Genuine")
    assert watch.faults == []
    desk.context.close()


def test_a_unit_is_looked_up_with_the_camera_by_keyboard_alone(
    demo: Demo, playing: Camera, filmed: Path
) -> None:
    page = allow_camera(playing(filmed), 1280, demo.base).new_page()
    watch = Watch(demo.base)
    watch.follow(page)
    page.goto(f"{demo.base}/console/sign-in")
    sign_in(page, demo)
    page.goto(f"{demo.base}/console/units")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    tab_to(page, "#scan-start")
    page.keyboard.press("Enter")
    heading(page, "Unit")
    assert any(url.endswith(".wasm") for url in asked)
    page.wait_for_load_state()
    readings = page.locator(".timeline li").count()
    page.reload()
    # Looking here is no reading.
    expect(page.locator(".timeline li")).to_have_count(readings)
    assert watch.faults == []


def test_the_camera_of_the_console_is_stopped_by_keyboard(demo: Demo, playing: Camera) -> None:
    page = allow_camera(playing(None), 360, demo.base).new_page()
    page.goto(f"{demo.base}/console/sign-in")
    sign_in(page, demo)
    page.goto(f"{demo.base}/console/units")
    page.get_by_role("button", name="Scan with the camera").press("Enter")
    expect(page.get_by_role("button", name="Stop")).to_be_focused()
    expect(page.locator("#scan-state")).to_contain_text("Hold the square symbol")
    assert list_violations(page) == []
    page.keyboard.press("Enter")
    expect(page.locator("video")).to_be_hidden()
    expect(page.get_by_role("button", name="Scan with the camera")).to_be_focused()


def test_a_refused_camera_leaves_the_field_and_the_photograph(
    browser: Browser, demo: Demo, playing: Camera
) -> None:
    del browser
    page = playing(None).new_page(locale="en-GB")
    page.goto(f"{demo.base}/console/sign-in")
    sign_in(page, demo)
    page.goto(f"{demo.base}/console/units")
    page.get_by_role("button", name="Scan with the camera").click()
    expect(page.locator("#scan-state")).to_contain_text("not allowed")
    expect(page.locator("#code")).to_be_editable()
    expect(page.locator("#photo")).to_be_enabled()
    assert list_violations(page) == []


def test_without_script_a_unit_is_looked_up_by_field_and_photograph(
    browser: Browser, demo: Demo, tmp_path: Path
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{demo.base}/console/sign-in")
    sign_in(page, demo)
    page.goto(f"{demo.base}/console/units")
    expect(page.locator("#scan")).to_be_hidden()
    page.fill("#code", demo.base + demo.items["copied"])
    page.get_by_role("button", name="Look up").click()
    heading(page, "Unit")
    page.goto(f"{demo.base}/console/units")
    sheet = rasterise(demo.data / "labels.pdf", tmp_path)
    page.set_input_files("#photo", sheet)
    page.get_by_role("button", name="Read photograph").click()
    expect(page.locator("#choices ~ ul li").first).to_be_visible()
    context.close()
