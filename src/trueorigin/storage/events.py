# SPDX-License-Identifier: Apache-2.0
"""Events of the supply chain: add them once, whatever is sent again, and read them by id.

They go straight to the driver, one statement a table for a whole batch, in order of their keys.
Whose events may be added or seen is decided by the caller: a chain has many organisations.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import repeat
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

import orjson
import sqlalchemy as sa

from trueorigin.domain.events import (
    KIND_NUMBERS,
    KINDS,
    Declaration,
    Effect,
    Event,
    EventKind,
    Part,
    list_touches,
)
from trueorigin.domain.ids import from_microseconds, to_microseconds
from trueorigin.domain.packing import Plan, Span
from trueorigin.domain.plainevents import PlainEvents
from trueorigin.domain.records import record
from trueorigin.domain.tenancy import Act, TenantScope
from trueorigin.domain.units import dyadic_blocks, split_unit_key
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import insert_new, rows_params, rows_sql, to_texts, to_uuid
from trueorigin.storage.schema import catalogue_revision, event as event_table, run, run_mark

PAGE_MAX: Final = 1000

_EVENT_COLUMNS: Final = (
    "id uuid, is_declaration smallint, kind smallint, effect smallint, at bigint,"
    "offset_minutes smallint, recorded_at bigint, organisation_id uuid, actor_id uuid,"
    "site_id uuid, partner_id uuid, about jsonb, container bigint, plan jsonb, details jsonb"
)
_EVENT_NAMES: Final = ", ".join(column.split()[0] for column in _EVENT_COLUMNS.split(","))
_EVENT_CASTS: Final = ", ".join(
    f"{name}::jsonb" if kind == "jsonb" else name
    for name, kind in (column.split() for column in _EVENT_COLUMNS.split(","))
)
# As JSON, at a third of the price of making lists first.
_SPAN: Final = "[%d,%d,%d,%d]"
_ONE_SPAN: Final = f"[{_SPAN}]"
_SUBJECT: Final = int(Part.SUBJECT)
_SITE_AT: Final = _EVENT_NAMES.split(", ").index("site_id")
_UNIT_COLUMNS: Final = "unit_key bigint, part smallint, at bigint, event_id uuid, container bigint"
_RANGE_COLUMNS: Final = (
    "run_id bigint, level smallint, start bigint, event_id uuid, stop bigint, part smallint,"
    "at bigint, container bigint, base bigint, size bigint"
)
_BLOCK_COLUMNS: Final = (
    "run_id bigint, level smallint, part smallint, exponent smallint, prefix bigint, at bigint,"
    "event_id uuid, container bigint, base bigint, size bigint"
)


def append_events(tx: Tx, events: Sequence[Event]) -> set[UUID]:
    """Add events with everything they touch; return the ids that were stored already.

    An id that is stored already, whatever it says, adds nothing. No id may come twice in
    `events`. At most four statements where all are new.
    """
    # Numbers compare ten times as fast as identifiers.
    ordered = sorted(events, key=lambda event: event.id.int)
    names = to_texts([event.id for event in ordered])
    told = _Told()
    known = _append_new(tx, list(map(told.to_values, ordered, names)))
    if known:
        pairs = [pair for pair in zip(ordered, names, strict=True) if pair[1] not in known]
        _append_touches(tx, pairs)
        return {UUID(each) for each in known}
    _append_touches(tx, zip(ordered, names, strict=True))
    return set()


@record
class PlainRows:
    """Plain events (`domain/plainevents.py`) as rows of both their tables, one each an event."""

    events: Sequence[tuple[Any, ...]]
    units: Sequence[tuple[Any, ...]]

    def __len__(self) -> int:
        """Return how many events they are."""
        return len(self.events)

    def take(self, start: int, stop: int) -> "PlainRows":
        """Return those of the events [start, stop)."""
        return PlainRows(self.events[start:stop], self.units[start:stop])

    def list_handled(self) -> set[tuple[UUID | None, int]]:
        """Return of which runs goods were handled, and at which sites; None for no site."""
        told = zip(self.events, self.units, strict=True)
        pairs = {(event[_SITE_AT], split_unit_key(unit[0])[0]) for event, unit in told}
        return {(_uuid(site), run_id) for site, run_id in pairs}


def build_rows(told: PlainEvents, keys: Sequence[int], act: Act) -> PlainRows:
    """Write plain events of the units with these keys, recorded by `act`, as rows."""
    # Of one unit each, and most columns are of one value: 1.5 us an event, as `Event`s 4 us.
    about = [
        _ONE_SPAN % (run_id, level, index, index + 1)
        for run_id, level, index in map(split_unit_key, keys)
    ]
    shared = (to_microseconds(act.at), str(act.scope), _text(act.actor.credential_id))
    columns = (
        *(told.ids, repeat(0), map(KIND_NUMBERS.__getitem__, told.kinds), repeat(int(Effect.NONE))),
        *(told.ats, told.offsets, *map(repeat, shared), told.site_ids, told.partner_ids),
        *(about, *repeat(repeat(None), 3)),
    )
    return PlainRows(
        events=list(zip(*columns, strict=False)),
        units=list(zip(keys, repeat(_SUBJECT), told.ats, told.ids, repeat(None), strict=False)),
    )


def append_rows(tx: Tx, rows: PlainRows) -> bool:
    """Add plain events; False, and nothing is added, if any of their ids is stored already."""
    tx.run("SAVEPOINT plain")
    if _append_new(tx, sorted(rows.events)):
        tx.run("ROLLBACK TO plain")
        return False
    _insert(tx, "unit_event", _UNIT_COLUMNS, list(rows.units))
    tx.run("RELEASE plain")
    return True


def append_declarations(tx: Tx, declarations: Sequence[Declaration]) -> set[UUID]:
    """Declare events in error, known ones or not; return the ids not declared before."""
    ordered = sorted(declarations, key=attrgetter("event_id"))
    known = _append_new(tx, [_declaration_values(each) for each in ordered])
    return {each.event_id for each in ordered if str(each.event_id) not in known}


class _Told:
    """Writes events as rows; what many events share, like their recorder, is written once."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._recorded: tuple[datetime | None, int] = (None, 0)

    def to_values(self, event: Event, name: str) -> tuple[object, ...]:
        """Return the row of an event, whose id as text is `name`."""
        about, plan, details = event.about, event.plan, event.details
        if event.recorded_at is not self._recorded[0]:
            self._recorded = (event.recorded_at, to_microseconds(event.recorded_at))
        return (
            name,
            0,
            KIND_NUMBERS[event.kind],
            int(event.effect),
            to_microseconds(event.at),
            event.offset_minutes,
            self._recorded[1],
            self._name(event.organisation_id),
            self._name(event.actor_id),
            self._name(event.site_id),
            self._name(event.partner_id),
            _ONE_SPAN % about[0] if len(about) == 1 else f"[{','.join(map(_SPAN.__mod__, about))}]",
            event.container,
            None
            if plan is None
            else orjson.dumps([plan.first, plan.stop, plan.size, plan.rejects]).decode(),
            None if details is None else orjson.dumps(details).decode(),
        )

    def _name(self, shared: UUID | None) -> str | None:
        """Write an identifier that lives as long as its event; hashing it would cost as much."""
        if shared is None:
            return None
        found = self._names.get(id(shared))
        if found is None:
            found = self._names[id(shared)] = str(shared)
        return found


