"""Phones in the field, in real Chromium: pack, ship without network, receive, sell, seal."""

from pathlib import Path

from playwright.sync_api import Browser, Playwright, expect
from tests.browsing import TYPE_KEYS, list_violations, measure_overhang
from tests.field_house import (
    CARRIER,
    MAKER,
    House,
    open_lasting_phone,
    open_phone,
)

from trueorigin.domain.devices import Profile


def test_a_packer_fills_a_case_and_strangers_are_refused_at_once(
    house: House, chromium: Browser
) -> None:
    run = house.order(quantity=12, packing=(6,))
    items, cases = house.units(run, 0), house.units(run, 1)
    phone = open_phone(house, chromium)
    phone.enrol(MAKER, Profile.PACKER)
    phone.begin("pack")
    phone.scan(cases[0].url)
    expect(phone.plate).to_contain_text("open for 6")
    for item in items[:5]:
        phone.scan(item.url)
    expect(phone.plate).to_contain_text("5 of 6")
    phone.scan(items[4].url)
    expect(phone.plate).to_contain_text("scanned already")
    phone.scan(items[9].url)
    expect(phone.plate).to_contain_text("not on the label")
    phone.scan("https://evil.example/01/1/21/2")
    expect(phone.plate).to_contain_text("not ours")
    expect(phone.page.locator(".figure strong")).to_have_text("5")
    phone.scan(items[5].url)
    expect(phone.plate).to_contain_text("Complete: 6 of 6")
    expect(phone.page.locator(".container")).to_contain_text("All as listed")
    expect(phone.page.locator(".scans .check.good")).to_have_count(6)
    assert list_violations(phone.page) == []
    assert measure_overhang(phone.page) <= 0
    phone.page.get_by_role("button", name="Finish with 6").click()
    expect(phone.page.locator(".chip")).to_have_text("All uploaded")
    # The mark may still be that of before.
    [event] = house.wait_for_packing(MAKER, run)
    assert event["kind"] == "packing"
    assert event["units"] == [{"run": run, "level": 0, "from": 0, "to": 6}]
    assert event["container"]["number"] == cases[0].number
    assert phone.watch.faults == []
    phone.context.close()


def test_a_driver_ships_without_network_and_the_shipment_is_there_once(
    house: House, playwright: Playwright, tmp_path: Path
) -> None:
    cases = house.units(house.order(quantity=12, packing=(6,)), 1)
    phone = open_lasting_phone(house, playwright.chromium, tmp_path / "phone")
    phone.enrol(CARRIER, Profile.LOGISTICS)
    expect(phone.page.locator(".chip")).to_have_text("All uploaded")
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.context.set_offline(True)
    phone.page.reload()
    phone.begin("ship", partner=MAKER, vehicle="苏A·12345", carrier="Suhang")
    for case in cases:
        phone.scan(case.url)
    expect(phone.plate).to_contain_text("2 counted")
    phone.page.get_by_role("button", name="Finish 2").click()
    expect(phone.page.locator(".chip")).to_contain_text("No network · 1 to upload")
    phone.context.close()
    known = house.known(CARRIER)
    again = open_lasting_phone(house, playwright.chromium, tmp_path / "phone")
    again.context.set_offline(True)
    again.page.goto(f"{house.demo.base}/field")
    expect(again.page.locator(".chip")).to_contain_text("1 to upload")
    assert house.events_after(CARRIER, known) == []
    again.context.set_offline(False)
    expect(again.page.locator(".chip")).to_have_text("All uploaded")
    again.page.reload()
    expect(again.page.locator(".chip")).to_have_text("All uploaded")
    [event] = house.events_after(CARRIER, known)
    assert event["kind"] == "shipping"
    assert event["details"]["vehicle"] == "苏A·12345"
    assert event["at"] < event["recorded_at"]
    again.context.close()


def test_what_is_scanned_while_a_record_is_being_kept_belongs_to_the_next(
    house: House, chromium: Browser
) -> None:
    run = house.order(quantity=18, packing=(6,))
    cases = house.units(run, 1)
    phone = open_phone(house, chromium)
    phone.enrol(MAKER, Profile.LOGISTICS)
    phone.begin("receive")
    phone.scan(cases[0].url)
    expect(phone.plate).to_contain_text("1 counted")
    # Within one moment: the button, and the scanner in the other hand.
    phone.page.evaluate(
        f"""text => {{
            document.querySelector(".dock .main").click();
            ({TYPE_KEYS})(text);
        }}""",
        cases[1].url,
    )
    expect(phone.page.locator(".scans .mono")).to_have_text([cases[1].number])
    phone.page.get_by_role("button", name="Finish 1").click()
    expect(phone.page.locator(".figure strong")).to_have_text("0")
    expect(phone.page.locator(".chip")).to_have_text("All uploaded")
    told = [each["units"][0]["from"] for each in house.events_of(MAKER, run)]
    assert told == [1, 0]
    phone.context.close()
