# SPDX-License-Identifier: Apache-2.0
"""Places made coarse on purpose, and journeys too fast to be made: evidence of copied codes.

Nothing here knows where anybody is to better than about eleven kilometres, and nothing decides:
rules are in `verdict.py`.
"""

import math
import re
from dataclasses import dataclass
from datetime import datetime

# One decimal of a degree: a district, not a home. What is not stored cannot leak.
_CELL_DEGREES = 0.1
# Half the diagonal of a cell at the equator, where cells are largest, rounded up.
CELL_RADIUS_KM = 8
# Faster than any airliner: nothing for sale travels so.
_FASTEST_KM_H = 1000
# Under this, wrong clocks and neighbouring cells would raise false alarms.
_FAR_KM_MIN = 100
_EARTH_RADIUS_KM = 6371.0

# The stored form: `31.2,121.5`, and a star behind it when an authenticated device reported it.
_PLACE = re.compile(r"(-?\d{1,2}\.\d),(-?\d{1,3}\.\d)(\*?)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The middle of a cell, in degrees; `is_trusted` when an authenticated device vouches."""

    latitude: float
    longitude: float
    is_trusted: bool

    def __str__(self) -> str:
        """Return what readers are shown and what `parse_place` reads back, without the star."""
        return f"{self.latitude:.1f},{self.longitude:.1f}"

    @property
    def stored(self) -> str:
        """Return the form kept in the ledger."""
        return f"{self}*" if self.is_trusted else str(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A counted reading at a known place."""

    place: Place
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """Two sightings of one unit that no transport connects in the time between them."""

    km: int
    minutes: int
    is_trusted: bool


def build_place(latitude: float, longitude: float, *, is_trusted: bool = False) -> Place | None:
    """Coarsen a position to its cell; None when it is not a position on Earth."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # noqa: PLR2004 (degrees)
        return None
    # Adding zero turns -0.0 into 0.0, which would be a second name for the same cell.
    return Place(
        latitude=round(latitude / _CELL_DEGREES) * _CELL_DEGREES + 0.0,
        longitude=round(longitude / _CELL_DEGREES) * _CELL_DEGREES + 0.0,
        is_trusted=is_trusted,
    )


def parse_place(text: str) -> Place | None:
    """Read a place in shown or stored form; None for anything else, so no text gets by."""
    match = _PLACE.fullmatch(text)
    if match is None:
        return None
    return build_place(float(match[1]), float(match[2]), is_trusted=bool(match[3]))


def distance_km(one: Place, other: Place) -> float:
    """Return the great-circle distance between two cells' middles (haversine formula)."""
    phi, psi = math.radians(one.latitude), math.radians(other.latitude)
    half_chord = (
        math.sin((psi - phi) / 2) ** 2
        + math.cos(phi)
        * math.cos(psi)
        * math.sin(math.radians(other.longitude - one.longitude) / 2) ** 2
    )
    return 2 * _EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half_chord)))


def find_journey(earlier: Sighting | None, later: Sighting | None) -> Journey | None:
    """Return the impossible journey between two sightings, if there is one.

    The distance is taken between the nearest edges of both cells. Order in time does not matter:
    readings may arrive late. It is trusted only if both places are.
    """
    if earlier is None or later is None or earlier.place == later.place:
        return None
    km = distance_km(earlier.place, later.place) - 2 * CELL_RADIUS_KM
    hours = abs((later.at - earlier.at).total_seconds()) / 3600
    if km < _FAR_KM_MIN or km <= hours * _FASTEST_KM_H:
        return None
    return Journey(
        km=int(km),
        minutes=int(hours * 60),
        is_trusted=earlier.place.is_trusted and later.place.is_trusted,
    )
