# SPDX-License-Identifier: Apache-2.0
"""Visitors who try to leave the kiosk's page, by every way that a page can see."""

import pytest
from playwright.sync_api import Browser, expect
from tests.field_house import House
from tests.kiosk_house import Kiosk, open_kiosk

# Playwright's names; those of which a real press would end the browser are dispatched below.
PRESSED = (
    "Alt+ArrowLeft", "Alt+ArrowRight", "F1", "F3", "F5", "F6", "F7", "F10", "F11", "F12", "Escape",
    "Control+r", "Control+Shift+r", "Control+n", "Control+Shift+n", "Control+t", "Control+p",
    "Control+s", "Control+o", "Control+u", "Control+f", "Control+l", "Control+j", "Control+h",
    "Control+d", "Control+Shift+i", "Control+=", "Control+-", "Control+0", "Control+a",
    "Backspace", "ContextMenu", "Meta",
)  # fmt: skip
DISPATCHED = (
    {"key": "F4", "altKey": True},
    {"key": "w", "ctrlKey": True},
    {"key": "q", "ctrlKey": True},
    {"key": "Tab", "altKey": True},
    {"key": "Tab", "ctrlKey": True},
    {"key": " ", "altKey": True},
    {"key": "Home", "altKey": True},
    {"key": "BrowserBack"},
    {"key": "BrowserHome"},
    {"key": "BrowserSearch"},
    {"key": "LaunchMail"},
    {"key": "PrintScreen"},
    {"key": "Delete", "ctrlKey": True, "altKey": True},
)


def mark(kiosk: Kiosk) -> str:
    kiosk.enrol()
    kiosk.page.evaluate("window.marked = true")
    return str(kiosk.page.url)


def assert_stayed(kiosk: Kiosk, address: str) -> None:
    page = kiosk.page
    assert page.url == address
    assert page.evaluate("window.marked") is True
    assert kiosk.context.pages == [page]
    assert page.evaluate("visualViewport.scale") == 1
    expect(page.locator(".screen")).to_be_visible()


def test_keys_lead_nowhere(house: House, chromium: Browser) -> None:
    kiosk = open_kiosk(house, chromium)
    address = mark(kiosk)
    for keys in PRESSED:
        kiosk.page.keyboard.press(keys)
    stopped = kiosk.page.evaluate(
        """all => all.map((keys) => !document.body.dispatchEvent(
            new KeyboardEvent("keydown", {...keys, bubbles: true, cancelable: true})))""",
        list(DISPATCHED),
    )
    assert stopped == [True] * len(DISPATCHED)
    assert_stayed(kiosk, address)
    kiosk.context.close()


def test_mouse_and_menus_lead_nowhere(house: House, chromium: Browser) -> None:
    kiosk = open_kiosk(house, chromium)
    address, page = mark(kiosk), kiosk.page
    page.mouse.click(500, 500, button="right")
    page.mouse.click(500, 500, button="middle")
    # Three clicks mark a line, and pulling marks a stretch.
    page.locator("h1").click(click_count=3)
    page.mouse.move(100, 300)
    page.mouse.down()
    page.mouse.move(900, 700, steps=5)
    page.mouse.up()
    assert page.evaluate("String(getSelection())") == ""
    # Faster than the page learns of the first, and again once it has.
    for _ in range(2):
        page.evaluate("for (let step = 0; step < 5; step += 1) history.back()")
        page.wait_for_timeout(300)
    names = ["contextmenu", "dragstart", "selectstart", "drop", "dragover", "copy", "cut", "paste"]
    stopped = page.evaluate(
        """names => names.map((name) =>
            !document.body.dispatchEvent(new Event(name, {bubbles: true, cancelable: true})))""",
        names,
    )
    assert stopped == [True] * len(names)
    assert page.evaluate("window.open('/') === null && window.open('//evil.example') === null")
    page.evaluate("window.print()")
    assert_stayed(kiosk, address)
    kiosk.context.close()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({"items": [{"mimeType": "text/uri-list", "data": "https://evil.example/"}]}),
        pytest.param({"items": [{"mimeType": "text/html", "data": "<a href='/console'>x</a>"}]}),
        pytest.param({"items": [], "files": ["/etc/hostname"]}),
    ],
    ids=["address", "markup", "file"],
)
def test_what_is_let_go_over_the_page_is_not_opened(
    house: House, chromium: Browser, data: dict[str, object]
) -> None:
    kiosk = open_kiosk(house, chromium)
    address = mark(kiosk)
    tools = kiosk.context.new_cdp_session(kiosk.page)
    for kind in ("dragEnter", "dragOver", "drop"):
        place = {"type": kind, "x": 400, "y": 400, "data": {"dragOperationsMask": 1, **data}}
        tools.send("Input.dispatchDragEvent", place)
    kiosk.page.wait_for_timeout(500)
    assert_stayed(kiosk, address)
    kiosk.context.close()


def test_fingers_do_not_zoom(house: House, chromium: Browser) -> None:
    kiosk = open_kiosk(house, chromium, has_touch=True)
    address = mark(kiosk)
    tools = kiosk.context.new_cdp_session(kiosk.page)
    pinch = {"x": 600, "y": 500, "scaleFactor": 3, "gestureSourceType": "touch"}
    tools.send("Input.synthesizePinchGesture", pinch)
    tap = {"x": 600, "y": 500, "tapCount": 2}
    tools.send("Input.synthesizeTapGesture", tap)
    kiosk.page.mouse.move(500, 500)
    kiosk.page.keyboard.down("Control")
    kiosk.page.mouse.wheel(0, -500)
    kiosk.page.keyboard.up("Control")
    assert_stayed(kiosk, address)
    kiosk.context.close()


def test_foreign_codes_are_shown_and_lead_nowhere(house: House, chromium: Browser) -> None:
    kiosk = open_kiosk(house, chromium)
    kiosk.linger()
    address = mark(kiosk)
    for text in (
        "https://evil.example/kiosk",
        "javascript:alert(document.domain)//",
        "data:text/html,<script>alert(1)</script>",
        "intent://scan/#Intent;scheme=zxing;end",
        "file:///etc/passwd",
        "tel:+10000000000",
        "<img src=x onerror=alert(1)>://x/",
    ):
        kiosk.scan(text)
        expect(kiosk.page.locator(".screen.notice")).to_be_visible()
        assert kiosk.page.locator("main a, main img, main script").count() == 0
    assert kiosk.watch.faults == []
    assert_stayed(kiosk, address)
    kiosk.context.close()


def test_screens_for_staff_are_left_by_themselves(house: House, chromium: Browser) -> None:
    kiosk = open_kiosk(house, chromium)
    kiosk.page.clock.install()
    kiosk.enrol()
    kiosk.page.locator(".look").click()
    expect(kiosk.title).to_have_text("About this kiosk")
    kiosk.page.clock.run_for(61_000)
    expect(kiosk.page.locator(".screen.start")).to_be_visible()
    # A visitor who knows the address of the enrolment.
    kiosk.page.evaluate("location.hash = '#enrol=0000'")
    expect(kiosk.title).to_have_text("Set up this kiosk")
    kiosk.page.clock.run_for(121_000)
    expect(kiosk.page.locator(".screen.start")).to_be_visible()
    kiosk.context.close()
