# SPDX-License-Identifier: Apache-2.0
"""An organisation's colour and the ink that can be read on it (WCAG 2.2, success criterion 1.4.3).

Black or white reaches 4.58 : 1 on every colour, since their contrasts multiply to 21; so no colour
has to be refused, only its ink has to be chosen.
"""

import re
from typing import Final

from trueorigin.domain.errors import InvalidError

# Level AA for text of ordinary size.
CONTRAST_LEAST: Final = 4.5
# The inks of our pages; pure black and white step in where neither of them is enough.
PAPER_INK: Final = "#fdfaf2"
DARK_INK: Final = "#1e1b16"
_INKS: Final = (PAPER_INK, DARK_INK, "#ffffff", "#000000")
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")


def parse_colour(text: str, *, field: str = "colour") -> str:
    """Return `text` as `#rrggbb` in lower case, or refuse it (`colour_malformed`)."""
    colour = text.strip().lower()
    if not _COLOUR.fullmatch(colour):
        raise InvalidError("colour_malformed", field=field)
    return colour


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def pick_ink(colour: str) -> str:
    """Return the colour of text on `colour`: ours if one is readable, else black or white."""
    return next(ink for ink in _INKS if contrast(colour, ink) >= CONTRAST_LEAST)


def _luminance(colour: str) -> float:
    """Return the relative luminance of an sRGB colour, 0 to 1."""
    red, green, blue = (_linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    """Undo the sRGB transfer curve."""
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB
