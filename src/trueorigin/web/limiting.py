# SPDX-License-Identifier: Apache-2.0
"""How many invented codes one network may try in a minute before it is asked to wait.

Only answers to codes that nobody issued are counted and held back: whole cities share one address
behind a carrier's translation, and a reading of an issued code is never refused by address. Kept
in the process, because a guesser gains nothing from a restart; bounded, so that a flood from many
networks costs no memory.
"""

from collections import OrderedDict
from datetime import datetime

_WINDOW_S = 60
# About 10 MB at worst; beyond it the network that was quiet longest is forgotten.
_NETWORKS_MAX = 65_536


class GuessLimit:
    """Counts not-issued answers by network and clock minute. Belongs to one event loop."""

    def __init__(self, per_minute: int, *, networks_max: int = _NETWORKS_MAX) -> None:
        """Allow `per_minute` guesses a network (0: any number)."""
        self._per_minute = per_minute
        self._networks_max = networks_max
        self._counts: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def count(self, network: str, at: datetime) -> int | None:
        """Count one guess; return None, or in how many seconds the network may go on.

        An unknown network ("") is not held back: it could be everybody.
        """
        if not self._per_minute or not network:
            return None
        seconds = int(at.timestamp())
        minute = seconds // _WINDOW_S
        counted_minute, guesses = self._counts.pop(network, (minute, 0))
        guesses = guesses + 1 if counted_minute == minute else 1
        self._counts[network] = (minute, guesses)
        if len(self._counts) > self._networks_max:
            self._counts.popitem(last=False)
        return None if guesses <= self._per_minute else _WINDOW_S - seconds % _WINDOW_S
