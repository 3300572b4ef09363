# SPDX-License-Identifier: Apache-2.0
"""Long work in short transactions: how many rows the next one takes, so that nobody waits long."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from trueorigin.storage.database import Database

# No other writer waits longer for one of our transactions; the aim leaves room for a slow disk.
HOLD_MAX_S: Final = 0.020
# Others have the database five times as long as we do, while there are any. Beside an import so
# paced 99 % of readings wait 7.2 ms, beside one of 2 ms at a time and pauses three times as long
# 8 ms, alone 3.9 ms.
_HOLD_AIM_S: Final = HOLD_MAX_S / 20
_PAUSE_RATIO: Final = 5
# Where nobody else has written during a tenth of a second of pauses, nobody is in the way: an
# import takes a sixth of the time, and whoever comes then waits once for a longer transaction.
_ALONE_AFTER_S: Final = 0.1
_HOLD_AIM_ALONE_S: Final = HOLD_MAX_S / 2
_PAUSE_RATIO_ALONE: Final = 0.5
# Some 10 ms of rows on a slow machine, however fast the last ones went.
ROWS_MOST: Final = 250
# On a busy machine most of that time nobody was kept waiting.
_PAUSE_S_MAX: Final = 0.05
# A transaction costs as much as twenty rows: fewer hold the database longer on the whole, and are
# for machines on which twenty take too long at a time.
ROWS_LEAST: Final = 5
# On PostgreSQL readings do not wait for other writers.
_HOLD_AIM_SHARED_S: Final = HOLD_MAX_S / 5
_ROWS_LEAST_SHARED: Final = 20


@dataclass(slots=True)
class Pace:
    """How many rows go into the next transaction, by how long the last one held the database.

    `pause` waits between two of them, for seconds; `watch` returns another value once somebody has
    written (`Database.find_change`). Left out, it returns another one each time: somebody might.
    """

    size: int = ROWS_LEAST
    least: int = ROWS_LEAST
    most: int = ROWS_MOST
    aim_s: float = _HOLD_AIM_S
    pause: Callable[[float], None] = time.sleep
    watch: Callable[[], object] = object
    # How long the pauses were since somebody else was last seen to write.
    _alone_s: float = 0.0

    @property
    def is_alone(self) -> bool:
        """Say whether nobody else has written for long."""
        return self._alone_s >= _ALONE_AFTER_S

    def measure(self, count: int, seconds: float) -> None:
        """Aim well below the limit; grow at most twofold, since a first fast one proves little."""
        aim_s = max(self.aim_s, _HOLD_AIM_ALONE_S) if self.is_alone else self.aim_s
        fitting = int(count * aim_s / max(seconds, 1e-6))
        self.size = max(self.least, min(fitting, 2 * self.size, self.most))

    def rest(self, count: int, held: float) -> None:
        """Measure a transaction and pause; where others write, for longer than it took."""
        self.measure(count, held)
        ratio = _PAUSE_RATIO_ALONE if self.is_alone else _PAUSE_RATIO
        seconds = min(held * ratio, _PAUSE_S_MAX)
        before = self.watch()
        self.pause(seconds)
        self._alone_s = self._alone_s + seconds if self.watch() == before else 0.0


def pace_rows(database: Database, pause: Callable[[float], None]) -> Pace:
    """Return the pace of work that adds, moves or removes rows by the thousand, all by itself."""
    if database.dialect == "sqlite":
        return Pace(pause=pause, watch=database.find_change)
    return Pace(
        size=_ROWS_LEAST_SHARED,
        least=_ROWS_LEAST_SHARED,
        aim_s=_HOLD_AIM_SHARED_S,
        pause=pause,
        watch=database.find_change,
    )
