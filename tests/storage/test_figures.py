"""Figures equal what a count over the whole ledger gives, and nobody sees another's."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import TypeAlias
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings, strategies as st
from tests.factories import NOW
from tests.scanning_world import NETWORK, Tenant, World, phone

from trueorigin.domain.days import begin_day, count_days
from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.scans import Confirmation
from trueorigin.domain.units import RangeKind, split_unit_key
from trueorigin.domain.verdict import SUSPICIOUS, Verdict
from trueorigin.services.scanning import confirm_scans
from trueorigin.storage import accounts, figures, readings
from trueorigin.storage.database import Database, Tx
from trueorigin.storage.figures import Period, Subject
from trueorigin.storage.places import add_place
from trueorigin.storage.readings import Filter
from trueorigin.storage.scans import VERDICTS, ScanRow
from trueorigin.storage.schema import reading_figure, scan

SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = count_days(NOW.date())
ALWAYS = Period(start=0, stop=TODAY + 1000, time_zone="Asia/Shanghai")
PLACES = (None, "31.2,121.5", "39.9,116.4", "-33.9,18.4")


def ledger_figures(tx: Tx) -> dict[tuple[int, int, str, Verdict], tuple[int, int]]:
    """Count every line of the ledger, one by one."""
    sums: dict[tuple[int, int, str, Verdict], tuple[int, int]] = {}
    for row in tx.execute(sa.select(scan)):
        day = count_days(row.at.astimezone(SHANGHAI).date())
        place = (row.place or "").rstrip("*")
        key = (split_unit_key(row.unit_key)[0], day, place, VERDICTS[row.verdict])
        before = sums.get(key, (0, 0))
        sums[key] = (before[0] + row.readings, before[1] + bool(row.counted))
    return sums


def kept_figures(tx: Tx) -> dict[tuple[int, int, str, Verdict], tuple[int, int]]:
    return {
        (row.run_id, row.day, row.place, VERDICTS[row.verdict]): (row.readings, row.devices)
        for row in tx.execute(sa.select(reading_figure))
        if row.readings or row.devices
    }


@pytest.fixture
def world(database: Database) -> World:
    return World(database=database)


@pytest.fixture
def tenants(world: World) -> tuple[Tenant, Tenant]:
    with world.database.write() as tx:
        alice, charlie = world.join(tx), world.join(tx)
        world.release(tx, alice, start=10, stop=20, kind=RangeKind.WITHDRAW)
    return alice, charlie


Step: TypeAlias = tuple[int, int, int, str | None, bool, int, str | None]
STEPS = st.lists(
    st.tuples(
        st.integers(0, 1),  # whose
        st.integers(5, 14),  # which unit
        st.integers(0, 7),  # which phone
        st.sampled_from(PLACES),
        st.booleans(),  # confirmed at once, or by the page later
        st.sampled_from((1, 600, 90_000)),  # seconds until the next one
        st.sampled_from((None, "31.2,121.5")),  # place told afterwards
    ),
    min_size=1,
    max_size=25,
)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_figures_equal_a_count_over_the_ledger(
    world: World, tenants: tuple[Tenant, Tenant], steps: list[Step]
) -> None:
    outcomes = []
    batch = []
    for whose, index, number, place, is_confirmed, seconds, _ in steps:
        world.tick(seconds=seconds)
        batch.append(
            world.reading(
                tenants[whose].code(index),
                device_token=phone(number),
                place=place,
                is_confirmed=is_confirmed,
            )
        )
    middle = len(batch) // 2
    outcomes = world.record(batch[:middle]) + world.record(batch[middle:])
    looks = [
        Confirmation(unit_key=each.unit.unit_key, scan_id=each.scan_id, device_token=None)
        for each in outcomes
        if each.unit is not None and each.scan_id is not None
    ]
    with world.database.write() as tx:
        for look, (*_, later) in zip(looks, steps, strict=True):
            if later is not None:
                add_place(tx, look.unit_key, look.scan_id, later)
        confirm_scans(tx, world.vault, looks)
    with world.database.read() as tx:
        assert kept_figures(tx) == ledger_figures(tx)


def test_readings_beyond_the_hour_count_under_their_own_verdict(
    world: World, tenants: tuple[Tenant, Tenant]
) -> None:
    alice, _ = tenants
    code = alice.code(1)
    batch = [world.reading(code, device_token=phone(n), place="31.2,121.5") for n in range(3)]
    outcomes = world.record(batch, per_hour_max=2)
    with world.database.read() as tx:
        kept, counted = kept_figures(tx), ledger_figures(tx)
    assert sum(readings for readings, _ in kept.values()) == len(outcomes) == 3
    assert Counter(each.verdict for each in outcomes) == {
        key[3]: readings for key, (readings, _) in kept.items()
    }
    assert sum(readings for readings, _ in counted.values()) == 3


def test_a_batch_costs_one_statement_more(world: World, tenants: tuple[Tenant, Tenant]) -> None:
    statements: list[str] = []
    batch = [
        world.reading(tenants[n % 2].code(n), device_token=phone(n), place=PLACES[n % 4])
        for n in range(40)
    ]
    with world.database.watching(lambda statement: statements.append(str(statement))):
        world.record(batch)
    assert len([each for each in statements if "reading_figure" in each]) == 1
    assert "reading_figure" in statements[-1]


def test_sums_equal_the_ledgers(world: World, tenants: tuple[Tenant, Tenant]) -> None:
    alice, charlie = tenants
    for number in range(30):
        world.tick(hours=5)
        world.read(alice.code(number), device_token=phone(number % 7), place=PLACES[number % 4])
        world.read(charlie.code(number), device_token=phone(1), place=PLACES[1])
    with world.database.read() as tx:
        counted = {k: v for k, v in ledger_figures(tx).items() if k[0] == alice.run.id}
        subject = Subject(product_id=alice.product.id)
        sums = figures.sum_figures(tx, alice.scope, subject, ALWAYS)
        by_day = figures.sum_by_day(tx, alice.scope, subject, ALWAYS)
        by_place = figures.sum_by_place(tx, alice.scope, subject, ALWAYS)
        by_verdict = figures.sum_by_verdict(tx, alice.scope, subject, ALWAYS)
        by_run = figures.sum_by_run(tx, alice.scope, [alice.run.id, charlie.run.id], ALWAYS)
        by_batch = figures.sum_by_batch(tx, alice.scope, [alice.batch.id], ALWAYS)
        others = figures.sum_figures(tx, charlie.scope, subject, ALWAYS)
    assert sums.readings == sum(readings for readings, _ in counted.values()) == 30
    assert sums.devices == sum(devices for _, devices in counted.values())
    assert sums.suspicious == sum(n for k, (n, _) in counted.items() if k[3] in SUSPICIOUS) == 10
    assert sum(by_verdict.values()) == 30
    for day, each in by_day.items():
        assert each.readings == sum(n for k, (n, _) in counted.items() if k[1] == day)
    assert list(by_day) == sorted(by_day)
    for place, each in by_place.items():
        assert each.readings == sum(n for k, (n, _) in counted.items() if k[2] == place)
    assert all(a.readings >= b.readings for a, b in pairwise(by_place.values()))
    assert by_run == {alice.run.id: sums}
    assert by_batch == {alice.batch.id: sums}
    assert others.readings == 0, "Charlie asked for Alice's product"


def test_rows_behind_a_figure_are_those_of_the_ledger(
    world: World, tenants: tuple[Tenant, Tenant], monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, charlie = tenants
    for number in range(24):
        world.tick(hours=7)
        world.read(alice.code(number % 16), device_token=phone(number), place=PLACES[number % 4])
    # So little that every page ends early somewhere.
    monkeypatch.setattr(readings, "EXAMINED_MAX", 5)
    wanted = Filter(
        subject=Subject(run_id=alice.run.id),
        period=Period(start=TODAY + 1, stop=TODAY + 5, time_zone="Asia/Shanghai"),
        verdicts=tuple(SUSPICIOUS),
        place="39.9,116.4",
    )
    found: list[ScanRow] = []
    after, pages = None, 0
    with world.database.read() as tx:
        while True:
            page = readings.list_readings(tx, alice.scope, wanted, after=after, limit=2)
            found += page.rows
            pages += 1
            if page.next is None:
                break
            after = page.next
        expected = [
            (row.unit_key, row.id)
            for row in tx.execute(sa.select(scan).order_by(scan.c.unit_key, scan.c.id))
            if TODAY + 1 <= count_days(row.at.astimezone(SHANGHAI).date()) < TODAY + 5
            and row.place == "39.9,116.4"
            and VERDICTS[row.verdict] in SUSPICIOUS
        ]
        assert readings.list_readings(tx, charlie.scope, wanted, limit=50).rows == ()
    assert [(row.unit_key, row.id) for row in found] == expected
    assert expected
    assert pages > 2


def test_invented_codes_are_told_to_the_owner_of_the_number_only(
    world: World, tenants: tuple[Tenant, Tenant]
) -> None:
    alice, charlie = tenants
    assert alice.product.gtin is not None
    assert charlie.product.gtin is not None
    for number in range(5):
        world.tick(hours=8)
        forged = PrintedCode(gtin=alice.product.gtin, serial="0" * 15 + str(number))
        world.read(forged, network=NETWORK if number % 2 else "203.0.113.0/24")
    numbers = [alice.product.gtin, charlie.product.gtin]
    with world.database.read() as tx:
        total = readings.sum_not_issued(tx, alice.scope, numbers, ALWAYS)
        days = readings.list_not_issued_days(tx, alice.scope, numbers, ALWAYS, limit=50)
        foreign = readings.sum_not_issued(tx, charlie.scope, numbers, ALWAYS)
    assert total == 5
    assert sum(each.readings for each in days) == 5
    assert {each.number for each in days} == {alice.product.gtin}
    assert [each.day for each in days] == sorted((each.day for each in days), reverse=True)
    assert foreign == 0


# Zone, and a day there: an ordinary one, one of 23 hours, one of 25, one that begins at 01:00.
EDGES = [
    ("Asia/Shanghai", date(2026, 3, 15)),
    ("America/New_York", date(2026, 3, 8)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
]


@pytest.mark.parametrize(("zone", "on"), EDGES, ids=[zone for zone, _ in EDGES])
def test_a_day_ends_on_the_clocks_of_its_organisation(world: World, zone: str, on: date) -> None:
    with world.database.write() as tx:
        world.at = begin_day(count_days(on) - 2, zone)
        alice = world.join(tx, time_zone=zone)
        world.release(tx, alice)
    assert alice.product.gtin is not None
    day = count_days(on)
    edges = [begin_day(day, zone), begin_day(day + 1, zone)]
    for edge in edges:
        for after in (-2, 0):
            # The clock moves on by a second before each reading.
            world.at = edge + timedelta(seconds=after)
            world.read(alice.code(1), device_token=phone(after + 2))
            world.at = edge + timedelta(seconds=60 * after)
            world.read(PrintedCode(gtin=alice.product.gtin, serial="0" * 16))
    expected = {day - 1: 1, day: 2, day + 1: 1}
    always = Period(start=0, stop=day + 1000, time_zone=zone)
    with world.database.read() as tx:
        by_day = figures.sum_by_day(tx, alice.scope, Subject(), always)
        assert {each: sums.readings for each, sums in by_day.items()} == expected
        invented = readings.list_not_issued_days(
            tx, alice.scope, [alice.product.gtin], always, limit=9
        )
        assert {each.day: each.readings for each in invented} == expected
        for each, count in expected.items():
            period = Period(start=each, stop=each + 1, time_zone=zone)
            wanted = Filter(subject=Subject(), period=period)
            rows = readings.list_readings(tx, alice.scope, wanted, limit=9).rows
            assert len(rows) == count
            numbers = [alice.product.gtin]
            assert readings.sum_not_issued(tx, alice.scope, numbers, period) == count


def test_figures_stay_what_they_are_when_an_organisation_moves(
    world: World, tenants: tuple[Tenant, Tenant]
) -> None:
    alice, _ = tenants
    world.at = begin_day(TODAY + 1, "Asia/Shanghai")
    outcome = world.read(alice.code(1), device_token=phone(1))
    moved = replace(alice.organisation, time_zone="Pacific/Honolulu")
    with world.database.write() as tx:
        accounts.update_organisation(tx, alice.scope, moved)
        assert outcome.unit is not None
        assert outcome.scan_id is not None
        assert add_place(tx, outcome.unit.unit_key, outcome.scan_id, "31.2,121.5")
    world.read(alice.code(2), device_token=phone(1))
    zone = "Pacific/Honolulu"
    with world.database.read() as tx:
        by_day = figures.sum_by_day(
            tx, alice.scope, Subject(), Period(start=0, stop=TODAY + 9, time_zone=zone)
        )
        # Every line is found on the day it has on the new clocks.
        period = Period(start=TODAY, stop=TODAY + 1, time_zone=zone)
        wanted = Filter(subject=Subject(), period=period)
        rows = readings.list_readings(tx, alice.scope, wanted, limit=9).rows
    assert {day: each.readings for day, each in by_day.items()} == {TODAY: 1, TODAY + 1: 1}
    assert len(rows) == 2
