# SPDX-License-Identifier: Apache-2.0
"""Name what went wrong with the database itself; both drivers' errors, side by side.

Conflicts of the business are found by asking, not by failing; only two writers that do the same
in the same instant arrive here.
"""

import sqlite3
from typing import Final

import psycopg
import sqlalchemy as sa

from trueorigin.domain.errors import ConflictError, DomainError, UnavailableError

# Another transaction did the same in the same instant; whoever begins again sees what it did.
OVERTAKEN: Final = "changed_meanwhile"

_SQLITE = {
    "SQLITE_BUSY": "database_busy",
    "SQLITE_LOCKED": "database_busy",
    "SQLITE_FULL": "database_full",
    "SQLITE_CANTOPEN": "folder_unwritable",
    "SQLITE_IOERR": "database_unreachable",
    "SQLITE_READONLY": "folder_unwritable",
    "SQLITE_PERM": "folder_unwritable",
    "SQLITE_CORRUPT": "database_damaged",
    "SQLITE_NOTADB": "database_damaged",
}

# Classes of SQLSTATE, longest match first.
_POSTGRESQL = {
    "40001": "database_busy",  # could not serialise
    "40P01": "database_busy",  # deadlock
    "53100": "database_full",  # disk full
    "55P03": "database_busy",  # lock timeout
    "57014": "database_busy",  # statement timeout
    "25P03": "database_busy",  # idle in transaction for too long
    "08": "database_unreachable",
    "28": "database_unreachable",
    "3D": "database_unreachable",
    "53": "database_busy",
    "57": "database_unreachable",
    "XX": "database_damaged",
}

# What passes by itself, or as soon as somebody makes room.
_PASSING = frozenset({"database_busy", "database_full", "database_unreachable"})


def name_failure(error: BaseException) -> DomainError | None:
    """Return the refusal that stands for `error`, or None where it is a fault of our own code."""
    if isinstance(error, sa.exc.TimeoutError):
        return UnavailableError("database_busy")
    original = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    code: str | None = None
    if _is_duplicate(original):
        return ConflictError(OVERTAKEN)
    if isinstance(original, sqlite3.Error):
        # Extended names such as SQLITE_IOERR_WRITE begin with the plain one.
        name = getattr(original, "sqlite_errorname", None) or ""
        code = _SQLITE.get("_".join(name.split("_")[:2]))
    elif isinstance(original, psycopg.Error):
        state = original.sqlstate
        if state is None:
            # No answer from the server at all: it is gone or was never there.
            code = "database_unreachable" if _is_lost(original) else None
        else:
            code = _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2])
    if code is None:
        return None
    return UnavailableError(code) if code in _PASSING else DomainError(code)


def _is_lost(error: psycopg.Error) -> bool:
    return isinstance(error, psycopg.OperationalError)


def _is_duplicate(error: BaseException | None) -> bool:
    if isinstance(error, sqlite3.IntegrityError):
        return error.sqlite_errorname in {
            "SQLITE_CONSTRAINT_UNIQUE",
            "SQLITE_CONSTRAINT_PRIMARYKEY",
        }
    return isinstance(error, psycopg.errors.UniqueViolation)
