# SPDX-License-Identifier: Apache-2.0
"""The ledger of readings and what it knows of each unit's devices: the hot statements.

They go straight to the driver, one statement a table for a batch of at most 512 readings, in
order of unit key, so that two batches can never wait for each other in a circle. They serve all
tenants: a unit key comes out of a decrypted code, never out of a request.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from trueorigin.domain.ids import from_microseconds, to_microseconds
from trueorigin.domain.records import record
from trueorigin.domain.verdict import Verdict
from trueorigin.storage.catalog import match_revisions
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import (
    keys_param,
    keys_sql,
    rows_params,
    rows_sql,
    take_turns_by,
    to_identifiers,
    to_uuid,
)
from trueorigin.storage.openings import OPENING

# Most lines of one unit that are listed at once.
LIST_MAX: Final = 1000
# The columns of a ledger line as they travel, in the order of `_to_values` and `_to_row`.
_SCAN_COLUMNS: Final = (
    "unit_key bigint, id uuid, at bigint, channel smallint, verdict smallint, counted smallint,"
    "readings bigint, device bigint, network bigint, place text, actor_id uuid"
)
_SCAN_NAMES: Final = ", ".join(column.split()[0] for column in _SCAN_COLUMNS.split(","))
_KEY_AND_ID: Final = "unit_key bigint, id uuid"
# Where `counted` stands in a line.
_COUNTED_AT: Final = 5
_NO_OPENINGS: Final[Mapping[int, int | None]] = MappingProxyType({})
_ANY: Final[Mapping[UUID, int]] = MappingProxyType({})
# The stored number of each verdict; never reuse one.
VERDICT_CODES: Final = {
    Verdict.NOT_ISSUED: 0,
    Verdict.RECALLED: 1,
    Verdict.WITHDRAWN: 2,
    Verdict.NOT_RELEASED: 3,
    Verdict.SUSPECT: 4,
    Verdict.CAUTION: 5,
    Verdict.GENUINE: 6,
}
VERDICTS: Final = {code: verdict for verdict, code in VERDICT_CODES.items()}


@record
class ScanRow:
    """One line of the ledger. `readings` above 1 means that later ones were only counted here.

    `device` and `network` are keyed pseudonyms, signed 64-bit; `actor_id` is the organisation of
    a signed-in reader. `channel` is the number of a `Channel`.
    """

    unit_key: int
    id: UUID
    at: datetime
    channel: int
    verdict: Verdict
    is_counted: bool
    readings: int = 1
    device: int | None = None
    network: int | None = None
    place: str | None = None
    actor_id: UUID | None = None


def count_recent_scans(
    tx: Tx, keys: Collection[int], since: UUID
) -> Callable[[], dict[int, tuple[int, UUID]]]:
    """Return what gives for each unit read since the id `since`: (ledger lines, id of the newest).

    It is answered with the next question. The lines are few: a unit that is read too often only
    raises the counter of its last one.
    """
    if not keys:
        return dict
    # PostgreSQL 15 has no max() of uuid; the canonical text sorts alike.
    newest, bound = ("max(id)", "?") if tx.dialect == "sqlite" else ("max(id::text)", "%s::uuid")
    sql = (
        f"SELECT unit_key, count(*), {newest} FROM scan"  # noqa: S608 - fixed text
        f" WHERE {keys_sql(tx.dialect, 'unit_key')} AND id >= {bound} GROUP BY unit_key"
    )
    rows = tx.later(sql, [keys_param(tx.dialect, sorted(keys)), str(since)])
    return lambda: {key: (count, UUID(last)) for key, count, last in rows()}


def await_repeated(tx: Tx, scan_ids: Iterable[UUID]) -> None:
    """Wait for transactions in which readings with these ids are being recorded, once for all."""
    take_turns_by(tx, scan_ids)


def append_scans(
    tx: Tx,
    rows: Sequence[ScanRow],
    *,
    openings: Mapping[int, int | None] = _NO_OPENINGS,
    may_repeat: bool = True,
) -> None:
    """Add lines to the ledger; a repeated (unit key, id) adds none if one `may_repeat`, else fails.

    To be ready for one costs PostgreSQL a second descent of the index for each line.

    The counted lines of the units in `openings` hold their states from now on; each is given with
    the second name of its phone.
    """
    if not rows:
        return
    ids = to_identifiers(tx.dialect, [row.id for row in rows])
    values = [_to_values(row, scan_id) for row, scan_id in zip(rows, ids, strict=True)]
    values.sort(key=itemgetter(0, 1))
    on_repeat = " ON CONFLICT DO NOTHING" if may_repeat else ""
    if tx.dialect == "sqlite":
        names = _SCAN_NAMES
        if openings:
            names, values = f"{_SCAN_NAMES}, alias", [_open(each, openings) for each in values]
        # One prepared statement: 2.5 times as fast as a json_extract() for each value.
        marks = ", ".join("?" * len(values[0]))
        insert = f"INSERT INTO scan ({names}) VALUES ({marks})"  # noqa: S608 - fixed text
        tx.run_many(f"{insert}{on_repeat}", values)
        return
    source = rows_sql("postgresql", _SCAN_COLUMNS)
    select = f"SELECT {_SCAN_NAMES} FROM {source}"  # noqa: S608 - fixed text
    tx.send(
        f"INSERT INTO scan ({_SCAN_NAMES}) {select}{on_repeat}",
        rows_params("postgresql", values),
    )


def increment_scan(tx: Tx, unit_key: int, scan_id: UUID, count: int) -> None:
    """Count `count` more readings on a line of the ledger."""
    increment_scans(tx, {(unit_key, scan_id): count})


def increment_scans(tx: Tx, counts: Mapping[tuple[int, UUID], int]) -> None:
    """Count more readings on lines of the ledger, each under its (unit key, id)."""
    if not counts:
        return
    rows = sorted((key, str(scan_id), count) for (key, scan_id), count in counts.items())
    given = rows_sql(tx.dialect, f"{_KEY_AND_ID}, more bigint")
    tx.send(
        f"UPDATE scan SET readings = readings + r.more FROM {_in_order(tx, given)} AS r"  # noqa: S608 - fixed text
        " WHERE scan.unit_key = r.unit_key AND scan.id = r.id",
        rows_params(tx.dialect, rows),
    )


def mark_counted(tx: Tx, unit_key: int, scan_id: UUID) -> bool:
    """Mark one line as counted; say whether it was there and not marked before."""
    return bool(mark_scans_counted(tx, [(unit_key, scan_id)]))


def mark_scans_counted(tx: Tx, scans: Collection[tuple[int, UUID]]) -> set[tuple[int, UUID]]:
    """Mark lines as counted; return those that were there and not marked before."""
    if not scans:
        return set()
    rows = sorted((key, str(scan_id)) for key, scan_id in set(scans))
    given = rows_sql(tx.dialect, _KEY_AND_ID)
    changed = tx.ask(
        f"UPDATE scan SET counted = 1 FROM {_in_order(tx, given)} AS r"  # noqa: S608 - fixed text
        " WHERE scan.unit_key = r.unit_key AND scan.id = r.id AND scan.counted = 0"
        " RETURNING scan.unit_key, scan.id",
        rows_params(tx.dialect, rows),
    )
    return {(key, to_uuid(scan_id)) for key, scan_id in changed}


def unmark_scans(tx: Tx, scans: Collection[tuple[int, UUID]]) -> None:
    """Take back that those of the lines which this transaction has added counted a phone.

    PostgreSQL only: on SQLite nobody counts a phone between our look and our line.
    """
    rows = sorted((key, str(scan_id)) for key, scan_id in scans)
    tx.send(
        f"UPDATE scan SET counted = 0 FROM {rows_sql('postgresql', _KEY_AND_ID)}"  # noqa: S608 - fixed text
        " WHERE scan.unit_key = r.unit_key AND scan.id = r.id"
        # A reading that was sent twice may have its line from another transaction.
        " AND scan.xmin = pg_current_xact_id()::xid",
        rows_params("postgresql", rows),
    )


def _in_order(tx: Tx, given: str) -> str:
    """Return `given` as a FROM item that locks its ledger lines in order of their keys.

    An UPDATE alone locks in the order of whatever join the planner chose.
    """
    if tx.dialect == "sqlite":
        return f"(SELECT * FROM {given})"  # noqa: S608 - fixed text
    return (
        f"(SELECT r.* FROM {given} JOIN scan AS s ON s.unit_key = r.unit_key AND s.id = r.id"  # noqa: S608 - fixed text
        " ORDER BY s.unit_key, s.id FOR UPDATE OF s)"
    )


def find_scan(tx: Tx, unit_key: int, scan_id: UUID) -> ScanRow | None:
    """Return one line of the ledger."""
    return find_scans(tx, [(unit_key, scan_id)]).get((unit_key, scan_id))


def find_scans(tx: Tx, scans: Collection[tuple[int, UUID]]) -> dict[tuple[int, UUID], ScanRow]:
    """Return the lines of the ledger with these (unit key, id). One query."""
    if not scans:
        return {}
    rows = sorted((key, str(scan_id)) for key, scan_id in set(scans))
    names = ", ".join(f"s.{name}" for name in _SCAN_NAMES.split(", "))
    sql = (
        f"SELECT {names} FROM {rows_sql(tx.dialect, _KEY_AND_ID)} CROSS JOIN scan AS s"  # noqa: S608 - fixed text
        " WHERE s.unit_key = r.unit_key AND s.id = r.id"
    )
    found = (_to_row(row) for row in tx.ask(sql, rows_params(tx.dialect, rows)))
    return {(row.unit_key, row.id): row for row in found}


def list_scans(tx: Tx, unit_key: int, *, before: UUID | None = None, limit: int) -> list[ScanRow]:
    """Return a unit's lines of the ledger, newest first, those older than `before`."""
    mark, uuid_mark = ("?", "?") if tx.dialect == "sqlite" else ("%s", "%s::uuid")
    older = "" if before is None else f" AND id < {uuid_mark}"
    sql = (
        f"SELECT {_SCAN_NAMES} FROM scan WHERE unit_key = {mark}{older}"  # noqa: S608 - fixed text
        f" ORDER BY id DESC LIMIT {mark}"
    )
    bounds = [] if before is None else [str(before)]
    return [_to_row(row) for row in tx.ask(sql, [unit_key, *bounds, min(limit, LIST_MAX)])]


