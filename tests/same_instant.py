"""Two transactions at the same instant: the second begins before the first has ended."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

from trueorigin.storage.database import Database, Tx

T = TypeVar("T")
# Long enough for a thread to run into whatever it has to wait for.
HEAD_START_S = 0.5


def overtake(database: Database, first: Callable[[Tx], object], second: Callable[[], T]) -> T:
    """Do `second` while `first` is done and not yet committed, and return what comes of it."""
    with ThreadPoolExecutor(1) as pool:
        with database.write() as tx:
            first(tx)
            late = pool.submit(second)
            wait([late], HEAD_START_S)
        return late.result()
