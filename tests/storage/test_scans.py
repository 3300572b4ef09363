"""The ledger of readings and the devices of units, on both databases."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import permutations
from random import Random

import pytest
from tests.budgets import max_queries
from tests.factories import DORAS_PHONE, NOW, later, make_id, make_scan

from trueorigin.domain.ids import to_microseconds, uuid7_floor
from trueorigin.domain.units import RUN_LIMIT, unit_key
from trueorigin.domain.verdict import Verdict
from trueorigin.storage import counting, scans
from trueorigin.storage.counting import NewDevice, UnitState
from trueorigin.storage.database import Database, Tx
from trueorigin.storage.dialect import copy_rows
from trueorigin.storage.retrying import write_retrying

KEY = unit_key(7, 0, 42)
LAST_KEY = unit_key(RUN_LIMIT - 1, 3, 2**32 - 1)
INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1


def _device(device: int = DORAS_PHONE, key: int = KEY, **fields: object) -> NewDevice:
    values = {"at": NOW, "place": "CN-52", **fields}
    return NewDevice(unit_key=key, device=device, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize("verdict", Verdict)
def test_a_line_comes_back_as_it_was(database: Database, verdict: Verdict) -> None:
    row = make_scan(
        LAST_KEY,
        verdict=verdict,
        channel=9,
        is_counted=False,
        readings=2**40,
        device=INT64_MIN,
        network=INT64_MAX,
        place="Robert'); DROP TABLE scan;-- %s ? 北京",
        actor_id=make_id(),
        at=later(microseconds=1),
    )
    bare = make_scan(KEY, device=None, network=None, place=None, verdict=verdict)
    with database.write() as tx:
        scans.append_scans(tx, [row, bare])
    with database.read() as tx:
        assert scans.find_scan(tx, LAST_KEY, row.id) == row
        assert scans.find_scan(tx, KEY, bare.id) == bare
        assert scans.find_scan(tx, KEY, row.id) is None


def test_a_batch_of_512_readings_is_one_statement(database: Database) -> None:
    rows = [make_scan(unit_key(1, 0, 1000 - number)) for number in range(512)]
    with max_queries(database, 1), database.write() as tx:
        scans.append_scans(tx, rows)
    with max_queries(database, 1), database.read() as tx:
        found = scans.find_scans(tx, [(row.unit_key, row.id) for row in rows])
    assert found == {(row.unit_key, row.id): row for row in rows}


def test_a_repeated_reading_is_stored_once(database: Database) -> None:
    first, second = make_scan(KEY), make_scan(KEY)
    with database.write() as tx:
        scans.append_scans(tx, [first, first])
    with database.write() as tx:
        changed = replace(first, verdict=Verdict.SUSPECT)
        scans.append_scans(tx, [changed, second])
        scans.append_scans(tx, [])
        assert scans.list_scans(tx, KEY, limit=9) == [second, first]


def test_recent_readings_are_counted_from_an_instant(database: Database) -> None:
    old = [make_scan(KEY, at=later(hours=-2)) for _ in range(3)]
    new = [make_scan(KEY, at=later(minutes=minute)) for minute in range(4)]
    other = make_scan(LAST_KEY, at=NOW)
    with database.write() as tx:
        scans.append_scans(tx, [*old, *new, other])
    with max_queries(database, 1), database.read() as tx:
        found = scans.count_recent_scans(tx, [KEY, LAST_KEY, 1], uuid7_floor(NOW))()
        assert scans.count_recent_scans(tx, [], uuid7_floor(NOW))() == {}
    assert found == {KEY: (4, new[-1].id), LAST_KEY: (1, other.id)}


def test_a_reading_in_the_very_millisecond_is_recent(database: Database) -> None:
    with database.write() as tx:
        scans.append_scans(tx, [make_scan(KEY, at=later(milliseconds=-1)), make_scan(KEY)])
        assert scans.count_recent_scans(tx, [KEY], uuid7_floor(NOW))()[KEY][0] == 1


def test_further_readings_raise_the_counter_of_their_line(database: Database) -> None:
    rows = [make_scan(KEY), make_scan(KEY), make_scan(LAST_KEY)]
    with database.write() as tx:
        scans.append_scans(tx, rows)
    counts = {(KEY, rows[0].id): 2, (LAST_KEY, rows[2].id): 5, (KEY, make_id()): 9}
    with max_queries(database, 1), database.write() as tx:
        scans.increment_scans(tx, counts)
        scans.increment_scans(tx, {})
    with database.write() as tx:
        scans.increment_scan(tx, KEY, rows[0].id, 1)
    with database.read() as tx:
        readings = [
            found.readings
            for row in rows
            if (found := scans.find_scan(tx, row.unit_key, row.id)) is not None
        ]
    assert readings == [4, 1, 6]


def test_a_line_is_marked_as_counted_once(database: Database) -> None:
    rows = [make_scan(key, is_counted=False) for key in (KEY, LAST_KEY)]
    pairs = [(row.unit_key, row.id) for row in rows]
    with database.write() as tx:
        scans.append_scans(tx, rows)
        assert scans.mark_counted(tx, *pairs[0]) is True
        assert scans.mark_counted(tx, *pairs[0]) is False
        assert scans.mark_counted(tx, KEY, make_id()) is False
        assert scans.mark_scans_counted(tx, [*pairs, *pairs]) == {pairs[1]}
        assert scans.mark_scans_counted(tx, []) == set()
        assert all(row.is_counted for row in scans.find_scans(tx, pairs).values())
        assert scans.find_scans(tx, []) == {}


def test_lines_are_listed_newest_first_in_pages(database: Database) -> None:
    rows = [make_scan(KEY, at=later(days=day)) for day in range(5)]
    with database.write() as tx:
        scans.append_scans(tx, [*rows, make_scan(KEY + 1)])
        first = scans.list_scans(tx, KEY, limit=3)
        rest = scans.list_scans(tx, KEY, before=first[-1].id, limit=3)
    assert first + rest == rows[::-1]


def test_a_new_device_is_counted_once(database: Database) -> None:
    with database.write() as tx:
        assert counting.count_devices(tx, [_device()]) == {(KEY, DORAS_PHONE)}
        assert counting.count_devices(tx, [_device(at=later(days=1))]) == set()
        assert counting.count_devices(tx, []) == set()
        states = counting.find_unit_states(tx, [KEY, LAST_KEY])
        pairs = [(KEY, DORAS_PHONE), (KEY, 1), (1, DORAS_PHONE)]
        known = counting.find_known_devices(tx, states, pairs)
        assert counting.find_known_devices(tx, states, []) == {}
        assert counting.find_unit_states(tx, []) == {}
    assert known == {(KEY, DORAS_PHONE): NOW}
    assert states == {
        KEY: UnitState(
            unit_key=KEY,
            devices=1,
            first_at=NOW,
            first_place="CN-52",
            last_at=NOW,
            last_place="CN-52",
            device=DORAS_PHONE,
        )
    }


def test_a_device_twice_in_one_batch_counts_once_with_its_earliest_time(
    database: Database,
) -> None:
    with database.write() as tx:
        new = [_device(at=later(hours=2)), _device(at=later(hours=1)), _device(at=later(hours=3))]
        assert counting.count_devices(tx, new) == {(KEY, DORAS_PHONE)}
        states = counting.find_unit_states(tx, [KEY])
        known = counting.find_known_devices(tx, states, [(KEY, DORAS_PHONE)])
    state = states[KEY]
    assert (state.devices, state.first_at, state.last_at) == (1, later(hours=1), later(hours=1))
    assert known == {(KEY, DORAS_PHONE): later(hours=1)}


def test_an_alias_is_known_and_never_counts(database: Database) -> None:
    with database.write() as tx:
        counting.count_devices(tx, [_device(1, alias=2)])
        assert counting.count_devices(tx, [_device(2)]) == set()
        assert counting.find_unit_states(tx, [KEY])[KEY].devices == 1
        # The network's device is known already: a second phone behind it may still count.
        assert counting.count_devices(tx, [_device(1, alias=4)]) == set()
        assert counting.count_devices(tx, [_device(4)]) == {(KEY, 4)}
        assert counting.find_unit_states(tx, [KEY])[KEY].devices == 2


def test_known_and_new_devices_of_one_batch_are_told_apart(database: Database) -> None:
    with database.write() as tx:
        counting.count_devices(tx, [_device(1, alias=10)])
    new = [_device(1, alias=11), _device(2, alias=12), _device(10), _device(12)]
    with database.write() as tx:
        # 12 is a device of its own here and an alias of 2: whichever it is, it is counted once.
        assert counting.count_devices(tx, new) == {(KEY, 2), (KEY, 12)}
        states = counting.find_unit_states(tx, [KEY])
        known = counting.find_known_devices(tx, states, [(KEY, device) for device in range(20)])
        assert {device for _, device in known} == {1, 2, 10, 12}
        assert counting.find_unit_states(tx, [KEY])[KEY].devices == 3


def test_first_and_last_do_not_depend_on_the_order_of_arrival(database: Database) -> None:
    devices = [
        _device(1, at=later(days=2), place="c"),
        _device(2, at=later(days=1), place="b"),
        _device(3, at=NOW, place="a"),
        _device(4, at=later(days=3), place=None),
    ]
    for number, order in enumerate(permutations(devices)):
        key = unit_key(1, 0, number)
        with database.write() as tx:
            for each in order:
                counting.count_devices(tx, [replace(each, unit_key=key)])
            states = counting.find_unit_states(tx, [key])
            known = counting.find_known_devices(tx, states, [(key, n) for n in range(6)])
        assert replace(states[key], device=None, device_at=None) == UnitState(
            unit_key=key,
            devices=4,
            first_at=NOW,
            first_place="a",
            last_at=later(days=3),
            last_place=None,
        )
        assert known == {(key, each.device): each.at for each in devices}


def test_a_device_that_stands_with_the_others_is_known_as_the_program_before_left_it(
    database: Database,
) -> None:
    with database.write() as tx:
        copy_rows(tx, "unit_device", ("unit_key", "device", "at"), [(KEY, 1, to_microseconds(NOW))])
        columns = ("unit_key", "devices", "first_at", "last_at")
        copy_rows(tx, "unit_state", columns, [(KEY, 1, *[to_microseconds(NOW)] * 2)])
        states = counting.find_unit_states(tx, [KEY])
        pairs = [(KEY, 1), (KEY, 2)]
        assert counting.find_known_devices(tx, states, pairs) == {(KEY, 1): NOW}
        assert counting.count_devices(tx, [_device(1), _device(2)]) == {(KEY, 2)}
        assert counting.find_unit_states(tx, [KEY])[KEY].devices == 2


def test_units_and_devices_are_found_at_once_as_they_are_one_by_one(database: Database) -> None:
    """Of units that none, one, two and three devices read, and of one the program before kept."""
    keys = [unit_key(1, 0, number) for number in range(5)]
    asked = [(key, device) for key in keys for device in (None, *range(1, 9))]
    before = [(keys[4], 5, to_microseconds(NOW))]
    with database.write() as tx:
        for devices, key in enumerate(keys[:4]):
            for number in range(1, 1 + devices):
                new = _device(number, key, alias=number + 4, at=later(hours=-number))
                assert counting.count_devices(tx, [new]) == {(key, number)}
        copy_rows(tx, "unit_device", ("unit_key", "device", "at"), before)
        columns = ("unit_key", "devices", "first_at", "last_at")
        copy_rows(tx, "unit_state", columns, [(keys[4], 1, *[to_microseconds(NOW)] * 2)])
        scans.append_scans(tx, [make_scan(keys[0], is_counted=False)])
    with database.read() as tx:
        states, read = counting.find_units(tx, keys)
        known = counting.find_known_devices(
            tx, states, [(key, device) for key, device in asked if device is not None]
        )
        found = counting.find_units_and_devices(tx, asked)
    assert found == (states, read, known)
    assert {key: state.devices for key, state in states.items()} == dict(
        zip(keys[1:], (1, 2, 3, 1), strict=True)
    )
    assert len(known) == 2 * (1 + 2 + 3) + 1


def test_a_unit_of_one_device_is_asked_for_no_other(database: Database) -> None:
    with database.write() as tx:
        counting.count_devices(tx, [_device(1, alias=2)])
        states = counting.find_unit_states(tx, [KEY])
    with max_queries(database, 0), database.read() as tx:
        pairs = [(KEY, device) for device in range(4)]
        known = counting.find_known_devices(tx, states, pairs)
    assert known == {(KEY, 1): NOW, (KEY, 2): NOW}


def test_devices_of_many_units_cost_a_fixed_number_of_statements(database: Database) -> None:
    keys = [unit_key(1, 0, number) for number in range(300)]
    new = [_device(device, key) for key in reversed(keys) for device in (INT64_MAX, INT64_MIN)]
    # Which units have a state; their states; locked; the others; their sums. SQLite takes
    # states out of the ledger's lines first, which is two more.
    allowed = 7 if database.dialect == "sqlite" else 5
    with max_queries(database, allowed), database.write() as tx:
        assert len(counting.count_devices(tx, new)) == 600
    with max_queries(database, 1), database.read() as tx:
        states = counting.find_unit_states(tx, keys)
    assert {state.devices for state in states.values()} == {2}
    assert len(states) == 300


def test_unknown_codes_are_counted_by_minute_network_and_product(database: Database) -> None:
    with database.write() as tx:
        scans.append_not_issued(tx, {(10, -5, "06901234567892"): 3, (11, 5, ""): 1})
        scans.append_not_issued(tx, {(10, -5, "06901234567892"): 4, (10, -5, "A1CE"): 1})
        scans.append_not_issued(tx, {})
        assert scans.list_not_issued(tx, 10, limit=9) == [
            (10, -5, "06901234567892", 7),
            (10, -5, "A1CE", 1),
            (11, 5, "", 1),
        ]
        assert scans.list_not_issued(tx, 11, limit=9) == [(11, 5, "", 1)]
        assert len(scans.list_not_issued(tx, 0, limit=2)) == 2


KEYS = [unit_key(1, 0, number) for number in range(60)]
BASE = [make_scan(key, is_counted=False) for key in KEYS]
Batch = Callable[..., object]


def _append(tx: Tx, device: int, order: Sequence[int]) -> None:
    del device
    # The ids are the same in every thread, as when a client sends its readings again.
    scans.append_scans(tx, [replace(BASE[place], id=NEW_IDS[place]) for place in order])


def _count(tx: Tx, device: int, order: Sequence[int]) -> None:
    counting.count_devices(tx, [_device(device, KEYS[place]) for place in order])


def _increment(tx: Tx, device: int, order: Sequence[int]) -> None:
    scans.increment_scans(tx, {(KEYS[place], BASE[place].id): device for place in order})


def _mark(tx: Tx, device: int, order: Sequence[int]) -> None:
    del device
    scans.mark_scans_counted(tx, [(KEYS[place], BASE[place].id) for place in order])


def _miss(tx: Tx, device: int, order: Sequence[int]) -> None:
    scans.append_not_issued(tx, {(1, KEYS[place], ""): device for place in order})


NEW_IDS = [make_id() for _ in KEYS]


@pytest.mark.parametrize(
    "batch",
    [
        pytest.param(_append, id="append"),
        pytest.param(_count, id="count devices"),
        pytest.param(_increment, id="increment"),
        pytest.param(_mark, id="mark"),
        pytest.param(_miss, id="not issued"),
    ],
)
def test_batches_that_meet_on_the_same_units_never_wait_in_a_circle(
    database: Database, batch: Batch
) -> None:
    """Four writers with the same units, each time in another order; nothing of it is lost."""
    with database.write() as tx:
        scans.append_scans(tx, BASE)
    failures: list[BaseException] = []

    def write(device: int) -> None:
        chance = Random(device)  # noqa: S311 - a repeatable order, nothing secret
        try:
            for _ in range(20):
                order = chance.sample(range(len(KEYS)), len(KEYS))
                write_retrying(database, partial(batch, device=device, order=order))
        except BaseException as error:  # noqa: BLE001 - reported by the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=write, args=(device,)) for device in (1, 2, 3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with database.read() as tx:
        devices = {state.devices for state in counting.find_unit_states(tx, KEYS).values()}
        lines = [len(scans.list_scans(tx, key, limit=99)) for key in KEYS]
        found = scans.find_scans(tx, [(row.unit_key, row.id) for row in BASE]).values()
        readings = {row.readings for row in found}
        missed = {count for *_, count in scans.list_not_issued(tx, 0, limit=99)}
    turns = 20 * (1 + 2 + 3 + 4)
    assert devices == ({4} if batch is _count else set())
    assert set(lines) == ({2} if batch is _append else {1})
    assert readings == ({1 + turns} if batch is _increment else {1})
    assert {row.is_counted for row in found} == {batch is _mark}
    assert missed == ({turns} if batch is _miss else set())