def append_not_issued(
    tx: Tx, counts: Mapping[tuple[int, int, str], int], *, as_of: Mapping[UUID, int] = _ANY
) -> None:
    """Count readings of codes that were never issued, under (minute, network, product).

    `minute` is whole minutes since 1970 UTC; `product` the GTIN or code prefix shown, or "".
    PostgreSQL counts nothing, and the transaction is overtaken, if the catalogue of any
    organisation in `as_of` is at another revision.
    """
    if not counts:
        return
    values = sorted((*place, count) for place, count in counts.items())
    given = rows_sql(tx.dialect, "minute bigint, network bigint, product text, readings bigint")
    names = "minute, network, product, readings"
    condition, params = match_revisions(as_of) if as_of else ("true", [])
    tx.send(
        f"INSERT INTO not_issued_count ({names}) SELECT {names} FROM {given} WHERE {condition}"  # noqa: S608 - fixed text
        " ON CONFLICT (minute, network, product)"
        " DO UPDATE SET readings = not_issued_count.readings + excluded.readings",
        [*rows_params(tx.dialect, values), *params],
        must_change=bool(as_of),
    )


def list_not_issued(tx: Tx, since_minute: int, *, limit: int) -> list[tuple[int, int, str, int]]:
    """Return (minute, network, product, readings) from `since_minute` on, in that order."""
    mark = "?" if tx.dialect == "sqlite" else "%s"
    sql = (
        "SELECT minute, network, product, readings FROM not_issued_count"  # noqa: S608 - fixed text
        f" WHERE minute >= {mark} ORDER BY minute, network, product LIMIT {mark}"
    )
    return [
        (minute, network, product, readings)
        for minute, network, product, readings in tx.ask(sql, [since_minute, min(limit, LIST_MAX)])
    ]


