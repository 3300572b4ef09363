# SPDX-License-Identifier: Apache-2.0
"""Which batches a raw material went into: written with each batch, looked up by lot or by name."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.catalog import Batch, MaterialFilter
from trueorigin.domain.tenancy import TenantScope
from trueorigin.storage.database import Tx
from trueorigin.storage.schema import batch, batch_material, import_batch, run


def append_materials(tx: Tx, scope: TenantScope, rows: Sequence[Batch]) -> None:
    """Add the raw materials of new batches. One statement, if any."""
    values = [
        {
            "batch_id": row.id,
            "place": place,
            "organisation_id": scope,
            "name": material.name,
            "supplier": material.supplier,
            "lot": material.lot,
        }
        for row in rows
        for place, material in enumerate(row.origin.materials)
    ]
    if values:
        tx.execute(sa.insert(batch_material), values)


def delete_materials(tx: Tx, scope: TenantScope, batch_ids: Collection[UUID]) -> None:
    """Forget the raw materials of batches, which get others or are removed."""
    if batch_ids:
        own = (
            batch_material.c.organisation_id == scope,
            batch_material.c.batch_id.in_(batch_ids),
        )
        tx.execute(sa.delete(batch_material).where(*own))


def list_material_batches(
    tx: Tx, scope: TenantScope, wanted: MaterialFilter, *, limit: int
) -> list[UUID]:
    """Return the caller's batches with such a material, the oldest first; hidden ones are not."""
    query = (
        sa.select(batch.c.id)
        .where(batch.c.organisation_id == scope, batch.c.id.in_(_match(scope, wanted)))
        .order_by(batch.c.id)
        .limit(limit)
    )
    revealed = sa.exists().where(
        import_batch.c.id == batch.c.import_id, import_batch.c.state == "visible"
    )
    query = query.where(sa.or_(batch.c.import_id.is_(None), revealed))
    return list(tx.execute(query).scalars())


def _match(scope: TenantScope, wanted: MaterialFilter) -> sa.Select[tuple[UUID]]:
    query = sa.select(batch_material.c.batch_id).where(batch_material.c.organisation_id == scope)
    for column, value in (
        (batch_material.c.lot, wanted.lot),
        (batch_material.c.name, wanted.name),
        (batch_material.c.supplier, wanted.supplier),
    ):
        if value is not None:
            query = query.where(column == value)
    return query


def list_batch_runs(
    tx: Tx, scope: TenantScope, batch_ids: Collection[UUID], *, limit: int
) -> list[tuple[int, int]]:
    """Return id and quantity of the caller's runs of some batches, the oldest first."""
    if not batch_ids:
        return []
    query = (
        sa.select(run.c.id, run.c.quantity)
        .where(run.c.organisation_id == scope, run.c.batch_id.in_(batch_ids))
        .order_by(run.c.id)
        .limit(limit)
    )
    return [(row.id, row.quantity) for row in tx.execute(query)]
