# SPDX-License-Identifier: Apache-2.0
"""Pages rendered once and filled many times, already compressed.

A page is rendered with slots in place of what differs from unit to unit, cut at the slots, and
each piece is deflated once, ending on a byte boundary with an empty window (a full flush
of zlib). An answer is then these pieces joined with the slots' text in stored
blocks: a valid gzip stream without compressing anything.

    gzip header | piece | stored text | piece | stored text | ... | empty last block | CRC, length

Measured on the item page, side by side: 30 us for page and gzip together, 970 us when rendered and
compressed for each reader; 7.1 kB instead of 6.0, because the pieces cannot refer to one another.
"""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from struct import Struct

from markupsafe import escape

# Control characters: no text that anybody can register or type into a page holds them.
_OPEN, _CLOSE = "\x02", "\x03"
_SLOT = re.compile(f"{_OPEN}([a-z0-9_]+){_CLOSE}")

# Magic, deflate, no flags, no time, best compression, unknown system (RFC 1952 section 2.3.1).
_GZIP_HEADER = bytes((0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 255))
# An empty block with fixed codes, marked as the last one.
_LAST_BLOCK = bytes((3, 0))
# A stored block holds at most 16 bits of length.
_STORED_MAX = 0xFFFF
# Not the last block and stored; the length and its complement (RFC 1951 section 3.2.4).
_STORED_HEADER = Struct("<BHH")
_WORD = 2**32 - 1
_TRAILER = Struct("<II")


def slot(name: str) -> str:
    """Return the mark that stands for the value `name` in a page to be cut."""
    return f"{_OPEN}{name}{_CLOSE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SplicedPage:
    """A rendered page cut at its slots: one more piece than names, in order."""

    pieces: tuple[bytes, ...]
    deflated: tuple[bytes, ...]
    names: tuple[str, ...]

    def fill(self, values: Mapping[str, str]) -> bytes:
        """Return the page as UTF-8 with every slot filled; values are escaped here."""
        parts = [self.pieces[0]]
        for name, piece in zip(self.names, self.pieces[1:], strict=True):
            parts += (_encode(values[name]), piece)
        return b"".join(parts)

    def fill_gzip(self, values: Mapping[str, str]) -> bytes:
        """Return the same page as a gzip stream."""
        parts = [_GZIP_HEADER, self.deflated[0]]
        crc = zlib.crc32(self.pieces[0])
        size = len(self.pieces[0])
        for name, piece, deflated in zip(
            self.names, self.pieces[1:], self.deflated[1:], strict=True
        ):
            text = _encode(values[name])
            crc = zlib.crc32(piece, zlib.crc32(text, crc))
            size += len(text) + len(piece)
            parts += (_store(text), deflated)
        parts += (_LAST_BLOCK, _TRAILER.pack(crc, size & _WORD))
        return b"".join(parts)


def cut(html: str) -> SplicedPage:
    """Cut a rendered page at its slots and deflate the pieces."""
    pieces = _SLOT.split(html)
    texts = tuple(text.encode() for text in pieces[::2])
    return SplicedPage(
        pieces=texts,
        deflated=tuple(_deflate(text) for text in texts),
        names=tuple(pieces[1::2]),
    )


def _encode(value: str) -> bytes:
    return str(escape(value)).encode()


def _deflate(text: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    return packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH)


def _store(text: bytes) -> bytes:
    """Wrap `text` in stored blocks; they start on a byte boundary, as every piece ends on one."""
    blocks: list[bytes] = []
    for start in range(0, len(text), _STORED_MAX):
        block = text[start : start + _STORED_MAX]
        blocks += (_STORED_HEADER.pack(0, len(block), len(block) ^ _STORED_MAX), block)
    return b"".join(blocks)
