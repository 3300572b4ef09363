# SPDX-License-Identifier: Apache-2.0
"""A dictionary of bounded weight that forgets what was not asked for longest."""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """A dictionary that forgets what was not asked for longest, once it weighs too much.

    Thread-safe; holds its lock for dictionary operations only.
    """

    def __init__(self, weight_max: int) -> None:
        """Start empty; the newest entry stays even if it alone weighs more than `weight_max`."""
        self._entries: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = threading.Lock()
        self._weight = 0
        self._weight_max = weight_max

    def __len__(self) -> int:
        """Return how many entries are kept."""
        return len(self._entries)

    def find_many(self, keys: Iterable[K]) -> dict[K, V]:
        """Return what is kept of `keys`, and remember that it was asked for."""
        found = {}
        with self._lock:
            for key in keys:
                entry = self._entries.get(key)
                if entry is not None:
                    self._entries.move_to_end(key)
                    found[key] = entry[0]
        return found

    def find(self, key: K) -> V | None:
        """Return what is kept of one key, and remember that it was asked for."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            self._entries.move_to_end(key)
        return entry[0]

    def keep(self, key: K, value: V, *, weight: int = 1) -> None:
        """Keep or replace an entry, and forget others as needed."""
        with self._lock:
            replaced = self._entries.pop(key, None)
            self._weight += weight - (0 if replaced is None else replaced[1])
            self._entries[key] = (value, weight)
            while self._weight > self._weight_max and len(self._entries) > 1:
                _, (_, forgotten) = self._entries.popitem(last=False)
                self._weight -= forgotten
