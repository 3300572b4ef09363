# SPDX-License-Identifier: Apache-2.0
"""Days of every time zone: where they begin and end, also where clocks are changed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, strategies as st

from trueorigin.domain.days import (
    DAY_MAX,
    begin_day,
    count_days,
    date_of,
    list_offsets,
    name_day,
)

SECOND = timedelta(seconds=1)
# What the system's data has besides places changes its clocks at odd moments.
ZONES = sorted(name for name in available_timezones() if "/" in name and "Etc" not in name)


@pytest.mark.parametrize(
    ("zone", "on", "begins", "hours"),
    [
        ("Asia/Shanghai", date(2026, 3, 15), datetime(2026, 3, 14, 16, tzinfo=UTC), 24),
        ("America/New_York", date(2026, 3, 8), datetime(2026, 3, 8, 5, tzinfo=UTC), 23),
        ("Europe/Berlin", date(2026, 10, 25), datetime(2026, 10, 24, 22, tzinfo=UTC), 25),
        # The day begins at one o'clock.
        ("Africa/Cairo", date(2026, 4, 24), datetime(2026, 4, 23, 22, tzinfo=UTC), 23),
        # The first hour comes twice.
        ("America/Havana", date(2026, 11, 1), datetime(2026, 11, 1, 4, tzinfo=UTC), 25),
        ("Asia/Kathmandu", date(2026, 1, 1), datetime(2025, 12, 31, 18, 15, tzinfo=UTC), 24),
        ("Australia/Lord_Howe", date(2026, 4, 5), datetime(2026, 4, 4, 13, tzinfo=UTC), 24.5),
        # Samoa left this day out.
        ("Pacific/Apia", date(2011, 12, 30), datetime(2011, 12, 30, 10, tzinfo=UTC), 0),
    ],
)
def test_a_day_begins_and_lasts_as_its_zone_says(
    zone: str, on: date, begins: datetime, hours: float
) -> None:
    day = count_days(on)
    assert begin_day(day, zone) == begins
    assert begin_day(day + 1, zone) - begins == timedelta(hours=hours)
    if hours:
        assert name_day(begins, zone) == day
        assert name_day(begins - SECOND, zone) == day - 1


@given(
    zone=st.sampled_from(ZONES),
    at=st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)),  # noqa: DTZ001 - UTC below
)
def test_an_instant_has_the_day_its_calendar_shows(zone: str, at: datetime) -> None:
    instant = at.replace(tzinfo=UTC)
    day = name_day(instant, zone)
    assert date_of(day) == instant.astimezone(ZoneInfo(zone)).date()
    assert begin_day(day, zone) <= instant < begin_day(day + 1, zone)


@given(zone=st.sampled_from(ZONES), start=st.integers(10_000, 25_000), data=st.data())
def test_offsets_over_a_stretch_of_days_are_those_of_each_minute(
    zone: str, start: int, data: st.DataObject
) -> None:
    found = list_offsets(start, start + 300, zone)
    assert [since for since, _ in found] == sorted({since for since, _ in found})
    minutes = st.integers(start * 1440, (start + 300) * 1440 - 1)
    edges = [since + more for since, _ in found for more in (-1, 0)][1:]
    for minute in (data.draw(minutes), *edges):
        ahead = next((each for since, each in reversed(found) if minute >= since), found[0][1])
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
        assert (minute + ahead) // 1440 == name_day(at, zone)


def test_days_beyond_the_bounds_are_the_nearest_within() -> None:
    assert count_days(date(1969, 12, 31)) == 0
    assert count_days(date.max) == DAY_MAX
    assert date_of(-1) == date(1970, 1, 1)
    assert date_of(DAY_MAX + 1) == date(9000, 1, 1)
    assert begin_day(DAY_MAX, "Pacific/Kiritimati").year == 8999
