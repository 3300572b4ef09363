# SPDX-License-Identifier: Apache-2.0
"""Label sheets in millimetres, where a symbol goes on a label, and advice before printing.

Knows sizes and the printer's dots; draws nothing. Every module is a whole number of dots wide,
because a printer that must round gives neighbouring modules different widths.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from trueorigin.domain import qr
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.qr_tables import Level, capacity_bits, size_of

# GS1 General Specifications, symbol specification table for QR Code with a GS1 Digital Link URI.
X_DIMENSION_MM_MIN: Final = 0.396
X_DIMENSION_MM_MAX: Final = 0.990

# ISO/IEC 18004 clause 9.1.
QUIET_ZONE_MODULES: Final = 4

# Nominal to real: the "203 dpi" of label printers is 8 dots a millimetre.
PRINTER_DPI: Final = MappingProxyType({203: 203.2, 300: 300.0, 600: 600.0, 1200: 1200.0})

# Label sheets shift by a millimetre in the printer: nothing is drawn closer to a label's edge.
EDGE_MM: Final = 1.0

# A symbol wider than this share of a label leaves too little for the name beside it.
_SYMBOL_SHARE_MAX: Final = 0.45

# A code below its symbol: one line of it, and labels too narrow for that line. Of large labels a
# tenth, so that the code can be read from as far away as the symbol.
_STRIP_MM_MIN: Final = 3.2
_STRIP_MM_MAX: Final = 6.0
_STRIP_SHARE: Final = 0.1
_STRIP_WIDTH_MM_MIN: Final = 34.0
# A symbol in the middle looks better than one that is a tenth larger at the edge.
_STRIP_SYMBOL_MIN: Final = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A sheet of equal labels, or a roll when a page is one label; lengths in mm.

    `origin` is the top left corner of the first label from the page's top left corner.
    """

    name: str
    page: tuple[float, float]
    columns: int
    rows: int
    label: tuple[float, float]
    origin: tuple[float, float]
    pitch: tuple[float, float]

    @property
    def per_page(self) -> int:
        """Return how many labels one page holds."""
        return self.columns * self.rows


def _sheet(
    name: str,
    page: tuple[float, float],
    grid: tuple[int, int],
    label: tuple[float, float],
    pitch: tuple[float, float],
) -> Layout:
    """Centre the labels on the page, as the makers of these sheets do."""
    origin = tuple(
        round(max(0.0, whole - (count - 1) * step - size) / 2, 3)
        for whole, count, size, step in zip(page, grid, label, pitch, strict=True)
    )
    return Layout(
        name=name,
        page=page,
        columns=grid[0],
        rows=grid[1],
        label=label,
        origin=(origin[0], origin[1]),
        pitch=pitch,
    )


_A4: Final = (210.0, 297.0)
_LETTER: Final = (215.9, 279.4)

LAYOUTS: Final = MappingProxyType(
    {
        layout.name: layout
        for layout in (
            _sheet("a4-65", _A4, (5, 13), (38.1, 21.2), (40.6, 21.2)),
            _sheet("a4-40", _A4, (4, 10), (52.5, 29.7), (52.5, 29.7)),
            _sheet("a4-24", _A4, (3, 8), (70.0, 37.0), (70.0, 37.0)),
            _sheet("a4-21", _A4, (3, 7), (63.5, 38.1), (66.0, 38.1)),
            _sheet("a4-8", _A4, (2, 4), (99.1, 67.7), (101.6, 67.7)),
            _sheet("a4-4", _A4, (2, 2), (105.0, 148.5), (105.0, 148.5)),
            _sheet("a4-2", _A4, (1, 2), (210.0, 148.5), (210.0, 148.5)),
            _sheet("letter-30", _LETTER, (3, 10), (66.7, 25.4), (69.85, 25.4)),
            _sheet("letter-10", _LETTER, (2, 5), (101.6, 50.8), (104.775, 50.8)),
            _sheet("letter-2", _LETTER, (1, 2), (215.9, 139.7), (215.9, 139.7)),
            _sheet("roll-40x30", (40.0, 30.0), (1, 1), (40.0, 30.0), (40.0, 30.0)),
            _sheet("roll-60x40", (60.0, 40.0), (1, 1), (60.0, 40.0), (60.0, 40.0)),
            _sheet("roll-100x150", (100.0, 150.0), (1, 1), (100.0, 150.0), (100.0, 150.0)),
            _sheet("roll-4x6in", (101.6, 152.4), (1, 1), (101.6, 152.4), (101.6, 152.4)),
            _sheet("roll-a6", (105.0, 148.0), (1, 1), (105.0, 148.0), (105.0, 148.0)),
            _sheet("roll-a5", (148.0, 210.0), (1, 1), (148.0, 210.0), (148.0, 210.0)),
        )
    }
)


