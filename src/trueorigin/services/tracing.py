# SPDX-License-Identifier: Apache-2.0
"""Answer where a unit has been, and where many units are now.

Backwards, a bounded number of statements whatever the number of events and units; forwards, at
the price of the events of the runs concerned. Only what the asker may see comes out.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from trueorigin.domain.containment import DEPTH_MAX
from trueorigin.domain.errors import InvalidError, NotFoundError
from trueorigin.domain.events import PLACING, Event, Part, Touch
from trueorigin.domain.history import Climb, History, Trace, build_history
from trueorigin.domain.packing import Span, join_spans
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


def find_positions(tx: Tx, spans: Sequence[Span], *, at: datetime) -> list[Position]:
    """Return where the units of `spans` are at `at`, in as few spans as possible."""
    touches, events = _survey(tx, spans, at)
    ground = Ground(touches, {each.id for each in events.values() if each.kind in PLACING})
    return list(list_positions(ground, spans, events))


def _survey(tx: Tx, spans: Sequence[Span], at: datetime) -> tuple[list[Touch], dict[UUID, Event]]:
    """Read all that touches `spans` until `at`, and their containers, and the containers of those.

    At most four statements for each level of containers.
    """
    read: list[Touch] = []
    seen: set[Span] = set()
    wanted = join_spans(spans)
    for _ in range(DEPTH_MAX + 1):
        wanted = tuple(span for span in wanted if span not in seen)
        if not wanted:
            break
        seen.update(wanted)
        found = [t for t in containment.list_touches(tx, wanted) if t.moment.at <= at]
        read += found
        wanted = join_spans(
            outer
            for touch in found
            if touch.part is Part.PACKED
            and (outer := touch.containers_of(touch.span.start, touch.span.stop)) is not None
        )
    events = stored.find_events(tx, {touch.moment.id for touch in read})
    touches = {t for t in read if events[t.moment.id].declaration is None}
    return list(touches), events
