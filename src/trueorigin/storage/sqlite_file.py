# SPDX-License-Identifier: Apache-2.0
"""A SQLite file as one process has it: its connections, whose turn it is to write, and its log."""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy.engine import URL

from trueorigin.domain.errors import DomainError
from trueorigin.storage.sqlite_log import SqliteLog

# How long a writer waits for another one, here or in another process, before it gives up.
BUSY_TIMEOUT_MS: Final = 5000
# isolation_level None: the driver begins nothing by itself, our "begin" listeners do.
_ARGUMENTS: Final[dict[str, Any]] = {
    "isolation_level": None,
    "timeout": BUSY_TIMEOUT_MS / 1000,
    "check_same_thread": False,
}


class SqliteFile:
    """One writing connection, some that read, and what keeps writers in order. Thread-safe."""

    def __init__(self, path: Path, writer: sa.Engine, reader: sa.Engine, turnstile: int) -> None:
        """Use `open_sqlite_file`; `turnstile` is a descriptor to lock and to close."""
        self.writer = writer
        self.reader = reader
        self.turn = threading.Lock()
        self.log = SqliteLog(path, lambda: sqlite3.connect(path, **_ARGUMENTS), self.turn)
        self._turnstile: int | None = turnstile

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Begin to write as the only one of all processes.

        They pass one by one, and the next one waits for the database inside. SQLite alone lets
        whoever polls at the right moment in: a command beside a busy server took 0.4 s a write
        and could starve.
        """
        assert self._turnstile is not None  # noqa: S101 - open until the end
        fcntl.flock(self._turnstile, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._turnstile, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close what is not a connection; twice is once."""
        if self._turnstile is not None:
            os.close(self._turnstile)
            self._turnstile = None


def open_sqlite_file(path: Path, pool_size: int) -> SqliteFile:
    """Open a file, made if missing, with up to `pool_size` connections that read.

    Raises `folder_unwritable` where that cannot be.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Wrapped keys and the ledger are in it: not for other users of the machine.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        turnstile = os.open(f"{path}-turn", os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise DomainError("folder_unwritable", location=str(path)) from error
    url = URL.create("sqlite", database=str(path))
    writer = sa.create_engine(
        url, connect_args=_ARGUMENTS, pool_size=1, max_overflow=0, poolclass=sa.QueuePool
    )
    reader = sa.create_engine(
        url,
        connect_args=_ARGUMENTS,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=BUSY_TIMEOUT_MS / 1000,
        poolclass=sa.QueuePool,
    )
    # The size of pages first, which holds for a database that is only now made: half as many of
    # them are written for readings in no order, 8 % of what a reading costs; with the larger cache
    # the slowest of a hundred waits no longer.
    _prepare(writer, ("page_size = 8192", "journal_mode = WAL", "cache_size = -8000"))
    _prepare(reader, ("query_only = ON",))

    @sa.event.listens_for(reader, "begin")
    def start_reading(connection: sa.Connection) -> None:
        cast("sqlite3.Connection", connection.connection.driver_connection).execute("BEGIN")

    return SqliteFile(path, writer, reader, turnstile)


def _prepare(engine: sa.Engine, pragmas: Sequence[str]) -> None:
    settings = (
        # FULL: a commit is on disk before it returns, also when the power fails.
        "synchronous = FULL",
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        # After a burst the log is cut back to this many bytes.
        "journal_size_limit = 67108864",
        *pragmas,
    )

    @sa.event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        for setting in settings:
            connection.execute(f"PRAGMA {setting}")
