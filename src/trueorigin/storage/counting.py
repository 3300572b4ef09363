# SPDX-License-Identifier: Apache-2.0
"""Count the devices of units: the first with its unit's state, all others in a table of their own.

Hot statements like those of the ledger (`storage/scans.py`), under the same rules. Where SQLite
keeps a state in a line of the ledger instead, see `storage/openings.py`.
"""

from collections import Counter
from collections.abc import Collection, Container, Mapping, Sequence
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any, Final
from uuid import UUID

from trueorigin.domain.ids import from_microseconds, to_microseconds
from trueorigin.domain.records import record
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import keys_param, keys_sql, rows_params, rows_sql, to_uuid
from trueorigin.storage.openings import STATE_NAMES, select_states, settle
from trueorigin.storage.scans import ScanRow

_KEY_AND_DEVICE: Final = "unit_key bigint, device bigint"
_STATE_COLUMNS: Final = (
    "unit_key bigint, devices bigint, first_at bigint, first_place text,"
    "last_at bigint, last_place text"
)
_OPENING_COLUMNS: Final = f"{_STATE_COLUMNS}, device bigint, alias bigint"
_OPENING_NAMES: Final = ", ".join(column.split()[0] for column in _OPENING_COLUMNS.split(","))


# A unit has rows of devices from its second on.
_FIND_BOTH: Final = (
    f"SELECT {', '.join(f's.{name}' for name in STATE_NAMES)}, r.device, d.at"  # noqa: S608 - fixed text
    f" FROM {rows_sql('postgresql', _KEY_AND_DEVICE)} JOIN unit_state AS s"
    " ON s.unit_key = r.unit_key LEFT JOIN unit_device AS d ON d.unit_key = r.unit_key"
    " AND d.device = r.device AND (s.devices > 1 OR s.device IS NULL)"
)


