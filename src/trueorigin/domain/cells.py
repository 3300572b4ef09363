# SPDX-License-Identifier: Apache-2.0
"""The cells of the globe as whole numbers, and circles as ranges of them.

A cell is a tenth of a degree each way (`risk.py`). Cells of one row, from west to east, have
numbers that follow one another, so a circle is one range for each row it touches:

    number = (tenths of latitude + 900) * 4096 + tenths of longitude + 1800
"""

import math
from collections.abc import Iterable, Iterator
from typing import Final

from trueorigin.domain.risk import CELL_RADIUS_KM, Place
from trueorigin.domain.territories import Area

_ROWS: Final = 900
_COLUMNS: Final = 1800
# More than the 3601 columns there are; a power of two is easy to read in a debugger.
_STRIDE: Final = 4096
_EARTH_RADIUS_KM: Final = 6371.0
_TENTHS: Final = 10


def cell_of(place: Place) -> int:
    """Return the number of the cell that a place is."""
    row, column = round(place.latitude * _TENTHS), round(place.longitude * _TENTHS)
    return (row + _ROWS) * _STRIDE + column + _COLUMNS


def list_cells(areas: Iterable[Area]) -> list[tuple[int, int]]:
    """Return the cells of circles as ranges [first, last], in order, none touching another.

    A cell belongs if any of it may be inside, exactly as `Territory.km_outside` says 0. At most
    two ranges a row and circle: a circle of 300 km has 56.
    """
    merged: list[tuple[int, int]] = []
    for first, last in sorted(each for area in areas for each in _list_rows(area)):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _list_rows(area: Area) -> Iterator[tuple[int, int]]:
    reach = min(math.pi, (area.radius_km + CELL_RADIUS_KM) / _EARTH_RADIUS_KM)
    middle = math.radians(area.latitude)
    span = math.degrees(reach) * _TENTHS
    top = min(_ROWS, math.floor(area.latitude * _TENTHS + span))
    for row in range(max(-_ROWS, math.ceil(area.latitude * _TENTHS - span)), top + 1):
        width = _half_width(middle, math.radians(row / _TENTHS), reach)
        if width is not None:
            yield from _cut_row(row, area.longitude * _TENTHS, math.degrees(width) * _TENTHS)


def _half_width(middle: float, row: float, reach: float) -> float | None:
    """Return how far a circle reaches east and west on a row, in radians (haversine, solved)."""
    rest = math.sin(reach / 2) ** 2 - math.sin((row - middle) / 2) ** 2
    if rest < 0:
        return None
    narrow = math.cos(middle) * math.cos(row)
    if rest >= narrow:
        return math.pi
    return 2 * math.asin(math.sqrt(rest / narrow))


def _cut_row(row: int, middle: float, width: float) -> Iterator[tuple[int, int]]:
    """Yield the cells of one row, in two parts where the circle crosses the date line."""
    start = (row + _ROWS) * _STRIDE + _COLUMNS
    whole = 2 * _COLUMNS
    west, east = math.ceil(middle - width), math.floor(middle + width)
    if east - west >= whole:
        yield start - _COLUMNS, start + _COLUMNS
        return
    for shift in (-whole, 0, whole):
        first, last = max(west + shift, -_COLUMNS), min(east + shift, _COLUMNS)
        if first <= last:
            yield start + first, start + last
