# SPDX-License-Identifier: Apache-2.0
"""Cut a text into the modes of a QR symbol, and turn the cut into payload bits.

Mixed modes are what makes item URLs small: `https` takes a byte segment, since phone cameras
ignore schemes in capitals, and the rest is alphanumeric, 5.5 bits a character. Knows nothing of
versions beyond the width of their character counts, and nothing of modules.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from trueorigin.domain.qr_tables import ALPHANUMERIC


class Mode(IntEnum):
    """Mode indicators of table 2; the value is what the symbol carries."""

    NUMERIC = 1
    ALPHANUMERIC = 2
    BYTE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of the text in one mode."""

    mode: Mode
    text: str


# Cost of a character in sixths of a bit, so that thirds and halves stay whole numbers.
_SIXTHS: Final = {Mode.NUMERIC: 20, Mode.ALPHANUMERIC: 33, Mode.BYTE: 48}

# Width of the character count up to version 9, 26 and 40 (table 3).
_COUNT_BITS: Final = {
    Mode.NUMERIC: (10, 12, 14),
    Mode.ALPHANUMERIC: (9, 11, 13),
    Mode.BYTE: (8, 16, 16),
}


def _width_class(version: int) -> int:
    return (version > 9) + (version > 26)  # noqa: PLR2004 the version groups of table 3


def header_bits(mode: Mode, version: int) -> int:
    """Return the bits before the characters of a segment: mode indicator and count."""
    return 4 + _COUNT_BITS[mode][_width_class(version)]


def segments(text: str, *, version: int = 1, opaque: frozenset[int] = frozenset()) -> list[Segment]:
    """Cut `text` into modes with the fewest bits in symbols of the size of `version`.

    Characters at the indices `opaque` are known only to be alphanumeric. Of equally short
    cuts the one that changes mode least is taken.
    """
    # best[m] = (cost in sixths, segments so far as (mode, start)) with the last character in m.
    best: dict[Mode, tuple[int, tuple[tuple[Mode, int], ...]]] = {}
    for index, character in enumerate(text):
        previous = best
        best = {}
        for mode in _modes_of(character, opaque=index in opaque):
            size = _SIXTHS[mode] * (len(character.encode()) if mode is Mode.BYTE else 1)
            header = 6 * header_bits(mode, version)
            ways = [
                (cost, cuts)
                if last is mode
                else (-(-cost // 6) * 6 + header, (*cuts, (mode, index)))
                for last, (cost, cuts) in previous.items()
            ] or [(header, ((mode, 0),))]
            cost, cuts = min(ways, key=lambda way: (way[0], len(way[1])))
            best[mode] = cost + size, cuts
    if not best:
        return []
    _, cuts = min(best.values(), key=lambda way: (-(-way[0] // 6), len(way[1])))
    ends = [*(start for _, start in cuts[1:]), len(text)]
    return [
        Segment(mode=mode, text=text[start:end])
        for (mode, start), end in zip(cuts, ends, strict=True)
    ]


def _modes_of(character: str, *, opaque: bool) -> tuple[Mode, ...]:
    if opaque:
        return (Mode.ALPHANUMERIC,)
    if character not in ALPHANUMERIC:
        return (Mode.BYTE,)
    if character.isdecimal():
        return (Mode.NUMERIC, Mode.ALPHANUMERIC, Mode.BYTE)
    return (Mode.ALPHANUMERIC, Mode.BYTE)


def character_groups(segment: Segment) -> Iterator[tuple[int, int]]:
    """Yield the value and width of each group of characters (clause 7.4)."""
    text = segment.text
    match segment.mode:
        case Mode.NUMERIC:
            for start in range(0, len(text), 3):
                group = text[start : start + 3]
                yield int(group), 3 * len(group) + 1
        case Mode.ALPHANUMERIC:
            for start in range(0, len(text), 2):
                values = [ALPHANUMERIC.index(character) for character in text[start : start + 2]]
                yield (values[0] * 45 + values[1], 11) if len(values) > 1 else (values[0], 6)
        case _:
            for byte in text.encode():
                yield byte, 8


def payload_of(parts: Sequence[Segment], version: int) -> str:
    """Return the bits of all segments, headers included, as a string of 0 and 1."""
    bits = []
    for segment in parts:
        length = len(segment.text.encode()) if segment.mode is Mode.BYTE else len(segment.text)
        width = _COUNT_BITS[segment.mode][_width_class(version)]
        bits.append(f"{segment.mode:04b}{length:0{width}b}")
        bits.extend(f"{value:0{size}b}" for value, size in character_groups(segment))
    return "".join(bits)
