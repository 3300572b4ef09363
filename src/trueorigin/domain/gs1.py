# SPDX-License-Identifier: Apache-2.0
"""GS1's identifiers: GTIN, SSCC, company prefix, check digits and character set 82.

Decides whether a value is well-formed and says precisely what is wrong with it. Does not know
who owns a number or whether GS1 ever issued it. The rules are those of the GS1 General
Specifications; "AI" is an Application Identifier of theirs.
"""

from typing import Final

from trueorigin.domain.errors import InvalidError

GTIN_DIGITS: Final = 14
GTIN_LENGTHS: Final = (8, 12, 13, 14)
SSCC_DIGITS: Final = 18
GLN_DIGITS: Final = 13

# A GS1 Company Prefix has four to twelve digits.
COMPANY_PREFIX_MIN: Final = 4
COMPANY_PREFIX_MAX: Final = 12

# Lot (AI 10), serial (AI 21) and consumer product variant (AI 22) are all X..20.
ELEMENT_LENGTH_MAX: Final = 20

# Figure 7.11-1: the invariant characters that every X element is made of.
CHARSET_82: Final = frozenset(
    "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
)

# More than this is not a number with a few separators; it keeps hostile text out of messages.
_TEXT_MAX: Final = 40


def _is_digits(text: str) -> bool:
    """Tell whether `text` is one or more of the ten ASCII digits, and nothing like them."""
    return text.isascii() and text.isdigit()


def check_digit(digits: str) -> str:
    """Compute the GS1 check digit of `digits`, which do not include it (section 7.9.1).

    Weights 3 and 1 alternate from the right, so one rule serves every length.
    """
    if not _is_digits(digits):
        raise ValueError("only digits have a check digit")
    # Every ASCII digit is 48 more than its value, and 48 times the weights is taken off again:
    # half the time of converting digit by digit.
    codes = digits.encode("ascii")[::-1]
    heavy, light = codes[::2], codes[1::2]
    total = 3 * sum(heavy) + sum(light) - 48 * (3 * len(heavy) + len(light))
    return str(-total % 10)


def has_check_digit(digits: str) -> bool:
    """Tell whether the last of `digits` is the check digit of the others."""
    return len(digits) > 1 and _is_digits(digits) and check_digit(digits[:-1]) == digits[-1]


def normalise_gtin(text: str, *, field: str = "gtin") -> str:
    """Return a GTIN of 8, 12, 13 or 14 digits as the 14 digits of AI 01.

    Spaces and hyphens, which people copy from packages, are dropped.
    """
    digits = text.replace(" ", "").replace("-", "") if len(text) <= _TEXT_MAX else ""
    if not _is_digits(digits) or len(digits) not in GTIN_LENGTHS or not digits.strip("0"):
        raise InvalidError("gtin_malformed", field=field, given=text[:_TEXT_MAX])
    expected = check_digit(digits[:-1])
    if digits[-1] != expected:
        raise InvalidError(
            "gtin_check_digit", field=field, given=digits, digit=digits[-1], expected=expected
        )
    return digits.zfill(GTIN_DIGITS)


def check_charset82(text: str, *, field: str, length_max: int = ELEMENT_LENGTH_MAX) -> str:
    """Return `text` unchanged if it is 1 to `length_max` characters of set 82, else refuse.

    The refusal names the first offending character and its position, counted from 1.
    """
    if not 1 <= len(text) <= length_max:
        raise InvalidError("gs1_length", field=field, length=len(text), max=length_max)
    if CHARSET_82.issuperset(text):
        return text
    position, character = next(
        (at, each) for at, each in enumerate(text, start=1) if each not in CHARSET_82
    )
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    raise InvalidError("gs1_characters", field=field, character=shown, position=position)


def check_company_prefix(text: str, *, field: str = "company_prefix") -> str:
    """Return a GS1 Company Prefix unchanged if it is 4 to 12 digits, else refuse.

    Prefixes of 0000000 and 02, 04, 2 are for restricted circulation and name nobody
    in particular, so an SSCC cannot be built on them.
    """
    if not (_is_digits(text) and COMPANY_PREFIX_MIN <= len(text) <= COMPANY_PREFIX_MAX):
        raise InvalidError(
            "company_prefix_malformed",
            field=field,
            given=text[:_TEXT_MAX],
            min=COMPANY_PREFIX_MIN,
            max=COMPANY_PREFIX_MAX,
        )
    if text.startswith(("02", "04", "2")) or not text[:7].strip("0"):
        raise InvalidError("company_prefix_restricted", field=field, given=text)
    return text


def sscc_capacity(prefix: str) -> int:
    """Return how many SSCCs a company prefix can ever make: 10 to the power 17 - its length."""
    return int(10 ** (SSCC_DIGITS - 1 - len(check_company_prefix(prefix))))


def build_sscc(prefix: str, serial_reference: int) -> str:
    """Build the SSCC of one serial reference within [0, `sscc_capacity`).

        +-----------+----------------+----------------------+-------+
        | extension | company prefix | rest of the serial   | check |   18 digits,
        | 1 digit   | 4-12 digits    | reference, 12-4      | 1     |   AI 00
        +-----------+----------------+----------------------+-------+

    The extension digit has no meaning of its own in GS1's rules; here it is the highest digit of
    the reference, so that consecutive references are all usable.
    """
    if not 0 <= serial_reference < sscc_capacity(prefix):
        raise ValueError(f"serial reference {serial_reference} is beyond prefix {prefix}")
    reference = str(serial_reference).zfill(SSCC_DIGITS - 1 - len(prefix))
    body = reference[0] + prefix + reference[1:]
    return body + check_digit(body)


def split_sscc(sscc: str, prefix: str) -> int | None:
    """Return the serial reference of `sscc` under `prefix`: the inverse of `build_sscc`.

    None when it is no SSCC or belongs to another prefix.
    """
    if not is_sscc(sscc) or not sscc.startswith(prefix, 1):
        return None
    return int(sscc[0] + sscc[1 + len(prefix) : -1])


def is_sscc(text: str) -> bool:
    """Tell whether `text` is 18 digits of which the last is the right check digit."""
    return len(text) == SSCC_DIGITS and has_check_digit(text)


def check_sscc(text: str, *, field: str = "sscc") -> str:
    """Return an SSCC of 18 digits unchanged, else refuse."""
    if len(text) != SSCC_DIGITS or not _is_digits(text):
        raise InvalidError("sscc_malformed", field=field, given=text[:_TEXT_MAX])
    expected = check_digit(text[:-1])
    if text[-1] != expected:
        raise InvalidError("sscc_check_digit", field=field, given=text, expected=expected)
    return text


def check_gln(text: str, *, field: str = "gln") -> str:
    """Return a Global Location Number of 13 digits unchanged, else refuse."""
    if len(text) != GLN_DIGITS or not _is_digits(text):
        raise InvalidError("gln_malformed", field=field, given=text[:_TEXT_MAX])
    expected = check_digit(text[:-1])
    if text[-1] != expected:
        raise InvalidError("gln_check_digit", field=field, given=text, expected=expected)
    return text
