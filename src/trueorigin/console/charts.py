# SPDX-License-Identifier: Apache-2.0
"""Where things lie in a drawing: bars of days, dots of places. Templates draw, words are theirs.

Every drawing repeats what a table beside it says.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from trueorigin.domain.risk import parse_place
from trueorigin.domain.territories import Area
from trueorigin.services.insight import Sums
from trueorigin.web.basemap import frame_view

WIDTH: Final = 720
HEIGHT: Final = 180
_GAP: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar, in units of the drawing; the part with warnings lies at its foot."""

    x: float = field(metadata={"help": "Left edge."})
    width: float = field(metadata={"help": "Its width."})
    y: float = field(metadata={"help": "Top edge."})
    height: float = field(metadata={"help": "Its height."})
    bad_y: float = field(metadata={"help": "Top edge of the part with warnings."})
    bad_height: float = field(metadata={"help": "Height of the part with warnings."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One place on a map, in degrees; y is the latitude downwards."""

    x: float = field(metadata={"help": "Longitude."})
    y: float = field(metadata={"help": "Latitude, negated."})
    radius: float = field(metadata={"help": "By the root of the readings."})
    is_bad: bool = field(metadata={"help": "Whether a reading there had a warning."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """A part of the world with dots on it."""

    view: str = field(metadata={"help": "View box, in degrees."})
    stroke: float = field(metadata={"help": "Width of a fine line."})
    dots: tuple[Dot, ...] = field(metadata={"help": "Largest first, so that none is hidden."})
    href: str | None = field(metadata={"help": "The drawing underneath; None where not built."})


def build_bars(columns: Sequence[Sums]) -> tuple[Bar, ...]:
    """Lay out one bar for each column, the tallest over the whole height."""
    most = max((each.readings for each in columns), default=0) or 1
    step = WIDTH / max(len(columns), 1)
    return tuple(
        Bar(
            x=round(place * step + step * _GAP / 2, 2),
            width=round(step * (1 - _GAP), 2),
            y=round(HEIGHT - HEIGHT * each.readings / most, 2),
            height=round(HEIGHT * each.readings / most, 2),
            bad_y=round(HEIGHT - HEIGHT * each.suspicious / most, 2),
            bad_height=round(HEIGHT * each.suspicious / most, 2),
        )
        for place, each in enumerate(columns)
    )


def build_map(places: Mapping[str, Sums], href: str | None) -> Map | None:
    """Lay out the places that are known; None where none is."""
    found = [
        (place, each)
        for text, each in places.items()
        if (place := parse_place(text)) is not None and each.readings > 0
    ]
    if not found:
        return None
    left, width, top, height = frame_view(
        [place.longitude for place, _ in found], [-place.latitude for place, _ in found]
    )
    most = max(each.readings for _, each in found)
    dots = (
        Dot(
            x=round(place.longitude, 1),
            y=round(-place.latitude, 1),
            radius=round(width * (0.006 + 0.018 * math.sqrt(each.readings / most)), 3),
            is_bad=each.suspicious > 0,
        )
        for place, each in found
    )
    return Map(
        view=f"{left:.2f} {top:.2f} {width:.2f} {height:.2f}",
        stroke=round(width / 400, 3),
        dots=tuple(sorted(dots, key=lambda each: -each.radius)),
        href=href,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A circle on the globe, as it lies on a map whose degrees are all of one size."""

    x: float = field(metadata={"help": "Longitude of the middle."})
    y: float = field(metadata={"help": "Latitude of the middle, negated."})
    width: float = field(metadata={"help": "Half of its width, in degrees."})
    height: float = field(metadata={"help": "Half of its height, in degrees."})


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaMap:
    """A part of the world with areas on it."""

    view: str = field(metadata={"help": "View box, in degrees."})
    stroke: float = field(metadata={"help": "Width of a fine line."})
    rounds: tuple[Round, ...] = field(metadata={"help": "In the order they were drawn."})
    href: str | None = field(metadata={"help": "The drawing underneath; None where not built."})


# One degree of latitude; of longitude towards the poles the same is more degrees.
_KM_A_DEGREE: Final = 111.2
_NARROWEST: Final = 0.05


def build_area_map(areas: Sequence[Area], href: str | None) -> AreaMap | None:
    """Lay out areas; None where there is none."""
    rounds = tuple(
        Round(
            x=round(area.longitude, 3),
            y=round(-area.latitude, 3),
            width=round(
                min(
                    180.0,
                    area.radius_km
                    / _KM_A_DEGREE
                    / max(math.cos(math.radians(area.latitude)), _NARROWEST),
                ),
                3,
            ),
            height=round(min(90.0, area.radius_km / _KM_A_DEGREE), 3),
        )
        for area in areas
    )
    if not rounds:
        return None
    left, width, top, height = frame_view(
        [x for each in rounds for x in (each.x - each.width, each.x + each.width)],
        [y for each in rounds for y in (each.y - each.height, each.y + each.height)],
    )
    return AreaMap(
        view=f"{left:.2f} {top:.2f} {width:.2f} {height:.2f}",
        stroke=round(width / 300, 3),
        rounds=rounds,
        href=href,
    )
