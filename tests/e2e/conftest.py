# SPDX-License-Identifier: Apache-2.0
"""A data centre run as its own program, for a test, on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.program import Server
from tests.postgres_pool import PostgresServer

FOLDER = Path(__file__).parent
# They start servers, kill them and wait for long work, which lets everybody else go first.
TEST_SECONDS_MAX = 600


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests of this folder the time they may need on a busy machine."""
    for item in items:
        if item.path.parent == FOLDER:
            item.add_marker(pytest.mark.timeout(TEST_SECONDS_MAX))


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
