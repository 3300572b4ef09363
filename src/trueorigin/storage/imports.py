# SPDX-License-Identifier: Apache-2.0
"""Tables on their way in: what was uploaded, its rows, and how they become visible all at once.

Rows pass from `import_row` to `product` or `batch` in short transactions, under an import that is
not visible; no reading depends on them yet, so the organisation's revision stays. Only
`reveal_import` raises it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from trueorigin.domain.catalog import Batch, Product
from trueorigin.domain.errors import ConflictError, NotFoundError
from trueorigin.domain.imports import Fault, Import, ImportKind, ImportState
from trueorigin.domain.jobs import JobState
from trueorigin.domain.tenancy import TenantScope
from trueorigin.storage.catalog import (
    batch_values,
    bump_revision,
    find_gtin_owners,
    is_visible,
    product_values,
)
from trueorigin.storage.database import Tx
from trueorigin.storage.materials import append_materials, delete_materials
from trueorigin.storage.registry_words import append_product_words, delete_words
from trueorigin.storage.schema import (
    batch,
    catalogue_revision,
    gtin_owner,
    import_batch,
    import_row,
    job,
    product,
    run,
)

# No list hands out more rows at once, whatever is asked for.
PAGE_MAX: Final = 2000
# Statements of every chunk, built once: building them anew held the database 1.5 ms longer.
_TAKE_ROWS: Final = sa.delete(import_row).where(
    import_row.c.import_id == sa.bindparam("id"),
    import_row.c.row >= sa.bindparam("first"),
    import_row.c.row <= sa.bindparam("last"),
    sa.exists().where(
        import_batch.c.id == sa.bindparam("id"),
        import_batch.c.organisation_id == sa.bindparam("scope"),
    ),
)
_LOCK_CATALOGUE: Final = (
    sa.select(catalogue_revision.c.revision)
    .where(catalogue_revision.c.organisation_id == sa.bindparam("scope"))
    .with_for_update()
)
_ADD_PRODUCTS: Final = sa.insert(product)
_ADD_BATCHES: Final = sa.insert(batch)
_ADD_ROWS: Final[Mapping[str, sa.Executable]] = {
    "sqlite": sqlite.insert(import_row).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(import_row).on_conflict_do_nothing(),
}


def _build_numbers(*conditions: sa.ColumnElement[bool]) -> tuple[sa.Select[Any], sa.Select[Any]]:
    """Build the queries for products by GTIN and by internal number."""
    wanted: sa.BindParameter[Any] = sa.bindparam("numbers", expanding=True)
    by_gtin, by_number = (
        sa.select(product.c.id, column.label("number")).where(
            product.c.organisation_id == sa.bindparam("scope"), column.in_(wanted), *conditions
        )
        for column in (product.c.gtin, product.c.internal_number)
    )
    return by_gtin, by_number


_NUMBERS: Final = _build_numbers()
_VISIBLE_NUMBERS: Final = _build_numbers(is_visible(product))
_FIND_LOTS: Final = sa.select(batch.c.product_id, batch.c.lot).where(
    batch.c.organisation_id == sa.bindparam("scope"),
    batch.c.product_id.in_(sa.bindparam("products", expanding=True)),
    batch.c.lot.in_(sa.bindparam("lots", expanding=True)),
)
_CLAIM_GTINS: Final[Mapping[str, sa.Executable]] = {
    "sqlite": sqlite.insert(gtin_owner).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(gtin_owner).on_conflict_do_nothing(),
}


def append_import(tx: Tx, scope: TenantScope, row: Import) -> None:
    """Add an import."""
    if row.organisation_id != scope:
        raise NotFoundError("organisation_not_found")
    tx.execute(sa.insert(import_batch).values(**_import_values(row)))


def get_import(tx: Tx, scope: TenantScope, import_id: UUID) -> Import:
    """Return one of this organisation's imports."""
    query = sa.select(import_batch).where(
        import_batch.c.id == import_id, import_batch.c.organisation_id == scope
    )
    row = tx.execute(query).mappings().first()
    if row is None:
        raise NotFoundError("import_not_found")
    return _build_import(row)


