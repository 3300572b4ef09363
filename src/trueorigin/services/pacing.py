# SPDX-License-Identifier: Apache-2.0
"""Long work in short transactions: how many rows the next one takes, so that nobody waits long."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

# No other writer waits longer for one of our transactions; the aim leaves room for a slow disk.
HOLD_MAX_S: Final = 0.020
# Others have the database five times as long as we do. Beside an import so paced 99 % of readings
# wait 7.2 ms, beside one of 2 ms at a time and pauses three times as long 8 ms, alone 3.9 ms.
_HOLD_AIM_S: Final = HOLD_MAX_S / 20
_PAUSE_RATIO: Final = 5
# Some 10 ms of rows on a slow machine, however fast the last ones went.
ROWS_MOST: Final = 250
# On a busy machine most of that time nobody was kept waiting.
_PAUSE_S_MAX: Final = 0.05
# A transaction costs as much as twenty rows: fewer hold the database longer on the whole, and are
# for machines on which twenty take too long at a time.
ROWS_LEAST: Final = 5


@dataclass(slots=True)
class Pace:
    """How many rows go into the next transaction, by how long the last one held the database.

    `pause` waits between two of them, for seconds; tests replace it.
    """

    size: int = ROWS_LEAST
    least: int = ROWS_LEAST
    most: int = ROWS_MOST
    aim_s: float = _HOLD_AIM_S
    pause: Callable[[float], None] = time.sleep

    def measure(self, count: int, seconds: float) -> None:
        """Aim well below the limit; grow at most twofold, since a first fast one proves little."""
        fitting = int(count * self.aim_s / max(seconds, 1e-6))
        self.size = max(self.least, min(fitting, 2 * self.size, self.most))

    def rest(self, count: int, held: float) -> None:
        """Measure a transaction and pause for longer than it took: others get their turn."""
        self.measure(count, held)
        self.pause(min(held * _PAUSE_RATIO, _PAUSE_S_MAX))
