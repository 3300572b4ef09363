"""Migration 0002 on a database of 0001 that is full and goes on being written by its program."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic import command
from tests.factories import NOW, make_batch, make_id, make_organisation, make_product, scope_of

from trueorigin.domain.catalog import DOWNLOADS_MAX
from trueorigin.domain.ids import DAY_US, to_microseconds
from trueorigin.domain.tenancy import Role
from trueorigin.domain.units import unit_key
from trueorigin.domain.verdict import Verdict
from trueorigin.storage import accounts, catalog, database as module, schema
from trueorigin.storage.database import Database, Tx, migrate, require_current_schema
from trueorigin.storage.scans import ScanRow, append_scans


@pytest.fixture
def old_database(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> Iterator[Database]:
    """A database with the tables of the first release, and nothing in them."""
    if kind == "sqlite":
        yield _open_first_release(None, tmp_path / "old")
        return
    server = request.getfixturevalue("postgres_server")
    name = server.create("template0")
    yield _open_first_release(server.database_url(name), tmp_path)
    server.drop(name)


def _open_first_release(url: str | None, folder: Path) -> Database:
    opened = Database.open(url, folder)
    with opened.write() as tx:
        command.upgrade(module._config(tx.connection), "0001")  # noqa: SLF001 - no public way back
    return opened


def _write_as_the_old_program(tx: Tx, number: int) -> UUID:
    """Store an organisation, a product, a batch and a run without the new columns."""
    owner, product, batch = make_id(), make_id(), make_id()
    rows: list[tuple[sa.Table, dict[str, object]]] = [
        (
            schema.organisation,
            {
                "id": owner,
                "name": f"Old {number}",
                "prefix": f"OLD{number}",
                "roles": ["manufacturer"],
                "time_zone": "UTC",
            },
        ),
        (
            schema.product,
            {
                "id": product,
                "organisation_id": owner,
                "internal_number": "P-1",
                "name_en": "Old spirit",
            },
        ),
        (
            schema.batch,
            {
                "id": batch,
                "organisation_id": owner,
                "product_id": product,
                "lot": "L1",
                "origin": {"place": None, "line": "2", "materials": []},
            },
        ),
        (
            schema.run,
            {
                "id": number,
                "organisation_id": owner,
                "batch_id": batch,
                "product_id": product,
                "epoch": 0,
                "ordinal": number,
                "symbols": 16,
                "quantity": 10,
                "packing": [],
                "group_gtins": [],
                "sscc_first": [],
                "contents": "none",
                "public_url": "https://t.example",
            },
        ),
    ]
    for table, values in rows:
        tx.execute(sa.insert(table).values(**values, created_at=NOW))
    tx.execute(sa.insert(schema.catalogue_revision).values(organisation_id=owner, revision=1))
    return product


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_full_database_is_carried_over(old_database: Database) -> None:
    with old_database.write() as tx:
        before = _write_as_the_old_program(tx, 1)
    migrate(old_database)
    with old_database.write() as tx:
        require_current_schema(tx)
        # The program before it goes on writing while the new one starts.
        after = _write_as_the_old_program(tx, 2)
    for number, product_id in ((1, before), (2, after)):
        with old_database.read() as tx:
            organisation = accounts.find_organisation_by_name(tx, f"Old {number}")
            assert organisation is not None
            assert (organisation.version, organisation.uscc) == (1, None)
            assert organisation.roles == {Role.MANUFACTURER}
            scope = scope_of(organisation)
            (product,) = catalog.list_products(tx, scope, limit=9)
            (batch,) = catalog.list_batches(tx, scope, limit=9)
            run = catalog.get_run(tx, scope, number)
        assert product.id == product_id
        assert (product.version, product.features, product.picture_file_ids) == (1, (), ())
        assert (batch.version, batch.paper_file_ids, batch.origin.line) == (1, (), "2")
        assert run.downloads_max == DOWNLOADS_MAX
        # What the old program wrote can be changed by the new one.
        with old_database.write() as tx:
            accounts.update_organisation(tx, scope, organisation)
            catalog.update_product(tx, scope, product)
            catalog.update_batch(tx, scope, batch)
        with old_database.read() as tx:
            assert accounts.get_organisation(tx, scope).version == 2
            assert catalog.get_product(tx, scope, product.id).version == 2
            assert catalog.get_batch(tx, scope, batch.id).version == 2
    old_database.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_readings_of_before_have_figures_afterwards(old_database: Database) -> None:
    places = ("31.2,121.5*", "31.2,121.5", None)
    rows = [
        ScanRow(
            unit_key=unit_key(7, 0, number),
            id=make_id(),
            at=NOW,
            channel=1,
            verdict=Verdict.GENUINE,
            is_counted=number == 0,
            readings=number + 1,
            place=place,
        )
        for number, place in enumerate(places)
    ]
    with old_database.write() as tx:
        append_scans(tx, rows)
    migrate(old_database)
    day = to_microseconds(NOW) // DAY_US
    with old_database.read() as tx:
        found = [tuple(row) for row in tx.execute(sa.select(schema.reading_figure))]
    assert sorted(found) == [(7, day, "", 6, 3, 0), (7, day, "31.2,121.5", 6, 3, 1)]
    old_database.close()


def test_what_an_import_has_not_revealed_is_found_by_nobody(database: Database) -> None:
    organisation = make_organisation()
    scope = scope_of(organisation)
    product = make_product(organisation, import_id=make_id())
    batch = make_batch(product, import_id=product.import_id)
    with database.write() as tx:
        accounts.append_organisation(tx, organisation)
        staged = sa.insert(schema.import_batch).values(
            id=product.import_id,
            organisation_id=scope,
            kind="products",
            name="a.csv",
            state="staged",
            row_count=1,
            created_at=NOW,
        )
        tx.execute(staged)
        catalog.append_product(tx, scope, product)
        catalog.append_batch(tx, scope, batch)
    with database.read() as tx:
        assert catalog.find_product(tx, product.id) is None
        assert catalog.find_batch(tx, batch.id) is None
        assert catalog.list_products(tx, scope, limit=9) == []
        assert catalog.list_batches(tx, scope, limit=9) == []
    with database.write() as tx:
        tx.execute(sa.update(schema.import_batch).values(state="visible"))
    with database.read() as tx:
        assert catalog.list_products(tx, scope, limit=9) == [product]
        assert catalog.list_batches(tx, scope, product_id=product.id, limit=9) == [batch]
