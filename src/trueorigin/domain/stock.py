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

from trueorigin.domain.events import Event, EventKind, Part, Touch
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


def take_stock(
    organisation_id: UUID,
    spans: Iterable[Span],
    touches: Iterable[Touch],
    events: Mapping[UUID, Event],
) -> Stock:
    """Sort the units of `spans` by what touches them and whatever they were in."""
    touches = list(touches)
    # As whoever waits sees it: what others did between sending and arrival moves nothing.
    mine = [each for each in touches if _is_known(organisation_id, each, events[each.moment.id])]
    all_ground, own_ground = Ground(touches, events), Ground(mine, events)
    coming: defaultdict[UUID, list[Span]] = defaultdict(list)
    sent: defaultdict[UUID, list[Span]] = defaultdict(list)
    held: defaultdict[tuple[Any, ...], list[tuple[Span, Event]]] = defaultdict(list)
    for span in spans:
        for part, last in all_ground.list_last(span):
            if last is None or last.kind in _GONE:
                continue
            if last.organisation_id == organisation_id:
                if last.kind is EventKind.SHIPPING:
                    sent[last.id].append(part)
                elif last.kind in HOLDING:
                    held[part.run_id, part.level, last.site_id].append((part, last))
                continue
            for piece, own in own_ground.list_last(part):
                if own is not None and own.organisation_id != organisation_id:
                    coming[own.id].append(piece)
    return Stock(
        arrivals=_list_consignments(coming, events),
        shipments=_list_consignments(sent, events),
        held=_list_holdings(held),
    )


def _is_known(organisation_id: UUID, touch: Touch, event: Event) -> bool:
    """Leave out what others did with the goods, but for sending them to the organisation."""
    if touch.part is not Part.SUBJECT or event.organisation_id == organisation_id:
        return True
    return event.partner_id == organisation_id and event.kind is EventKind.SHIPPING


def _list_consignments(
    found: Mapping[UUID, list[Span]], events: Mapping[UUID, Event]
) -> tuple[Consignment, ...]:
    consignments = [
        Consignment(event=events[key], spans=tuple(spans), expected=find_expected(events[key]))
        for key, spans in found.items()
    ]
    return tuple(sorted(consignments, key=lambda each: each.expected or each.event.at))


def _list_holdings(
    found: Mapping[tuple[Any, ...], list[tuple[Span, Event]]],
) -> tuple[Holding, ...]:
    holdings = [
        Holding(
            run_id=run_id,
            level=level,
            site_id=site_id,
            since=max(event.at for _, event in parts),
            spans=tuple(span for span, _ in parts),
        )
        for (run_id, level, site_id), parts in found.items()
    ]
    return tuple(sorted(holdings, key=lambda each: (each.run_id, -each.level, -each.count)))


def find_expected(event: Event) -> datetime | None:
    """Return when a shipment should arrive; None where nobody said, or not so that it counts.

    What carries no zone was meant on the clock on the wall where it was said.
    """
    told = (event.details or {}).get(EXPECTED)
    if not isinstance(told, str):
        return None
    try:
        at = datetime.fromisoformat(told)
        if at.tzinfo is None:
            at = at.replace(tzinfo=timezone(timedelta(minutes=event.offset_minutes)))
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
