# SPDX-License-Identifier: Apache-2.0
"""Serials: the place of a unit in its epoch, encrypted into 14, 16 or 20 symbols, and back.

A serial is computed, never stored. Decoding needs the epoch's key and nothing else, and turns an
invented serial away without a look at any data. Whether the run exists, has such a unit and uses
this length is for the caller to check. The text that is encrypted, here for 16 symbols:

    symbol  0       1       2       3       4       5       6       7        first half, hi
           +-------------------------------+---+-------------------------+
           |  run ordinal, 20 bits         |lvl|  index, high 18 bits    |   40 bits
           +-------------------------------+---+-------------------------+
    symbol  8       9      10      11      12      13      14      15        second half, lo
           +------------------+------------------------------------------+
           | index, low 14    |  check, 26 bits, all zero                |   40 bits
           +------------------+------------------------------------------+

The order is the same for every length; only the check field differs: 16 bits at 14 symbols, 26
at 16, 46 at 20. The 70, 80 or 100 bits are encrypted by FF1 (radix 32, no tweak) and written in
Crockford's base 32, most significant symbol first.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from trueorigin.domain.ff1 import CHUNK, Cipher, Words, Workspace
from trueorigin.domain.keys import Purpose, derive

Text: TypeAlias = npt.NDArray[np.uint8]
"""Serials as ASCII: one row a serial, one column a symbol."""

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SYMBOLS: Final = (14, 16, 20)
SYMBOLS_DEFAULT: Final = 16
NUMBER_SYMBOLS: Final = 6

ORDINAL_BITS: Final = 20
LEVEL_BITS: Final = 2
INDEX_BITS: Final = 32
ORDINAL_LIMIT: Final = 2**ORDINAL_BITS
LEVEL_LIMIT: Final = 2**LEVEL_BITS
INDEX_LIMIT: Final = 2**INDEX_BITS
_POSITION_BITS: Final = ORDINAL_BITS + LEVEL_BITS + INDEX_BITS

# What `decode_packed` says of a serial that names no unit.
NOWHERE: Final = -1

# One call makes at most this many serials (80 MB of text at 20 symbols); longer work is chunked
# by the caller, who wants to write each piece out anyway.
ENCODE_MAX: Final = 2**22

# No printed code is longer even with a separator after every symbol; the rest is not a code.
FOLD_MAX: Final = 64

_BITS_A_SYMBOL: Final = 5
_LINE_FEED: Final = ord("\n")

# What people and programs put between or instead of our symbols. Separators are dropped: white
# space, hyphens, and what word processors, chat programs and Chinese input methods make of them.
SEPARATORS: Final = " -\t\r\n\u00a0\u2010\u2011\u2012\u2013\u2014\u2212\u3000\uff0d"
# What comes along unseen when a code is typed with pinyin or copied out of a chat: soft hyphen,
# thin blanks (the iPhone's keyboard types U+2006), zero-width ones, marks of direction, word
# joiner, byte order mark.
INVISIBLE: Final = "\u00ad\u2060\ufeff" + "".join(
    map(chr, (*range(0x2000, 0x2010), *range(0x202A, 0x2030), *range(0x2066, 0x206A)))
)
_FOLDED: Final = {
    **{ord(symbol): symbol for symbol in ALPHABET},
    **{ord(symbol.lower()): symbol for symbol in ALPHABET},
    **{ord(lookalike): "1" for lookalike in "IiLl"},
    **{ord(lookalike): "0" for lookalike in "Oo"},
}
# Full-width forms (U+FF01 to U+FF5E) are ASCII shifted by a constant.
_FOLDING: Final = {
    **_FOLDED,
    **{code + 0xFEE0: symbol for code, symbol in _FOLDED.items()},
    **dict.fromkeys(map(ord, SEPARATORS + INVISIBLE)),
}
_SYMBOL_SET: Final = frozenset(ALPHABET)

# Our symbols as Python's digits of base 32, everything else a question mark.
_DIGITS: Final = bytes(
    b"0123456789abcdefghijklmnopqrstuv"[ALPHABET.index(chr(code))]
    if chr(code) in _SYMBOL_SET
    else ord("?")
    for code in range(256)
)

# The same for arrays: what each symbol stands for.
_FOREIGN: Final = 255
_VALUES: Final = bytes(
    ALPHABET.index(chr(code)) if chr(code) in _SYMBOL_SET else _FOREIGN for code in range(256)
)

# The two letters of every ten bits, as they lie in memory.
_PAIR_MASK: Final = 2 ** (2 * _BITS_A_SYMBOL) - 1
_PAIRS: Final = np.frombuffer(
    "".join(first + second for first in ALPHABET for second in ALPHABET).encode("ascii"), np.uint16
)


def fold(text: str) -> str | None:
    """Return `text` in our alphabet, or None when it cannot be a code or part of one.

    Lower case becomes upper, I and L become 1, O becomes 0, full-width forms become ASCII,
    separators and what cannot be seen vanish. None: anything else in it (U too), or more than
    `FOLD_MAX` characters.
    """
    if len(text) > FOLD_MAX:
        return None
    folded = text.translate(_FOLDING)
    return folded if _SYMBOL_SET.issuperset(folded) else None


def number(serial: str) -> str:
    """Return the public number of a unit: the first six symbols of its serial."""
    return serial[:NUMBER_SYMBOLS]


def guess_chance(units_issued: int, symbols: int) -> float:
    """Return the chance that one invented serial of this length is an issued one.

    Regulation (EU) 2016/161, article 4(b)(iv), asks for less than one in ten thousand.
    """
    return float(units_issued / 2 ** (_BITS_A_SYMBOL * symbols))


# Nobody changes one; every reading makes one, in 0.3 us, and frozen it would be 0.9 us.
@dataclass(slots=True, unsafe_hash=True)
class Position:
    """The place of a unit within one key epoch of one organisation."""

    ordinal: int
    level: int
    index: int


def pack(position: Position) -> int:
    """Put a position into one number: run ordinal, level and index, as in the text drawn above."""
    return (position.ordinal << LEVEL_BITS | position.level) << INDEX_BITS | position.index


def unpack(packed: int) -> Position:
    """Undo `pack`."""
    run = packed >> INDEX_BITS
    return Position(run >> LEVEL_BITS, run & (LEVEL_LIMIT - 1), packed & (INDEX_LIMIT - 1))


def _check_range(ordinal: int, level: int, first: int, last: int) -> None:
    """Refuse a position the fields cannot hold: always a mistake of the caller."""
    if not 0 <= ordinal < ORDINAL_LIMIT:
        raise ValueError(f"run ordinal {ordinal} is not within [0, {ORDINAL_LIMIT})")
    if not 0 <= level < LEVEL_LIMIT:
        raise ValueError(f"level {level} is not within [0, {LEVEL_LIMIT})")
    if not 0 <= first <= last < INDEX_LIMIT:
        raise ValueError(f"indices {first} to {last} are not within [0, {INDEX_LIMIT})")


class SerialCipher:
    """Makes and reads the serials of one length under one epoch key.

    Building one costs about 30 us; keep it. Safe for many threads at once.
    """

    __slots__ = (
        "_bits",
        "_check_bits",
        "_check_mask",
        "_check_shift",
        "_cipher",
        "_epoch_key",
        "_half",
        "_half_mask",
        "_low_bits",
        "_low_shift",
        "_weights",
        "symbols",
    )

    def __init__(self, epoch_key: bytes, symbols: int) -> None:
        """Derive the FF1 key of the epoch; `symbols` is one of `SYMBOLS`."""
        self._cipher = Cipher(derive(epoch_key, Purpose.SERIAL), symbols)
        self._epoch_key = epoch_key
        self.symbols = symbols
        self._half = symbols // 2
        self._bits = self._cipher.bits
        self._half_mask = (1 << self._bits) - 1
        self._check_bits = 2 * self._bits - _POSITION_BITS
        # How many of the index's low bits fall into the second half.
        self._low_bits = self._bits - self._check_bits
        # What each symbol weighs in the first half of the text, and in the second.
        places = range(_BITS_A_SYMBOL * (self._half - 1), -1, -_BITS_A_SYMBOL)
        weights, none = [1 << place for place in places], [0] * self._half
        self._weights = np.array([weights + none, none + weights], np.uint64)
        # The same for arrays, as arrays without dimensions: see `Cipher`.
        numbers = (1 << self._check_bits) - 1, self._low_bits, self._check_bits
        self._check_mask, self._low_shift, self._check_shift = (
            np.array(each, np.uint64) for each in numbers
        )

    def __reduce__(self) -> tuple[object, ...]:
        """Let a process that prints get it; what is sent holds the key and must touch no disk."""
        return SerialCipher, (self._epoch_key, self.symbols)

    def encode(self, position: Position) -> str:
        """Return the serial of one unit; about 9 us."""
        _check_range(position.ordinal, position.level, position.index, position.index)
        text = pack(position) << self._check_bits
        hi, lo = self._cipher.encrypt_one(text >> self._bits, text & self._half_mask)
        code = hi << self._bits | lo
        shifts = range(_BITS_A_SYMBOL * (self.symbols - 1), -1, -_BITS_A_SYMBOL)
        return "".join([ALPHABET[code >> shift & 31] for shift in shifts])

    def decode(self, serial: str) -> Position | None:
        """Return the unit a folded serial names, or None: another length, alphabet or key.

        One decryption whatever the text, about 9 us; one that is no serial is decrypted as zeros.
        An invented serial passes the check field once in 2**16, 2**26 or 2**46 tries and then
        names a random position, so what comes back is still only a claim.
        """
        packed = self.decode_one(serial)
        return None if packed == NOWHERE else unpack(packed)

    def decode_one(self, serial: str) -> int:
        """Decode as `decode` does, into a packed position or `NOWHERE`."""
        code = self._read(serial)
        hi, lo = self._cipher.decrypt_one((code or 0) >> self._bits, (code or 0) & self._half_mask)
        text = hi << self._bits | lo
        if code is None or text & ((1 << self._check_bits) - 1):
            return NOWHERE
        return text >> self._check_bits

    def decode_few(self, serials: Sequence[str]) -> list[int]:
        """Decode as `decode_packed` does; the faster way for fewer than 32."""
        low_bits, check_bits, check_mask = (
            self._low_bits,
            self._check_bits,
            (1 << self._check_bits) - 1,
        )
        codes = self._read_few(serials)
        his, los = self._cipher.decrypt_few([code or 0 for code in codes])
        return [
            NOWHERE if code is None or lo & check_mask else hi << low_bits | lo >> check_bits
            for code, hi, lo in zip(codes, his, los, strict=True)
        ]

    def _read_few(self, serials: Sequence[str]) -> Sequence[int | None]:
        """Read serials as `_read` does: 0.2 us each where all are ours, one by one 0.35 us."""
        width = self.symbols
        if set(map(len, serials)) == {width}:
            digits = "".join(serials).encode("ascii", "replace").translate(_DIGITS)
            starts = range(0, len(digits), width)
            with suppress(ValueError):
                return [int(digits[at : at + width], 32) for at in starts]
        return [self._read(serial) for serial in serials]

    def _read(self, serial: str) -> int | None:
        """Return the number that a serial spells, or None: another length or alphabet.

        `int` reads it in 0.2 us, symbol by symbol it was 1.2 us; it would let pass more than the
        digits of base 32 (signs, spaces, underscores), which are question marks by then.
        """
        if len(serial) != self.symbols:
            return None
        try:
            return int(serial.encode("ascii", "replace").translate(_DIGITS), 32)
        except ValueError:
            return None

    def encode_range(self, ordinal: int, level: int, start: int, stop: int) -> Text:
        """Return the serials of units [start, stop) as ASCII, one row each; at most `ENCODE_MAX`.

        About 80 ns a serial. `as_text` and `as_fixed` turn the rows into other forms.
        """
        if start > stop:
            raise ValueError(f"[{start}, {stop}) runs backwards")
        if stop - start > ENCODE_MAX:
            raise ValueError(f"at most {ENCODE_MAX} serials a call, not {stop - start}")
        return self.encode_indices(ordinal, level, np.arange(start, stop, dtype=np.uint64))

    def encode_indices(self, ordinal: int, level: int, indices: npt.ArrayLike) -> Text:
        """Return the serials of any units of one run and level, in the order given."""
        index = np.asarray(indices)
        if index.ndim != 1 or index.size > ENCODE_MAX:
            raise ValueError(f"indices are one row of at most {ENCODE_MAX}")
        if index.size == 0:
            return np.empty((0, self.symbols), np.uint8)
        _check_range(ordinal, level, int(index.min()), int(index.max()))
        out = np.empty((index.size, self.symbols), np.uint8)
        page = _Page(min(CHUNK, index.size))
        workspace = self._cipher.workspace(page.size)
        for at in range(0, index.size, page.size):
            part = index[at : at + page.size].astype(np.uint64)
            self._place(ordinal << LEVEL_BITS | level, part, page)
            self._encode_page(page, workspace, out[at : at + part.size])
        return out

    def _place(self, run: int, index: Words, page: "_Page") -> None:
        """Lay out the positions of `index` on the page; `run` is the ordinal with the level."""
        hi, lo = page.hi[: index.size], page.lo[: index.size]
        np.right_shift(index, np.uint64(self._low_bits), out=hi)
        np.bitwise_or(hi, np.uint64(run << (self._bits - ORDINAL_BITS - LEVEL_BITS)), out=hi)
        np.bitwise_and(index, np.uint64((1 << self._low_bits) - 1), out=lo)
        np.left_shift(lo, np.uint64(self._check_bits), out=lo)

    def _encode_page(self, page: "_Page", workspace: Workspace, out: Text) -> None:
        """Encrypt the positions on the page and spell them into the rows of `out`."""
        size = len(out)
        hi, lo = page.hi[:size], page.lo[:size]
        self._cipher.encrypt(hi, lo, workspace)
        page.spell(hi, out, 0)
        page.spell(lo, out, self._half)

    def decode_many(self, serials: Sequence[str]) -> list[Position | None]:
        """Decode folded serials, each as `decode` would."""
        packed = self.decode_packed(serials)
        return [None if each == NOWHERE else unpack(each) for each in packed]

    def decode_packed(self, serials: Sequence[str]) -> list[int]:
        """Decode folded serials into packed positions, `NOWHERE` for those that name no unit.

        0.7 us each in a batch of 64. Serials that are not of this length and alphabet take part
        in the decryption as zeros, so that a batch costs the same whatever is in it.
        """
        packed: list[int] = self.decode_array(serials).tolist()
        return packed

    def decode_array(self, serials: Sequence[str]) -> npt.NDArray[np.int64]:
        """Decode as `decode_packed` does, into an array: 0.15 us each in a batch of 1000."""
        if not serials:
            return np.empty(0, np.int64)
        halves = self._read_plain(serials)
        wrong: list[int] = []
        if halves is None:
            codes = [self._read(serial) for serial in serials]
            wrong = [at for at, code in enumerate(codes) if code is None]
            hi = np.array([(code or 0) >> self._bits for code in codes], np.uint64)
            lo = np.array([(code or 0) & self._half_mask for code in codes], np.uint64)
        else:
            hi, lo = halves
        self._cipher.decrypt(hi, lo, self._cipher.own_workspace(len(serials)))
        passes = (lo & self._check_mask) == 0
        hi <<= self._low_shift
        lo >>= self._check_shift
        hi |= lo
        packed = np.where(passes, hi.view(np.int64), NOWHERE)
        if wrong:
            packed[wrong] = NOWHERE
        return packed

    def _read_plain(self, serials: Sequence[str]) -> tuple[Words, Words] | None:
        """Return the halves of serials as numbers; None where one is none of ours.

        All symbols in one array: 0.1 us a serial in a batch of 64, one by one 0.35 us.
        """
        if set(map(len, serials)) != {self.symbols}:
            return None
        values = "".join(serials).encode("ascii", "replace").translate(_VALUES)
        if _FOREIGN in values:
            return None
        rows = np.frombuffer(values, np.uint8).reshape(len(serials), self.symbols)
        hi, lo = self._weights @ rows.T.astype(np.uint64)
        return hi, lo


class _Page:
    """Memory for one chunk of serials on their way to text, used again for the next chunk.

    Everything is written in place: with fresh arrays at every step spelling is a third slower,
    most of it page faults.
    """

    __slots__ = ("_letters", "_pick", "hi", "lo", "size")

    def __init__(self, size: int) -> None:
        """Reserve the memory for `size` serials."""
        self.size = size
        self.hi = np.empty(size, np.uint64)
        self.lo = np.empty(size, np.uint64)
        self._pick = np.empty(size, np.int64)
        self._letters = np.empty(size, np.uint16)

    def spell(self, words: Words, out: Text, column: int) -> None:
        """Spell one half of each serial into the rows of `out`, from `column` on, two at a time.

        A table of pairs takes 22 ns a serial; one of four symbols (4 MB, it leaves the cache) 28,
        arithmetic on whole words of letters 45.
        """
        size, symbols = out.shape
        half = symbols // 2
        letters = self._letters[:size]
        for at in range(half - 2, -1, -2):
            self._look_up(words, _BITS_A_SYMBOL * (half - 2 - at))
            pairs: npt.NDArray[np.uint16] = np.ndarray(
                (size,), np.uint16, buffer=out.data, offset=column + at, strides=(symbols,)
            )
            np.copyto(pairs, letters)
        if half % 2:
            # Seven symbols: the first stands alone, as the second of a pair with a zero.
            self._look_up(words, _BITS_A_SYMBOL * (half - 1))
            out[:, column] = letters.view(np.uint8)[1::2]

    def _look_up(self, words: Words, shift: int) -> None:
        """Put the letters of the ten bits at `shift` of every word into `_letters`."""
        pick, letters = self._pick[: words.size], self._letters[: words.size]
        np.right_shift(words, np.uint64(shift), out=pick.view(np.uint64))
        np.bitwise_and(pick, _PAIR_MASK, out=pick)
        # Without a mode `take` checks every index and fills `out` through a copy of its own.
        np.take(_PAIRS, pick, out=letters, mode="clip")


def as_text(serials: Text) -> list[str]:
    """Return the rows of `encode_range` as strings.

    Splitting one long text at line feeds takes half the time of cutting it up by position.
    """
    lines = np.full((serials.shape[0], serials.shape[1] + 1), _LINE_FEED, np.uint8)
    lines[:, :-1] = serials
    return lines.tobytes().decode("ascii").split()


def as_fixed(serials: Text) -> npt.NDArray[np.bytes_]:
    """Return the rows of `encode_range` as one array of fixed-length byte strings, uncopied."""
    return np.ascontiguousarray(serials).view(f"S{serials.shape[1]}").reshape(-1)