def _to_values(row: ScanRow, scan_id: UUID | str) -> tuple[Any, ...]:
    return (
        row.unit_key,
        scan_id,
        to_microseconds(row.at),
        int(row.channel),
        VERDICT_CODES[row.verdict],
        1 if row.is_counted else 0,
        row.readings,
        row.device,
        row.network,
        row.place,
        None if row.actor_id is None else str(row.actor_id),
    )


def _open(values: tuple[Any, ...], openings: Mapping[int, int | None]) -> tuple[Any, ...]:
    """Return the values of a line, and its alias if it is an opening line."""
    if not values[_COUNTED_AT] or values[0] not in openings:
        return (*values, None)
    return (*values[:_COUNTED_AT], OPENING, *values[_COUNTED_AT + 1 :], openings[values[0]])


def _to_row(values: tuple[Any, ...]) -> ScanRow:
    key, scan_id, at, channel, verdict, counted, readings, device, network, place, actor = values
    return ScanRow(
        unit_key=key,
        id=to_uuid(scan_id),
        at=from_microseconds(at),
        channel=channel,
        verdict=VERDICTS[verdict],
        is_counted=bool(counted),
        readings=readings,
        device=device,
        network=network,
        place=place,
        actor_id=None if actor is None else to_uuid(actor),
    )
