"""Two transactions at the same instant: the second begins before the first has ended."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import NoReturn, TypeVar

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


class _RolledBackError(Exception):
    """Ends a transaction of which nothing is kept."""


def meet_at(
    database: Database, hold: Callable[[Tx], object], acts: Sequence[Callable[[], T]]
) -> list[T]:
    """Do `acts` while `hold` has what all of them need; once all wait, give it back.

    On SQLite they wait for their turns anyway, and are done one after the other.
    """
    with ThreadPoolExecutor(len(acts)) as pool:
        late: list[Future[T]] = []

        def hold_until_all_wait(tx: Tx) -> NoReturn:
            hold(tx)
            late.extend(pool.submit(act) for act in acts)
            _await_waiting(database, len(acts))
            raise _RolledBackError

        with suppress(_RolledBackError), database.write() as tx:
            hold_until_all_wait(tx)
        return [each.result() for each in late]


def _await_waiting(database: Database, count: int) -> None:
    """Return once so many transactions wait for others."""
    if database.dialect == "sqlite":
        return
    ends = time.monotonic() + 20 * HEAD_START_S
    waiting = 0
    while waiting < count:
        assert time.monotonic() < ends, waiting
        with database.read() as tx:
            [[waiting]] = tx.ask(
                "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
                " WHERE NOT granted AND datname = current_database()",
                [],
            )
