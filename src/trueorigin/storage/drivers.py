# SPDX-License-Identifier: Apache-2.0
"""What sqlite3 and psycopg have in common, as far as the hot statements need it."""

from collections.abc import Sequence
from typing import Any, Protocol


class DriverCursor(Protocol):
    """What the hot statements need of a cursor; sqlite3's and psycopg's both have it."""

    rowcount: int

    @property
    def description(self) -> object:
        """None where the statement returns no rows."""

    def execute(self, sql: str, params: Sequence[object] = ..., /) -> object:
        """Run one statement."""

    def executemany(self, sql: str, params: Sequence[Sequence[object]], /) -> object:
        """Run one statement for every row of parameters."""

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return the remaining rows."""

    def close(self) -> object:
        """Release the cursor."""


class DriverConnection(Protocol):
    """What both drivers' connections have."""

    def cursor(self) -> DriverCursor:
        """Open a cursor."""

    def execute(self, sql: str, /) -> object:
        """Run one statement."""

    def commit(self) -> None:
        """End the transaction for good."""

    def rollback(self) -> None:
        """Undo the transaction; nothing happens where none is open."""
