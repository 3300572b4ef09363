# SPDX-License-Identifier: Apache-2.0
"""A unit's life: its own events, and those of each container while the unit was inside.

`Climb` knows the way and reads nothing. It names windows, is told what was found in them, and
names the next ones further out, until there is nothing left to ask:

    item     |--own-------------------------------------------|   every event of its own
    case          [== stay ==)       [== stay =============)      of the case: only these windows
    pallet           [= stay =)         [= stay =)                of the pallet: inside the case's
                                                                  and inside its own stay
             ------------------------------------------------> time

Others leak the earlier loads of a reused pallet into a history, or lose the pallet's events.
"""

from collections.abc import Iterable, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from trueorigin.domain.containment import (
    ALWAYS,
    DEPTH_MAX,
    FOREVER,
    Stay,
    find_emptying,
    fold_stays,
)
from trueorigin.domain.events import Event, Moment, Part, Touch
from trueorigin.domain.records import record
from trueorigin.domain.units import split_unit_key

# Packings of a container that are read from before a window, and emptyings within it: the last
# of those and the first of these count, unless they were declared in error.
LOOKBACK: Final = 4
# Touches of one part of one unit in one window; a history that has more is cut at its beginning.
TOUCHES_MAX: Final = 1000


class Window(NamedTuple):
    """What is to be read of one unit: its touches from `since` to `until`, both included.

    Of the unit itself everything (`lookback` is 0). Of a container only the parts that are felt
    inside, and its last `lookback` packings before `since` too; nothing after it was emptied
    once more than `lookback` times. Of each part at least the newest `TOUCHES_MAX`.
    """

    unit: int
    since: datetime
    until: datetime
    lookback: int


class Place(NamedTuple):
    """A unit was inside the last of `path` from `start` until, not including, `stop`.

    `path` leads outwards: the container of the unit, the container of that one, and so on.
    """

    path: tuple[int, ...]
    start: Moment
    stop: Moment


class Step(NamedTuple):
    """An event of a history, by its place in the order; `path` is empty for the unit's own.

    Otherwise `path` leads from the unit to the container that the event was about.
    """

    moment: Moment
    part: Part
    path: tuple[int, ...]


@dataclass(slots=True)
class Trace:
    """What a climb has found of one unit so far.

    `looped` and `too_deep` are the moments at which the climb met a unit again, or had to stop.
    `is_cut` says that somewhere on the way there was more than can be shown.
    """

    unit: int
    steps: dict[UUID, Step] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    looped: set[Moment] = field(default_factory=set)
    too_deep: set[Moment] = field(default_factory=set)
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class _Visit:
    """A container on the way out, seen from one unit, while that unit was inside."""

    trace: Trace
    path: tuple[int, ...]
    entered: Moment
    start: Moment
    stop: Moment

    @property
    def unit(self) -> int:
        return self.path[-1] if self.path else self.trace.unit


