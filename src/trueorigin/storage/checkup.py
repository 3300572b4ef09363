# SPDX-License-Identifier: Apache-2.0
"""Ask a database about itself: is it whole, does it keep what it promised, what time is it there.

And has each connection a session of its own? Reads only; judges nothing.
"""

from datetime import UTC, datetime
from typing import Final

from trueorigin.storage.database import Database, Tx

# What must hold for "answered means on disk", by database; "synchronous" 2 is FULL.
DURABLE: Final = {
    "sqlite": {"journal_mode": "wal", "synchronous": "2"},
    "postgresql": {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"},
}


def find_damage(tx: Tx) -> str | None:
    """Return the first fault SQLite finds in its file, or None; reads the whole file once.

    PostgreSQL checks its pages as it reads them, so there is nothing to ask.
    """
    if tx.dialect == "postgresql":
        return None
    answer = str(tx.run("PRAGMA quick_check(1)")[0][0])
    return None if answer == "ok" else answer


def list_weak_settings(tx: Tx) -> list[str]:
    """Return `name=value` for every setting under which a power failure may lose readings."""
    weak = []
    for name, wanted in DURABLE[tx.dialect].items():
        question = f"PRAGMA {name}" if tx.dialect == "sqlite" else f"SHOW {name}"
        value = str(tx.run(question)[0][0])
        # Waiting for a standby, too, is more than we ask for.
        if value != wanted and not (name == "synchronous_commit" and value.startswith("remote_")):
            weak.append(f"{name}={value}")
    return weak


def read_clock(tx: Tx) -> datetime | None:
    """Return the database server's time; None for SQLite, which has no clock of its own."""
    if tx.dialect == "sqlite":
        return None
    instant: datetime = tx.run("SELECT clock_timestamp()")[0][0]
    return instant.astimezone(UTC)


def shares_sessions(database: Database) -> bool:
    """Tell whether a pooler lends PostgreSQL's sessions for one transaction each.

    Then limits and prepared statements of one connection meet another. What one connection gives
    back with its commit the next one gets; connections that keep theirs never have the same, nor
    another one later. Other clients of the pooler can take the session in between: then the first
    connection gets another one, and that is seen as well.
    """
    if database.dialect == "sqlite":
        return False
    with database.read() as first:
        session = _find_session(first)
        first.commit()
        with database.read() as second:
            return _find_session(second) == session or _find_session(first) != session


def _find_session(tx: Tx) -> int:
    return int(tx.run("SELECT pg_backend_pid()")[0][0])
