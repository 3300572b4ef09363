# SPDX-License-Identifier: Apache-2.0
"""The ledger of readings and what it knows of each unit's devices: the hot statements.

They go straight to the driver, one statement a table for a batch of at most 512 readings, in
order of unit key, so that two batches can never wait for each other in a circle. They serve all
tenants: a unit key comes out of a decrypted code, never out of a request.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any, Final
from uuid import UUID

from trueorigin.domain.ids import from_microseconds, to_microseconds
from trueorigin.domain.records import record
from trueorigin.domain.verdict import Verdict
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import (
    keys_param,
    keys_sql,
    rows_params,
    rows_sql,
    to_identifiers,
    to_uuid,
)

# Most lines of one unit that are listed at once.
LIST_MAX: Final = 1000
# The columns of a ledger line as they travel, in the order of `_to_values` and `_to_row`.
_SCAN_COLUMNS: Final = (
    "unit_key bigint, id uuid, at bigint, channel smallint, verdict smallint, counted smallint,"
    "readings bigint, device bigint, network bigint, place text, actor_id uuid"
)
_SCAN_NAMES: Final = ", ".join(column.split()[0] for column in _SCAN_COLUMNS.split(","))
_KEY_AND_ID: Final = "unit_key bigint, id uuid"
_KEY_AND_DEVICE: Final = "unit_key bigint, device bigint"
_STATE_COLUMNS: Final = (
    "unit_key bigint, devices bigint, first_at bigint, first_place text,"
    "last_at bigint, last_place text"
)
_OPENING_COLUMNS: Final = f"{_STATE_COLUMNS}, device bigint, alias bigint"
_OPENING_NAMES: Final = ", ".join(column.split()[0] for column in _OPENING_COLUMNS.split(","))
_STATE_NAMES: Final = f"{_OPENING_NAMES}, device_at"
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


@record
class UnitState:
    """How many devices counted for a unit, and where and when the first and the last one did.

    `device` is the first that came and `alias` its second name, both known since `device_at`;
    None where the program before counted it, which kept it with all others.
    """

    unit_key: int
    devices: int
    first_at: datetime
    first_place: str | None
    last_at: datetime
    last_place: str | None
    device: int | None = None
    alias: int | None = None
    device_at: datetime | None = None


@record
class NewDevice:
    """A device that asks to be counted for a unit.

    `alias` is a pseudonym under which the same device may return; it becomes known together with
    it and never counts by itself.
    """

    unit_key: int
    device: int
    at: datetime
    place: str | None
    alias: int | None = None


def find_unit_states(tx: Tx, keys: Collection[int]) -> dict[int, UnitState]:
    """Return the state of each unit for which a device has counted."""
    if not keys:
        return {}
    sql = f"SELECT {_STATE_NAMES} FROM unit_state WHERE {keys_sql(tx.dialect, 'unit_key')}"  # noqa: S608 - fixed
    found = tx.run(sql, [keys_param(tx.dialect, sorted(keys))])
    return {values[0]: _to_state(values) for values in found}


def find_known_devices(
    tx: Tx, states: Mapping[int, UnitState], pairs: Collection[tuple[int, int]]
) -> dict[tuple[int, int], datetime]:
    """Return when each of those (unit key, device) became known, counted or as an alias.

    `states` are those of their units. At most one query, and none where each unit has been read
    by one device only.
    """
    known: dict[tuple[int, int], datetime] = {}
    asked = []
    for pair in pairs:
        state = states.get(pair[0])
        if state is None:
            continue
        if state.device is not None and pair[1] in (state.device, state.alias):
            known[pair] = state.device_at or state.first_at
        elif state.devices > (state.device is not None):
            asked.append(pair)
    if asked:
        given = rows_sql(tx.dialect, _KEY_AND_DEVICE)
        sql = (
            f"SELECT d.unit_key, d.device, d.at FROM {given} CROSS JOIN unit_device AS d"  # noqa: S608 - fixed text
            " WHERE d.unit_key = r.unit_key AND d.device = r.device"
        )
        for key, device, at in tx.run(sql, rows_params(tx.dialect, sorted(asked))):
            known[key, device] = from_microseconds(at)
    return known


def count_recent_scans(tx: Tx, keys: Collection[int], since: UUID) -> dict[int, tuple[int, UUID]]:
    """Return for each unit read since the id `since`: (ledger lines, id of the newest).

    The lines are few: a unit that is read too often only raises the counter of its last one.
    """
    if not keys:
        return {}
    # PostgreSQL 15 has no max() of uuid; the canonical text sorts alike.
    newest, bound = ("max(id)", "?") if tx.dialect == "sqlite" else ("max(id::text)", "%s::uuid")
    sql = (
        f"SELECT unit_key, count(*), {newest} FROM scan"  # noqa: S608 - fixed text
        f" WHERE {keys_sql(tx.dialect, 'unit_key')} AND id >= {bound} GROUP BY unit_key"
    )
    found = tx.run(sql, [keys_param(tx.dialect, sorted(keys)), str(since)])
    return {key: (count, UUID(last)) for key, count, last in found}


def append_scans(tx: Tx, rows: Sequence[ScanRow]) -> int:
    """Add lines to the ledger and return how many are new; a repeated (unit key, id) adds none."""
    if not rows:
        return 0
    ids = to_identifiers(tx.dialect, [row.id for row in rows])
    values = [_to_values(row, scan_id) for row, scan_id in zip(rows, ids, strict=True)]
    values.sort(key=itemgetter(0, 1))
    insert = f"INSERT INTO scan ({_SCAN_NAMES})"
    if tx.dialect == "sqlite":
        # One prepared statement: 2.5 times as fast as eleven json_extract() a line.
        marks = ", ".join("?" * len(values[0]))
        return tx.run_many(f"{insert} VALUES ({marks}) ON CONFLICT DO NOTHING", values)
    source = rows_sql("postgresql", _SCAN_COLUMNS)
    select = f"SELECT {_SCAN_NAMES} FROM {source}"  # noqa: S608 - fixed text
    tx.run(f"{insert} {select} ON CONFLICT DO NOTHING", rows_params("postgresql", values))
    return tx.driver.rowcount


def increment_scan(tx: Tx, unit_key: int, scan_id: UUID, count: int) -> None:
    """Count `count` more readings on a line of the ledger."""
    increment_scans(tx, {(unit_key, scan_id): count})


def increment_scans(tx: Tx, counts: Mapping[tuple[int, UUID], int]) -> None:
    """Count more readings on lines of the ledger, each under its (unit key, id)."""
    if not counts:
        return
    rows = sorted((key, str(scan_id), count) for (key, scan_id), count in counts.items())
    given = rows_sql(tx.dialect, f"{_KEY_AND_ID}, more bigint")
    tx.run(
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
    changed = tx.run(
        f"UPDATE scan SET counted = 1 FROM {_in_order(tx, given)} AS r"  # noqa: S608 - fixed text
        " WHERE scan.unit_key = r.unit_key AND scan.id = r.id AND scan.counted = 0"
        " RETURNING scan.unit_key, scan.id",
        rows_params(tx.dialect, rows),
    )
    return {(key, to_uuid(scan_id)) for key, scan_id in changed}


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
    found = (_to_row(row) for row in tx.run(sql, rows_params(tx.dialect, rows)))
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
    return [_to_row(row) for row in tx.run(sql, [unit_key, *bounds, min(limit, LIST_MAX)])]


def count_devices(
    tx: Tx, new: Sequence[NewDevice], *, units: Collection[int] | None = None
) -> set[tuple[int, int]]:
    """Count devices for their units and return those (unit key, device) that were really new.

    A device that is known, or twice in `new`, counts once: the earliest time given is kept.
    `units` are those of which this transaction has read a state; None: nothing was read yet.

    The first device of a unit is one row and one statement for all units. Rows are locked in one
    order by all: those that are made, by key, then those that were there, by key.
    """
    if not new:
        return set()
    if units is None:
        units = find_unit_states(tx, {each.unit_key for each in new})
    first: dict[int, NewDevice] = {}
    for each in new:
        earlier = first.get(each.unit_key)
        if each.unit_key not in units and (earlier is None or each.at < earlier.at):
            first[each.unit_key] = each
    further = [each for each in new if first.get(each.unit_key) is not each]
    opened = _open_units(tx, first)
    # Nearly never: another process opened the unit after we had asked.
    further += [each for key, each in first.items() if key not in opened]
    counted = {(key, first[key].device) for key in opened}
    return counted | _join_devices(tx, further) if further else counted


def _open_units(tx: Tx, first: Mapping[int, NewDevice]) -> Collection[int]:
    """Make the state of units, each with its first device; return those that had none."""
    if not first:
        return ()
    values = []
    for key in sorted(first):
        each = first[key]
        at = to_microseconds(each.at)
        values.append((key, 1, at, each.place, at, each.place, each.device, each.alias))
    insert = f"INSERT INTO unit_state ({_OPENING_NAMES})"
    if tx.dialect == "sqlite":
        # Nobody else writes meanwhile: what was not there is not there.
        tx.run_many(f"{insert} VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
        return first
    select = f"SELECT {_OPENING_NAMES} FROM {rows_sql(tx.dialect, _OPENING_COLUMNS)}"  # noqa: S608 - fixed text
    opened = tx.run(
        f"{insert} {select} ON CONFLICT DO NOTHING RETURNING unit_key",
        rows_params(tx.dialect, values),
    )
    return {key for (key,) in opened}


def _join_devices(tx: Tx, further: Sequence[NewDevice]) -> set[tuple[int, int]]:
    """Count devices of units that have a state, which is locked first; return the new ones."""
    keys = sorted({each.unit_key for each in further})
    lock = "" if tx.dialect == "sqlite" else " ORDER BY unit_key FOR UPDATE"
    held = {
        key: names
        for key, *names in tx.run(
            f"SELECT unit_key, device, alias FROM unit_state"  # noqa: S608 - fixed text
            f" WHERE {keys_sql(tx.dialect, 'unit_key')}{lock}",
            [keys_param(tx.dialect, keys)],
        )
    }
    joining: dict[tuple[int, int], NewDevice] = {}
    for each in sorted(further, key=attrgetter("unit_key", "device", "at")):
        if each.device not in held[each.unit_key]:
            joining.setdefault((each.unit_key, each.device), each)
    added = _append_devices(tx, [(*pair, each.at) for pair, each in joining.items()])
    counted = [joining[pair] for pair in joining if pair in added]
    aliases = [
        (each.unit_key, each.alias, each.at)
        for each in counted
        if each.alias is not None and each.alias not in held[each.unit_key]
    ]
    _append_devices(tx, sorted(aliases))
    _add_to_states(tx, counted)
    return added


def _append_devices(tx: Tx, rows: Sequence[tuple[int, int, datetime]]) -> set[tuple[int, int]]:
    """Add devices in the order given and return those that were not there."""
    if not rows:
        return set()
    given = rows_sql(tx.dialect, f"{_KEY_AND_DEVICE}, at bigint")
    values = [(key, device, to_microseconds(at)) for key, device, at in rows]
    # WHERE true: without it SQLite takes ON for the condition of a join.
    added = tx.run(
        f"INSERT INTO unit_device (unit_key, device, at) SELECT * FROM {given} WHERE true"  # noqa: S608 - fixed text
        " ON CONFLICT DO NOTHING RETURNING unit_key, device",
        rows_params(tx.dialect, values),
    )
    return {(key, device) for key, device in added}


# Every right side sees the row as it was before.
_ADD_TO_STATE: Final = """
    UPDATE unit_state SET
    devices = unit_state.devices + r.devices,
    device_at = CASE WHEN r.first_at < unit_state.first_at
        THEN coalesce(unit_state.device_at, unit_state.first_at) ELSE unit_state.device_at END,
    first_at = CASE WHEN r.first_at < unit_state.first_at
        THEN r.first_at ELSE unit_state.first_at END,
    first_place = CASE WHEN r.first_at < unit_state.first_at
        THEN r.first_place ELSE unit_state.first_place END,
    last_at = CASE WHEN r.last_at > unit_state.last_at
        THEN r.last_at ELSE unit_state.last_at END,
    last_place = CASE WHEN r.last_at > unit_state.last_at
        THEN r.last_place ELSE unit_state.last_place END
    FROM {given} WHERE unit_state.unit_key = r.unit_key