class Climb:
    """Follows units outwards through their containers, all of them at once."""

    def __init__(self, units: Iterable[int], *, lookback: int = LOOKBACK) -> None:
        """Begin with the units themselves."""
        self._lookback = lookback
        self.traces = {unit: Trace(unit) for unit in units}
        self._waiting: dict[Window, list[_Visit]] = {}
        for trace in self.traces.values():
            self._plan(_Visit(trace, (), ALWAYS, ALWAYS, FOREVER))

    def list_windows(self) -> list[Window]:
        """Return what has to be read next; nothing when the climb is over."""
        return list(self._waiting)

    def go_on(self, found: Mapping[Window, Sequence[Touch]], declared: AbstractSet[UUID]) -> None:
        """Take what the windows hold, and which of those events were declared in error."""
        visits, self._waiting = self._waiting, {}
        for window, waiting in visits.items():
            touches = found[window]
            if _is_short(window, touches, declared):
                wider = window._replace(lookback=window.lookback * 16)
                self._waiting.setdefault(wider, []).extend(waiting)
                continue
            valid = [each for each in touches if each.moment.id not in declared]
            cut = _find_cut(touches)
            for visit in waiting:
                if cut > visit.start:
                    visit.trace.is_cut = True
                    visit = replace(visit, start=cut)  # noqa: PLW2901 - the same one, later
                self._visit(visit, touches, valid)

    def _visit(self, visit: _Visit, touches: Sequence[Touch], valid: Sequence[Touch]) -> None:
        stop = visit.stop
        if visit.path:
            stop = min(stop, find_emptying(valid, visit.entered))
            if stop <= visit.start:
                return
            visit.trace.places.append(Place(visit.path, visit.start, stop))
        for each in touches:
            is_felt = not visit.path or each.part in _FELT_INSIDE
            is_ending = each.moment == stop < visit.stop
            if is_ending or (is_felt and visit.start <= each.moment < stop):
                self._enter(visit, each)
        index = split_unit_key(visit.unit)[2]
        for stay in fold_stays(valid, index):
            start, end = max(stay.start, visit.start), min(stay.stop, stop)
            if start < end:
                self._follow(visit, stay, start, end)

    def _enter(self, visit: _Visit, touch: Touch) -> None:
        """Keep an event once, as seen from nearest."""
        steps = visit.trace.steps
        known = steps.get(touch.moment.id)
        if known is None or len(visit.path) < len(known.path):
            steps[touch.moment.id] = Step(touch.moment, touch.part, visit.path)

    def _follow(self, visit: _Visit, stay: Stay, start: Moment, stop: Moment) -> None:
        trace = visit.trace
        if stay.container == trace.unit or stay.container in visit.path:
            trace.looped.add(start)
        elif len(visit.path) == DEPTH_MAX:
            trace.too_deep.add(start)
        else:
            self._plan(_Visit(trace, (*visit.path, stay.container), stay.start, start, stop))

    def _plan(self, visit: _Visit) -> None:
        lookback = self._lookback if visit.path else 0
        window = Window(visit.unit, visit.entered.at, visit.stop.at, lookback)
        self._waiting.setdefault(window, []).append(visit)


def _is_short(window: Window, touches: Sequence[Touch], declared: AbstractSet[UUID]) -> bool:
    """Say whether too little was read to tell where a container was, or when it was emptied.

    So many of the packings before the window, or of the emptyings in it, count for nothing that
    perhaps none that does was among those read.
    """
    if not window.lookback:
        return False
    packed = sum(
        each.part is Part.PACKED and each.moment.at < window.since and each.moment.id in declared
        for each in touches
    )
    emptied = sum(
        each.part is Part.EMPTIED and (each.moment.at == window.since or each.moment.id in declared)
        for each in touches
    )
    return max(packed, emptied) >= window.lookback


def _find_cut(touches: Sequence[Touch]) -> Moment:
    """Return the moment before which not all of `touches` may have been read."""
    cut = ALWAYS
    if len(touches) >= TOUCHES_MAX:
        for part in Part:
            moments = sorted(each.moment for each in touches if each.part is part)
            if len(moments) >= TOUCHES_MAX:
                cut = max(cut, moments[-TOUCHES_MAX])
    return cut


# What happens to a container happens to what is inside; what else goes in or out does not.
_FELT_INSIDE = frozenset({Part.PACKED, Part.SUBJECT})


@record
class Entry:
    """One line of a history: an event, the unit's part in it, and through which containers."""

    event: Event
    part: Part
    path: tuple[int, ...]


@record
class History:
    """All that is known of a unit's life, in the order of events; `places` by their start.

    `looped`, `too_deep` and `is_cut` are those of its `Trace`.
    """

    unit: int
    entries: tuple[Entry, ...]
    places: tuple[Place, ...]
    looped: frozenset[Moment] = frozenset()
    too_deep: frozenset[Moment] = frozenset()
    is_cut: bool = False


def build_history(trace: Trace, events: Mapping[UUID, Event]) -> History:
    """Put the events into the steps of a climb that is over."""
    steps = sorted(trace.steps.values(), key=lambda step: step.moment)
    return History(
        unit=trace.unit,
        entries=tuple(
            Entry(event=events[step.moment.id], part=step.part, path=step.path) for step in steps
        ),
        places=tuple(sorted(trace.places, key=lambda place: (place.start, len(place.path)))),
        looped=frozenset(trace.looped),
        too_deep=frozenset(trace.too_deep),
        is_cut=trace.is_cut,
    )
