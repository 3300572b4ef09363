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
from collections.abc import Iterable, Iterator, Sequence
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


def subtract_spans(spans: Iterable[Span], others: Iterable[Span]) -> tuple[Span, ...]:
    """Return what of `spans` is in none of `others`, in order. O(n log n)."""
    left: list[Span] = []
    taken = join_spans(others)
    at = 0
    for span in join_spans(spans):
        while at < len(taken) and (taken[at][:2], taken[at].stop) <= (span[:2], span.start):
            at += 1
        start, here = span.start, at
        while here < len(taken) and taken[here][:2] == span[:2] and taken[here].start < span.stop:
            if start < taken[here].start:
                left.append(span._replace(start=start, stop=taken[here].start))
            start = max(start, taken[here].stop)
            here += 1
        if start < span.stop:
            left.append(span._replace(start=start))
    return tuple(left)


def find_shared(spans: Sequence[Span], other: Span) -> Span | None:
    """Return the part of `other` from the first to the last unit that is in one of `spans` too.

    `spans` are disjoint, in order, and of the same level of a run as `other`. O(log n).
    """
    first = bisect_right(spans, other.start, key=lambda span: span.stop)
    last = bisect_left(spans, other.stop, key=lambda span: span.start) - 1
    if first > last:
        return None
    start, stop = max(other.start, spans[first].start), min(other.stop, spans[last].stop)
    return other._replace(start=start, stop=stop)


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

    def list_children(self, start: int, stop: int) -> Iterator[Span]:
        """Yield what those of the containers [start, stop) hold that are its own, in pieces."""
        run_id, _, first, last = self.containers
        rank = max(start - first, 0) * self.size
        end = min((min(stop, last) - first) * self.size, self.count)
        if rank >= end:
            return
        left, right = self._child_at(rank), self._child_at(end - 1)
        inside = self.rejects[bisect_left(self.rejects, left) : bisect_left(self.rejects, right)]
        for reject in (*inside, right + 1):
            if left < reject:
                yield Span(run_id, self.level, left, reject)
            left = reject + 1

    def _child_at(self, rank: int) -> int:
        """Return the child of this rank: each reject before it pushes it one further."""
        # Reject number k stands after `rejects[k] - first - k` good ones.
        passed = bisect_right(
            range(len(self.rejects)), rank, key=lambda k: self.rejects[k] - self.first - k
        )
        return self.first + rank + passed
