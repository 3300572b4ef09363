# SPDX-License-Identifier: Apache-2.0
"""Downloads of codes: who took which, and how often the same code has been taken.

The limit is on each code and format, not on the run: a run may be handed out in a hundred parts to
a hundred printers, but no part of it in one format more often than allowed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

# Whoever asks again for codes it was given so recently goes on with a broken download.
CONTINUED_WITHIN: Final = timedelta(days=1)
# The reason of such a download; it does not count.
CONTINUED: Final = "continued"


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """The codes [start, stop) of one level of a run that somebody took, and in which format."""

    id: UUID
    organisation_id: UUID
    actor_id: UUID | None
    run_id: int
    level: int
    start: int
    stop: int
    format: str
    at: datetime
    reason: str | None
    job_id: UUID | None

    @property
    def is_continued(self) -> bool:
        """Tell whether it went on with an earlier one, and so does not count."""
        return self.reason == CONTINUED


def count_overlap(ranges: Iterable[tuple[int, int]], start: int, stop: int) -> int:
    """Return how many of half-open `ranges` hold the unit of [start, stop) that most of them hold.

    O(n log n). Ranges that only touch share no unit.
    """
    steps = []
    for first, last in ranges:
        if max(first, start) < min(last, stop):
            steps += [(max(first, start), 1), (min(last, stop), -1)]
    most = depth = 0
    # At one bound ends come before beginnings: -1 sorts first.
    for _, step in sorted(steps):
        depth += step
        most = max(most, depth)
    return most
