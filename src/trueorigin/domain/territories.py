# SPDX-License-Identifier: Apache-2.0
"""Sales regions: where goods of a shipment are meant to be sold, as circles on the globe.

A reading outside is told to the manufacturer as out of region (窜货). It never makes goods a fake.
"""

from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.records import record
from trueorigin.domain.risk import CELL_RADIUS_KM, Place, distance_km

# The entry of a shipment's details that names the sales region it is meant for.
TERRITORY: Final = "territory"
# A country with its islands; each reading outside is held against all of them.
AREAS_MAX: Final = 50
# A district, and half the way around the globe.
RADIUS_KM_MIN: Final = 1
RADIUS_KM_MAX: Final = 20_000
# Sales regions of one organisation.
TERRITORIES_MAX: Final = 1000


@record
class Area:
    """All places within `radius_km` of a point (degrees, WGS 84)."""

    latitude: float
    longitude: float
    radius_km: int


def write_degrees(degrees: float) -> str:
    """Write degrees with all their digits, so that they are the same when they are read back."""
    return f"{Decimal(repr(degrees)):f}".removesuffix(".0")


@record
class Territory:
    """A named sales region of one organisation: a place in any of its areas is inside."""

    id: UUID
    organisation_id: UUID
    name: LocalText
    areas: tuple[Area, ...]
    created_at: datetime
    closed_at: datetime | None = None

    def km_outside(self, place: Place) -> int:
        """Return how far `place` is outside, in whole km; 0 where it may be inside.

        A place is known to a cell only: the whole cell must be outside.
        """
        gap = min(
            distance_km(place, Place(latitude=a.latitude, longitude=a.longitude, is_trusted=False))
            - a.radius_km
            for a in self.areas
        )
        return max(0, int(gap - CELL_RADIUS_KM))
