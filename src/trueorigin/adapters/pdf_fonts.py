# SPDX-License-Identifier: Apache-2.0
"""Puts subset fonts into a PDF so that texts print anywhere and can be selected and searched.

Product names are in a composite font, two bytes a glyph; codes in a simple one, whose bytes are
the ASCII characters themselves, so that a code is written into a page without translation.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name

from trueorigin.adapters.fonts import Face, Metrics, cut, metrics, width_of

# Digits and capitals: what a human-readable code may hold.
_CODE_CHARACTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ ()"

_FIXED_PITCH: Final = 1
_SYMBOLIC: Final = 4
_NONSYMBOLIC: Final = 32

# ISO 32000-1 clause 9.10.3; a section holds at most 100 entries.
_SECTION_MAX: Final = 100


def embed_composite(
    pdf: pikepdf.Pdf, face: Face, texts: Iterable[str]
) -> tuple[pikepdf.Object, Mapping[int, int]]:
    """Embed the characters of `texts`; return the font and its glyph ids by code point."""
    subset = cut(face, texts)
    measured = metrics(face)
    name = Name(f"/{_tag(subset.data)}+{measured.name}")
    widths = Array()
    for point, glyph in sorted(subset.glyphs.items(), key=lambda item: item[1]):
        widths.append(glyph)
        widths.append(Array([measured.widths[point]]))
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=name,
        CIDSystemInfo=Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
        FontDescriptor=_describe(pdf, name, measured, subset.data, flags=_SYMBOLIC),
        CIDToGIDMap=Name.Identity,
        DW=1000,
        W=widths,
    )
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=name,
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([pdf.make_indirect(descendant)]),
        ToUnicode=_map_to_unicode(
            pdf, {glyph: point for point, glyph in subset.glyphs.items()}, digits=4
        ),
    )
    return pdf.make_indirect(font), subset.glyphs


def embed_simple(pdf: pikepdf.Pdf, face: Face) -> pikepdf.Object:
    """Embed digits, capitals, the blank and brackets under their ASCII codes."""
    subset = cut(face, [_CODE_CHARACTERS])
    measured = metrics(face)
    name = Name(f"/{_tag(subset.data)}+{measured.name}")
    first, last = ord(" "), ord("Z")
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.TrueType,
        BaseFont=name,
        FirstChar=first,
        LastChar=last,
        Widths=Array(
            [
                width_of(chr(code), face) if chr(code) in _CODE_CHARACTERS else 0
                for code in range(first, last + 1)
            ]
        ),
        FontDescriptor=_describe(
            pdf, name, measured, subset.data, flags=_FIXED_PITCH | _NONSYMBOLIC
        ),
        Encoding=Name.WinAnsiEncoding,
        ToUnicode=_map_to_unicode(
            pdf, {ord(character): ord(character) for character in _CODE_CHARACTERS}, digits=2
        ),
    )
    return pdf.make_indirect(font)


def _tag(data: bytes) -> str:
    """Return the six capitals that mark a subset, the same for the same subset."""
    digest = hashlib.sha256(data).digest()
    return "".join(chr(ord("A") + byte % 26) for byte in digest[:6])


def _describe(
    pdf: pikepdf.Pdf, name: Name, measured: Metrics, data: bytes, *, flags: int
) -> pikepdf.Object:
    file = pikepdf.Stream(pdf, data)
    file.Length1 = len(data)
    return pdf.make_indirect(
        Dictionary(
            Type=Name.FontDescriptor,
            FontName=name,
            Flags=flags,
            FontBBox=Array(list(measured.box)),
            ItalicAngle=0,
            Ascent=measured.ascent,
            Descent=measured.descent,
            CapHeight=measured.cap_height,
            # No font file says it; readers use it only when they must replace the font.
            StemV=80,
            FontFile2=file,
        )
    )


def _map_to_unicode(pdf: pikepdf.Pdf, points: Mapping[int, int], *, digits: int) -> pikepdf.Object:
    """Write the map from character codes to Unicode that makes texts selectable."""
    entries = [
        f"<{code:0{digits}x}> <{chr(point).encode('utf-16-be').hex()}>"
        for code, point in sorted(points.items())
    ]
    sections = []
    for start in range(0, len(entries), _SECTION_MAX):
        part = entries[start : start + _SECTION_MAX]
        sections += [f"{len(part)} beginbfchar", *part, "endbfchar"]
    lines = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def",
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
        f"1 begincodespacerange <{'0' * digits}> <{'f' * digits}> endcodespacerange",
        *sections,
        "endcmap CMapName currentdict /CMap defineresource pop end end",
    ]
    return pdf.make_indirect(pikepdf.Stream(pdf, "\n".join(lines).encode()))
