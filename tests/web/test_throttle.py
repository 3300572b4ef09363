# SPDX-License-Identifier: Apache-2.0
"""Inventors of codes are slowed down, each network by itself, minute by minute."""

import asyncio
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


def test_refusals_come_late_but_only_so_many_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "HELD_MAX", 3)
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await woken.wait()

    async def run() -> None:
        door = Throttle(1)
        held = [asyncio.create_task(door.hold()) for _ in range(3)]
        await asyncio.wait(held, timeout=0)
        # The fourth is sent at once.
        await asyncio.wait_for(door.hold(), timeout=1)
        assert all(throttle.HOLD_S / 2 <= each < throttle.HOLD_S * 1.5 for each in slept)
        assert len(set(slept)) == 3
        # One who hangs up frees the place.
        held[0].cancel()
        await asyncio.wait(held[:1])
        held.append(asyncio.create_task(door.hold()))
        await asyncio.wait(held[3:], timeout=0)
        assert len(slept) == 4
        woken.set()
        await asyncio.gather(*held[1:])

    woken = asyncio.Event()
    monkeypatch.setattr(asyncio, "sleep", sleep)
    asyncio.run(run())