def _append_new(tx: Tx, rows: Sequence[tuple[object, ...]]) -> set[str]:
    """Add rows whose id is not taken; return the ids that are, as text."""
    if not rows:
        return set()
    insert = f"INSERT INTO event ({_EVENT_NAMES})"
    if tx.dialect == "postgresql":
        source = rows_sql("postgresql", _EVENT_COLUMNS.replace("jsonb", "text"))
        sql = (
            f"{insert} SELECT {_EVENT_CASTS} FROM {source}"  # noqa: S608 - fixed text
            " ON CONFLICT DO NOTHING RETURNING id::text"
        )
        added = {found for (found,) in tx.run(sql, rows_params("postgresql", rows))}
        if len(added) == len(rows):
            return set()
        return {str(row[0]) for row in rows if row[0] not in added}
    # Nearly always all are new: one prepared statement, and nothing is asked before.
    marks = ", ".join("?" * len(rows[0]))
    insert = f"{insert} VALUES ({marks}) ON CONFLICT DO NOTHING"
    tx.run("SAVEPOINT events")
    known: set[str] = set()
    if tx.run_many(insert, rows) < len(rows):
        tx.run("ROLLBACK TO events")
        known = _find_known(tx, rows)
        tx.run_many(insert, [row for row in rows if row[0] not in known])
    tx.run("RELEASE events")
    return known


def _find_known(tx: Tx, rows: Sequence[tuple[object, ...]]) -> set[str]:
    """Return which of these rows' ids SQLite has already; no other writer can come between."""
    sql = (
        f"SELECT e.id FROM {rows_sql('sqlite', 'id uuid, is_declaration smallint')}"  # noqa: S608 - fixed text
        " CROSS JOIN event AS e WHERE e.id = r.id AND e.is_declaration = r.is_declaration"
    )
    found = tx.run(sql, rows_params("sqlite", [row[:2] for row in rows]))
    return {known for (known,) in found}


