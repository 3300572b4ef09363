# SPDX-License-Identifier: Apache-2.0
"""The register of findings: which authority found what, on whose goods. Append only.

What a finding says is in its event (`events.py`); whether it was declared in error too.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.inspections import Inspection, InspectionResult
from trueorigin.domain.packing import Span
from trueorigin.domain.tenancy import TenantScope
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import insert_new
from trueorigin.storage.schema import inspection

PAGE_MAX: Final = 1000


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
        }
        for row in rows
    ]
    insert_new(tx, inspection, values)


def list_of_event(tx: Tx, scope: TenantScope, event_id: UUID) -> list[Inspection]:
    """Return what the caller, an authority, found by one event."""
    own = (inspection.c.authority_id == scope, inspection.c.event_id == event_id)
    return [_build(row) for row in tx.execute(sa.select(inspection).where(*own)).mappings()]


def list_own_inspections(
    tx: Tx, scope: TenantScope, *, before: UUID | None = None, limit: int
) -> list[Inspection]:
    """Return what the caller, an authority, found, of at most `limit` events, newest ids first.

    An event has a row for each range it is about. Those before the event `before`.
    """
    return _list(tx, inspection.c.authority_id == scope, before, limit)


def list_inspections_of_goods(
    tx: Tx, scope: TenantScope, *, before: UUID | None = None, limit: int
) -> list[Inspection]:
    """Return what was found of the caller's goods, in the same way; no row is of others' goods."""
    return _list(tx, inspection.c.owner_id == scope, before, limit)


def _list(
    tx: Tx, mine: sa.ColumnElement[bool], before: UUID | None, limit: int
) -> list[Inspection]:
    ids = sa.select(inspection.c.event_id).where(mine).distinct()
    if before is not None:
        ids = ids.where(inspection.c.event_id < before)
    ids = ids.order_by(inspection.c.event_id.desc()).limit(min(limit, PAGE_MAX))
    newest = (
        inspection.c.event_id.desc(),
        inspection.c.run_id,
        inspection.c.level,
        inspection.c.start,
    )
    chosen = ids.subquery()
    query = (
        sa.select(inspection)
        .join(chosen, chosen.c.event_id == inspection.c.event_id)
        .where(mine)
        .order_by(*newest)
    )
    return [_build(row) for row in tx.execute(query).mappings()]


def _build(row: sa.RowMapping) -> Inspection:
    return Inspection(
        event_id=row["event_id"],
        authority_id=row["authority_id"],
        owner_id=row["owner_id"],
        span=Span(row["run_id"], row["level"], row["start"], row["stop"]),
        result=InspectionResult(row["result"]),
        at=row["at"],
        recorded_at=row["recorded_at"],
    )