"""


def _add_to_states(tx: Tx, counted: Sequence[NewDevice]) -> None:
    """Add devices to states that are there and locked."""
    if not counted:
        return
    by_unit: dict[int, list[NewDevice]] = {}
    for each in sorted(counted, key=attrgetter("unit_key", "at", "device")):
        by_unit.setdefault(each.unit_key, []).append(each)
    values = [
        (
            key,
            len(devices),
            to_microseconds(devices[0].at),
            devices[0].place,
            to_microseconds(devices[-1].at),
            devices[-1].place,
        )
        for key, devices in by_unit.items()
    ]
    tx.run(
        _ADD_TO_STATE.format(given=rows_sql(tx.dialect, _STATE_COLUMNS)),
        rows_params(tx.dialect, values),
    )


def append_not_issued(tx: Tx, counts: Mapping[tuple[int, int, str], int]) -> None:
    """Count readings of codes that were never issued, under (minute, network, product).

    `minute` is whole minutes since 1970 UTC; `product` the GTIN or code prefix shown, or "".
    """
    if not counts:
        return
    values = sorted((*place, count) for place, count in counts.items())
    given = rows_sql(tx.dialect, "minute bigint, network bigint, product text, readings bigint")
    names = "minute, network, product, readings"
    tx.run(
        f"INSERT INTO not_issued_count ({names}) SELECT {names} FROM {given} WHERE true"  # noqa: S608 - fixed text
        " ON CONFLICT (minute, network, product)"
        " DO UPDATE SET readings = not_issued_count.readings + excluded.readings",
        rows_params(tx.dialect, values),
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
        for minute, network, product, readings in tx.run(sql, [since_minute, min(limit, LIST_MAX)])
    ]


def _to_values(row: ScanRow, scan_id: UUID | str) -> tuple[object, ...]:
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


def _to_state(values: tuple[Any, ...]) -> UnitState:
    key, devices, first_at, first_place, last_at, last_place, device, alias, device_at = values
    return UnitState(
        unit_key=key,
        devices=devices,
        first_at=from_microseconds(first_at),
        first_place=first_place,
        last_at=from_microseconds(last_at),
        last_place=last_place,
        device=device,
        alias=alias,
        device_at=None if device_at is None else from_microseconds(device_at),
    )
