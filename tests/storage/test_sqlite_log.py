# SPDX-License-Identifier: Apache-2.0
"""The log of SQLite: on the disk before anybody is answered, and never longer than it need be."""

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.factories import NOW

from trueorigin.domain.errors import DomainError
from trueorigin.storage import catalog
from trueorigin.storage.database import FILE_NAME, Database
from trueorigin.storage.sqlite_log import SqliteLog

# Forty pages of 8 kB or so.
LONG = "x" * 300_000
# The log is shorter than that unless its mover is kept from working.
LATE_BYTES = 20_000_000
PATIENCE_S = 60


@pytest.fixture
def log_file(sqlite_database: Database, tmp_path: Path) -> Path:
    """The log, which is there once something was written."""
    with sqlite_database.write() as tx:
        tx.run("CREATE TABLE heap (text TEXT)")
    return tmp_path / f"{FILE_NAME}-wal"


def wait_until(is_so: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.02)


def fill(database: Database, times: int) -> None:
    for _ in range(times):
        with database.write_pending() as tx:
            tx.run("INSERT INTO heap VALUES (?)", [LONG])
    database.sync()


def test_sync_puts_on_the_disk_what_pending_writes_left(
    sqlite_database: Database, log_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[int, int]] = []
    put = os.fdatasync

    def note(file: int) -> None:
        # The log's own thread does it too, when it comes to it.
        if threading.current_thread() is threading.main_thread():
            state = os.fstat(file)
            synced.append((state.st_ino, state.st_size))
        put(file)

    monkeypatch.setattr(os, "fdatasync", note)
    with sqlite_database.write_pending() as tx:
        assert tx.run("PRAGMA synchronous") == [(1,)]
        catalog.append_public_host(tx, "t.example", NOW)
    assert synced == []
    sqlite_database.sync()
    state = log_file.stat()
    assert synced == [(state.st_ino, state.st_size)]
    with sqlite_database.write() as tx:
        assert tx.run("PRAGMA synchronous") == [(2,)]


def test_what_nobody_waits_for_is_soon_on_the_disk_whoever_reads(
    sqlite_database: Database, log_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    put = os.fdatasync

    def note(file: int) -> None:
        sizes.append(os.fstat(file).st_size)
        put(file)

    monkeypatch.setattr(os, "fdatasync", note)
    with sqlite_database.read() as reader:
        # Nothing of the log that is written from here on can be moved.
        assert reader.run("SELECT count(*) FROM heap") == [(0,)]
        with sqlite_database.write_pending() as tx:
            tx.run("INSERT INTO heap VALUES (?)", [LONG])
        whole = log_file.stat().st_size
        wait_until(lambda: max(sizes, default=0) >= whole > len(LONG))


def test_a_disk_that_failed_for_nobody_fails_for_those_who_wait(
    sqlite_database: Database, log_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: set[int] = set()
    tries = threading.Semaphore(0)

    def fail_once_a_file(file: int) -> None:
        # As Linux does: whoever asks again by the same open file is told of no failure.
        is_first = file not in told
        told.add(file)
        tries.release()
        if is_first:
            raise OSError(5, "input/output error")

    assert log_file.exists()
    sqlite_database.sync()
    monkeypatch.setattr(os, "fdatasync", fail_once_a_file)
    with sqlite_database.write_pending() as tx:
        tx.run("INSERT INTO heap VALUES (1)")
    assert tries.acquire(timeout=PATIENCE_S)
    with pytest.raises(DomainError, match="database_unreachable"):
        sqlite_database.sync()


def test_a_pending_write_that_raises_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.write_pending() as tx:
            catalog.append_public_host(tx, "t.example", NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    database.sync()
    with database.read() as tx:
        assert catalog.list_public_hosts(tx) == []


def test_a_disk_that_fails_is_not_taken_for_one_that_holds(
    sqlite_database: Database, log_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_file: int) -> None:
        raise OSError(5, "Input/output error")

    fill(sqlite_database, 1)
    monkeypatch.setattr(os, "fdatasync", fail)
    with pytest.raises(DomainError) as refused:
        sqlite_database.sync()
    assert refused.value.code == "database_unreachable"
    assert log_file.exists()


def test_a_log_that_was_made_anew_is_the_one_that_is_put_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fdatasync", lambda file: synced.append(os.fstat(file).st_ino))

    def never() -> sqlite3.Connection:
        raise AssertionError

    log = SqliteLog(tmp_path / "a.db", never, threading.Lock())
    with pytest.raises(DomainError):
        log.sync()
    path = tmp_path / "a.db-wal"
    path.write_bytes(b"one")
    log.sync()
    old = path.rename(tmp_path / "old")
    path.write_bytes(b"two")
    log.sync()
    assert synced == [old.stat().st_ino, path.stat().st_ino]
    log.close()
    log.close()


def test_threads_that_sync_for_the_first_time_at_once_all_can(
    sqlite_database: Database, log_file: Path
) -> None:
    assert log_file.exists()
    start = threading.Barrier(8)

    def sync(_number: int) -> None:
        start.wait()
        sqlite_database.sync()

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(sync, range(8))) == [None] * 8


@pytest.mark.usefixtures("log_file")
def test_what_is_in_the_log_is_moved_beside_the_writers(
    sqlite_database: Database, tmp_path: Path
) -> None:
    fill(sqlite_database, 3)
    wait_until(lambda: (tmp_path / FILE_NAME).stat().st_size > 3 * len(LONG))


def test_the_log_does_not_grow_while_somebody_writes_all_the_time(
    sqlite_database: Database, log_file: Path
) -> None:
    # Some 60 MB in all. Who moves the log may be late on a busy machine, and is waited for then:
    # at 64 MB SQLite itself would begin it anew.
    for _ in range(200):
        fill(sqlite_database, 1)
        time.sleep(0.002 if log_file.stat().st_size < LATE_BYTES else 0.2)
    assert log_file.stat().st_size < 45_000_000
    with sqlite_database.read() as tx:
        assert tx.run("SELECT count(*) FROM heap") == [(200,)]


def test_somebody_who_reads_an_old_state_for_long_stops_nobody(
    sqlite_database: Database, tmp_path: Path, log_file: Path
) -> None:
    with sqlite_database.read() as tx:
        tx.run("SELECT count(*) FROM heap")
        fill(sqlite_database, 40)
        assert log_file.stat().st_size > 10_000_000
        assert tx.run("SELECT count(*) FROM heap") == [(0,)]
        assert (tmp_path / FILE_NAME).stat().st_size < 10_000_000
    fill(sqlite_database, 1)
    wait_until(lambda: (tmp_path / FILE_NAME).stat().st_size > 41 * len(LONG))


def test_a_database_that_is_closed_leaves_no_log_behind(
    sqlite_template: Path, tmp_path: Path
) -> None:
    def threads() -> set[threading.Thread]:
        return {each for each in threading.enumerate() if each.name == "sqlite-log"}

    # Other tests' databases may be open in this process.
    others = threads()
    (tmp_path / FILE_NAME).write_bytes(sqlite_template.read_bytes())
    database = Database.open(None, tmp_path)
    with database.write() as tx:
        catalog.append_public_host(tx, "t.example", NOW)
    assert threads() - others
    database.close()
    assert not (tmp_path / f"{FILE_NAME}-wal").exists()
    assert not threads() - others
