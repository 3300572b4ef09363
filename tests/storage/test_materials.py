"""Which batches a raw material went into: written with each batch, filled in by the migration."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from tests.budgets import max_queries
from tests.factories import NOW, Cast, make_batch, make_id, make_product

from trueorigin.domain.catalog import Material, MaterialFilter, Origin
from trueorigin.domain.imports import Import, ImportKind, ImportState
from trueorigin.storage import catalog, database as module, imports, materials, schema
from trueorigin.storage.database import Database, Tx, migrate

SORGHUM = Material(name="高粱", supplier="田", lot="M7")
WHEAT = Material(name="小麦", supplier=None, lot=None)


def origin(*held: Material) -> Origin:
    return Origin(place=None, line=None, materials=held)


def find(tx: Tx, cast: Cast, limit: int = 100, **wanted: str) -> list[object]:
    return list(
        materials.list_material_batches(tx, cast.alice.scope, MaterialFilter(**wanted), limit=limit)
    )


def test_batches_are_found_by_lot_name_and_supplier(database: Database, cast: Cast) -> None:
    product = make_product(cast.alice.organisation)
    rows = [
        make_batch(product, lot=f"L{number}", origin=origin(*held))
        for number, held in enumerate([(SORGHUM, WHEAT), (WHEAT,), (), (SORGHUM, SORGHUM)])
    ]
    with database.write() as tx:
        catalog.append_product(tx, cast.alice.scope, product)
        for row in rows:
            catalog.append_batch(tx, cast.alice.scope, row)
    with max_queries(database, 6), database.read() as tx:
        assert find(tx, cast, lot="M7") == [rows[0].id, rows[3].id]
        assert find(tx, cast, lot="M7", limit=1) == [rows[0].id]
        assert find(tx, cast, name="小麦") == [rows[0].id, rows[1].id]
        assert find(tx, cast, lot="M7", name="高粱", supplier="田") == [rows[0].id, rows[3].id]
        assert find(tx, cast, lot="M7", name="小麦") == []
        other = materials.list_material_batches(
            tx, cast.charlie.scope, MaterialFilter(lot="M7"), limit=9
        )
        assert other == []


def test_a_changed_origin_is_found_by_what_it_says_now(database: Database, cast: Cast) -> None:
    product = make_product(cast.alice.organisation)
    batch = make_batch(product, origin=origin(SORGHUM))
    with database.write() as tx:
        catalog.append_product(tx, cast.alice.scope, product)
        catalog.append_batch(tx, cast.alice.scope, batch)
        catalog.update_batch(tx, cast.alice.scope, replace(batch, origin=origin(WHEAT)))
        assert find(tx, cast, lot="M7") == []
        assert find(tx, cast, name="小麦") == [batch.id]


def test_a_hidden_import_is_not_found_and_leaves_nothing(database: Database, cast: Cast) -> None:
    product = make_product(cast.alice.organisation)
    row = Import(
        id=make_id(),
        organisation_id=cast.alice.organisation.id,
        actor_id=None,
        job_id=None,
        kind=ImportKind.BATCHES,
        name="b.csv",
        state=ImportState.STAGED,
        row_count=1,
        created_at=NOW,
        decided_at=None,
    )
    batch = make_batch(product, origin=origin(SORGHUM), import_id=row.id)
    with database.write() as tx:
        catalog.append_product(tx, cast.alice.scope, product)
        imports.append_import(tx, cast.alice.scope, row)
        imports.append_batches(tx, cast.alice.scope, [batch])
        assert find(tx, cast, lot="M7") == []
        rejected = replace(row, state=ImportState.REJECTED, decided_at=NOW)
        imports.update_import(tx, cast.alice.scope, rejected)
        assert imports.delete_batches(tx, cast.alice.scope, row.id, limit=10) == 1
        left = sa.select(schema.batch_material).where(schema.batch_material.c.lot == "M7")
        assert tx.execute(left).all() == []


@pytest.fixture
def old_database(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> Iterator[Database]:
    """A database of the revision before, and nothing in it."""
    if kind == "sqlite":
        with closing(Database.open(None, tmp_path / "old")) as database:
            yield _make_old(database)
        return
    server = request.getfixturevalue("postgres_server")
    name = server.create("template0")
    with closing(Database.open(server.database_url(name), tmp_path)) as database:
        yield _make_old(database)
    server.drop(name)


def _make_old(database: Database) -> Database:
    with database.write() as tx:
        command.upgrade(module._config(tx.connection), "0007")  # noqa: SLF001 - no public way back
    return database


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_migration_fills_in_what_batches_say(old_database: Database) -> None:
    owner, product, batch = make_id(), make_id(), make_id()
    said = [asdict(SORGHUM), asdict(WHEAT)]
    rows: list[tuple[sa.Table, dict[str, object]]] = [
        (
            schema.organisation,
            {"id": owner, "name": "Old", "prefix": "OLD1", "roles": [], "time_zone": "UTC"},
        ),
        (
            schema.product,
            {"id": product, "organisation_id": owner, "internal_number": "P", "name_en": "Old"},
        ),
    ]
    rows += [
        (
            schema.batch,
            {
                "id": each,
                "organisation_id": owner,
                "product_id": product,
                "lot": str(each),
                "origin": {"place": None, "line": None, "materials": held},
            },
        )
        for each, held in ((batch, said), (make_id(), []))
    ]
    with old_database.write() as tx:
        for table, values in rows:
            tx.execute(sa.insert(table).values(**values, created_at=NOW))
    migrate(old_database)
    with old_database.read() as tx:
        filled = sa.select(schema.batch_material).order_by(schema.batch_material.c.place)
        assert [dict(row) for row in tx.execute(filled).mappings()] == [
            {"batch_id": batch, "place": place, "organisation_id": owner, **each}
            for place, each in enumerate(said)
        ]
