# SPDX-License-Identifier: Apache-2.0
"""Slow down whoever tries invented codes by the thousand; nobody else.

Only readings of codes that were never issued are counted, and only they are refused: a city
behind one address goes on reading genuine goods. Each process counts for itself. A refusal comes
late, so that whoever asks again at once has the server work for everybody else meanwhile.
"""

import asyncio
import threading
from datetime import datetime
from typing import Final

# Networks remembered at a time; an attacker with more of them is slowed by the first limit only.
NETWORKS_MAX: Final = 65_536
_WINDOW_S: Final = 60
# A flood over 64 connections is 130 refusals a second then, not 8,000; a person hardly notices.
HOLD_S: Final = 0.5
# The golden ratio: steps of it, without the whole numbers, fill an interval evenly at any time.
_STEP: Final = (5**0.5 - 1) / 2
# Refusals that wait at a time, in 10 MB; those beyond are sent at once.
HELD_MAX: Final = 1000


class Throttle:
    """Counts invented codes by network and clock minute. Safe for many threads."""

    def __init__(self, limit: int) -> None:
        """Allow `limit` a minute and network; 0 allows any number."""
        self._limit = limit
        self._minute = 0
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()
        self._held = 0
        self._turn = 0.0

    async def hold(self) -> None:
        """Wait before a refusal is sent, unless `HELD_MAX` of them wait already.

        For `HOLD_S` on average, each time for longer or shorter: a flood that was refused at once
        comes back one by one, with room for others in between.
        """
        if self._held >= HELD_MAX:
            return
        # Only the event loop counts here.
        self._held += 1
        self._turn = (self._turn + _STEP) % 1
        try:
            await asyncio.sleep(HOLD_S * (0.5 + self._turn))
        finally:
            self._held -= 1

    def note_invented(self, network: str, at: datetime) -> int | None:
        """Count one; return the seconds to wait when the network is beyond its limit."""
        if not self._limit:
            return None
        minute, second = divmod(int(at.timestamp()), _WINDOW_S)
        with self._lock:
            if minute != self._minute or len(self._counts) >= NETWORKS_MAX:
                self._minute = minute
                self._counts.clear()
            count = self._counts.get(network, 0) + 1
            self._counts[network] = count
        return None if count <= self._limit else _WINDOW_S - second
