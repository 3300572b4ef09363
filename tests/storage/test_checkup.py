"""A database tells whether it is whole and keeps what it promised."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.factories import make_scan

from trueorigin.storage import checkup, scans
from trueorigin.storage.database import Database


def test_a_whole_database_has_no_fault(database: Database) -> None:
    with database.read() as tx:
        assert checkup.find_damage(tx) is None


def test_a_damaged_file_is_noticed(sqlite_database: Database) -> None:
    with sqlite_database.write() as tx:
        scans.append_scans(tx, [make_scan(key) for key in range(2000)])
    with sqlite_database.write() as tx:
        # Drop a page from the middle of the ledger's tree.
        tx.run("PRAGMA writable_schema = ON")
        tx.run("UPDATE sqlite_schema SET rootpage = 3 WHERE name = 'scan'")
    location = Path(sqlite_database.location)
    sqlite_database.close()
    damaged = Database.open(None, location.parent)
    with damaged.read() as tx:
        assert checkup.find_damage(tx) is not None
    damaged.close()


def test_sqlite_is_set_to_be_durable(sqlite_database: Database) -> None:
    with sqlite_database.read() as tx:
        assert checkup.list_weak_settings(tx) == []


def test_a_postgresql_that_may_lose_readings_is_named(postgres_database: Database) -> None:
    with postgres_database.write() as tx:
        tx.run("SET LOCAL synchronous_commit = off")
        weak = checkup.list_weak_settings(tx)
        assert "synchronous_commit=off" in weak
        tx.run("SET LOCAL synchronous_commit = remote_apply")
        weak = checkup.list_weak_settings(tx)
        assert not any(each.startswith("synchronous_commit") for each in weak)


def test_the_server_has_a_clock(postgres_database: Database) -> None:
    with postgres_database.read() as tx:
        clock = checkup.read_clock(tx)
    assert clock is not None
    assert abs(clock - datetime.now(UTC)) < timedelta(minutes=1)


def test_sqlite_has_no_clock_of_its_own(sqlite_database: Database) -> None:
    with sqlite_database.read() as tx:
        assert checkup.read_clock(tx) is None


def test_connections_have_sessions_of_their_own(database: Database) -> None:
    # What a pooler that lends them looks like is tried with a real one, in tests/e2e.
    assert not checkup.shares_sessions(database)
