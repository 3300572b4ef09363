# SPDX-License-Identifier: Apache-2.0
"""What touches the units of one level of a run, arranged to be found by unit and by time."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from trueorigin.domain.containment import FOREVER
from trueorigin.domain.events import Moment, Touch

_moment = attrgetter("moment")


class Layer:
    """Touches of one part on one level of a run, found by unit and time.

    Nearly every question is about the end of time, or about a unit to which nothing happened
    since: the last touch of all is kept for each place between two edges. `turns` are those edges
    where it changes, far fewer where much lies on top of one another.
    """

    def __init__(self, touches: Iterable[Touch]) -> None:
        """Arrange `touches`. O(n log n)."""
        self.touches = sorted(touches, key=_moment)
        edges = {each.span.start for each in self.touches}
        edges.update(each.span.stop for each in self.touches)
        self.edges = sorted(edges)
        self._latest = self._find_latest()
        self.turns = [
            edge
            for edge, (before, after) in zip(self.edges, pairwise(self._latest), strict=True)
            if before is not after
        ]

    def _find_latest(self) -> list[Touch | None]:
        """Return the last touch before the first edge, between each two, and after the last."""
        latest: list[Touch | None] = [None] * (len(self.edges) + 1)
        places = {edge: place for place, edge in enumerate(self.edges, start=1)}
        # Painted from the newest on. Each place leads to itself while it is bare, and then
        # towards the next one that is; whoever comes by makes the way shorter.
        onwards = list(range(len(latest) + 1))
        for touch in reversed(self.touches):
            place, stop = places[touch.span.start], places[touch.span.stop]
            while place < stop:
                following = onwards[place]
                if following == place:
                    latest[place] = touch
                    following = onwards[place] = place + 1
                else:
                    following = onwards[place] = onwards[following]
                place = following
        return latest

    @cached_property
    def _nodes(self) -> defaultdict[int, list[Touch]]:
        """Arrange the touches as a segment tree, for questions about what was before the last.

        Each lies at the fewest nodes that together cover its span, in order of time, so that the
        last before a moment is found in O(log^2 n), whatever lies on top of one another.
        """
        nodes: defaultdict[int, list[Touch]] = defaultdict(list)
        for each in self.touches:
            left = bisect_left(self.edges, each.span.start) + len(self.edges)
            right = bisect_left(self.edges, each.span.stop) + len(self.edges)
            while left < right:
                if left & 1:
                    nodes[left].append(each)
                    left += 1
                if right & 1:
                    right -= 1
                    nodes[right].append(each)
                left, right = left >> 1, right >> 1
        return nodes

    def _over(self, index: int) -> Iterator[list[Touch]]:
        """Yield the nodes that hold a unit."""
        place = bisect_right(self.edges, index) - 1
        node = place + len(self.edges) if place >= 0 else 0
        while node:
            if node in self._nodes:
                yield self._nodes[node]
            node >>= 1

    def last_before(self, index: int, moment: Moment) -> Touch | None:
        """Return the last touch of a unit before `moment`."""
        last = self._latest[bisect_right(self.edges, index)]
        if last is None or last.moment < moment:
            return last
        last = None
        for touches in self._over(index):
            at = bisect_left(touches, moment, key=_moment)
            if at and (last is None or touches[at - 1].moment > last.moment):
                last = touches[at - 1]
        return last

    def first_after(self, index: int, moment: Moment) -> Moment:
        """Return the moment of the first touch of a unit after `moment`, or FOREVER."""
        first = FOREVER
        last = self._latest[bisect_right(self.edges, index)]
        if last is None or last.moment <= moment:
            return first
        for touches in self._over(index):
            at = bisect_right(touches, moment, key=_moment)
            if at < len(touches):
                first = min(first, touches[at].moment)
        return first

    def list_after(self, index: int, moment: Moment) -> Iterator[Touch]:
        """Yield the touches of a unit after `moment`, in no particular order."""
        for touches in self._over(index):
            yield from touches[bisect_right(touches, moment, key=_moment) :]


class Level(NamedTuple):
    """One level of a run: when its units were packed, emptied, put somewhere, and filled."""

    packed: Layer
    emptied: Layer
    placed: Layer
    filled: Layer

    def split(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """Yield [start, stop) in segments that the same events touch."""
        return cut(start, stop, (layer.edges for layer in self))

    def split_before(self, start: int, stop: int, until: Moment) -> Iterator[tuple[int, int]]:
        """Yield [start, stop) in segments that were last packed and put somewhere by the same."""
        layers = (self.packed, self.placed)
        if until == FOREVER:
            return cut(start, stop, (layer.turns for layer in layers))
        return cut(start, stop, (layer.edges for layer in layers))


def cut(start: int, stop: int, rows: Iterable[Sequence[int]]) -> Iterator[tuple[int, int]]:
    """Yield [start, stop) between those edges that lie inside; each of the `rows` is in order."""
    edges: set[int] = set()
    for row in rows:
        if row:
            edges.update(row[bisect_right(row, start) : bisect_left(row, stop)])
    for edge in sorted(edges) if edges else ():
        yield start, edge
        start = edge
    yield start, stop
