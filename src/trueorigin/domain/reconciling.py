# SPDX-License-Identifier: Apache-2.0
"""Hold what was issued against what became of it: counts of a run, and where they do not fit.

Everything is a set of ranges of one level of a run, so that the price is that of the facts and
never of the units. A unit counts once for each thing that ever happened to it.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from trueorigin.domain.events import EventKind
from trueorigin.domain.packing import Span, join_spans, subtract_spans
from trueorigin.domain.records import record


class GapCode(StrEnum):
    """What does not fit.

    OVERPRINTED: taken more than once, so that copies may be about. RELEASED_NOT_DOWNLOADED: for
    sale, though its code never left the house. The others: a step of the chain without the one
    before it.
    """

    OVERPRINTED = "overprinted"
    RELEASED_NOT_DOWNLOADED = "released_not_downloaded"
    SHIPPED_NOT_RELEASED = "shipped_not_released"
    RECEIVED_NOT_SHIPPED = "received_not_shipped"
    SOLD_NOT_SHIPPED = "sold_not_shipped"
    SOLD_NOT_RELEASED = "sold_not_released"
    READ_NOT_RELEASED = "read_not_released"
    READ_NOT_DOWNLOADED = "read_not_downloaded"


# What is counted of events, in the order of a life.
COUNTED: Final = (
    EventKind.SHIPPING,
    EventKind.RECEIVING,
    EventKind.SELLING,
    EventKind.RETURNING,
    EventKind.DESTROYING,
)


@record
class LevelFacts:
    """One level of a run: the units of which each thing is true, in joined ranges.

    `released` and `recalled` are those that are so now, `ever_released` those that ever were.
    `happened` has, for each counted kind, the units it happened to, alone or in a container.
    `read` are those of which the public's phones were counted.
    """

    whole: Span
    downloaded: tuple[Span, ...]
    overprinted: tuple[Span, ...]
    released: tuple[Span, ...]
    ever_released: tuple[Span, ...]
    withdrawn: tuple[Span, ...]
    recalled: tuple[Span, ...]
    packed: tuple[Span, ...]
    happened: Mapping[EventKind, tuple[Span, ...]]
    read: tuple[Span, ...]


@record
class Gap:
    """Units of one level for which something does not fit."""

    code: GapCode
    spans: tuple[Span, ...]

    @property
    def count(self) -> int:
        """Return how many units these are."""
        return count_units(self.spans)


def count_units(spans: Iterable[Span]) -> int:
    """Return how many units some disjoint ranges hold."""
    return sum(span.size for span in spans)


def find_gaps(facts: LevelFacts) -> list[Gap]:
    """Return what does not fit on one level, in the order of a life; nothing that is empty."""
    shipped, sold = facts.happened[EventKind.SHIPPING], facts.happened[EventKind.SELLING]
    received = facts.happened[EventKind.RECEIVING]
    found = {
        GapCode.OVERPRINTED: facts.overprinted,
        GapCode.RELEASED_NOT_DOWNLOADED: subtract_spans(facts.released, facts.downloaded),
        GapCode.SHIPPED_NOT_RELEASED: subtract_spans(shipped, facts.ever_released),
        GapCode.RECEIVED_NOT_SHIPPED: subtract_spans(received, shipped),
        GapCode.SOLD_NOT_SHIPPED: subtract_spans(sold, shipped),
        GapCode.SOLD_NOT_RELEASED: subtract_spans(sold, facts.ever_released),
        GapCode.READ_NOT_RELEASED: subtract_spans(facts.read, facts.ever_released),
        GapCode.READ_NOT_DOWNLOADED: subtract_spans(facts.read, facts.downloaded),
    }
    return [Gap(code=code, spans=spans) for code, spans in found.items() if spans]


def list_repeated(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the units that are in two or more of `spans`, all of one level. O(n log n)."""
    steps: list[tuple[int, int]] = []
    level: tuple[int, int] | None = None
    for span in spans:
        level = span[:2]
        steps += [(span.start, 1), (span.stop, -1)]
    if level is None:
        return ()
    repeated: list[Span] = []
    depth, since = 0, 0
    # At one bound ends come before beginnings: -1 sorts first.
    for at, step in sorted(steps):
        depth += step
        if step == 1 and depth == 2:  # noqa: PLR2004 - the second
            since = at
        elif step == -1 and depth == 1 and since < at:
            repeated.append(Span(*level, since, at))
    return join_spans(repeated)
