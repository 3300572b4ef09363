# SPDX-License-Identifier: Apache-2.0
"""The GS1 logistic label: where the bars of an SSCC go, and what is left for symbol and texts.

Measures are those of the GS1 General Specifications for symbols scanned in general distribution
and of the GS1 Logistic Label Guideline: who sends above, what is inside in the middle, the SSCC at
the bottom. Draws nothing; lengths are printer dots from the label's top left corner unless named
otherwise.

    +--------------------------------+
    | sender                         |  head
    |--------------------------------|  rule
    | QR symbol                      |
    | product, contents, lot, code   |  body: texts beside the symbol or below it
    |--------------------------------|  rule
    |    || ||| | |||| | || ||| |    |  bars, at least 31.75 mm high
    |     (00)395212345678901232     |
    +--------------------------------+
"""

from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from trueorigin.domain.errors import InvalidError
from trueorigin.domain.gs1_128 import QUIET_ZONE_MODULES as BAR_QUIET_MODULES, SSCC_MODULES
from trueorigin.domain.sheets import (
    EDGE_MM,
    PRINTER_DPI,
    QUIET_ZONE_MODULES,
    X_DIMENSION_MM_MAX,
    Layout,
    Placement,
    dots_per_module_min,
)

# GS1 General Specifications, symbol specification table for general distribution: GS1-128. The
# largest keeps an SSCC with its quiet zones below the 165.1 mm a symbol may be long.
BAR_X_MM_MIN: Final = 0.495
BAR_X_MM_MAX: Final = 0.938
BAR_HEIGHT_MM_MIN: Final = 31.75

# What is printed below the bars: the Application Identifier and 18 digits.
SSCC_TEXT_LENGTH: Final = len("(00)") + 18

# GS1 Logistic Label Guideline: no text below 3 mm.
_DIGIT_MM: Final = 3.0
# Keeps bars, digits and rules apart.
_GAP_MM: Final = 1.5
_HEAD_MM: Final = 5.0
_RULE_MM: Final = 0.35
# A column for texts beside the symbol, or a strip below it: name, contents, lot, dates and code.
_COLUMN_MM_MIN: Final = 34.0
_TEXTS_MM_MIN: Final = 38.0
# On an upright label whole lines of text are worth a symbol that is a fifth smaller.
_BELOW_MIN: Final = 0.8

Area: TypeAlias = tuple[int, int, int, int]
"""Left, top, width, height."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a logistic label has around symbol and texts.

    `bars` is the box of the dark bars without quiet zones, `digits` that of the text below them;
    its height is that of the digits.
    """

    head: Area
    rules: tuple[Area, ...]
    bars: Area
    dots_per_module: int
    digits: Area