def get_layout(name: str, *, field: str = "layout") -> Layout:
    """Return the layout called `name`, or raise `layout_unknown` for the request's `field`."""
    if name not in LAYOUTS:
        raise InvalidError("layout_unknown", field=field, known=", ".join(LAYOUTS))
    return LAYOUTS[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where symbol and text go on a label, in printer dots from its top left corner.

    `symbol` is the corner of the first dark module; the quiet zone lies around it. `text` is
    the box beside or below it as (left, top, width, height); `is_strip` when it has room for one
    line only, the code's.
    """

    dpi: float
    dots_per_module: int
    modules: int
    symbol: tuple[int, int]
    text: tuple[int, int, int, int]
    is_strip: bool = False

    @property
    def x_dimension_mm(self) -> float:
        """Return the width of one module."""
        return self.dots_per_module * 25.4 / self.dpi

    @property
    def side(self) -> int:
        """Return the side of the symbol without quiet zone, in dots."""
        return self.modules * self.dots_per_module


def dots_per_module_min(dpi: int) -> int:
    """Return the fewest dots that make a module of at least the smallest X-dimension.

    203 dpi: 4 (0.500 mm), 300 dpi: 5 (0.423 mm), 600 dpi: 10 (0.423 mm). Raises `dpi_unknown`.
    """
    if dpi not in PRINTER_DPI:
        raise InvalidError("dpi_unknown", field="dpi", known=", ".join(map(str, PRINTER_DPI)))
    return -int(-X_DIMENSION_MM_MIN * PRINTER_DPI[dpi] // 25.4)


def place_symbol(layout: Layout, modules: int, *, dpi: int, is_plain: bool = False) -> Placement:
    """Choose the size of a symbol of `modules` a side and put it at the left of the label.

    As big as height, the share beside the text and the largest X-dimension allow, for a bigger
    symbol is read from further away. On a label taller than wide the text goes below it. With
    `is_plain` the symbol stands in the middle, over a strip for the code, unless it would be
    clearly smaller there. Raises `label_too_small`, naming the side that the symbol needs, when the
    smallest does not fit.
    """
    fewest = dots_per_module_min(dpi)
    real = PRINTER_DPI[dpi]
    per_mm = real / 25.4
    width, height = (int(side * per_mm) for side in layout.label)
    edge = round(EDGE_MM * per_mm)
    whole = modules + 2 * QUIET_ZONE_MODULES
    is_upright = layout.label[1] > layout.label[0]
    room = min(width, height) - 2 * edge
    if fewest * whole > room:
        raise InvalidError(
            "label_too_small",
            field="layout",
            needed=f"{fewest * whole / per_mm + 2 * EDGE_MM:.1f}",
            has=f"{min(layout.label):.1f}",
        )
    widest = room - 2 * edge if is_upright else min(room, int(_SYMBOL_SHARE_MAX * width))
    dots = max(fewest, min(widest // whole, int(X_DIMENSION_MM_MAX * per_mm)))
    quiet = QUIET_ZONE_MODULES * dots
    side = modules * dots
    if is_upright:
        margin = max(edge + quiet, width // 16)
        symbol = (margin, margin)
        top = margin + side + quiet
        text = (margin, top, width - 2 * margin, height - top - 2 * edge)
    else:
        symbol = (edge + quiet, (height - side) // 2)
        left = symbol[0] + side + quiet
        top = min(symbol[1], 2 * edge)
        text = (left, top, width - left - 2 * edge, height - 2 * top)
    placed = Placement(dpi=real, dots_per_module=dots, modules=modules, symbol=symbol, text=text)
    if is_plain and layout.label[0] >= _STRIP_WIDTH_MM_MIN:
        over = _place_over_strip(layout, modules, dpi=dpi)
        least = max(fewest, _STRIP_SYMBOL_MIN * dots)
        return over if over.dots_per_module >= least else placed
    return placed


def _place_over_strip(layout: Layout, modules: int, *, dpi: int) -> Placement:
    """Put the largest symbol over a strip for the code, both in the middle of the label."""
    per_mm = PRINTER_DPI[dpi] / 25.4
    width, height = (int(side * per_mm) for side in layout.label)
    edge = round(EDGE_MM * per_mm)
    whole = modules + 2 * QUIET_ZONE_MODULES
    strip_mm = min(max(_STRIP_SHARE * layout.label[1], _STRIP_MM_MIN), _STRIP_MM_MAX)
    strip = round(strip_mm * per_mm)
    room = min(width, height - strip) - 2 * edge
    dots = min(room // whole, int(X_DIMENSION_MM_MAX * per_mm))
    quiet = QUIET_ZONE_MODULES * dots
    top = (height - dots * whole - strip) // 2
    return Placement(
        dpi=PRINTER_DPI[dpi],
        dots_per_module=dots,
        modules=modules,
        symbol=((width - modules * dots) // 2, top + quiet),
        text=(2 * edge, top + dots * whole, width - 4 * edge, strip),
        is_strip=True,
    )


def page_dots(layout: Layout, *, dpi: int) -> tuple[int, int]:
    """Return the page in whole dots, so that symbols lie on the grid from either edge."""
    width, height = (round(side * PRINTER_DPI[dpi] / 25.4) for side in layout.page)
    return width, height


def label_corners(layout: Layout, *, dpi: int) -> list[tuple[int, int]]:
    """Return each label's top left corner in dots from the page's, line by line."""
    per_mm = PRINTER_DPI[dpi] / 25.4
    return [
        (
            round((layout.origin[0] + column * layout.pitch[0]) * per_mm),
            round((layout.origin[1] + row * layout.pitch[1]) * per_mm),
        )
        for row in range(layout.rows)
        for column in range(layout.columns)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What a run's symbols will measure, and whether GS1's limits are met.

    `symbol_mm` is the dark square, `footprint_mm` includes the quiet zone. `reasons` are codes,
    empty when all is well: `x_dimension_small`, `x_dimension_large`, `label_too_small`, and
    `host_long` when a shorter host would give a smaller symbol and the label is too small.
    `characters_spare` is by how much the host may grow before the symbol does.
    """

    version: int
    modules: int
    dots_per_module: int
    x_dimension_mm: float
    symbol_mm: float
    footprint_mm: float
    quiet_zone: int
    characters_spare: int
    characters_excess: int
    passes: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """How labels are to be printed; without `dots_per_module` the layout decides or GS1.

    `is_plain` as `place_symbol` takes it.
    """

    dpi: int = 300
    layout: Layout | None = None
    dots_per_module: int | None = None
    is_plain: bool = False


def advise(
    public_url: str, symbols: int, *, printing: Printing | None = None, level: Level = "M"
) -> Advice:
    """Tell how item symbols under `public_url` will come out on paper.

    Raises `dpi_unknown`, and `symbol_too_large` for a host no symbol can hold.
    """
    printing = printing or Printing()
    fewest = dots_per_module_min(printing.dpi)
    version, bits = _fit_item(public_url, symbols, level)
    modules = size_of(version)
    reasons = []
    dots = printing.dots_per_module or fewest
    if printing.layout is not None:
        try:
            placed = place_symbol(
                printing.layout, modules, dpi=printing.dpi, is_plain=printing.is_plain
            )
        except InvalidError:
            reasons.append("label_too_small")
        else:
            dots = printing.dots_per_module or placed.dots_per_module
            room = min(printing.layout.label) - 2 * EDGE_MM
            if (modules + 2 * QUIET_ZONE_MODULES) * dots * 25.4 / placed.dpi > room:
                reasons.append("label_too_small")
    x_dimension = dots * 25.4 / PRINTER_DPI[printing.dpi]
    if x_dimension < X_DIMENSION_MM_MIN:
        reasons.append("x_dimension_small")
    if x_dimension > X_DIMENSION_MM_MAX:
        reasons.append("x_dimension_large")
    excess = _characters_over(bits, version - 1, level) if version > 1 else 0
    if "label_too_small" in reasons and 0 < excess < len(public_url) - len("https://"):
        reasons.append("host_long")
    return Advice(
        version=version,
        modules=modules,
        dots_per_module=dots,
        x_dimension_mm=x_dimension,
        symbol_mm=modules * x_dimension,
        footprint_mm=(modules + 2 * QUIET_ZONE_MODULES) * x_dimension,
        quiet_zone=QUIET_ZONE_MODULES,
        characters_spare=-_characters_over(bits, version, level),
        characters_excess=excess,
        passes=not reasons,
        reasons=tuple(reasons),
    )


def _fit_item(public_url: str, symbols: int, level: Level) -> tuple[int, int]:
    """Return version and payload bits of an item symbol; every GTIN-14 takes as many."""
    scheme, separator, host = public_url.rstrip("/").partition("://")
    prefix = f"{scheme}{separator}{host.upper()}/01/{0:014d}/21/"
    return qr.measure(prefix, symbols, level=level)


def _characters_over(bits: int, version: int, level: Level) -> int:
    """Return by how many host characters the payload exceeds `version`; negative is spare.

    A character of a host takes 5.5 bits; the last one of an odd stretch is counted as 6.
    """
    over = bits - capacity_bits(version, level)
    return -(-over * 2 // 11)
