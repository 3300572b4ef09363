# SPDX-License-Identifier: Apache-2.0
"""Where many units are now: by arithmetic on ranges, at the price of events, never of units.

The units of one level of a run fall into segments that the same events touch. What happened to
their containers is found in the same way one level further out, and pulled back by the plan:

    items         |0 - - - - - - - - - 239|240 - - - - - - - 479|     two packings by plan, 24 a
                           |                        |                 case, and item 300 returned
    cases         |0 - - - - - - - - - - 9|10 - - - - - - - - 19|     cases 0 to 9 shipped, case 4
                                                                      received, the rest in store
    positions     |0..95|96..119|120..239 |240..299|300|301..479|
                   shipped  received       in store

A unit is where the last event put it, its own or that of a container it was in at that time.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

from trueorigin.domain.catalog import QUANTITY_MAX
from trueorigin.domain.containment import ALWAYS, DEPTH_MAX, FOREVER
from trueorigin.domain.events import PLACING, Effect, Event, EventKind, Moment, Outline, Part, Touch
from trueorigin.domain.layers import Layer, Level, cut
from trueorigin.domain.packing import Span, join_spans
from trueorigin.domain.records import record

_NOTHING: Final = Level(*[Layer(())] * 4)
_FILLING: Final = frozenset({Effect.INTO, Effect.PLANNED})


class _Stretch(NamedTuple):
    """The time in which something is looked for: from `since` until, not including, `until`."""

    since: Moment
    until: Moment


# Units [start, stop), and the last event that put them somewhere.
_Found: TypeAlias = tuple[int, int, Moment | None]


class _Ending(NamedTuple):
    """What last put each unit of a level somewhere: from `starts[n]` on that was `moments[n]`."""

    starts: list[int]
    moments: list[Moment | None]

    def cut(self, start: int, stop: int, since: Moment) -> Iterator[_Found]:
        """Yield [start, stop) in segments, with nothing where it was before `since`."""
        place = bisect_right(self.starts, start) - 1
        while start < stop:
            moment = self.moments[place]
            place += 1
            end = min(self.starts[place], stop)
            yield start, end, None if moment is None or moment < since else moment
            start = end


class Ground:
    """All that touches some units and whatever they were in."""

    def __init__(
        self, levels: Mapping[tuple[int, int], Level], outlines: Mapping[UUID, Outline]
    ) -> None:
        """Take what is arranged already; `outlines` are those of its events, by id."""
        self.outlines = outlines
        self._levels = levels
        self._endings: dict[tuple[tuple[int, int], int], _Ending] = {}

    @classmethod
    def of(cls, touches: Iterable[Touch], outlines: Mapping[UUID, Outline]) -> "Ground":
        """Arrange touches of the events with these `outlines`.

        Those declared in error count for nothing.
        """
        levels: defaultdict[tuple[int, int], tuple[list[Touch], ...]]
        levels = defaultdict(lambda: ([], [], [], []))
        for each in touches:
            outline = outlines[each.moment.id]
            if not outline.is_declared:
                packed, emptied, placed, filled = levels[each.span[:2]]
                if each.part is Part.PACKED:
                    packed.append(each)
                elif each.part is Part.EMPTIED:
                    emptied.append(each)
                elif each.part is Part.SUBJECT and outline.kind in PLACING:
                    placed.append(each)
                elif each.part is Part.CONTAINER and outline.effect in _FILLING:
                    filled.append(each)
        arranged = {name: Level(*map(Layer, lists)) for name, lists in levels.items()}
        return cls(arranged, outlines)

    def keep_kind(self, kind: EventKind) -> "Ground":
        """Return the same packings, and of what put units somewhere the events of one kind."""
        levels = {
            name: level._replace(
                placed=Layer(
                    touch
                    for touch in level.placed.touches
                    if self.outlines[touch.moment.id].kind is kind
                )
            )
            for name, level in self._levels.items()
        }
        return Ground(levels, self.outlines)

    def list_last(self, span: Span) -> Iterator[tuple[Span, Moment | None]]:
        """Yield `span` in segments, in order, with the last event that put each somewhere."""
        for start, stop, moment in self._seek(span, ALWAYS, _Stretch(ALWAYS, FOREVER), 0):
            yield Span(span.run_id, span.level, start, stop), moment

    def list_inside(self, span: Span, containers: Span) -> Iterator[Span]:
        """Yield those of `span` that are in one of `containers` at the end of time."""
        level = self._find_level(span)
        for start, stop in level.split(span.start, span.stop):
            packed = level.packed.last_before(start, FOREVER)
            outer = None if packed is None else packed.containers_of(start, stop)
            shared = None if outer is None else outer.share(containers)
            if packed is None or shared is None:
                continue
            around = self._find_level(shared)
            for left, right in around.split(shared.start, shared.stop):
                if around.emptied.first_after(left, packed.moment) == FOREVER:
                    begin, end = packed.children_of(left, right, (start, stop))
                    yield span._replace(start=begin, stop=end)

    def list_loads(
        self, containers: Span, events: Mapping[UUID, Event]
    ) -> Iterator[tuple[Span, tuple[Span, ...]]]:
        """Yield containers in segments, with what went in since they were emptied and refilled.

        Also what was taken out again, or is somewhere else by now; nothing for what is no group.
        `events` are those that filled any of them.
        """
        level = self._find_level(containers)
        for start, stop in level.split(containers.start, containers.stop):
            last = level.filled.last_before(start, FOREVER)
            load: list[Span] = []
            if last is not None:
                emptied = level.emptied.last_before(start, last.moment)
                since = ALWAYS if emptied is None else emptied.moment
                for touch in level.filled.list_after(start, since):
                    event = events[touch.moment.id]
                    load += event.plan.list_children(start, stop) if event.plan else event.about
            yield containers._replace(start=start, stop=stop), join_spans(load)

    def list_alike(self, span: Span) -> Iterator[Span]:
        """Yield `span` in parts, in order, to whose units the same ever happened.

        To all of a part, and to whatever they were in together: the first stands for the others.
        """
        edges = sorted(self._list_edges(span, 0, {}) | {span.stop})
        start = span.start
        for edge in edges:
            if start < edge <= span.stop:
                yield span._replace(start=start, stop=edge)
                start = edge

    def _list_edges(self, span: Span, depth: int, known: dict[Span, set[int]]) -> set[int]:
        """Return where one part of `span` ends and the next one begins; `known` saves work."""
        if span in known:
            return known[span]
        level = self._find_level(span)
        parts = list(level.split(span.start, span.stop))
        edges = known[span] = {start for start, _ in parts}
        if depth == DEPTH_MAX:
            return edges
        for start, stop in parts:
            plans = [each for each in level.packed.list_after(start, ALWAYS) if each.size]
            # Plans whose containers begin at different units share some of them, and not others.
            is_shifted = len({(each.size, each.base % each.size) for each in plans}) > 1
            for touch in plans:
                outer = touch.containers_of(start, stop)
                if outer is None:
                    continue
                inner = self._list_edges(outer, depth + 1, known)
                for edge in range(outer.start, outer.stop) if is_shifted else inner:
                    first, _ = touch.children_of(edge, edge + 1, (0, stop))
                    if start < first < stop:
                        edges.add(first)
        return edges

    def _find_level(self, span: Span) -> Level:
        return self._levels.get((span.run_id, span.level), _NOTHING)

    def _seek(self, span: Span, entered: Moment, stretch: _Stretch, depth: int) -> Iterator[_Found]:
        """Yield segments of `span` with the last event in the stretch, in any order.

        At a `depth` above 0 they are containers, and who looks is in them since `entered`: only
        until they are emptied.
        """
        level = self._find_level(span)
        emptied = (level.emptied.edges,) if depth else ()
        for start, stop in cut(span.start, span.stop, emptied):
            until = stretch.until
            if depth:
                until = min(until, level.emptied.first_after(start, entered))
            if until <= stretch.since:
                yield start, stop, None
            elif until == FOREVER:
                ending = self._find_ending(span[:2], depth)
                yield from ending.cut(start, stop, stretch.since)
            else:
                within = _Stretch(stretch.since, until)
                yield from self._seek_back(level, (start, stop), within, depth)

    def _find_ending(self, name: tuple[int, int], depth: int) -> _Ending:
        """Return what last put each unit of a level somewhere; worked out once for each depth.

        The last event since some moment is the last of all, or there is none: so all who ask what
        happened until the end of time are answered by the same.
        """
        known = self._endings.get((name, depth))
        if known is None:
            stretch = _Stretch(ALWAYS, FOREVER)
            level = self._levels.get(name, _NOTHING)
            found = self._seek_back(level, (0, QUANTITY_MAX), stretch, depth)
            starts: list[int] = []
            moments: list[Moment | None] = []
            for start, _, moment in sorted(found, key=itemgetter(0)):
                if not moments or moments[-1] is not moment:
                    starts.append(start)
                    moments.append(moment)
            known = self._endings[name, depth] = _Ending([*starts, QUANTITY_MAX], moments)
        return known

    def _seek_back(
        self, level: Level, bounds: tuple[int, int], stretch: _Stretch, depth: int
    ) -> Iterator[_Found]:
        """Go back in time from one packing to the one before, until something is found."""
        waiting = [(bounds, stretch.until)]
        while waiting:
            bounds, until = waiting.pop()
            for start, stop in level.split_before(*bounds, until):
                own = _moment_of(level.placed.last_before(start, until), stretch.since)
                packed = level.packed.last_before(start, until)
                if packed is None:
                    yield start, stop, own
                    continue
                if own is not None and own < packed.moment:
                    own = None
                since = max(packed.moment, stretch.since) if own is None else own
                inside = _Stretch(since, until)
                for left, right, moment in self._seek_containers(
                    packed, (start, stop), inside, depth
                ):
                    last = moment or own
                    if last is None and packed.moment > stretch.since:
                        waiting.append(((left, right), packed.moment))
                    else:
                        yield left, right, last

    def _seek_containers(
        self, packed: Touch, bounds: tuple[int, int], stretch: _Stretch, depth: int
    ) -> Iterator[_Found]:
        """Seek in what units [bounds) were packed into, and say it of the units."""
        containers = packed.containers_of(*bounds)
        if containers is None or depth == DEPTH_MAX:
            yield *bounds, None
            return
        for left, right, moment in self._seek(containers, packed.moment, stretch, depth + 1):
            if right - left == containers.size:
                yield *bounds, moment
            else:
                yield *packed.children_of(left, right, bounds), moment


def _moment_of(touch: Touch | None, since: Moment) -> Moment | None:
    return None if touch is None or touch.moment < since else touch.moment


@record
class Position:
    """Units that are in the same state, with the same holder, at the same place.

    `kind` is that of the last event that put them there; None, with all after it, where nothing
    ever did. `at` is the newest of those events. After a sale nobody of the chain holds them.
    """

    span: Span
    kind: EventKind | None
    at: datetime | None = None
    holder_id: UUID | None = None
    site_id: UUID | None = None
    partner_id: UUID | None = None


def list_positions(ground: Ground, spans: Iterable[Span]) -> Iterator[Position]:
    """Yield where the units of `spans` are, neighbours in one place together."""
    held: list[_Part] = []
    for span in spans:
        for part in ground.list_last(span):
            if held and not _are_together(ground.outlines, held[-1], part):
                yield _build_position(ground.outlines, held)
                held = []
            held.append(part)
    if held:
        yield _build_position(ground.outlines, held)


@record
class PositionGroup:
    """All units in one state, with one holder, at one place; `spans` in order.

    `at` is the newest of the events that put them there.
    """

    kind: EventKind | None
    at: datetime | None
    holder_id: UUID | None
    site_id: UUID | None
    partner_id: UUID | None
    count: int
    spans: tuple[Span, ...]


def group_positions(positions: Iterable[Position]) -> list[PositionGroup]:
    """Return positions by state, holder and place, those of the most units first."""
    groups: defaultdict[tuple[object, ...], list[Position]] = defaultdict(list)
    for each in positions:
        groups[_place(each)].append(each)
    found = [
        PositionGroup(
            kind=held[0].kind,
            at=max((each.at for each in held if each.at is not None), default=None),
            holder_id=held[0].holder_id,
            site_id=held[0].site_id,
            partner_id=held[0].partner_id,
            count=sum(each.span.size for each in held),
            spans=join_spans(each.span for each in held),
        )
        for held in groups.values()
    ]
    # Of equal size they come in the order of their first unit.
    return sorted(found, key=lambda group: (-group.count, group.spans[0]))


# Units, and the last event that put them somewhere.
_Part: TypeAlias = tuple[Span, Moment | None]
# What was last done with them, who holds them, at which site, and for whom.
_Place: TypeAlias = tuple[EventKind | None, UUID | None, UUID | None, UUID | None]
_GONE: Final = frozenset({EventKind.SELLING, EventKind.DESTROYING})
_place = attrgetter("kind", "holder_id", "site_id", "partner_id")


def _are_together(outlines: Mapping[UUID, Outline], one: _Part, two: _Part) -> bool:
    """Tell whether the units of `two` follow those of `one` and are in the same place."""
    (span, moment), (other, its_moment) = one, two
    if span.stop != other.start or span[:2] != other[:2]:
        return False
    return _place_of(outlines, moment) == _place_of(outlines, its_moment)


def _place_of(outlines: Mapping[UUID, Outline], moment: Moment | None) -> _Place:
    if moment is None:
        return (None, None, None, None)
    told = outlines[moment.id]
    holder_id = None if told.kind in _GONE else told.organisation_id
    return (told.kind, holder_id, told.site_id, told.partner_id)


def _build_position(outlines: Mapping[UUID, Outline], parts: Sequence[_Part]) -> Position:
    """Join neighbours that are in one place."""
    first, moment = parts[0]
    kind, holder_id, site_id, partner_id = _place_of(outlines, moment)
    return Position(
        span=Span(first.run_id, first.level, first.start, parts[-1][0].stop),
        kind=kind,
        at=max((each.at for _, each in parts if each is not None), default=None),
        holder_id=holder_id,
        site_id=site_id,
        partner_id=partner_id,
    )
