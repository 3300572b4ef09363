# SPDX-License-Identifier: Apache-2.0
"""The register of findings: which authority found what, on whose goods. Append only.

What a finding says is in its event (`events.py`); whether it was declared in error too. Of a row
only `closed_at` changes, and what was said to it is in `finding_note`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.inspections import (
    FOLLOWED,
    SAID_MAX,
    Inspection,
    InspectionFilter,
    InspectionResult,
    Note,
    NoteKind,
)
from trueorigin.domain.packing import Span
from trueorigin.domain.tenancy import TenantScope
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import insert_new, ranges_table, take_turns_by
from trueorigin.storage.schema import event, finding_note, inspection, run

PAGE_MAX: Final = 1000
_ANY: Final = InspectionFilter()


def append_inspections(tx: Tx, rows: Sequence[Inspection]) -> None:
    """Enter findings; one that is entered already stays as it is."""
    values = [
        {
            "event_id": row.event_id,
            "run_id": row.span.run_id,
            "level": row.span.level,
            "start": row.span.start,
            "stop": row.span.stop,
            "authority_id": row.authority_id,
            "owner_id": row.owner_id,
            "result": row.result.value,
            "at": row.at,
            "recorded_at": row.recorded_at,
            "cell": row.cell,
            "closed_at": row.closed_at,
        }
        for row in rows
    ]
    insert_new(tx, inspection, values)


def await_findings(tx: Tx, authority_ids: Iterable[UUID]) -> None:
    """Take turns with whoever enters findings of these organisations, or declares them in error.

    Each looks for what the others entered: seals, what took them off, and which of that was wrong.
    """
    take_turns_by(tx, authority_ids)


def find_unsealing(tx: Tx, run_ids: Collection[int]) -> set[UUID]:
    """Return the findings that `close_unsealed` would close a seal by, whether declared or not."""
    return _find_unsealing(tx, _is_sealed_on(run_ids))


def close_unsealed(tx: Tx, run_ids: Collection[int], declared: Collection[UUID]) -> None:
    """Close what was sealed and later unsealed by the same authority, all of its range at once.

    In whatever order both arrived; findings that were `declared` in error unseal nothing. What was
    opened again stays open until somebody unseals it anew. One statement.
    """
    off = _first_unsealed_at(declared)
    tx.execute(
        sa.update(inspection).where(_is_sealed_on(run_ids), off.is_not(None)).values(closed_at=off)
    )


def find_told_wrong(
    tx: Tx, *, after: UUID | None = None, limit: int = PAGE_MAX
) -> dict[UUID, UUID]:
    """Return unsealings that anybody declared in error, each with its authority. One query.

    In order of their ids, those behind `after`.
    """
    declared = sa.exists().where(event.c.id == inspection.c.event_id, event.c.is_declaration == 1)
    query = sa.select(inspection.c.event_id, inspection.c.authority_id).where(
        inspection.c.result == InspectionResult.UNSEALED.value, declared
    )
    if after is not None:
        query = query.where(inspection.c.event_id > after)
    query = query.distinct().order_by(inspection.c.event_id).limit(min(limit, PAGE_MAX))
    return {row.event_id: row.authority_id for row in tx.execute(query)}


def find_unsealing_beside(tx: Tx, event_ids: Collection[UUID]) -> set[UUID]:
    """Return the findings that unseal what some of `event_ids` closed, these among them."""
    return _find_unsealing(tx, _is_closed_by(event_ids))


def reopen_sealed(tx: Tx, event_ids: Collection[UUID], declared: Collection[UUID]) -> int:
    """Open what findings closed that unseal no longer, unless another one closes it still.

    `event_ids` are those findings; no one that was `declared` in error closes anything. What its
    authority closed by hand stays closed. Returns how many seals are changed. One statement.
    """
    off = _first_unsealed_at(declared)
    is_wrong = inspection.c.closed_at.is_distinct_from(off)
    closed = sa.update(inspection).where(_is_closed_by(event_ids), is_wrong)
    return tx.execute(closed.values(closed_at=off)).rowcount


_UNSEALED: Final = inspection.alias("unsealed")


def _is_sealed_on(run_ids: Collection[int]) -> sa.ColumnElement[bool]:
    """Return the condition that a finding is an open seal on one of these runs."""
    return sa.and_(
        inspection.c.run_id.in_(run_ids),
        inspection.c.result == InspectionResult.SEALED.value,
        inspection.c.closed_at.is_(None),
    )


def _is_closed_by(event_ids: Collection[UUID]) -> sa.ColumnElement[bool]:
    """Return the condition that a seal is closed, not by hand, and one of these unseals it."""
    last = (
        sa.select(finding_note.c.kind)
        .where(
            finding_note.c.event_id == inspection.c.event_id,
            finding_note.c.kind.in_([NoteKind.CLOSE.value, NoteKind.REOPEN.value]),
        )
        .order_by(finding_note.c.id.desc())
        .limit(1)
        .correlate(inspection)
        .scalar_subquery()
    )
    by_these = sa.exists().where(_UNSEALED.c.event_id.in_(event_ids), *_unseals())
    by_these = by_these.correlate(inspection)
    return sa.and_(
        inspection.c.result == InspectionResult.SEALED.value,
        inspection.c.closed_at.is_not(None),
        sa.func.coalesce(last, "") != NoteKind.CLOSE.value,
        by_these,
    )


def _unseals() -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions that `_UNSEALED` unseals all of a seal, since it was opened again."""
    told = finding_note.c.at
    reopened = (
        sa.select(sa.func.max(told, type_=told.type))
        .where(
            finding_note.c.event_id == inspection.c.event_id,
            finding_note.c.kind == NoteKind.REOPEN.value,
        )
        .correlate(inspection)
        .scalar_subquery()
    )
    return (
        _UNSEALED.c.run_id == inspection.c.run_id,
        _UNSEALED.c.level == inspection.c.level,
        _UNSEALED.c.start <= inspection.c.start,
        _UNSEALED.c.stop >= inspection.c.stop,
        _UNSEALED.c.authority_id == inspection.c.authority_id,
        _UNSEALED.c.result == InspectionResult.UNSEALED.value,
        _UNSEALED.c.at > inspection.c.at,
        sa.or_(reopened.is_(None), _UNSEALED.c.recorded_at > reopened),
    )


