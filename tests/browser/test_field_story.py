# SPDX-License-Identifier: Apache-2.0
"""One bottle's way through five organisations, each with its own phone, as its buyer reads it.

Packed by the maker, shipped by a carrier without network, received and sold by a shop, beside a
pallet that an authority seals; a public kiosk and the shopper's own phone tell of it afterwards.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Playwright, expect
from tests.browsing import list_violations, measure_overhang
from tests.field_house import (
    AUTHORITY,
    CARRIER,
    DEALER,
    MAKER,
    PHONE,
    SHOP,
    House,
    Phone,
    Unit,
    open_lasting_phone,
    open_phone,
    running_house,
)
from tests.kiosk_house import open_kiosk

from trueorigin.domain.devices import Profile

UPLOADED = "All uploaded"
# The calendar of whoever issued the codes.
CHINA = ZoneInfo("Asia/Shanghai")
CELLAR, DEPOT, COUNTER = "镇江酒厂 Zhenjiang distillery", "苏航南京站 Suhang Nanjing", "鼓楼烟酒店"
SEAL, NOTES = "封字 12 号", "两箱封条破损"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running_house(tmp_path_factory.mktemp("story")) as running:
        yield running


class Goods:
    """Four cases on two pallets, of a batch whose origin everybody may know."""

    def __init__(self, house: House) -> None:
        product = house.call(MAKER, "GET", "/products")["items"][0]
        origin = {"place": {"zh": "江苏镇江", "en": "Zhenjiang, Jiangsu"}}
        told = {"lot": "STORY", "produced_on": "2026-01-05", "origin": origin}
        batch = house.call(MAKER, "POST", "/batches", json={"product_id": product["id"], **told})
        order = {"batch_id": batch["id"], "quantity": 24, "packing": [6, 2]}
        self.run: int = house.call(MAKER, "POST", "/runs", json=order)["id"]
        for level, count in enumerate((24, 4, 2)):
            released = {"level": level, "from": 0, "to": count}
            house.call(MAKER, "POST", f"/runs/{self.run}/releases", json=released)
        self.items, self.cases, self.pallets = (house.units(self.run, each) for each in range(3))


def prepare(house: House) -> None:
    """Do at the console's interface what comes before: public places, and who delivers to whom."""
    place = {"is_public": True, "country": "CN", "latitude": 32.1, "longitude": 119.4}
    house.call(MAKER, "POST", "/sites", json={"kind": "factory", "name": CELLAR, **place})
    depot = {"kind": "warehouse", "name": DEPOT, "region": "江苏南京 Nanjing, Jiangsu"}
    house.call(CARRIER, "POST", "/sites", json={**place, **depot})
    prefix = house.call(SHOP, "GET", "/organisation")["prefix"]
    house.call(CARRIER, "POST", "/partners", json={"prefix": prefix})


def finish(phone: Phone, button: str) -> None:
    phone.page.get_by_role("button", name=button).click()
    expect(phone.page.locator(".figure strong")).to_have_text("0")
    expect(phone.page.locator(".chip")).to_have_text(UPLOADED)


def pack(house: House, browser: Browser, goods: Goods) -> None:
    """Fill the first case by hand; the cases of the second pallet were packed as planned."""
    phone = open_phone(house, browser)
    phone.enrol(MAKER, Profile.PACKER, "Line 2")
    phone.begin("pack", site=CELLAR, order="STORY")
    phone.scan(goods.cases[0].url)
    for item in goods.items[:6]:
        phone.scan(item.url)
    expect(phone.plate).to_contain_text("Complete: 6 of 6")
    finish(phone, "Finish with 6")
    phone.page.get_by_role("button", name="Back", exact=True).click()
    for level, first, last in ((1, 2, 3), (2, 1, 1)):
        phone.page.locator("[data-task=planned]").click()
        order = phone.page.locator("#setup-order")
        order.wait_for()
        choices = order.locator("option").all_inner_texts()
        order.select_option(label=next(each for each in choices if "STORY" in each))
        phone.page.locator("#plan-level").select_option(str(level))
        phone.page.locator("#plan-from").fill(str(first))
        phone.page.locator("#plan-to").fill(str(last))
        phone.page.get_by_role("button", name="Confirm as planned").click()
        expect(phone.page.locator(".rows .card").first).to_contain_text(f"{first}–{last}")
        expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
        phone.page.get_by_role("button", name="Back", exact=True).click()
    assert phone.watch.faults == []
    phone.context.close()