@record
class UnitState:
    """How many devices counted for a unit, and where and when the first and the last one did.

    `device` is the first that came and `alias` its second name, both known since `device_at`;
    None where the program before counted it, which kept it with all others. `line` is the opening
    line that holds the state; None where it has a row of its own.
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
    line: UUID | None = None


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
    return find_units(tx, keys)[0]


def find_units(tx: Tx, keys: Collection[int]) -> tuple[dict[int, UnitState], set[int]]:
    """Return the states of units, and which of the others have lines; on PostgreSQL none is named.

    One query.
    """
    states: dict[int, UnitState] = {}
    read: set[int] = set()
    for values in select_states(tx, keys) if keys else ():
        key, devices = values[0], values[1]
        if not devices:
            read.add(key)
        if devices and key not in states:
            states[key] = _to_state(values)
    return states, read - states.keys()


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
        for key, device, at in tx.ask(sql, rows_params(tx.dialect, sorted(asked))):
            known[key, device] = from_microseconds(at)
    return known


def find_units_and_devices(
    tx: Tx, asked: Collection[tuple[int, int | None]]
) -> tuple[dict[int, UnitState], set[int], dict[tuple[int, int], datetime]]:
    """Return what `find_units` says of the units of (unit key, device), and `find_known_devices`.

    PostgreSQL is asked for both at once: a round trip costs more than the look-ups of a batch.
    """
    if tx.dialect == "sqlite" or not asked:
        states, read = find_units(tx, {key for key, _ in asked})
        pairs = {(key, device) for key, device in asked if device is not None and key in states}
        return states, read, find_known_devices(tx, states, pairs)
    states, known = {}, {}
    rows = sorted(set(asked), key=itemgetter(0))
    for *values, device, at in tx.ask(_FIND_BOTH, rows_params(tx.dialect, rows)):
        key = values[0]
        state = states.get(key)
        if state is None:
            state = states[key] = _to_state((*values, None))
        if device is None:
            continue
        if state.device is not None and device in (state.device, state.alias):
            known[key, device] = state.device_at or state.first_at
        elif at is not None:
            known[key, device] = from_microseconds(at)
    return states, set(), known


def settle_before(tx: Tx, rows: Sequence[ScanRow], states: Mapping[int, UnitState]) -> None:
    """Settle those of `states` whose opening lines will not be the earliest behind `rows`."""
    if tx.dialect != "sqlite":
        return
    early = set()
    for row in rows:
        state = states.get(row.unit_key)
        if state is not None and state.line is not None and row.id < state.line:
            early.add(row.unit_key)
    settle(tx, early)


def pick_openings(
    tx: Tx, rows: Sequence[ScanRow], new: Sequence[NewDevice], known: Container[int]
) -> dict[int, int | None]:
    """Return which units' only devices of `new` opening lines among `rows` may hold.

    That is where nobody has read the unit so far, so that it is not `known`, and its earliest line
    counts the only new device. Each unit is given with the alias of that. None on PostgreSQL.
    """
    if tx.dialect != "sqlite":
        return {}
    unread = [each for each in new if each.unit_key not in known]
    alone = {each.unit_key: each for each in unread}
    if len(alone) < len(unread):
        several = Counter(each.unit_key for each in unread)
        alone = {key: each for key, each in alone.items() if several[key] == 1}
    first: dict[int, ScanRow] = {}
    for row in rows:
        key = row.unit_key
        if key in alone and (key not in first or row.id < first[key].id):
            first[key] = row
    return {key: each.alias for key, each in alone.items() if first[key].is_counted}


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
    opened = _open_units(tx, first)
    further = [each for each in new if first.get(each.unit_key) is not each]
    # Another process opened the unit after we had asked.
    further += [each for key, each in first.items() if key not in opened]
    counted = {(key, first[key].device) for key in opened}
    return counted | _join_devices(tx, further) if further else counted


def _open_units(tx: Tx, first: Mapping[int, NewDevice]) -> Collection[int]:
    """Make the state of units that had none when this transaction asked; return those it made.

    On PostgreSQL another process may have made one since: nearly never, and being told of it would
    be a round trip of every batch. So the first attempt fails then, and the next one asks.
    """
    if not first:
        return ()
    values = []
    for key in sorted(first):
        each = first[key]
        at = to_microseconds(each.at)
        values.append((key, 1, at, each.place, at, each.place, each.device, each.alias))
    insert = f"INSERT INTO unit_state ({_OPENING_NAMES})"
    if tx.dialect == "sqlite":
        tx.run_many(f"{insert} VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
        return first
    select = f"SELECT {_OPENING_NAMES} FROM {rows_sql(tx.dialect, _OPENING_COLUMNS)}"  # noqa: S608 - fixed text
    if not tx.is_again:
        tx.send(f"{insert} {select}", rows_params(tx.dialect, values))
        return first
    opened = tx.ask(
        f"{insert} {select} ON CONFLICT DO NOTHING RETURNING unit_key",
        rows_params(tx.dialect, values),
    )
    return {key for (key,) in opened}


def _join_devices(tx: Tx, further: Sequence[NewDevice]) -> set[tuple[int, int]]:
    """Count devices of units that have a state, which is locked first; return the new ones."""
    keys = sorted({each.unit_key for each in further})
    settle(tx, keys)
    lock = "" if tx.dialect == "sqlite" else " ORDER BY unit_key FOR UPDATE"
    held = {
        key: names
        for key, *names in tx.ask(
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
    added = tx.ask(
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
    tx.send(
        _ADD_TO_STATE.format(given=rows_sql(tx.dialect, _STATE_COLUMNS)),
        rows_params(tx.dialect, values),
    )


def _to_state(values: tuple[Any, ...]) -> UnitState:
    key, devices, first_at, first_place, last_at, last_place, device, alias, device_at, line = (
        values
    )
    first = from_microseconds(first_at)
    return UnitState(
        key,
        devices,
        first,
        first_place,
        first if last_at == first_at else from_microseconds(last_at),
        last_place,
        device,
        alias,
        None if device_at is None else from_microseconds(device_at),
        None if line is None else to_uuid(line),
    )
