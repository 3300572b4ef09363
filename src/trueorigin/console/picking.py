# SPDX-License-Identifier: Apache-2.0
"""A position picked on the map: each click goes nearer, until there is nothing nearer to show.

The map is an image button, so it needs no script: the browser sends where in the picture somebody
clicked. Positions can be typed as well; a press by keyboard sends the corner and counts as none.
"""

import math
from dataclasses import dataclass, field
from typing import Final

from trueorigin.console.forms import Form
from trueorigin.console.insight import find_map_href
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.errors import InvalidError

# Degrees from left to right: the world, a country, a province, a city.
_WIDTHS: Final = (360.0, 90.0, 24.0, 6.0)
# The picture is twice as wide as high, and this wide where no script says otherwise.
WIDTH: Final = 288
_WIDTH_MAX: Final = 4000
NAME: Final = "map"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picker:
    """The part of the world that is shown, its middle being what was picked last."""

    href: str = field(metadata={"help": "The drawing, cut to the view."})
    zoom: int = field(metadata={"help": "How near it is, from 0."})
    is_nearest: bool = field(metadata={"help": "Whether a click picks without going nearer."})
    is_picked: bool = field(metadata={"help": "Whether the middle was picked, to mark it."})
    longitude: str = field(metadata={"help": "Of the middle."})
    latitude: str = field(metadata={"help": "Of the middle."})
    width: int = field(default=WIDTH, metadata={"help": "Pixels, without script."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """What a click on the map chose: a point, and how near the map goes now."""

    latitude: float
    longitude: float
    zoom: int


def read_pick(request: ConsoleRequest) -> Pick | None:
    """Return where in the world a form was clicked, None if it was not."""
    form = request.form
    x, y = _read_float(form, "x"), _read_float(form, "y")
    if not x and not y:
        return None
    width = min(max(_read_float(form, "width"), 1.0), _WIDTH_MAX)
    zoom = _read_zoom(form)
    left, top, span = _frame(
        _read_float(form, "longitude"),
        _read_float(form, "latitude"),
        zoom,
    )
    longitude = left + min(x / width, 1.0) * span
    latitude = top - min(y / width, 0.5) * span
    places = 2 if zoom else 1
    return Pick(
        latitude=round(min(max(latitude, -90.0), 90.0), places),
        longitude=round(min(max(longitude, -180.0), 180.0), places),
        zoom=min(zoom + 1, len(_WIDTHS) - 1),
    )


def build_picker(
    request: ConsoleRequest, position: tuple[float, float] | None, zoom: int | None = None
) -> Picker | None:
    """Show the map around `position` (latitude, longitude), or the world; None without a map."""
    href = find_map_href(request)
    if href is None:
        return None
    if zoom is None:
        zoom = 0 if position is None else 2
    latitude, longitude = position or (0.0, 0.0)
    left, top, span = _frame(longitude, latitude, zoom)
    return Picker(
        href=f"{href}#svgView(viewBox({left:.2f},{-top:.2f},{span:.2f},{span / 2:.2f}))",
        zoom=zoom,
        is_nearest=zoom == len(_WIDTHS) - 1,
        is_picked=position is not None and zoom > 0,
        longitude=f"{longitude:.4f}",
        latitude=f"{latitude:.4f}",
    )


def is_widening(request: ConsoleRequest) -> bool:
    """Tell whether the button was pressed that shows the whole world again."""
    return request.form.has(f"{NAME}.world")


def _frame(longitude: float, latitude: float, zoom: int) -> tuple[float, float, float]:
    """Return left edge, top edge (a latitude) and width of the view around a point, in degrees."""
    span = _WIDTHS[zoom]
    if zoom == 0:
        return -180.0, 90.0, span
    return longitude - span / 2, latitude + span / 4, span


def _read_zoom(form: Form) -> int:
    return int(form.choice(f"{NAME}.zoom", map(str, range(len(_WIDTHS)))) or 0)


def _read_float(form: Form, name: str) -> float:
    """Return a number as browsers write it, 0 where there is none; refuse what is no number."""
    text = form.text(f"{NAME}.{name}")
    try:
        number = float(text or 0)
    except ValueError:
        number = math.inf
    # What is not a number is not less either.
    if not abs(number) <= _WIDTH_MAX:
        raise InvalidError("number_malformed", field=f"{NAME}.{name}")
    return number


def read_degrees(text: str) -> float | None:
    """Return degrees as typed, None where nothing or nothing readable was given."""
    try:
        number = float(text.strip().replace(",", ".")[:20])
    except ValueError:
        return None
    return number if abs(number) <= _WIDTH_MAX else None
