# SPDX-License-Identifier: Apache-2.0
"""Spans of units, and the arithmetic that packs a range of them into a range of containers.

A plan is one fact whatever it packs: which container a unit went into, and which units a
container holds, are computed. Nothing here knows of time or of other facts.

    plan: containers [7, 10), 4 in each, children [30, 41) without 33

    child       30 31 32 33 34 | 35 36 37 38 | 39 40      33 was rejected on the line
    rank         0  1  2  -  3 |  4  5  6  7 |  8  9      the place in the row of good ones
    container         7        |      8      |   9        7 + rank // 4; the last may be short
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from trueorigin.domain.records import record
from trueorigin.domain.units import split_unit_key, unit_key


class Span(NamedTuple):
    """The units [start, stop) of one level of one run; a single unit is a span of one."""

    run_id: int
    level: int
    start: int
    stop: int

    @property
    def size(self) -> int:
        """Return how many units these are."""
        return self.stop - self.start

    @property
    def key(self) -> int:
        """Return the unit key of the first of them."""
        return unit_key(self.run_id, self.level, self.start)

    def share(self, other: "Span") -> "Span | None":
        """Return the units that are in both."""
        start, stop = max(self.start, other.start), min(self.stop, other.stop)
        if self[:2] != other[:2] or start >= stop:
            return None
        return self._replace(start=start, stop=stop)

    def holds(self, key: int) -> bool:
        """Say whether the unit with this key is among them."""
        return self.key <= key < self.key + self.size


def span_of(key: int) -> Span:
    """Return one unit as a span."""
    run_id, level, index = split_unit_key(key)
    return Span(run_id, level, index, index + 1)


def join_spans(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the same units in as few spans as possible, in order. O(n log n)."""
    joined: list[Span] = []
    for span in sorted(spans):
        last = joined[-1] if joined else None
        if last is not None and last[:2] == span[:2] and span.start <= last.stop:
            joined[-1] = last._replace(stop=max(last.stop, span.stop))
        else:
            joined.append(span)
    return tuple(joined)


class Piece(NamedTuple):
    """Neighbouring children between two rejects: child i has rank `i - base`."""

    start: int
    stop: int
    base: int


@record
class Plan:
    """Children [first, stop) of the level below, packed in order, `size` in each of `containers`.

    `rejects` are those left out, ascending. There is a child for every container: `is_exact`.
    """

    containers: Span
    first: int
    stop: int
    size: int
    rejects: tuple[int, ...] = ()

    @property
    def level(self) -> int:
        """Return the level of the children."""
        return self.containers.level - 1

    @property
    def count(self) -> int:
        """Return how many children are packed."""
        return self.stop - self.first - len(self.rejects)

    @property
    def is_exact(self) -> bool:
        """Say whether the children fill exactly these containers, the last perhaps in part."""
        return self.count > 0 and -(-self.count // self.size) == self.containers.size

    def list_pieces(self) -> Iterator[Piece]:
        """Yield the children in pieces of neighbours, in order."""
        start = self.first
        for passed, reject in enumerate((*self.rejects, self.stop)):
            if start < reject:
                yield Piece(start, reject, self.first + passed)
            start = reject + 1

    def list_children(self, container: int) -> Iterator[Span]:
        """Yield what the container with this index holds, in pieces of neighbours."""
        rank = (container - self.containers.start) * self.size
        start = self._child_at(rank)
        last = self._child_at(min(rank + self.size, self.count) - 1)
        inside = bisect_left(self.rejects, start), bisect_left(self.rejects, last)
        for reject in (*self.rejects[slice(*inside)], last + 1):
            if start < reject:
                yield Span(self.containers.run_id, self.level, start, reject)
            start = reject + 1

    def _child_at(self, rank: int) -> int:
        """Return the child of this rank: each reject before it pushes it one further."""
        # Reject number k (from 0) stands after `rejects[k] - first - k` good ones.
        passed = bisect_right(
            range(len(self.rejects)), rank, key=lambda k: self.rejects[k] - self.first - k
        )
        return self.first + rank + passed
