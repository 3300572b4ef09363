# SPDX-License-Identifier: Apache-2.0
"""SQLite's write-ahead log: when it goes to the disk, and when into the database.

    mode       a commit returns                            used by
    ORDINARY   when the log is on the disk                 everything that somebody waits for
    PENDING    at once; `sync` puts the log on the disk    readings, which answer after `sync`;
                                                           invented codes, which do not wait
    BULK       at once; durable with the next of others    long work that can be taken up again

A reading's batch waits for the disk beside the next batch's work. What nobody waits for is on the
disk a tenth of a second later: a thread of its own puts it there and moves what the log holds into
the database, which makes writers wait only for the last stretch: moved in somebody's commit, a
thousand pages kept every reader waiting for 20 ms.
"""

import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import Final

from trueorigin.domain.errors import UnavailableError

# Pages of 8 kB that the log holds before writers are made to wait for the last of them.
_PAGES_MAX: Final = 1000
# Between two looks at the log while there is something in it.
_PAUSE_S: Final = 0.05


class Mode(Enum):
    """What a commit waits for, as the pragmas that say so; some are refused inside a transaction.

    In bulk transactions the log is moved by the one who fills it. The other limits only matter
    where the thread that does it cannot, since somebody reads the same old state for long.
    """

    ORDINARY = ("PRAGMA synchronous = FULL", "PRAGMA wal_autocheckpoint = 8000")
    PENDING = ("PRAGMA synchronous = NORMAL", "PRAGMA wal_autocheckpoint = 8000")
    BULK = ("PRAGMA synchronous = NORMAL", "PRAGMA wal_autocheckpoint = 300")


class SqliteLog:
    """The log of one database file, as one process sees it. Thread-safe."""

    def __init__(
        self, path: Path, connect: Callable[[], sqlite3.Connection], turn: threading.Lock
    ) -> None:
        """Start nothing yet; `turn` is held by whoever writes."""
        self._path = Path(f"{path}-wal")
        self._connect = connect
        self._turn = turn
        self._file: int | None = None
        self._inode = 0
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._has_more = threading.Event()
        self._is_over = threading.Event()

    def sync(self) -> None:
        """Wait until everything that was committed is on the disk."""
        try:
            os.fdatasync(self._open())
        except OSError as error:
            raise UnavailableError("database_unreachable", location=str(self._path)) from error

    def _open(self) -> int:
        """Return the file; where the log was made anew, the new one under the same number.

        Another thread may be about to sync it.
        """
        inode = self._path.stat().st_ino
        if inode == self._inode and self._file is not None:
            return self._file
        with self._guard:
            if inode != self._inode or self._file is None:
                found = os.open(self._path, os.O_RDONLY)
                if self._file is None:
                    self._file = found
                else:
                    os.dup2(found, self._file)
                    os.close(found)
                self._inode = os.fstat(self._file).st_ino
            return self._file

    def find_change(self) -> object:
        """Return what the file system says of the log, which each commit is written to."""
        with suppress(FileNotFoundError):
            found = self._path.stat()
            return found.st_mtime_ns, found.st_size
        return None

    def note_commit(self) -> None:
        """Let the log be moved into the database, soon and beside everything else."""
        if self._has_more.is_set():
            return
        self._has_more.set()
        if self._thread is None:
            self._start()

    def _start(self) -> None:
        with self._guard:
            if self._thread is not None or self._is_over.is_set():
                return
            self._thread = threading.Thread(target=self._move_on, name="sqlite-log", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop moving; whoever closes the database last moves the rest."""
        self._is_over.set()
        self._has_more.set()
        if self._thread is not None:
            self._thread.join()
        with self._guard:
            if self._file is not None:
                os.close(self._file)
                self._file = None
                self._inode = 0

    def _move_on(self) -> None:
        connection = self._connect()
        try:
            while True:
                self._has_more.wait()
                if self._is_over.is_set():
                    break
                self._has_more.clear()
                # Busy or out of room: the next commit asks again, and SQLite itself in the end.
                with suppress(sqlite3.Error, OSError):
                    self._settle()
                    self._move(connection)
                self._is_over.wait(_PAUSE_S)
        finally:
            connection.close()

    def _settle(self) -> None:
        """Put on the disk what nobody waits for; moving alone does not where somebody reads.

        A failure of the disk is told once for each open file: that of `sync` must tell its own.
        """
        file = os.open(self._path, os.O_RDONLY)
        try:
            os.fdatasync(file)
        finally:
            os.close(file)

    def _move(self, connection: sqlite3.Connection) -> None:
        """Move what can be moved without making anybody wait, and when it was much, the rest."""
        [(_, pages, _)] = connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        if pages > _PAGES_MAX:
            # With nobody writing the log ends up empty, and the next writer begins it anew.
            with self._turn:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
