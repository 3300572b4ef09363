"""The migrated database is exactly what schema.py says, on both databases."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from trueorigin.storage.database import Database, migrate, require_current_schema
from trueorigin.storage.schema import metadata


def _is_compared(
    item: object,
    name: str | None,
    kind: str,
    _is_reflected: bool,  # noqa: FBT001 - Alembic calls it by position
    _other: object,
) -> bool:
    del item
    # Partitions are made as months go by.
    return not (kind == "table" and name is not None and name.startswith("scan_"))


def test_migrated_database_equals_the_metadata(database: Database) -> None:
    with database.read() as tx:
        options = {"include_object": _is_compared, "compare_type": True}
        context = MigrationContext.configure(tx.connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_no_key_is_drawn_from_a_sequence(database: Database) -> None:
    with database.read() as tx:
        inspector = sa.inspect(tx.connection)
        for name in metadata.tables:
            for column in inspector.get_columns(name):
                assert column.get("default") is None, (name, column["name"])
                assert column.get("identity") is None, (name, column["name"])


def test_check_constraints_are_those_of_the_metadata(database: Database) -> None:
    with database.read() as tx:
        inspector = sa.inspect(tx.connection)
        for name, table in metadata.tables.items():
            expected = {
                each.name for each in table.constraints if isinstance(each, sa.CheckConstraint)
            }
            assert {each["name"] for each in inspector.get_check_constraints(name)} == expected


def test_migrating_twice_changes_nothing(database: Database) -> None:
    migrate(database)
    with database.read() as tx:
        require_current_schema(tx)


@pytest.mark.parametrize("name", sorted(metadata.tables))
def test_distribution_column_opens_every_key(name: str) -> None:
    table = metadata.tables[name]
    distribution = table.info["distribution"]
    if distribution == "reference":
        return
    assert table.primary_key.columns.keys()[0] == distribution
    for constraint in table.constraints:
        assert not isinstance(constraint, sa.ForeignKeyConstraint), name
        if isinstance(constraint, sa.UniqueConstraint):
            assert distribution in constraint.columns


def test_tables_of_units_are_distributed_by_unit() -> None:
    for name, table in metadata.tables.items():
        has_unit = "unit_key" in table.columns
        assert has_unit == (table.info["distribution"] == "unit_key"), name
