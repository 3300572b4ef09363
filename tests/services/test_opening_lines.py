"""What SQLite keeps in the first line of a unit's ledger is what a row of its own would say."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from tests.factories import NOW
from tests.scanning_world import Tenant, World, new_id, phone

from trueorigin.domain.scans import Confirmation, Reading
from trueorigin.services.scanning import confirm_scans
from trueorigin.storage import counting, openings, reconciling, retention, scans, snapshot
from trueorigin.storage.database import Database, Tx
from trueorigin.storage.openings import OPENING
from trueorigin.storage.places import add_place

LATER = NOW + timedelta(days=90)


@pytest.fixture
def world(sqlite_database: Database) -> World:
    return World(sqlite_database)


@pytest.fixture
def alice(world: World) -> Tenant:
    with world.database.write() as tx:
        return world.join(tx)


def held(tx: Tx, tenant: Tenant, index: int = 1) -> tuple[int, int]:
    """Return how many opening lines and how many rows hold the state of a unit."""
    key = tenant.key(index)
    marked = "SELECT count(*) FROM scan WHERE unit_key = ? AND counted = ?"
    [(lines,)] = tx.run(marked, [key, OPENING])
    [(rows,)] = tx.run("SELECT count(*) FROM unit_state WHERE unit_key = ?", [key])
    return lines, rows


def test_the_first_phone_of_a_unit_is_one_line_and_nothing_else(
    world: World, alice: Tenant
) -> None:
    outcome = world.read(alice.code(1), minted_token=phone(1), place="31.2,121.5")
    with world.database.read() as tx:
        assert held(tx, alice) == (1, 0)
        state = counting.find_unit_states(tx, [alice.key(1)])[alice.key(1)]
    assert (state.devices, state.first_at, state.last_at) == (1, outcome.at, outcome.at)
    assert (state.first_place, state.last_place) == ("31.2,121.5", "31.2,121.5")
    assert (state.line, state.device_at) == (outcome.scan_id, None)
    # By its network of that day, and by the cookie it was given.
    for again in (
        world.reading(alice.code(1)),
        world.reading(alice.code(1), device_token=phone(1)),
    ):
        [told] = world.record([again])
        assert told.evidence is not None
        assert told.evidence.is_known_device
    with world.database.read() as tx:
        assert held(tx, alice) == (1, 0)


@pytest.mark.parametrize("is_one_batch", [True, False])
def test_a_second_phone_settles_the_unit(
    world: World, alice: Tenant, *, is_one_batch: bool
) -> None:
    readings = [world.reading(alice.code(1), device_token=phone(number)) for number in (1, 2)]
    batches = [readings] if is_one_batch else [[each] for each in readings]
    assert all(outcome.counted for batch in batches for outcome in world.record(batch))
    with world.database.read() as tx:
        assert held(tx, alice) == (0, 1)
        assert counting.find_unit_states(tx, [alice.key(1)])[alice.key(1)].devices == 2


def test_a_unit_that_was_only_looked_at_before_is_not_opened_by_a_line(
    world: World, alice: Tenant
) -> None:
    page = world.reading(alice.code(1), device_token=phone(1), is_confirmed=False)
    world.record([page])
    world.read(alice.code(1), device_token=phone(2))
    with world.database.read() as tx:
        assert held(tx, alice) == (0, 1)


def test_a_line_that_comes_late_settles_the_unit(world: World, alice: Tenant) -> None:
    early = world.reading(alice.code(1), is_confirmed=False)
    world.tick(seconds=3)
    world.read(alice.code(1), device_token=phone(1))
    with world.database.read() as tx:
        before = counting.find_unit_states(tx, [alice.key(1)])[alice.key(1)]
        assert held(tx, alice) == (1, 0)
    world.record([early])
    with world.database.read() as tx:
        assert held(tx, alice) == (0, 1)
        after = counting.find_unit_states(tx, [alice.key(1)])[alice.key(1)]
    assert replace(before, line=None) == after


def test_what_is_known_of_a_unit_outlives_its_opening_line(world: World, alice: Tenant) -> None:
    world.read(alice.code(1), device_token=phone(1), place="31.2,121.5")
    with world.database.write() as tx:
        before = counting.find_unit_states(tx, [alice.key(1)])[alice.key(1)]
        retention.delete_scans_before(tx, LATER)
        assert scans.list_scans(tx, alice.key(1), limit=1) == []
        after = counting.find_unit_states(tx, [alice.key(1)])[alice.key(1)]
    assert replace(before, line=None) == after
    assert not world.read(alice.code(1), device_token=phone(1)).counted


def test_units_that_were_read_are_listed_wherever_their_state_is(
    world: World, alice: Tenant
) -> None:
    for index, phones in ((5, 1), (3, 2), (9, 1)):
        for number in range(phones):
            world.read(alice.code(index), device_token=phone(number))
    world.record([world.reading(alice.code(4), is_confirmed=False)])
    with world.database.read() as tx:
        listed = [
            reconciling.list_read_units(tx, alice.scope, alice.run.id, [0], limit=limit)[0]
            for limit in (9, 2)
        ]
    assert listed == [[3, 5, 9], [3, 5]]


def test_a_snapshot_holds_what_the_other_database_would_have(world: World, alice: Tenant) -> None:
    world.read(alice.code(1), minted_token=phone(1))
    with world.database.read() as tx:
        lines = b"".join(snapshot.dump(tx, lambda *_: None))
    with world.database.write() as tx:
        openings.settle(tx, [alice.key(1)])
        assert held(tx, alice) == (0, 1)
    with world.database.read() as tx:
        assert b"".join(snapshot.dump(tx, lambda *_: None)) == lines


# The plain way: a row for every state, as on PostgreSQL.


@contextmanager
def settled_at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(counting, "pick_openings", lambda *_: {})
        yield


@dataclass(frozen=True, slots=True)
class Step:
    """A reading of a unit by a phone; a negative pause is an id of before."""

    unit: int
    phone: int | None
    is_minted: bool
    is_confirmed: bool
    is_looked_at: bool
    place: str | None
    seconds: int
    begins_batch: bool


STEPS = st.builds(
    Step,
    unit=st.integers(0, 1),
    phone=st.sampled_from([None, 0, 1]),
    is_minted=st.booleans(),
    is_confirmed=st.booleans(),
    is_looked_at=st.booleans(),
    place=st.sampled_from([None, "31.2,121.5", "43.8,87.6"]),
    seconds=st.sampled_from([0, 1, 1800, -1, -1800]),
    begins_batch=st.booleans(),
)


# Each example has tenants of its own.
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=14), month=st.sampled_from([None, 3, 9]))
def test_a_state_in_a_line_says_what_a_row_would(
    sqlite_database: Database, steps: list[Step], month: int | None
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        world = World(sqlite_database)
        with world.database.write() as tx:
            held_in_lines, plain = world.join(tx), world.join(tx)
        told = _play(world, held_in_lines, steps, month)
        with settled_at_once(monkeypatch):
            assert _play(world, plain, steps, month) == told


def _play(world: World, tenant: Tenant, steps: list[Step], month: int | None) -> list[object]:
    """Read as the steps say; return all that can be told from outside."""
    world.at = NOW
    told: list[object] = []
    batch: list[Reading] = []
    looks: list[Confirmation] = []
    for number, step in enumerate(steps):
        if step.begins_batch:
            told += _flush(world, batch, looks)
        reading = _make_reading(world, tenant, step, number)
        batch.append(reading)
        if step.is_looked_at:
            key = tenant.key(step.unit)
            looks.append(Confirmation(unit_key=key, scan_id=reading.id, device_token=None))
        if number == month:
            told += _flush(world, batch, looks)
            with world.database.write() as tx:
                retention.delete_scans_before(tx, LATER)
    told += _flush(world, batch, looks)
    with world.database.write() as tx:
        for unit in range(2):
            key = tenant.key(unit)
            for row in scans.list_scans(tx, key, limit=99)[-1:]:
                told.append(add_place(tx, key, row.id, "39.9,116.4"))
            told += [
                (row.at, row.is_counted, row.readings, row.place, row.verdict)
                for row in scans.list_scans(tx, key, limit=99)
            ]
            state = counting.find_unit_states(tx, [key]).get(key)
            told.append(
                state
                and replace(state, unit_key=0, device=None, alias=None, line=None, device_at=None)
            )
    return told


def _make_reading(world: World, tenant: Tenant, step: Step, number: int) -> Reading:
    at: datetime = world.tick(seconds=step.seconds, milliseconds=1)
    token = None if step.phone is None else phone(step.phone)
    reading = world.reading(
        tenant.code(step.unit),
        device_token=None if step.is_minted else token,
        minted_token=token if step.is_minted else new_id(NOW).bytes,
        is_confirmed=step.is_confirmed,
        place=step.place,
        network=f"network {step.phone}",
    )
    # In an order of their own where they come in the same millisecond.
    scan_id = new_id(at)
    return replace(reading, at=at + timedelta(microseconds=number), id=scan_id)


def _flush(world: World, batch: list[Reading], looks: list[Confirmation]) -> list[object]:
    told: list[object] = [
        (outcome.verdict, outcome.evidence, outcome.counted, outcome.can_confirm)
        for outcome in world.record(batch)
    ]
    with world.database.write() as tx:
        told += confirm_scans(tx, world.vault, looks)
    batch.clear()
    looks.clear()
    return told
