# SPDX-License-Identifier: Apache-2.0
"""What became of the rows of uploaded files of events, some hundred rows a record."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.errors import NotFoundError
from trueorigin.domain.ids import uuid7_floor
from trueorigin.domain.tenancy import TenantScope
from trueorigin.domain.uploads import RowOutcome, RowResult, UploadCounts, UploadPart
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import insert_new
from trueorigin.storage.schema import event_upload_part as part

_COUNTS: Final = ("rows", "stored", "repeated", "flagged", "refused")


def append_part(tx: Tx, scope: TenantScope, job_id: UUID, row: UploadPart) -> bool:
    """Add the answers to some rows; in the transaction that stores their events.

    False if somebody else answered them: waits for whoever is about to.
    """
    return insert_new(tx, part, [_values(scope, job_id, row)]) == 1


def update_part(tx: Tx, scope: TenantScope, job_id: UUID, row: UploadPart) -> None:
    """Write the answers to some rows anew, once it was looked for what cannot be."""
    own = sa.update(part).where(
        part.c.job_id == job_id, part.c.first == row.first, part.c.organisation_id == scope
    )
    if tx.execute(own.values(**_values(scope, job_id, row))).rowcount != 1:
        raise NotFoundError("job_not_found")


def find_next(tx: Tx, scope: TenantScope, job_id: UUID) -> int:
    """Return the place of the first row that is not answered yet."""
    own = sa.select(part.c.first, part.c.rows).where(
        part.c.job_id == job_id, part.c.organisation_id == scope
    )
    last = tx.execute(own.order_by(part.c.first.desc()).limit(1)).first()
    return 0 if last is None else int(last.first + last.rows)


def count_rows(tx: Tx, scope: TenantScope, job_id: UUID) -> UploadCounts:
    """Return how many rows came to what end."""
    sums = [sa.func.coalesce(sa.func.sum(part.c[name]), 0) for name in _COUNTS]
    own = sa.select(*sums).where(part.c.job_id == job_id, part.c.organisation_id == scope)
    [found] = tx.execute(own)
    return UploadCounts(**{name: int(value) for name, value in zip(_COUNTS, found, strict=True)})


def find_unjudged(tx: Tx, scope: TenantScope, job_id: UUID) -> UploadPart | None:
    """Return the first record for which nobody has looked yet for what cannot be."""
    own = sa.select(part).where(
        part.c.job_id == job_id, part.c.organisation_id == scope, part.c.is_judged == 0
    )
    row = tx.execute(own.order_by(part.c.first).limit(1)).mappings().first()
    return None if row is None else _build(row)


def find_part(
    tx: Tx, scope: TenantScope, job_id: UUID, *, after: int = -1, may_be_clean: bool = True
) -> UploadPart | None:
    """Return the first record of an upload behind the row `after`, or None where there is none.

    Those of rows that were all stored without a word may be left out.
    """
    own = sa.select(part).where(
        part.c.job_id == job_id, part.c.organisation_id == scope, part.c.first > after
    )
    if not may_be_clean:
        own = own.where(part.c.stored < part.c.rows)
    row = tx.execute(own.order_by(part.c.first).limit(1)).mappings().first()
    return None if row is None else _build(row)


def delete_old_parts(tx: Tx, before: datetime, *, limit: int) -> int:
    """Throw away the answers to files that were sent before then; return how many records."""
    old = sa.select(part.c.job_id, part.c.first).where(part.c.job_id < uuid7_floor(before))
    rows = tx.execute(old.limit(limit)).all()
    for row in rows:
        same = sa.delete(part).where(part.c.job_id == row.job_id, part.c.first == row.first)
        tx.execute(same)
    return len(rows)


def _values(scope: TenantScope, job_id: UUID, row: UploadPart) -> dict[str, Any]:
    counts = dict.fromkeys(RowOutcome, 0)
    for each in row.results:
        counts[each.outcome] += 1
    return {
        "job_id": job_id,
        "first": row.first,
        "organisation_id": scope,
        "rows": len(row.results),
        **{outcome.value: count for outcome, count in counts.items()},
        "is_judged": int(row.is_judged),
        "results": [
            [
                each.row,
                None if each.event_id is None else str(each.event_id),
                each.outcome.value,
                list(each.flags),
                each.code,
                each.field,
                None if each.params is None else dict(each.params),
            ]
            for each in row.results
        ],
    }


def _build(row: sa.RowMapping) -> UploadPart:
    return UploadPart(
        first=row["first"],
        is_judged=bool(row["is_judged"]),
        results=tuple(
            RowResult(
                row=number,
                event_id=None if event_id is None else UUID(event_id),
                outcome=RowOutcome(outcome),
                flags=tuple(flags),
                code=code,
                field=field,
                params=params,
            )
            for number, event_id, outcome, flags, code, field, params in row["results"]
        ),
    )
