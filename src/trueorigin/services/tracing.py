# SPDX-License-Identifier: Apache-2.0
"""Answer where a unit has been, and where many units are now.

Backwards, a bounded number of statements whatever the number of events and units; forwards, at
the price of the events of the runs concerned. Only what the asker may see comes out.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from trueorigin.domain.containment import DEPTH_MAX
from trueorigin.domain.errors import InvalidError, NotFoundError
from trueorigin.domain.events import Event, Part, Touch
from trueorigin.domain.history import Climb, History, Trace, build_history
from trueorigin.domain.packing import Span, find_shared, join_spans, span_of
from trueorigin.domain.positions import Ground, Position, list_positions
from trueorigin.domain.tenancy import TenantScope
from trueorigin.domain.units import split_unit_key
from trueorigin.services.visibility import Viewer, may_see
from trueorigin.storage import catalog, containment, events as stored
from trueorigin.storage.database import Tx


def find_history(tx: Tx, viewer: Viewer, unit: int) -> History:
    """Return the life of a unit as far as `viewer` may see it.

    At most three statements for each level of containers around it, and two more.
    `unit_not_found` where nothing of it is the viewer's to see.
    """
    owner_id = _get_owner(tx, unit)
    history = find_histories(tx, [unit])[unit]
    entries = tuple(entry for entry in history.entries if may_see(viewer, owner_id, entry.event))
    if not entries and owner_id != viewer.organisation_id:
        raise NotFoundError("unit_not_found")
    return History(unit=unit, entries=entries, places=history.places)


def find_histories(tx: Tx, units: Iterable[int]) -> dict[int, History]:
    """Return the whole life of each unit, whoever asks: for verdicts and for `find_history`."""
    traces = _climb(tx, units)
    ids = {event_id for trace in traces.values() for event_id in trace.steps}
    events = stored.find_events(tx, ids)
    return {unit: build_history(trace, events) for unit, trace in traces.items()}


def _climb(tx: Tx, units: Iterable[int]) -> dict[int, Trace]:
    climb = Climb(units)
    while windows := climb.list_windows():
        found = containment.find_touches(tx, windows)
        ids = {touch.moment.id for touches in found.values() for touch in touches}
        climb.go_on(found, stored.find_declared(tx, ids))
    return climb.traces


def _get_owner(tx: Tx, unit: int) -> UUID:
    run = catalog.find_run(tx, split_unit_key(unit)[0])
    if run is None:
        raise NotFoundError("unit_not_found")
    return run.organisation_id


def find_run_positions(
    tx: Tx, scope: TenantScope, run_id: int, *, level: int = 0, at: datetime
) -> list[Position]:
    """Return where all units of one level of a run are at `at`, in order of their indexes."""
    run = catalog.get_run(tx, scope, run_id)
    if level not in run.levels:
        raise InvalidError("level_unknown", field="level", level=level, max=run.levels[-1])
    return find_positions(tx, [Span(run_id, level, 0, run.quantity_at(level))], at=at)


def find_group_positions(tx: Tx, unit: int, *, at: datetime) -> list[Position]:
    """Return where everything is that the last load of a group brought, down to its items."""
    survey = _Survey(tx, at)
    items: list[Span] = []
    groups: tuple[Span, ...] = (span_of(unit),)
    for _ in range(DEPTH_MAX):
        survey.read(groups)
        ground = survey.build_ground()
        loads = [each for group in groups for each in ground.list_loads(group)]
        items += [group for group, load in loads if not load]
        groups = join_spans(span for _, load in loads for span in load)
    items += groups
    return find_positions(tx, join_spans(items), at=at)


def find_contents(tx: Tx, unit: int, *, at: datetime) -> list[Span]:
    """Return what is directly inside a group at `at`. Six statements."""
    survey = _Survey(tx, at)
    container = span_of(unit)
    survey.read([container])
    [(_, load)] = survey.build_ground().list_loads(container)
    survey.read(load)
    ground = survey.build_ground()
    inside = (each for span in load for each in ground.list_inside(span, container))
    return list(join_spans(inside))


def find_positions(tx: Tx, spans: Sequence[Span], *, at: datetime) -> list[Position]:
    """Return where the units of `spans` are at `at`, in as few spans as possible.

    At most three statements for each level of containers, at the price of their events.
    """
    survey = _Survey(tx, at)
    wanted = join_spans(spans)
    for _ in range(DEPTH_MAX + 1):
        wanted = survey.read(wanted)
    return list(list_positions(survey.build_ground(), join_spans(spans)))


class _Survey:
    """Everything read so far that touches some units and their containers until `at`."""

    def __init__(self, tx: Tx, at: datetime) -> None:
        self._tx = tx
        self._at = at
        self._read: set[Span] = set()
        self._touches: dict[Touch, None] = {}
        self._events: dict[UUID, Event] = {}

    def read(self, spans: Sequence[Span]) -> tuple[Span, ...]:
        """Read what touches `spans`; return what they were ever in. Nothing is read twice."""
        wanted = [span for span in spans if span not in self._read]
        self._read.update(wanted)
        found = [
            touch
            for touch in containment.list_touches(self._tx, wanted)
            if touch.moment.at <= self._at
        ]
        self._touches.update(dict.fromkeys(found))
        ids = {touch.moment.id for touch in found} - self._events.keys()
        self._events.update(stored.find_events(self._tx, ids))
        return join_spans(_list_outer(wanted, found))

    def build_ground(self) -> Ground:
        """Arrange what was read."""
        return Ground(self._touches, self._events)


def _list_outer(spans: Sequence[Span], touches: Iterable[Touch]) -> Iterator[Span]:
    """Yield the containers that units of `spans` were packed into."""
    levels: dict[tuple[int, int], list[Span]] = {}
    for span in spans:
        levels.setdefault(span[:2], []).append(span)
    for touch in touches:
        if touch.part is Part.PACKED:
            shared = find_shared(levels[touch.span[:2]], touch.span)
            outer = None if shared is None else touch.containers_of(shared.start, shared.stop)
            if outer is not None:
                yield outer
