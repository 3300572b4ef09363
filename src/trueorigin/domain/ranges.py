# SPDX-License-Identifier: Apache-2.0
"""Half-open ranges of units: what a request may name, and which part of it is in a stage already.

The counterpart of `lifecycle.fold_stages` for a whole range at once; both order facts alike.
"""

import heapq
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from trueorigin.domain.catalog import Run
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.ids import to_microseconds
from trueorigin.domain.lifecycle import Stage, StageFact

# One request names at most so many ranges; a scanner's list of cases is merged by its client.
RANGES_MAX = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRange:
    """The units [start, stop) of one level of a run."""

    level: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRange:
    """A release or withdrawal of the units [start, stop)."""

    start: int
    stop: int
    fact: StageFact


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeDraft:
    """A range as a client wrote it: what is left out means from the first or to the last unit."""

    level: int
    start: int | None = None
    stop: int | None = None


def list_whole_run(run: Run) -> list[UnitRange]:
    """Return every unit of `run`, one range for each level."""
    return [UnitRange(level=level, start=0, stop=run.quantity_at(level)) for level in run.levels]


def parse_range(run: Run, draft: RangeDraft, *, field: str = "") -> UnitRange:
    """Return the range `draft` means within `run`, or refuse a level or bounds it has not.

    `field` is prepended to the field names, with its own trailing dot.
    """
    if draft.level not in run.levels:
        raise InvalidError(
            "level_unknown", field=f"{field}level", level=draft.level, max=run.levels[-1]
        )
    quantity = run.quantity_at(draft.level)
    start = 0 if draft.start is None else draft.start
    stop = quantity if draft.stop is None else draft.stop
    if start < 0:
        raise InvalidError("range_negative", field=f"{field}from")
    if stop > quantity:
        raise InvalidError(
            "range_beyond_run", field=f"{field}to", to=stop, quantity=quantity, last=quantity - 1
        )
    if start >= stop:
        raise InvalidError("range_reversed", field=f"{field}to", start=start, to=stop)
    return UnitRange(level=draft.level, start=start, stop=stop)


def find_overlap(ranges: Sequence[UnitRange]) -> UnitRange | None:
    """Return the first part that two of `ranges` share, or None. O(n log n)."""
    ordered = sorted(ranges, key=lambda each: (each.level, each.start))
    for before, after in itertools.pairwise(ordered):
        if before.level == after.level and after.start < before.stop:
            return UnitRange(
                level=after.level, start=after.start, stop=min(before.stop, after.stop)
            )
    return None


def find_standing_part(
    wanted: UnitRange, facts: Sequence[StageRange], *, stage: Stage, at: datetime
) -> tuple[int, int] | None:
    """Return the first stretch of `wanted` that is in `stage` at `at`, or None. O(n log n)."""
    first, last = None, wanted.stop
    for left, right, found in _list_stretches(wanted, facts, at):
        if found is stage and first is None:
            first = left
        if found is not stage and first is not None:
            last = left
            break
        if found is stage:
            last = right
    return None if first is None else (first, last)


def count_standing(
    wanted: UnitRange, facts: Sequence[StageRange], *, stage: Stage, at: datetime
) -> int:
    """Return how many units of `wanted` are in `stage` at `at`. O(n log n)."""
    stretches = _list_stretches(wanted, facts, at)
    return sum(right - left for left, right, found in stretches if found is stage)


def list_standing(
    wanted: UnitRange, facts: Sequence[StageRange], *, stage: Stage, at: datetime
) -> list[tuple[int, int]]:
    """Return the stretches of `wanted` that are in `stage` at `at`, in order. O(n log n)."""
    return [
        (left, right) for left, right, found in _list_stretches(wanted, facts, at) if found is stage
    ]


def _list_stretches(
    wanted: UnitRange, facts: Sequence[StageRange], at: datetime
) -> Iterator[tuple[int, int, Stage | None]]:
    """Yield `wanted` in stretches of one stage each: (start, stop, stage or None).

    One sweep over the bounds of `facts`; a heap keeps the facts that hold the current stretch,
    the latest on top, and drops those that have ended only when they come up.
    """
    begun = sorted(
        (each for each in facts if each.fact.effective_at <= at), key=lambda each: each.start
    )
    bounds = {wanted.start, wanted.stop}
    for each in begun:
        bounds.update(b for b in (each.start, each.stop) if wanted.start < b < wanted.stop)
    heap: list[tuple[int, int, int, Stage]] = []
    taken = 0
    for left, right in itertools.pairwise(sorted(bounds)):
        while taken < len(begun) and begun[taken].start <= left:
            fact, stop = begun[taken].fact, begun[taken].stop
            heapq.heappush(
                heap,
                (-to_microseconds(fact.effective_at), -fact.fact_id.int, stop, fact.stage),
            )
            taken += 1
        while heap and heap[0][2] <= left:
            heapq.heappop(heap)
        yield left, right, heap[0][3] if heap else None
