# SPDX-License-Identifier: Apache-2.0
"""Limits of a phone in the field, and the ways back: undo, take back, odd and refused records."""

import os
from dataclasses import replace
from datetime import UTC, datetime

from playwright.sync_api import Browser, Route, expect
from tests.browsing import list_violations, measure_overhang
from tests.field_house import CARRIER, MAKER, House, Phone, Unit, open_phone

from trueorigin.domain.devices import Profile
from trueorigin.domain.ids import uuid7

UPLOADED = "All uploaded"
# As OPEN_MAX in frontend/src/field/queue.ts.
OPEN_MAX = 5000
# Puts copies of the one record that waits beside it, up to a number of records.
_FILL = """async (wanted) => {
    const ask = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    const database = await ask(indexedDB.open("trueorigin-field"));
    const queue = database.transaction("queue", "readwrite").objectStore("queue");
    const rows = await ask(queue.getAll());
    const {seq, ...row} = rows[0];
    for (let count = rows.length; count < wanted; count += 1) {
        await ask(queue.add({...row, id: crypto.randomUUID()}));
    }
    database.close();
}"""


def order_cases(house: House, quantity: int = 18) -> list[Unit]:
    return house.units(house.order(quantity=quantity, packing=(6,)), 1)


def begin(house: House, browser: Browser) -> Phone:
    phone = open_phone(house, browser)
    phone.enrol(MAKER, Profile.LOGISTICS)
    expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return phone


def record(phone: Phone, case: Unit) -> None:
    phone.begin("receive")
    phone.scan(case.url)
    expect(phone.plate).to_contain_text("1 counted")
    phone.page.get_by_role("button", name="Finish 1").click()
    expect(phone.plate).to_contain_text("recorded")
    phone.page.get_by_role("button", name="Back").click()


def fill(phone: Phone, count: int) -> None:
    """Let so many records wait, and open the app again."""
    phone.page.evaluate(_FILL, count)
    phone.page.reload()


