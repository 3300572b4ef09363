# SPDX-License-Identifier: Apache-2.0
"""How much long work does at a time, and for how long it pauses."""

import time

from hypothesis import given, strategies as st
from tests.factories import NOW

from trueorigin.services import pacing
from trueorigin.services.pacing import Pace, pace_rows
from trueorigin.storage import catalog
from trueorigin.storage.database import Database


@given(st.lists(st.tuples(st.integers(0, 250), st.floats(0, 100)), max_size=20))
def test_the_pace_keeps_its_bounds_whatever_is_measured(measured: list[tuple[int, float]]) -> None:
    pace = Pace()
    for count, seconds in measured:
        before = pace.size
        pace.measure(count, seconds)
        assert pacing.ROWS_LEAST <= pace.size <= min(2 * before, pacing.ROWS_MOST)


def test_the_pace_falls_at_once_and_grows_by_steps() -> None:
    pace = Pace(size=200)
    pace.measure(200, pacing.HOLD_MAX_S)
    assert pace.size == 10
    pace.measure(10, 0.0001)
    assert pace.size == 20
    pace.measure(20, 10)
    assert pace.size == pacing.ROWS_LEAST


def test_where_nobody_else_writes_transactions_are_longer_and_pauses_shorter() -> None:
    written: list[int] = []
    pauses: list[float] = []
    pace = Pace(size=50, pause=pauses.append, watch=lambda: len(written))
    # A tenth of a second of pauses of 5 ms.
    for _ in range(20):
        assert not pace.is_alone
        pace.rest(50, 0.001)
    assert set(pauses) == {0.005}
    for held in (0.001, 0.002, 0.004):
        pace.rest(100, held)
        assert pauses[-1] == held / 2
    assert pace.size == pacing.ROWS_MOST


def test_whoever_writes_meanwhile_has_his_turns_back_at_once() -> None:
    written: list[float] = []
    pace = Pace(size=50, pause=lambda _: None, watch=lambda: len(written))
    for _ in range(20):
        pace.rest(50, 0.001)
    pace.pause = written.append
    pace.rest(100, 0.004)
    pace.rest(100, 0.004)
    assert written == [0.002, 0.02]
    assert pace.size == 25


def test_where_nobody_is_watched_somebody_always_might_write() -> None:
    pauses: list[float] = []
    pace = Pace(pause=pauses.append)
    for _ in range(100):
        pace.rest(50, 0.001)
    assert set(pauses) == {0.005}


def test_work_on_rows_goes_by_what_others_write_to_its_database(database: Database) -> None:
    pauses: list[float] = []
    pace = pace_rows(database, pauses.append)
    for _ in range(20):
        pace.rest(50, 0.001)
    assert pace.is_alone
    pace.rest(50, 0.001)

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        # Some file systems count time in hundredths of a second.
        time.sleep(0.02)
        with database.write() as tx:
            catalog.append_public_host(tx, f"{len(pauses)}.example", NOW)

    pace.pause = pause
    for _ in range(2):
        pace.rest(50, 0.001)
    assert pauses == [0.005] * 20 + [0.0005] * 2 + [0.005]