def ship(house: House, playwright: Playwright, folder: Path, goods: Goods) -> datetime:
    """Ship a case without network, close the browser, come back; return when it arrives."""
    phone = open_lasting_phone(house, playwright.chromium, folder)
    phone.enrol(CARRIER, Profile.LOGISTICS, "Van 7")
    expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.context.set_offline(True)
    phone.page.reload()
    arrives = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(hours=5)
    local = phone.page.evaluate(
        "at => { const d = new Date(at); return new Date(at - d.getTimezoneOffset() * 60000)"
        ".toISOString().slice(0, 16); }",
        arrives.timestamp() * 1000,
    )
    told = {"carrier": "苏航物流", "vehicle": "苏A·12345", "expected": local, "document": "W-77"}
    phone.begin("ship", site=DEPOT, partner=SHOP, **told)
    phone.scan(goods.cases[0].url)
    expect(phone.plate).to_contain_text("1 counted")
    phone.page.get_by_role("button", name="Finish 1").click()
    expect(phone.page.locator(".chip")).to_contain_text("No network · 1 to upload")
    phone.context.close()
    before = len(house.events(CARRIER))
    again = open_lasting_phone(house, playwright.chromium, folder)
    again.context.set_offline(True)
    again.page.goto(f"{house.demo.base}/field")
    expect(again.page.locator(".chip")).to_contain_text("1 to upload")
    assert len(house.events(CARRIER)) == before
    again.context.set_offline(False)
    expect(again.page.locator(".chip")).to_have_text(UPLOADED)
    again.page.reload()
    expect(again.page.locator(".chip")).to_have_text(UPLOADED)
    [event, *older] = house.events(CARRIER)
    assert len(older) == before
    assert (event["kind"], event["details"]["vehicle"]) == ("shipping", told["vehicle"])
    assert datetime.fromisoformat(event["details"]["expected"]) == arrives
    assert event["at"] < event["recorded_at"]
    again.context.close()
    return arrives


def receive_and_sell(house: House, browser: Browser, goods: Goods) -> None:
    phone = open_phone(house, browser)
    phone.enrol(SHOP, Profile.SELLER, "Counter")
    expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
    expect(phone.page.locator("[data-task=receive]")).to_contain_text("1 on the way to you")
    # The shipment says from whom it comes, and under which paper.
    phone.begin("receive", site=COUNTER, arrival="苏A·12345")
    expect(phone.page.locator(".container")).to_contain_text(goods.cases[0].number)
    phone.scan(goods.cases[1].url)
    expect(phone.plate).to_contain_text("not named in this shipment")
    phone.page.get_by_role("button", name="Undo").click()
    phone.scan(goods.cases[0].url)
    expect(phone.plate).to_contain_text("Complete: 1 of 1")
    expect(phone.page.locator(".container")).to_contain_text("Everything has come")
    assert list_violations(phone.page) == []
    assert measure_overhang(phone.page) <= 0
    finish(phone, "Finish 1")
    phone.page.get_by_role("button", name="Back", exact=True).click()
    phone.begin("sell", site=COUNTER)
    phone.scan(goods.items[2].url)
    expect(phone.plate).to_contain_text("1 counted")
    # The data centre has heard of this reading as well, before the phone is gone.
    expect(phone.page.locator(".scans .check.good")).to_have_count(1)
    finish(phone, "Finish 1")
    assert phone.watch.faults == []
    phone.context.close()


def seal(house: House, browser: Browser, goods: Goods) -> datetime:
    """Seal the second pallet; return when that was."""
    known = house.known(AUTHORITY)
    phone = open_phone(house, browser)
    phone.enrol(AUTHORITY, Profile.INSPECTOR, "Inspector 3")
    expect(phone.page.locator(".chip")).to_have_text(UPLOADED)
    phone.begin("seal", document=SEAL, notes=NOTES)
    phone.scan(goods.pallets[1].url)
    expect(phone.plate).to_contain_text("1 counted")
    finish(phone, "Finish 1")
    assert phone.watch.faults == []
    phone.context.close()
    [event] = house.events_after(AUTHORITY, known)
    return datetime.fromisoformat(event["at"])


def ask_kiosk(house: House, browser: Browser, goods: Goods) -> None:
    """Let a USB scanner type both bottles into a kiosk of the maker's."""
    kiosk = open_kiosk(house, browser)
    kiosk.enrol()
    kiosk.scan(goods.items[2].url)
    expect(kiosk.page.locator(".screen.answer")).to_be_visible()
    expect(kiosk.page.locator("dd").first).to_have_text(goods.items[2].number)
    kiosk.scan(goods.items[20].url)
    expect(kiosk.page.locator("dd").first).to_have_text(goods.items[20].number)
    assert kiosk.watch.faults == []
    kiosk.context.close()


