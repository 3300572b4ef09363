# SPDX-License-Identifier: Apache-2.0
"""The fonts of labels: measures texts and cuts fonts down to the characters that are used.

The files come with the frontend build (`npm run build`) and are not in the repository. Knows
nothing of PDF: what it returns can be embedded anywhere.
"""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from fontTools import subset
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.ttLib import TTFont

FOLDER: Final = Path(__file__).parent.parent / "static" / "fonts"

# Shown in place of a character that no font of ours has, an emoji say.
REPLACEMENT: Final = "\u25a1"


class Face(StrEnum):
    """The three faces of a label, by file name."""

    TITLE = "NotoSansSC-SemiBold.ttf"
    LINE = "NotoSansSC-Regular.ttf"
    CODE = "JetBrainsMono-Medium.ttf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """Widths by code point and heights, all in thousandths of the font size."""

    widths: Mapping[int, int]
    ascent: int
    descent: int
    cap_height: int
    box: tuple[int, int, int, int]
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subset:
    """A TrueType file with the glyphs of some characters only; glyph ids by code point."""

    data: bytes
    glyphs: Mapping[int, int]


def _open(face: Face) -> TTFont:
    path = FOLDER / face.value
    if not path.is_file():
        raise FileNotFoundError(f"{path.name} is missing: `make init` builds the label fonts")
    return TTFont(path, lazy=True)


@cache
def metrics(face: Face) -> Metrics:
    """Measure a whole font; some 0.1 s the first time, then kept."""
    with _open(face) as font:
        scale = 1000 / font["head"].unitsPerEm
        advances = font["hmtx"].metrics
        head, hhea = font["head"], font["hhea"]
        corners = (head.xMin, head.yMin, head.xMax, head.yMax)
        left, bottom, right, top = (round(corner * scale) for corner in corners)
        return Metrics(
            widths={
                point: round(advances[name][0] * scale)
                for point, name in font.getBestCmap().items()
            },
            ascent=round(hhea.ascent * scale),
            descent=round(hhea.descent * scale),
            cap_height=round(font["OS/2"].sCapHeight * scale),
            box=(left, bottom, right, top),
            name=str(font["name"].getDebugName(6)),
        )


def printable(text: str) -> str:
    """Return `text` on one line, with `REPLACEMENT` for every character the fonts lack."""
    widths = metrics(Face.LINE).widths
    flat = " ".join(text.split())
    return "".join(character if ord(character) in widths else REPLACEMENT for character in flat)


def width_of(text: str, face: Face) -> int:
    """Return the width of `text` in thousandths of the font size; kerning is not used."""
    widths = metrics(face).widths
    return sum(widths[ord(character)] for character in text)


@lru_cache(maxsize=64)
def _cut(face: Face, characters: frozenset[str]) -> Subset:
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [6]
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "STAT", "vhea", "vmtx", "VORG", "gasp"]
    with _open(face) as font:
        # A fixed date, so that the same texts give the same file.
        font.recalcTimestamp = False
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=[ord(character) for character in characters])
        cutter.subset(font)
        glyphs = {point: font.getGlyphID(name) for point, name in font.getBestCmap().items()}
        out = io.BytesIO()
        font.save(out)
    return Subset(data=out.getvalue(), glyphs=glyphs)


def cut(face: Face, texts: Iterable[str]) -> Subset:
    """Cut a font down to the characters of `texts`; a third of a second, then kept for a while."""
    return _cut(face, frozenset("".join(texts)))


@lru_cache(maxsize=64)
def _trace(face: Face, characters: frozenset[str]) -> Mapping[str, str]:
    with _open(face) as font:
        glyphs, names = font.getGlyphSet(), font.getBestCmap()
        traced = {}
        for character in characters:
            pen = SVGPathPen(glyphs)
            glyphs[names[ord(character)]].draw(pen)
            traced[character] = pen.getCommands()
        return traced


def trace(face: Face, texts: Iterable[str]) -> Mapping[str, str]:
    """Return the outlines of the characters of `texts` as SVG path data, y upwards.

    Units are those of the font: `units_per_em` makes one font size.
    """
    return _trace(face, frozenset("".join(texts)))


@cache
def units_per_em(face: Face) -> int:
    """Return how many units of an outline make the font size."""
    with _open(face) as font:
        return int(font["head"].unitsPerEm)
