"""A limit on how many statements a block of a test may send to the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from trueorigin.storage.database import Database


@contextmanager
def max_queries(database: Database, limit: int) -> Iterator[list[object]]:
    """Fail when the block sends more than `limit` statements; yields the list of them."""
    statements: list[object] = []
    with database.watching(statements.append):
        yield statements
    listing = "\n".join(str(each) for each in statements)
    assert len(statements) <= limit, f"{len(statements)} statements, {limit} allowed:\n{listing}"
