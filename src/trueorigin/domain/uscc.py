# SPDX-License-Identifier: Apache-2.0
"""The unified social credit code of Chinese organisations, 统一社会信用代码 (GB 32100-2015).

Eighteen characters: registering department (1), kind of organisation (1), place of registration
(6 digits), organisation code (9, GB 11714) and a check character. Does not know whether a code
was ever given to anybody.
"""

import re
from typing import Final

from trueorigin.domain.errors import InvalidError

USCC_LENGTH: Final = 18
# GB 32100-2015 annex A: 31 characters without I, O, S, V and Z; the place is the value.
ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES: Final = {symbol: value for value, symbol in enumerate(ALPHABET)}
# 3 to the power of the position, mod 31.
_WEIGHTS: Final = tuple(pow(3, position, 31) for position in range(USCC_LENGTH - 1))
_FORM: Final = re.compile(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")
# More than this is not a code with a few separators; it keeps hostile text out of messages.
_TEXT_MAX: Final = 40


def check_character(body: str) -> str:
    """Compute the check character of the first 17 characters (annex A).

    31 less the weighted sum mod 31; a result of 31 stands for 0.
    """
    total = sum(_VALUES[symbol] * weight for symbol, weight in zip(body, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def normalise_uscc(text: str, *, field: str = "uscc") -> str:
    """Return a code as 18 upper-case characters, without the blanks and hyphens people type.

    Refused with `uscc_malformed`, or with `uscc_check` when one character was mistyped.
    """
    code = re.sub(r"[\s\-]", "", text).upper() if len(text) <= _TEXT_MAX else ""
    if not _FORM.fullmatch(code):
        raise InvalidError("uscc_malformed", field=field, length=USCC_LENGTH)
    expected = check_character(code[:-1])
    if code[-1] != expected:
        raise InvalidError("uscc_check", field=field, given=code, expected=expected)
    return code
