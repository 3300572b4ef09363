"""Two tenants with people: Alice owns one and Bob works for her, Charlie owns the other."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.console_house import House, Office, open_house, open_office
from tests.console_site import Browser
from tests.postgres_pool import PostgresServer
from tests.signing_in import make_hashes_cheap

from trueorigin.storage.database import FILE_NAME, Database


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    make_hashes_cheap(monkeypatch)


@pytest.fixture
def office(sqlite_database: Database, tmp_path: Path) -> Office:
    """On SQLite, for what is not about the database."""
    return open_office(sqlite_database, tmp_path)


@pytest.fixture
def both_offices(database: Database, tmp_path: Path) -> Office:
    """On SQLite and on PostgreSQL."""
    return open_office(database, tmp_path)


@pytest.fixture
def alice(office: Office) -> Browser:
    return office.browser(office.alice)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """One for the whole module: every case makes what it needs anew."""
    folder = tmp_path_factory.mktemp("house")
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), folder / FILE_NAME)
        with pytest.MonkeyPatch.context() as patch:
            yield from open_house(Database.open(None, folder), folder, patch)
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create(server.template)
    with pytest.MonkeyPatch.context() as patch:
        database = Database.open(server.database_url(name), folder)
        yield from open_house(database, folder, patch)
    server.drop(name)
