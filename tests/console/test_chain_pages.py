# SPDX-License-Identifier: Apache-2.0
"""Sites, partners, events and the life of a unit, as each role of the chain sees them."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from tests.console_house import Office
from tests.console_site import Browser
from tests.factories import make_act, make_gtin
from tests.hostile_files import make_image
from tests.scanning_world import Tenant

from trueorigin.console.picking import WIDTH
from trueorigin.console.surface import build_console
from trueorigin.domain import humancode
from trueorigin.domain.eventdrafts import EventDraft, PlanDraft
from trueorigin.domain.events import EventKind
from trueorigin.domain.packing import Span
from trueorigin.domain.tenancy import Role
from trueorigin.domain.units import unit_key
from trueorigin.services import capturing
from trueorigin.services.capturing import Outcome
from trueorigin.storage import accounts, audit, inspections, sites as stored_sites
from trueorigin.web.basemap import BaseMap

MAP = BaseMap(body=b"<svg/>", version="abc")


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


def test_an_item_shows_what_was_packed_into_it_and_else_nothing(office: Office) -> None:
    run = office.alices.run
    alice = office.browser(office.alice)
    address = f"/console/units?unit={unit_key(run.id, 0, 9)}"
    alice.get(address)
    assert "What is inside" not in alice.page.text
    tell(
        office,
        EventKind.PACKING,
        units=(Span(run.id, 0, 5, 7),),
        containers=(Span(run.id, 0, 9, 10),),
    )
    alice.get(address)
    assert "Planned 0 Inside now 2" in alice.page.text


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


def human(office: Office, index: int, level: int = 0) -> str:
    """Return the code under a symbol of Alice's."""
    return humancode.build(office.alices.organisation.prefix, office.alices.serial(index, level))


def preview(browser: Browser, act: str, **typed: str) -> dict[str, str]:
    """Open an act, fill it in and continue; return the fields of the page that asks again."""
    browser.get(f"/console/acts/{act}")
    form = {**browser.page.values, **typed}
    response = browser.post(f"/console/acts/{act}", form)
    assert response.status_code == 200, browser.page.errors
    return dict(browser.page.values)


def test_an_act_is_shown_before_it_is_stored_and_stored_once(office: Office) -> None:
    run = office.alices.run
    alice = office.browser(office.alice)
    site = new_site(alice).rpartition("/")[2]
    url = f"https://zy.example/01/{office.alices.product.gtin}/21/"
    codes = f"{url}{office.alices.serial(3)}\n\n{url}{office.alices.serial(4)}\n"
    asked = preview(alice, "storing", codes=codes, site=site, notes="Shelf 4")
    assert "This will be stored" in alice.page.text
    assert "2 items of run" in alice.page.text
    alice.get("/console/events")
    assert "Put into store" not in alice.page.text
    first = alice.post("/console/acts/storing", {**asked, "confirmed": "yes"})
    second = alice.post("/console/acts/storing", {**asked, "confirmed": "yes"})
    assert first.headers["location"] == second.headers["location"]
    alice.follow(first)
    assert "Shelf 4" in alice.page.text
    alice.get(f"/console/units?unit={unit_key(run.id, 0, 3)}")
    assert "Put into store" in alice.page.text


def test_what_would_be_wrong_is_said_before_and_can_be_sent_all_the_same(office: Office) -> None:
    run = office.alices.run
    tell(office, EventKind.PACKING, plan=PlanDraft(containers=Span(run.id, 1, 0, 2)))
    tell(office, EventKind.SELLING, units=(Span(run.id, 0, 3, 4),))
    alice = office.browser(office.alice)
    part = {"run": str(run.id), "level": "0", "from": "2", "to": "4"}
    preview(alice, "selling", **part)
    assert "One unit was sold already." in alice.page.text
    assert "Record all the same" in alice.page.text
    preview(alice, "packing", codes=human(office, 30), container=human(office, 0, 1))
    assert "One unit is still in another container." in alice.page.text
    alice.get(f"/console/runs/{run.id}/withdraw")
    withdrawn = {"level": "0", "from": "50", "to": "59", "confirmed": "yes"}
    assert alice.post(f"/console/runs/{run.id}/withdraw", withdrawn).status_code == 303
    preview(alice, "shipping", run=str(run.id), level="0", **{"from": "48", "to": "51"})
    assert "2 units were withdrawn." in alice.page.text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"codes": "not a code"}, "codes"),
        ({"codes": ""}, "codes"),
        ({"run": "999999999", "from": "0", "to": "1"}, "run"),
        ({"run": "one"}, "run"),
        ({"run": "{run}", "from": "5", "to": "4"}, "to"),
        ({"run": "{run}", "from": "0", "to": "99999999"}, "to"),
        ({"run": "{run}", "from": "0", "to": "5", "site": "x"}, "site"),
        ({"run": "{run}", "from": "0", "to": "5", "site": "{site}"}, "site"),
        ({"run": "{run}", "from": "0", "to": "5", "at": "yesterday"}, "at"),
        ({"run": "{run}", "from": "0", "to": "5", "expected": "soon"}, "expected"),
    ],
)
def test_what_is_wrong_with_an_act_stands_at_its_field(
    office: Office, typed: dict[str, str], field: str
) -> None:
    charlie = office.browser(office.charlie)
    names = {"{run}": str(office.alices.run.id), "{site}": new_site(charlie).rpartition("/")[2]}
    alice = office.browser(office.alice)
    alice.get("/console/acts/shipping")
    form = {**alice.page.values, **{name: names.get(text, text) for name, text in typed.items()}}
    response = alice.post("/console/acts/shipping", form)
    assert response.status_code == 422
    assert field in alice.page.errors


