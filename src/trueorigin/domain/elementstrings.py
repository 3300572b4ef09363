# SPDX-License-Identifier: Apache-2.0
"""GS1 element strings, as labels show them in brackets and as scanners send them, taken apart.

Finds the elements that name goods of ours and skips the others by the lengths of GS1 General
Specifications section 7.8. Whether their values are right is decided where links are read.

    (01)09506000134352(10)LOT(21)SERIAL            as people read it
    ]d2 0109506000134352 10LOT<GS> 21SERIAL        as scanners send it, without the blanks
"""

import re
from collections.abc import Iterator
from typing import Final

from trueorigin.domain import humancode
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.gs1 import ELEMENT_LENGTH_MAX, has_check_digit
from trueorigin.domain.serials import fold

SSCC: Final = "00"
GTIN: Final = "01"
SERIAL: Final = "21"
# What is told of goods; lot, variant and serial end at a separator, or where the text does.
_TOLD: Final = (SSCC, GTIN, "10", SERIAL, "22")

# FNC1 between two elements, as it is sent (section 7.8.3).
_SEPARATOR: Final = "\x1d"

# Digits of an element by the first two of its identifier, which are among them (figure 7.8.5-2).
_LENGTHS: Final = {
    **dict.fromkeys(("01", "02", "03", "41"), 16),
    "00": 20,
    "04": 18,
    "20": 4,
    **{str(number): 8 for number in range(11, 20)},
    **{str(number): 10 for number in range(31, 37)},
}

# What scanners put before all they read when they are told to (ISO/IEC 15424).
_SYMBOLOGY: Final = re.compile(r"\][A-Za-z][0-9A-Za-z](?=.)")
# Of these symbols the text is an element string: GS1-128, DataBar, DataMatrix, QR Code, DotCode.
_GS1_SYMBOLOGY: Final = re.compile(r"\](?:C1|e0|d2|Q3|J1)(?=[0-9])")
_BRACKETED: Final = re.compile(r"\(([0-9]{2,4})\)")
# Without any sign a text must begin with a whole key, and something must follow.
_KEY: Final = re.compile(r"0(?:1([0-9]{14})|0([0-9]{18}))(?=.)")
# So the box of the home page shows whatever is typed into it: in groups of four.
_GROUPED: Final = re.compile(r"(?:[^-]{4}-)+[^-]{1,4}")
_FULL_WIDTH: Final = {0xFF01 + at: 0x21 + at for at in range(94)}
_BLANKS: Final = re.compile(r"[^\S\x1d]+")


def strip_symbology(text: str) -> str:
    """Return `text` without what a scanner put before it."""
    return _SYMBOLOGY.sub("", text, count=1).strip()


def find_elements(text: str) -> dict[str, str] | None:
    """Return SSCC, or GTIN with serial, lot and variant; None where `text` is no element string.

    Blanks are dropped: GS1 has none in any value. Refused with `element_string_malformed`, and
    `reason` and `part`: what begins as one and cannot be read on.
    """
    sign = _GS1_SYMBOLOGY.match(text)
    body = _BLANKS.sub("", text[sign.end() :] if sign else text).translate(_FULL_WIDTH)
    if _BRACKETED.match(body):
        return _collect(_split_bracketed(body))
    if humancode.parse(body) is not None:
        return None
    if sign or _SEPARATOR in body:
        return _collect(_split_sent(body))
    return _find_unsigned(body)


def _find_unsigned(body: str) -> dict[str, str] | None:
    """Read a text with nothing but digits and letters: longer than any code, or whole as it is."""
    if _GROUPED.fullmatch(body):
        body = body.replace("-", "")
    key = _KEY.match(body)
    if key is None or not has_check_digit(key[1] or key[2]):
        return None
    code = fold(body)
    is_code = code is not None and len(code) <= max(humancode.LENGTHS)
    try:
        found = _collect(_split_sent(body))
    except InvalidError:
        if is_code:
            return None
        raise
    return found if not is_code or found.keys() & {SSCC, SERIAL} else None


def _split_bracketed(body: str) -> Iterator[tuple[str, str]]:
    """Yield identifiers and values; digits in brackets are never part of a value."""
    parts = _BRACKETED.split(body)
    yield from zip(parts[1::2], parts[2::2], strict=True)


def _split_sent(body: str) -> Iterator[tuple[str, str]]:
    """Yield identifiers and values of a text without brackets; of others, two digits of each."""
    at = 0
    while at < len(body):
        if body[at] == _SEPARATOR:
            at += 1
            continue
        number = body[at : at + 2]
        if not (number.isascii() and number.isdigit() and len(number) == 2):  # noqa: PLR2004 - digits
            raise _malformed("identifier", body[at : at + 4])
        end = body.find(_SEPARATOR, at)
        end = len(body) if end < 0 else end
        length = _LENGTHS.get(number)
        if length is not None:
            if end < at + length:
                raise _malformed("short", number)
            end = at + length
        elif number in _TOLD and end - at - 2 > ELEMENT_LENGTH_MAX:
            raise _malformed("separator", number)
        yield number, body[at + 2 : end]
        at = end


def _collect(pairs: Iterator[tuple[str, str]]) -> dict[str, str]:
    """Keep what is told of goods, each once, with one key."""
    found: dict[str, str] = {}
    for number, value in pairs:
        if number not in _TOLD:
            continue
        if not value:
            raise _malformed("empty", number)
        if found.setdefault(number, value) != value:
            raise _malformed("duplicate", number)
    if (SSCC in found) == (GTIN in found):
        raise _malformed("keys", "".join(f"({number})" for number in found))
    if SSCC in found and SERIAL in found:
        raise _malformed("keys", "(00)(21)")
    return found


def _malformed(reason: str, part: str) -> InvalidError:
    """Make the refusal; `reason` picks the sentence, `part` is what it quotes."""
    shown = "".join(each if each.isprintable() else "?" for each in part)
    return InvalidError("element_string_malformed", field="code", reason=reason, part=shown[:60])