def list_imports(
    tx: Tx, scope: TenantScope, *, before: UUID | None = None, limit: int
) -> list[Import]:
    """Return this organisation's imports, newest first."""
    query = sa.select(import_batch).where(import_batch.c.organisation_id == scope)
    if before is not None:
        query = query.where(import_batch.c.id < before)
    query = query.order_by(import_batch.c.id.desc()).limit(min(limit, PAGE_MAX))
    return [_build_import(row) for row in tx.execute(query).mappings()]


def update_import(tx: Tx, scope: TenantScope, row: Import) -> bool:
    """Write an import that is staged still; False if it is not. Use `reveal_import` to reveal."""
    statement = (
        sa.update(import_batch)
        .where(
            import_batch.c.id == row.id,
            import_batch.c.organisation_id == scope,
            import_batch.c.state == ImportState.STAGED.value,
        )
        .values(**_import_values(row))
    )
    return tx.execute(statement).rowcount == 1


def reveal_import(tx: Tx, scope: TenantScope, import_id: UUID, at: datetime) -> bool:
    """Make every row of a staged import visible, by one flag; False if it is not staged."""
    bump_revision(tx, scope)
    statement = (
        sa.update(import_batch)
        .where(
            import_batch.c.id == import_id,
            import_batch.c.organisation_id == scope,
            import_batch.c.state == ImportState.STAGED.value,
        )
        .values(state=ImportState.VISIBLE.value, decided_at=at)
    )
    return tx.execute(statement).rowcount == 1


def hand_over(tx: Tx, scope: TenantScope, import_id: UUID, job_id: UUID) -> None:
    """Have another job clear a rejected import away."""
    statement = (
        sa.update(import_batch)
        .where(
            import_batch.c.id == import_id,
            import_batch.c.organisation_id == scope,
            import_batch.c.state == ImportState.REJECTED.value,
        )
        .values(job_id=job_id)
    )
    tx.execute(statement)


def append_rows(
    tx: Tx, scope: TenantScope, import_id: UUID, rows: Sequence[tuple[int, Mapping[str, Any]]]
) -> None:
    """Keep rows of an import for later; `import_not_found` unless it is staged.

    One that is kept already stays: of a table that is judged anew after a crash it says the same.
    """
    if get_import(tx, scope, import_id).state is not ImportState.STAGED:
        raise NotFoundError("import_not_found")
    values = [
        {"import_id": import_id, "row": number, "payload": payload} for number, payload in rows
    ]
    tx.execute(_ADD_ROWS[tx.dialect], values)


def list_rows(
    tx: Tx, scope: TenantScope, import_id: UUID, *, limit: int
) -> list[tuple[int, dict[str, Any]]]:
    """Return the first rows of an import that are waiting still."""
    query = (
        sa.select(import_row.c.row, import_row.c.payload)
        .join(import_batch, import_batch.c.id == import_row.c.import_id)
        .where(import_row.c.import_id == import_id, import_batch.c.organisation_id == scope)
        .order_by(import_row.c.row)
        .limit(min(limit, PAGE_MAX))
    )
    return [(row.row, row.payload) for row in tx.execute(query)]


def take_rows(tx: Tx, scope: TenantScope, import_id: UUID, numbers: Sequence[int]) -> int:
    """Take waiting rows away, given in their order without gap; return how many there were."""
    if not numbers:
        return 0
    bounds = {"id": import_id, "scope": scope, "first": numbers[0], "last": numbers[-1]}
    return tx.execute(_TAKE_ROWS, [bounds]).rowcount


def delete_rows(tx: Tx, scope: TenantScope, import_id: UUID, *, limit: int) -> int:
    """Remove waiting rows of a rejected import."""
    if get_import(tx, scope, import_id).state is not ImportState.REJECTED:
        return 0
    query = sa.select(import_row.c.row).where(import_row.c.import_id == import_id)
    query = query.order_by(import_row.c.row).limit(min(limit, PAGE_MAX))
    return take_rows(tx, scope, import_id, [row.row for row in tx.execute(query)])


