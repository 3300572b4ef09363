# SPDX-License-Identifier: Apache-2.0
"""What an organisation holds, what is on its way to it, and what it sent and nobody has taken in.

Pure: decided from the events that touch some goods, as `positions.py` decides where they are. An
arrival is judged by the word of whoever waits: that a carrier has taken goods over does not bring
them to the shop.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final
from uuid import UUID

from trueorigin.domain.eventdrafts import YEAR_MAX, YEAR_MIN
from trueorigin.domain.events import Event, EventKind, Outline, Part, Touch
from trueorigin.domain.packing import Span
from trueorigin.domain.positions import Ground
from trueorigin.domain.records import record

# After one of these goods are with whoever recorded it.
HOLDING: Final = frozenset(
    {EventKind.COMMISSIONING, EventKind.RECEIVING, EventKind.STORING, EventKind.RETURNING}
)
_GONE: Final = frozenset({EventKind.SELLING, EventKind.DESTROYING})
# The detail of a shipment that says when it will be there.
EXPECTED: Final = "expected"


@record
class Consignment:
    """A shipment of which `spans` are still on their way; `expected` is when they should arrive."""

    event: Event
    spans: tuple[Span, ...]
    expected: datetime | None

    def is_late(self, at: datetime) -> bool:
        """Tell whether it should have been there."""
        return self.expected is not None and self.expected < at


@record
class Holding:
    """Units of one level of a run that are held at one site, since `since` at the latest."""

    run_id: int
    level: int
    site_id: UUID | None
    since: datetime
    spans: tuple[Span, ...]

    @property
    def count(self) -> int:
        """Return how many units these are."""
        return sum(span.size for span in self.spans)


@record
class Stock:
    """The goods of one organisation: those first that came or were sent first."""

    arrivals: tuple[Consignment, ...]
    shipments: tuple[Consignment, ...]
    held: tuple[Holding, ...]


@record
class Sorting:
    """The goods of one organisation: by the id of the event that sent them, and what is held."""

    coming: Mapping[UUID, list[Span]]
    sent: Mapping[UUID, list[Span]]
    held: tuple[Holding, ...]


def sort_goods(
    organisation_id: UUID,
    spans: Iterable[Span],
    touches: Iterable[Touch],
    outlines: Mapping[UUID, Outline],
) -> Sorting:
    """Sort the units of `spans` by what touches them and whatever they were in."""
    touches = list(touches)
    # As whoever waits sees it: what others did between sending and arrival moves nothing.
    mine = [each for each in touches if _is_known(organisation_id, each, outlines[each.moment.id])]
    all_ground, own_ground = Ground.of(touches, outlines), Ground.of(mine, outlines)
    coming: defaultdict[UUID, list[Span]] = defaultdict(list)
    sent: defaultdict[UUID, list[Span]] = defaultdict(list)
    held: defaultdict[tuple[Any, ...], list[tuple[Span, datetime]]] = defaultdict(list)
    for part, last in (each for span in spans for each in all_ground.list_last(span)):
        told = None if last is None else outlines[last.id]
        if last is None or told is None or told.kind in _GONE:
            continue
        if told.organisation_id == organisation_id:
            if told.kind is EventKind.SHIPPING:
                sent[last.id].append(part)
            elif told.kind in HOLDING:
                held[part.run_id, part.level, told.site_id].append((part, last.at))
            continue
        for piece, own in own_ground.list_last(part):
            if own is not None and outlines[own.id].organisation_id != organisation_id:
                coming[own.id].append(piece)
    return Sorting(coming=coming, sent=sent, held=_list_holdings(held))


def take_stock(sorting: Sorting, events: Mapping[UUID, Event]) -> Stock:
    """Return sorted goods with the `events` that sent them."""
    return Stock(
        arrivals=_list_consignments(sorting.coming, events),
        shipments=_list_consignments(sorting.sent, events),
        held=sorting.held,
    )


def _is_known(organisation_id: UUID, touch: Touch, told: Outline) -> bool:
    """Leave out what others did with the goods, but for sending them to the organisation."""
    if touch.part is not Part.SUBJECT or told.organisation_id == organisation_id:
        return True
    return told.partner_id == organisation_id and told.kind is EventKind.SHIPPING


def _list_consignments(
    found: Mapping[UUID, list[Span]], events: Mapping[UUID, Event]
) -> tuple[Consignment, ...]:
    consignments = [
        Consignment(event=events[key], spans=tuple(spans), expected=find_expected(events[key]))
        for key, spans in found.items()
    ]
    return tuple(sorted(consignments, key=lambda each: each.expected or each.event.at))


def _list_holdings(
    found: Mapping[tuple[Any, ...], list[tuple[Span, datetime]]],
) -> tuple[Holding, ...]:
    holdings = [
        Holding(
            run_id=run_id,
            level=level,
            site_id=site_id,
            since=max(at for _, at in parts),
            spans=tuple(span for span, _ in parts),
        )
        for (run_id, level, site_id), parts in found.items()
    ]
    return tuple(sorted(holdings, key=lambda each: (each.run_id, -each.level, -each.count)))


def find_expected(event: Event) -> datetime | None:
    """Return when a shipment should arrive; None where nobody said, or not so that it counts.

    What carries no zone was meant on the clock on the wall where it was said. Years that no event
    is of do not count: near the calendar's ends there is no other zone to show them in.
    """
    told = (event.details or {}).get(EXPECTED)
    if not isinstance(told, str):
        return None
    try:
        at = datetime.fromisoformat(told)
        if at.tzinfo is None:
            at = at.replace(tzinfo=timezone(timedelta(minutes=event.offset_minutes)))
        return at.astimezone(UTC) if YEAR_MIN <= at.year <= YEAR_MAX else None
    except ValueError:
        return None