def _append_touches(tx: Tx, events: Iterable[tuple[Event, str]]) -> None:
    """Add whom events touch: single units one by one, ranges whole and in dyadic blocks."""
    units: list[tuple[object, ...]] = []
    ranges: list[tuple[object, ...]] = []
    blocks: list[tuple[object, ...]] = []
    for event, event_id in events:
        at, about = to_microseconds(event.at), event.about
        if event.effect is Effect.NONE and len(about) == 1 and about[0].size == 1:
            # Nearly all events: the price of what follows is three times that.
            units.append((about[0].key, _SUBJECT, at, event_id, None))
            continue
        for touch in list_touches(event):
            part, (run_id, level, start, stop) = int(touch.part), touch.span
            if stop - start == 1:
                units.append((touch.span.key, part, at, event_id, touch.container_of(start)))
                continue
            rule = (touch.container, touch.base, touch.size)
            ranges.append((run_id, level, start, event_id, stop, part, at, *rule))
            for exponent, prefix in dyadic_blocks(start, stop):
                blocks.append((run_id, level, part, exponent, prefix, at, event_id, *rule))
    _insert(tx, "unit_event", _UNIT_COLUMNS, units)
    _insert(tx, "range_event", _RANGE_COLUMNS, ranges)
    _insert(tx, "event_block", _BLOCK_COLUMNS, blocks)


