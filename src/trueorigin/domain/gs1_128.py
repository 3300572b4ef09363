# SPDX-License-Identifier: Apache-2.0
"""GS1-128 symbols: GS1 elements as the bars of Code 128 (ISO/IEC 15417).

Knows modules, not millimetres, and forms, not meanings: whether a value is right for its
Application Identifier is decided by `gs1` and `gs1elements`. Code set A is left out, because every
character of a GS1 element is in B.

    start C | FNC1 | 00 | 39 | 52 | 12 | ... | check | stop
       11      11    11   11   11   11          11      13     modules
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from trueorigin.domain.gs1 import CHARSET_82, SSCC_DIGITS

Bits: TypeAlias = NDArray[np.uint8]

# GS1 General Specifications 5.4.4.2 and 5.4.4.3.
QUIET_ZONE_MODULES: Final = 10
CHARACTERS_MAX: Final = 48
LENGTH_MM_MAX: Final = 165.1

_CODE_C, _CODE_B, _FNC1 = 99, 100, 102
_START_B, _START_C, _STOP = 104, 105, 106
_CHECK_MODULUS: Final = 103
# Code set B begins with the blank.
_FIRST_B: Final = ord(" ")
# Stands for FNC1 among the characters of a message; no element has it.
_SEPARATOR: Final = "\x1d"

# Bars and spaces in turn, each value six widths; the stop has a seventh.
_TABLE: Final = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 "
    "122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 "
    "321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 "
    "211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 "
    "213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 "
    "121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 "
    "241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 "
    "412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 "
    "211214 211232 2331112"
)
_WIDTHS: Final = tuple(_TABLE.split())

# Values of these Application Identifiers have the length their first two digits say; all others
# end with FNC1 unless they are last (GS1 General Specifications, figure 7.8.5-2).
_PREDEFINED: Final = frozenset(
    f"{number:02d}" for number in (*range(5), *range(11, 21), *range(31, 37), 41)
)
_AI_DIGITS: Final = range(2, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """An Application Identifier and its value, such as 00 and an SSCC."""

    ai: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BarSymbol:
    """A finished symbol without quiet zones: the width of bar and space in turn, a bar first."""

    widths: tuple[int, ...]
    text: str

    @property
    def modules(self) -> int:
        """Return its width in modules."""
        return sum(self.widths)


def encode(elements: Sequence[Element]) -> BarSymbol:
    """Draw the shortest symbol of `elements`, in their order; `text` is what is printed below it.

    Elements of predefined length belong before the others, which makes the symbol shorter. Raises
    ValueError for what GS1-128 cannot hold: the caller knows what it prints.
    """
    values = _choose_values(_join(elements))
    values.append(_check_value(values))
    widths = "".join(_WIDTHS[value] for value in (*values, _STOP))
    return BarSymbol(
        widths=tuple(map(int, widths)),
        text="".join(f"({element.ai}){element.value}" for element in elements),
    )


def modules_of(symbol: BarSymbol) -> Bits:
    """Return a symbol module by module, 1 being dark."""
    return _draw(symbol.widths)


def _draw(widths: tuple[int, ...]) -> Bits:
    colours = (np.arange(len(widths)) + 1) % 2
    return np.repeat(colours, widths).astype(np.uint8)


# Start, FNC1, ten pairs of digits, check character and stop.
SSCC_MODULES: Final = 13 * 11 + 13


def draw_ssccs(digits: Bits) -> Bits:
    """Draw (n, 18) ASCII digits as symbols of AI 00: (n, `SSCC_MODULES`), as `encode` draws each.

    1 µs a symbol; `encode` takes 40.
    """
    if digits.ndim != 2 or digits.shape[1] != SSCC_DIGITS:  # noqa: PLR2004 rows of digits
        raise ValueError(f"expected (n, {SSCC_DIGITS}) digits, got {digits.shape}")
    numbers = digits.astype(np.intp) - ord("0")
    if numbers.size and (numbers.min() < 0 or numbers.max() > 9):  # noqa: PLR2004 decimal
        raise ValueError("an SSCC has digits only")
    pairs = numbers[:, ::2] * 10 + numbers[:, 1::2]
    head = np.broadcast_to(np.array([_START_C, _FNC1, 0]), (len(pairs), 3))
    values = np.concatenate([head, pairs], axis=1)
    weights = np.maximum(np.arange(values.shape[1]), 1)
    check = (values * weights).sum(axis=1, keepdims=True) % _CHECK_MODULUS
    patterns, stop = _patterns()
    drawn = patterns[np.concatenate([values, check], axis=1)]
    drawn = drawn.reshape(len(values), SSCC_MODULES - len(stop))
    return np.concatenate([drawn, np.broadcast_to(stop, (len(values), len(stop)))], axis=1)


def _join(elements: Sequence[Element]) -> str:
    """Return the message: elements end to end, with separators where the standard wants them."""
    message = ""
    for element in elements:
        if not (element.ai.isascii() and element.ai.isdigit() and len(element.ai) in _AI_DIGITS):
            raise ValueError("an Application Identifier has two to four digits")
        if not element.value or not CHARSET_82.issuperset(element.value):
            raise ValueError("a value is made of GS1's character set 82")
        message += element.ai + element.value
        if element is not elements[-1] and element.ai[:2] not in _PREDEFINED:
            message += _SEPARATOR
    if not 1 <= len(message) <= CHARACTERS_MAX:
        raise ValueError(f"a symbol holds 1 to {CHARACTERS_MAX} characters")
    return message


def _choose_values(message: str) -> list[int]:
    """Return start, FNC1 and the data characters: as few as the code sets allow.

    From the last character backwards, the fewest values for the rest are known for either set.
    """
    size = len(message)
    # For each position: the values of the rest when in set B, when in set C.
    rest: list[tuple[list[int], list[int]]] = [([], [])] * (size + 1)
    for at in range(size - 1, -1, -1):
        in_b, in_c = _steps(message, at, rest)
        if in_c is None or len(in_b) + 1 < len(in_c):
            in_c = [_CODE_B, *in_b]
        if len(in_c) + 1 < len(in_b):
            in_b = [_CODE_C, *in_c]
        rest[at] = (in_b, in_c)
    in_b, in_c = rest[0]
    if len(in_b) < len(in_c):
        return [_START_B, _FNC1, *in_b]
    return [_START_C, _FNC1, *in_c]


def _steps(
    message: str, at: int, rest: Sequence[tuple[list[int], list[int]]]
) -> tuple[list[int], list[int] | None]:
    """Return the values from `at` on when the next is in set B, and in set C where it can be."""
    if message[at] == _SEPARATOR:
        return [_FNC1, *rest[at + 1][0]], [_FNC1, *rest[at + 1][1]]
    in_b = [ord(message[at]) - _FIRST_B, *rest[at + 1][0]]
    pair = message[at : at + 2]
    if len(pair) == 2 and pair.isdigit():  # noqa: PLR2004 two digits a value
        return in_b, [int(pair), *rest[at + 2][1]]
    return in_b, None


def _check_value(values: Sequence[int]) -> int:
    """Return the check character: a sum weighted by position, the start counting once."""
    return (values[0] + sum(at * value for at, value in enumerate(values))) % _CHECK_MODULUS


@cache
def _patterns() -> tuple[Bits, Bits]:
    """Return the modules of every value but the stop, one row each, and those of the stop."""
    rows = [_draw(tuple(map(int, each))) for each in _WIDTHS]
    return np.stack(rows[:_STOP]), rows[_STOP]
