# SPDX-License-Identifier: Apache-2.0
"""What a run's reconciliation reads: ranges downloaded and judged, and units that were read.

Each list ends at a limit of the caller's; nothing is counted row by row by the database.
"""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from trueorigin.domain.packing import Span
from trueorigin.domain.tenancy import TenantScope
from trueorigin.domain.units import RangeFact, RangeKind, split_unit_key, unit_key
from trueorigin.storage.database import Tx
from trueorigin.storage.openings import select_counted_units
from trueorigin.storage.schema import code_download, range_fact, reading_figure, run

_FACT_FIELDS: Final = tuple(RangeFact.__dataclass_fields__)


def list_downloads(
    tx: Tx, scope: TenantScope, run_id: int, *, limit: int
) -> list[tuple[Span, bool]]:
    """Return which ranges of a run were taken, oldest first, and whether each counts as one more.

    What only went on with an earlier download does not.
    """
    columns = (code_download.c.level, code_download.c.start, code_download.c.stop)
    query = (
        sa.select(*columns, code_download.c.reason)
        .where(code_download.c.organisation_id == scope, code_download.c.run_id == run_id)
        .order_by(code_download.c.id)
        .limit(limit)
    )
    return [
        (Span(run_id, row.level, row.start, row.stop), row.reason is None)
        for row in tx.execute(query)
    ]


def list_facts(tx: Tx, scope: TenantScope, run_id: int, *, limit: int) -> list[RangeFact]:
    """Return releases, withdrawals and recalls of ranges of a run, oldest first."""
    query = (
        sa.select(*(range_fact.c[name] for name in _FACT_FIELDS))
        .where(range_fact.c.organisation_id == scope, range_fact.c.run_id == run_id)
        .order_by(range_fact.c.id)
        .limit(limit)
    )
    return [
        RangeFact(**{**row, "kind": RangeKind(row["kind"])}) for row in tx.execute(query).mappings()
    ]


def list_read_units(
    tx: Tx, scope: TenantScope, run_id: int, levels: Sequence[int], *, limit: int
) -> dict[int, list[int]]:
    """Return by level the indexes of units of which a phone was counted, in order.

    At most `limit` of each level. One query a level, by the primary key.
    """
    owned = sa.select(run.c.id).where(run.c.id == run_id, run.c.organisation_id == scope)
    if tx.execute(owned).first() is None:
        return {}
    found: dict[int, list[int]] = {}
    for level in levels:
        first = unit_key(run_id, level, 0)
        query = select_counted_units(tx, first, first + 2**32).order_by("unit_key").limit(limit)
        found[level] = [split_unit_key(key)[2] for key in tx.execute(query).scalars()]
    return found


def sum_readings(tx: Tx, scope: TenantScope, run_id: int) -> int:
    """Return how often codes of a run were read: one figure a day, place and verdict is read."""
    query = (
        sa.select(sa.cast(sa.func.sum(reading_figure.c.readings), sa.BigInteger))
        .select_from(reading_figure.join(run, run.c.id == reading_figure.c.run_id))
        .where(run.c.organisation_id == scope, run.c.id == run_id)
    )
    return tx.execute(query).scalar() or 0
