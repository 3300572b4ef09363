# SPDX-License-Identifier: Apache-2.0
"""QR symbols (ISO/IEC 18004): one at a time, plainly, or a whole run by a linear template.

`encode` is the plain encoder: any text, any version and level, the mask by the standard's
penalties. `Template` draws millions of symbols that differ in a few characters only. This module
knows modules, not millimetres: sizes on paper are in `sheets`.

Error correction, placement and masking are linear over GF(2), so for a fixed version, level, mask
and segmentation every payload bit turns over the same set of modules, whatever the other bits:

    symbol = base  XOR  effect(bit 1)  XOR  effect(bit 2)  XOR ...        (only bits that are 1)

The alphanumeric mode packs two characters into 11 bits, so the template keeps one table a pair:

    https://A.CN/01/09506000134352/21/ | 7K | 3M | ... | Q9 |     payload
                    |                    |    |          |
                  base          table[0][7K] ^ [1][3M] ^ ... ^ [7][Q9]   = symbol

    one row of a table, version 3 (29 modules a side): 29 lines of 4 bytes, first module in the
    highest bit, the last 3 bits of a line always 0; 2,048 rows of 116 bytes = 232 KB a table
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trueorigin.domain.errors import InvalidError
from trueorigin.domain.qr_segments import (
    Mode,
    character_groups,
    header_bits,
    payload_of,
    segments,
)
from trueorigin.domain.qr_tables import (
    ALPHANUMERIC,
    MASKS,
    VERSION_MAX,
    Bits,
    Level,
    block_lengths,
    capacity_bits,
    correction_per_block,
    data_path,
    draw_format,
    fixed_pattern,
    mask_pattern,
    size_of,
)

Bytes = NDArray[np.uint8]

# Enough random symbols that another sample chooses the same mask; 50 ms for version 3.
_MASK_SAMPLE: Final = 32

# A chunk of symbols and one table fit a 2 MB second-level cache: 1.4 times as fast as chunks of
# 16,384.
_CHUNK: Final = 2048

# Above this, tables of big symbols are split in two (96 rows a pair instead of 2,048): half the
# speed, a twentieth of the memory.
_TABLE_BYTES_MAX: Final = 1 << 26

_LOW_BITS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """A finished symbol without quiet zone; True is dark."""

    version: int
    level: Level
    mask: int
    modules: Bits


def _fit(text: str, level: Level, opaque: frozenset[int] = frozenset()) -> tuple[int, str]:
    """Return the smallest version that holds `text`, and its payload there."""
    payload = ""
    for version in range(1, VERSION_MAX + 1):
        if version in {1, 10, 27}:
            payload = payload_of(segments(text, version=version, opaque=opaque), version)
        if len(payload) <= capacity_bits(version, level):
            return version, payload
    raise InvalidError("symbol_too_large", length=len(text))


def measure(*parts: str | int, level: Level = "M") -> tuple[int, int]:
    """Return the version a `Template` of the same parts would have, and its payload in bits.

    Raises `symbol_too_large` when no version holds it.
    """
    version, payload = _fit(_specimen(parts), level, _opaque_indices(parts))
    return version, len(payload)


def _padded(payload: str, capacity: int) -> Bytes:
    """Return the data codewords: payload, terminator and pad codewords (clause 7.4.10)."""
    bits = payload + "0" * min(4, capacity - len(payload))
    bits += "0" * (-len(bits) % 8)
    data = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))
    padding = b"\xec\x11" * (capacity // 16 + 1)
    return np.frombuffer(data + padding[: capacity // 8 - len(data)], np.uint8)


@cache
def _powers() -> tuple[Bytes, Bytes]:
    """Return powers and logarithms in GF(256) modulo x^8 + x^4 + x^3 + x^2 + 1."""
    power, log = np.zeros(510, np.uint8), np.zeros(256, np.uint8)
    value = 1
    for exponent in range(255):
        power[exponent] = power[exponent + 255] = value
        log[value] = exponent
        value = value << 1 ^ (0x11D if value & 0x80 else 0)
    return power, log


@cache
def _remainders(degree: int) -> Bytes:
    """Return, for each leading byte, what one step of the division adds to the remainder."""
    power, log = _powers()
    generator = [1]  # Coefficients of the product of (x - 2^i), highest first.
    for root in range(degree):
        scaled = [0, *(int(power[int(log[c]) + root]) if c else 0 for c in generator)]
        generator = [a ^ b for a, b in zip([*generator, 0], scaled, strict=True)]
    rows = np.zeros((256, degree), np.uint8)
    exponents = log[np.array(generator[1:])].astype(np.intp)
    rows[1:] = power[log[1:, None].astype(np.intp) + exponents]
    return rows


def _interleaved(data: Bytes, version: int, level: Level) -> Bytes:
    """Append error correction to each row of data codewords and interleave the blocks."""
    degree = correction_per_block(version, level)
    table = _remainders(degree)
    lengths = block_lengths(version, level)
    codewords, places = [], []
    start = 0
    for block, length in enumerate(lengths):
        rest = np.zeros((len(data), degree + 1), np.uint8)
        for column in range(start, start + length):
            factor = data[:, column] ^ rest[:, 0]
            rest[:, :-1] = rest[:, 1:]
            rest[:, :-1] ^= table[factor]
        codewords += [data[:, start : start + length], rest[:, :-1]]
        places += [(0, i, block) for i in range(length)] + [(1, i, block) for i in range(degree)]
        start += length
    order = sorted(range(len(places)), key=places.__getitem__)
    return np.concatenate(codewords, axis=1)[:, order]


def _placed(data: Bytes, version: int, level: Level) -> Bits:
    """Return the modules that each row of data codewords turns over: the linear part."""
    bits = np.unpackbits(_interleaved(data, version, level), axis=1)
    size = size_of(version)
    modules = np.zeros((len(data), size * size), np.bool_)
    modules[:, data_path(version)[: bits.shape[1]]] = bits
    return modules.reshape(-1, size, size)


@cache
def _constant(version: int, level: Level, mask: int) -> Bits:
    """Return the part that no text changes: fixed patterns, format information and mask."""
    modules = fixed_pattern(version)[0] | mask_pattern(version, mask)
    draw_format(modules, level, mask)
    modules.setflags(write=False)
    return modules


def penalties(symbols: Bits) -> NDArray[np.int64]:
    """Return the penalty of each symbol of an array (n, size, size), lower being better.

    Clause 7.8.3; the quiet zone counts as light when looking for false finder patterns.
    """
    total = np.zeros(len(symbols), np.int64)
    for lines in (symbols, symbols.transpose(0, 2, 1)):
        # A run of k >= 5 alike costs k - 2: its k - 4 windows of five, and 2 where it starts.
        alike = lines[:, :, 1:] == lines[:, :, :-1]
        windows = alike[:, :, :-3] & alike[:, :, 1:-2] & alike[:, :, 2:-1] & alike[:, :, 3:]
        starts = windows[:, :, 1:] & ~windows[:, :, :-1]
        total += windows.sum((1, 2)) + 2 * (starts.sum((1, 2)) + windows[:, :, 0].sum(1))
        total += 40 * _false_finders(lines)
    across = symbols[:, :, 1:] == symbols[:, :, :-1]
    down = symbols[:, 1:] == symbols[:, :-1]
    total += 3 * (across[:, 1:] & across[:, :-1] & down[:, :, 1:]).sum((1, 2))
    modules = symbols.shape[1] * symbols.shape[2]
    off = np.abs(20 * symbols.sum((1, 2)) - 10 * modules)
    total += 10 * np.maximum(-(-off // modules) - 1, 0)
    return total


def _false_finders(lines: Bits) -> NDArray[np.int64]:
    """Count the finder-like 1:1:3:1:1 with four light widths on one side, one on the other."""
    count = np.zeros(len(lines), np.int64)
    size = lines.shape[2]
    for width in range(1, size // 7 + 1):
        around = np.pad(lines, ((0, 0), (0, 0), (4 * width, 4 * width)))
        pattern = np.repeat(np.array([0, 1, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0], np.bool_), width)
        for wanted in (pattern, pattern[::-1]):
            hits = np.ones((*lines.shape[:2], around.shape[2] - len(wanted) + 1), np.bool_)
            for offset, dark in enumerate(wanted):
                hits &= around[:, :, offset : offset + hits.shape[2]] == dark
            count += hits.sum((1, 2))
    return count


def encode(
    text: str, *, level: Level = "M", version: int | None = None, mask: int | None = None
) -> Symbol:
    """Draw one symbol: the smallest that holds `text`, the mask of least penalty, unless given.

    Raises `symbol_too_large` when the text does not fit. A few milliseconds a symbol.
    """
    if version is None:
        version, payload = _fit(text, level)
    else:
        payload = payload_of(segments(text, version=version), version)
        if len(payload) > capacity_bits(version, level):
            raise InvalidError("symbol_too_large", length=len(text))
    data = _padded(payload, capacity_bits(version, level))[None]
    masks = range(MASKS) if mask is None else [mask]
    constants = np.stack([_constant(version, level, choice) for choice in masks])
    candidates = _placed(data, version, level) ^ constants
    best = 0 if mask is not None else int(np.argmin(penalties(candidates)))
    return Symbol(version=version, level=level, mask=masks[best], modules=candidates[best])


@cache
def _pair_values() -> NDArray[np.uint16]:
    """Return the value of every two ASCII bytes read as one little-endian number.

    A zero as the second byte marks the lone last character of a segment; 65,535 marks what the
    alphanumeric mode cannot hold, so one gather both reads and checks two characters.
    """
    values = np.full((256, 256), 0xFFFF, np.uint16)  # [second byte, first byte]
    codes = np.frombuffer(ALPHANUMERIC.encode(), np.uint8)
    numbers = np.arange(45, dtype=np.uint16)
    values[np.ix_(codes, codes)] = numbers[None, :] * 45 + numbers[:, None]
    values[0, codes] = numbers
    return values.reshape(-1)


def _table(effects: Bytes) -> Bytes:
    """Return the XOR of `effects` for every value of their bits, the first being the highest."""
    table = np.zeros((1, effects.shape[1]), np.uint8)
    for effect in effects[::-1]:
        table = np.concatenate([table, table ^ effect])
    return table


class Template:
    """Symbols of one run: the same text but for fields of alphanumeric characters.

    `parts` are fixed texts and widths of fields in turn: `Template("https://A.CN/01/.../21/", 16)`.
    Version, level, mask and segmentation are the same for all symbols of a template. Building
    takes some 50 ms, 10 with `mask` given; the tables take 2 MB for an item, 64 MB at most.
    """

    def __init__(self, *parts: str | int, level: Level = "M", mask: int | None = None) -> None:
        """Fit the version, choose the mask over a fixed random sample, and build the tables.

        Raises `symbol_too_large` when the text does not fit the largest symbol.
        """
        self.parts = parts
        self.level = level
        text = _specimen(parts)
        opaque = _opaque_indices(parts)
        if not opaque:
            raise ValueError("a template needs a field")
        self.symbols = len(opaque)
        self.version, self._base_payload = _fit(text, level, opaque)
        self.segments = segments(text, version=self.version, opaque=opaque)
        self.size = size_of(self.version)
        self.row_bytes = -(-self.size // 8)
        self._slots = self._find_slots(opaque)
        self._build_tables()
        self.mask = self._choose_mask() if mask is None else mask
        constant = _constant(self.version, level, self.mask)
        self._tables[0] ^= np.packbits(constant, axis=1).reshape(-1)

    def text(self, serial: str) -> str:
        """Return the whole text of the symbol whose fields, joined, are `serial`."""
        pieces, start = [], 0
        for part in self.parts:
            if isinstance(part, str):
                pieces.append(part)
            else:
                pieces.append(serial[start : start + part])
                start += part
        return "".join(pieces)

    def render(self, serials: Bytes) -> Bytes:
        """Draw one symbol for each row of ASCII characters, the fields joined.

        Takes (n, symbols) and returns (n, size, row_bytes): a line of modules is packed into whole
        bytes, highest bit first, 1 being dark. Raises ValueError for a character that the
        alphanumeric mode lacks: serials are made by this program, never typed.
        """
        if serials.ndim != 2 or serials.shape[1] != self.symbols:  # noqa: PLR2004 rows of characters
            raise ValueError(f"expected (n, {self.symbols}) characters, got {serials.shape}")
        out = np.empty((len(serials), self.size * self.row_bytes), np.uint8)
        scratch = np.empty((_CHUNK, out.shape[1]), np.uint8)
        for start in range(0, len(serials), _CHUNK):
            self._render_chunk(
                serials[start : start + _CHUNK], out[start : start + _CHUNK], scratch
            )
        return out.reshape(-1, self.size, self.row_bytes)

    def _render_chunk(self, serials: Bytes, out: Bytes, scratch: Bytes) -> None:
        """XOR one table row a pair into `out`; the base is already in the first table."""
        values = np.take(_pair_values(), self._pairs(serials))
        # A zero byte would pass for the mark of a lone character.
        if values.size and (values.max() == 0xFFFF or not serials.min()):  # noqa: PLR2004 see `_pair_values`
            raise ValueError("a serial has a character outside the alphanumeric mode")
        columns = np.ascontiguousarray(values.T, np.intp)
        if self._is_split:
            columns = np.concatenate([columns >> _LOW_BITS, columns & (1 << _LOW_BITS) - 1])
        # Values are in range by construction; "clip" spares numpy a buffered copy of every row.
        np.take(self._tables[0], columns[0], axis=0, out=out, mode="clip")
        rows = scratch[: len(out)]
        for table, column in zip(self._tables[1:], columns[1:], strict=True):
            np.take(table, column, axis=0, out=rows, mode="clip")
            np.bitwise_xor(out, rows, out=out)

    def _pairs(self, serials: Bytes) -> NDArray[np.uint16]:
        """Return the two characters of each slot as one number, fixed neighbours filled in."""
        row, runs = self._slots
        if len(runs) == 1 and len(row) == self.symbols:
            return np.ascontiguousarray(serials).view("<u2")
        filled = np.empty((len(serials), len(row)), np.uint8)
        filled[:] = row
        start = 0
        for at, width in runs:
            filled[:, at : at + width] = serials[:, start : start + width]
            start += width
        return filled.view("<u2")

    def _find_slots(self, opaque: frozenset[int]) -> tuple[Bytes, list[tuple[int, int]]]:
        """Lay the pairs that hold a field's character side by side, and note their payload bits.

        Returns the row of their characters, fixed ones filled in, and where in it each field
        goes: (column, width). Slots are pairs of bytes; a lone character has a zero beside it.
        """
        row = bytearray()
        column_of: dict[int, int] = {}
        self._bits: list[tuple[int, int]] = []  # (first payload bit, width) of each slot
        index = bit = 0
        for segment in self.segments:
            bit += header_bits(segment.mode, self.version)
            starts = iter(range(index, index + len(segment.text), 2))
            for _, width in character_groups(segment):
                if segment.mode is Mode.ALPHANUMERIC:
                    start = next(starts)
                    ends = min(start + 2, index + len(segment.text))
                    if opaque & {start, ends - 1}:
                        column_of |= {i: len(row) + i - start for i in range(start, ends)}
                        pair = segment.text[start - index : ends - index]
                        row += pair.encode().ljust(2, b"\0")
                        self._bits.append((bit, width))
                bit += width
            index += len(segment.text)
        fields, at = [], 0
        for part in self.parts:
            if isinstance(part, int):
                fields.append((column_of[at], part))
            at += part if isinstance(part, int) else len(part)
        return np.frombuffer(bytes(row), np.uint8), fields

    def _build_tables(self) -> None:
        """Draw the effect of every payload bit of every slot and combine them into tables."""
        payload = list(self._base_payload)
        places = [first + i for first, width in self._bits for i in range(width)]
        for place in places:
            payload[place] = "0"
        data = _padded("".join(payload), capacity_bits(self.version, self.level))
        units = np.zeros((len(places), len(data)), np.uint8)
        for unit, place in zip(units, places, strict=True):
            unit[place // 8] = 0x80 >> place % 8
        effects = self._packed(units)
        row = self.size * self.row_bytes
        self._is_split = sum(row << width for _, width in self._bits) > _TABLE_BYTES_MAX
        high, low, start = [], [], 0
        for _, width in self._bits:
            cut = start + (width - _LOW_BITS if self._is_split else 0)
            high.append(effects[start:cut])
            low.append(effects[cut : start + width])
            start += width
        groups = high + low if self._is_split else low
        self._tables = [_table(group) for group in groups]
        self._tables[0] ^= self._packed(data[None])[0]

    def _packed(self, data: Bytes) -> Bytes:
        modules = _placed(data, self.version, self.level)
        return np.packbits(modules, axis=2).reshape(len(data), -1)

    def _choose_mask(self) -> int:
        """Return the mask with the least mean penalty over a fixed random sample of serials."""
        letters = np.frombuffer(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", np.uint8)
        random = np.random.default_rng(18004)
        sample = unpack(
            self.render(random.choice(letters, (_MASK_SAMPLE, self.symbols))), self.size
        )
        constants = [_constant(self.version, self.level, mask) for mask in range(MASKS)]
        return int(np.argmin([penalties(sample ^ constant).sum() for constant in constants]))


def _specimen(parts: Sequence[str | int]) -> str:
    """Return the text with "A" for every character of a field."""
    return "".join(part if isinstance(part, str) else "A" * part for part in parts)


def _opaque_indices(parts: Sequence[str | int]) -> frozenset[int]:
    indices: list[int] = []
    at = 0
    for part in parts:
        length = part if isinstance(part, int) else len(part)
        if isinstance(part, int):
            indices.extend(range(at, at + length))
        at += length
    return frozenset(indices)


def unpack(packed: Bytes, size: int) -> Bits:
    """Return the modules of packed symbols (n, size, row_bytes) as booleans (n, size, size)."""
    return np.unpackbits(packed, axis=-1, count=size).astype(np.bool_)
