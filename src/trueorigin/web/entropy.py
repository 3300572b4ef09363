# SPDX-License-Identifier: Apache-2.0
"""Random bytes of the system's generator, fetched in stock: a reading needs three small helpings.

Each byte is handed out once. A stock belongs to one process: never fork after making one.
"""

from collections.abc import Callable
from typing import Final

_STOCK_BYTES: Final = 8192
# The largest helping of a reading, the token of a phone; the others leave some bytes unused.
_HELPING_BYTES: Final = 16


class EntropyStock:
    """Hands out random bytes from a stock: 0.15 us instead of 0.5, and no system call. Thread-safe.

    The stock is a list of helpings, and taking the last of a list is one step that no other thread
    can come between: 0.2 us less than a lock. What is larger comes from `source` itself.
    """

    __slots__ = ("_helpings", "_source")

    def __init__(self, source: Callable[[int], bytes]) -> None:
        """Start empty; `source(n)` returns n random bytes, as `os.urandom` does."""
        self._source = source
        self._helpings: list[bytes] = []

    def __reduce__(self) -> tuple[object, ...]:
        """Give another process a stock of its own: what lies in this one goes nowhere else."""
        return EntropyStock, (self._source,)

    def __call__(self, count: int) -> bytes:
        """Return `count` bytes that nobody was given before."""
        if count > _HELPING_BYTES:
            return self._source(count)
        try:
            return self._helpings.pop()[:count]
        except IndexError:
            first, *rest = _cut(self._source(_STOCK_BYTES))
            self._helpings += rest
            return first[:count]


def _cut(stock: bytes) -> list[bytes]:
    return [stock[at : at + _HELPING_BYTES] for at in range(0, len(stock), _HELPING_BYTES)]
