# SPDX-License-Identifier: Apache-2.0
"""Pools of SSCC serial references, one per GS1 company prefix: no number is drawn twice.

Of a pool only its end is kept: what lies before was drawn, or passed over because it was drawn
under a nested prefix or no block fitted in.
"""

from collections.abc import Collection
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.errors import ConflictError
from trueorigin.domain.ssccs import Block, list_gaps, list_shared
from trueorigin.domain.tenancy import TenantScope
from trueorigin.storage.catalog import bump_revision
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import insert_new, take_turns
from trueorigin.storage.schema import sscc_block, sscc_pool

# Any constant: it only has to be the same in every process that sets prefixes.
_PREFIX_LOCK: Final = 0x6773_3170


def reserve_sscc(tx: Tx, scope: TenantScope, gs1_prefix: str, count: int, capacity: int) -> int:
    """Reserve `count` serial references in a row and return the first; none is used twice.

    Numbers that the organisation drew under a longer or shorter prefix are passed over.
    `capacity` is how many the prefix allows in all; `sscc_exhausted` names the shortage: what is
    left in a row. Three queries.
    """
    # Two draws of one organisation under different prefixes share no row but this.
    bump_revision(tx, scope)
    empty = {"gs1_prefix": gs1_prefix, "organisation_id": scope, "next_reference": 0}
    insert_new(tx, sscc_pool, [empty])
    own = sscc_pool.c.gs1_prefix == gs1_prefix
    mine = sscc_pool.c.organisation_id == scope
    nested = match_nested(gs1_prefix, sscc_pool.c.gs1_prefix)
    query = sa.select(sscc_pool).where(sa.or_(own, mine), nested)
    pools = {row.gs1_prefix: row for row in tx.execute(query)}
    pool = pools.pop(gs1_prefix)
    if pool.organisation_id != scope:
        raise ConflictError("gs1_prefix_taken", field="gs1_prefix", value=gs1_prefix)
    taken = [
        block
        for each in pools.values()
        for block in list_shared(gs1_prefix, each.gs1_prefix, each.next_reference)
    ]
    first = _choose(list(list_gaps(pool.next_reference, capacity, taken)), count)
    tx.execute(sa.update(sscc_pool).where(own).values(next_reference=first + count))
    return first


def _choose(gaps: Collection[Block], count: int) -> int:
    """Return where the first gap that is large enough begins; a block lies within one."""
    for gap in gaps:
        if gap.stop - gap.first >= count:
            return gap.first
    free = max((gap.stop - gap.first for gap in gaps), default=0)
    raise ConflictError("sscc_exhausted", field="packing", needed=count, available=free)


def hold_prefixes(tx: Tx) -> None:
    """Let nobody else set a GS1 prefix until this transaction ends: take it late, all share it.

    Two that are nested break no unique rule, and neither would see the other before its commit.
    """
    take_turns(tx, [_PREFIX_LOCK])


def match_nested(gs1_prefix: str, theirs: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Return the condition that one of two prefixes begins with the other."""
    own = sa.literal(gs1_prefix)
    return sa.or_(
        sa.func.substr(own, 1, sa.func.length(theirs)) == theirs,
        sa.func.substr(theirs, 1, sa.func.length(own)) == own,
    )


def find_sscc_owners(tx: Tx, gs1_prefixes: Collection[str]) -> dict[str, UUID]:
    """Return the organisation of each GS1 prefix that SSCCs were reserved under. One query."""
    if not gs1_prefixes:
        return {}
    query = sa.select(sscc_pool.c.gs1_prefix, sscc_pool.c.organisation_id).where(
        sscc_pool.c.gs1_prefix.in_(gs1_prefixes)
    )
    return {row.gs1_prefix: row.organisation_id for row in tx.execute(query)}


def find_sscc_unit(tx: Tx, gs1_prefix: str, reference: int) -> tuple[int, int, int] | None:
    """Return (run, level, index) of the group with this SSCC serial reference."""
    query = (
        sa.select(sscc_block)
        .where(sscc_block.c.gs1_prefix == gs1_prefix, sscc_block.c.first <= reference)
        .order_by(sscc_block.c.first.desc())
        .limit(1)
    )
    row = tx.execute(query).first()
    if row is None or reference >= row.stop:
        return None
    return row.run_id, row.level, reference - row.first
