# SPDX-License-Identifier: Apache-2.0
"""A data centre run as its own program, for a test, on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.program import Server
from tests.postgres_pool import PostgresServer


@pytest.fixture
def sqlite_server(tmp_path: Path) -> Iterator[Server]:
    server = Server(data=tmp_path / "data", database=None)
    yield server
    server.close()


@pytest.fixture
def postgres_backed_server(tmp_path: Path, postgres_server: PostgresServer) -> Iterator[Server]:
    """Start on an empty PostgreSQL database that the program itself must set up."""
    name = postgres_server.create("template0")
    server = Server(data=tmp_path / "data", database=postgres_server.database_url(name))
    yield server
    server.close()
    postgres_server.drop(name)


@pytest.fixture(params=["sqlite_server", "postgres_backed_server"], ids=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> Server:
    chosen = request.getfixturevalue(request.param)
    assert isinstance(chosen, Server)
    return chosen
