# SPDX-License-Identifier: Apache-2.0
"""What cannot be, in the life of a unit: derived each time it is read, and never a refusal.

Events arrive late, from clocks that are wrong and hands that slip; and some are lies. All are
kept. Here they are held against one another: whoever looks decides what to make of it. Events
that were declared in error accuse nobody.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from trueorigin.domain.events import PLACING, Effect, Event, EventKind, Moment, Part
from trueorigin.domain.history import Entry, History, Place
from trueorigin.domain.lifecycle import Stage, StageFact, fold_stages


class AnomalyCode(StrEnum):
    """What is wrong at one moment of a unit's life.

    LOOP: a container is inside itself. TOO_DEEP: containers are nested beyond sense.
    PACKED_TWICE: packed while still in another container. NOT_INSIDE: taken out of a container
    it was not in. APART: moved by itself where the container it is in was not.
    BEFORE_RELEASE, AFTER_WITHDRAWAL: packed, shipped or sold while it should not.
    AFTER_DESTRUCTION: anything after it was destroyed. AFTER_SALE: moved on though sold and never
    returned; SOLD_TWICE: sold so. CLOCK_AHEAD: it happened after we knew of it. CLOCK_BEHIND: it
    happened before its code was issued.
    """

    LOOP = "loop"
    TOO_DEEP = "too_deep"
    PACKED_TWICE = "packed_twice"
    NOT_INSIDE = "not_inside"
    APART = "apart"
    BEFORE_RELEASE = "before_release"
    AFTER_WITHDRAWAL = "after_withdrawal"
    AFTER_DESTRUCTION = "after_destruction"
    AFTER_SALE = "after_sale"
    SOLD_TWICE = "sold_twice"
    CLOCK_AHEAD = "clock_ahead"
    CLOCK_BEHIND = "clock_behind"


class Anomaly(NamedTuple):
    """One thing that cannot be; `moment` names the event that brought it to light."""

    moment: Moment
    code: AnomalyCode


# Clocks of phones and lines differ by minutes; a wrong zone or year shows.
CLOCK_SLACK: Final = timedelta(hours=1)

_FOR_SALE: Final = frozenset({EventKind.PACKING, EventKind.SHIPPING, EventKind.SELLING})
_MOVING: Final = frozenset({EventKind.SHIPPING, EventKind.RECEIVING, EventKind.STORING})
_WRONG_STAGES: Final = {
    Stage.PLANNED: AnomalyCode.BEFORE_RELEASE,
    Stage.WITHDRAWN: AnomalyCode.AFTER_WITHDRAWAL,
}


def find_anomalies(
    history: History, stages: Sequence[StageFact], *, issued_at: datetime
) -> tuple[Anomaly, ...]:
    """Return what cannot be in a history, in order, each once.

    `stages` are the releases and withdrawals of the unit, `issued_at` is when its run was made.
    """
    entries = [entry for entry in history.entries if entry.event.declaration is None]
    own_places = [place for place in history.places if len(place.path) == 1]
    found = {
        *(Anomaly(moment, AnomalyCode.LOOP) for moment in history.looped),
        *(Anomaly(moment, AnomalyCode.TOO_DEEP) for moment in history.too_deep),
        *_check_packings(entries, own_places),
        *_check_apart(entries, own_places),
        *_check_stages(entries, stages),
        *_check_ends(entries),
        *_check_clocks(entries, issued_at),
    }
    return tuple(sorted(found))


def _check_packings(entries: Sequence[Entry], places: Sequence[Place]) -> Iterator[Anomaly]:
    entered = {place.start: place.path for place in places}
    left = {place.stop: place.path for place in places}
    for moment, path in left.items():
        if entered.get(moment, path) != path:
            yield Anomaly(moment, AnomalyCode.PACKED_TWICE)
    for entry in entries:
        event = entry.event
        if entry.part is Part.PACKED and not entry.path and event.effect is Effect.OUT:
            known = left.get(event.moment)
            if event.container is not None and known != (event.container,):
                yield Anomaly(event.moment, AnomalyCode.NOT_INSIDE)


def _check_apart(entries: Sequence[Entry], places: Sequence[Place]) -> Iterator[Anomaly]:
    starts = [place.start for place in places]
    outer: Entry | None = None
    for entry in entries:
        if entry.part is not Part.SUBJECT or entry.event.kind not in PLACING:
            continue
        if entry.path:
            outer = entry
            continue
        moment = entry.event.moment
        at = bisect_right(starts, moment) - 1
        is_inside = at >= 0 and moment < places[at].stop
        if (
            is_inside
            and outer is not None
            and outer.event.moment >= places[at].start
            and _is_elsewhere(entry.event, outer.event)
        ):
            yield Anomaly(moment, AnomalyCode.APART)


def _is_elsewhere(own: Event, outer: Event) -> bool:
    """Say whether a unit was moved where its container was not: by others, or at another site."""
    if own.organisation_id not in {outer.organisation_id, outer.partner_id}:
        return True
    # On its way it is at no site.
    if outer.kind is EventKind.SHIPPING or own.site_id is None or outer.site_id is None:
        return False
    return own.site_id != outer.site_id


def _check_stages(entries: Sequence[Entry], stages: Sequence[StageFact]) -> Iterator[Anomaly]:
    for entry in entries:
        if entry.event.kind in _FOR_SALE and entry.part in {Part.PACKED, Part.SUBJECT}:
            code = _WRONG_STAGES.get(fold_stages(stages, at=entry.event.at).stage)
            if code is not None:
                yield Anomaly(entry.event.moment, code)


def _check_ends(entries: Sequence[Entry]) -> Iterator[Anomaly]:
    is_sold = is_destroyed = False
    for entry in entries:
        kind, moment = entry.event.kind, entry.event.moment
        if is_destroyed:
            yield Anomaly(moment, AnomalyCode.AFTER_DESTRUCTION)
        elif is_sold and kind is EventKind.SELLING:
            yield Anomaly(moment, AnomalyCode.SOLD_TWICE)
        elif is_sold and kind in _MOVING:
            yield Anomaly(moment, AnomalyCode.AFTER_SALE)
        is_destroyed |= kind is EventKind.DESTROYING
        is_sold = kind is EventKind.SELLING or (is_sold and kind is not EventKind.RETURNING)


def _check_clocks(entries: Sequence[Entry], issued_at: datetime) -> Iterator[Anomaly]:
    for entry in entries:
        event = entry.event
        if event.at > event.recorded_at + CLOCK_SLACK:
            yield Anomaly(event.moment, AnomalyCode.CLOCK_AHEAD)
        if event.at < issued_at - CLOCK_SLACK:
            yield Anomaly(event.moment, AnomalyCode.CLOCK_BEHIND)
