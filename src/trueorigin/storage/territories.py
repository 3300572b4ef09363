# SPDX-License-Identifier: Apache-2.0
"""Sales regions of organisations. One is closed, never removed or changed: shipments name it."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.errors import NotFoundError
from trueorigin.domain.tenancy import TenantScope
from trueorigin.domain.territories import Area, Territory
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import insert_unique
from trueorigin.storage.schema import territory

PAGE_MAX: Final = 1000


def append_territory(tx: Tx, scope: TenantScope, row: Territory) -> None:
    """Add a sales region of the caller."""
    values = {
        "id": row.id,
        "organisation_id": scope,
        "name_zh": row.name.zh,
        "name_en": row.name.en,
        "areas": [asdict(area) for area in row.areas],
        "created_at": row.created_at,
        "closed_at": row.closed_at,
    }
    insert_unique(tx, territory, values)


def close_territory(tx: Tx, scope: TenantScope, territory_id: UUID, at: datetime) -> None:
    """Take a sales region out of use for new shipments; one that is closed keeps its date."""
    get_territory(tx, scope, territory_id)
    own = sa.update(territory).where(
        territory.c.id == territory_id, territory.c.closed_at.is_(None)
    )
    tx.execute(own.values(closed_at=at))


def get_territory(tx: Tx, scope: TenantScope, territory_id: UUID) -> Territory:
    """Return one of the caller's sales regions, closed ones too."""
    own = sa.select(territory).where(
        territory.c.organisation_id == scope, territory.c.id == territory_id
    )
    row = tx.execute(own).mappings().first()
    if row is None:
        raise NotFoundError("territory_not_found")
    return _build(row)


def find_territories(tx: Tx, territory_ids: Collection[UUID]) -> dict[UUID, Territory]:
    """Return sales regions of any organisations by id. One query."""
    if not territory_ids:
        return {}
    rows = tx.execute(sa.select(territory).where(territory.c.id.in_(territory_ids))).mappings()
    return {row["id"]: _build(row) for row in rows}


def count_territories(tx: Tx, scope: TenantScope, *, limit: int) -> int:
    """Return how many open sales regions the caller has, at most `limit`."""
    open_ones = sa.select(territory.c.id).where(
        territory.c.organisation_id == scope, territory.c.closed_at.is_(None)
    )
    return len(tx.execute(open_ones.limit(limit)).all())


def list_territories(
    tx: Tx,
    scope: TenantScope,
    *,
    after: UUID | None = None,
    limit: int,
    with_closed: bool = False,
) -> list[Territory]:
    """Return the caller's sales regions in the order they were made, those behind `after`."""
    query = sa.select(territory).where(territory.c.organisation_id == scope)
    if not with_closed:
        query = query.where(territory.c.closed_at.is_(None))
    if after is not None:
        query = query.where(territory.c.id > after)
    query = query.order_by(territory.c.id).limit(min(limit, PAGE_MAX))
    return [_build(row) for row in tx.execute(query).mappings()]


def _build(row: sa.RowMapping) -> Territory:
    return Territory(
        id=row["id"],
        organisation_id=row["organisation_id"],
        name=LocalText(zh=row["name_zh"], en=row["name_en"]),
        areas=tuple(Area(**area) for area in row["areas"]),
        created_at=row["created_at"],
        closed_at=row["closed_at"],
    )
