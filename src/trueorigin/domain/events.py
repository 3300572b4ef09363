# SPDX-License-Identifier: Apache-2.0
"""Events of the supply chain in the terms of GS1 EPCIS 2.0 and CBV 2.0, and whom each touches.

An event is never changed and never refused for what it says. One that was wrong is declared in
error under its own id (`errorDeclaration`): it counts for nothing from then on and stays visible.
What events make of a unit is told by `containment.py` and `history.py`.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, Final, NamedTuple
from uuid import UUID

from trueorigin.domain.packing import Plan, Span, span_of
from trueorigin.domain.records import record
from trueorigin.domain.units import split_unit_key


class EventKind(StrEnum):
    """What was done, by the business steps of CBV 2.0, section 7.1."""

    COMMISSIONING = "commissioning"
    PACKING = "packing"
    UNPACKING = "unpacking"
    SHIPPING = "shipping"
    RECEIVING = "receiving"
    STORING = "storing"
    SELLING = "selling"
    RETURNING = "returning"
    DESTROYING = "destroying"
    INSPECTING = "inspecting"


# The stored number of each kind; never reuse one. 0 is a declaration in error.
KIND_NUMBERS: Final[Mapping[EventKind, int]] = {
    kind: number for number, kind in enumerate(EventKind, start=1)
}
KINDS: Final[Mapping[int, EventKind]] = {number: kind for kind, number in KIND_NUMBERS.items()}

# After one of these a unit is where it says, with whom it says, until the next one.
PLACING: Final = frozenset(EventKind) - {
    EventKind.PACKING,
    EventKind.UNPACKING,
    EventKind.INSPECTING,
}


class Effect(IntEnum):
    """What an event does to containment, as stored; values never change."""

    NONE = 0
    INTO = 1
    PLANNED = 2
    OUT = 3
    EMPTIED = 4


class Part(IntEnum):
    """What part a unit takes in an event, as stored; values never change.

    PACKED: it went into a container, or out of its own. EMPTIED: all that was in it came out.
    SUBJECT: the event is about it. CONTAINER: something went into it or came out. REJECTED: it
    was left out of a planned packing.
    """

    PACKED = 0
    EMPTIED = 1
    SUBJECT = 2
    CONTAINER = 3
    REJECTED = 4


# By their numbers: a look-up is a fifth of the price of the class.
PARTS: Final = tuple(Part)


class Moment(NamedTuple):
    """A place in the order of all events: event time first, then id."""

    at: datetime
    id: UUID


@record
class Declaration:
    """The word of whoever recorded an event that it was in error."""

    event_id: UUID
    organisation_id: UUID
    actor_id: UUID | None
    declared_at: datetime
    recorded_at: datetime
    reason: str | None


@record
class Outline:
    """What of an event says where units are, and no more: many events have the same one."""

    kind: EventKind
    effect: Effect
    organisation_id: UUID
    site_id: UUID | None
    partner_id: UUID | None
    is_declared: bool = False


@record
class Event:
    """One fact of the supply chain, as its recorder told it.

    `id` is a UUIDv7 made by the client. `at` is when it happened, `offset_minutes` the zone of
    the clock on the wall there (east of Greenwich is positive), `recorded_at` when it arrived.
    `about` are the children for INTO and OUT, the containers for PLANNED and EMPTIED; no unit is
    in two of its spans. `container` is the unit key of what they went into, or are said to have
    come out of.
    """

    id: UUID
    kind: EventKind
    effect: Effect
    at: datetime
    offset_minutes: int
    recorded_at: datetime
    organisation_id: UUID
    actor_id: UUID | None
    site_id: UUID | None
    partner_id: UUID | None
    about: tuple[Span, ...]
    container: int | None = None
    plan: Plan | None = None
    details: Mapping[str, Any] | None = None
    declaration: Declaration | None = None

    @property
    def moment(self) -> Moment:
        """Return its place in the order of events."""
        return Moment(self.at, self.id)

    @property
    def outline(self) -> Outline:
        """Return what of it says where units are; declared in error, it counts for nothing."""
        return Outline(
            kind=self.kind,
            effect=self.effect,
            organisation_id=self.organisation_id,
            site_id=self.site_id,
            partner_id=self.partner_id,
            is_declared=self.declaration is not None,
        )


class Touch(NamedTuple):
    """The part that units [start, stop) of one level of a run take in one event.

    A unit i that was PACKED is in `container + (i - base) // size`, or in `container` itself
    where `size` is 0, or in nothing where `container` is None.
    """

    moment: Moment
    part: Part
    span: Span
    container: int | None = None
    base: int = 0
    size: int = 0

    def container_of(self, index: int) -> int | None:
        """Return the key of the container that the unit with this index went into."""
        if self.container is None or not self.size:
            return self.container
        return self.container + (index - self.base) // self.size

    def containers_of(self, start: int, stop: int) -> Span | None:
        """Return the containers that the units [start, stop), some of its own, went into."""
        first, last = self.container_of(start), self.container_of(stop - 1)
        if first is None or last is None:
            return None
        run_id, level, index = split_unit_key(first)
        return Span(run_id, level, index, index + last - first + 1)

    def children_of(self, start: int, stop: int, within: tuple[int, int]) -> tuple[int, int]:
        """Return those of the units [within) that went into the containers [start, stop)."""
        if self.container is None or not self.size:
            return within
        first = split_unit_key(self.container)[2]
        return (
            max(within[0], self.base + (start - first) * self.size),
            min(within[1], self.base + (stop - first) * self.size),
        )


def list_touches(event: Event) -> Iterator[Touch]:
    """Yield whom `event` touches, and how; no unit is touched twice."""
    moment = event.moment
    if event.plan is not None:
        yield from _list_planned(moment, event.plan)
        return
    part = {Effect.NONE: Part.SUBJECT, Effect.EMPTIED: Part.EMPTIED}.get(event.effect, Part.PACKED)
    into = event.container if event.effect is Effect.INTO else None
    for span in event.about:
        yield Touch(moment, part, span, into)
    if event.container is not None:
        yield Touch(moment, Part.CONTAINER, span_of(event.container))


def _list_planned(moment: Moment, plan: Plan) -> Iterator[Touch]:
    run_id, level = plan.containers.run_id, plan.level
    first = plan.containers.key
    for piece in plan.list_pieces():
        span = Span(run_id, level, piece.start, piece.stop)
        yield Touch(moment, Part.PACKED, span, first, piece.base, plan.size)
    yield Touch(moment, Part.CONTAINER, plan.containers)
    for reject in plan.rejects:
        yield Touch(moment, Part.REJECTED, Span(run_id, level, reject, reject + 1))
