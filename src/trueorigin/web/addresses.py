# SPDX-License-Identifier: Apache-2.0
"""Where a code that was typed, photographed or filmed is answered, and how it is shown.

Paths on this host only: whatever host was printed, an answer is given here or not at all.
"""

from urllib.parse import quote

from trueorigin.domain import humancode
from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.errors import InvalidError


def address_of(code: PrintedCode) -> str:
    """Return the path under which `code` is answered; refuse a serial that leads nowhere."""
    contents = f"n={quote(code.contents, safe='*')}" if code.contents else ""
    if code.gtin is not None:
        parts = [("01", code.gtin), ("22", code.variant), ("10", code.lot), ("21", code.serial)]
        path = "".join(f"/{key}/{quote(value, safe='')}" for key, value in parts if value)
        return f"{path}?{contents}" if contents else path
    if code.sscc is not None:
        query = [f"t={quote(code.serial, safe='')}"] if code.serial else []
        query += [contents] if contents else []
        return f"/00/{code.sscc}" + (f"?{'&'.join(query)}" if query else "")
    if code.prefix is None and not code.is_mistyped:
        raise InvalidError("code_incomplete", field="code")
    return f"/c/{quote(_text_of(code), safe='')}" + (f"?{contents}" if contents else "")


def show_code(code: PrintedCode) -> str | None:
    """Return what was read in groups of four, for the reader to compare with the label."""
    text = _text_of(code) or code.sscc or ""
    return humancode.group(text[:40]) or None


def _text_of(code: PrintedCode) -> str:
    """Return the readable code as it is printed, without blanks; a mistyped one as it was read."""
    serial = code.serial or ""
    return serial if code.prefix is None else humancode.build(code.prefix, serial)
