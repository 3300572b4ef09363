# SPDX-License-Identifier: Apache-2.0
"""The forms in which the JSON surface shows events, units, places and who took part."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import AliasChoices, Field

from trueorigin.api.forms import Answer, Body
from trueorigin.api.routing import LINKED_DATA
from trueorigin.domain.events import Event, EventKind
from trueorigin.domain.packing import Span, span_of
from trueorigin.domain.sites import Site, SiteKind
from trueorigin.domain.tenancy import Organisation
from trueorigin.services.naming import Names

EPCIS: Final = LINKED_DATA


class EventQuery(Body):
    """In which form events are wanted: our own, or EPCIS 2.0."""

    format: Literal["json", "epcis"] = "json"


class UnitsAnswer(Answer):
    """The units [from, to) of one level of a run; a single unit is a range of one."""

    run: int
    level: int
    start: int = Field(validation_alias=AliasChoices("start", "from"), serialization_alias="from")
    stop: int = Field(validation_alias=AliasChoices("stop", "to"), serialization_alias="to")

    @classmethod
    def of(cls, span: Span) -> "UnitsAnswer":
        """Show a range."""
        return cls(run=span.run_id, level=span.level, start=span.start, stop=span.stop)


class UnitPlaceAnswer(Answer):
    """Which unit is meant; `number` is what its label shows of it, where that is known."""

    run: int
    level: int
    index: int
    number: str | None

    @classmethod
    def of(cls, key: int, names: Names) -> "UnitPlaceAnswer":
        """Show a unit by its key."""
        run, level, index, _ = span_of(key)
        return cls(run=run, level=level, index=index, number=names.numbers.get(key))


class OrganisationPart(Answer):
    """An organisation that took part; `is_verified` says that the operator knows it."""

    id: UUID
    name: str
    is_verified: bool

    @classmethod
    def of(cls, row: Organisation | None) -> "OrganisationPart | None":
        """Show an organisation, if there is one."""
        if row is None:
            return None
        return cls(id=row.id, name=row.name, is_verified=row.verified_at is not None)


class SitePart(Answer):
    """Where it was, as the recorder's organisation describes its site."""

    id: UUID
    kind: SiteKind
    name: str
    gln: str | None
    country: str | None
    region: str | None
    latitude: float | None
    longitude: float | None

    @classmethod
    def of(cls, row: Site | None) -> "SitePart | None":
        """Show a site, if there is one."""
        if row is None:
            return None
        return cls(
            id=row.id,
            kind=row.kind,
            name=row.name,
            gln=row.gln,
            country=row.country,
            region=row.region,
            latitude=row.latitude,
            longitude=row.longitude,
        )


class PlanAnswer(Answer):
    """Units [first, stop) of the level below went into the containers in order, `size` in each."""

    first: int
    stop: int
    size: int
    rejects: list[int]


class DeclarationPart(Answer):
    """The recorder said that the event was in error: it counts for nothing."""

    declared_at: datetime
    recorded_at: datetime
    reason: str | None


class EventAnswer(Answer):
    """One fact of the supply chain.

    `at` is UTC, `offset_minutes` the zone of the clock on the wall there. `units` are what it is
    about; `container` is what they went into or came out of. `plan` is there when containers were
    packed as planned: then `units` are the containers.
    """

    id: UUID
    kind: EventKind
    at: datetime
    offset_minutes: int
    recorded_at: datetime
    organisation: OrganisationPart | None
    partner: OrganisationPart | None
    site: SitePart | None
    units: list[UnitsAnswer]
    container: UnitPlaceAnswer | None
    plan: PlanAnswer | None
    details: dict[str, Any] | None
    declaration: DeclarationPart | None

    @classmethod
    def of(cls, event: Event, names: Names) -> "EventAnswer":
        """Show an event with the names of who and where."""
        plan, declaration = event.plan, event.declaration
        return cls(
            id=event.id,
            kind=event.kind,
            at=event.at,
            offset_minutes=event.offset_minutes,
            recorded_at=event.recorded_at,
            organisation=OrganisationPart.of(names.organisation(event.organisation_id)),
            partner=OrganisationPart.of(names.organisation(event.partner_id)),
            site=SitePart.of(names.site(event.site_id)),
            units=show_units(event.about),
            container=None
            if event.container is None
            else UnitPlaceAnswer.of(event.container, names),
            plan=None
            if plan is None
            else PlanAnswer(
                first=plan.first, stop=plan.stop, size=plan.size, rejects=list(plan.rejects)
            ),
            details=None if event.details is None else dict(event.details),
            declaration=None
            if declaration is None
            else DeclarationPart(
                declared_at=declaration.declared_at,
                recorded_at=declaration.recorded_at,
                reason=declaration.reason,
            ),
        )


def show_units(spans: Iterable[Span]) -> list[UnitsAnswer]:
    """Show ranges of units."""
    return [UnitsAnswer.of(span) for span in spans]
