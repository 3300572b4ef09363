# SPDX-License-Identifier: Apache-2.0
"""Answer where a unit has been, and where many units are now.

Backwards, a bounded number of statements whatever the number of events and units; forwards, at
the price of the events of the runs concerned. Only what the asker may see comes out.
"""

from collections.abc import Iterable, Iterator, Sequence, Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from trueorigin.domain.anomalies import Anomaly, find_anomalies
from trueorigin.domain.catalog import Batch, MaterialFilter, Product, Run
from trueorigin.domain.containment import DEPTH_MAX, FOREVER
from trueorigin.domain.errors import InvalidError, NotFoundError
from trueorigin.domain.events import Event, Moment, Outline, Part, Touch, list_touches
from trueorigin.domain.history import Climb, Entry, History, Trace, build_history
from trueorigin.domain.packing import Span, find_shared, join_spans, span_of
from trueorigin.domain.positions import Ground, Position, list_positions
from trueorigin.domain.records import record
from trueorigin.domain.tenancy import TenantScope
from trueorigin.domain.units import UnitFact, list_stage_facts, split_unit_key
from trueorigin.services import remits
from trueorigin.services.visibility import Viewer, may_see
from trueorigin.storage import catalog, containment, events as stored, materials, units
from trueorigin.storage.database import Tx

# Runs of one batch that are looked through: one is usual, a hundred is a mistake.
RUNS_MAX: Final = 1000
# Batches of one lot of a raw material: a tank of spirit fills some dozens.
BATCHES_MAX: Final = 200


@record
class UnitHistory:
    """A unit's life, what went into it, and what of it cannot be; as far as one may see it.

    `facts` are releases, withdrawals and recalls of ranges that hold it.
    """

    run: Run
    batch: Batch
    product: Product
    history: History
    anomalies: tuple[Anomaly, ...]
    facts: tuple[UnitFact, ...] = ()


@record
class MaterialPositions:
    """Where a raw material is: the batches it went into, and where their items are."""

    batches: tuple[Batch, ...]
    positions: tuple[Position, ...]
    is_cut: bool


def find_history(tx: Tx, viewer: Viewer, unit: int) -> UnitHistory:
    """Return the life of a unit, by its key, as far as `viewer` may see it.

    At most three statements for each level of containers around it, and five more.
    `unit_not_found` where nothing of it is the viewer's to see.
    """
    run_id, level, index = split_unit_key(unit)
    run = catalog.find_run(tx, run_id)
    if run is None or level not in run.levels or index >= run.quantity_at(level):
        raise NotFoundError("unit_not_found")
    history = find_histories(tx, [unit])[unit]
    seen = tuple(
        entry for entry in history.entries if may_see(viewer, run.organisation_id, entry.event)
    )
    if not (seen or viewer.is_authority or run.organisation_id == viewer.organisation_id):
        raise NotFoundError("unit_not_found")
    [facts] = units.find_range_facts(tx, [(run_id, level, index)])
    anomalies = find_anomalies(history, list_stage_facts(facts), issued_at=run.created_at)
    moments = {entry.event.moment for entry in seen}
    return UnitHistory(
        run=run,
        batch=catalog.find_batches(tx, [run.batch_id])[run.batch_id],
        product=catalog.find_products(tx, [run.product_id])[run.product_id],
        history=_show_part(history, seen, moments),
        anomalies=tuple(each for each in anomalies if each.moment in moments),
        facts=facts,
    )


def _show_part(
    history: History, entries: tuple[Entry, ...], moments: AbstractSet[Moment]
) -> History:
    """Return a history with the places that `moments`, of the events seen, begin or end."""
    if len(entries) == len(history.entries):
        return history
    places = tuple(
        place for place in history.places if place.start in moments or place.stop in moments
    )
    return replace(history, entries=entries, places=places)


