# SPDX-License-Identifier: Apache-2.0
"""Readings of goods that have a history: what they are answered, and what only the owner learns."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.budgets import max_queries
from tests.chain_world import Chain, draft, make_chain
from tests.factories import NOW, later
from tests.scanning_world import Tenant, World, make_actor, phone

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.errors import ConflictError
from trueorigin.domain.eventdrafts import PlanDraft
from trueorigin.domain.events import Declaration, EventKind
from trueorigin.domain.inspections import DETAIL
from trueorigin.domain.packing import Span
from trueorigin.domain.scans import Channel, ScanOutcome
from trueorigin.domain.sites import SiteKind
from trueorigin.domain.tenancy import Role
from trueorigin.domain.territories import TERRITORY, Area
from trueorigin.domain.verdict import Verdict
from trueorigin.services.capturing import capture_events
from trueorigin.services.placing import share_place
from trueorigin.services.territories import TerritoryDraft, create_territory
from trueorigin.storage import diversions, events, scans
from trueorigin.storage.database import Database

NANJING, SHANGHAI = "32.1,118.8", "31.2,121.5"


@pytest.fixture
def chain(database: Database) -> Chain:
    return make_chain(World(database))


@pytest.fixture
def world(chain: Chain) -> World:
    chain.world.at = later(hours=50)
    return chain.world


@pytest.fixture
def alice(chain: Chain) -> Tenant:
    return chain.alice


def codes(outcome: ScanOutcome) -> tuple[Verdict, list[str]]:
    return outcome.verdict, [reason.code.value for reason in outcome.reasons]


def pack_run(chain: Chain, **fields: Any) -> None:  # noqa: ANN401 - of any type
    """Pack all items as planned: the one event that most runs have."""
    groups = Span(chain.alice.run.id, 1, 0, chain.alice.run.quantity_at(1))
    chain.store(draft(EventKind.PACKING, plan=PlanDraft(containers=groups), **fields))


def find_as(chain: Chain, result: str, index: int, hour: float, **more: Any) -> None:  # noqa: ANN401 - JSON
    act = chain.act(chain.charlie)
    authority = replace(act, actor=replace(act.actor, role=Role.REGULATOR))
    told = draft(
        EventKind.INSPECTING, at=later(hours=hour), units=(chain.alice.code(index),),
        details={DETAIL: {"result": result, "authority": "南京市场监管局", **more}},
    )  # fmt: skip
    with chain.world.database.write() as tx:
        [outcome] = capture_events(tx, chain.world.catalogue, chain.world.vault, authority, [told])
    assert outcome.error is None


def add_region(chain: Chain) -> str:
    """Draw a sales region of 100 km around Nanjing."""
    areas = (Area(latitude=32.06, longitude=118.8, radius_km=100),)
    name = LocalText(zh="南京", en="Nanjing")
    with chain.world.database.write() as tx:
        return str(create_territory(tx, chain.act(), TerritoryDraft(name=name, areas=areas)).id)


def test_the_first_event_of_a_run_holds_for_the_next_reading_of_every_process(
    chain: Chain, world: World, alice: Tenant
) -> None:
    other = world.other_process()
    other.at = world.at
    for process in (world, other):
        assert process.read(alice.code(7)).verdict is Verdict.GENUINE
    chain.store(draft(EventKind.DESTROYING, units=(alice.code(7),), at=later(hours=1)))
    for process in (world, other):
        outcome = process.read(alice.code(7))
        assert codes(outcome) == (Verdict.SUSPECT, ["destroyed"])
        assert process.read(alice.code(8)).verdict is Verdict.GENUINE


def test_units_of_runs_without_events_ask_nothing_of_the_chain(
    chain: Chain, world: World, alice: Tenant
) -> None:
    with world.database.write() as tx:
        packed = world.add_run(tx, alice)
        world.release(tx, packed)
    chain.store(draft(EventKind.STORING, units=(packed.code(7),), at=later(hours=1)))
    world.read(alice.code(1))
    readings = [world.reading(alice.code(index)) for index in range(50)]
    with max_queries(world.database, 11):
        world.record(readings)
    marked = [world.reading(packed.code(index)) for index in range(50)]
    world.read(packed.code(1))
    with max_queries(world.database, 16):
        world.record(marked)


def test_a_batch_of_a_planned_run_asks_a_bounded_number_of_times(
    chain: Chain, world: World, alice: Tenant
) -> None:
    pack_run(chain)
    world.read(alice.code(0))
    readings = [world.reading(alice.code(index)) for index in range(0, 500, 2)]
    with max_queries(world.database, 20):
        outcomes = world.record(readings)
    assert {outcome.verdict for outcome in outcomes} == {Verdict.GENUINE}


def test_events_count_from_their_hour_and_stored_verdicts_stay(
    chain: Chain, world: World, alice: Tenant
) -> None:
    early = world.read(alice.code(7), at=later(hours=49))
    chain.store(draft(EventKind.DESTROYING, units=(alice.code(7),), at=later(hours=49, minutes=1)))
    offline = world.read(alice.code(7), at=later(hours=48))
    late = world.read(alice.code(7), at=later(hours=51))
    assert [each.verdict.value for each in (early, offline, late)] == [
        "genuine",
        "genuine",
        "suspect",
    ]
    with world.database.read() as tx:
        rows = {row.id: row for row in scans.list_scans(tx, alice.key(7), limit=10)}
    assert early.scan_id is not None
    assert rows[early.scan_id].verdict is Verdict.GENUINE


def test_a_correction_clears_the_goods(chain: Chain, world: World, alice: Tenant) -> None:
    burnt = draft(EventKind.DESTROYING, units=(alice.code(7),), at=later(hours=1))
    chain.store(burnt)
    assert world.read(alice.code(7)).verdict is Verdict.SUSPECT
    with world.database.write() as tx:
        events.append_declarations(
            tx,
            [
                Declaration(
                    event_id=burnt.id,
                    organisation_id=alice.organisation.id,
                    actor_id=None,
                    declared_at=NOW,
                    recorded_at=NOW,
                    reason="Wrong unit",
                )
            ],
        )
    assert world.read(alice.code(7)).verdict is Verdict.GENUINE


def test_findings_are_answered_with_authority_and_date(
    chain: Chain, world: World, alice: Tenant
) -> None:
    find_as(chain, "suspected_counterfeit", 7, 1)
    outcome = world.read(alice.code(7))
    assert codes(outcome) == (Verdict.SUSPECT, ["suspected_counterfeit"])
    params = outcome.reasons[0].params
    assert (params["authority"], params["at"]) == ("南京市场监管局", later(hours=1))
    find_as(chain, "conforms", 7, 2)
    assert world.read(alice.code(7)).verdict is Verdict.GENUINE
    find_as(chain, "sealed", 7, 3)
    assert codes(world.read(alice.code(7)))[1] == ["sealed_by_authority"]
    find_as(chain, "unsealed", 7, 4)
    assert world.read(alice.code(7)).verdict is Verdict.GENUINE


def test_a_packed_unit_far_from_its_container_is_a_caution_until_it_moves(
    chain: Chain, world: World, alice: Tenant
) -> None:
    store = chain.add_site(latitude=32.06, longitude=118.8, region="江苏南京")
    pack_run(chain)
    chain.store(
        draft(EventKind.STORING, units=(alice.code(0, 1),), site_id=store.id, at=later(hours=1))
    )
    here = world.read(alice.code(7), place=NANJING, device_token=phone(1))
    assert here.verdict is Verdict.GENUINE
    outcome = world.read(alice.code(7), place=SHANGHAI, device_token=phone(2))
    assert "sealed_elsewhere" in codes(outcome)[1]
    # Item 30 is in another case, and a reading without a place proves nothing.
    assert world.read(alice.code(30), place=SHANGHAI).verdict is Verdict.GENUINE
    assert world.read(alice.code(8)).verdict is Verdict.GENUINE
    chain.store(draft(units=(alice.code(0, 1),), at=later(hours=2)))
    assert world.read(alice.code(9), place=SHANGHAI).verdict is Verdict.GENUINE


def test_a_sale_is_told_to_consumers_and_warns_sellers_and_carriers(
    chain: Chain, world: World, alice: Tenant
) -> None:
    shop = chain.add_site(kind=SiteKind.SHOP, name="南京路店", region="上海", is_public=True)
    chain.store(
        draft(EventKind.SELLING, units=(alice.code(7),), site_id=shop.id, at=later(hours=1))
    )
    outcome = world.read(alice.code(7))
    assert codes(outcome) == (Verdict.GENUINE, ["first_reading", "sold"])
    assert outcome.reasons[1].params["place"] == "南京路店 (上海)"
    for role, expected in (
        (Role.SELLER, ["already_sold"]),
        (Role.LOGISTICS, ["already_sold"]),
        (Role.MANUFACTURER, ["few_devices", "sold"]),
        (Role.REGULATOR, ["few_devices", "sold"]),
    ):
        actor = make_actor(chain.charlie, role)
        assert codes(world.read(alice.code(7), actor=actor, channel=Channel.API))[1] == expected
    chain.store(draft(EventKind.RETURNING, units=(alice.code(7),), at=later(hours=2)))
    again = world.read(alice.code(7), actor=make_actor(chain.charlie, Role.SELLER))
    assert again.verdict is Verdict.GENUINE


def test_a_reading_before_release_is_remembered_whatever_happened_since(
    chain: Chain, world: World, alice: Tenant
) -> None:
    with world.database.write() as tx:
        planned = world.add_run(tx, alice)
    chain.store(draft(EventKind.COMMISSIONING, units=(planned.code(1),), at=later(hours=1)))
    early = world.read(planned.code(1), device_token=phone(1))
    assert early.verdict is Verdict.NOT_RELEASED
    with world.database.write() as tx:
        world.release(tx, planned, effective_at=world.tick())
    chain.store(draft(EventKind.SELLING, units=(planned.code(1),), at=world.tick()))
    stranger = world.read(planned.code(1), device_token=phone(2))
    assert codes(stranger) == (Verdict.CAUTION, ["read_before_release"])
    own = world.read(planned.code(1), device_token=phone(1))
    assert codes(own) == (Verdict.GENUINE, ["few_devices", "sold"])


def test_a_reading_out_of_region_is_for_the_owner_only(
    chain: Chain, world: World, alice: Tenant
) -> None:
    region = add_region(chain)
    sent = draft(units=(alice.code(7),), details={TERRITORY: region}, at=later(hours=1))
    chain.store(sent)
    inside = world.read(alice.code(7), place=NANJING)
    outside = world.read(alice.code(7), place=SHANGHAI)
    nowhere = world.read(alice.code(7))
    for outcome in (inside, outside, nowhere):
        assert outcome.verdict is Verdict.GENUINE
        assert all(str(region) not in str(reason) for reason in outcome.reasons)
    with world.database.read() as tx:
        [row] = diversions.list_diversions(tx, alice.scope, limit=10)
        assert diversions.list_diversions(tx, chain.charlie.scope, limit=10) == []
    assert (row.unit_key, row.scan_id) == (alice.key(7), outside.scan_id)
    assert (str(row.territory_id), row.event_id, row.place) == (region, sent.id, SHANGHAI)
    assert row.organisation_id == alice.organisation.id
    assert 160 < row.km < 180


def test_readings_before_the_shipment_or_beyond_the_hour_leave_no_row(
    chain: Chain, world: World, alice: Tenant
) -> None:
    region = add_region(chain)
    chain.store(draft(units=(alice.code(7),), details={TERRITORY: region}, at=later(hours=1)))
    world.read(alice.code(7), place=SHANGHAI, at=later(minutes=30))
    readings = [world.reading(alice.code(7), place=SHANGHAI) for _ in range(5)]
    world.record(readings, per_hour_max=2)
    with world.database.read() as tx:
        rows = diversions.list_diversions(tx, alice.scope, limit=10)
    assert len(rows) == 1


def test_a_place_shared_later_is_held_against_the_region_too(
    chain: Chain, world: World, alice: Tenant
) -> None:
    region = add_region(chain)
    chain.store(draft(units=(alice.code(7),), details={TERRITORY: region}, at=later(hours=1)))
    for index, text, rows in ((7, NANJING, 0), (7, SHANGHAI, 1), (8, SHANGHAI, 1)):
        outcome = world.read(alice.code(index), device_token=phone(3))
        assert outcome.scan_id is not None
        with world.database.write() as tx:
            share_place(tx, alice.key(index), outcome.scan_id, text)
        with world.database.write() as tx, pytest.raises(ConflictError, match="place_known"):
            share_place(tx, alice.key(index), outcome.scan_id, SHANGHAI)
        with world.database.read() as tx:
            found = diversions.list_diversions(tx, alice.scope, limit=10)
        assert len(found) == rows
    with world.database.write() as tx:
        quiet = world.add_run(tx, alice)
    outcome = world.read(quiet.code(1), device_token=phone(3))
    assert outcome.scan_id is not None
    with world.database.write() as tx:
        share_place(tx, quiet.key(1), outcome.scan_id, SHANGHAI)
        assert len(diversions.list_diversions(tx, alice.scope, limit=10)) == 1


def test_contradictions_are_not_the_consumers_business(
    chain: Chain, world: World, alice: Tenant
) -> None:
    for minute in range(3):
        chain.store(
            draft(EventKind.SELLING, units=(alice.code(7),), at=later(minutes=minute)),
            draft(EventKind.STORING, units=(alice.code(7),), at=NOW + timedelta(days=1)),
        )
    assert codes(world.read(alice.code(7))) == (Verdict.GENUINE, ["first_reading", "sold"])