def bar_dots_min(dpi: int) -> int:
    """Return the fewest dots that make a bar of at least the smallest X-dimension.

    203 dpi: 4 (0.500 mm), 300 dpi: 6 (0.508 mm), 600 dpi: 12, 1200 dpi: 24. Raises `dpi_unknown`.
    """
    dots_per_module_min(dpi)
    return -int(-BAR_X_MM_MIN * PRINTER_DPI[dpi] // 25.4)


def place_logistic(layout: Layout, modules: int, *, dpi: int) -> tuple[Placement, Frame]:
    """Place everything on a label, bars and symbol in the largest whole-dot size that fits.

    Raises `label_too_small`, naming the side that is too short, when the smallest does not fit.
    """
    frame = _build_frame(layout, dpi)
    per_mm = PRINTER_DPI[dpi] / 25.4
    width, edge = int(layout.label[0] * per_mm), round(EDGE_MM * per_mm)
    top = frame.rules[0][1] + frame.rules[0][3] + edge
    room = (width - 2 * edge, frame.rules[1][1] - edge - top)
    column, strip = (round(mm * per_mm) for mm in (_COLUMN_MM_MIN, _TEXTS_MM_MIN))
    whole = modules + 2 * QUIET_ZONE_MODULES
    most = int(X_DIMENSION_MM_MAX * per_mm)
    beside = min(most, min(room[0] - column, room[1]) // whole)
    below = min(most, min(room[0], room[1] - strip) // whole)
    fewest = dots_per_module_min(dpi)
    if max(beside, below) < fewest:
        _refuse(layout, (fewest * whole, room[1]), (column, strip), per_mm)
    is_upright = layout.label[1] > layout.label[0]
    is_below = below >= fewest and below >= (_BELOW_MIN * beside if is_upright else beside + 1)
    dots = below if is_below else beside
    quiet, side = QUIET_ZONE_MODULES * dots, modules * dots
    left = max(frame.head[0], edge + quiet)
    symbol = (left, top + quiet)
    text_left = left if is_below else left + side + quiet
    text_top = top + side + 2 * quiet if is_below else top
    text = (text_left, text_top, width - text_left - 2 * edge, top + room[1] - text_top)
    placed = Placement(
        dpi=PRINTER_DPI[dpi], dots_per_module=dots, modules=modules, symbol=symbol, text=text
    )
    return placed, _align(frame, left, width)


def _align(frame: Frame, left: int, width: int) -> Frame:
    """Let head and rules begin where the symbol does, and end as far from the other side."""
    inner = width - 2 * left
    return replace(
        frame,
        head=(left, frame.head[1], inner, frame.head[3]),
        rules=tuple((left, top, inner, thickness) for _, top, _, thickness in frame.rules),
    )


def _refuse(layout: Layout, needs: tuple[int, int], texts: tuple[int, int], per_mm: float) -> None:
    """Say which side of the label is too short for a symbol of `needs[0]` in `needs[1]` of room."""
    symbol, room = needs
    edges = 2 * EDGE_MM
    is_wide = symbol + 2 * round(EDGE_MM * per_mm) + texts[0] <= layout.label[0] * per_mm
    high = layout.label[1] + (symbol + (0 if is_wide else texts[1]) - room) / per_mm
    if symbol / per_mm + edges > layout.label[0]:
        raise _too_small(symbol / per_mm + edges, layout.label[0])
    raise _too_small(high, layout.label[1])


def _too_small(needed: float, has: float) -> InvalidError:
    return InvalidError(
        "label_too_small", field="layout", needed=f"{needed + 0.05:.1f}", has=f"{has:.1f}"
    )


def _build_frame(layout: Layout, dpi: int) -> Frame:
    """Place the bars as wide as the label and GS1 allow, and rules and head above them."""
    fewest = bar_dots_min(dpi)
    per_mm = PRINTER_DPI[dpi] / 25.4
    width, height = (int(side * per_mm) for side in layout.label)
    edge, gap, digit = (round(mm * per_mm) for mm in (EDGE_MM, _GAP_MM, _DIGIT_MM))
    whole = SSCC_MODULES + 2 * BAR_QUIET_MODULES
    dots = min((width - 2 * edge) // whole, int(BAR_X_MM_MAX * per_mm))
    if dots < fewest:
        raise _too_small(fewest * whole / per_mm + 2 * EDGE_MM, layout.label[0])
    side = SSCC_MODULES * dots
    left = (width - side) // 2
    digits_top = height - 2 * edge - digit
    bar_height = -int(-BAR_HEIGHT_MM_MIN * per_mm // 1)
    bars_top = digits_top - gap - bar_height
    rule, head = max(1, round(_RULE_MM * per_mm)), round(_HEAD_MM * per_mm)
    margin = max(2 * edge, width // 20)
    upper = 2 * edge + head + gap
    lower = bars_top - gap - rule
    return Frame(
        head=(margin, 2 * edge, width - 2 * margin, head),
        rules=tuple((margin, top, width - 2 * margin, rule) for top in (upper, lower)),
        bars=(left, bars_top, side, bar_height),
        dots_per_module=dots,
        digits=(left, digits_top, side, digit),
    )
