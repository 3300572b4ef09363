# SPDX-License-Identifier: Apache-2.0
"""The code list of a run: every code of a range of units as CSV, computed a chunk at a time.

    level,index,number,serial,code,url,parent

`code` is the human-readable code in groups, `parent` the number of the planned container (empty
at the top). Lines end in LF. The text of a unit depends on that unit alone, so a list is the same
bytes however it is cut, and a broken download is resumed by asking for the rest.

Each stretch of rows of equal width is one matrix of bytes: a constant row is copied everywhere,
then the columns that differ are filled in. Measured 3 M item rows/s a core, a third of it
encryption; joining strings does 0.3 M.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from trueorigin.domain import humancode
from trueorigin.domain.catalog import Contents, Run
from trueorigin.domain.digitallink import CONTENTS_LISTED_MAX, build_item_stem
from trueorigin.domain.gs1 import SSCC_DIGITS
from trueorigin.domain.publicurls import build_stem
from trueorigin.domain.serials import ALPHABET, NUMBER_SYMBOLS, SerialCipher

Text: TypeAlias = npt.NDArray[np.uint8]
"""ASCII: one row a unit, one column a character."""

HEADER: Final = b"level,index,number,serial,code,url,parent\n"
# About 1 MB of text, which stays in the cache with its parts: a third faster than 8 MB, and what a
# client that does not read holds in the server.
ROWS_MAX: Final = 2**13
# Serials of contents made for one chunk of groups.
CONTENTS_MAX: Final = 2**18

_ZERO: Final = ord("0")
_HYPHEN: Final = b"-"


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelCodes:
    """Everything the codes of one level of a run are computed from.

    `gtin` is that of the level itself; `prefix` opens the organisation's human-readable codes.
    """

    run: Run
    level: int
    gtin: str | None
    prefix: str
    cipher: SerialCipher


def gtin_of_level(run: Run, level: int, product_gtin: str | None) -> str | None:
    """Return the GTIN printed on units of `level`: the product's on items, else the group's own."""
    return product_gtin if level == 0 else run.group_gtins[level - 1]


def has_sscc(codes: LevelCodes) -> bool:
    """Tell whether the units of this level are known to GS1 by an SSCC."""
    run, level = codes.run, codes.level
    is_reserved = level > 0 and run.sscc_first[level - 1] is not None
    return codes.gtin is None and is_reserved and run.gs1_prefix is not None


def list_rows(codes: LevelCodes, start: int, stop: int) -> Iterator[bytes]:
    """Yield the rows of units [start, stop) in order, without the header, in constant memory."""
    for first, last in _cut(codes, start, stop):
        yield _build_rows(codes, first, last)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRows:
    """What labels of some units show: their URLs taken apart, and their human-readable codes.

    `parts` are fixed texts and widths of fields in turn, as `qr.Template` takes them; `fields`
    are the characters of all fields, joined, one row a unit; `codes` have no separators. `ssccs`
    are digits, one row a unit, where the level has them.
    """

    parts: tuple[str | int, ...]
    fields: Text
    codes: Text
    ssccs: Text | None


def list_label_rows(codes: LevelCodes, start: int, stop: int) -> Iterator[LabelRows]:
    """Yield the labels of units [start, stop) in order, those of equally built URLs together."""
    for first, last in _cut(codes, start, stop):
        units = _Units.of(codes, first, last)
        parts: list[str | int] = []
        fields: list[Text] = []
        for piece in _url_pieces(codes, units):
            before = parts[-1] if parts else None
            if isinstance(piece, bytes):
                text = piece.decode("ascii")
                parts[-1:] = [before + text] if isinstance(before, str) else [*parts[-1:], text]
            else:
                width = piece.shape[1]
                parts[-1:] = [before + width] if isinstance(before, int) else [*parts[-1:], width]
                fields.append(piece)
        yield LabelRows(
            parts=tuple(parts),
            fields=np.concatenate(fields, axis=1),
            codes=_assemble(_code_pieces(codes.prefix, units.serials, b""), last - first),
            ssccs=list_ssccs(codes, first, last) if has_sscc(codes) else None,
        )


def list_ssccs(codes: LevelCodes, start: int, stop: int) -> Text:
    """Return the digits of the SSCCs of units [start, stop); only for a level that `has_sscc`."""
    first, prefix = codes.run.sscc_first[codes.level - 1], codes.run.gs1_prefix
    if first is None or prefix is None:
        raise ValueError("this level has no SSCC")
    references = np.arange(first + start, first + stop, dtype=np.uint64)
    return _assemble(_sscc_pieces(prefix, references), stop - start)


def list_urls(codes: LevelCodes, start: int, stop: int) -> list[str]:
    """Return the URLs of units [start, stop), in order; all of them in memory, for labels."""
    urls: list[str] = []
    for first, last in _cut(codes, start, stop):
        matrix = _assemble(_url_pieces(codes, _Units.of(codes, first, last)), last - first)
        text, width = matrix.tobytes().decode("ascii"), matrix.shape[1]
        urls += [text[at : at + width] for at in range(0, len(text), width)]
    return urls


def _cut(codes: LevelCodes, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Cut a range into chunks whose rows are equally wide.

    Cut where the index gets longer, before a short last group, and where a chunk is full.
    """
    cuts = {start, stop}
    cuts.update(10**digits for digits in range(1, 11) if start < 10**digits < stop)
    rows = ROWS_MAX
    if codes.level:
        children = codes.run.packing[codes.level - 1]
        rows = max(1, min(rows, CONTENTS_MAX // children))
        full = codes.run.quantity_at(codes.level - 1) // children
        cuts.update({full} if start < full < stop else ())
    for cut_start, cut_stop in itertools.pairwise(sorted(cuts)):
        for first in range(cut_start, cut_stop, rows):
            yield first, min(first + rows, cut_stop)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Units:
    """The units [start, stop) and their serials."""

    start: int
    stop: int
    serials: Text

    @classmethod
    def of(cls, codes: LevelCodes, start: int, stop: int) -> "_Units":
        serials = codes.cipher.encode_range(codes.run.ordinal, codes.level, start, stop)
        return cls(start=start, stop=stop, serials=serials)


def _build_rows(codes: LevelCodes, start: int, stop: int) -> bytes:
    """Return the rows of a stretch whose rows have all the same width."""
    units = _Units.of(codes, start, stop)
    pieces: list[bytes | Text] = [
        b"%d," % codes.level,
        _digits(np.arange(start, stop, dtype=np.uint64), len(str(start))),
        b",",
        units.serials[:, :NUMBER_SYMBOLS],
        b",",
        units.serials,
        b",",
        *_code_pieces(codes.prefix, units.serials, _HYPHEN),
        b",",
        *_url_pieces(codes, units),
        b",",
        *_parent_pieces(codes, units),
        b"\n",
    ]
    return _assemble(pieces, stop - start).tobytes()


def _assemble(pieces: list[bytes | Text], rows: int) -> Text:
    """Lay the pieces side by side: constants into every row at once, then the columns."""
    widths = [len(piece) if isinstance(piece, bytes) else piece.shape[1] for piece in pieces]
    template = b"".join(
        piece if isinstance(piece, bytes) else bytes(width)
        for piece, width in zip(pieces, widths, strict=True)
    )
    matrix = np.empty((rows, len(template)), np.uint8)
    matrix[:] = np.frombuffer(template, np.uint8)
    at = 0
    for piece, width in zip(pieces, widths, strict=True):
        if not isinstance(piece, bytes):
            # Each row's part as one element: 1.7 times as fast as its bytes.
            whole = f"V{width}"
            matrix[:, at : at + width].view(whole)[:, 0] = piece.view(whole)[:, 0]
        at += width
    return matrix


def _code_pieces(prefix: str, serials: Text, separator: bytes) -> list[bytes | Text]:
    """Return the human-readable codes: prefix, groups of four symbols, check symbol."""
    pieces: list[bytes | Text] = [prefix.encode()]
    body = serials.shape[1]
    for at in range(0, body, humancode.GROUP_SYMBOLS):
        pieces += [separator, serials[:, at : at + humancode.GROUP_SYMBOLS]]
    if body % humancode.GROUP_SYMBOLS == 0:
        pieces.append(separator)
    pieces.append(_check_symbols(prefix, serials))
    return [piece for piece in pieces if not isinstance(piece, bytes) or piece]


def _check_symbols(prefix: str, serials: Text) -> Text:
    """Compute the check symbol of every code, as `humancode.check_symbol` does for one.

    The symbol is linear in the bits of the code, so it is the sum of one table entry for each
    pair of symbols: 24 ns a code, symbol by symbol 60.
    """
    pairs = np.ascontiguousarray(serials).view("<u2")
    tables = _pair_tables(serials.shape[1])
    zeros = ALPHABET[0] * serials.shape[1]
    constant = ALPHABET.index(humancode.check_symbol(prefix + zeros))
    total = np.full(len(serials), constant, np.uint8)
    for column, table in enumerate(tables):
        total ^= table[pairs[:, column]]
    return np.frombuffer(ALPHABET.encode(), np.uint8)[total][:, None]


@cache
def _pair_tables(symbols: int) -> list[Text]:
    """Return for each pair of serial symbols what it adds to the check symbol's value."""
    zeros = ALPHABET[0] * symbols
    prefix = ALPHABET[0] * humancode.PREFIX_SYMBOLS
    base = ALPHABET.index(humancode.check_symbol(prefix + zeros))
    tables = []
    for at in range(0, symbols, 2):
        single = np.zeros((2, 256), np.uint8)
        for place in range(2):
            for symbol in ALPHABET:
                changed = zeros[: at + place] + symbol + zeros[at + place + 1 :]
                value = ALPHABET.index(humancode.check_symbol(prefix + changed))
                single[place, ord(symbol)] = value ^ base
        # Little-endian: the first symbol of a pair is its low byte.
        tables.append((single[1][:, None] ^ single[0][None, :]).reshape(-1))
    return tables


def _url_pieces(codes: LevelCodes, units: _Units) -> list[bytes | Text]:
    """Return the URLs, as `digitallink.build_item_url` and `build_group_url` write each."""
    run, level = codes.run, codes.level
    contents = _contents_pieces(codes, units) if level else []
    first = run.sscc_first[level - 1] if level else None
    pieces: list[bytes | Text]
    if codes.gtin is not None:
        pieces = [build_item_stem(run.public_url, codes.gtin).encode(), units.serials]
    elif first is not None and run.gs1_prefix is not None:
        stem = f"{build_stem(run.public_url)}/00/".encode()
        references = np.arange(first + units.start, first + units.stop, dtype=np.uint64)
        pieces = [stem, *_sscc_pieces(run.gs1_prefix, references), b"?t=", units.serials]
        return [*pieces, b"&n=", *contents] if contents else pieces
    else:
        stem = f"{build_stem(run.public_url)}/C/".encode()
        pieces = [stem, *_code_pieces(codes.prefix, units.serials, b"")]
    return [*pieces, b"?n=", *contents] if contents else pieces


def _contents_pieces(codes: LevelCodes, units: _Units) -> list[bytes | Text]:
    """Return what each group says is inside, as `digitallink.build_contents` writes it."""
    run, below = codes.run, codes.level - 1
    if run.contents is Contents.NONE:
        return []
    packed = run.packing[below]
    # All groups of a stretch hold equally many: only the last of a run is short.
    inside = run.count_inside(codes.level, units.start, below)
    if run.contents is Contents.LIST and inside <= CONTENTS_LISTED_MAX:
        first = units.start * packed
        count = inside * (units.stop - units.start)
        serials = codes.cipher.encode_range(run.ordinal, below, first, first + count)
        numbers = np.ascontiguousarray(serials[:, :NUMBER_SYMBOLS])
        return [numbers.reshape(-1, inside * NUMBER_SYMBOLS)]
    firsts = np.arange(units.start, units.stop, dtype=np.uint64) * np.uint64(packed)
    serials = codes.cipher.encode_indices(run.ordinal, below, firsts)
    numbers = serials[:, :NUMBER_SYMBOLS]
    return [numbers] if inside == 1 else [numbers, b"*%d" % inside]


def _parent_pieces(codes: LevelCodes, units: _Units) -> list[bytes | Text]:
    """Return the numbers of the planned containers; each is made once and repeated."""
    run, level = codes.run, codes.level
    if level == len(run.packing):
        return []
    packed = run.packing[level]
    first = units.start // packed
    last = (units.stop - 1) // packed + 1
    serials = codes.cipher.encode_range(run.ordinal, level + 1, first, last)
    numbers = serials[:, :NUMBER_SYMBOLS]
    own = np.arange(units.start, units.stop, dtype=np.int64) // packed - first
    return [numbers[own]]


def _sscc_pieces(gs1_prefix: str, references: npt.NDArray[np.uint64]) -> list[bytes | Text]:
    """Return the SSCCs of serial references, as `gs1.build_sscc` writes each."""
    width = SSCC_DIGITS - 1 - len(gs1_prefix)
    digits = _digits(references, width)
    prefix = gs1_prefix.encode()
    # Weights 3 and 1 alternate from the right, where the check digit would follow.
    body = _assemble([digits[:, :1], prefix, digits[:, 1:]], len(references)) - np.uint8(_ZERO)
    weights = np.array([3 if at % 2 == 0 else 1 for at in range(body.shape[1])], np.int64)
    total = body.astype(np.int64) @ weights
    check = ((-total) % 10 + _ZERO).astype(np.uint8)[:, None]
    return [digits[:, :1], prefix, digits[:, 1:], check]


def _digits(values: npt.NDArray[np.uint64], width: int) -> Text:
    """Write numbers in decimal with leading zeros, four digits a step from a table."""
    out = np.empty((len(values), width), np.uint8)
    table = _four_digits()
    rest, right = values, width
    while right > 0:
        # Not `divmod`: dividing by one constant is vectorised, five times as fast.
        above = rest // np.uint64(10_000)
        four = table[rest - above * np.uint64(10_000)].view(np.uint8).reshape(-1, 4)
        taken = min(4, right)
        out[:, right - taken : right] = four[:, 4 - taken :]
        rest, right = above, right - taken
    return out


@cache
def _four_digits() -> npt.NDArray[np.uint32]:
    """Return the numbers 0000 to 9999 as four characters each, in one word of memory."""
    text = "".join(f"{value:04d}" for value in range(10_000)).encode()
    return np.frombuffer(text, np.uint32)