def find_failures(
    tx: Tx, scope: TenantScope, imports: Collection[UUID]
) -> dict[UUID, Mapping[str, Any]]:
    """Return which of these are staged still although their work has failed, and why."""
    query = (
        sa.select(import_batch.c.id, job.c.error)
        .join(job, job.c.id == import_batch.c.job_id)
        .where(
            import_batch.c.organisation_id == scope,
            import_batch.c.id.in_(imports),
            import_batch.c.state == ImportState.STAGED.value,
            job.c.state == JobState.FAILED.value,
        )
    )
    return {row.id: row.error for row in tx.execute(query)} if imports else {}


def list_unattended(tx: Tx, *, before: datetime) -> list[Import]:
    """Return imports of all tenants that nobody works on, since `before`.

    They wait for a person still, or their work has failed; of rejected ones that is their clearing.
    """
    has_failed = sa.exists().where(
        job.c.id == import_batch.c.job_id,
        job.c.state == JobState.FAILED.value,
        job.c.finished_at < before,
    )
    is_waiting = sa.and_(import_batch.c.job_id.is_(None), import_batch.c.created_at < before)
    is_staged = import_batch.c.state == ImportState.STAGED.value
    is_rejected = import_batch.c.state == ImportState.REJECTED.value
    query = sa.select(import_batch).where(
        sa.or_(sa.and_(is_staged, sa.or_(is_waiting, has_failed)), sa.and_(is_rejected, has_failed))
    )
    return [_build_import(row) for row in tx.execute(query.limit(PAGE_MAX)).mappings()]


def lock_catalogue(tx: Tx, scope: TenantScope) -> None:
    """Take turns with everybody who registers goods of this organisation; changes nothing."""
    # SQLite has one writer at a time anyway.
    if tx.dialect == "postgresql":
        tx.execute(_LOCK_CATALOGUE, [{"scope": scope}])


def append_products(tx: Tx, scope: TenantScope, rows: Sequence[Product]) -> None:
    """Add products of a staged import and claim their GTINs; `gtin_taken` if another has one.

    The numbers are known to be free: `lock_catalogue` and `find_numbers` come first.
    """
    _require_own(rows, scope)
    # In one order by all: two tables with the same GTINs would wait for each other in a circle.
    gtins = sorted(each.gtin for each in rows if each.gtin is not None)
    claims = [{"gtin": gtin, "organisation_id": scope} for gtin in gtins]
    if claims and tx.execute(_CLAIM_GTINS[tx.dialect], claims).rowcount < len(claims):
        owners = find_gtin_owners(tx, gtins)
        foreign = next((gtin for gtin in gtins if owners.get(gtin) != scope), None)
        if foreign is not None:
            raise ConflictError("gtin_taken", field="gtin", value=foreign)
    tx.execute(_ADD_PRODUCTS, [product_values(each) for each in rows])
    append_product_words(tx, rows)


def append_batches(tx: Tx, scope: TenantScope, rows: Sequence[Batch]) -> None:
    """Add batches of a staged import; their lots are known to be free."""
    _require_own(rows, scope)
    tx.execute(_ADD_BATCHES, [batch_values(each) for each in rows])
    append_materials(tx, scope, rows)


def delete_products(tx: Tx, scope: TenantScope, import_id: UUID, *, limit: int) -> int:
    """Remove products of a rejected import, and the claims to GTINs nothing else needs."""
    chosen = (
        sa.select(product.c.id, product.c.gtin)
        .where(
            product.c.organisation_id == scope,
            product.c.import_id == import_id,
            _is_rejected(scope, import_id),
        )
        .limit(min(limit, PAGE_MAX))
    )
    found = tx.execute(chosen).all()
    if not found:
        return 0
    used = sa.select(run.c.group_gtins).where(run.c.organisation_id == scope)
    kept = {gtin for row in tx.execute(used) for gtin in row.group_gtins}
    gtins = [row.gtin for row in found if row.gtin is not None and row.gtin not in kept]
    delete_words(tx, [row.id for row in found])
    tx.execute(sa.delete(product).where(product.c.id.in_([row.id for row in found])))
    tx.execute(
        sa.delete(gtin_owner).where(
            gtin_owner.c.organisation_id == scope, gtin_owner.c.gtin.in_(gtins)
        )
    )
    return len(found)


