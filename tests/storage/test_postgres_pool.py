# SPDX-License-Identifier: Apache-2.0
"""A database that is lent again shows nothing of the test that had it before."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.factories import make_cast
from tests.postgres_pool import PostgresServer

from trueorigin.storage.database import Database, require_current_schema


@pytest.fixture
def server(postgres_server: PostgresServer) -> Iterator[PostgresServer]:
    """A pool of its own on the server of all tests."""
    own = PostgresServer(url=postgres_server.url, template=postgres_server.template)
    yield own
    for name in own.returned:
        own.drop(name)


def run(server: PostgresServer, name: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(server.database_url(name), autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def count_rows(server: PostgresServer, name: str) -> dict[str, object]:
    assert server.pristine is not None
    return {
        table: run(server, name, f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608 - our tables
        for table in server.pristine.tables
    }


def test_it_comes_back_as_it_was(server: PostgresServer, tmp_path: Path) -> None:
    name = server.lend()
    before = count_rows(server, name)
    database = Database.open(server.database_url(name), tmp_path)
    with database.write() as tx:
        make_cast(tx)
    assert count_rows(server, name) != before
    with database.write() as tx:
        tx.run("UPDATE alembic_version SET version_num = '0000'")
    # Still connected: what a test forgot to close must not write into the next one.
    server.take_back(name)
    database.close()
    again = server.lend()
    assert again == name
    assert count_rows(server, again) == before
    database = Database.open(server.database_url(again), tmp_path)
    with database.write() as tx:
        require_current_schema(tx)
        cast = make_cast(tx)
    # Ids that the database gives begin anew.
    assert (cast.alice.run.id, cast.charlie.run.id) == (1, 2)
    database.close()
    server.take_back(again)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("DROP TABLE alembic_version", id="a table less"),
        pytest.param("CREATE TABLE more (id int)", id="a table more"),
        pytest.param("ALTER TABLE product ADD COLUMN more int", id="a column"),
        pytest.param("CREATE INDEX more ON product (id)", id="an index"),
        pytest.param("CREATE SCHEMA more", id="a schema"),
        pytest.param("CREATE SEQUENCE more", id="a sequence"),
        pytest.param("ANALYZE", id="statistics"),
        pytest.param(
            "CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'", id="a function"
        ),
    ],
)
def test_what_was_rebuilt_is_dropped(server: PostgresServer, change: str) -> None:
    name = server.lend()
    run(server, name, change)
    server.take_back(name)
    assert server.returned == []
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        run(server, name, "SELECT 1")


def test_what_has_become_large_is_dropped(server: PostgresServer) -> None:
    fill = "INSERT INTO not_issued_count SELECT n, 0, 'P', 1 FROM generate_series(1, 50000) AS n"
    name = server.lend()
    run(server, name, fill)
    server.take_back(name)
    assert server.returned == []
