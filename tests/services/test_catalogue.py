# SPDX-License-Identifier: Apache-2.0
"""The cache is never out of date, never negative, and never larger than it may be."""

import random
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from tests.budgets import max_queries
from tests.factories import NOW, make_recall
from tests.scanning_world import Tenant, World, new_id, phone

from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.units import RangeKind, UnitFact, fold_range_facts
from trueorigin.domain.verdict import Verdict
from trueorigin.services import catalogue, standings
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.recent import Recent
from trueorigin.storage import accounts, catalog, scans, units
from trueorigin.storage.database import Database


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


@pytest.fixture
def alice(world: World) -> Tenant:
    with world.database.write() as tx:
        return world.join(tx)


@pytest.fixture
def elsewhere(world: World, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    """The same data centre seen by another process: own connections, own cache."""
    url = None
    if world.database.dialect == "postgresql":
        url = request.getfixturevalue("postgres_database_url")
    database = Database.open(url, tmp_path)
    yield World(database)
    database.close()


# Never out of date


def test_a_recall_made_in_another_process_holds_on_the_very_next_reading(
    world: World, elsewhere: World, alice: Tenant
) -> None:
    assert world.read(alice.code(1)).verdict is Verdict.GENUINE
    for _ in range(3):
        recall = make_recall(alice.batch, effective_at=NOW)
        with elsewhere.database.write() as tx:
            units.append_recall(tx, alice.scope, recall)
        assert world.read(alice.code(1)).verdict is Verdict.RECALLED
        with elsewhere.database.write() as tx:
            units.lift_recall(tx, alice.scope, recall.id, NOW)
        assert world.read(alice.code(1)).verdict is Verdict.GENUINE


def test_release_withdrawal_and_verification_elsewhere_hold_at_once(
    world: World, elsewhere: World
) -> None:
    with world.database.write() as tx:
        tenant = world.join(tx, is_released=False, verified_at=None)
    assert world.read(tenant.code(1)).verdict is Verdict.NOT_RELEASED
    with elsewhere.database.write() as tx:
        elsewhere.release(tx, tenant)
    assert world.read(tenant.code(1)).verdict is Verdict.GENUINE
    with elsewhere.database.write() as tx:
        elsewhere.tick()
        elsewhere.release(tx, tenant, kind=RangeKind.WITHDRAW, effective_at=elsewhere.at)
        accounts.mark_verified(tx, tenant.organisation.id, NOW)
    outcome = world.read(tenant.code(1))
    assert outcome.verdict is Verdict.WITHDRAWN
    assert outcome.unit is not None
    assert outcome.unit.organisation.verified_at == NOW


def recall_and_roll_back(world: World, tenant: Tenant) -> None:
    with suppress(RuntimeError), world.database.write() as tx:
        units.append_recall(tx, tenant.scope, make_recall(tenant.batch))
        raise RuntimeError("changed my mind")


def test_a_transaction_that_is_rolled_back_elsewhere_changes_no_answer(
    world: World, alice: Tenant
) -> None:
    world.read(alice.code(1))
    recall_and_roll_back(world, alice)
    assert world.read(alice.code(1)).verdict is Verdict.GENUINE


def test_nothing_that_was_missing_is_remembered_as_missing(world: World, alice: Tenant) -> None:
    planned = PrintedCode(gtin="06901234567892", serial=alice.serial(1))
    assert world.read(planned).verdict is Verdict.NOT_ISSUED
    with world.database.write() as tx:
        second = world.join(tx, gtin="06901234567892", prefix="NEW1")
    assert world.read(second.code(1)).verdict is Verdict.GENUINE
    with world.database.write() as tx:
        later_run = world.add_run(tx, alice)
    assert world.read(later_run.code(1)).verdict is Verdict.NOT_RELEASED
    with world.database.write() as tx:
        world.start_epoch(tx, alice)
        later_epoch = world.add_run(tx, alice)
    assert world.read(later_epoch.code(1)).verdict is Verdict.NOT_RELEASED
    with world.database.read() as tx:
        # Nor counted as invented, once it is known.
        assert [row[3] for row in scans.list_not_issued(tx, 0, limit=9)] == [1]


def test_readings_while_a_recall_is_made_never_fail_and_obey_it_from_its_commit_on(
    world: World, elsewhere: World, alice: Tenant
) -> None:
    is_recalled, failures = threading.Event(), []
    readings = [
        [
            world.reading(alice.code(index), device_token=phone(index))
            for index in range(start, 400, 4)
        ]
        for start in range(4)
    ]

    def read(mine: int) -> None:
        for reading in readings[mine]:
            was_recalled = is_recalled.is_set()
            [outcome] = world.record([reading])
            if was_recalled and outcome.verdict is not Verdict.RECALLED:
                failures.append(outcome)

    threads = [threading.Thread(target=read, args=(mine,)) for mine in range(4)]
    for thread in threads:
        thread.start()
    with elsewhere.database.write() as tx:
        units.append_recall(tx, alice.scope, make_recall(alice.batch))
    is_recalled.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert world.read(alice.code(999)).verdict is Verdict.RECALLED


# Many ranges


def brute_force(facts: list[tuple[int, int, UnitFact]], index: int) -> list[UnitFact]:
    return [fact for start, stop, fact in facts if start <= index < stop]


@pytest.mark.parametrize("held_max", [0, 10_000], ids=["probed", "held"])
def test_ranges_held_or_probed_agree_with_a_list_of_all(
    world: World, alice: Tenant, held_max: int
) -> None:
    world.catalogue = Catalogue(blocks_held_max=held_max)
    choice = random.Random(held_max)  # noqa: S311 - picks ranges
    with world.database.write() as tx:
        run = world.add_run(tx, alice, quantity=5000)
        facts = []
        for _ in range(60):
            start, stop = sorted(choice.sample(range(5001), 2))
            if choice.random() < 0.2:
                start, stop = 0, 5000
            kind = choice.choice([RangeKind.RELEASE, RangeKind.WITHDRAW])
            effective_at = NOW + timedelta(minutes=choice.randrange(-100, 100))
            fact_id = new_id(NOW)
            world.release(
                tx, run, id=fact_id, kind=kind, start=start, stop=stop, effective_at=effective_at
            )
            fact = UnitFact(
                id=fact_id, kind=kind, effective_at=effective_at, recall_id=None, lifted_at=None
            )
            facts.append((start, stop, fact))
    stages = {
        "planned": Verdict.NOT_RELEASED,
        "released": Verdict.GENUINE,
        "withdrawn": Verdict.WITHDRAWN,
    }
    for minutes in (-101, 0, 101):
        world.at = NOW + timedelta(minutes=minutes)
        readings = [world.reading(run.code(index)) for index in choice.sample(range(5000), 100)]
        for reading, outcome in zip(readings, world.record(readings), strict=True):
            assert outcome.unit is not None
            folded = fold_range_facts(brute_force(facts, outcome.unit.index), reading.at)
            assert outcome.verdict is stages[folded.lifecycle.stage.value]


def add_pieces(world: World, alice: Tenant, *starts: int, size: int) -> Tenant:
    """Add a run, released in pieces of `size` units each, that no process holds whole."""
    world.catalogue = Catalogue(blocks_held_max=0)
    with world.database.write() as tx:
        run = world.add_run(tx, alice, quantity=5000)
        for start in starts:
            world.release(tx, run, start=start, stop=start + size)
    return run


def look(world: World, run: Tenant, *indices: int) -> tuple[list[Verdict], int]:
    """Read some units in one batch; return what they are, and how often ranges were asked for."""
    statements: list[object] = []
    readings = [world.reading(run.code(index)) for index in indices]
    with world.database.watching(statements.append):
        told = [each.verdict for each in world.record(readings)]
    return told, sum("b.fact_id" in str(each) for each in statements)


def test_readings_of_one_place_are_answered_from_memory(world: World, alice: Tenant) -> None:
    run = add_pieces(world, alice, 1500, size=100)
    units_there = (1499, 1500, 1599, 1600)
    verdicts = [Verdict.NOT_RELEASED, Verdict.GENUINE, Verdict.GENUINE, Verdict.NOT_RELEASED]
    # Missed twice in the first batch, the page is there from the second on.
    assert look(world, run, *units_there) == (verdicts, 2)
    for _ in range(3):
        assert look(world, run, *units_there) == (verdicts, 0)
    # Another page: asked for unit by unit at first.
    assert look(world, run, 4000) == ([Verdict.NOT_RELEASED], 1)
    assert look(world, run, 4001) == ([Verdict.NOT_RELEASED], 2)
    assert look(world, run, 4002) == ([Verdict.NOT_RELEASED], 0)
    # Another revision: what was held before it counts no more.
    with world.database.write() as tx:
        world.release(tx, run, start=1599, stop=1601, kind=RangeKind.WITHDRAW)
    verdicts[2:] = [Verdict.WITHDRAWN, Verdict.WITHDRAWN]
    for asked in (2, 0, 0):
        assert look(world, run, *units_there) == (verdicts, asked)


def test_pages_for_which_there_is_no_room_are_forgotten(
    world: World, alice: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "PAGES_WEIGHT_MAX", 3)
    run = add_pieces(world, alice, 1500, 3000, size=100)
    told = [Verdict.GENUINE, Verdict.NOT_RELEASED, Verdict.NOT_RELEASED, Verdict.GENUINE]
    for _ in range(4):
        found, asked = look(world, run, 1599, 1600, 4000, 3000)
        assert found == told
        assert asked > 0


def test_what_was_missed_long_ago_is_forgotten(
    world: World, alice: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standings, "MISSED_MAX", 1)
    run = add_pieces(world, alice, 1500, size=100)
    for _ in range(3):
        assert look(world, run, 1500) == ([Verdict.GENUINE], 1)
        assert look(world, run, 3000) == ([Verdict.NOT_RELEASED], 1)


def test_a_run_in_too_many_pieces_is_asked_unit_by_unit(
    world: World, alice: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standings, "PAGES_BLOCKS_MAX", 5)
    run = add_pieces(world, alice, *range(0, 60, 10), size=1)
    released, planned = Verdict.GENUINE, Verdict.NOT_RELEASED
    for asked in (2, 1, 1, 1):
        told = [released, planned, released, planned]
        assert look(world, run, 0, 1, 10, 99) == (told, asked)


@pytest.mark.parametrize("times", [1, 4], ids=["probed", "in pages"])
def test_range_recalls_hold_when_ranges_are_not_held(
    world: World, alice: Tenant, times: int
) -> None:
    world.catalogue = Catalogue(blocks_held_max=0)
    recall = make_recall(
        alice.batch, batch_id=None, run_id=alice.run.id, level=0, start=10, stop=20
    )
    with world.database.write() as tx:
        units.append_recall(tx, alice.scope, recall)
        world.release(tx, alice, start=10, stop=20, kind=RangeKind.RECALL, recall_id=recall.id)
    for _ in range(times):
        verdicts = [world.read(alice.code(index)).verdict for index in (9, 10, 19, 20)]
        wanted = [Verdict.GENUINE, Verdict.RECALLED, Verdict.RECALLED, Verdict.GENUINE]
        assert verdicts == wanted
    with world.database.write() as tx:
        units.lift_recall(tx, alice.scope, recall.id, world.at)
    for _ in range(times):
        assert world.read(alice.code(10)).verdict is Verdict.GENUINE


# Bounded


def test_a_warm_cache_asks_for_the_revision_only(world: World, alice: Tenant) -> None:
    world.read(alice.code(1))
    with world.database.read() as tx, max_queries(world.database, 1):
        owners = world.catalogue.find_gtin_owners(tx, [str(alice.product.gtin)])
        entries = world.catalogue.open_organisations(tx, world.vault, set(owners.values()))
        [entry] = entries.values()
        found = world.catalogue.find_runs(tx, entry, alice.run.epoch, {alice.run.ordinal})
        assert found[alice.run.ordinal].run == alice.run


def test_a_change_reloads_many_runs_in_a_fixed_number_of_statements(
    world: World, alice: Tenant
) -> None:
    with world.database.write() as tx:
        tenants = [world.add_run(tx, alice) for _ in range(40)]
        for tenant in tenants:
            world.release(tx, tenant)
    readings = [world.reading(tenant.code(1)) for tenant in tenants]
    # Revision, organisation, epochs, seven for all runs; then what a warm batch costs.
    with max_queries(world.database, 22):
        outcomes = world.record(readings)
    assert {outcome.verdict for outcome in outcomes} == {Verdict.GENUINE}


def test_with_room_for_one_run_every_answer_is_still_right(world: World, alice: Tenant) -> None:
    world.catalogue = Catalogue(organisations_max=1, owners_max=1, runs_weight_max=1)
    with world.database.write() as tx:
        tenants = [alice, world.add_run(tx, alice), world.join(tx)]
        world.release(tx, tenants[1])
    for _ in range(3):
        readings = [world.reading(tenant.code(5)) for tenant in tenants]
        found = [outcome.unit and outcome.unit.run.id for outcome in world.record(readings)]
        assert found == [tenant.run.id for tenant in tenants]


def test_recent_forgets_what_was_not_asked_for_longest() -> None:
    recent: Recent[str, int] = Recent(3)
    for number, name in enumerate("abc"):
        recent.keep(name, number)
    recent.find_many("a")
    recent.keep("d", 3)
    assert recent.find_many("abcd") == {"a": 0, "c": 2, "d": 3}


def test_recent_counts_weights_and_keeps_the_newest_whatever_it_weighs() -> None:
    recent: Recent[str, int] = Recent(10)
    recent.keep("a", 1, weight=5)
    recent.keep("b", 2, weight=5)
    recent.keep("a", 3, weight=4)
    assert len(recent) == 2
    recent.keep("c", 4, weight=100)
    assert recent.find_many("abc") == {"c": 4}
    recent.keep("d", 5)
    assert recent.find_many("abcd") == {"d": 5}


def test_an_organisation_without_catalogue_is_nobody(world: World, alice: Tenant) -> None:
    stranger = new_id(NOW)
    with world.database.read() as tx:
        opened = world.catalogue.open_organisations(
            tx, world.vault, {stranger, alice.organisation.id}
        )
        assert opened.keys() == {alice.organisation.id}
        assert world.catalogue.open_organisations(tx, world.vault, ()) == {}
        assert catalog.find_revisions(tx, [stranger]) == {}
