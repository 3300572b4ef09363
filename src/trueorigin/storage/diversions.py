# SPDX-License-Identifier: Apache-2.0
"""Readings out of region, one row a reading, for the owner of the goods and nobody else."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.diversions import Diversion
from trueorigin.domain.ids import uuid7_floor
from trueorigin.domain.tenancy import TenantScope
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import insert_new
from trueorigin.storage.schema import diversion

PAGE_MAX: Final = 1000


def append_diversions(tx: Tx, rows: Sequence[Diversion]) -> None:
    """Enter readings; one that is entered already stays as it is. No statement for none."""
    ordered = sorted(rows, key=lambda row: (row.unit_key, row.scan_id.int))
    insert_new(tx, diversion, [asdict(row) for row in ordered])


def delete_diversions_before(tx: Tx, at: datetime, limit: int) -> int:
    """Forget at most `limit` rows of readings of months that ended before `at`; return how many.

    A row goes with its reading (`retention.py`): it says where somebody was.
    """
    floor = uuid7_floor(
        at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    )
    query = sa.select(diversion.c.unit_key, diversion.c.scan_id)
    found = tx.execute(query.where(diversion.c.scan_id < floor).limit(limit)).all()
    if found:
        keys, ids = zip(*found, strict=True)
        tx.execute(
            sa.delete(diversion).where(
                diversion.c.unit_key.in_(set(keys)), diversion.c.scan_id.in_(ids)
            )
        )
    return len(found)


def list_diversions(
    tx: Tx, scope: TenantScope, *, before: UUID | None = None, limit: int
) -> list[Diversion]:
    """Return readings of the caller's goods out of region, newest first, those before `before`."""
    query = sa.select(diversion).where(diversion.c.organisation_id == scope)
    if before is not None:
        query = query.where(diversion.c.scan_id < before)
    query = query.order_by(diversion.c.scan_id.desc()).limit(min(limit, PAGE_MAX))
    return [Diversion(**row) for row in tx.execute(query).mappings()]
