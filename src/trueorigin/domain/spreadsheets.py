# SPDX-License-Identifier: Apache-2.0
"""Lines of CSV that spreadsheets open as what they are: text stays text, whatever it begins with.

RFC 4180 with a byte order mark in front, by which Excel knows UTF-8. Writing it to somewhere is
the caller's business.
"""

from collections.abc import Sequence
from typing import Final

BYTE_ORDER_MARK: Final = "\ufeff"
# What makes Excel, LibreOffice or WPS take a cell for a formula (OWASP, CSV injection).
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_QUOTED: Final = frozenset(',;"\r\n\t')


def format_line(cells: Sequence[str | float | None]) -> str:
    """Return one line with its end. Numbers stay numbers, also negative ones; None is empty."""
    return ",".join(_format_cell(each) for each in cells) + "\r\n"


def _format_cell(cell: str | float | None) -> str:
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return str(cell)
    # Blanks in front do not keep some programs from finding the sign behind them.
    if cell.lstrip(" ").startswith(_FORMULA_STARTS):
        cell = f"'{cell}"
    if _QUOTED.isdisjoint(cell):
        return cell
    return '"' + cell.replace('"', '""') + '"'