def get_event(tx: Tx, viewer: Viewer, event_id: UUID) -> Event:
    """Return one event to whoever may see it: for any of the goods it is about. Two queries.

    An authority sees those of goods within its remit, and its own.
    """
    event = stored.find_events(tx, [event_id]).get(event_id)
    if event is None:
        raise NotFoundError("event_not_found")
    runs = containment.find_runs(tx, _list_run_ids(event))
    if not any(may_see(viewer, run.organisation_id, event) for run in runs.values()):
        raise NotFoundError("event_not_found")
    is_told = viewer.organisation_id in {event.organisation_id, event.partner_id}
    if (
        viewer.is_authority
        and not is_told
        and not remits.covers_runs(tx, viewer.remit, sorted(runs))
    ):
        raise NotFoundError("event_not_found")
    return event


def find_onlooked(tx: Tx, viewer: Viewer, event: Event) -> set[UUID]:
    """Return the owners whose goods an authority looks at with an event of others; else nobody."""
    if not viewer.is_authority or event.organisation_id == viewer.organisation_id:
        return set()
    runs = containment.find_runs(tx, _list_run_ids(event))
    return {run.organisation_id for run in runs.values()} - {viewer.organisation_id}


def _list_run_ids(event: Event) -> set[int]:
    touched = [*event.about, *([] if event.container is None else [span_of(event.container)])]
    return {span.run_id for span in touched}


def find_histories(tx: Tx, keys: Iterable[int]) -> dict[int, History]:
    """Return the whole life of each unit, whoever asks: for verdicts and for `find_history`."""
    traces = _climb(tx, keys)
    ids = {event_id for trace in traces.values() for event_id in trace.steps}
    events = stored.find_events(tx, ids)
    return {unit: build_history(trace, events) for unit, trace in traces.items()}


def _climb(tx: Tx, keys: Iterable[int]) -> dict[int, Trace]:
    climb = Climb(keys)
    while windows := climb.list_windows():
        found = containment.find_touches(tx, windows)
        ids = {touch.moment.id for touches in found.values() for touch in touches}
        climb.go_on(found, stored.find_declared(tx, ids))
    return climb.traces


def find_run_positions(
    tx: Tx, scope: TenantScope, run_id: int, *, level: int = 0, at: datetime
) -> list[Position]:
    """Return where all units of one level of a run are at `at`, in order of their indexes."""
    run = catalog.get_run(tx, scope, run_id)
    if level not in run.levels:
        raise InvalidError("level_unknown", field="level", level=level, max=run.levels[-1])
    return find_positions(tx, [Span(run_id, level, 0, run.quantity_at(level))], at=at)


def find_batch_positions(
    tx: Tx, scope: TenantScope, batch_id: UUID, *, at: datetime
) -> list[Position]:
    """Return where all items of a batch are at `at`, run by run."""
    catalog.get_batch(tx, scope, batch_id)
    runs = catalog.list_runs(tx, scope, batch_id=batch_id, after=None, limit=RUNS_MAX)
    return find_positions(tx, [Span(run.id, 0, 0, run.quantity) for run in runs], at=at)


def find_material_positions(
    tx: Tx, scope: TenantScope, wanted: MaterialFilter, *, at: datetime
) -> MaterialPositions:
    """Return where all items are at `at` that hold a raw material of the caller's batches.

    Looks through the first `BATCHES_MAX` batches and `RUNS_MAX` runs: `is_cut` if there are more.
    """
    batches = materials.list_material_batches(tx, scope, wanted, limit=BATCHES_MAX + 1)
    runs = materials.list_batch_runs(tx, scope, batches[:BATCHES_MAX], limit=RUNS_MAX + 1)
    spans = [Span(run_id, 0, 0, quantity) for run_id, quantity in runs[:RUNS_MAX]]
    found = catalog.find_batches(tx, batches[:BATCHES_MAX])
    return MaterialPositions(
        batches=tuple(found[each] for each in batches[:BATCHES_MAX]),
        positions=tuple(find_positions(tx, spans, at=at)),
        is_cut=len(batches) > BATCHES_MAX or len(runs) > RUNS_MAX,
    )


