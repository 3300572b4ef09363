# SPDX-License-Identifier: Apache-2.0
"""Sites of organisations. A site is closed, never removed: events name it for ever."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.errors import ConflictError, NotFoundError
from trueorigin.domain.sites import Site, SiteKind
from trueorigin.domain.tenancy import TenantScope
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import Unique, insert_unique
from trueorigin.storage.schema import site

PAGE_MAX: Final = 1000
_RULES = (Unique(columns=("organisation_id", "gln"), code="gln_taken", field="gln"),)


def append_site(tx: Tx, scope: TenantScope, row: Site) -> None:
    """Add a site of the caller; `gln_taken` where another one of its own has that GLN."""
    insert_unique(tx, site, {**_values(row), "organisation_id": scope}, _RULES)


def update_site(tx: Tx, scope: TenantScope, row: Site) -> None:
    """Write everything of a site but its id and when it was made."""
    if row.gln is not None:
        same = sa.select(site.c.id).where(
            site.c.organisation_id == scope, site.c.gln == row.gln, site.c.id != row.id
        )
        if tx.execute(same).first():
            raise ConflictError("gln_taken", field="gln", value=row.gln)
    values = _values(row)
    for fixed in ("id", "organisation_id", "created_at"):
        del values[fixed]
    own = sa.update(site).where(site.c.organisation_id == scope, site.c.id == row.id)
    if tx.execute(own.values(**values)).rowcount != 1:
        raise NotFoundError("site_not_found")


def close_site(tx: Tx, scope: TenantScope, site_id: UUID, at: datetime) -> None:
    """Take a site out of use; one that is closed keeps its date."""
    get_site(tx, scope, site_id)
    own = sa.update(site).where(site.c.id == site_id, site.c.closed_at.is_(None))
    tx.execute(own.values(closed_at=at))


def get_site(tx: Tx, scope: TenantScope, site_id: UUID) -> Site:
    """Return one of the caller's sites, closed ones too."""
    own = sa.select(site).where(site.c.organisation_id == scope, site.c.id == site_id)
    row = tx.execute(own).mappings().first()
    if row is None:
        raise NotFoundError("site_not_found")
    return _build(row)


def find_sites(tx: Tx, site_ids: Collection[UUID]) -> dict[UUID, Site]:
    """Return sites of any organisations by id. One query."""
    if not site_ids:
        return {}
    rows = tx.execute(sa.select(site).where(site.c.id.in_(site_ids))).mappings()
    return {row["id"]: _build(row) for row in rows}


def find_gln_sites(tx: Tx, scope: TenantScope, glns: Collection[str]) -> dict[str, UUID]:
    """Return the caller's sites by GLN, closed ones too. One query, if any are asked for."""
    if not glns:
        return {}
    own = sa.select(site.c.gln, site.c.id).where(
        site.c.organisation_id == scope, site.c.gln.in_(glns)
    )
    return {row.gln: row.id for row in tx.execute(own)}


def count_sites(tx: Tx, scope: TenantScope, *, limit: int) -> int:
    """Return how many open sites the caller has, at most `limit`."""
    open_ones = sa.select(site.c.id).where(
        site.c.organisation_id == scope, site.c.closed_at.is_(None)
    )
    return len(tx.execute(open_ones.limit(limit)).all())


def list_sites(
    tx: Tx,
    scope: TenantScope,
    *,
    after: UUID | None = None,
    limit: int,
    with_closed: bool = False,
) -> list[Site]:
    """Return the caller's sites in the order they were made, those behind `after`."""
    query = sa.select(site).where(site.c.organisation_id == scope)
    if not with_closed:
        query = query.where(site.c.closed_at.is_(None))
    if after is not None:
        query = query.where(site.c.id > after)
    query = query.order_by(site.c.id).limit(min(limit, PAGE_MAX))
    return [_build(row) for row in tx.execute(query).mappings()]


def _values(row: Site) -> dict[str, Any]:
    return {
        "id": row.id,
        "organisation_id": row.organisation_id,
        "kind": row.kind.value,
        "name": row.name,
        "gln": row.gln,
        "country": row.country,
        "region": row.region,
        "address": row.address,
        "latitude": row.latitude,
        "longitude": row.longitude,
        "is_public": int(row.is_public),
        "created_at": row.created_at,
        "closed_at": row.closed_at,
    }


def _build(row: sa.RowMapping) -> Site:
    return Site(**{**row, "kind": SiteKind(row["kind"]), "is_public": bool(row["is_public"])})
