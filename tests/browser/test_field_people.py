"""The others' phones: a shop that sells, an inspector who seals, and cameras that read."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect
from tests.browser.test_page_scanning import draw_label
from tests.browsing import list_camera_arguments, write_film
from tests.field_house import (
    AUTHORITY,
    MAKER,
    House,
    open_phone,
)
from tools.screenshot_pages import CHROMIUM, CHROMIUM_ARGUMENTS

from trueorigin.domain.devices import Profile

Camera = Callable[[str], Browser]


@pytest.fixture
def filming(playwright: Playwright, tmp_path: Path) -> Iterator[Camera]:
    """Give browsers whose camera films a label."""
    browsers: list[Browser] = []

    def start(text: str) -> Browser:
        film = write_film(tmp_path / f"{len(browsers)}.y4m", draw_label(text))
        arguments = [*CHROMIUM_ARGUMENTS, *list_camera_arguments(film)]
        browsers.append(playwright.chromium.launch(executable_path=CHROMIUM, args=arguments))
        return browsers[-1]

    yield start
    for browser in browsers:
        browser.close()


def test_a_shop_receives_a_case_and_sells_one_item(house: House, chromium: Browser) -> None:
    run = house.order(quantity=12, packing=(6,))
    items, cases = house.units(run, 0), house.units(run, 1)
    phone = open_phone(house, chromium)
    phone.enrol(MAKER, Profile.SELLER)
    expect(phone.page.locator(".chip")).to_have_text("All uploaded")
    phone.begin("receive", document="PO-17")
    phone.scan(cases[0].url)
    expect(phone.plate).to_contain_text("1 counted")
    phone.page.get_by_role("button", name="Finish 1").click()
    expect(phone.plate).to_contain_text("1 recorded")
    phone.page.get_by_role("button", name="Back").click()
    phone.begin("sell")
    phone.page.get_by_role("button", name="Type").click()
    field = phone.page.get_by_label("Code on the label")
    wrong = items[2].code[:-1] + ("0" if items[2].code[-1] != "0" else "1")
    field.fill(wrong)
    expect(phone.page.locator("#typed-state")).to_have_class("state bad")
    field.fill(items[2].code)
    expect(phone.page.locator("#typed-state")).to_contain_text("typed correctly")
    field.press("Enter")
    expect(phone.plate).to_contain_text("1 counted")
    phone.page.get_by_role("button", name="Finish 1").click()
    expect(phone.plate).to_contain_text("1 recorded")
    expect(phone.page.locator(".chip")).to_have_text("All uploaded")
    sold, received = house.events_of(MAKER, run)
    assert (sold["kind"], received["kind"]) == ("selling", "receiving")
    assert sold["units"] == [{"run": run, "level": 0, "from": 2, "to": 3}]
    assert received["details"] == {"document": "PO-17"}
    assert phone.watch.faults == []
    phone.context.close()


def test_an_inspector_looks_and_seals_a_pallet(house: House, chromium: Browser) -> None:
    run = house.order(quantity=24, packing=(6, 2))
    [pallet, *_] = house.units(run, 2)
    known = house.known(AUTHORITY)
    phone = open_phone(house, chromium, permissions=["geolocation"])
    phone.context.set_geolocation({"latitude": 31.23042, "longitude": 121.47373})
    phone.enrol(AUTHORITY, Profile.INSPECTOR)
    phone.begin("look")
    phone.scan(pallet.url)
    expect(phone.page.locator("dl")).to_contain_text("Jiangnan Spring")
    expect(phone.page.locator(".numbers li")).to_have_count(2)
    phone.page.locator(".actions").get_by_role("button", name="Seal", exact=True).click()
    phone.page.locator("#setup-document").fill("封字 7 号")
    phone.page.locator("#setup-notes").fill("Broken tape on two cases")
    phone.page.get_by_role("button", name="Use the phone's position").click()
    expect(phone.page.get_by_text("31.2304, 121.4737")).to_be_visible()
    phone.page.set_input_files(
        "#photo", {"name": "a.png", "mimeType": "image/png", "buffer": phone.page.screenshot()}
    )
    expect(phone.page.get_by_role("img", name="Photograph 1")).to_be_visible()
    phone.page.get_by_role("button", name="Begin to scan").click()
    phone.page.get_by_role("button", name="Finish 1").click()
    expect(phone.plate).to_contain_text("1 recorded")
    expect(phone.page.locator(".chip")).to_have_text("All uploaded")
    [event] = house.events_after(AUTHORITY, known)
    finding = event["details"]["inspection"]
    assert (event["kind"], finding["result"]) == ("inspecting", "sealed")
    assert finding["notes"] == {"en": "Broken tape on two cases"}
    assert len(finding["file_ids"]) == 1
    assert event["details"]["position"]["latitude"] == 31.2304
    assert phone.watch.faults == []
    phone.context.close()


def test_the_camera_reads_on_and_tells_a_label_once(house: House, filming: Camera) -> None:
    [case, *_] = house.units(house.order(quantity=12, packing=(6,)), 1)
    # The camera reads bare items here: a case's long code is too fine for a film of 640 pixels.
    text = case.code
    phone = open_phone(house, filming(text), permissions=["camera"])
    phone.enrol(MAKER, Profile.LOGISTICS)
    phone.begin("receive")
    phone.page.get_by_role("button", name="Camera").click()
    expect(phone.plate).to_contain_text("1 counted")
    phone.page.wait_for_timeout(2500)
    expect(phone.page.locator(".figure strong")).to_have_text("1")
    assert phone.watch.faults == []
    phone.page.get_by_role("button", name="Camera").click()
    expect(phone.page.locator("video")).to_be_hidden()
    phone.context.close()


def test_a_refused_camera_leaves_scanner_and_keyboard(house: House, filming: Camera) -> None:
    [case, *_] = house.units(house.order(quantity=12, packing=(6,)), 1)
    phone = open_phone(house, filming("x"))
    phone.enrol(MAKER, Profile.LOGISTICS)
    phone.begin("receive")
    phone.page.get_by_role("button", name="Camera").click()
    expect(phone.page.get_by_text("The camera is not allowed")).to_be_visible()
    phone.scan(case.url)
    expect(phone.plate).to_contain_text("1 counted")
    phone.context.close()


def test_a_scanner_that_sends_rubbish_or_two_codes(house: House, chromium: Browser) -> None:
    cases = house.units(house.order(quantity=12, packing=(6,)), 1)
    phone = open_phone(house, chromium)
    phone.enrol(MAKER, Profile.LOGISTICS)
    phone.begin("receive")
    phone.scan(cases[0].url + cases[1].url)
    expect(phone.page.locator(".figure strong")).to_have_text("2")
    phone.scan("https>&&zy.example&00&106141412345678908")
    expect(phone.plate).to_contain_text("another keyboard")
    phone.scan("§§§§§§§§§§")
    expect(phone.plate).to_contain_text("characters that no code has")
    phone.scan("ABCDEFG")
    expect(phone.plate).to_contain_text("only part of one")
    expect(phone.page.locator(".figure strong")).to_have_text("2")
    phone.context.close()
