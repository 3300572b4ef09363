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


def list_own_inspections(
    tx: Tx, scope: TenantScope, *, before: UUID | None = None, limit: int
) -> list[Inspection]:
    """Return what the caller, an authority, found: newest events first, those before `before`."""
    return _list(tx, inspection.c.authority_id == scope, before, limit)


def list_inspections_of_goods(
    tx: Tx, scope: TenantScope, *, before: UUID | None = None, limit: int
) -> list[Inspection]:
    """Return what was found of the caller's goods: newest events first, those before `before`."""
    return _list(tx, inspection.c.owner_id == scope, before, limit)


def _list(
    tx: Tx, mine: sa.ColumnElement[bool], before: UUID | None, limit: int
) -> list[Inspection]:
    query = sa.select(inspection).where(mine)
    if before is not None:
        query = query.where(inspection.c.event_id < before)
    newest = (
        inspection.c.event_id.desc(),
        inspection.c.run_id,
        inspection.c.level,
        inspection.c.start,
    )
    query = query.order_by(*newest).limit(min(limit, PAGE_MAX))
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