def _first_unsealed_at(declared: Collection[UUID]) -> sa.ScalarSelect[datetime]:
    """Return when a seal was first unsealed but for the `declared` ones, NULL if never."""
    return (
        sa.select(sa.func.min(_UNSEALED.c.at, type_=inspection.c.at.type))
        .where(_UNSEALED.c.event_id.not_in(declared), *_unseals())
        .correlate(inspection)
        .scalar_subquery()
    )


def _find_unsealing(tx: Tx, seals: sa.ColumnElement[bool]) -> set[UUID]:
    query = sa.select(_UNSEALED.c.event_id).where(*_unseals(), seals)
    return set(tx.execute(query.distinct()).scalars())


def list_of_event(tx: Tx, scope: TenantScope, event_id: UUID) -> list[Inspection]:
    """Return what the caller, an authority, found by one event."""
    own = (inspection.c.authority_id == scope, inspection.c.event_id == event_id)
    return _read(tx, *own)


def find_rows(tx: Tx, event_id: UUID) -> list[Inspection]:
    """Return all that one event found, whosever goods and whichever authority."""
    return _read(tx, inspection.c.event_id == event_id)


def list_on_runs(tx: Tx, run_ids: Collection[int], *, limit: int) -> list[Inspection]:
    """Return what all authorities found on goods of some runs, newest ids first."""
    query = sa.select(inspection).where(inspection.c.run_id.in_(run_ids))
    query = query.order_by(*_NEWEST).limit(min(limit, PAGE_MAX))
    return [_build(row) for row in tx.execute(query).mappings()]


def list_on_product(tx: Tx, product_id: UUID, *, limit: int) -> list[Inspection]:
    """Return what all authorities found on goods of a product, newest ids first."""
    query = sa.select(inspection).where(inspection.c.run_id.in_(_runs_of(product_id)))
    query = query.order_by(*_NEWEST).limit(min(limit, PAGE_MAX))
    return [_build(row) for row in tx.execute(query).mappings()]


def list_own_inspections(
    tx: Tx,
    scope: TenantScope,
    wanted: InspectionFilter = _ANY,
    *,
    before: UUID | None = None,
    limit: int,
) -> list[Inspection]:
    """Return what the caller, an authority, found, of at most `limit` events, newest ids first.

    An event has a row for each range it is about. Those before the event `before`. Walks its
    findings backwards until so many fit.
    """
    return _list(tx, inspection.c.authority_id == scope, wanted, before, limit)


