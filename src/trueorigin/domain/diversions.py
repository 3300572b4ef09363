# SPDX-License-Identifier: Apache-2.0
"""Readings out of region (窜货): outside where a shipment's goods are meant to be sold.

For the manufacturer's eyes only. It says nothing against the goods: people travel, and move house.
"""

from datetime import datetime
from uuid import UUID

from trueorigin.domain.records import record
from trueorigin.domain.risk import Place
from trueorigin.domain.territories import Territory


@record
class Shipment:
    """The last shipment of a unit that names a sales region."""

    event_id: UUID
    territory: Territory


@record
class Diversion:
    """One reading out of region: `km` from the edge, `event_id` is the shipment that names it.

    `organisation_id` owns the goods, whoever drew the region; nobody else is told. `place`
    is in the stored form of `risk.Place`.
    """

    unit_key: int
    scan_id: UUID
    organisation_id: UUID
    territory_id: UUID
    event_id: UUID
    at: datetime
    place: str
    km: int


@record
class Seen:
    """A reading of one unit, and who owns it."""

    unit_key: int
    scan_id: UUID
    organisation_id: UUID
    at: datetime


def find_diversion(shipment: Shipment | None, seen: Seen, place: Place | None) -> Diversion | None:
    """Return what the owner is told of a reading at `place`; None where that may be inside."""
    if shipment is None or place is None:
        return None
    km = shipment.territory.km_outside(place)
    if km == 0:
        return None
    return Diversion(
        unit_key=seen.unit_key,
        scan_id=seen.scan_id,
        organisation_id=seen.organisation_id,
        territory_id=shipment.territory.id,
        event_id=shipment.event_id,
        at=seen.at,
        place=place.stored,
        km=km,
    )
