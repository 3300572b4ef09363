# SPDX-License-Identifier: Apache-2.0
"""What of a unit's life everybody may know: the one place that decides it.

The table stands in `docs/chain.md`; a test compares the two. What is not named here is told to
nobody who only holds the goods: no partner, carrier, vehicle or note, and no place that its
organisation has not made public.
"""

from datetime import datetime
from typing import Final

from trueorigin.domain.chainfacts import Found, Surroundings
from trueorigin.domain.events import Effect, Event, EventKind, Part
from trueorigin.domain.history import Entry, History
from trueorigin.domain.records import record
from trueorigin.domain.risk import Place

# A page of a phone is read in one go; whoever wants more asks the manufacturer.
STEPS_MAX: Final = 30
# Each has up to a page of notes; the latest count.
FINDINGS_MAX: Final = 10

# What is told of an event of each kind: with the place where that is public, or without. Of
# inspections only findings of authorities are told, and those in full.
TOLD: Final = {
    EventKind.COMMISSIONING: True,
    EventKind.PACKING: True,
    EventKind.UNPACKING: True,
    EventKind.SHIPPING: True,
    EventKind.RECEIVING: True,
    EventKind.STORING: True,
    EventKind.SELLING: True,
    EventKind.RETURNING: True,
    EventKind.DESTROYING: True,
    EventKind.INSPECTING: False,
}


@record
class Stop:
    """A place everybody may know: a public site, whose it is, and the cell it lies in."""

    name: str
    organisation: str | None
    place: Place | None


@record
class Step:
    """Something that happened to a unit, and where, if that is public."""

    kind: EventKind
    at: datetime
    stop: Stop | None


@record
class Disclosure:
    """A unit's life as everybody may know it: steps and findings, both in order, the latest."""

    steps: tuple[Step, ...]
    findings: tuple[Found, ...]


NOTHING: Final = Disclosure(steps=(), findings=())


def disclose(
    history: History, around: Surroundings, findings: tuple[Found, ...], *, at: datetime
) -> Disclosure:
    """Return what everybody may know at `at`; `findings` are those of `fold_chain` then.

    Events declared in error are left out.
    """
    if not history.entries:
        return NOTHING
    steps: list[Step] = []
    for entry in history.entries:
        event = entry.event
        if event.at > at:
            break
        if event.declaration is None and TOLD[event.kind] and _is_felt(entry):
            step = Step(kind=event.kind, at=event.at, stop=_find_stop(event, around))
            if not steps or not _repeats(steps[-1], step):
                steps.append(step)
    return Disclosure(steps=tuple(steps[-STEPS_MAX:]), findings=findings[-FINDINGS_MAX:])


def _is_felt(entry: Entry) -> bool:
    """Leave out what a unit was only meant for, and what came out of a group while it stayed."""
    if entry.part is Part.CONTAINER:
        return entry.event.effect in {Effect.INTO, Effect.PLANNED}
    return entry.part is not Part.REJECTED


def _repeats(last: Step, step: Step) -> bool:
    """Say whether the same is told again: a case that is packed item by item is packed once."""
    return (last.kind, last.stop, last.at.date()) == (step.kind, step.stop, step.at.date())


def _find_stop(event: Event, around: Surroundings) -> Stop | None:
    site = None if event.site_id is None else around.sites.get(event.site_id)
    name = None if site is None else site.public_name
    if site is None or name is None:
        return None
    return Stop(
        name=name,
        organisation=around.organisations.get(site.organisation_id),
        place=site.place,
    )
