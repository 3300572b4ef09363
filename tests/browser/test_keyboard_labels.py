"""From a batch to its labels without a mouse: order, release, download, and the file reads back."""

import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect
from tests.browser.test_console_journeys import rasterise
from tests.browsing import open_page, sign_in, tab_to
from tools.running_demo import Demo

from trueorigin.adapters.barcodes import read_symbols

LABELS, LAST = "3", "2"


def press(page: Page, selector: str, address: str | re.Pattern[str]) -> None:
    """Walk to something that can be pressed, press it, and wait for where it leads."""
    tab_to(page, selector)
    page.keyboard.press("Enter")
    page.wait_for_url(address)


def test_codes_are_ordered_released_and_printed_by_keyboard_alone(
    browser: Browser, demo: Demo, tmp_path: Path
) -> None:
    page = open_page(browser, demo)
    sign_in(page, demo)
    press(page, ".side a[href='/console/batches']", "**/console/batches")
    press(page, "main .rows a", "**/console/batches/*")
    press(page, "main a[href^='/console/runs/new']", "**/console/runs/new*")
    tab_to(page, "#quantity")
    page.keyboard.type(LABELS)
    tab_to(page, "button[name='preview']")
    page.keyboard.press("Enter")
    expect(page.locator(".specimen svg").first).to_be_visible()
    press(page, "main form .buttons button.main", re.compile(r"/console/runs/\d+$"))
    press(page, "main a[href$='/release']", "**/release")
    tab_to(page, "main form .buttons button.main")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Release now")).to_be_visible()
    tab_to(page, "main form .buttons button.main")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Released")
    press(page, "main a[href$='/labels']", "**/labels")
    tab_to(page, "#from")
    page.keyboard.type("0")
    tab_to(page, "#to")
    page.keyboard.type(LAST)
    tab_to(page, "main form .buttons button.main")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    sheet = tmp_path / "sheet.pdf"
    download.value.save_as(sheet)
    page.context.close()
    with Image.open(rasterise(sheet, tmp_path)) as picture:
        assert len(read_symbols(picture.convert("L"))) == int(LABELS)
