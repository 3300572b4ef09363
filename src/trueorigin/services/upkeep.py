# SPDX-License-Identifier: Apache-2.0
"""What has to be done now and then: room for coming months, and an end to what is kept too long.

Every step may run in several processes at once, may be interrupted anywhere, and is small enough
that no reading waits for it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from trueorigin.domain.days import name_day
from trueorigin.domain.ids import to_microseconds
from trueorigin.domain.people import FAILURE_MEMORY
from trueorigin.services.capturing import mend_seals
from trueorigin.storage import diversions, idempotency, people, presence, retention
from trueorigin.storage.database import Database, Tx
from trueorigin.storage.presence import Basis

# A month ahead would do; two survive a holiday in which nothing runs.
MONTHS_AHEAD = 2
# A client that has not repeated its request after two days never will.
IDEMPOTENCY_AGE_MAX = timedelta(days=2)
# A burst of invented codes is evidence for a season, not for ever.
NOT_ISSUED_AGE_MAX = timedelta(days=400)
# A session that ended is shown to nobody; the week is for whoever looks into a theft.
SESSION_AGE_MAX = timedelta(days=7)
# Rows one transaction deletes: a few milliseconds, so that no reading waits noticeably.
_CHUNK_ROWS = 1000
# Runs whose figures one query looks through: each is one look into an index.
_RUNS = 500
# Readings of phones without network arrive late; figures of so many days are looked through again.
_LATE_DAYS = 7
_MICROSECONDS_A_MINUTE = 60_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkept:
    """What one round did."""

    partitions_made: tuple[str, ...]
    requests_forgotten: int
    counts_forgotten: int
    sessions_forgotten: int
    failures_forgotten: int
    scans_deleted: int
    places_entered: int
    seals_reopened: int
    partitions_dropped: tuple[str, ...]


def prepare_months(database: Database, at: datetime) -> tuple[str, ...]:
    """Make the partitions of this month and the coming ones; cheap when they are there."""
    with database.write() as tx:
        return tuple(retention.ensure_partitions(tx, at, MONTHS_AHEAD))


def run_upkeep(
    database: Database, *, at: datetime, retention_days: int, pause: Callable[[], None]
) -> Upkept:
    """Do everything that is due at `at`; calls `pause` between steps so that readings go first.

    Readings of months that ended more than `retention_days` ago are deleted, with
    what was noted of them; 0 keeps them all.
    """
    made = prepare_months(database, at)
    with database.write() as tx:
        requests = idempotency.delete_answers_before(tx, at - IDEMPOTENCY_AGE_MAX)
    pause()
    oldest_minute = to_microseconds(at - NOT_ISSUED_AGE_MAX) // _MICROSECONDS_A_MINUTE
    with database.write() as tx:
        counts = retention.delete_not_issued_before(tx, oldest_minute)
    sessions = _forget(database, people.delete_sessions_before, at - SESSION_AGE_MAX, pause)
    failures = _forget(database, people.delete_failures_before, at - FAILURE_MEMORY, pause)
    scans, dropped = 0, list[str]()
    if retention_days:
        before = at - timedelta(days=retention_days)
        _forget(database, diversions.delete_diversions_before, before, pause)
        scans, dropped = _sweep(database, before, pause)
    return Upkept(
        partitions_made=made,
        requests_forgotten=requests,
        counts_forgotten=counts,
        sessions_forgotten=sessions,
        failures_forgotten=failures,
        scans_deleted=scans,
        partitions_dropped=tuple(dropped),
        places_entered=enter_read(database, at, pause),
        seals_reopened=mend_seals(database),
    )


def enter_read(database: Database, at: datetime, pause: Callable[[], None]) -> int:
    """Enter in which cells goods were read since the last round; return how many were new.

    The last `_LATE_DAYS` days are looked through again. Interrupted, it begins anew.
    """
    # Days of figures are those of their organisations, a day from this one at most.
    today = name_day(at, "UTC")
    with database.read() as tx:
        since = presence.find_mark(tx)
    entered, run_id = 0, 0
    while True:
        pause()
        with database.read() as tx:
            found, last = presence.list_read(tx, since=since, after=run_id, runs=_RUNS)
        if last is None:
            break
        run_id = last
        ordered = sorted(found, key=lambda row: (row.cell, row.product_id.int))
        for at_row in range(0, len(ordered), _CHUNK_ROWS):
            with database.write() as tx:
                chunk = ordered[at_row : at_row + _CHUNK_ROWS]
                entered += presence.append_presence(tx, Basis.READ, chunk)
            pause()
    with database.write() as tx:
        presence.write_mark(tx, today - _LATE_DAYS)
    return entered


def _forget(
    database: Database,
    delete_before: Callable[[Tx, datetime, int], int],
    before: datetime,
    pause: Callable[[], None],
) -> int:
    """Delete old rows a chunk a transaction; return how many."""
    total = 0
    while True:
        pause()
        with database.write() as tx:
            deleted = delete_before(tx, before, _CHUNK_ROWS)
        total += deleted
        if deleted < _CHUNK_ROWS:
            return total


def _sweep(
    database: Database, before: datetime, pause: Callable[[], None]
) -> tuple[int, list[str]]:
    """Delete old readings a chunk a transaction; returns (lines, dropped partitions)."""
    lines, dropped, next_key = 0, list[str](), None
    while True:
        pause()
        with database.write() as tx:
            if not retention.claim_sweep(tx):
                return lines, dropped
            removal = retention.delete_scans_before(tx, before, from_key=next_key)
        lines += removal.lines
        dropped += removal.partitions
        next_key = removal.next_key
        if next_key is None:
            return lines, dropped
