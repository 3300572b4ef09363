# SPDX-License-Identifier: Apache-2.0
"""Serial references of SSCCs as blocks: which numbers two nested prefixes share, and what is free.

Company prefixes are nested where one begins with the other. The 18 digits under the longer one
are then numbers of the shorter one too: one stretch of its references per extension digit.

    952 1234    extension | 9521234  | rest of 9 digits
    952 12340   extension | 95212340 | rest of 8 digits    those whose rest begins with 0
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from trueorigin.domain.gs1 import SSCC_DIGITS


class Block(NamedTuple):
    """Serial references [first, stop) of one prefix."""

    first: int
    stop: int


def list_shared(prefix: str, other: str, stop: int) -> list[Block]:
    """Return which references of `prefix` make the SSCCs of [0, `stop`) of `other`, ascending.

    At most ten blocks, one per extension digit; none where the prefixes are not nested.
    """
    if not (prefix.startswith(other) or other.startswith(prefix)):
        return []
    size, other_size = _extension_size(prefix), _extension_size(other)
    # Where the rests of one extension digit under `other` begin among those under `prefix`.
    begin = int(other[len(prefix) :] or 0) * other_size - int(prefix[len(other) :] or 0) * size
    shared = []
    for extension in range(10):
        count = min(stop - extension * other_size, other_size)
        first, last = max(begin, 0), min(begin + count, size)
        if count > 0 and first < last:
            shared.append(Block(extension * size + first, extension * size + last))
    return shared


def list_gaps(start: int, capacity: int, taken: Iterable[Block]) -> Iterator[Block]:
    """Yield what is free within [`start`, `capacity`), ascending; `taken` may overlap."""
    for block in sorted(taken):
        if start < min(block.first, capacity):
            yield Block(start, min(block.first, capacity))
        start = max(start, block.stop)
    if start < capacity:
        yield Block(start, capacity)


def _extension_size(prefix: str) -> int:
    """Return how many references a prefix has for each extension digit."""
    return int(10 ** (SSCC_DIGITS - 2 - len(prefix)))
