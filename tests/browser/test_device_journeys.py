# SPDX-License-Identifier: Apache-2.0
"""A phone from the console's QR code to its last request, in Chromium."""

import io
import re
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from tests.browsing import Watch, list_violations, measure_overhang, open_page, sign_in, tab_to
from tools.clerk import TRUST
from tools.running_demo import Demo

from trueorigin.adapters.barcodes import read_symbols

# A busy machine takes its time.
ANSWER_SECONDS_MAX = 60


def read_screen(page: Page) -> str:
    """Return what a phone's camera reads off the screen, once all of the page is there."""
    page.wait_for_load_state()
    (symbol,) = read_symbols(Image.open(io.BytesIO(page.screenshot())))
    return symbol.text


def enrol(demo: Demo, code: str) -> httpx.Response:
    url = f"{demo.base}/api/v1/devices/enrolment"
    return httpx.post(url, json={"code": code}, timeout=ANSWER_SECONDS_MAX, verify=TRUST)


def show_up(demo: Demo, key: str) -> httpx.Response:
    url = f"{demo.base}/api/v1/devices/me"
    sent = {"authorization": f"Bearer {key}"}
    return httpx.get(url, headers=sent, timeout=ANSWER_SECONDS_MAX, verify=TRUST)


@pytest.mark.parametrize(
    ("language", "theme", "width"), [("en", "dark", 1280), ("zh", "light", 360)]
)
def test_a_phone_is_enrolled_off_the_screen_works_and_is_revoked(
    browser: Browser, demo: Demo, language: str, theme: str, width: int
) -> None:
    page = open_page(browser, demo, language=language, theme=theme, width=width)
    watch = Watch(demo.base)
    watch.follow(page)
    sign_in(page, demo)
    page.goto(f"{demo.base}/console/devices")
    name = f"Packing line {width}"
    page.fill("#label", name)
    page.select_option("#profile", "packer")
    page.click("form[action='/console/devices'] button")
    expect(page.locator("h1")).to_contain_text(name)
    assert list_violations(page) == []
    assert measure_overhang(page) <= 0

    address = urlsplit(read_screen(page))
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{demo.base}/field"
    # Behind the #: no server is ever sent it.
    code = address.fragment.removeprefix("enrol=")
    assert address.query == ""
    assert page.locator(".secret").inner_text().replace("-", "") == code

    told = enrol(demo, code)
    assert told.status_code == 200
    key = told.json()["key"]
    assert told.json()["label"] == name
    assert show_up(demo, key).json()["profile"] == "packer"
    assert enrol(demo, code).status_code == 401

    page.goto(f"{demo.base}/console/devices")
    line = page.locator(".rows li", has_text=name)
    expect(line.locator(".badge")).to_have_class(re.compile("good"))
    line.locator("summary").click()
    line.locator("form[action$='/revoke'] button").click()
    expect(page.locator(".flash")).to_be_visible()
    expect(line.locator(".badge")).to_have_class(re.compile("bad"))
    refused = show_up(demo, key)
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "credential_invalid")
    assert watch.faults == []
    page.context.close()


def test_a_kiosk_is_made_by_keyboard_alone(browser: Browser, demo: Demo) -> None:
    page = open_page(browser, demo)
    sign_in(page, demo)
    page.goto(f"{demo.base}/console/devices")
    tab_to(page, "#label")
    page.keyboard.type("Hall by the door")
    tab_to(page, "#profile")
    page.select_option("#profile", "kiosk")
    page.keyboard.press("Tab")
    tab_to(page, "form[action='/console/devices'] button")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Hall by the door")
    assert read_screen(page).startswith(f"{demo.base}/kiosk#enrol=")
    page.context.close()
