# SPDX-License-Identifier: Apache-2.0
"""GS1 elements that may stand in the query of a Digital Link, and the format of each.

Only what makes a link malformed is checked: number, length, character set, check digit and
calendar date. Lists of countries, currencies, packages and banks, and which elements demand one
another, are left to those who use such elements. We print none of them; other programs may add
them to our links. Source: the GS1 Barcode Syntax Dictionary, entries marked as data attributes.
"""

import re
from datetime import date
from typing import Final

from trueorigin.domain.gs1 import CHARSET_82, has_check_digit

_X: Final = "[" + re.escape("".join(sorted(CHARSET_82))) + "]"
_DATE: Final = r"(?P<date>[0-9]{6})"
_CHECKED: Final = r"(?P<checked>[0-9]{%d})"
_COUNTRY: Final = "[0-9]{3}"

# Application Identifier -> value. The date and the digits with a check digit are named groups.
_FORMATS: Final = tuple(
    (re.compile(number), re.compile(value))
    for number, value in (
        ("00|8017|8018", _CHECKED % 18),
        ("01|02", _CHECKED % 14),
        ("10|243|420|4318|702[0-2]|71[0-7]|7240|8002|8012", _X + "{1,20}"),
        ("11|12|13|15|16|17|4326|7006", _DATE),
        ("20|7241", "[0-9]{2}"),
        ("240|241|250|251|400|401|403|4308|4319|7002|7023|8004|90", _X + "{1,30}"),
        ("242", "[0-9]{1,6}"),
        ("253", _CHECKED % 13 + _X + "{0,17}"),
        ("255", _CHECKED % 13 + "[0-9]{0,12}"),
        ("30|37", "[0-9]{1,8}"),
        ("31[0-6][0-5]|32[0-9][0-5]|33[0-7][0-5]|34[0-9][0-5]|35[0-7][0-5]", "[0-9]{6}"),
        ("36[0-9][0-5]|395[0-5]|8005", "[0-9]{6}"),
        ("390[0-9]|392[0-9]", "[0-9]{1,15}"),
        ("391[0-9]|393[0-9]", _COUNTRY + "[0-9]{1,15}"),
        ("394[0-3]|8111", "[0-9]{4}"),
        ("402", _CHECKED % 17),
        ("41[0-7]", _CHECKED % 13),
        ("421", _COUNTRY + _X + "{1,9}"),
        ("422|424|426", _COUNTRY),
        ("423|425", f"(?:{_COUNTRY}){{1,5}}"),
        ("427|7008", _X + "{1,3}"),
        ("430[01]|431[01]|4320", _X + "{1,35}"),
        ("430[2-6]|431[2-6]|7257|8110|8112", _X + "{1,70}"),
        ("4307|4317", "[A-Z]{2}"),
        ("4309", "[0-9]{20}"),
        ("432[1-3]", "[01]"),
        ("432[45]|7003", _DATE + "[0-9]{4}"),
        ("433[0-3]", "[0-9]{6}-?"),
        ("7001", "[0-9]{13}"),
        ("7004", "[0-9]{1,4}"),
        ("7005", _X + "{1,12}"),
        ("7007", _DATE + "(?:[0-9]{6})?"),
        ("7009|7255", _X + "{1,10}"),
        ("7010", _X + "{1,2}"),
        ("7011", _DATE + "(?:[0-9]{4})?"),
        ("703[0-9]", _COUNTRY + _X + "{1,27}"),
        ("723[0-9]", _X + "{3,30}"),
        ("7242", _X + "{1,25}"),
        ("7250", "[0-9]{8}"),
        ("7251", "[0-9]{12}"),
        ("7252", "[0129]"),
        ("7253|7254|7259", _X + "{1,40}"),
        ("7256|9[1-9]", _X + "{1,90}"),
        ("7258", "[0-9]/[0-9]"),
        ("8001", "[0-9]{14}"),
        ("8003", "0" + _CHECKED % 13 + _X + "{0,16}"),
        ("8006|8026", _CHECKED % 14 + "[0-9]{4}"),
        ("8007", "[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}"),
        ("8008", _DATE + "[0-9]{2}(?:[0-9]{2}){0,2}"),
        ("8009", _X + "{1,50}"),
        ("8010", "[#\\-/0-9A-Z]{1,30}"),
        ("8013", _X + "{1,25}"),
        ("8030", "[A-Za-z0-9_=\\-]{1,90}"),
    )
)

# Elements that belong in the path of a GTIN; the lot may stand beside other keys.
_GTIN_QUALIFIER: Final = "10"

# Of these dates the day 00 means the whole month; only where the syntax says so.
_DAY_ZERO: Final = frozenset({"11", "12", "13", "15", "16", "17", "4324", "4325"})


def is_element(number: str, value: str, *, beside_gtin: bool) -> bool:
    """Tell whether GS1 allows this element in a query, after a GTIN or another key in the path."""
    if beside_gtin and number == _GTIN_QUALIFIER:
        return False
    for numbers, values in _FORMATS:
        if numbers.fullmatch(number):
            match = values.fullmatch(value)
            return match is not None and _holds(number, match)
    return False


def _holds(number: str, match: re.Match[str]) -> bool:
    """Tell whether the check digit and the date in a value of the right form are right."""
    named = match.groupdict()
    if "checked" in named and not has_check_digit(named["checked"]):
        return False
    return "date" not in named or _is_date(named["date"], day_zero=number in _DAY_ZERO)


def _is_date(digits: str, *, day_zero: bool) -> bool:
    """Tell whether YYMMDD is in the calendar, taking every year for one of this century."""
    year, month, day = 2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:])
    if day == 0 and not day_zero:
        return False
    try:
        date(year, month, day or 1)
    except ValueError:
        return False
    return True
