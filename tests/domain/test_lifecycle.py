# SPDX-License-Identifier: Apache-2.0
"""Releases and withdrawals fold to the same stage in whatever order they arrive."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest

from trueorigin.domain.lifecycle import Lifecycle, Stage, StageFact, end_of_day, fold_stages

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def fact(stage: Stage, hours: int, number: int = 0) -> StageFact:
    return StageFact(effective_at=AT + hours * HOUR, fact_id=UUID(int=number), stage=stage)


def test_without_facts_a_unit_is_planned() -> None:
    assert fold_stages([], at=AT).stage is Stage.PLANNED


def test_a_release_holds_from_its_instant_on() -> None:
    facts = [fact(Stage.RELEASED, 0)]
    assert fold_stages(facts, at=AT - timedelta(microseconds=1)).stage is Stage.PLANNED
    assert fold_stages(facts, at=AT).stage is Stage.RELEASED


def test_the_latest_fact_wins_in_any_order_of_arrival() -> None:
    facts = [fact(Stage.RELEASED, -3), fact(Stage.WITHDRAWN, -2), fact(Stage.RELEASED, -1)]
    expected = Lifecycle(stage=Stage.RELEASED, since=AT - HOUR, first_released_at=AT - 3 * HOUR)
    assert {fold_stages(order, at=AT) for order in permutations(facts)} == {expected}


def test_facts_of_one_instant_are_ordered_by_id() -> None:
    facts = [fact(Stage.WITHDRAWN, -1, number=2), fact(Stage.RELEASED, -1, number=1)]
    assert fold_stages(facts, at=AT).stage is Stage.WITHDRAWN


def test_a_withdrawal_before_any_release_leaves_no_first_release() -> None:
    folded = fold_stages([fact(Stage.WITHDRAWN, -1)], at=AT)
    assert (folded.stage, folded.first_released_at) == (Stage.WITHDRAWN, None)


@pytest.mark.parametrize(
    ("on", "time_zone", "end"),
    [
        pytest.param(
            date(2026, 3, 14), "Asia/Shanghai", datetime(2026, 3, 14, 16, tzinfo=UTC), id="east"
        ),
        pytest.param(
            date(2026, 3, 14), "America/Lima", datetime(2026, 3, 15, 5, tzinfo=UTC), id="west"
        ),
        pytest.param(
            # Clocks go forward at 2 a.m. of the next day: that day still begins at midnight.
            date(2026, 3, 28),
            "Europe/Berlin",
            datetime(2026, 3, 28, 23, tzinfo=UTC),
            id="summer",
        ),
        pytest.param(date.max, "UTC", None, id="for-ever"),
    ],
)
def test_a_day_ends_when_the_next_begins_where_the_organisation_is(
    on: date, time_zone: str, end: datetime | None
) -> None:
    assert end_of_day(on, time_zone) == end
