# SPDX-License-Identifier: Apache-2.0
"""Facts on ranges of units, their dyadic blocks, and recalls.

A range costs one row and at most 64 blocks whatever it covers; asking which ranges hold a unit
costs 33 equality probes whatever the number of ranges.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.errors import NotFoundError
from trueorigin.domain.ids import from_microseconds
from trueorigin.domain.tenancy import TenantScope
from trueorigin.domain.units import (
    RangeBlock,
    RangeFact,
    RangeKind,
    Recall,
    UnitFact,
    dyadic_blocks,
)
from trueorigin.storage.catalog import bump_revision
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import (
    insert_unique,
    rows_params,
    rows_sql,
    to_uuid,
)
from trueorigin.storage.schema import batch, range_block, range_fact, recall, run

# Which block sizes a run has at all is asked once for each level of a run; then each probe asks for
# its blocks of those sizes by equality: with none 20 times as fast as all 33, with all of them no
# slower. On PostgreSQL ORDER BY and OFFSET 0 leave the planner nothing but the primary key: without
# them it rather read a table of a million blocks, 33 times over (2.4 s).
_FIND_BLOCKS = {
    "sqlite": """
        WITH p AS MATERIALIZED (SELECT * FROM {probes}), sizes AS MATERIALIZED (
            SELECT d.run_id, d.level, e.value AS exponent
            FROM (SELECT DISTINCT run_id, level FROM p) AS d
            CROSS JOIN json_each('[{exponents}]') AS e
            WHERE EXISTS (SELECT 1 FROM range_block AS b WHERE b.run_id = d.run_id
                AND b.level = d.level AND b.exponent = e.value)
        )
        SELECT p.number, b.exponent, b.prefix,
            b.fact_id, b.kind, b.effective_at, b.recall_id, o.lifted_at
        FROM p CROSS JOIN sizes AS s ON s.run_id = p.run_id AND s.level = p.level
        CROSS JOIN range_block AS b ON b.run_id = p.run_id AND b.level = p.level
            AND b.exponent = s.exponent
            AND b.prefix BETWEEN p.first >> s.exponent AND p.last >> s.exponent
        LEFT JOIN recall AS o ON o.id = b.recall_id
    """,
    "postgresql": """
        WITH p AS MATERIALIZED (SELECT * FROM {probes}), sizes AS MATERIALIZED (
            SELECT d.run_id, d.level, e.value AS exponent
            FROM (SELECT DISTINCT run_id, level FROM p) AS d
            CROSS JOIN unnest(ARRAY[{exponents}]) AS e (value)
            CROSS JOIN LATERAL (
                SELECT 1 FROM range_block AS b WHERE b.run_id = d.run_id
                AND b.level = d.level AND b.exponent = e.value ORDER BY b.prefix LIMIT 1
            ) AS x
        )
        SELECT p.number, b.exponent, b.prefix,
            b.fact_id, b.kind, b.effective_at, b.recall_id, o.lifted_at
        FROM p JOIN sizes AS s ON s.run_id = p.run_id AND s.level = p.level
        CROSS JOIN LATERAL (
            SELECT * FROM range_block AS c WHERE c.run_id = p.run_id AND c.level = p.level
            AND c.exponent = s.exponent
            AND c.prefix BETWEEN p.first >> s.exponent AND p.last >> s.exponent OFFSET 0
        ) AS b
        LEFT JOIN recall AS o ON o.id = b.recall_id
    """,
}
_PROBE = "number integer, run_id bigint, level smallint, first bigint, last bigint"
_EXPONENTS = ", ".join(str(exponent) for exponent in range(33))


def append_range_fact(tx: Tx, scope: TenantScope, fact: RangeFact) -> None:
    """Record a fact and the blocks by which it is found; the run must be this organisation's."""
    bump_revision(tx, scope)
    owner = sa.select(run.c.organisation_id).where(run.c.id == fact.run_id)
    if tx.execute(owner).scalar() != scope:
        raise NotFoundError("run_not_found")
    values = {
        **{name: getattr(fact, name) for name in _FACT_FIELDS},
        "kind": fact.kind.value,
        "organisation_id": scope,
    }
    insert_unique(tx, range_fact, values)
    shared = {
        "run_id": fact.run_id,
        "level": fact.level,
        "fact_id": fact.id,
        "kind": fact.kind.value,
        "effective_at": fact.effective_at,
        "recall_id": fact.recall_id,
    }
    blocks = [
        {**shared, "exponent": exponent, "prefix": prefix}
        for exponent, prefix in dyadic_blocks(fact.start, fact.stop)
    ]
    tx.execute(sa.insert(range_block).values(blocks))


_FACT_FIELDS = tuple(RangeFact.__dataclass_fields__)


