"""Events with defaults that a test overrides, and the life they make, without a database."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.factories import NOW, make_id

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.events import (
    Declaration,
    Effect,
    Event,
    EventKind,
    Part,
    Touch,
    list_touches,
)
from trueorigin.domain.history import TOUCHES_MAX, Climb, History, Window, build_history
from trueorigin.domain.packing import Plan, Span, join_spans, span_of
from trueorigin.domain.sites import Site, SiteKind
from trueorigin.domain.tenancy import Organisation
from trueorigin.domain.territories import Area, Territory
from trueorigin.domain.units import unit_key

ALICE, SAM, REGULATOR = UUID(int=0xA11CE), UUID(int=0x5A3), UUID(int=0x4E6)
WAREHOUSE, SHOP = UUID(int=0x3A4E), UUID(int=0x5409)
RUN = 5

_KINDS = {
    Effect.INTO: EventKind.PACKING,
    Effect.PLANNED: EventKind.PACKING,
    Effect.OUT: EventKind.UNPACKING,
    Effect.EMPTIED: EventKind.UNPACKING,
}


def item(index: int) -> int:
    return unit_key(RUN, 0, index)


def case(index: int) -> int:
    return unit_key(RUN, 1, index)


def pallet(index: int) -> int:
    return unit_key(RUN, 2, index)


def hours(count: float) -> datetime:
    return NOW + timedelta(hours=count)


def make_event(at: datetime, *units: int | Span, **fields: Any) -> Event:  # noqa: ANN401 - of any type
    """Make an event of Alice's about these units: shipped, unless told otherwise."""
    effect = fields.get("effect", Effect.NONE)
    values: dict[str, Any] = {
        "id": make_id(),
        "kind": _KINDS.get(effect, EventKind.SHIPPING),
        "effect": effect,
        "at": at,
        "offset_minutes": 480,
        "recorded_at": at,
        "organisation_id": ALICE,
        "actor_id": None,
        "site_id": None,
        "partner_id": None,
        "about": join_spans(each if isinstance(each, Span) else span_of(each) for each in units),
    }
    values.update(fields)
    return Event(**values)


def pack(at: datetime, container: int, *units: int | Span, **fields: Any) -> Event:  # noqa: ANN401 - of any type
    return make_event(at, *units, effect=Effect.INTO, container=container, **fields)


def pack_planned(at: datetime, plan: Plan, **fields: Any) -> Event:  # noqa: ANN401 - of any type
    return make_event(at, plan.containers, effect=Effect.PLANNED, plan=plan, **fields)


def take_out(at: datetime, *units: int | Span, **fields: Any) -> Event:  # noqa: ANN401 - of any type
    return make_event(at, *units, effect=Effect.OUT, **fields)


def empty(at: datetime, *containers: int | Span, **fields: Any) -> Event:  # noqa: ANN401 - of any type
    return make_event(at, *containers, effect=Effect.EMPTIED, **fields)


def declare(event: Event, **fields: Any) -> Declaration:  # noqa: ANN401 - of any type
    values: dict[str, Any] = {
        "event_id": event.id,
        "organisation_id": event.organisation_id,
        "actor_id": None,
        "declared_at": event.at,
        "recorded_at": event.at,
        "reason": "Wrong pallet",
    }
    values.update(fields)
    return Declaration(**values)


def make_site(owner: Organisation, **fields: Any) -> Site:  # noqa: ANN401 - of any type
    values: dict[str, Any] = {
        "id": make_id(),
        "organisation_id": owner.id,
        "kind": SiteKind.WAREHOUSE,
        "name": "北仓",
        "gln": None,
        "country": "CN",
        "region": "江苏南京",
        "address": None,
        "latitude": 32.06,
        "longitude": 118.8,
        "is_public": False,
        "created_at": NOW,
        **fields,
    }
    return Site(**values)


def make_territory(owner: Organisation, **fields: Any) -> Territory:  # noqa: ANN401 - of any type
    """Make a sales region: 300 km around Nanjing, unless told otherwise."""
    values: dict[str, Any] = {
        "id": make_id(),
        "organisation_id": owner.id,
        "name": LocalText(zh="江苏", en="Jiangsu"),
        "areas": (Area(latitude=32.06, longitude=118.8, radius_km=300),),
        "created_at": NOW,
        **fields,
    }
    return Territory(**values)


class Ledger:
    """What storage does for a climb, without a database; counts what it is asked."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = {event.id: event for event in events}
        self.outlines = {event.id: event.outline for event in events}
        self.touches = [touch for event in events for touch in list_touches(event)]
        self.touches.sort(key=lambda touch: touch.moment)
        self.asked: list[Window] = []

    def find(self, window: Window) -> list[Touch]:
        self.asked.append(window)
        mine = [touch for touch in self.touches if touch.span.holds(window.unit)]
        found = [touch for touch in mine if window.since <= touch.moment.at <= window.until]
        if window.lookback:
            found = _bound(window, mine, found)
        parts: dict[int, list[Touch]] = {}
        for touch in found:
            parts.setdefault(touch.part, []).append(touch)
        return [touch for held in parts.values() for touch in held[-TOUCHES_MAX:]]

    def climb(self, units: Sequence[int], *, lookback: int = 4) -> dict[int, History]:
        climb = Climb(units, lookback=lookback)
        declared = {each.id for each in self.events.values() if each.declaration is not None}
        while windows := climb.list_windows():
            climb.go_on({window: self.find(window) for window in windows}, declared)
        return {unit: build_history(trace, self.events) for unit, trace in climb.traces.items()}


def _bound(window: Window, mine: list[Touch], found: list[Touch]) -> list[Touch]:
    """Leave out what a window of a container does not ask for, as storage does."""
    found = [touch for touch in found if touch.part not in {Part.CONTAINER, Part.REJECTED}]
    emptied = [touch.moment.at for touch in found if touch.part is Part.EMPTIED]
    for upper in emptied[window.lookback : window.lookback + 1]:
        found = [touch for touch in found if touch.moment.at <= upper]
    before = [t for t in mine if t.part is Part.PACKED and t.moment.at < window.since]
    return before[-window.lookback :] + found


def tell_history(unit: int, *events: Event) -> History:
    """Return the life of one unit, from events in any order."""
    return Ledger(events).climb([unit])[unit]
