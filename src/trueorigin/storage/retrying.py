# SPDX-License-Identifier: Apache-2.0
"""Begin a transaction again that another process overtook.

Readings write what they found missing without asking again whether it still is: on PostgreSQL that
would be a round trip of every batch. Nearly never another process wrote the same in the same
instant; then everything is undone, and the second attempt asks (`Tx.is_again`).
"""

from collections.abc import Callable
from typing import TypeVar

from trueorigin.domain.errors import ConflictError
from trueorigin.storage.database import Database, Tx
from trueorigin.storage.failures import OVERTAKEN

R = TypeVar("R")


def write_retrying(database: Database, work: Callable[[Tx], R], *, is_again: bool = False) -> R:
    """Return what `work` returned in a transaction that was committed; for both see `Database`.

    It is durable as `write_pending` says. `work` must be repeatable. Raises what it raises.
    """
    try:
        return _write_once(database, work, is_again=is_again)
    except ConflictError as conflict:
        if is_again or conflict.code != OVERTAKEN:
            raise
    return _write_once(database, work, is_again=True)


def _write_once(database: Database, work: Callable[[Tx], R], *, is_again: bool) -> R:
    with database.write_pending(is_again=is_again) as tx:
        return work(tx)