def find_group_positions(tx: Tx, unit: int, *, at: datetime) -> list[Position]:
    """Return where everything is that the last load of a group brought, down to its items."""
    return find_positions(tx, find_innermost(tx, [span_of(unit)], at=at), at=at)


def find_innermost(tx: Tx, spans: Iterable[Span], *, at: datetime) -> tuple[Span, ...]:
    """Return what the last loads of `spans` were, down to its items, at `at`.

    What is no group, or was never packed into by anybody, is returned itself. At most three
    statements for each level, at the price of what filled and emptied it.
    """
    items: list[Span] = []
    groups = join_spans(spans)
    for _ in range(DEPTH_MAX):
        if not groups:
            break
        _, loads = _find_loads(tx, groups, at)
        items += [group for group, load in loads if not load]
        groups = join_spans(span for _, load in loads for span in load)
    items += groups
    return join_spans(items)


def find_packed(tx: Tx, unit: int, *, at: datetime) -> list[Span] | None:
    """Return what is directly inside a group at `at`; None where nothing was ever packed into it.

    Six statements, at the price of what filled and emptied the group, and of where what went
    into it was packed.
    """
    container = span_of(unit)
    filled, [(_, load)] = _find_loads(tx, [container], at)
    if not load:
        return None
    packed = containment.list_touches(tx, load, until=at, parts=(Part.PACKED,))
    outlines = containment.find_outlines(tx, {touch.moment.id for touch in (*filled, *packed)})
    ground = Ground.of([*filled, *packed], outlines)
    inside = (each for span in load for each in ground.list_inside(span, container))
    return list(join_spans(inside))


def _find_loads(
    tx: Tx, groups: Sequence[Span], at: datetime
) -> tuple[list[Touch], list[tuple[Span, tuple[Span, ...]]]]:
    """Return what filled and emptied `groups` until `at`, and the last load of each segment."""
    parts = (Part.CONTAINER, Part.EMPTIED)
    touches = containment.list_touches(tx, groups, until=at, parts=parts)
    events = stored.find_events(tx, {touch.moment.id for touch in touches})
    ground = Ground.of(touches, {event.id: event.outline for event in events.values()})
    return touches, [each for group in groups for each in ground.list_loads(group, events)]


def find_positions(tx: Tx, spans: Sequence[Span], *, at: datetime) -> list[Position]:
    """Return where the units of `spans` are at `at`, in as few spans as possible.

    At most three statements for each level of containers, at the price of their events.
    """
    return list(list_positions(Ground.of(*find_touched(tx, spans, at=at)), join_spans(spans)))


def find_alike(tx: Tx, spans: Sequence[Span], event: Event) -> list[Span]:
    """Return `spans` in parts to whose units the same happened until now, or would by `event`.

    Costs what `find_positions` does, and time by the events of the containers.
    """
    touches, outlines = find_touched(tx, spans, at=FOREVER.at)
    told = {**outlines, event.id: event.outline}
    ground = Ground.of([*touches, *list_touches(event)], told)
    return [part for span in join_spans(spans) for part in ground.list_alike(span)]


def find_touched(
    tx: Tx, spans: Iterable[Span], *, at: datetime
) -> tuple[list[Touch], dict[UUID, Outline]]:
    """Return what touches `spans` and whatever they were in until `at`, and of which events.

    At most three statements for each level of containers, at the price of their events. No span
    is read twice.
    """
    read: set[Span] = set()
    touches: dict[Touch, None] = {}
    outlines: dict[UUID, Outline] = {}
    wanted = join_spans(spans)
    for _ in range(DEPTH_MAX + 1):
        new = [span for span in wanted if span not in read]
        if not new:
            break
        read.update(new)
        found = containment.list_touches(tx, new, until=at)
        touches.update(dict.fromkeys(found))
        ids = {touch.moment.id for touch in found} - outlines.keys()
        outlines.update(containment.find_outlines(tx, ids))
        wanted = join_spans(_list_outer(new, found))
    return list(touches), outlines


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