def list_overlapping_facts(
    tx: Tx, scope: TenantScope, run_id: int, level: int, start: int, stop: int
) -> list[RangeFact]:
    """Return this organisation's facts that share a unit with [start, stop), by effective time."""
    query = (
        sa.select(*(range_fact.c[name] for name in _FACT_FIELDS))
        .where(
            range_fact.c.organisation_id == scope,
            range_fact.c.run_id == run_id,
            range_fact.c.level == level,
            range_fact.c.start < stop,
            range_fact.c.stop > start,
        )
        .order_by(range_fact.c.effective_at, range_fact.c.id)
    )
    return [
        RangeFact(**{**row, "kind": RangeKind(row["kind"])}) for row in tx.execute(query).mappings()
    ]


def list_withdrawals(
    tx: Tx, run_ids: Collection[int], *, since: datetime, limit: int = 200
) -> list[RangeFact]:
    """Return withdrawals of ranges of these runs, whosever, recorded since an instant."""
    query = (
        sa.select(*(range_fact.c[name] for name in _FACT_FIELDS))
        .where(
            range_fact.c.run_id.in_(run_ids),
            range_fact.c.kind == RangeKind.WITHDRAW.value,
            range_fact.c.created_at >= since,
        )
        .order_by(range_fact.c.id)
        .limit(limit)
    )
    return [
        RangeFact(**{**row, "kind": RangeKind(row["kind"])}) for row in tx.execute(query).mappings()
    ]


def list_newest_facts(tx: Tx, scope: TenantScope, run_id: int, *, limit: int) -> list[RangeFact]:
    """Return this organisation's newest facts on any level of a run, the last recorded first."""
    query = (
        sa.select(*(range_fact.c[name] for name in _FACT_FIELDS))
        .where(range_fact.c.organisation_id == scope, range_fact.c.run_id == run_id)
        .order_by(range_fact.c.id.desc())
        .limit(limit)
    )
    return [
        RangeFact(**{**row, "kind": RangeKind(row["kind"])}) for row in tx.execute(query).mappings()
    ]


def count_range_blocks(tx: Tx, run_ids: Collection[int], *, limit: int) -> dict[int, int]:
    """Return how many blocks each run has, but at most `limit`: is it worth keeping in memory.

    One query, which looks at no more than `limit` blocks of a run.
    """
    if not run_ids:
        return {}
    mark = "?" if tx.dialect == "sqlite" else "%s"
    sql = (
        "SELECT r.id, (SELECT count(*) FROM (SELECT 1 FROM range_block"  # noqa: S608 - fixed text
        f" WHERE run_id = r.id LIMIT {mark}) AS held) FROM {rows_sql(tx.dialect, 'id bigint')}"
    )
    rows = [(run_id,) for run_id in sorted(run_ids)]
    return dict(tx.run(sql, [limit, *rows_params(tx.dialect, rows)]))


def list_range_blocks(tx: Tx, run_ids: Collection[int]) -> list[RangeBlock]:
    """Return every block of these runs: what a process keeps in memory of small ones."""
    query = (
        sa.select(range_block, recall.c.lifted_at)
        .outerjoin(recall, recall.c.id == range_block.c.recall_id)
        .where(range_block.c.run_id.in_(run_ids))
    )
    return [
        RangeBlock(
            run_id=row.run_id,
            level=row.level,
            exponent=row.exponent,
            prefix=row.prefix,
            fact=UnitFact(
                id=row.fact_id,
                kind=RangeKind(row.kind),
                effective_at=row.effective_at,
                recall_id=row.recall_id,
                lifted_at=row.lifted_at,
            ),
        )
        for row in tx.execute(query)
    ]


def find_range_facts(tx: Tx, probes: Sequence[tuple[int, int, int]]) -> list[tuple[UnitFact, ...]]:
    """Return for each (run, level, index) the facts that hold it, in the order of `probes`.

    One query for all; bounded work for each, whatever the number of ranges.
    """
    found: list[list[UnitFact]] = [[] for _ in probes]
    asked = [(run_id, level, index, index) for run_id, level, index in probes]
    for number, block in _find_blocks(tx, asked):
        found[number].append(block.fact)
    return [tuple(facts) for facts in found]


def list_page_blocks(
    tx: Tx, run_id: int, pages: Sequence[tuple[int, int]], *, size: int, limit: int
) -> list[list[RangeBlock]] | None:
    """Return for each page, given as (level, first index), the blocks that hold any of its units.

    A page has `size` units, and a block may be of several. One query; None if there are more than
    `limit` blocks in all.
    """
    found: list[list[RangeBlock]] = [[] for _ in pages]
    asked = [(run_id, level, first, first + size - 1) for level, first in pages]
    blocks = _find_blocks(tx, asked, limit=limit + 1)
    for number, block in blocks:
        found[number].append(block)
    return None if len(blocks) > limit else found


