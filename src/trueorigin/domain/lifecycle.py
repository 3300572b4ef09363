# SPDX-License-Identifier: Apache-2.0
"""Fold the releases and withdrawals that hold one unit into its stage at a given time.

Facts may arrive in any order and are never refused: each unit folds its own, ordered by the time
they take effect and then by their id, and the latest wins.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from uuid import UUID
from zoneinfo import ZoneInfo


class Stage(Enum):
    """Where a unit is in its life as far as bulk facts say; items and groups alike."""

    PLANNED = "planned"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFact:
    """A release or withdrawal that holds the unit, from `effective_at` on."""

    effective_at: datetime
    fact_id: UUID
    stage: Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """The stage, since when, and when the unit was first released; None when it never was."""

    stage: Stage
    since: datetime | None
    first_released_at: datetime | None


_PLANNED = Lifecycle(stage=Stage.PLANNED, since=None, first_released_at=None)


def fold_stages(facts: Iterable[StageFact], *, at: datetime) -> Lifecycle:
    """Return the unit's stage at `at`; a fact dated later than `at` has no effect yet."""
    folded = _PLANNED
    for fact in sorted(facts, key=lambda fact: (fact.effective_at, fact.fact_id)):
        if fact.effective_at > at:
            break
        is_first_release = fact.stage is Stage.RELEASED and folded.first_released_at is None
        folded = Lifecycle(
            stage=fact.stage,
            since=fact.effective_at,
            first_released_at=fact.effective_at if is_first_release else folded.first_released_at,
        )
    return folded


def end_of_day(on: date, time_zone: str) -> datetime | None:
    """Return the first instant after `on` where `time_zone` is in force: the end of a good day.

    None on the last day the calendar has.
    """
    if on >= date.max - timedelta(days=1):
        return None
    midnight = datetime.combine(on + timedelta(days=1), time(), tzinfo=ZoneInfo(time_zone))
    return midnight.astimezone(UTC)
