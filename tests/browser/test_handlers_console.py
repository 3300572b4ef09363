# SPDX-License-Identifier: Apache-2.0
"""The consoles of a carrier and a shop: goods are received by keyboard, no page has a barrier."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browsing import (
    Watch,
    list_spills,
    list_violations,
    measure_overhang,
    open_page,
    sign_in,
    tab_to,
)
from tests.field_house import CARRIER, DEALER, MAKER, SHOP, House

from trueorigin.domain.ids import uuid7

# What carriers and shops are asked about: goods, partners, tasks, devices and people.
PAGES = (
    "/console",
    "/console/goods",
    "/console/acts",
    "/console/acts/receiving",
    "/console/acts/shipping",
    "/console/acts/selling",
    "/console/events",
    "/console/partners",
    "/console/sites",
    "/console/devices",
    "/console/people",
    "/console/units",
)


def ship(house: House, sender: str, receiver: str, *, hours: float) -> int:
    """Send two cases of a new run to somebody; return the run."""
    run = house.order(quantity=12, packing=(6,))
    at = datetime.now(UTC)
    house.call(receiver, "GET", "/organisation")
    told = {
        "id": str(uuid7(at, os.urandom(10))),
        "kind": "shipping",
        "at": at.isoformat(),
        "units": [{"run": run, "level": 1, "from": 0, "to": 2}],
        "partner": house.call(receiver, "GET", "/organisation")["id"],
        "details": {
            "carrier": "苏航物流 Suhang Logistics",
            "vehicle": "苏A·12345",
            "document": "W-2026-77",
            "expected": (at + timedelta(hours=hours)).isoformat(),
        },
    }
    found = house.call(sender, "POST", "/events?outcomes=all", json={"events": [told]})
    assert found["stored"] == 1, found
    return run


def enter(house: House, browser: Browser, who: str, **options: str | int) -> Page:
    """Open the console of somebody of an organisation, signed in."""
    found = json.loads((house.demo.data / "demo.json").read_text(encoding="utf-8"))
    person = next(each for each in found["sign_ins"] if each["organisation"].startswith(who))
    demo = replace(house.demo, email=person["email"], password=person["password"])
    page = open_page(browser, demo, **options)  # type: ignore[arg-type]
    sign_in(page, demo)
    return page


@pytest.mark.parametrize(("who", "sender"), [(CARRIER, MAKER), (SHOP, DEALER)])
def test_what_comes_is_received_without_a_mouse(
    house: House, chromium: Browser, who: str, sender: str
) -> None:
    run = ship(house, sender, who, hours=3)
    page = enter(house, chromium, who)
    watch = Watch(house.demo.base)
    watch.follow(page)
    # The first thing the console says is what to do next.
    expect(page.locator(".tasks .task").first).to_contain_text("on its way to you")
    tab_to(page, '.task a[href="/console/goods"]')
    page.keyboard.press("Enter")
    arrivals = page.locator("[aria-labelledby=arrivals]")
    expect(arrivals).to_contain_text("2 cases on the way")
    for told in ("苏A·12345", "W-2026-77", "expected"):
        expect(arrivals).to_contain_text(told)
    tab_to(page, 'a[href^="/console/acts/receiving?"]')
    page.keyboard.press("Enter")
    expect(page.locator("#document")).to_have_value("W-2026-77")
    tab_to(page, "main .form button[type=submit].main")
    page.keyboard.press("Enter")
    tab_to(page, "button[name=confirmed]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/events/*")
    assert [each["kind"] for each in house.events_of(who, run)] == ["receiving"]
    tab_to(page, 'nav a[href="/console/goods"]')
    page.keyboard.press("Enter")
    expect(page.locator("[aria-labelledby=held]")).to_contain_text("2 cases")
    expect(page.locator("[aria-labelledby=arrivals]")).to_contain_text("Nothing is on its way")
    assert watch.faults == []
    page.context.close()


@pytest.mark.parametrize(
    ("who", "sender", "language", "theme", "width"),
    [(CARRIER, MAKER, "zh", "light", 360), (SHOP, DEALER, "en", "dark", 1280)],
)
def test_pages_of_those_who_handle_goods_have_no_barrier(  # noqa: PLR0913 - the cases of a table
    house: House,
    chromium: Browser,
    *,
    who: str,
    sender: str,
    language: str,
    theme: str,
    width: int,
) -> None:
    for hours in (-2, 30):
        ship(house, sender, who, hours=hours)
    page = enter(house, chromium, who, language=language, theme=theme, width=width)
    folder = os.environ.get("FIELD_SHOTS")
    for path in PAGES:
        page.goto(house.demo.base + path)
        assert list_violations(page) == [], path
        assert measure_overhang(page) <= 0, path
        assert list_spills(page) == [], path
        if folder:
            page.screenshot(path=f"{folder}/h-{width}-{path.replace('/', '_')}.png", full_page=True)
    page.goto(f"{house.demo.base}/console")
    expect(page.locator(".tasks .task").first).to_have_class("task bad")
    page.context.close()
