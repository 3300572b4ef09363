# SPDX-License-Identifier: Apache-2.0
"""Every screen of the kiosk on every size it is sold for: nothing scrolls, all can be pressed."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.browsing import list_violations
from tests.field_house import MAKER, House
from tests.kiosk_house import Kiosk, open_kiosk, pack

# WCAG 2.2 asks for 24; people who stand and reach ask for more.
TARGET_MIN = 44
SIZES = {
    "tall": (1080, 1920),
    "wide": (1920, 1080),
    "seven inches": (800, 480),
    "ten inches": (1280, 800),
}
_SMALL = """min => [...document.querySelectorAll("button, input")]
    .filter((each) => each.checkVisibility())
    .map((each) => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
    .filter(([, box]) => box.height < min || box.width < min)
    .map(([html, box]) => `${html} ${box.width}x${box.height}`)"""
# What is cut off or can be scrolled, and buttons that are not wholly on the screen.
_SPILLED = """() => [document.documentElement, ...document.querySelectorAll("body *")]
    .filter((each) => each.checkVisibility() && !each.matches(".unseen, .unseen *, svg, svg *"))
    .filter((each) => each.scrollHeight > each.clientHeight + 2 && each.clientHeight > 0
        && getComputedStyle(each).overflowY !== "visible"
        || each.scrollWidth > each.clientWidth + 2 && each.clientWidth > 0
        || each.matches(".card") && each.scrollHeight > each.clientHeight + 2
        || each.matches("button")
        && (each.getBoundingClientRect().bottom > innerHeight + 1
            || each.getBoundingClientRect().right > innerWidth + 1))
    .map((each) => `${each.tagName}.${each.className} ${each.scrollWidth}x${each.scrollHeight}`
        + ` in ${each.clientWidth}x${each.clientHeight}`)"""


# The tallest and the smallest in both languages, the others in that with the longer words for them.
LOOKS = [(size, language) for size in ("tall", "seven inches") for language in ("zh", "en")]
LOOKS += [("wide", "zh"), ("ten inches", "en")]
# What axe finds depends on words and colours; on the size only what is shown at all.
AXED = ("tall", "seven inches")


class Look:
    """Looks at one screen after the other, and keeps a picture of each."""

    def __init__(self, kiosk: Kiosk, folder: Path, *, has_axe: bool) -> None:
        self.kiosk = kiosk
        self.folder = folder
        self.has_axe = has_axe

    def at(self, name: str, screen: str) -> None:
        """Look at the screen that is shown."""
        page = self.kiosk.page
        expect(page.locator(f".screen.{screen}")).to_be_visible()
        page.screenshot(path=self.folder / f"{name}.png")
        assert page.evaluate(_SPILLED) == [], name
        assert page.evaluate(_SMALL, TARGET_MIN) == [], name
        assert not self.has_axe or list_violations(page) == [], name


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_nothing_scrolls_and_everything_can_be_pressed(
    house: House, chromium: Browser, tmp_path: Path, size: str, language: str
) -> None:
    run = house.order(quantity=72, packing=(24,))
    item, case, full, emptied = house.units(run, 0)[30], *house.units(run, 1)
    pack(house, run, case, range(2, 26))
    for kind in ("packing", "unpacking"):
        pack(house, run, emptied, range(48, 72), kind=kind)
    width, height = SIZES[size]
    viewport = {"width": width, "height": height}
    kiosk = open_kiosk(house, chromium, language=language, size=viewport)
    kiosk.linger()
    page, look = kiosk.page, Look(kiosk, tmp_path, has_axe=size in AXED)
    page.goto(f"{house.demo.base}/kiosk")
    look.at("enrol", "enrol")
    kiosk.enrol()
    look.at("start", "start")
    page.locator(".look").click()
    expect(page.locator(".service dd")).not_to_have_count(0)
    look.at("service", "serviced")
    page.locator(".foot .main").click()
    page.locator(".ways .second").click()
    look.at("keypad", "keypad")
    for symbol in item.code.replace("-", "")[:-1]:
        page.get_by_role("button", name=symbol, exact=True).click()
    look.at("keypad-full", "keypad")

    answers = {
        "genuine": item.url,
        "again": item.url,
        "case-differs": case.url,
        "case-planned": full.url,
        "case-empty": emptied.url,
        "invented": item.url.replace(item.url[-16:], "0" * 16),
        **{name: house.demo.base + path for name, path in house.demo.items.items()},
    }
    for name, text in answers.items():
        kiosk.scan(text)
        look.at(name, "answer")
        for place in range(page.locator(".tab").count()):
            page.locator(".tab").nth(place).click()
            look.at(f"{name}-{place}", "answer")
        page.locator(".foot .main").click()
    kiosk.scan(case.url)
    open_numbers(kiosk)
    look.at("numbers", "numbered")

    notices = {
        "foreign": "https://evil.example/01/1?pay=me&" + "x" * 60,
        "several": case.url + item.url,
        "half": item.url[:-4],
        "mistyped": item.code[:-1] + ("0" if item.code[-1] != "0" else "1"),
        "rubbish": "%&/()=?+*#'_:;",
    }
    for name, text in notices.items():
        kiosk.scan(text)
        look.at(name, "notice")
    kiosk.context.set_offline(True)
    kiosk.scan(item.url)
    look.at("offline", "notice")
    kiosk.scan(case.url)
    look.at("offline-case", "notice")
    page.locator(".foot .main").click()
    look.at("start-offline", "start")
    kiosk.context.set_offline(False)
    assert kiosk.device_id is not None
    house.revoke(MAKER, kiosk.device_id)
    page.reload()
    look.at("closed", "closed")
    kiosk.context.close()


def open_numbers(kiosk: Kiosk) -> None:
    """Press the button that shows the numbers, behind whichever tab it is."""
    page = kiosk.page
    expect(page.locator(".screen.answer")).to_be_visible()
    for place in range(page.locator(".tab").count()):
        if page.locator(".slip").is_visible():
            break
        page.locator(".tab").nth(place).click()
    page.locator(".slip").click()


def test_hundred_numbers_are_turned_page_by_page(house: House, chromium: Browser) -> None:
    run = house.order(quantity=100, packing=(100,))
    [case] = house.units(run, 1)
    kiosk = open_kiosk(house, chromium, size={"width": 800, "height": 480})
    kiosk.linger()
    kiosk.enrol()
    kiosk.scan(case.url)
    open_numbers(kiosk)
    page = kiosk.page
    seen: list[str] = []
    while True:
        seen += page.locator(".numbers .number").all_inner_texts()
        assert page.evaluate(_SPILLED) == []
        if page.locator(".turn .next").is_disabled():
            break
        page.locator(".turn .next").click()
    assert seen == [each.number for each in house.units(run, 0)]
    page.locator(".turn .second").first.click()
    expect(page.locator(".turn .next")).to_be_enabled()
    page.get_by_role("button", name="The answer").click()
    expect(page.locator(".screen.answer")).to_be_visible()
    kiosk.context.close()
