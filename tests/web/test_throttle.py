# SPDX-License-Identifier: Apache-2.0
"""Inventors of codes are slowed down, each network by itself, minute by minute."""

from datetime import UTC, datetime, timedelta

import pytest

from trueorigin.web import throttle
from trueorigin.web.throttle import Throttle

NOON = datetime(2026, 1, 1, 12, 0, 20, tzinfo=UTC)


def test_a_network_waits_for_the_next_minute() -> None:
    door = Throttle(3)
    assert [door.note_invented("a", NOON) for _ in range(3)] == [None] * 3
    assert door.note_invented("a", NOON) == 40
    assert door.note_invented("b", NOON) is None
    assert door.note_invented("a", NOON + timedelta(seconds=39)) == 1
    assert door.note_invented("a", NOON + timedelta(seconds=40)) is None


def test_zero_is_no_limit() -> None:
    door = Throttle(0)
    assert [door.note_invented("a", NOON) for _ in range(1000)] == [None] * 1000


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "NETWORKS_MAX", 10)
    door = Throttle(1)
    for number in range(1000):
        door.note_invented(str(number), NOON)
    assert len(door._counts) <= 10  # noqa: SLF001 - the bound is not visible from outside
