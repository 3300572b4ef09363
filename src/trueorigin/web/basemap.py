# SPDX-License-Identifier: Apache-2.0
"""The drawing under every map: land and water, served by us, or one of the operator's own.

A drawing is an SVG in plate carrée: one unit is one degree, x is the longitude, y the latitude
downwards, so its view box is `-180 -90 360 180`. Ours shows coasts and no borders.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from trueorigin.domain.errors import InvalidError
from trueorigin.web.assets import STATIC

BYTES_MAX: Final = 4 * 2**20
_OURS: Final = STATIC / "built" / "base_map.svg"
# Degrees: a province, so that one place is not shown alone on blank paper.
_SPAN_MIN: Final = 24.0
_MARGIN: Final = 1.3
_RATIO: Final = 2.0
_VIEW: Final = b'viewBox="-180 -90 360 180"'


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseMap:
    """The drawing as it goes out; `version` changes with its content."""

    body: bytes
    version: str


def load_base_map(own: Path | None) -> BaseMap | None:
    """Read the operator's drawing, else ours; None where ours was not built.

    `base_map_invalid` for an own one that is missing, too large or has another view box.
    """
    path = own or _OURS
    try:
        body = path.read_bytes()
    except OSError:
        if own is None:
            return None
        raise InvalidError("base_map_invalid", field="TRUEORIGIN_BASE_MAP", file=str(own)) from None
    if len(body) > BYTES_MAX or _VIEW not in body[:4096]:
        raise InvalidError("base_map_invalid", field="TRUEORIGIN_BASE_MAP", file=str(path))
    return BaseMap(
        body=body,
        version=hashlib.sha256(body).hexdigest()[:12],
    )


def frame_view(
    xs: Sequence[float], ys: Sequence[float], *, span_min: float = _SPAN_MIN
) -> tuple[float, float, float, float]:
    """Return left, width, top and height of a view of 2 to 1 that holds all, inside the world."""
    spread = max((max(xs) - min(xs)), (max(ys) - min(ys)) * _RATIO)
    width = min(360.0, max(span_min, spread * _MARGIN))
    height = width / _RATIO
    left = (max(xs) + min(xs)) / 2 - width / 2
    top = (max(ys) + min(ys)) / 2 - height / 2
    return (
        min(max(left, -180.0), 180.0 - width),
        width,
        min(max(top, -90.0), 90.0 - height),
        height,
    )
