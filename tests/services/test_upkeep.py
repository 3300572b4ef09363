"""Upkeep makes room ahead, deletes what is too old by whole months, and may stop anywhere."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.factories import NOW, make_act, make_cast, make_id, make_scan

from trueorigin.domain.diversions import Diversion
from trueorigin.domain.ids import to_microseconds, uuid7
from trueorigin.domain.units import unit_key
from trueorigin.services.upkeep import (
    IDEMPOTENCY_AGE_MAX,
    MONTHS_AHEAD,
    NOT_ISSUED_AGE_MAX,
    Upkept,
    prepare_months,
    run_upkeep,
)
from trueorigin.storage import diversions, idempotency, retention, scans
from trueorigin.storage.database import Database
from trueorigin.storage.retention import claim_sweep, list_partitions

MONTH = timedelta(days=31)
TABLES = {
    "diversion": "SELECT count(*) FROM diversion",
    "scan": "SELECT count(*) FROM scan",
    "idempotency": "SELECT count(*) FROM idempotency",
    "not_issued_count": "SELECT count(*) FROM not_issued_count",
}


def do_nothing() -> None:
    """Pause for no time at all."""


def keep_up(
    database: Database,
    *,
    days: int = 0,
    at: datetime = NOW,
    pause: Callable[[], None] = do_nothing,
) -> Upkept:
    return run_upkeep(database, at=at, retention_days=days, pause=pause)


def count(database: Database, table: str) -> int:
    with database.read() as tx:
        return int(tx.run(TABLES[table])[0][0])


def fill_months(database: Database, months: int) -> None:
    """Store a reading of each of the last `months` months."""
    with database.write() as tx:
        scans.append_scans(
            tx, [make_scan(unit_key(1, 0, n), at=NOW - n * MONTH) for n in range(months)]
        )


def test_what_was_noted_of_a_reading_goes_with_it(database: Database) -> None:
    noted = Diversion(
        unit_key=unit_key(1, 0, 1),
        scan_id=uuid7(NOW - 3 * MONTH, bytes(10)),
        organisation_id=make_id(),
        territory_id=make_id(),
        event_id=make_id(),
        at=NOW - 3 * MONTH,
        place="31.2,121.5",
        km=40,
    )
    late = replace(noted, scan_id=uuid7(NOW, bytes(10)))
    with database.write() as tx:
        diversions.append_diversions(tx, [noted, late])
    keep_up(database)
    assert count(database, "diversion") == 2
    keep_up(database, days=62)
    assert count(database, "diversion") == 1


def test_room_is_made_for_this_month_and_the_next_ones(database: Database) -> None:
    made = prepare_months(database, NOW)
    assert len(made) == (MONTHS_AHEAD + 1 if database.dialect == "postgresql" else 0)
    assert prepare_months(database, NOW) == ()
    with database.read() as tx:
        assert set(made) <= set(list_partitions(tx))


def test_nothing_is_deleted_without_a_limit(database: Database) -> None:
    fill_months(database, 12)
    assert keep_up(database, days=0).scans_deleted == 0
    assert count(database, "scan") == 12


def test_old_months_are_deleted_and_younger_ones_are_not(database: Database) -> None:
    fill_months(database, 12)
    done = keep_up(database, days=90)
    assert done.scans_deleted or done.partitions_dropped
    left = count(database, "scan")
    assert 4 <= left <= 5
    assert keep_up(database, days=90).scans_deleted == 0
    assert count(database, "scan") == left


class StopError(Exception):
    """The process stops."""


class Countdown:
    """Lets so many pauses pass, and stops the process at the next."""

    def __init__(self, pauses: int) -> None:
        self._left = pauses

    def __call__(self) -> None:
        if not self._left:
            raise StopError
        self._left -= 1


def test_it_may_stop_between_any_two_chunks_and_go_on_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "CHUNK_LINES", 2)
    fill_months(database, 12)
    stops = 0
    for pauses in range(1, 20):
        try:
            keep_up(database, days=90, pause=Countdown(pauses))
        except StopError:
            stops += 1
    assert stops
    assert 4 <= count(database, "scan") <= 5


def test_one_process_at_a_time_deletes(database: Database) -> None:
    fill_months(database, 12)
    if database.dialect == "sqlite":
        with database.write() as tx:
            assert claim_sweep(tx)
        return
    with database.write() as tx:
        assert claim_sweep(tx)
        keep_up(database, days=90)
        assert count(database, "scan") == 12
    keep_up(database, days=90)
    assert count(database, "scan") <= 5


def test_kept_answers_are_forgotten_after_two_days(database: Database) -> None:
    with database.write() as tx:
        act = make_act(make_cast(tx).alice.organisation)
        idempotency.reserve_key(tx, act.scope, "k", "POST /x", b"h" * 32, NOW)
        idempotency.store_answer(tx, act.scope, "k", 201, b"{}")
    assert keep_up(database, at=NOW + IDEMPOTENCY_AGE_MAX).requests_forgotten == 0
    later = NOW + IDEMPOTENCY_AGE_MAX + timedelta(seconds=1)
    assert keep_up(database, at=later).requests_forgotten == 1
    assert count(database, "idempotency") == 0


def test_counts_of_invented_codes_are_kept_for_a_season(database: Database) -> None:
    minute = to_microseconds(NOW) // 60_000_000
    with database.write() as tx:
        scans.append_not_issued(tx, {(minute, 1, "09521234000013"): 5})
    assert keep_up(database, at=NOW + NOT_ISSUED_AGE_MAX).counts_forgotten == 0
    later = NOW + NOT_ISSUED_AGE_MAX + timedelta(minutes=1)
    assert keep_up(database, at=later).counts_forgotten == 1
    assert count(database, "not_issued_count") == 0
