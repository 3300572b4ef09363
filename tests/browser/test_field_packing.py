# SPDX-License-Identifier: Apache-2.0
"""A packer without network: doubles, strangers, unpacking, packing anew, and one for another."""

from typing import Any

from playwright.sync_api import Browser, expect
from tests.field_house import MAKER, House, Phone, Unit, open_phone

from trueorigin.domain.devices import Profile

UPLOADED = "All uploaded"


def look_inside(house: House, case: Unit) -> Any:  # noqa: ANN401 - JSON
    return house.call(MAKER, "GET", f"/units/{case.code}/contents")["now"]


def go_home(phone: Phone) -> None:
    phone.page.get_by_role("button", name="Back", exact=True).click()
    phone.page.locator(".tasks").wait_for()


def pack(phone: Phone, case: Unit, items: list[Unit]) -> None:
    phone.scan(case.url)
    for item in items:
        phone.scan(item.url)
    expect(phone.plate).to_contain_text(f"Complete: {len(items)} of {len(items)}")
    expect(phone.page.locator(".container")).to_contain_text("All as listed")
    phone.page.get_by_role("button", name=f"Finish with {len(items)}").click()
    expect(phone.plate).to_contain_text("recorded with")


def test_doubles_strangers_unpacking_and_packing_anew_without_network(
    house: House, chromium: Browser
) -> None:
    run = house.order(quantity=12, packing=(6,))
    items, cases = house.units(run, 0), house.units(run, 1)
    phone = open_phone(house, chromium)
    phone.enrol(MAKER, Profile.PACKER)
    expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.context.set_offline(True)
    phone.page.reload()
    phone.begin("pack")
    phone.scan(items[0].url)
    expect(phone.plate).to_contain_text("Scan the case first")
    pack(phone, cases[0], items[:6])
    # In the next case: what is packed already, what is twice, what its label does not list.
    phone.scan(cases[1].url)
    phone.scan(items[6].url)
    expect(phone.plate).to_contain_text("1 of 6")
    phone.scan(items[6].url)
    expect(phone.plate).to_contain_text("scanned already")
    phone.scan(items[0].url)
    expect(phone.plate).to_contain_text(f"in {cases[0].number} already")
    phone.scan(house.demo.base + house.demo.items["forged"])
    expect(phone.plate).to_contain_text("not on the label")
    expect(phone.page.locator(".figure strong")).to_have_text("1")
    expect(phone.page.locator(".container")).to_contain_text("5 of the label missing, 0 extra")
    for unit in (items[6], cases[1]):
        phone.page.get_by_role("button", name="Undo").click()
        expect(phone.plate).to_contain_text(f"{unit.number} taken back")
    go_home(phone)
    phone.begin("unpack")
    phone.scan(cases[0].url)
    phone.page.get_by_role("button", name="Finish 1").click()
    expect(phone.plate).to_contain_text("1 recorded")
    go_home(phone)
    phone.begin("pack")
    pack(phone, cases[0], items[:6])
    go_home(phone)
    phone.begin("replace")
    for unit in (cases[0], items[5], items[11]):
        phone.scan(unit.url)
    expect(phone.plate).to_contain_text("Ready to finish")
    phone.page.get_by_role("button", name="Finish with 1").click()
    expect(phone.page.locator(".chip")).to_contain_text("No network · 5 to upload")
    phone.context.set_offline(False)
    expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
    inside = look_inside(house, cases[0])
    assert inside["count"] == 6
    assert set(inside["numbers"]) == {each.number for each in [*items[:5], items[11]]}
    phone.context.close()


def test_two_phones_that_pack_the_same_case_tell_one_story(house: House, chromium: Browser) -> None:
    run = house.order(quantity=12, packing=(6,))
    items, cases = house.units(run, 0), house.units(run, 1)
    phones = [open_phone(house, chromium) for _ in range(2)]
    for phone in phones:
        phone.enrol(MAKER, Profile.PACKER)
        expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
        phone.context.set_offline(True)
        phone.begin("pack")
        pack(phone, cases[0], items[:6])
    for phone in phones:
        phone.context.set_offline(False)
        expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
    found = [
        each
        for each in house.events(MAKER)
        if each["container"] and each["container"]["number"] == cases[0].number
    ]
    assert len(found) == 2
    inside = look_inside(house, cases[0])
    assert sorted(inside["numbers"]) == sorted(each.number for each in items[:6])
    for phone in phones:
        phone.context.close()
