# SPDX-License-Identifier: Apache-2.0
"""Say what would be wrong with an event before it is sent. Writes nothing, refuses nothing.

The same judgement as of a history (`domain/anomalies.py`), of what it would be with the event.
People decide; what they send all the same is kept and flagged.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Final

from trueorigin.domain.anomalies import find_anomalies
from trueorigin.domain.containment import FOREVER
from trueorigin.domain.events import PLACING, Effect, Event, EventKind, Part, list_touches
from trueorigin.domain.history import Entry, History, Place
from trueorigin.domain.packing import Span
from trueorigin.domain.records import record
from trueorigin.domain.units import fold_range_facts, list_stage_facts, split_unit_key
from trueorigin.services import tracing
from trueorigin.storage import containment, units
from trueorigin.storage.database import Tx

# Units of one event that are judged one by one: as many codes as an event may name.
JUDGED_MAX: Final = 1000
# Of more units, parts to which the same happened are judged by their first unit: so many parts.
PARTS_MAX: Final = 1000
# Pieces of releases, withdrawals and recalls of the runs, which part units too.
_BLOCKS_MAX: Final = 10_000
# Units that are named for each warning.
NAMED_MAX: Final = 5
# Where goods go to consumers or to somebody who will sell them.
_FORWARD: Final = frozenset({EventKind.PACKING, EventKind.SHIPPING, EventKind.SELLING})


class WarningCode(StrEnum):
    """What would be wrong: the codes of anomalies, and these."""

    RECALLED = "recalled"
    SOLD_ALREADY = "sold_already"
    DESTROYED_ALREADY = "destroyed_already"


@record
class Warned:
    """Something that would be wrong: how many units, and the first of them by key."""

    code: str
    count: int
    keys: tuple[int, ...]


def foresee(tx: Tx, event: Event) -> list[Warned]:
    """Return what would be wrong with `event`, the most units first.

    Up to `JUDGED_MAX` units are judged each by its history; more in parts to which the same
    happened. Where that makes more than `PARTS_MAX`, only whether some were sold or destroyed is
    said, at the price of their events.
    """
    spans = list(_list_subjects(event))
    found: dict[str, list[int]] = defaultdict(list)
    counts: dict[str, int] = defaultdict(int)
    parts = _list_parts(tx, event, spans)
    if parts is not None:
        sizes = {part.key: part.size for part in parts}
        for key, code in _judge(tx, event, parts):
            found[code].append(key)
            counts[code] += sizes[key]
    elif event.kind in PLACING or event.kind is EventKind.PACKING:
        for span, code in _survey(tx, event, spans):
            found[code].append(span.key)
            counts[code] += span.size
    warned = [
        Warned(code=code, count=counts[code], keys=tuple(keys[:NAMED_MAX]))
        for code, keys in found.items()
    ]
    return sorted(warned, key=lambda each: (-each.count, each.code))


def _list_parts(tx: Tx, event: Event, spans: Sequence[Span]) -> list[Span] | None:
    """Return units in parts whose first one stands for all; None where these are too many."""
    if sum(span.size for span in spans) <= JUDGED_MAX:
        return [
            span._replace(start=index, stop=index + 1)
            for span in spans
            for index in range(span.start, span.stop)
        ]
    run_ids = {span.run_id for span in spans}
    if sum(units.count_range_blocks(tx, run_ids, limit=_BLOCKS_MAX).values()) >= _BLOCKS_MAX:
        return None
    edges: dict[tuple[int, int], set[int]] = defaultdict(set)
    for block in units.list_range_blocks(tx, run_ids):
        start = block.prefix << block.exponent
        edges[block.run_id, block.level] |= {start, start + (1 << block.exponent)}
    parts: list[Span] = []
    for part in tracing.find_alike(tx, spans, event):
        start = part.start
        inside = [each for each in edges[part[:2]] if part.start < each < part.stop]
        for edge in (*sorted(inside), part.stop):
            parts.append(part._replace(start=start, stop=edge))
            start = edge
            if len(parts) > PARTS_MAX:
                return None
    return parts


def _list_subjects(event: Event) -> Iterator[Span]:
    """Yield the units whose life the event changes: those packed by a plan, or those named."""
    for touch in list_touches(event):
        if touch.part in {Part.PACKED, Part.SUBJECT, Part.EMPTIED}:
            yield touch.span


def _judge(tx: Tx, event: Event, parts: Sequence[Span]) -> Iterator[tuple[int, str]]:
    """Yield the first unit of each part with each thing that would be wrong, by its history."""
    keys = [part.key for part in parts]
    histories = tracing.find_histories(tx, keys)
    facts = units.find_range_facts(tx, [split_unit_key(key) for key in keys])
    runs = containment.find_runs(tx, {part.run_id for part in parts})
    containers = {
        key: touch.container_of(split_unit_key(key)[2])
        for touch in list_touches(event)
        if touch.part is Part.PACKED
        for key in keys
        if touch.span.holds(key)
    }
    for key, its_facts in zip(keys, facts, strict=True):
        state = fold_range_facts(its_facts, event.at)
        if state.recall_ids and event.kind in _FORWARD:
            yield key, WarningCode.RECALLED.value
        history = _add(histories[key], event, containers.get(key))
        issued_at = runs[split_unit_key(key)[0]].created_at
        stages = list_stage_facts(its_facts)
        for anomaly in find_anomalies(history, stages, issued_at=issued_at):
            if anomaly.moment == event.moment:
                yield key, anomaly.code.value


def _add(history: History, event: Event, container: int | None) -> History:
    """Return what a history would be with `event`, which packs the unit into `container`."""
    is_packing = event.effect in {Effect.INTO, Effect.PLANNED, Effect.OUT}
    entry = Entry(event=event, part=Part.PACKED if is_packing else Part.SUBJECT, path=())
    entries = sorted((*history.entries, entry), key=lambda each: each.event.moment)
    places = list(history.places)
    if is_packing:
        for number, place in enumerate(places):
            if place.start < event.moment < place.stop:
                places[number] = place._replace(stop=event.moment)
        if container is not None:
            places.append(Place((container,), event.moment, FOREVER))
    return replace(
        history,
        entries=tuple(entries),
        places=tuple(sorted(places, key=lambda place: (place.start, len(place.path)))),
    )


_ENDS: Final = {
    EventKind.SELLING: WarningCode.SOLD_ALREADY,
    EventKind.DESTROYING: WarningCode.DESTROYED_ALREADY,
}


def _survey(tx: Tx, event: Event, spans: Sequence[Span]) -> Iterator[tuple[Span, str]]:
    """Yield units that were sold or destroyed already, in as few spans as possible."""
    for position in tracing.find_positions(tx, spans, at=event.at):
        code = _ENDS.get(position.kind) if position.kind is not None else None
        is_back = code is WarningCode.SOLD_ALREADY and event.kind is EventKind.RETURNING
        if code is not None and not is_back:
            yield position.span, code.value
