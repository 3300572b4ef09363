# SPDX-License-Identifier: Apache-2.0
"""The human-readable code: what stands under every symbol for people to read, type and dictate.

    +-----------------+----------------------------+-------+
    | organisation    | serial                     | check |     19, 21 or 25 symbols,
    | prefix, 4       | 14, 16 or 20               | 1     |     shown in groups of four
    +-----------------+----------------------------+-------+

The check symbol is public and catches slips of the hand; it says nothing about genuineness,
which only the serial's own check bits do. It is a weighted sum over GF(32) whose weights are
powers of the generator: each differs from every other, so one wrong symbol and any two symbols
swapped, next to each other or not, always change it (a wrong symbol has weight w != 0; a swap of
a and b changes the sum by (w - w')(a - b)).

The page that checks while people type does the same in the browser; both are held to the same
published vectors.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from trueorigin.domain.serials import ALPHABET, FOLD_MAX, SYMBOLS, fold

PREFIX_SYMBOLS: Final = 4
CHECK_SYMBOLS: Final = 1
LENGTHS: Final = tuple(PREFIX_SYMBOLS + symbols + CHECK_SYMBOLS for symbols in SYMBOLS)
GROUP_SYMBOLS: Final = 4

# x^5 + x^2 + 1 is primitive: the powers of x run through all 31 non-zero elements, more than the
# 25 symbols of the longest code.
_POLYNOMIAL: Final = 0b100101
_OVERFLOW: Final = 0b100000

# The sum starts from one, so that a code of zeros only is not a valid code.
_START: Final = 1

_VALUE: Final = {symbol: value for value, symbol in enumerate(ALPHABET)}


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanCode:
    """A human-readable code taken apart, its check symbol verified."""

    prefix: str
    serial: str


class Reason(StrEnum):
    """What is known of a code while it is being typed."""

    CHECK_SYMBOL = "check_symbol"  # full length, but at least one symbol is wrong
    COMPLETE = "complete"  # nothing is wrong with it
    EMPTY = "empty"  # nothing typed yet
    FOREIGN_CHARACTER = "foreign_character"  # a character that no code contains
    TOO_LONG = "too_long"  # longer than any code
    TOO_SHORT = "too_short"  # more symbols are to come


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What is right or wrong with a typed code, and how to show it."""

    reason: Reason
    shown: str
    """The code as far as it makes sense: folded and grouped."""
    symbols: int
    """How many symbols `shown` has."""
    character: str | None = None
    """The first foreign character, as typed."""
    position: int | None = None
    """Where in the typed text that character stands, counted from 1."""


def check_symbol(body: str) -> str:
    """Compute the check symbol of a prefix and serial, which are folded already.

    Horner's rule: the symbol before the last weighs x, the one before it x squared, and so on.
    """
    total = _START
    for symbol in body:
        total = _times_x(total ^ _VALUE[symbol])
    return ALPHABET[total]


def _times_x(value: int) -> int:
    """Multiply an element of GF(32) by the generator x."""
    value <<= 1
    return value ^ _POLYNOMIAL if value & _OVERFLOW else value


def build(prefix: str, serial: str) -> str:
    """Build the human-readable code of a serial, without separators."""
    body = prefix + serial
    if len(prefix) != PREFIX_SYMBOLS or len(serial) not in SYMBOLS or fold(body) != body:
        raise ValueError("a code is made of a prefix of 4 and a serial of 14, 16 or 20 symbols")
    return body + check_symbol(body)


def group(code: str, separator: str = "-") -> str:
    """Show a code in groups of four symbols; the last group may be shorter."""
    return separator.join(
        code[at : at + GROUP_SYMBOLS] for at in range(0, len(code), GROUP_SYMBOLS)
    )


def parse(text: str) -> HumanCode | None:
    """Take a typed code apart, or return None when its form or check symbol is wrong.

    `diagnose` says which. Whether the code was ever issued is another question.
    """
    code = fold(text)
    if code is None or len(code) not in LENGTHS or check_symbol(code[:-1]) != code[-1]:
        return None
    return HumanCode(prefix=code[:PREFIX_SYMBOLS], serial=code[PREFIX_SYMBOLS:-1])


def diagnose(text: str) -> Diagnosis:
    """Say what is right or wrong with a code while it is being typed.

    A foreign character is reported first, because no length or check symbol makes sense with it.
    Between two valid lengths the code counts as too short.
    """
    if len(text) > FOLD_MAX:
        return Diagnosis(reason=Reason.TOO_LONG, shown="", symbols=0)
    for position, character in enumerate(text, start=1):
        if fold(character) is None:
            before = fold(text[: position - 1]) or ""
            return Diagnosis(
                reason=Reason.FOREIGN_CHARACTER,
                shown=group(before),
                symbols=len(before),
                character=character,
                position=position,
            )
    code = fold(text) or ""
    return Diagnosis(reason=_judge(code), shown=group(code), symbols=len(code))


def explain(text: str) -> dict[str, str | int]:
    """Say for `code_malformed` what is wrong: a foreign character, or the number of symbols."""
    found = diagnose(text)
    if found.character is not None and found.position is not None:
        character = found.character if found.character.isprintable() else "?"
        return {"reason": "character", "character": character, "position": found.position}
    return {"reason": "length", "symbols": found.symbols}


def _judge(code: str) -> Reason:
    """Judge a folded code by its length and check symbol."""
    if not code:
        return Reason.EMPTY
    if len(code) > max(LENGTHS):
        return Reason.TOO_LONG
    if len(code) not in LENGTHS:
        return Reason.TOO_SHORT
    return Reason.COMPLETE if check_symbol(code[:-1]) == code[-1] else Reason.CHECK_SYMBOL


def is_prefix(text: str) -> bool:
    """Tell whether `text` can be an organisation's prefix: four symbols, already folded."""
    return len(text) == PREFIX_SYMBOLS and set(text) <= set(ALPHABET)