def test_an_authority_records_a_finding_and_the_owner_reads_it(office: Office) -> None:
    run = office.alices.run
    authority, dana = become(office, Role.REGULATOR)
    dana.get("/console")
    assert "Record a finding" in dana.page.text
    dana.get("/console/findings/new")
    form = {
        **dana.page.values,
        "codes": f"/01/{office.alices.product.gtin}/21/{office.alices.serial(3)}",
        "result": "does_not_conform",
        "paper": "No. 17",
        "notes.zh": "酒精度不符",
        "notes.en": "Strength differs",
    }
    photo = ("photos", ("bottle.png", make_image(), "image/png"))
    wrong = dana.post("/console/findings/new", {**form, "result": ""}, files=[photo])
    assert (wrong.status_code, "result" in dana.page.errors) == (422, True)
    kept = [each["value"] for tag, each in dana.page.tags if each.get("name") == "photos-kept"]
    assert len(kept) == 1
    with office.site.world.database.read() as tx:
        assert inspections.list_own_inspections(tx, authority.scope, limit=1) == []
    shown = dana.post("/console/findings/new", {**form, "photos-kept": kept[0] or ""})
    # First it is shown what it would be about; nothing is stored yet.
    assert (shown.status_code, "Check before recording" in dana.page.text) == (200, True)
    for words in (office.alices.organisation.name, office.alices.batch.lot, "Released"):
        assert words in dana.page.text
    with office.site.world.database.read() as tx:
        assert inspections.list_own_inspections(tx, authority.scope, limit=1) == []
    asked = dict(dana.page.values)
    dana.post("/console/findings/new", {**asked, "change": "yes"})
    assert dana.page.values["paper"] == "No. 17"
    response = dana.post("/console/findings/new", {**asked, "confirmed": "yes"})
    assert response.status_code == 303, dana.page.errors
    dana.follow(response)
    assert "Strength differs" in dana.page.text
    dana.get("/console/findings")
    assert "Found not to conform" in dana.page.text
    alice = office.browser(office.alice)
    alice.get("/console")
    assert "An authority objected to your goods" in alice.page.text
    alice.get("/console/findings")
    assert authority.organisation.name in alice.page.text
    alice.get(response.headers["location"])
    assert "No. 17" in alice.page.text
    event = str(response.headers["location"]).replace("findings", "events")
    picture = f"{event}/files/0"
    assert alice.send("GET", picture).headers["content-type"] == "image/png"
    assert office.browser(office.charlie).send("GET", picture).status_code == 404
    alice.get(f"/console/units?unit={unit_key(run.id, 0, 3)}")
    assert "Found not to conform" in alice.page.text


def test_nobody_but_an_authority_records_findings(office: Office) -> None:
    alice = office.browser(office.alice)
    alice.get("/console/findings")
    assert alice.get("/console/findings/new").status_code == 403
    assert alice.post("/console/findings/new", {"result": "sealed"}).status_code == 403


def test_a_sales_region_begins_with_a_province_and_is_moved_on_the_map(office: Office) -> None:
    office.site.app = build_console(replace(office.site.context, base_map=MAP))
    alice = office.browser(office.alice)
    alice.get("/console/territories/new")
    form = {**alice.page.values, "province": "62", "add": "yes"}
    alice.post("/console/territories/new", form)
    assert alice.page.values["name.en"] == "Gansu"
    assert alice.page.values["areas.2.radius_km"] == "390"
    assert alice.page.values["areas.3.latitude"] == ""
    click = {"map.x": str(WIDTH * 3 // 4), "map.y": str(WIDTH // 8)}
    alice.post("/console/territories/new", {**alice.page.values, **click})
    assert alice.page.values["areas.3.latitude"] == "45.0"
    assert alice.page.values["areas.3.radius_km"] == "100"
    # The next click, nearer, moves the same area.
    middle = {"map.x": str(WIDTH // 2 + 8), "map.y": str(WIDTH // 4)}
    alice.post("/console/territories/new", {**alice.page.values, **middle})
    assert alice.page.values["areas.3.longitude"] == "92.5"
    assert "areas.4.latitude" in alice.page.values
    wrong = {**alice.page.values, "areas.0.latitude": "north", "areas.1.radius_km": "far"}
    assert alice.post("/console/territories/new", wrong).status_code == 422
    assert set(alice.page.errors) == {"areas.0.latitude", "areas.1.radius_km"}
    right = {**alice.page.values, "areas.0.latitude": "35", "areas.1.radius_km": "300"}
    alice.follow(alice.post("/console/territories/new", right))
    assert "Shipments can name this region" in alice.page.text
    path = next(link for link in alice.page.links.values() if link == "/console/territories")
    alice.get(path)
    assert "Gansu" in alice.page.text


def test_a_region_is_closed_and_no_longer_offered(office: Office) -> None:
    alice = office.browser(office.alice)
    alice.get("/console/territories/new")
    form = {"name.en": "Delta", "areas.0.latitude": "31", "areas.0.longitude": "121"}
    kept = alice.post("/console/territories/new", {**form, "areas.0.radius_km": "90"})
    alice.get("/console/acts/shipping")
    assert "Delta" in alice.page.text
    alice.follow(alice.post(f"{kept.headers['location']}/close"))
    assert "Closed since" in alice.page.text
    alice.get("/console/acts/shipping")
    assert "Delta" not in alice.page.text
