# SPDX-License-Identifier: Apache-2.0
"""Long work notices that others write, in whatever process."""

import time
from contextlib import closing
from pathlib import Path

import pytest
from tests.factories import NOW

from trueorigin.storage import catalog
from trueorigin.storage.database import Database


def test_a_change_of_anybody_is_found_and_a_look_is_none(
    database: Database, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    is_sqlite = database.dialect == "sqlite"
    url = None if is_sqlite else request.getfixturevalue("postgres_database_url")
    with closing(Database.open(url, tmp_path)) as other:
        assert (database.find_change() is None) is is_sqlite
        with other.write() as tx:
            catalog.append_public_host(tx, "first.example", NOW)
        for number, writer in enumerate((database, other)):
            before = database.find_change()
            with other.read() as tx:
                catalog.list_public_hosts(tx)
            assert database.find_change() == before
            # Some file systems count time in hundredths of a second.
            time.sleep(0.02)
            with writer.write() as tx:
                catalog.append_public_host(tx, f"{number}.example", NOW)
            assert database.find_change() != before
