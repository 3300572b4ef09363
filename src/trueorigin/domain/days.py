# SPDX-License-Identifier: Apache-2.0
"""Days on an organisation's calendar: which one an instant belongs to, and when one begins.

A day is counted since 1970-01-01, whatever the zone. It begins with its first instant there and
ends with the first one of the next: 23 to 25 hours where clocks are changed.
"""

import re
from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from trueorigin.domain.ids import DAY_US, MINUTE_US, from_microseconds, to_microseconds

# Clocks are changed at full quarters of an hour, so one offset holds for a quarter.
_QUARTER_US: Final = 15 * MINUTE_US
_QUARTERS_A_DAY: Final = DAY_US // _QUARTER_US
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIRST: Final = date(1970, 1, 1)
# Nothing is counted beyond; the calendar itself ends in the year 9999.
DAY_MAX: Final = (date(9000, 1, 1) - _FIRST).days


def name_day(at: datetime, time_zone: str) -> int:
    """Return the day of an instant on the calendar of `time_zone`."""
    return name_day_us(to_microseconds(at), time_zone)


def name_day_us(at_us: int, time_zone: str) -> int:
    """Return the same of microseconds since 1970; 0.4 us, since offsets are remembered."""
    return (at_us + _offset_us(time_zone, at_us // _QUARTER_US)) // DAY_US


@lru_cache(maxsize=4096)
def _offset_us(time_zone: str, quarter: int) -> int:
    """Return how far the clocks of a zone are ahead of UTC during a quarter of an hour."""
    offset = from_microseconds(quarter * _QUARTER_US).astimezone(ZoneInfo(time_zone)).utcoffset()
    return 0 if offset is None else offset // timedelta(microseconds=1)


def begin_day(day: int, time_zone: str) -> datetime:
    """Return the first instant of a day, UTC; of one that a zone left out, where it would be."""
    local = datetime.combine(date_of(day), time(), tzinfo=ZoneInfo(time_zone))
    return local.astimezone(UTC)


def parse_day(text: str) -> date:
    """Read YYYY-MM-DD and nothing else, or raise ValueError.

    `date.fromisoformat` takes weeks, and days without hyphens, too.
    """
    if not _DAY.fullmatch(text):
        raise ValueError("YYYY-MM-DD")
    return date.fromisoformat(text)


def count_days(on: date) -> int:
    """Return a date as a day; beyond the bounds it is the nearest one within."""
    return min(max((on - _FIRST).days, 0), DAY_MAX)


def date_of(day: int) -> date:
    """Return the date of a day; beyond the bounds the nearest one within."""
    return _FIRST + timedelta(days=min(max(day, 0), DAY_MAX))


def list_offsets(start: int, stop: int, time_zone: str) -> list[tuple[int, int]]:
    """Return since which minute of the days [start, stop) clocks were how many minutes ahead.

    The first entry holds for whatever is before it. Costs a microsecond for each day.
    """
    first, last = start * _QUARTERS_A_DAY, max(stop, start + 1) * _QUARTERS_A_DAY
    minutes = _QUARTER_US // MINUTE_US

    def read(quarter: int) -> int:
        return _offset_us.__wrapped__(time_zone, quarter) // MINUTE_US

    steps = [*range(first - _QUARTERS_A_DAY, last + _QUARTERS_A_DAY, _QUARTERS_A_DAY)]
    found = [(steps[0] * minutes, read(steps[0]))]
    for before, after in pairwise(steps):
        offset = read(after)
        if offset != found[-1][1]:
            # No zone changes twice within a day.
            span = range(before + 1, after + 1)
            changed = bisect_left(span, 1, key=lambda quarter: int(read(quarter) == offset))
            found.append((span[changed] * minutes, offset))
    return found
