"""Bulk writes: undone when they raise, and never an ordinary write that is not on the disk."""

import pytest
from tests.factories import NOW

from trueorigin.storage import catalog
from trueorigin.storage.database import Database


def test_what_raises_in_a_bulk_write_comes_out_and_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.write_bulk() as tx:
            catalog.append_public_host(tx, "t.example", NOW)
            raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            fail()
    with database.write_bulk() as tx:
        catalog.append_public_host(tx, "u.example", NOW)
    with database.read() as tx:
        assert catalog.list_public_hosts(tx) == ["u.example"]


@pytest.mark.parametrize("is_raising", [False, True])
def test_after_a_bulk_write_commits_wait_for_the_disk_again(
    sqlite_database: Database, *, is_raising: bool
) -> None:
    def write() -> None:
        with sqlite_database.write_bulk() as tx:
            assert tx.run("PRAGMA synchronous") == [(1,)]
            catalog.append_public_host(tx, "t.example", NOW)
            if is_raising:
                raise ZeroDivisionError

    if is_raising:
        with pytest.raises(ZeroDivisionError):
            write()
    else:
        write()
    with sqlite_database.write() as tx:
        assert tx.run("PRAGMA synchronous") == [(2,)]
        assert tx.run("PRAGMA wal_autocheckpoint") == [(8000,)]
