# SPDX-License-Identifier: Apache-2.0
"""Sites, partners, events and the life of a unit, as each role of the chain sees them."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from tests.console_house import Office
from tests.console_site import Browser
from tests.factories import make_act, make_gtin
from tests.scanning_world import Tenant

from trueorigin.console.picking import WIDTH
from trueorigin.console.surface import build_console
from trueorigin.domain.eventdrafts import EventDraft, PlanDraft
from trueorigin.domain.events import EventKind
from trueorigin.domain.packing import Span
from trueorigin.domain.tenancy import Role
from trueorigin.domain.units import unit_key
from trueorigin.services import capturing
from trueorigin.services.capturing import Outcome
from trueorigin.storage import accounts, audit, sites as stored_sites
from trueorigin.web.basemap import BaseMap

MAP = BaseMap(body=b"<svg/>", gzipped=b"", version="abc")


def tell(office: Office, kind: EventKind, by: Tenant | None = None, **fields: Any) -> EventDraft:  # noqa: ANN401 - of any type
    """Record an event of `by`, Alice unless told otherwise."""
    world = office.site.world
    tenant = by or office.alices
    at = world.tick()
    act = make_act(tenant.organisation, at=at)
    role = min(tenant.organisation.roles)
    act = replace(act, actor=replace(act.actor, role=role))
    draft = EventDraft(id=act.new_id(), kind=kind, at=at, **fields)
    with world.database.write() as tx:
        [outcome] = capturing.capture_events(tx, world.catalogue, world.vault, act, [draft])
    assert outcome.outcome is Outcome.STORED, outcome.error
    return draft


def become(office: Office, role: Role) -> tuple[Tenant, Browser]:
    """Found an organisation of one role, and sign somebody in who works there."""
    world = office.site.world
    with world.database.write() as tx:
        tenant = world.join(tx)
        organisation = replace(tenant.organisation, roles=frozenset({role}))
        accounts.update_organisation(tx, tenant.scope, organisation)
    tenant = replace(tenant, organisation=organisation)
    return tenant, office.browser(office.site.hire(tenant, "Dana"))


def new_site(browser: Browser, **typed: str) -> str:
    browser.get("/console/sites/new")
    form = {"name": "North store", "kind": "warehouse", "country": "cn", **typed}
    response = browser.post("/console/sites/new", form)
    assert response.status_code == 303, browser.page.errors
    return str(response.headers["location"])


def test_a_site_is_entered_corrected_and_closed(office: Office) -> None:
    alice = office.browser(office.alice)
    path = new_site(alice, gln="6901234000009", latitude="32.06", longitude="118,8")
    alice.get(path)
    for words in ("North store", "6901234000009", "32.06", "118.8", "CN"):
        assert words in alice.page.text
    alice.get(f"{path}/edit")
    assert alice.page.values["gln"] == "6901234000009"
    form = {**alice.page.values, "name": "South store", "kind": "shop", "is_public": "on"}
    alice.follow(alice.post(f"{path}/edit", form))
    assert "South store" in alice.page.text
    assert "Shown to consumers" in alice.page.text
    alice.follow(alice.post(f"{path}/close"))
    assert "Closed since" in alice.page.text
    alice.get("/console/sites")
    assert "South store" not in alice.page.text
    alice.get("/console/sites?closed=yes")
    assert "South store" in alice.page.text


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"name": " "}, {"name"}),
        ({"latitude": "north", "longitude": "east"}, {"latitude", "longitude"}),
        ({"latitude": "91", "longitude": "0"}, {"latitude"}),
        ({"latitude": "32"}, {"longitude"}),
        ({"gln": make_gtin("0690123400000")[1:-1] + "x"}, {"gln"}),
        ({"kind": "cave"}, {"kind"}),
        ({"country": "CHN"}, {"country"}),
    ],
)
def test_what_is_wrong_with_a_site_stands_at_its_field(
    office: Office, typed: dict[str, str], wrong: set[str]
) -> None:
    alice = office.browser(office.alice)
    alice.get("/console/sites/new")
    response = alice.post("/console/sites/new", {"name": "x", "kind": "shop", **typed})
    assert response.status_code == 422
    assert set(alice.page.errors) == wrong
    with office.site.world.database.read() as tx:
        assert stored_sites.list_sites(tx, office.alices.scope, limit=5) == []


def test_clicks_on_the_map_pick_a_position_and_keep_what_was_typed(office: Office) -> None:
    office.site.context = replace(office.site.context, base_map=MAP)
    # The console keeps the context it was built with.
    office.site.app = build_console(office.site.context)
    alice = office.browser(office.alice)
    alice.get("/console/sites/new")
    assert alice.page.values["map.zoom"] == "0"
    typed = {**alice.page.values, "name": "Typed before", "kind": "shop"}
    # Three quarters to the right, a quarter down: 90 degrees east, 45 north.
    click = {"map.x": str(WIDTH * 3 // 4), "map.y": str(WIDTH // 8)}
    assert alice.post("/console/sites/new", {**typed, **click}).status_code == 200
    assert alice.page.values["name"] == "Typed before"
    assert (alice.page.values["latitude"], alice.page.values["longitude"]) == ("45.0", "90.0")
    assert alice.page.values["map.zoom"] == "1"
    # The middle of the map is what was picked: clicking there changes nothing but the scale.
    for zoom in ("2", "3", "3"):
        middle = {"map.x": str(WIDTH // 2), "map.y": str(WIDTH // 4)}
        alice.post("/console/sites/new", {**alice.page.values, "kind": "shop", **middle})
        assert (alice.page.values["latitude"], alice.page.values["longitude"]) == ("45.0", "90.0")
        assert alice.page.values["map.zoom"] == zoom
    alice.post("/console/sites/new", {**alice.page.values, "kind": "shop", "map.world": "yes"})
    assert alice.page.values["map.zoom"] == "0"
    alice.follow(alice.post("/console/sites/new", {**alice.page.values, "kind": "shop"}))
    assert "90.0" in alice.page.text


def test_partners_are_linked_by_prefix_changed_and_ended(office: Office) -> None:
    alice, charlie = office.browser(office.alice), office.browser(office.charlie)
    charlie.get("/console/partners")
    prefix = office.charlies.organisation.prefix
    assert prefix in charlie.page.text
    alice.get("/console/partners")
    refused = alice.post("/console/partners", {"prefix": "ZZZZ"})
    assert (refused.status_code, set(alice.page.errors)) == (422, {"prefix"})
    own = alice.post("/console/partners", {"prefix": office.alices.organisation.prefix})
    assert own.status_code == 422
    alice.follow(alice.post("/console/partners", {"prefix": prefix.lower(), "may_bring": "on"}))
    assert office.charlies.organisation.name in alice.page.text
    assert "brings its own partners" in alice.page.text
    charlie.get("/console/partners")
    assert office.alices.organisation.name in charlie.page.text
    alice.follow(alice.post(f"/console/partners/{office.charlies.organisation.id}/end"))
    assert "Ended" in alice.page.text


def test_a_unit_shows_its_whole_life(office: Office) -> None:
    run = office.alices.run
    alice = office.browser(office.alice)
    site = new_site(alice, latitude="32.06", longitude="118.8").rpartition("/")[2]
    tell(office, EventKind.PACKING, plan=PlanDraft(containers=Span(run.id, 1, 0, 2)))
    shipped = tell(
        office,
        EventKind.SHIPPING,
        units=(Span(run.id, 1, 0, 2),),
        site_id=UUID(site),
        details={
            "carrier": "Swift Horses",
            "vehicle": "NJ-1",
            "expected": "2026-03-15T08:00+08:00",
        },
    )
    tell(office, EventKind.SELLING, units=(Span(run.id, 0, 3, 4),))
    tell(office, EventKind.SELLING, units=(Span(run.id, 0, 3, 4),))
    alice.get(f"/console/units?unit={unit_key(run.id, 0, 3)}")
    text = alice.page.text
    for words in ("Packed as planned", "Shipped", "Swift Horses", "NJ-1", "North store", "Sold"):
        assert words in text
    assert "It was sold twice." in text
    assert "Containers it was in" in text
    assert f"/console/events/{shipped.id}" in alice.page.links.values()
    # Item 30 lies in the other case; what happened to item 3 is none of its life.
    alice.get(f"/console/units?unit={unit_key(run.id, 0, 30)}")
    assert "Sold" not in alice.page.text
    assert "Shipped" in alice.page.text


def test_a_case_shows_what_is_inside_beside_plan_and_label(office: Office) -> None:
    run = office.alices.run
    tell(office, EventKind.PACKING, plan=PlanDraft(containers=Span(run.id, 1, 0, 1)))
    tell(office, EventKind.UNPACKING, units=(Span(run.id, 0, 5, 7),))
    alice = office.browser(office.alice)
    alice.get(f"/console/units?unit={unit_key(run.id, 1, 0)}")
    assert "Planned 24 Inside now 22" in alice.page.text
    links = [link for link in alice.page.links.values() if "/console/units?unit=" in link]
    assert len(links) == 24


def test_partners_see_their_part_and_strangers_nothing(office: Office) -> None:
    run = office.alices.run
    address = f"/console/units?unit={unit_key(run.id, 0, 3)}"
    dealer, dana = become(office, Role.SELLER)
    tell(office, EventKind.STORING, units=(Span(run.id, 0, 3, 4),))
    assert dana.get(address).status_code == 404
    alice = office.browser(office.alice)
    alice.get("/console/partners")
    alice.follow(alice.post("/console/partners", {"prefix": dealer.organisation.prefix}))
    # A key can be guessed; a code cannot.
    assert dana.get(address).status_code == 404
    by_code = f"/console/units?code=/01/{office.alices.product.gtin}/21/{office.alices.serial(3)}"
    assert dana.get(by_code).status_code == 200
    assert "Put into store" not in dana.page.text
    assert office.alices.organisation.name in dana.page.text
    tell(office, EventKind.RECEIVING, by=dealer, units=(Span(run.id, 0, 3, 4),))
    assert dana.get(address).status_code == 200
    assert "Received" in dana.page.text
    assert "Put into store" not in dana.page.text


def test_an_authority_sees_all_and_its_look_is_taken_down_for_both(office: Office) -> None:
    run = office.alices.run
    key = unit_key(run.id, 0, 3)
    told = tell(office, EventKind.STORING, units=(Span(run.id, 0, 3, 4),))
    authority, dana = become(office, Role.REGULATOR)
    assert dana.get(f"/console/units?unit={key}").status_code == 200
    assert "Put into store" in dana.page.text
    assert dana.get(f"/console/events/{told.id}").status_code == 200
    with office.site.world.database.read() as tx:
        for scope in (authority.scope, office.alices.scope):
            [look] = audit.list_recent(tx, scope, "unit.look", str(key), limit=5)
            assert look.detail["authority"] == authority.organisation.name
    alice = office.browser(office.alice)
    alice.get(f"/console/units?unit={key}")
    with office.site.world.database.read() as tx:
        assert len(audit.list_recent(tx, office.alices.scope, "unit.look", str(key), limit=5)) == 1


def test_an_event_is_declared_in_error_once_and_stays_visible(office: Office) -> None:
    run = office.alices.run
    told = tell(office, EventKind.SELLING, units=(Span(run.id, 0, 3, 4),))
    alice = office.browser(office.alice)
    alice.get("/console/events")
    assert "Sold" in alice.page.text
    path = f"/console/events/{told.id}"
    alice.get(path)
    alice.follow(alice.post(f"{path}/declare", {"reason": "Wrong till"}))
    assert "Wrong till" in alice.page.text
    assert "counts for nothing and stays visible" in alice.page.text
    alice.get(f"/console/units?unit={unit_key(run.id, 0, 3)}")
    assert "Declared in error" in alice.page.text
    assert "Nothing was recorded yet" in alice.page.text
    alice.get("/console/events")
    assert "Declared in error" in alice.page.text
