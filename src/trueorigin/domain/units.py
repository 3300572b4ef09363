# SPDX-License-Identifier: Apache-2.0
"""Keys of units and the dyadic blocks that store ranges of them.

A unit key packs three numbers into one positive 63-bit integer:

    62           34 33  32 31            0
    | run id (29) | level | index (32)    |
"""

from collections.abc import Iterator

RUN_LIMIT = 2**29


def unit_key(run_id: int, level: int, index: int) -> int:
    """Pack (run, level, index) into the key every unit-grained table starts with."""
    return run_id << 34 | level << 32 | index


def split_unit_key(key: int) -> tuple[int, int, int]:
    """Undo `unit_key`: return (run, level, index)."""
    return key >> 34, key >> 32 & 3, key & 0xFFFFFFFF


def dyadic_blocks(start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Yield the fewest aligned blocks that tile [start, stop) as (size exponent, prefix).

    A block (e, p) covers [p << e, (p + 1) << e). Bounds are 0 <= start < stop <= 2**32; at most
    64 blocks come out, in ascending order.
    """
    while start < stop:
        exponent = min((start & -start).bit_length() - 1 if start else 32, 32)
        while start + (1 << exponent) > stop:
            exponent -= 1
        yield exponent, start >> exponent
        start += 1 << exponent


def covering_blocks(index: int) -> Iterator[tuple[int, int]]:
    """Yield the 33 blocks that could hold `index`: the probes of every range look-up."""
    return ((exponent, index >> exponent) for exponent in range(33))
