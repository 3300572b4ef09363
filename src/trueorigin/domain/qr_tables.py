# SPDX-License-Identifier: Apache-2.0
"""Constants of ISO/IEC 18004 and what follows from them alone: sizes, fixed patterns, placement.

Everything here depends on version, level and mask only, never on a text; the results that are
costly to derive are cached and must not be written to.
"""

from functools import cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Level = Literal["L", "M", "Q", "H"]
Bits = NDArray[np.bool_]

VERSION_MAX: Final = 40
MASKS: Final = 8

# The 45 characters of the alphanumeric mode, in the order of their values (table 5).
ALPHANUMERIC: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def _row(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split()))


# Error correction codewords of one block, for versions 1 to 40 (table 9).
_CORRECTION: Final[dict[Level, tuple[int, ...]]] = {
    "L": _row(
        "7 10 15 20 26 18 20 24 30 18 20 24 26 30 22 24 28 30 28 28 "
        "28 28 30 30 26 28 30 30 30 30 30 30 30 30 30 30 30 30 30 30"
    ),
    "M": _row(
        "10 16 26 18 24 16 18 22 22 26 30 22 22 24 24 28 28 26 26 26 "
        "26 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28"
    ),
    "Q": _row(
        "13 22 18 26 18 24 18 22 20 24 28 26 24 20 30 24 28 28 26 30 "
        "28 30 30 30 30 28 30 30 30 30 30 30 30 30 30 30 30 30 30 30"
    ),
    "H": _row(
        "17 28 22 16 22 28 26 26 24 28 24 28 22 24 24 30 28 28 26 28 "
        "30 24 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30"
    ),
}

# Number of blocks the data is dealt to, for versions 1 to 40 (table 9).
_BLOCKS: Final[dict[Level, tuple[int, ...]]] = {
    "L": _row(
        "1 1 1 1 1 2 2 2 2 4 4 4 4 4 6 6 6 6 7 8 "
        "8 9 9 10 12 12 12 13 14 15 16 17 18 19 19 20 21 22 24 25"
    ),
    "M": _row(
        "1 1 1 2 2 4 4 4 5 5 5 8 9 9 10 10 11 13 14 16 "
        "17 17 18 20 21 23 25 26 28 29 31 33 35 37 38 40 43 45 47 49"
    ),
    "Q": _row(
        "1 1 2 2 4 4 6 6 8 8 8 10 12 16 12 17 16 18 21 20 "
        "23 23 25 27 29 34 34 35 38 40 43 45 48 51 53 56 59 62 65 68"
    ),
    "H": _row(
        "1 1 2 4 4 4 5 6 8 8 11 11 16 16 18 16 19 21 25 25 "
        "25 34 30 32 35 37 40 42 45 48 51 54 57 60 63 66 70 74 77 81"
    ),
}

# The level's two bits in the format information (table 12).
_LEVEL_BITS: Final[dict[Level, int]] = {"L": 0b01, "M": 0b00, "Q": 0b11, "H": 0b10}

_FORMAT_GENERATOR: Final = 0b101_0011_0111
_FORMAT_XOR: Final = 0b101_0100_0001_0010
_VERSION_GENERATOR: Final = 0b1_1111_0010_0101


def size_of(version: int) -> int:
    """Return the modules along one side, without quiet zone."""
    return 17 + 4 * version


def correction_per_block(version: int, level: Level) -> int:
    """Return the error correction codewords of each block."""
    return _CORRECTION[level][version - 1]


def block_lengths(version: int, level: Level) -> list[int]:
    """Return the data codewords of each block; the longer blocks come last (clause 7.5)."""
    blocks = _BLOCKS[level][version - 1]
    total = int(np.count_nonzero(~fixed_pattern(version)[1])) // 8
    data = total - blocks * correction_per_block(version, level)
    short, longer = divmod(data, blocks)
    return [short] * (blocks - longer) + [short + 1] * longer


def capacity_bits(version: int, level: Level) -> int:
    """Return the data bits of a symbol: mode indicators, counts and characters must fit in it."""
    return 8 * sum(block_lengths(version, level))