def delete_batches(tx: Tx, scope: TenantScope, import_id: UUID, *, limit: int) -> int:
    """Remove batches of a rejected import."""
    chosen = (
        sa.select(batch.c.id)
        .where(
            batch.c.organisation_id == scope,
            batch.c.import_id == import_id,
            _is_rejected(scope, import_id),
        )
        .limit(min(limit, PAGE_MAX))
    )
    ids = [row.id for row in tx.execute(chosen)]
    delete_materials(tx, scope, ids)
    return tx.execute(sa.delete(batch).where(batch.c.id.in_(ids))).rowcount if ids else 0


def find_numbers(
    tx: Tx, scope: TenantScope, gtins: Collection[str], internal_numbers: Collection[str]
) -> tuple[dict[str, UUID], dict[str, UUID]]:
    """Return this organisation's products by GTIN and by internal number, hidden ones too."""
    return _find_numbers(tx, scope, gtins, internal_numbers, _NUMBERS)


def find_visible_numbers(
    tx: Tx, scope: TenantScope, gtins: Collection[str], internal_numbers: Collection[str]
) -> tuple[dict[str, UUID], dict[str, UUID]]:
    """Return this organisation's products by GTIN and by internal number, visible ones only."""
    return _find_numbers(tx, scope, gtins, internal_numbers, _VISIBLE_NUMBERS)


def find_lots(
    tx: Tx, scope: TenantScope, lots: Collection[tuple[UUID, str]]
) -> set[tuple[UUID, str]]:
    """Return which of these (product, lot) exist, hidden ones too. One query."""
    if not lots:
        return set()
    wanted = {
        "scope": scope,
        "products": list({each for each, _ in lots}),
        "lots": list({lot for _, lot in lots}),
    }
    found = tx.execute(_FIND_LOTS, [wanted])
    return {(row.product_id, row.lot) for row in found} & set(lots)


def _find_numbers(
    tx: Tx,
    scope: TenantScope,
    gtins: Collection[str],
    internal_numbers: Collection[str],
    queries: tuple[sa.Executable, sa.Executable],
) -> tuple[dict[str, UUID], dict[str, UUID]]:
    found: list[dict[str, UUID]] = []
    for query, wanted in zip(queries, (gtins, internal_numbers), strict=True):
        values = {"scope": scope, "numbers": list(wanted)}
        rows = tx.execute(query, [values]) if wanted else ()
        found.append({row.number: row.id for row in rows})
    return found[0], found[1]


def _require_own(rows: Sequence[Product] | Sequence[Batch], scope: TenantScope) -> None:
    if any(each.organisation_id != scope for each in rows):
        raise NotFoundError("organisation_not_found")


def _is_rejected(scope: TenantScope, import_id: UUID) -> sa.ColumnElement[bool]:
    """Hold what is deleted to imports that nobody can ever have seen."""
    return sa.exists().where(
        import_batch.c.id == import_id,
        import_batch.c.organisation_id == scope,
        import_batch.c.state == ImportState.REJECTED.value,
    )


def _import_values(row: Import) -> dict[str, Any]:
    report = {
        "is_ready": row.is_ready,
        "faults": [asdict(each) for each in row.faults],
        "fault_count": row.fault_count,
    }
    return {
        "id": row.id,
        "organisation_id": row.organisation_id,
        "actor_id": row.actor_id,
        "job_id": row.job_id,
        "kind": row.kind.value,
        "name": row.name,
        "state": row.state.value,
        "row_count": row.row_count,
        "report": report,
        "created_at": row.created_at,
        "decided_at": row.decided_at,
    }


def _build_import(row: sa.RowMapping) -> Import:
    values = dict(row)
    report: dict[str, Any] = values.pop("report") or {}
    return Import(
        **{
            **values,
            "kind": ImportKind(values["kind"]),
            "state": ImportState(values["state"]),
            "is_ready": report.get("is_ready", False),
            "faults": tuple(Fault(**each) for each in report.get("faults", ())),
            "fault_count": report.get("fault_count", 0),
        }
    )
