# SPDX-License-Identifier: Apache-2.0
"""A public kiosk in real Chromium: asked by a scanner, without network, revoked, besieged."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Playwright, Route, expect
from tests.browsing import list_camera_arguments, list_violations, measure_overhang, write_film
from tests.field_house import MAKER, House
from tests.kiosk_house import LATITUDE, LONGITUDE, SMALL, TALL, Kiosk, open_kiosk
from tools.screenshot_pages import CHROMIUM, CHROMIUM_ARGUMENTS

from trueorigin.domain.qr import encode
from trueorigin.domain.risk import parse_place
from trueorigin.domain.scans import Channel
from trueorigin.services import devices


@pytest.fixture
def kiosk(house: House, chromium: Browser) -> Iterator[Kiosk]:
    opened = open_kiosk(house, chromium)
    yield opened
    opened.context.close()


def test_a_scanner_types_a_code_and_the_kiosk_answers(house: House, kiosk: Kiosk) -> None:
    run = house.order(quantity=12, packing=(6,))
    item = house.units(run, 0)[3]
    kiosk.linger()
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
    [line] = kiosk.readings(run, item)
    assert line.channel == Channel.KIOSK
    assert line.is_counted
    place = parse_place(line.place or "")
    assert place is not None
    assert place.is_trusted
    assert abs(place.latitude - LATITUDE) < 1
    assert abs(place.longitude - LONGITUDE) < 1
    kiosk.page.locator(".foot .main").click()
    expect(kiosk.page.locator(".screen.start")).to_be_visible()
    expect(kiosk.page.locator("#heard")).to_have_text("")
    kiosk.scan(item.url)
    expect(kiosk.page.locator(".earlier")).to_contain_text("read it before: 1")
    assert [each.is_counted for each in kiosk.readings(run, item)] == [False, True]
    assert kiosk.watch.faults == []


def test_an_answer_stays_for_whoever_touches_it_and_is_left_by_itself(
    house: House, kiosk: Kiosk
) -> None:
    item = house.units(house.order(quantity=12, packing=(6,)), 0)[3]
    kiosk.page.clock.install()
    kiosk.enrol()
    kiosk.stop_clock()
    kiosk.scan(item.url)
    expect(kiosk.page.locator("#heard")).to_contain_text("Genuine")
    kiosk.page.clock.run_for(10_000)
    kiosk.page.mouse.click(900, 500)
    kiosk.page.clock.run_for(10_000)
    # Whoever touches it goes on reading.
    expect(kiosk.page.locator(".screen.answer")).to_be_visible()
    kiosk.page.clock.run_for(6_000)
    expect(kiosk.page.locator(".screen.start")).to_be_visible()
    expect(kiosk.page.locator("#heard")).to_have_text("")
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
    kiosk.wait_until_sent()
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


def test_the_camera_reads_a_label(house: House, playwright: Playwright, tmp_path: Path) -> None:
    item = house.units(house.order(quantity=12, packing=(6,)), 0)[0]
    modules = np.pad(encode(item.url).modules, 4)
    label = np.where(np.kron(modules, np.ones((8, 8), bool)), 0, 255).astype(np.uint8)
    scene = Image.new("L", (640, 480), 255)
    scene.paste(Image.fromarray(label), (150, 60))
    film = write_film(tmp_path / "label.y4m", scene)
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM, args=[*CHROMIUM_ARGUMENTS, *list_camera_arguments(film)]
    )
    kiosk = open_kiosk(house, browser, permissions=["camera"])
    kiosk.enrol()
    kiosk.page.get_by_role("button", name="Use the camera").click()
    expect(kiosk.page.locator(".screen.answer dd").first).to_have_text(item.number)
    assert kiosk.watch.faults == []
    browser.close()


def test_staff_enrol_a_running_kiosk_anew_and_its_language_is_returned_to(
    house: House, chromium: Browser
) -> None:
    kiosk = open_kiosk(house, chromium, language="zh", size=TALL)
    kiosk.page.clock.install()
    kiosk.enrol()
    first = kiosk.device_id
    kiosk.enrol("Hall upstairs")
    assert kiosk.device_id != first
    expect(kiosk.title).to_have_text("请将防伪码对准扫描器")
    kiosk.page.reload()
    kiosk.page.get_by_role("button", name="English").click()
    expect(kiosk.title).to_have_text("Hold the code in front of the scanner")
    run = house.order(quantity=12, packing=(6,))
    kiosk.scan(house.units(run, 1)[0].url)
    expect(kiosk.page.locator(".contents h2")).to_contain_text("the maker’s plan")
    kiosk.page.get_by_role("button", name="中文").click()
    expect(kiosk.page.locator(".contents h2")).to_have_text("标签与厂家计划一致")
    kiosk.page.get_by_role("button", name="English").click()
    # As long as a warning stays, and a little.
    kiosk.page.clock.run_for(41_000)
    expect(kiosk.title).to_have_text("请将防伪码对准扫描器")
    kiosk.context.close()


def test_a_power_cut_between_reading_and_answer_neither_loses_nor_doubles(
    house: House, chromium: Browser
) -> None:
    run = house.order(quantity=12, packing=(6,))
    item = house.units(run, 0)[5]
    # The route below must see the request, which a worker would hide.
    kiosk = open_kiosk(house, chromium, service_workers="block")
    kiosk.enrol()
    reached: list[int] = []

    def cut(route: Route) -> None:
        reached.append(route.fetch().status)
        route.abort()

    kiosk.page.route("**/api/v1/verifications", cut)
    kiosk.scan(item.url)
    expect(kiosk.title).to_have_text("Cannot be checked now")
    assert reached[0] == 200
    [before] = kiosk.readings(run, item)
    # It may be trying again already.
    kiosk.page.unroute_all(behavior="ignoreErrors")
    kiosk.page.reload()
    expect(kiosk.page.locator(".screen.start")).to_be_visible()
    kiosk.wait_until_sent()
    assert kiosk.readings(run, item) == [before]
    assert before.readings == 1
    assert before.is_counted
    with house.opened(MAKER) as (database, act), database.read() as tx:
        assert kiosk.device_id is not None
        seen = devices.get_device(tx, act.scope, kiosk.device_id).last_seen_at
    assert seen is not None
    kiosk.context.close()


def test_what_does_not_fit_a_small_screen_is_turned_page_by_page(
    house: House, chromium: Browser
) -> None:
    kiosk = open_kiosk(house, chromium, size=SMALL)
    kiosk.linger()
    kiosk.enrol()
    kiosk.scan(house.demo.base + house.demo.items["recalled"])
    expect(kiosk.page.locator(".screen.answer.bad")).to_be_visible()
    expect(kiosk.title).to_have_text("Recalled")
    expect(kiosk.page.locator(".recall")).to_contain_text("Do not use it")
    expect(kiosk.page.locator(".earlier")).to_be_in_viewport()
    kiosk.page.locator(".foot .main").click()
    kiosk.page.set_viewport_size({"width": 800, "height": 480})
    kiosk.scan(house.demo.base + house.demo.items["pallet"])
    expect(kiosk.page.locator(".tab")).to_have_text(["Goods", "Inside", "Why"])
    expect(kiosk.page.locator(".goods")).to_be_visible()
    kiosk.page.get_by_role("button", name="Why").click()
    expect(kiosk.page.locator(".earlier")).to_be_in_viewport()
    expect(kiosk.page.locator(".goods")).to_be_hidden()
    assert list_violations(kiosk.page) == []
    assert measure_overhang(kiosk.page) <= 0
    kiosk.context.close()
