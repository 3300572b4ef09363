# SPDX-License-Identifier: Apache-2.0
"""Monthly partitions of the ledger, and the end of what is kept too long.

The month of a line is that of the time inside its id, never of its arrival: a reading that is
sent again after midnight meets its first copy. On SQLite the ledger is one table.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from trueorigin.domain.ids import uuid7_floor, uuid7_instant
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import to_uuid
from trueorigin.storage.openings import rescue_states

# Lines looked at by one call on SQLite: some 10 ms, so that no reading waits noticeably.
CHUNK_LINES: Final = 5000
# Any constant: it only has to be the same in every process that makes partitions.
_PARTITION_LOCK: Final = 0x7061_7274
_SWEEP_LOCK: Final = 0x7377_6570


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """How far a sweep has come: `next_key` is where the next call goes on, None at the end."""

    lines: int
    partitions: tuple[str, ...]
    next_key: tuple[int, UUID] | None


def ensure_partitions(tx: Tx, at: datetime, months_ahead: int) -> list[str]:
    """Make the partitions of the month of `at` and of those ahead; return the names of new ones.

    Lines that had to wait in the default partition move into theirs. Does nothing on SQLite.
    """
    if tx.dialect == "sqlite":
        return []
    tx.lift_timeouts()
    tx.run("SELECT pg_advisory_xact_lock(%s)", (_PARTITION_LOCK,))
    known = set(list_partitions(tx))
    made = []
    for start, stop in _months(at, months_ahead):
        name = f"scan_{start:%Y%m}"
        if name not in known:
            _make_partition(tx, name, uuid7_floor(start), uuid7_floor(stop))
            made.append(name)
    return made


def list_partitions(tx: Tx) -> list[str]:
    """Return the names of the monthly partitions, oldest first, without the default one."""
    if tx.dialect == "sqlite":
        return []
    rows = tx.run(
        "SELECT c.relname FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid"
        " WHERE i.inhparent = 'scan'::regclass AND c.relname <> 'scan_default' ORDER BY 1"
    )
    return [name for (name,) in rows]


def spread_default_partition(tx: Tx) -> list[str]:
    """Make a partition for every month that waits in the default one: after a restore."""
    if tx.dialect == "sqlite":
        return []
    bounds = "SELECT min(id::text), max(id::text) FROM scan_default"
    oldest, newest = tx.run(bounds)[0]
    if oldest is None:
        return []
    first, last = uuid7_instant(UUID(oldest)), uuid7_instant(UUID(newest))
    months = (last.year - first.year) * 12 + last.month - first.month
    return ensure_partitions(tx, first, months)


def claim_sweep(tx: Tx) -> bool:
    """Say whether this transaction may delete old readings: one process at a time does."""
    if tx.dialect == "sqlite":
        return True
    return bool(tx.run("SELECT pg_try_advisory_xact_lock(%s)", (_SWEEP_LOCK,))[0][0])


def delete_scans_before(
    tx: Tx, at: datetime, *, from_key: tuple[int, UUID] | None = None
) -> Removal:
    """Remove the readings of all months that ended before `at`; call again with `next_key`.

    PostgreSQL drops whole partitions, and deletes from the default one. SQLite walks the ledger
    in its own order, `CHUNK_LINES` a call, since an index by time would cost every reading.
    """
    start_of_month = next(_months(at, 0))[0]
    floor = uuid7_floor(start_of_month)
    if tx.dialect == "sqlite":
        return _sweep(tx, "scan", floor, from_key)
    dropped = []
    if from_key is None:
        tx.lift_timeouts()
        for name in list_partitions(tx):
            if name < f"scan_{start_of_month:%Y%m}":
                tx.run(f"DROP TABLE {name}")
                dropped.append(name)
    swept = _sweep(tx, "scan_default", floor, from_key)
    return Removal(lines=swept.lines, partitions=tuple(dropped), next_key=swept.next_key)


def delete_not_issued_before(tx: Tx, minute: int) -> int:
    """Forget the counts of unknown codes before `minute`; return how many rows."""
    mark = "?" if tx.dialect == "sqlite" else "%s"
    tx.run(f"DELETE FROM not_issued_count WHERE minute < {mark}", (minute,))  # noqa: S608 - fixed text
    return tx.driver.rowcount


def _sweep(tx: Tx, table: str, floor: UUID, from_key: tuple[int, UUID] | None) -> Removal:
    key, scan_id = from_key or (-1, UUID(int=0))
    pair, one = ("(?, ?)", "?") if tx.dialect == "sqlite" else ("(%s, %s::uuid)", "%s::uuid")
    # The last line of the chunk bounds the delete; both walk the primary key.
    last = tx.run(
        f"SELECT unit_key, id FROM {table} WHERE (unit_key, id) > {pair}"  # noqa: S608 - fixed text
        f" ORDER BY unit_key, id LIMIT 1 OFFSET {CHUNK_LINES - 1}",
        (key, str(scan_id)),
    )
    next_key = (int(last[0][0]), to_uuid(last[0][1])) if last else None
    upper, bounds = "", [key, str(scan_id)]
    if next_key is not None:
        upper = f" AND (unit_key, id) <= {pair}"
        bounds += [next_key[0], str(next_key[1])]
    where, bounds = f"(unit_key, id) > {pair}{upper} AND id < {one}", [*bounds, str(floor)]
    rescue_states(tx, where, bounds)
    tx.run(f"DELETE FROM {table} WHERE {where}", bounds)  # noqa: S608 - fixed text
    return Removal(lines=tx.driver.rowcount, partitions=(), next_key=next_key)


def _make_partition(tx: Tx, name: str, start: UUID, stop: UUID) -> None:
    # Attached only when filled: readings go on meanwhile, and the default partition may not
    # hold a line of the new one.
    tx.run(f"CREATE TABLE {name} (LIKE scan INCLUDING ALL)")
    tx.run("LOCK TABLE scan_default IN ACCESS EXCLUSIVE MODE")
    moved = "WITH moved AS (DELETE FROM scan_default WHERE id >= %s AND id < %s RETURNING *)"
    insert = f"{moved} INSERT INTO {name} SELECT * FROM moved"  # noqa: S608 - fixed text
    tx.run(insert, (start, stop))
    tx.run(f"ALTER TABLE scan ATTACH PARTITION {name} FOR VALUES FROM ('{start}') TO ('{stop}')")


def _months(at: datetime, ahead: int) -> Iterator[tuple[datetime, datetime]]:
    """Yield (start, stop) of the month of `at` in UTC and of as many after it."""
    number = at.astimezone(UTC).year * 12 + at.astimezone(UTC).month - 1
    for month in range(number, number + ahead + 1):
        yield _month_start(month), _month_start(month + 1)


def _month_start(number: int) -> datetime:
    return datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC)