def _insert(tx: Tx, table: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
    if not rows:
        return
    # In order of the keys: neighbours share a page, and batches lock in one order.
    rows.sort()
    names = ", ".join(column.split()[0] for column in columns.split(","))
    insert = f"INSERT INTO {table} ({names})"
    if tx.dialect == "sqlite":
        marks = ", ".join("?" * len(rows[0]))
        tx.run_many(f"{insert} VALUES ({marks})", rows)
    else:
        source = rows_sql("postgresql", columns)
        tx.run(f"{insert} SELECT {names} FROM {source}", rows_params("postgresql", rows))  # noqa: S608 - fixed text


def mark_runs(tx: Tx, run_ids: Collection[int]) -> None:
    """Remember that there are events of these runs: from now on readings of them ask the chain.

    One query where that is known already; otherwise the revisions of their owners are raised, so
    that every process knows with the next reading.
    """
    new = set(run_ids) - find_marked_runs(tx, run_ids)
    if not new:
        return
    insert_new(tx, run_mark, [{"run_id": run_id} for run_id in sorted(new)])
    owners = sa.select(run.c.organisation_id).where(run.c.id.in_(new))
    tx.execute(
        sa.update(catalogue_revision)
        .where(catalogue_revision.c.organisation_id.in_(owners))
        .values(revision=catalogue_revision.c.revision + 1)
    )


def find_marked_runs(tx: Tx, run_ids: Collection[int]) -> set[int]:
    """Return of which of these runs there is any event. One query."""
    if not run_ids:
        return set()
    query = sa.select(run_mark.c.run_id).where(run_mark.c.run_id.in_(run_ids))
    return set(tx.execute(query).scalars())


def list_own_events(
    tx: Tx, scope: TenantScope, *, before: UUID | None = None, limit: int
) -> list[Event]:
    """Return what the caller recorded, newest ids first, those before `before`. Two queries."""
    query = sa.select(event_table.c.id).where(
        event_table.c.organisation_id == scope, event_table.c.is_declaration == 0
    )
    if before is not None:
        query = query.where(event_table.c.id < before)
    return _list_found(tx, query.order_by(event_table.c.id.desc()).limit(min(limit, PAGE_MAX)))


def list_events_to(
    tx: Tx, scope: TenantScope, *, kind: EventKind, since: datetime, limit: int
) -> list[Event]:
    """Return what others recorded for the caller since then, newest ids first. Two queries."""
    query = (
        sa.select(event_table.c.id)
        .where(
            event_table.c.partner_id == scope,
            event_table.c.organisation_id != scope,
            event_table.c.is_declaration == 0,
            event_table.c.kind == KIND_NUMBERS[kind],
            event_table.c.at >= since,
        )
        .order_by(event_table.c.id.desc())
        .limit(min(limit, PAGE_MAX))
    )
    return _list_found(tx, query)


def list_latest_events(
    tx: Tx, scope: TenantScope, *, kinds: Collection[EventKind], among: int, limit: int
) -> list[Event]:
    """Return those of some kinds among the caller's newest, newest ids first. Two queries.

    Older ones than the newest `among` events are not looked at: a shop that sells by the piece
    has thousands of sales between two deliveries.
    """
    latest = (
        sa.select(event_table.c.id, event_table.c.kind)
        .where(event_table.c.organisation_id == scope, event_table.c.is_declaration == 0)
        .order_by(event_table.c.id.desc())
        .limit(among)
        .subquery()
    )
    query = (
        sa.select(latest.c.id)
        .where(latest.c.kind.in_([KIND_NUMBERS[kind] for kind in kinds]))
        .order_by(latest.c.id.desc())
        .limit(min(limit, PAGE_MAX))
    )
    return _list_found(tx, query)


def _list_found(tx: Tx, query: sa.Select[tuple[UUID]]) -> list[Event]:
    ids = list(tx.execute(query).scalars())
    found = find_events(tx, ids)
    return [found[each] for each in ids]


def find_events(tx: Tx, event_ids: Collection[UUID]) -> dict[UUID, Event]:
    """Return events by id, each with its declaration in error if there is one. One query.

    A declaration counts only if it is by the organisation that recorded the event.
    """
    if not event_ids:
        return {}
    names = ", ".join(f"e.{name}" for name in _EVENT_NAMES.split(", "))
    given = rows_sql(tx.dialect, "id uuid")
    sql = (
        f"SELECT {names}, d.at, d.recorded_at, d.actor_id, d.details"  # noqa: S608 - fixed text
        f" FROM {given} JOIN event AS e ON e.id = r.id AND e.is_declaration = 0"
        f" LEFT JOIN event AS d ON {_DECLARES}"
    )
    rows = tx.run(sql, rows_params(tx.dialect, [(str(each),) for each in event_ids]))
    return {event.id: event for event in map(_to_event, rows)}


_DECLARES: Final = "d.id = e.id AND d.is_declaration = 1 AND d.organisation_id = e.organisation_id"


def find_declared(tx: Tx, event_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these events were declared in error by their own recorder. One query."""
    if not event_ids:
        return set()
    given = rows_sql(tx.dialect, "id uuid")
    sql = (
        f"SELECT e.id FROM {given} JOIN event AS d ON d.id = r.id AND d.is_declaration = 1"  # noqa: S608 - fixed text
        " JOIN event AS e ON e.id = d.id AND e.is_declaration = 0"
        " AND e.organisation_id = d.organisation_id"
    )
    rows = tx.run(sql, rows_params(tx.dialect, [(str(each),) for each in event_ids]))
    return {to_uuid(found) for (found,) in rows}


def _declaration_values(declaration: Declaration) -> tuple[object, ...]:
    details = None
    if declaration.reason is not None:
        details = orjson.dumps({"reason": declaration.reason}).decode()
    return (
        str(declaration.event_id),
        1,
        0,
        0,
        to_microseconds(declaration.declared_at),
        0,
        to_microseconds(declaration.recorded_at),
        str(declaration.organisation_id),
        _text(declaration.actor_id),
        None,
        None,
        "[]",
        None,
        None,
        details,
    )


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _to_event(row: Sequence[Any]) -> Event:
    event_id, organisation_id = to_uuid(row[0]), to_uuid(row[7])
    about = tuple(Span(*span) for span in _parse(row[11]))
    declared_at, declared_recorded_at, declared_by, reason = row[15:]
    return Event(
        id=event_id,
        kind=KINDS[row[2]],
        effect=Effect(row[3]),
        at=from_microseconds(row[4]),
        offset_minutes=row[5],
        recorded_at=from_microseconds(row[6]),
        organisation_id=organisation_id,
        actor_id=_uuid(row[8]),
        site_id=_uuid(row[9]),
        partner_id=_uuid(row[10]),
        about=about,
        container=row[12],
        plan=None if row[13] is None else _to_plan(about[0], _parse(row[13])),
        details=_parse(row[14]),
        declaration=None
        if declared_at is None
        else Declaration(
            event_id=event_id,
            organisation_id=organisation_id,
            actor_id=_uuid(declared_by),
            declared_at=from_microseconds(declared_at),
            recorded_at=from_microseconds(declared_recorded_at),
            reason=None if reason is None else _parse(reason)["reason"],
        ),
    )


def _to_plan(containers: Span, values: Sequence[Any]) -> Plan:
    first, stop, size, rejects = values
    return Plan(containers=containers, first=first, stop=stop, size=size, rejects=tuple(rejects))


def _uuid(value: UUID | str | None) -> UUID | None:
    return None if value is None else to_uuid(value)


def _parse(value: Any) -> Any:  # noqa: ANN401 - any JSON; PostgreSQL has parsed it already
    return orjson.loads(value) if isinstance(value, str) else value