def list_inspections_of_goods(
    tx: Tx,
    scope: TenantScope,
    wanted: InspectionFilter = _ANY,
    *,
    before: UUID | None = None,
    limit: int,
) -> list[Inspection]:
    """Return what was found of the caller's goods, in the same way; no row is of others' goods."""
    return _list(tx, inspection.c.owner_id == scope, wanted, before, limit)


def _list(
    tx: Tx,
    mine: sa.ColumnElement[bool],
    wanted: InspectionFilter,
    before: UUID | None,
    limit: int,
) -> list[Inspection]:
    ids = sa.select(inspection.c.event_id).where(mine, *_fit(tx, wanted)).distinct()
    if before is not None:
        ids = ids.where(inspection.c.event_id < before)
    ids = ids.order_by(inspection.c.event_id.desc()).limit(min(limit, PAGE_MAX))
    chosen = ids.subquery()
    query = (
        sa.select(inspection)
        .join(chosen, chosen.c.event_id == inspection.c.event_id)
        .where(mine)
        .order_by(*_NEWEST)
    )
    return [_build(row) for row in tx.execute(query).mappings()]


def _fit(tx: Tx, wanted: InspectionFilter) -> list[sa.ColumnElement[bool]]:
    fits: list[sa.ColumnElement[bool]] = []
    if wanted.product_id is not None:
        fits.append(inspection.c.run_id.in_(_runs_of(wanted.product_id)))
    if wanted.owner_id is not None:
        fits.append(inspection.c.owner_id == wanted.owner_id)
    if wanted.result is not None:
        fits.append(inspection.c.result == wanted.result.value)
    if wanted.cells is not None:
        ranges = ranges_table(tx.dialect, wanted.cells)
        low, high = ranges.c.low, ranges.c.high
        inside = sa.and_(inspection.c.cell >= low, inspection.c.cell <= high)
        fits.append(sa.exists().where(inside))
    if wanted.is_open is not None:
        declared = sa.exists().where(
            event.c.id == inspection.c.event_id,
            event.c.is_declaration == 1,
            # That of somebody else counts for nothing, whoever was first.
            event.c.organisation_id == inspection.c.authority_id,
        )
        is_open = sa.and_(
            inspection.c.closed_at.is_(None),
            inspection.c.result.in_(sorted(each.value for each in FOLLOWED)),
            ~declared,
        )
        fits.append(is_open if wanted.is_open else ~is_open)
    return fits


def _runs_of(product_id: UUID) -> sa.Select[tuple[int]]:
    return sa.select(run.c.id).where(run.c.product_id == product_id)


def write_closed(tx: Tx, scope: TenantScope, event_id: UUID, at: datetime | None) -> None:
    """Close a finding of the caller, an authority, or open it again with None."""
    own = (inspection.c.authority_id == scope, inspection.c.event_id == event_id)
    tx.execute(sa.update(inspection).where(*own).values(closed_at=at))


def append_note(tx: Tx, scope: TenantScope, row: Note) -> None:
    """Add what the caller says to a finding."""
    values = {**asdict(row), "kind": row.kind.value, "organisation_id": scope}
    insert_new(tx, finding_note, [values])


def list_notes(tx: Tx, event_id: UUID) -> list[Note]:
    """Return all that was said to a finding, in order of time; there are never many."""
    query = (
        sa.select(finding_note)
        .where(finding_note.c.event_id == event_id)
        .order_by(finding_note.c.id)
        .limit(SAID_MAX)
    )
    return [Note(**{**row, "kind": NoteKind(row["kind"])}) for row in tx.execute(query).mappings()]


def _read(tx: Tx, *conditions: sa.ColumnElement[bool]) -> list[Inspection]:
    query = sa.select(inspection).where(*conditions).order_by(*_NEWEST)
    return [_build(row) for row in tx.execute(query).mappings()]


_NEWEST: Final = (
    inspection.c.event_id.desc(),
    inspection.c.run_id,
    inspection.c.level,
    inspection.c.start,
)


def _build(row: sa.RowMapping) -> Inspection:
    return Inspection(
        event_id=row["event_id"],
        authority_id=row["authority_id"],
        owner_id=row["owner_id"],
        span=Span(row["run_id"], row["level"], row["start"], row["stop"]),
        result=InspectionResult(row["result"]),
        at=row["at"],
        recorded_at=row["recorded_at"],
        cell=row["cell"],
        closed_at=row["closed_at"],
    )
