# SPDX-License-Identifier: Apache-2.0
"""Who lets whom handle its goods: partnerships, one row a pair, ended and begun again in place."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.errors import NotFoundError
from trueorigin.domain.partners import Partnership
from trueorigin.domain.tenancy import TenantScope
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import insert_new
from trueorigin.storage.schema import partnership

PAGE_MAX: Final = 1000


def put_partnership(tx: Tx, scope: TenantScope, row: Partnership) -> None:
    """Begin a partnership of the caller, or begin it again, or change what the partner may."""
    values = {"may_bring": int(row.may_bring), "ended_at": None}
    pair = {"organisation_id": scope, "partner_id": row.partner_id}
    if insert_new(tx, partnership, [{**pair, **values, "created_at": row.created_at}]):
        return
    own = sa.update(partnership).where(
        partnership.c.organisation_id == scope, partnership.c.partner_id == row.partner_id
    )
    tx.execute(own.values(**values))


def end_partnership(tx: Tx, scope: TenantScope, partner_id: UUID, at: datetime) -> None:
    """End a partnership of the caller; one that is ended keeps its date."""
    own = (partnership.c.organisation_id == scope, partnership.c.partner_id == partner_id)
    if tx.execute(sa.select(partnership.c.partner_id).where(*own)).first() is None:
        raise NotFoundError("partner_not_found")
    ending = sa.update(partnership).where(*own, partnership.c.ended_at.is_(None))
    tx.execute(ending.values(ended_at=at))


def is_partner(tx: Tx, scope: TenantScope, partner_id: UUID) -> bool:
    """Tell whether an organisation is the caller's partner now."""
    active = sa.select(partnership.c.partner_id).where(
        partnership.c.organisation_id == scope,
        partnership.c.partner_id == partner_id,
        partnership.c.ended_at.is_(None),
    )
    return tx.execute(active).first() is not None


def count_partners(tx: Tx, scope: TenantScope, *, limit: int) -> int:
    """Return how many partners the caller has now, at most `limit`."""
    active = sa.select(partnership.c.partner_id).where(
        partnership.c.organisation_id == scope, partnership.c.ended_at.is_(None)
    )
    return len(tx.execute(active.limit(limit)).all())


def list_partners(
    tx: Tx, scope: TenantScope, *, after: UUID | None = None, limit: int
) -> list[Partnership]:
    """Return the partnerships in which the caller is the owner, ended ones too, by partner."""
    query = sa.select(partnership).where(partnership.c.organisation_id == scope)
    if after is not None:
        query = query.where(partnership.c.partner_id > after)
    query = query.order_by(partnership.c.partner_id).limit(min(limit, PAGE_MAX))
    return [_build(row) for row in tx.execute(query).mappings()]


def list_owners(
    tx: Tx, scope: TenantScope, *, after: UUID | None = None, limit: int
) -> list[Partnership]:
    """Return the partnerships in which the caller is the partner, ended ones too, by owner."""
    query = sa.select(partnership).where(partnership.c.partner_id == scope)
    if after is not None:
        query = query.where(partnership.c.organisation_id > after)
    query = query.order_by(partnership.c.organisation_id).limit(min(limit, PAGE_MAX))
    return [_build(row) for row in tx.execute(query).mappings()]


def find_owners(tx: Tx, organisation_id: UUID) -> frozenset[UUID]:
    """Return whose goods an organisation may handle now, itself not among them. One query.

    Directly, or because an owner's partner that may bring others is its partner.
    """
    first, second = partnership.alias("first"), partnership.alias("second")
    direct = sa.select(first.c.organisation_id).where(
        first.c.partner_id == organisation_id, first.c.ended_at.is_(None)
    )
    brought = (
        sa.select(first.c.organisation_id)
        .join(second, second.c.organisation_id == first.c.partner_id)
        .where(
            second.c.partner_id == organisation_id,
            second.c.ended_at.is_(None),
            first.c.ended_at.is_(None),
            first.c.may_bring == 1,
        )
    )
    return frozenset(owner for (owner,) in tx.execute(direct.union(brought)))


def find_direct_owners(tx: Tx, scope: TenantScope, others: Collection[UUID]) -> set[UUID]:
    """Return which of `others` have the caller as their own partner now. One query."""
    if not others:
        return set()
    own = partnership.c.organisation_id
    query = sa.select(own).where(
        partnership.c.partner_id == scope, own.in_(others), partnership.c.ended_at.is_(None)
    )
    return set(tx.execute(query).scalars())


def find_linked(tx: Tx, organisation_id: UUID, others: Collection[UUID]) -> set[UUID]:
    """Return which of `others` ever were its partner, or had it as theirs. One query."""
    if not others:
        return set()
    own, partner = partnership.c.organisation_id, partnership.c.partner_id
    query = sa.select(own, partner).where(
        sa.or_(
            sa.and_(own == organisation_id, partner.in_(others)),
            sa.and_(partner == organisation_id, own.in_(others)),
        )
    )
    return {each for pair in tx.execute(query) for each in pair} - {organisation_id}


def _build(row: sa.RowMapping) -> Partnership:
    return Partnership(**{**row, "may_bring": bool(row["may_bring"])})