def test_a_queue_at_its_limit_takes_no_more_and_loses_nothing(
    house: House, chromium: Browser
) -> None:
    cases = order_cases(house)
    phone = begin(house, chromium)
    phone.context.set_offline(True)
    record(phone, cases[0])
    fill(phone, OPEN_MAX * 9 // 10)
    expect(phone.page.locator(".note.warn")).to_contain_text("4500 records wait")
    fill(phone, OPEN_MAX - 1)
    phone.begin("receive")
    phone.scan(cases[1].url)
    expect(phone.plate).to_contain_text("1 counted")
    phone.page.get_by_role("button", name="Finish 1").click()
    expect(phone.plate).to_contain_text("1 recorded")
    phone.scan(cases[2].url)
    expect(phone.plate).to_contain_text("no more are taken")
    expect(phone.page.locator(".figure strong")).to_have_text("0")
    expect(phone.page.locator(".note.bad")).to_contain_text("5000 records wait")
    assert list_violations(phone.page) == []
    assert measure_overhang(phone.page) <= 0
    phone.page.locator(".chip").click()
    expect(phone.page.locator("[data-state=waiting]")).to_have_count(200)
    expect(phone.page.get_by_text("The newest 200 are shown")).to_be_visible()
    # Taking one back makes room for one.
    phone.page.get_by_role("button", name="Take back").first.click()
    phone.page.get_by_role("button", name="Take it back").click()
    expect(phone.page.locator(".chip")).to_contain_text("4999 to upload")
    phone.page.get_by_role("button", name="Back", exact=True).click()
    phone.begin("receive")
    phone.scan(cases[2].url)
    expect(phone.plate).to_contain_text("1 counted")
    phone.context.close()


def test_an_answer_that_comes_late_makes_no_room(house: House, chromium: Browser) -> None:
    cases = order_cases(house)
    phone = begin(house, chromium)
    held: list[Route] = []
    phone.page.route("**/api/v1/verifications", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks its handlers
    phone.begin("receive")
    phone.scan(cases[0].url)
    expect(phone.plate).to_contain_text("1 counted")
    # Counted first, asked about afterwards.
    while not held:
        phone.page.wait_for_timeout(50)
    phone.page.evaluate("navigator.storage.estimate = async () => ({quota: 68e6, usage: 64e6})")
    phone.scan(cases[1].url)
    full = phone.page.locator(".note.bad")
    expect(full).to_contain_text("What was taken is kept")
    for route in held:
        route.continue_()
    # It is written down, which still works, and the phone is as full as before.
    expect(phone.page.locator(".check.good")).to_have_count(1)
    expect(full).to_contain_text("What was taken is kept")
    phone.context.close()


def test_a_phone_without_room_stops_before_anything_is_lost(
    house: House, chromium: Browser
) -> None:
    cases = order_cases(house)
    phone = begin(house, chromium)
    phone.begin("receive")
    phone.scan(cases[0].url)
    expect(phone.plate).to_contain_text("1 counted")
    # Chromium says ten gigabytes whatever there is: here it tells the truth of a small phone.
    phone.page.evaluate(
        """() => {
            window.room = 4 * 1024 * 1024;
            navigator.storage.estimate = async () => ({quota: 64e6 + window.room, usage: 64e6});
        }"""
    )
    phone.scan(cases[1].url)
    expect(phone.plate).to_contain_text("The phone is full")
    expect(phone.page.locator(".figure strong")).to_have_text("1")
    expect(phone.page.locator(".note.bad")).to_contain_text("What was taken is kept")
    # What is in hand still fits, and can go out.
    phone.page.get_by_role("button", name="Finish 1").click()
    expect(phone.plate).to_contain_text("1 recorded")
    expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
    phone.scan(cases[1].url)
    expect(phone.plate).to_contain_text("The phone is full")
    phone.page.evaluate("window.room = 64e6")
    phone.scan(cases[1].url)
    expect(phone.plate).to_contain_text("1 counted")
    expect(phone.page.locator(".note.bad")).to_have_count(0)
    phone.context.close()


def test_the_last_scan_and_any_other_are_undone(house: House, chromium: Browser) -> None:
    cases = order_cases(house, 24)
    phone = begin(house, chromium)
    before = len(house.events(MAKER))
    phone.begin("receive")
    for case in cases:
        phone.scan(case.url)
    expect(phone.plate).to_contain_text("4 counted")
    phone.page.get_by_role("button", name="Undo").click()
    expect(phone.plate).to_contain_text(f"{cases[3].number} taken back")
    phone.page.get_by_role("button", name=f"Remove {cases[1].number}").click()
    expect(phone.plate).to_contain_text(f"{cases[1].number} taken back")
    expect(phone.page.locator(".scans .mono")).to_have_text([cases[2].number, cases[0].number])
    # Undone on the disk as well.
    phone.page.reload()
    phone.page.locator(".going-on").click()
    expect(phone.page.locator(".scans .mono")).to_have_text([cases[2].number, cases[0].number])
    phone.scan(cases[1].url)
    expect(phone.plate).to_contain_text("3 counted")
    for _ in range(3):
        phone.page.get_by_role("button", name="Undo").click()
    expect(phone.page.locator(".figure strong")).to_have_text("0")
    expect(phone.page.get_by_role("button", name="Undo")).to_be_disabled()
    expect(phone.page.locator(".dock .main")).to_be_disabled()
    assert len(house.events(MAKER)) == before
    phone.context.close()


def test_every_line_of_a_long_list_can_be_taken_out(house: House, chromium: Browser) -> None:
    items = house.units(house.order(quantity=70, packing=(7,)), 0)
    phone = begin(house, chromium)
    phone.context.set_offline(True)
    phone.begin("receive")
    for item in items[:65]:
        phone.scan(item.url)
    expect(phone.plate).to_contain_text("65 counted")
    expect(phone.page.locator(".scans li")).to_have_count(60)
    phone.page.get_by_role("button", name="Show all 65").click()
    expect(phone.page.locator(".scans li")).to_have_count(65)
    phone.page.get_by_role("button", name=f"Remove {items[0].number}").click()
    expect(phone.page.locator(".figure strong")).to_have_text("64")
    phone.context.close()


def test_what_is_refused_says_why_and_what_to_do_and_stays_until_it_was_seen(
    house: House, chromium: Browser
) -> None:
    [case, *_] = order_cases(house)
    phone = begin(house, chromium)
    phone.context.set_offline(True)
    before = len(house.events(MAKER))
    # Of the right form, and never issued: nobody can tell that without network.
    address, _, contents = case.url.partition("&")
    record(phone, replace(case, url=f"{address[:-8]}00000000&{contents}"))
    phone.context.set_offline(False)
    expect(phone.page.locator(".chip.bad")).to_contain_text("1 refused")
    phone.page.reload()
    expect(phone.page.locator(".chip.bad")).to_contain_text("1 refused")
    phone.page.locator(".chip").click()
    card = phone.page.locator("[data-state=refused]")
    expect(card.locator(".why")).to_be_visible()
    expect(card).to_contain_text("Check the label")
    assert list_violations(phone.page) == []
    assert measure_overhang(phone.page) <= 0
    card.get_by_role("button", name="Seen").click()
    expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
    expect(phone.page.get_by_role("heading", name="Done (1)")).to_be_visible()
    assert len(house.events(MAKER)) == before
    phone.context.close()


def test_what_is_odd_says_what_to_do_until_it_was_seen(house: House, chromium: Browser) -> None:
    items = house.units(house.order(quantity=12, packing=(6,)), 0)
    at = datetime.now(UTC)
    told: dict[str, object] = {
        "id": str(uuid7(at, os.urandom(10))),
        "kind": "selling",
        "at": at.isoformat(),
    }
    told["units"] = [items[0].code]
    found = house.call(MAKER, "POST", "/events", json={"events": [told]})
    assert found["stored"] == 1
    phone = open_phone(house, chromium)
    phone.enrol(MAKER, Profile.SELLER)
    phone.begin("sell")
    phone.scan(items[0].url)
    phone.page.get_by_role("button", name="Finish 1").click()
    expect(phone.page.locator(".chip.warn")).to_contain_text("1 odd")
    phone.page.reload()
    expect(phone.page.locator(".chip.warn")).to_contain_text("1 odd")
    phone.page.locator(".chip").click()
    card = phone.page.locator(".card.warn")
    expect(card.locator(".why").first).to_contain_text("sold twice")
    expect(card).to_contain_text("Check that this very item was scanned")
    card.get_by_role("button", name="Seen").click()
    expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
    phone.context.close()


def test_a_phone_that_is_signed_out_keeps_its_queue(house: House, chromium: Browser) -> None:
    [case, *_] = order_cases(house)
    phone = begin(house, chromium)
    phone.context.set_offline(True)
    record(phone, case)
    before = len(house.events(MAKER))
    phone.page.get_by_role("button", name="Settings").click()
    phone.page.get_by_role("button", name="Sign this phone out").click()
    dialog = phone.page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 records are not uploaded yet")
    dialog.get_by_role("button", name="Sign this phone out").click()
    expect(phone.page.locator(".note.warn")).to_contain_text("1 records on this phone")
    phone.context.set_offline(False)
    carrier = house.make_code(CARRIER, Profile.LOGISTICS, "Other")
    phone.page.goto(f"{house.demo.base}/field#enrol={carrier}")
    dialog.get_by_role("button", name="Cancel").click()
    expect(phone.page.get_by_text("Nothing was changed")).to_be_visible()
    assert len(house.events(MAKER)) == before
    again = house.make_code(MAKER, Profile.LOGISTICS, "Again")
    phone.page.goto(f"{house.demo.base}/field#enrol={again}")
    expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
    assert len(house.events(MAKER)) == before + 1
    phone.context.close()