def _alignment_positions(version: int) -> list[int]:
    """Return the coordinates of alignment pattern centres: even steps back from the far side.

    Annex E; version 32 is the one whose step the rule does not give.
    """
    if version == 1:
        return []
    intervals = version // 7 + 1
    last = size_of(version) - 7
    step = 26 if version == 32 else -(-(last - 6) // (2 * intervals)) * 2  # noqa: PLR2004 the one exception of annex E
    return [6, *(last - step * i for i in reversed(range(intervals)))]


def _bch(value: int, generator: int) -> int:
    """Return `value` followed by its BCH check bits (annexes C and D)."""
    width = generator.bit_length() - 1
    rest = value << width
    while rest.bit_length() > width:
        rest ^= generator << (rest.bit_length() - width - 1)
    return value << width | rest


@cache
def fixed_pattern(version: int) -> tuple[Bits, Bits]:
    """Return the dark modules of the fixed patterns, and which modules are not for codewords.

    Finder, separator, timing and alignment patterns, the version information from version 7,
    and the places kept for the format information, left light here but for its one dark module.
    """
    size = size_of(version)
    dark = np.zeros((size, size), np.bool_)
    taken = np.zeros((size, size), np.bool_)
    along = np.arange(size)
    for line, mark in ((dark, along % 2 == 0), (taken, np.ones(size, np.bool_))):
        line[6, :] = mark
        line[:, 6] = mark
    # A finder is rings by distance from its centre: dark to 1, light 2, dark 3, separator 4.
    row, column = np.ogrid[:size, :size]
    for y, x in ((3, 3), (3, size - 4), (size - 4, 3)):
        ring = np.maximum(abs(row - y), abs(column - x))
        dark[ring <= 4] = ((ring != 2) & (ring != 4))[ring <= 4]  # noqa: PLR2004 the rings drawn above
        taken[ring <= 4] = True  # noqa: PLR2004 the separator
    centres = _alignment_positions(version)
    for y in centres:
        for x in centres:
            if (y, x) not in {(6, 6), (6, size - 7), (size - 7, 6)}:
                ring = np.maximum(abs(row - y), abs(column - x))
                dark[ring <= 2] = (ring != 1)[ring <= 2]  # noqa: PLR2004 three rings
                taken[ring <= 2] = True  # noqa: PLR2004 three rings
    taken[8, :9] = taken[:9, 8] = taken[8, size - 8 :] = taken[size - 8 :, 8] = True
    dark[size - 8, 8] = True
    if version >= 7:  # noqa: PLR2004 clause 7.10: smaller symbols carry no version information
        bits = [_bch(version, _VERSION_GENERATOR) >> i & 1 == 1 for i in range(18)]
        block = np.array(bits).reshape(6, 3)
        dark[:6, size - 11 : size - 8] = block
        dark[size - 11 : size - 8, :6] = block.T
        taken[:6, size - 11 : size - 8] = taken[size - 11 : size - 8, :6] = True
    dark.setflags(write=False)
    taken.setflags(write=False)
    return dark, taken


def draw_format(modules: Bits, level: Level, mask: int) -> None:
    """Draw both copies of the format information into `modules` (clause 7.9)."""
    size = modules.shape[-1]
    word = _bch(_LEVEL_BITS[level] << 3 | mask, _FORMAT_GENERATOR) ^ _FORMAT_XOR
    bits = [word >> i & 1 == 1 for i in range(15)]
    modules[..., 0:6, 8] = bits[0:6]
    modules[..., 7, 8], modules[..., 8, 8], modules[..., 8, 7] = bits[6:9]
    modules[..., 8, 5::-1] = bits[9:15]
    modules[..., 8, size - 1 : size - 9 : -1] = bits[0:8]
    modules[..., size - 7 :, 8] = bits[8:15]


@cache
def data_path(version: int) -> NDArray[np.intp]:
    """Return the flat index of the module of each codeword bit, in the order of placement.

    Two columns at a time from the right, upwards and downwards in turn, skipping the vertical
    timing pattern and every fixed module (clause 7.7.3).
    """
    size = size_of(version)
    free = ~fixed_pattern(version)[1]
    path: list[int] = []
    rights = [*range(size - 1, 6, -2), *range(5, 0, -2)]
    for turn, right in enumerate(rights):
        rows = range(size) if turn % 2 else range(size - 1, -1, -1)
        path.extend(y * size + x for y in rows for x in (right, right - 1) if free[y, x])
    flat = np.array(path, np.intp)
    flat.setflags(write=False)
    return flat


@cache
def mask_pattern(version: int, mask: int) -> Bits:
    """Return the modules that `mask` turns over; fixed modules are never among them (table 10)."""
    y, x = np.indices((size_of(version),) * 2)
    rules = (
        (y + x) % 2,
        y % 2,
        x % 3,
        (y + x) % 3,
        (y // 2 + x // 3) % 2,
        y * x % 2 + y * x % 3,
        (y * x % 2 + y * x % 3) % 2,
        ((y + x) % 2 + y * x % 3) % 2,
    )
    flipped: Bits = (rules[mask] == 0) & ~fixed_pattern(version)[1]
    flipped.setflags(write=False)
    return flipped
