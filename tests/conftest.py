"""Databases for every test that wants one: migrated, empty, on SQLite and on PostgreSQL."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from tests.factories import Cast, make_cast
from tests.postgres_pool import PostgresServer
from tools.test_postgres import running_postgres

from trueorigin.storage import database as database_module
from trueorigin.storage.database import FILE_NAME, Database, migrate

# A machine that runs several suites at once stands still now and then, for no fault of the code.
settings.register_profile("patient", settings(), deadline=None)
settings.load_profile("patient")


# How long tests of other things wait for the database.
PATIENCE_MS = 60_000


@pytest.fixture(scope="session", autouse=True)
def patient_databases() -> Iterator[None]:
    """Give up no transaction only because the machine stood still while another one was open."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("BUSY_TIMEOUT_MS", "LOCK_TIMEOUT_MS", "STATEMENT_TIMEOUT_MS"):
            patch.setattr(database_module, name, PATIENCE_MS)
        yield


def pytest_xdist_auto_num_workers() -> int:
    """Run one process more than there are cores: tests wait for browsers, servers and jobs."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The server that TRUEORIGIN_TEST_POSTGRES names, or a throw-away one. Never skips."""
    given = os.environ.get("TRUEORIGIN_TEST_POSTGRES")
    if given:
        yield given
    else:
        with running_postgres() as url:
            yield url


@pytest.fixture(scope="session")
def postgres_server(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> PostgresServer:
    blank = PostgresServer(url=postgres_url, template="template0")
    template = blank.create("template0")
    database = Database.open(blank.database_url(template), tmp_path_factory.mktemp("none"))
    migrate(database)
    database.close()
    return PostgresServer(url=postgres_url, template=template)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    database = Database.open(None, folder)
    migrate(database)
    database.close()
    return folder / FILE_NAME


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A migrated, empty SQLite database in `tmp_path`, for what is not about the database."""
    shutil.copyfile(sqlite_template, tmp_path / FILE_NAME)
    database = Database.open(None, tmp_path)
    yield database
    database.close()


@pytest.fixture
def postgres_database_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of a migrated, empty PostgreSQL database."""
    name = postgres_server.lend()
    yield postgres_server.database_url(name)
    postgres_server.take_back(name)


@pytest.fixture
def postgres_database(postgres_database_url: str, tmp_path: Path) -> Iterator[Database]:
    database = Database.open(postgres_database_url, tmp_path)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """A migrated, empty database; every test that asks for it runs on both."""
    name = "sqlite_database" if request.param == "sqlite" else "postgres_database"
    value = request.getfixturevalue(name)
    assert isinstance(value, Database)
    return value


@pytest.fixture
def cast(database: Database) -> Cast:
    """Alice's and Charlie's organisations, stored, each with a product, a batch and a run."""
    with database.write() as tx:
        return make_cast(tx)
