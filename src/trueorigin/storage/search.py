# SPDX-License-Identifier: Apache-2.0
"""Find an organisation's products, batches and runs by a part of what they are called.

Newest first, by id, which is their age. A text is looked for as it is: `%` and `_` are ordinary
characters. Nothing here knows codes: those are computed, not stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.catalog import Batch, Product, Run
from trueorigin.domain.tenancy import TenantScope
from trueorigin.domain.units import RUN_LIMIT, Recall
from trueorigin.storage.catalog import build_batch, build_product, build_run, is_visible
from trueorigin.storage.database import Tx
from trueorigin.storage.schema import batch, product, range_fact, run

# No list hands out more rows at once, whatever is asked for.
PAGE_MAX: Final = 1000
_ESCAPE: Final = "\\"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOfProduct:
    """A batch together with its product."""

    batch: Batch
    product: Product


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOfBatch:
    """A run together with its batch and product."""

    run: Run
    batch: Batch
    product: Product


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallOfBatch:
    """A recall together with what it is about; `run` is None where a whole batch is recalled."""

    recall: Recall
    run: Run | None
    batch: Batch
    product: Product


def list_newest_products(
    tx: Tx, scope: TenantScope, *, text: str = "", before: UUID | None = None, limit: int
) -> list[Product]:
    """Return products with `text` in a name or number, newest first, those older than `before`."""
    query = sa.select(product).where(product.c.organisation_id == scope, is_visible(product))
    if text:
        query = query.where(_holds(text, *_PRODUCT_TEXTS))
    if before is not None:
        query = query.where(product.c.id < before)
    query = query.order_by(product.c.id.desc()).limit(min(limit, PAGE_MAX))
    return [build_product(row) for row in tx.execute(query).mappings()]


def list_newest_batches(
    tx: Tx,
    scope: TenantScope,
    *,
    text: str = "",
    product_id: UUID | None = None,
    before: UUID | None = None,
    limit: int,
) -> list[BatchOfProduct]:
    """Return batches with `text` in the lot, of one product or of all, newest first."""
    query = sa.select(batch.c.id).where(batch.c.organisation_id == scope, is_visible(batch))
    if text:
        query = query.where(_holds(text, batch.c.lot))
    if product_id is not None:
        query = query.where(batch.c.product_id == product_id)
    if before is not None:
        query = query.where(batch.c.id < before)
    query = query.order_by(batch.c.id.desc()).limit(min(limit, PAGE_MAX))
    return _load_batches(tx, scope, list(tx.execute(query).scalars()))


def list_newest_runs(
    tx: Tx, scope: TenantScope, *, text: str, before: int | None = None, limit: int
) -> list[RunOfBatch]:
    """Return runs of that number, or of batches with `text` in the lot, newest first."""
    matches = _holds(text, batch.c.lot)
    if text.isascii() and text.isdigit() and len(text) < 10 and int(text) < RUN_LIMIT:  # noqa: PLR2004 - digits of RUN_LIMIT
        matches = sa.or_(run.c.id == int(text), matches)
    query = (
        sa.select(run)
        .join(batch, batch.c.id == run.c.batch_id)
        .where(run.c.organisation_id == scope, matches)
        .order_by(run.c.id.desc())
        .limit(min(limit, PAGE_MAX))
    )
    if before is not None:
        query = query.where(run.c.id < before)
    return _load_runs(tx, scope, [build_run(row) for row in tx.execute(query).mappings()])


def list_batches_without_run(tx: Tx, scope: TenantScope, *, limit: int) -> list[BatchOfProduct]:
    """Return the newest batches that no codes were ordered for."""
    query = (
        sa.select(batch.c.id)
        .where(
            batch.c.organisation_id == scope,
            is_visible(batch),
            ~sa.exists().where(run.c.batch_id == batch.c.id),
        )
        .order_by(batch.c.id.desc())
        .limit(min(limit, PAGE_MAX))
    )
    return _load_batches(tx, scope, list(tx.execute(query).scalars()))


def list_unreleased_runs(tx: Tx, scope: TenantScope, *, limit: int) -> list[RunOfBatch]:
    """Return the newest runs of which no unit was ever released or withdrawn."""
    query = (
        sa.select(run)
        .where(
            run.c.organisation_id == scope,
            ~sa.exists().where(range_fact.c.run_id == run.c.id, range_fact.c.kind != "recall"),
        )
        .order_by(run.c.id.desc())
        .limit(min(limit, PAGE_MAX))
    )
    return _load_runs(tx, scope, [build_run(row) for row in tx.execute(query).mappings()])


def list_subjects(tx: Tx, scope: TenantScope, recalls: Sequence[Recall]) -> list[RecallOfBatch]:
    """Return what each of `recalls` is about, in their order. At most three queries."""
    run_ids = {each.run_id for each in recalls if each.run_id is not None}
    runs: dict[int, Run] = {}
    if run_ids:
        query = sa.select(run).where(run.c.organisation_id == scope, run.c.id.in_(run_ids))
        runs = {row["id"]: build_run(row) for row in tx.execute(query).mappings()}
    batch_ids = {each.batch_id for each in recalls if each.batch_id is not None}
    batch_ids |= {each.batch_id for each in runs.values()}
    batches = {each.batch.id: each for each in _load_batches(tx, scope, [*batch_ids])}
    subjects = []
    for each in recalls:
        of_run = None if each.run_id is None else runs[each.run_id]
        batch_id = each.batch_id if of_run is None else of_run.batch_id
        if batch_id is None:
            raise ValueError(f"recall {each.id} is about nothing")
        found = batches[batch_id]
        subjects.append(
            RecallOfBatch(recall=each, run=of_run, batch=found.batch, product=found.product)
        )
    return subjects


def _holds(text: str, *columns: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Match `text` anywhere in one of the columns; letters A to Z of either case are the same."""
    return sa.or_(
        *(
            sa.func.lower(column).contains(text.lower(), autoescape=True, escape=_ESCAPE)
            for column in columns
        )
    )


_PRODUCT_TEXTS: Final = (
    product.c.name_zh,
    product.c.name_en,
    product.c.gtin,
    product.c.internal_number,
)


def _load_products(tx: Tx, scope: TenantScope, ids: set[UUID]) -> dict[UUID, Product]:
    if not ids:
        return {}
    query = sa.select(product).where(product.c.organisation_id == scope, product.c.id.in_(ids))
    found = (build_product(row) for row in tx.execute(query).mappings())
    return {each.id: each for each in found}


def _load_batches(tx: Tx, scope: TenantScope, ids: list[UUID]) -> list[BatchOfProduct]:
    """Load batches and their products, in the order of `ids`. Two queries."""
    if not ids:
        return []
    query = sa.select(batch).where(batch.c.organisation_id == scope, batch.c.id.in_(ids))
    found = {row["id"]: build_batch(row) for row in tx.execute(query).mappings()}
    products = _load_products(tx, scope, {each.product_id for each in found.values()})
    return [
        BatchOfProduct(batch=found[key], product=products[found[key].product_id]) for key in ids
    ]


def _load_runs(tx: Tx, scope: TenantScope, runs: list[Run]) -> list[RunOfBatch]:
    """Load batches and products of `runs`, in their order. Two queries."""
    batches = {
        each.batch.id: each for each in _load_batches(tx, scope, [*{r.batch_id for r in runs}])
    }
    return [
        RunOfBatch(
            run=each, batch=batches[each.batch_id].batch, product=batches[each.batch_id].product
        )
        for each in runs
    ]
