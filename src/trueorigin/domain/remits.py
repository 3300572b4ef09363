# SPDX-License-Identifier: Apache-2.0
"""Remits (职权范围): for which regions and which categories of goods an authority answers.

Set by the operator of the data centre. An authority without one answers for everything in the
whole country. What lies outside is excluded only where that is certain: goods that say no
category, or of which nobody knows where they belong, are in every remit. So nobody escapes
supervision by leaving a field empty.
"""

import re
from collections.abc import Iterable
from dataclasses import field
from typing import Final

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.cells import list_cells
from trueorigin.domain.provinces import PROVINCES
from trueorigin.domain.records import record
from trueorigin.domain.risk import CELL_RADIUS_KM, Place, distance_km
from trueorigin.domain.territories import Area
from trueorigin.domain.words import fold_line

# All provinces; whoever has them all needs no limit.
REGIONS_MAX: Final = 40
# A market regulator's departments; more is a list nobody keeps in mind.
CATEGORIES_MAX: Final = 100
# Circles that make one region of the operator's own, such as a prefecture.
AREAS_MAX: Final = 10
# Half the width of the country: beyond it a region is no region.
RADIUS_KM_MAX: Final = 3000
# Province, prefecture and county of GB/T 2260.
_CODE: Final = re.compile(r"[1-8][0-9](?:[0-9]{2}){0,2}", re.ASCII)
# Where the division stands in a unified social credit code (GB 32100-2015).
_DIVISION: Final = slice(2, 8)
_BY_CODE: Final = {each.code: each for each in PROVINCES}


@record
class Region:
    """A division of the country: its code of GB/T 2260, and the circles in which it lies."""

    code: str
    name: LocalText
    areas: tuple[Area, ...]

    @property
    def title(self) -> str:
        """Return its name in both languages, for readers of either."""
        return " ".join(dict.fromkeys(each for each in (self.name.zh, self.name.en) if each))

    def holds(self, place: Place) -> bool:
        """Say whether a place may be inside: a cell on the border is, on both sides."""
        return any(_km(place, area) <= area.radius_km + CELL_RADIUS_KM for area in self.areas)


def _km(place: Place, area: Area) -> float:
    middle = Place(latitude=area.latitude, longitude=area.longitude, is_trusted=False)
    return distance_km(place, middle)


@record
class Remit:
    """What an authority answers for; nothing said is no limit.

    `version` grows with every setting, from 0 where nobody has set one; it limits nothing.
    """

    regions: tuple[Region, ...] = ()
    categories: tuple[str, ...] = ()
    version: int = field(default=0, compare=False)

    @property
    def is_limited(self) -> bool:
        """Say whether there is anything it does not answer for."""
        return bool(self.regions or self.categories)

    @property
    def seats(self) -> tuple[str, ...]:
        """Return the codes of its divisions."""
        return tuple(each.code for each in self.regions)

    @property
    def cells(self) -> list[tuple[int, int]]:
        """Return the cells of all its regions as ranges (`cells.py`)."""
        return list_cells(area for region in self.regions for area in region.areas)

    @property
    def folded_categories(self) -> frozenset[str]:
        """Return its categories as they are compared."""
        return frozenset(map(fold_line, self.categories))

    def covers_category(self, category: str | None) -> bool:
        """Say whether goods of a category are its business; goods that say none are."""
        return not (self.categories and category) or fold_line(category) in self.folded_categories

    def covers_place(self, place: Place) -> bool:
        """Say whether a place may be inside its regions."""
        return not self.regions or any(each.holds(place) for each in self.regions)

    def covers_seat(self, division: str | None) -> bool:
        """Say whether a division is in its regions; one that is not known is not."""
        return not self.regions or (
            division is not None and any(division.startswith(code) for code in self.seats)
        )

    @property
    def told_regions(self) -> str:
        """Name its regions in one line."""
        return "、".join(each.title for each in self.regions)

    @property
    def told_categories(self) -> str:
        """Name its categories in one line."""
        return "、".join(self.categories)


# An authority without limits.
NATIONAL: Final = Remit()


def find_division(uscc: str | None) -> str | None:
    """Return the division in which an enterprise is registered; None for central registration."""
    division = None if uscc is None else uscc[_DIVISION]
    return division if division is not None and division[:2] in _BY_CODE else None


def is_region_code(code: str) -> bool:
    """Say whether `code` has the form of a division of a province that exists."""
    return _CODE.fullmatch(code) is not None and code[:2] in _BY_CODE


def find_province(code: str) -> Region | None:
    """Return a province as a region."""
    found = _BY_CODE.get(code)
    return None if found is None else Region(code=found.code, name=found.name, areas=found.areas)


def name_province(place: Place) -> str | None:
    """Return the code of the province whose middle is nearest, of those that hold a place.

    Near a border it may be the neighbour: good enough to add up, not to accuse.
    """
    held = [(min(_km(place, area) / area.radius_km for area in region.areas), region.code)
            for region in _list_regions() if region.holds(place)]  # fmt: skip
    return min(held)[1] if held else None


def _list_regions() -> Iterable[Region]:
    for code in _BY_CODE:
        region = find_province(code)
        if region is not None:
            yield region