def read_page(browser: Browser, item: Unit, language: str) -> Any:  # noqa: ANN401 - JSON
    """Open what a label opens, on a shopper's phone; return what its page tells, part by part."""
    locale = {"en": "en-GB", "zh": "zh-CN"}[language]
    context = browser.new_context(viewport=PHONE, locale=locale)
    page = context.new_page()
    page.goto(item.url)
    told = page.evaluate(
        """() => {
            const text = (each) => each.innerText.replace(/\\s+/g, " ").trim();
            const way = "[aria-labelledby=history] .thread li";
            return {
                headline: text(document.querySelector("h1")),
                steps: [...document.querySelectorAll(way)].map(text),
                findings: [...document.querySelectorAll(".finding.alert")].map(text),
                all: text(document.body),
            };
        }"""
    )
    assert list_violations(page) == []
    assert measure_overhang(page) <= 0
    context.close()
    return told


# What stands between those who handled the goods, and is nobody else's business.
SECRETS = ("苏A·12345", "W-77", "Van 7", "PO-")
WAY = (
    (("Produced", "生产"), ("Zhenjiang, Jiangsu", "江苏镇江")),
    (("Packed", "装箱"), (CELLAR, "江南春酒业")),
    (("Shipped", "发货"), (DEPOT, "苏航物流")),
    (("Received", "收货"), (COUNTER, "江苏南京")),
    (("Sold", "售出"), (COUNTER, "江苏南京")),
)


def check_way(browser: Browser, goods: Goods, sealed_at: datetime, language: str) -> None:
    """Look at both bottles as shoppers do: one was sold to them, one should not be for sale."""
    place = ("en", "zh").index(language)
    sold = read_page(browser, goods.items[2], language)
    assert sold["headline"] == ("Genuine", "正品")[place]
    assert len(sold["steps"]) == len(WAY)
    for step, (names, places) in zip(sold["steps"], WAY, strict=True):
        assert names[place] in step
        told = places[place : place + 1] if names[0] == "Produced" else places
        assert all(each in step for each in told), step
    assert sold["findings"] == []
    sealed = read_page(browser, goods.items[20], language)
    assert sealed["headline"] == ("Take a closer look", "请留意")[place]
    [finding] = sealed["findings"]
    assert ("Sealed, not to be sold", "已查封，不得销售")[place] in finding
    on = sealed_at.astimezone(CHINA)
    day = (f"{on.day} {on:%B %Y}", f"{on.year}年{on.month}月{on.day}日")[place]
    for word in ("演示市场监督管理局", day, SEAL, NOTES):
        assert word in finding
    assert [("Packed", "装箱")[place] in step for step in sealed["steps"]] == [False, True]
    for secret in SECRETS:
        assert secret not in sold["all"] + sealed["all"]


def check_history(house: House, goods: Goods, arrives: datetime) -> None:
    """Ask the interface: the maker is told all, the others what they did or were named in."""
    path = f"/units/{goods.items[2].code}/history"
    life = house.call(MAKER, "GET", path)
    told = [
        (
            each["event"]["kind"],
            each["event"]["organisation"]["name"].split()[0],
            (each["event"]["site"] or {"name": ""})["name"].split()[0],
            len(each["path"]),
        )
        for each in life["events"]
    ]
    assert told == [
        ("packing", "江南春酒业", "镇江酒厂", 0),
        ("shipping", "苏航物流", "苏航南京站", 1),
        ("receiving", "鼓楼烟酒店", "鼓楼烟酒店", 1),
        ("selling", "鼓楼烟酒店", "鼓楼烟酒店", 0),
    ]
    shipped = life["events"][1]["event"]
    assert shipped["partner"]["name"].startswith("鼓楼")
    assert shipped["details"]["carrier"] == "苏航物流"
    assert datetime.fromisoformat(shipped["details"]["expected"]) == arrives
    assert all(each["anomalies"] == [] for each in life["events"])
    assert {each["channel"] for each in life["readings"]["items"]} >= {"kiosk", "page", "seller"}
    for who, kinds in (
        (CARRIER, ["shipping", "receiving"]),
        (SHOP, ["shipping", "receiving", "selling"]),
        (DEALER, []),
    ):
        part = house.call(who, "GET", path)
        assert [each["event"]["kind"] for each in part["events"]] == kinds
        assert part["readings"] is None
    sealed = house.call(MAKER, "GET", f"/units/{goods.items[20].code}/history")
    finding = sealed["events"][-1]["event"]
    assert finding["details"]["inspection"]["document"] == SEAL
    assert [each["number"] for each in sealed["events"][-1]["path"]] == [
        goods.cases[3].number,
        goods.pallets[1].number,
    ]


def test_the_shopper_is_told_the_whole_way_of_the_goods(
    house: House, playwright: Playwright, chromium: Browser, tmp_path: Path
) -> None:
    prepare(house)
    goods = Goods(house)
    pack(house, chromium, goods)
    arrives = ship(house, playwright, tmp_path / "van", goods)
    receive_and_sell(house, chromium, goods)
    sealed_at = seal(house, chromium, goods)
    ask_kiosk(house, chromium, goods)
    check_way(chromium, goods, sealed_at, "en")
    check_way(chromium, goods, sealed_at, "zh")
    check_history(house, goods, arrives)
