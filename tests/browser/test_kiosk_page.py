# SPDX-License-Identifier: Apache-2.0
"""A public kiosk in real Chromium: asked by a scanner, without network, revoked, besieged."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from tests.browsing import list_violations, measure_overhang
from tests.field_house import MAKER, House, running_house
from tests.kiosk_house import LATITUDE, LONGITUDE, Kiosk, open_kiosk
from tools.screenshot_pages import CHROMIUM, CHROMIUM_ARGUMENTS

from trueorigin.domain.risk import parse_place
from trueorigin.domain.scans import Channel


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running_house(tmp_path_factory.mktemp("kiosk")) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=list(CHROMIUM_ARGUMENTS)
        )
        yield browser
        browser.close()


@pytest.fixture
def kiosk(house: House, chromium: Browser) -> Iterator[Kiosk]:
    opened = open_kiosk(house, chromium)
    yield opened
    opened.context.close()


def test_a_scanner_types_a_code_and_the_kiosk_answers_and_returns(
    house: House, kiosk: Kiosk
) -> None:
    run = house.order(quantity=12, packing=(6,))
    item = house.units(run, 0)[3]
    kiosk.page.clock.install()
    kiosk.enrol()
    assert list_violations(kiosk.page) == []
    kiosk.scan(item.url)
    expect(kiosk.page.locator(".screen.answer.good")).to_be_visible()
    expect(kiosk.title).to_contain_text("Genuine")
    expect(kiosk.page.locator("dd").first).to_have_text(item.number)
    expect(kiosk.page.locator("#heard")).to_contain_text("Genuine")
    expect(kiosk.page.locator(".earlier")).to_have_text("No earlier reading.")
    assert list_violations(kiosk.page) == []
    assert measure_overhang(kiosk.page) <= 0
    kiosk.page.clock.run_for(10_000)
    kiosk.page.mouse.click(900, 500)
    kiosk.page.clock.run_for(10_000)
    # Whoever touches it goes on reading.
    expect(kiosk.page.locator(".screen.answer")).to_be_visible()
    kiosk.page.clock.run_for(6_000)
    expect(kiosk.page.locator(".screen.start")).to_be_visible()
    expect(kiosk.page.locator("#heard")).to_have_text("")

    [line] = kiosk.readings(run, item)
    assert line.channel == Channel.KIOSK
    assert line.is_counted
    place = parse_place(line.place or "")
    assert place is not None
    assert place.is_trusted
    assert abs(place.latitude - LATITUDE) < 1
    assert abs(place.longitude - LONGITUDE) < 1
    kiosk.scan(item.url)
    expect(kiosk.page.locator(".earlier")).to_contain_text("read it before: 1")
    assert [each.is_counted for each in kiosk.readings(run, item)] == [False, True]
    assert kiosk.watch.faults == []


def test_without_network_it_says_so_and_catches_up_once(house: House, kiosk: Kiosk) -> None:
    run = house.order(quantity=12, packing=(6,))
    item, other = house.units(run, 0)[:2]
    kiosk.enrol()
    kiosk.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    kiosk.context.set_offline(True)
    kiosk.scan(item.url)
    expect(kiosk.title).to_have_text("Cannot be checked now")
    expect(kiosk.page.locator("main")).not_to_contain_text("Genuine")
    expect(kiosk.page.locator(".quoted")).to_have_text(item.number)
    kiosk.page.locator(".foot .main").click()
    expect(kiosk.page.locator(".offline")).to_contain_text("No connection")
    # A power cut: the page starts without network, and has lost nothing.
    kiosk.page.reload()
    expect(kiosk.page.locator(".screen.start")).to_be_visible()
    kiosk.scan(other.code)
    expect(kiosk.title).to_have_text("Cannot be checked now")
    assert kiosk.readings(run, item) == []
    kiosk.context.set_offline(False)
    kiosk.page.reload()
    expect(kiosk.page.locator(".offline")).to_be_hidden()
    kiosk.page.wait_for_function(
        """() => new Promise((done) => {
            const open = indexedDB.open("trueorigin-kiosk");
            open.onsuccess = () => {
                const all = open.result.transaction("readings").objectStore("readings").count();
                all.onsuccess = () => { open.result.close(); done(all.result === 0); };
            };
        })"""
    )
    for unit in (item, other):
        [line] = kiosk.readings(run, unit)
        assert line.channel == Channel.KIOSK
        assert line.readings == 1


def test_a_revoked_kiosk_is_out_of_service(house: House, kiosk: Kiosk) -> None:
    item = house.units(house.order(quantity=12, packing=(6,)), 0)[0]
    kiosk.enrol()
    assert kiosk.device_id is not None
    house.revoke(MAKER, kiosk.device_id)
    kiosk.scan(item.url)
    expect(kiosk.title).to_have_text("Out of service")
    assert list_violations(kiosk.page) == []
    kiosk.page.reload()
    expect(kiosk.title).to_have_text("Out of service")


def test_what_is_no_code_of_ours_is_named_and_never_opened(house: House, kiosk: Kiosk) -> None:
    items = house.units(house.order(quantity=12, packing=(6,)), 0)
    kiosk.enrol()
    kiosk.scan("https://evil.example/01/1?pay=me")
    expect(kiosk.title).to_have_text("This code is not ours")
    expect(kiosk.page.locator(".quoted")).to_have_text("https://evil.example/01/1?pay=me")
    assert kiosk.page.locator("a").count() == 0
    assert list_violations(kiosk.page) == []
    for text, title in (
        (items[0].url + items[1].url, "Two codes at once"),
        (items[0].url[:-5], "Only part of a code"),
        (
            items[0].code[:-1] + ("0" if items[0].code[-1] != "0" else "1"),
            "The code does not add up",
        ),
        ("%&/()=?+*#'_:;", "That is no code we know"),
    ):
        kiosk.scan(text)
        expect(kiosk.title).to_have_text(title)
    kiosk.scan(items[0].url + items[0].url)
    expect(kiosk.page.locator(".screen.answer")).to_be_visible()
    assert kiosk.watch.faults == []


def test_a_visitor_who_tries_to_leave_stays(kiosk: Kiosk) -> None:
    kiosk.enrol()
    page = kiosk.page
    address = page.url
    marked = "window.marked = true"
    page.evaluate(marked)
    for keys in (
        "Alt+ArrowLeft",
        "F5",
        "Control+r",
        "Control+n",
        "Control+p",
        "F1",
        "F11",
        "Escape",
    ):
        page.keyboard.press(keys)
    page.mouse.click(500, 500, button="right")
    page.mouse.click(500, 500, button="middle")
    page.go_back()
    assert page.evaluate("window.open('/')") is None
    stopped = page.evaluate(
        """() => ["contextmenu", "dragstart", "selectstart", "drop", "copy"].map((name) =>
            !document.body.dispatchEvent(new Event(name, {bubbles: true, cancelable: true})))"""
    )
    assert stopped == [True] * 5
    assert page.url == address
    assert page.evaluate("window.marked") is True
    assert kiosk.context.pages == [page]
    expect(page.locator(".screen.start")).to_be_visible()


def test_a_code_is_typed_with_a_finger(house: House, kiosk: Kiosk) -> None:
    item = house.units(house.order(quantity=12, packing=(6,)), 0)[0]
    kiosk.enrol()
    kiosk.page.get_by_role("button", name="Type the code").click()
    symbols = item.code.replace("-", "")
    for symbol in symbols[:-1]:
        kiosk.page.get_by_role("button", name=symbol, exact=True).click()
    expect(kiosk.page.locator(".state")).to_have_text("1 more")
    check = kiosk.page.get_by_role("button", name="Check", exact=True)
    expect(check).to_be_disabled()
    kiosk.page.get_by_role("button", name="0" if symbols[-1] != "0" else "1", exact=True).click()
    expect(kiosk.page.locator(".state.bad")).to_be_visible()
    expect(check).to_be_disabled()
    kiosk.page.get_by_role("button", name="Delete the last").click()
    kiosk.page.get_by_role("button", name=symbols[-1], exact=True).click()
    assert list_violations(kiosk.page) == []
    smallest = kiosk.page.evaluate(
        """() => Math.min(...[...document.querySelectorAll("button")].flatMap((each) => {
            const {width, height} = each.getBoundingClientRect();
            return [width, height];
        }))"""
    )
    assert smallest >= 60
    check.click()
    expect(kiosk.page.locator(".screen.answer dd").first).to_have_text(item.number)
