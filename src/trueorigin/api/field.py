# SPDX-License-Identifier: Apache-2.0
"""What the field app keeps on the phone to work without network."""

from datetime import datetime
from uuid import UUID

from trueorigin.api.calls import CallHere
from trueorigin.api.devices import StandingAnswer
from trueorigin.api.forms import Answer, LocalTextForm
from trueorigin.domain.sites import Site, SiteKind
from trueorigin.domain.tenancy import Organisation
from trueorigin.domain.territories import Territory
from trueorigin.services.briefing import Arrival, Order, build_briefing


class PlaceAnswer(Answer):
    """A site to choose."""

    id: UUID
    kind: SiteKind
    name: str
    region: str | None

    @classmethod
    def of(cls, site: Site) -> "PlaceAnswer":
        """Show a site."""
        return cls(id=site.id, kind=site.kind, name=site.name, region=site.region)


class PartnerChoiceAnswer(Answer):
    """A partner to choose; `prefix` opens the readable codes of its own goods."""

    id: UUID
    name: str
    prefix: str

    @classmethod
    def of(cls, organisation: Organisation) -> "PartnerChoiceAnswer":
        """Show a partner."""
        return cls(id=organisation.id, name=organisation.name, prefix=organisation.prefix)


class TerritoryChoiceAnswer(Answer):
    """A sales region to choose."""

    id: UUID
    name: LocalTextForm

    @classmethod
    def of(cls, territory: Territory) -> "TerritoryChoiceAnswer":
        """Show a sales region."""
        return cls(id=territory.id, name=LocalTextForm.of(territory.name))


class OrderAnswer(Answer):
    """A run to pack: what its units are called, and how many go into one group of each level."""

    run: int
    product: LocalTextForm
    gtin: str | None
    lot: str
    symbols: int
    quantity: int
    packing: list[int]
    group_gtins: list[str | None]

    @classmethod
    def of(cls, order: Order) -> "OrderAnswer":
        """Show a run with its goods."""
        return cls(
            run=order.run.id,
            product=LocalTextForm.of(order.product.name),
            gtin=order.product.gtin,
            lot=order.batch.lot,
            symbols=order.run.symbols,
            quantity=order.run.quantity,
            packing=list(order.run.packing),
            group_gtins=list(order.run.group_gtins),
        )


class ArrivalAnswer(Answer):
    """A shipment that names the organisation as its receiver and was not received yet.

    `count` units were sent; `numbers` are the public ones of the first 200 of them.
    """

    id: UUID
    sender: PartnerChoiceAnswer
    at: datetime
    expected: datetime | None
    carrier: str | None
    vehicle: str | None
    document: str | None
    count: int
    numbers: list[str]

    @classmethod
    def of(cls, arrival: Arrival) -> "ArrivalAnswer":
        """Show a shipment."""
        event = arrival.consignment.event
        told = event.details or {}
        said = {
            name: text if isinstance(text := told.get(name), str) else None
            for name in ("carrier", "vehicle", "document")
        }
        return cls(
            id=event.id,
            sender=PartnerChoiceAnswer.of(arrival.sender),
            at=event.at,
            expected=arrival.consignment.expected,
            count=arrival.count,
            numbers=list(arrival.numbers),
            **said,
        )


class ContextAnswer(StandingAnswer):
    """What the device is, and the names of all it may choose from."""

    prefix: str
    sites: list[PlaceAnswer]
    partners: list[PartnerChoiceAnswer]
    territories: list[TerritoryChoiceAnswer]
    orders: list[OrderAnswer]
    arrivals: list[ArrivalAnswer]


def get_context(call: CallHere) -> ContextAnswer:
    """Tell a device everything it keeps to work without network; every list is bounded.

    Keys that are no device's are answered with 404.
    """
    act, context = call.open_act(), call.context
    with context.database.read() as tx:
        found = build_briefing(tx, context.catalogue, context.vault, act)
    known = StandingAnswer.of(found.standing, act.at).model_dump()
    return ContextAnswer(
        **known,
        prefix=found.standing.organisation.prefix,
        sites=[PlaceAnswer.of(each) for each in found.sites],
        partners=[PartnerChoiceAnswer.of(each) for each in found.partners],
        territories=[TerritoryChoiceAnswer.of(each) for each in found.territories],
        orders=[OrderAnswer.of(each) for each in found.orders],
        arrivals=[ArrivalAnswer.of(each) for each in found.arrivals],
    )
