# SPDX-License-Identifier: Apache-2.0
"""Keys of units, the dyadic blocks that store ranges of them, and what facts on ranges mean.

A unit key packs three numbers into one positive 63-bit integer:

    62           34 33  32 31            0
    | run id (29) | level | index (32)    |
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.lifecycle import Lifecycle, Stage, StageFact, fold_stages
from trueorigin.domain.records import record

RUN_LIMIT = 2**29


def unit_key(run_id: int, level: int, index: int) -> int:
    """Pack (run, level, index) into the key every unit-grained table starts with."""
    return run_id << 34 | level << 32 | index


def split_unit_key(key: int) -> tuple[int, int, int]:
    """Undo `unit_key`: return (run, level, index)."""
    return key >> 34, key >> 32 & 3, key & 0xFFFFFFFF


def dyadic_blocks(start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Yield the fewest aligned blocks that tile [start, stop) as (size exponent, prefix).

    A block (e, p) covers [p << e, (p + 1) << e). Bounds are 0 <= start < stop <= 2**32; at most
    64 blocks come out, in ascending order.
    """
    while start < stop:
        exponent = min((start & -start).bit_length() - 1 if start else 32, 32)
        while start + (1 << exponent) > stop:
            exponent -= 1
        yield exponent, start >> exponent
        start += 1 << exponent


def covering_blocks(index: int) -> Iterator[tuple[int, int]]:
    """Yield the 33 blocks that could hold `index`: the probes of every range look-up."""
    return ((exponent, index >> exponent) for exponent in range(33))


class RangeKind(StrEnum):
    """What a fact does to the units of its range."""

    RELEASE = "release"
    WITHDRAW = "withdraw"
    RECALL = "recall"


_STAGES = {RangeKind.RELEASE: Stage.RELEASED, RangeKind.WITHDRAW: Stage.WITHDRAWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeFact:
    """One thing that happened to the units [start, stop) of one level of a run.

    `stop` may be 2**32. A recall carries the id of its order; only the others carry a reason.
    """

    id: UUID
    run_id: int
    level: int
    start: int
    stop: int
    kind: RangeKind
    effective_at: datetime
    recall_id: UUID | None
    reason: str | None
    actor_id: UUID | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """An order not to use a whole batch (`batch_id`) or a range of one level of a run."""

    id: UUID
    organisation_id: UUID
    number: str | None
    batch_id: UUID | None
    run_id: int | None
    level: int | None
    start: int | None
    stop: int | None
    reason: LocalText
    instruction: LocalText | None
    contact: str | None
    effective_at: datetime
    lifted_at: datetime | None
    created_at: datetime

    def is_in_force(self, at: datetime) -> bool:
        """Say whether the order holds at `at`; the instant of lifting is already free."""
        return is_recall_in_force(self.effective_at, self.lifted_at, at)


@record
class UnitFact:
    """A range fact as one unit inside it sees it. `lifted_at` is that of its recall order."""

    id: UUID
    kind: RangeKind
    effective_at: datetime
    recall_id: UUID | None
    lifted_at: datetime | None


@record
class RangeBlock:
    """One dyadic block of a fact's range: units [prefix << exponent, (prefix + 1) << exponent)."""

    run_id: int
    level: int
    exponent: int
    prefix: int
    fact: UnitFact


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRangeState:
    """What all range facts together make of one unit at one instant.

    Neither released nor withdrawn means that no such fact has taken effect yet. `recall_ids` are
    in order of their taking effect.
    """

    lifecycle: Lifecycle
    recall_ids: tuple[UUID, ...]

    @property
    def is_released(self) -> bool:
        """Return whether the latest of releases and withdrawals is a release."""
        return self.lifecycle.stage is Stage.RELEASED

    @property
    def is_withdrawn(self) -> bool:
        """Return whether the latest of releases and withdrawals is a withdrawal."""
        return self.lifecycle.stage is Stage.WITHDRAWN

    @property
    def released_at(self) -> datetime | None:
        """Return since when it is released, while it is."""
        return self.lifecycle.since if self.is_released else None

    @property
    def withdrawn_at(self) -> datetime | None:
        """Return since when it is withdrawn, while it is."""
        return self.lifecycle.since if self.is_withdrawn else None


def is_recall_in_force(effective_at: datetime, lifted_at: datetime | None, at: datetime) -> bool:
    """Say whether a recall holds at `at`: from taking effect until, not including, its lifting."""
    return effective_at <= at and (lifted_at is None or at < lifted_at)


def fold_range_facts(facts: Iterable[UnitFact], at: datetime) -> UnitRangeState:
    """Return the state of a unit at `at` from every fact whose range holds it, in any order.

    Releases and withdrawals are folded by `lifecycle.fold_stages`. Recalls stand beside that: each
    holds until its own order is lifted.
    """
    stages: list[StageFact] = []
    recalls: list[UnitFact] = []
    for fact in facts:
        stage = _STAGES.get(fact.kind)
        if stage is not None:
            stages.append(StageFact(effective_at=fact.effective_at, fact_id=fact.id, stage=stage))
        elif is_recall_in_force(fact.effective_at, fact.lifted_at, at):
            recalls.append(fact)
    ids = (fact.recall_id for fact in sorted(recalls, key=_order) if fact.recall_id is not None)
    return UnitRangeState(
        lifecycle=fold_stages(stages, at=at),
        # The same order may cover a unit by two ranges; it is one recall.
        recall_ids=tuple(dict.fromkeys(ids)),
    )


def list_stage_facts(facts: Iterable[UnitFact]) -> list[StageFact]:
    """Return the releases and withdrawals among `facts`, for `lifecycle.fold_stages`."""
    return [
        StageFact(effective_at=fact.effective_at, fact_id=fact.id, stage=_STAGES[fact.kind])
        for fact in facts
        if fact.kind in _STAGES
    ]


def _order(fact: UnitFact) -> tuple[datetime, UUID]:
    return fact.effective_at, fact.id