def _find_blocks(
    tx: Tx, asked: Sequence[tuple[int, int, int, int]], *, limit: int | None = None
) -> list[tuple[int, RangeBlock]]:
    """Return the blocks of (run, level, first, last), each with the number of who asked."""
    if not asked:
        return []
    sql = _FIND_BLOCKS[tx.dialect].format(probes=rows_sql(tx.dialect, _PROBE), exponents=_EXPONENTS)
    if limit is not None:
        sql += f" LIMIT {limit:d}"
    rows = [(number, *each) for number, each in enumerate(asked)]
    found = []
    for number, exponent, prefix, fact_id, kind, effective_at, recall_id, lifted_at in tx.run(
        sql, rows_params(tx.dialect, rows)
    ):
        fact = UnitFact(
            to_uuid(fact_id),
            RangeKind(kind),
            from_microseconds(effective_at),
            None if recall_id is None else to_uuid(recall_id),
            None if lifted_at is None else from_microseconds(lifted_at),
        )
        run_id, level, _, _ = asked[number]
        found.append((number, RangeBlock(run_id, level, exponent, prefix, fact)))
    return found


def append_recall(tx: Tx, scope: TenantScope, row: Recall) -> None:
    """Record a recall order. For a range, its fact is appended besides, for a batch none is."""
    bump_revision(tx, scope)
    if row.batch_id is not None:
        owner = sa.select(batch.c.organisation_id).where(batch.c.id == row.batch_id)
        code = "batch_not_found"
    else:
        owner = sa.select(run.c.organisation_id).where(run.c.id == row.run_id)
        code = "run_not_found"
    if row.organisation_id != scope or tx.execute(owner).scalar() != scope:
        raise NotFoundError(code)
    values: dict[str, Any] = {
        **{name: getattr(row, name) for name in Recall.__dataclass_fields__},
        "reason": asdict(row.reason),
        "instruction": None if row.instruction is None else asdict(row.instruction),
    }
    insert_unique(tx, recall, values)


def get_recall(tx: Tx, scope: TenantScope, recall_id: UUID) -> Recall:
    """Return one of this organisation's recalls."""
    found = find_recalls(tx, [recall_id]).get(recall_id)
    if found is None or found.organisation_id != scope:
        raise NotFoundError("recall_not_found")
    return found


def find_recalls(tx: Tx, recall_ids: Sequence[UUID]) -> dict[UUID, Recall]:
    """Return any recalls by id, lifted ones too. One query."""
    if not recall_ids:
        return {}
    query = sa.select(recall).where(recall.c.id.in_(recall_ids))
    return {row["id"]: _recall(row) for row in tx.execute(query).mappings()}


def list_batch_recalls(tx: Tx, batch_ids: Collection[UUID]) -> list[Recall]:
    """Return every recall of these whole batches, lifted ones too, by effective time."""
    query = (
        sa.select(recall)
        .where(recall.c.batch_id.in_(batch_ids))
        .order_by(recall.c.effective_at, recall.c.id)
    )
    return [_recall(row) for row in tx.execute(query).mappings()]


def list_recalls_of(tx: Tx, batch_ids: Collection[UUID]) -> list[tuple[UUID, Recall]]:
    """Return every recall of these batches or of ranges of their runs, each with its batch.

    Lifted ones too, by effective time. One query.
    """
    if not batch_ids:
        return []
    of = sa.func.coalesce(recall.c.batch_id, run.c.batch_id, type_=recall.c.batch_id.type)
    query = (
        sa.select(recall, of.label("of_batch_id"))
        .select_from(recall.outerjoin(run, run.c.id == recall.c.run_id))
        .where(sa.or_(recall.c.batch_id.in_(batch_ids), run.c.batch_id.in_(batch_ids)))
        .order_by(recall.c.effective_at, recall.c.id)
    )
    rows = (dict(row) for row in tx.execute(query).mappings())
    return [(row.pop("of_batch_id"), _recall(row)) for row in rows]


def list_recalls(
    tx: Tx, scope: TenantScope, *, after: UUID | None = None, limit: int
) -> list[Recall]:
    """Return this organisation's recalls by id, those behind `after`."""
    query = sa.select(recall).where(recall.c.organisation_id == scope)
    if after is not None:
        query = query.where(recall.c.id > after)
    query = query.order_by(recall.c.id).limit(limit)
    return [_recall(row) for row in tx.execute(query).mappings()]


def list_newest_recalls(
    tx: Tx, scope: TenantScope, *, before: UUID | None = None, limit: int
) -> list[Recall]:
    """Return this organisation's recalls, newest first, those older than `before`."""
    query = sa.select(recall).where(recall.c.organisation_id == scope)
    if before is not None:
        query = query.where(recall.c.id < before)
    query = query.order_by(recall.c.id.desc()).limit(limit)
    return [_recall(row) for row in tx.execute(query).mappings()]


def lift_recall(tx: Tx, scope: TenantScope, recall_id: UUID, at: datetime) -> None:
    """End a recall from `at` on; lifting twice keeps the first time."""
    bump_revision(tx, scope)
    if get_recall(tx, scope, recall_id).lifted_at is None:
        tx.execute(sa.update(recall).where(recall.c.id == recall_id).values(lifted_at=at))


def _recall(row: sa.RowMapping | dict[str, Any]) -> Recall:
    instruction = row["instruction"]
    return Recall(
        **{
            **row,
            "reason": LocalText(**row["reason"]),
            "instruction": None if instruction is None else LocalText(**instruction),
        }
    )
