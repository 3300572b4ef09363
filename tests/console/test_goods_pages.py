# SPDX-License-Identifier: Apache-2.0
"""The goods of a carrier and a shop in their consoles: expected, in hand, under way."""

from datetime import timedelta

import pytest
from tests.console.test_chain_pages import become, new_site, tell
from tests.console_house import Office
from tests.console_site import Browser
from tests.factories import make_act
from tests.scanning_world import Tenant

from trueorigin.console import goods
from trueorigin.domain.eventdrafts import PlanDraft
from trueorigin.domain.events import EventKind
from trueorigin.domain.packing import Span
from trueorigin.domain.tenancy import Role
from trueorigin.services import partners

GOODS = "/console/goods"


def join(office: Office, role: Role) -> tuple[Tenant, Browser]:
    """Found an organisation that handles Alice's goods; its owner is signed in."""
    tenant, browser = become(office, role)
    world = office.site.world
    with world.database.write() as tx:
        act = make_act(office.alices.organisation, at=world.tick())
        partners.link_partner(tx, act, tenant.organisation.prefix)
    return tenant, browser


def cases(office: Office, start: int, stop: int) -> Span:
    return Span(office.alices.run.id, 1, start, stop)


def ship(office: Office, to: Tenant, *units: Span, hours: float = 5) -> None:
    expected = office.site.world.at + timedelta(hours=hours)
    tell(
        office,
        EventKind.SHIPPING,
        units=units,
        partner_id=to.organisation.id,
        details={
            "expected": expected.isoformat(),
            "vehicle": "苏A·12345",
            "document": "W-77",
            "notes": "<script>alert(1)</script>",
        },
    )


@pytest.mark.parametrize("role", [Role.SELLER, Role.LOGISTICS])
def test_what_is_expected_is_received_with_what_is_known_filled_in(
    office: Office, role: Role
) -> None:
    tenant, browser = join(office, role)
    browser.get("/console")
    assert "on its way to you" not in browser.page.text
    assert "Make a phone ready" in browser.page.text
    browser.get(GOODS)
    for said in ("Nothing is on its way", "You hold nothing", "Everything you sent was taken in"):
        assert said in browser.page.text
    tell(office, EventKind.PACKING, plan=PlanDraft(containers=cases(office, 0, 4)))
    ship(office, tenant, cases(office, 0, 2))
    browser.get("/console")
    assert "One shipment is on its way to you" in browser.page.text
    assert browser.page.links["See what is coming"] == GOODS
    browser.get(GOODS)
    text = browser.page.text
    assert f"From {office.alices.organisation.name}" in text
    assert "48 items on the way, of 2 cases of run" in text
    assert office.alices.batch.lot in text
    for told in ("苏A·12345", "W-77", "expected"):
        assert told in text
    assert "<script>alert" not in browser.send("GET", GOODS).text
    [receive] = {each for each in browser.page.links.values() if "/acts/receiving?" in each}
    site = new_site(browser).rpartition("/")[2]
    browser.get(receive)
    values = {"run": str(office.alices.run.id), "level": "1", "from": "0", "to": "0", "site": site}
    values |= {"partner": str(office.alices.organisation.id), "document": "W-77"}
    # All that is on the way is filled in, its last case included.
    for name, value in {**values, "to": "1"}.items():
        assert name in {"level", "partner", "site"} or browser.page.values[name] == value
    browser.post("/console/acts/receiving", {**values, "confirmed": "yes"})
    browser.get(GOODS)
    text = browser.page.text
    assert "24 items on the way, of 2 cases of run" in text
    assert "North store" in text
    assert "You hold nothing" not in text
    tell(office, EventKind.RECEIVING, by=tenant, units=(cases(office, 1, 2),))
    browser.get(GOODS)
    assert "Nothing is on its way" in browser.page.text


def test_what_is_late_stands_first_and_what_nobody_took_in_is_said(office: Office) -> None:
    tenant, browser = join(office, Role.SELLER)
    ship(office, tenant, cases(office, 0, 2), hours=5)
    ship(office, tenant, cases(office, 2, 3), hours=30)
    office.site.world.at += timedelta(hours=8)
    browser.get("/console")
    text = browser.page.text
    assert text.index("One shipment should have arrived") < text.index("One shipment is on its way")
    browser.get(GOODS)
    assert "late" in browser.page.text
    tell(office, EventKind.RECEIVING, by=tenant, units=(cases(office, 0, 3),))
    shop, _ = join(office, Role.SELLER)
    with office.site.world.database.write() as tx:
        act = make_act(tenant.organisation, at=office.site.world.tick())
        partners.link_partner(tx, act, shop.organisation.prefix)
    tell(
        office,
        EventKind.SHIPPING,
        by=tenant,
        units=(cases(office, 0, 1),),
        partner_id=shop.organisation.id,
    )
    browser.get(GOODS)
    assert f"To {shop.organisation.name}" in browser.page.text
    assert "badge warn" not in browser.send("GET", GOODS).text
    browser.get("/console")
    assert "was not taken in" not in browser.page.text
    office.site.world.at += goods.OVERDUE + timedelta(hours=1)
    browser = office.browser(office.site.hire(tenant, "Erik"))
    browser.get("/console")
    assert "One shipment of yours was not taken in" in browser.page.text
    assert "badge warn" in browser.send("GET", GOODS).text


@pytest.mark.parametrize(
    "told", ["9999-12-31T23:59:59Z", "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00", "soon"]
)
def test_a_time_beyond_the_calendar_breaks_nobodys_pages(office: Office, told: str) -> None:
    """Whoever handles goods may write it: the pages of all others must stand."""
    shop, browser = join(office, Role.SELLER)
    shipped = tell(
        office,
        EventKind.SHIPPING,
        units=(cases(office, 0, 2),),
        partner_id=shop.organisation.id,
        details={"expected": told},
    )
    browser.get(GOODS)
    assert f"From {office.alices.organisation.name}" in browser.page.text
    for reader in (browser, office.browser(office.alice)):
        assert reader.send("GET", "/console").status_code == 200
        assert reader.send("GET", "/console/events").status_code == 200
        reader.get(f"/console/events/{shipped.id}")
        assert told in reader.page.text


def test_long_lists_are_cut_and_say_so(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    tenant, browser = join(office, Role.SELLER)
    monkeypatch.setattr(goods, "_LINES_MAX", 1)
    for index in range(2):
        browser.get(GOODS)
        assert "There is more than stands here" not in browser.page.text
        ship(office, tenant, cases(office, index, index + 1))
    browser.get(GOODS)
    assert "There is more than stands here" in browser.page.text


def test_others_see_nothing_of_it_and_authorities_have_no_goods(office: Office) -> None:
    tenant, _ = join(office, Role.SELLER)
    ship(office, tenant, cases(office, 0, 2))
    charlie = office.browser(office.charlie)
    charlie.get(GOODS)
    assert "Nothing is on its way" in charlie.page.text
    assert GOODS in charlie.page.links.values()
    _, inspector = become(office, Role.REGULATOR)
    inspector.get("/console")
    assert GOODS not in inspector.page.links.values()
    _, host = become(office, Role.KIOSK)
    assert host.send("GET", GOODS).status_code == 403
