# SPDX-License-Identifier: Apache-2.0
"""Labels as SVG: one drawing a label, in printer dots, sized in millimetres.

Texts are outlines, so that a drawing looks the same where our fonts are not installed and needs
nothing from anywhere; the code is repeated as the drawing's name, for readers and for searching.
The symbol is one path, a box for each stretch of dark modules:

    <path class="symbol" ... transform="translate(54 88) scale(8)" d="M0 0h7v1h-7z..."/>

A logo is a picture inside the drawing: one file cannot show what is in another.
"""

import base64
import re
from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import quoteattr

import numpy as np
from numpy.typing import NDArray

from trueorigin.adapters.fonts import Face, metrics, trace, units_per_em
from trueorigin.adapters.logos import encode_logo
from trueorigin.adapters.pdf import LabelChunk, LabelJob
from trueorigin.adapters.typesetting import GROUP, BarBlock, Box, Line
from trueorigin.domain.gs1_128 import draw_ssccs
from trueorigin.domain.qr import encode
from trueorigin.domain.sheets import PRINTER_DPI

_CODE_CHARACTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ()"
_SYMBOL: Final = re.compile(
    r'<path class="symbol"[^>]*? transform="translate\((\d+) (\d+)\) scale\((\d+)\)" d="([^"]*)"'
)
_BARS: Final = re.compile(
    r'<path class="bars"[^>]*? transform="translate\((\d+) (\d+)\) scale\((\d+) (\d+)\)" '
    r'd="([^"]*)"'
)
_BOX: Final = re.compile(r"M(\d+) (\d+)h(\d+)v1h-\d+z")
_SIZE: Final = re.compile(r'viewBox="0 0 (\d+) (\d+)"')
_LOGO: Final = re.compile(r'<image class="logo" x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"')
_SIDE_MAX: Final = 20_000
# ISO/IEC 18004 asks for four modules of white around a symbol.
_QUIET: Final = 4
# A drawing is looked at and printed in colours: 400 pixels are 34 mm at 300 dpi.
_LOGO_SIDE_MAX: Final = 400


class Drawing:
    """Draws labels of one job as SVG.

    Raises what `LabelJob.arrange` does.
    """

    def __init__(self, job: LabelJob) -> None:
        """Place and write down what all labels share."""
        self._placement, texts = job.arrange()
        per_mm = PRINTER_DPI[job.dpi] / 25.4
        width, height = (int(side * per_mm) for side in job.layout.label)
        self._open = (
            '<svg xmlns="http://www.w3.org/2000/svg" '
            f'width="{width / per_mm:.3f}mm" height="{height / per_mm:.3f}mm" '
            f'viewBox="0 0 {width} {height}" role="img" aria-label='
        )
        self._shared = f'<rect width="{width}" height="{height}" fill="#fff"/>' + "".join(
            _outline(line) for line in texts.fixed
        )
        self._shared += "".join(
            f'<rect x="{rule.left}" y="{rule.top}" width="{rule.width}" height="{rule.height}"/>'
            for rule in texts.rules
        )
        if texts.logo is not None:
            self._shared += _embed_logo(job, texts.logo)
        self._code, self._bars = texts.code, texts.bars
        self._glyphs = trace(Face.CODE, _CODE_CHARACTERS)

    def draw(self, chunk: LabelChunk) -> Iterator[str]:
        """Yield one drawing for each label of `chunk`."""
        size = self._placement.modules
        symbols = np.unpackbits(chunk.symbols, axis=-1, count=size)
        bars = [""] * len(symbols)
        if self._bars is not None:
            bars = [self._draw_bars(self._bars, digits) for digits in chunk.digits]
        for modules, row, sscc in zip(symbols, chunk.codes, bars, strict=True):
            code = row.tobytes().decode("ascii")
            name = " ".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))
            yield (
                f"{self._open}{quoteattr(name)}>{self._shared}"
                f"{self._draw_symbol(modules)}{self._draw_code(code)}{sscc}</svg>\n"
            )

    def _draw_symbol(self, modules: NDArray[np.uint8]) -> str:
        """Return the path of the dark modules."""
        boxes = _box(modules)
        left, top = self._placement.symbol
        place = f"translate({left} {top}) scale({self._placement.dots_per_module})"
        return (
            '<path class="symbol" fill="#000" shape-rendering="crispEdges" '
            f'transform="{place}" d="{boxes}"/>'
        )

    def _draw_code(self, code: str) -> str:
        """Return the code as outlines, its characters in columns of equal width."""
        block, units = self._code, units_per_em(Face.CODE)
        scale, advance = block.size / units, _advance()
        lines = []
        for number, (start, stop) in enumerate(block.lines):
            paths = "".join(
                f'<path transform="translate({(at + at // GROUP) * advance:.0f} 0)" '
                f'd="{self._glyphs[character]}"/>'
                for at, character in enumerate(code[start:stop])
            )
            baseline = block.baseline + number * block.leading
            lines.append(_scaled(paths, (block.left, baseline), scale))
        return "".join(lines)

    def _draw_bars(self, block: BarBlock, digits: NDArray[np.uint8]) -> str:
        """Return an SSCC as bars, and below them as outlines."""
        box, text = block.bars, f"(00){digits.tobytes().decode('ascii')}"
        place = f"translate({box.left} {box.top}) scale({block.dots_per_module} {box.height})"
        paths = "".join(
            f'<path transform="translate({at * _advance():.0f} 0)" d="{self._glyphs[character]}"/>'
            for at, character in enumerate(text)
        )
        scale = block.size / units_per_em(Face.CODE)
        return (
            '<path class="bars" fill="#000" shape-rendering="crispEdges" '
            f'transform="{place}" d="{_box(draw_ssccs(digits[None]))}"/>'
            f"{_scaled(paths, (block.left, block.baseline), scale)}"
        )


def _advance() -> float:
    """Return the width of a character of a code, in the font's units."""
    return metrics(Face.CODE).widths[ord("0")] * units_per_em(Face.CODE) / 1000


def draw_symbol(text: str) -> str:
    """Return one QR symbol alone, for screens: black on white with its quiet zone, any size."""
    modules = encode(text).modules
    side = len(modules) + 2 * _QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" aria-hidden="true"'
        f' focusable="false"><path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path fill="#000" shape-rendering="crispEdges" transform="translate({_QUIET} {_QUIET})"'
        f' d="{_box(modules.astype(np.uint8))}"/></svg>'
    )


def _box(modules: NDArray[np.uint8]) -> str:
    """Return a box for each stretch of dark modules."""
    edges = np.diff(np.pad(modules.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    starts, stops = np.argwhere(edges == 1), np.argwhere(edges == -1)
    return "".join(
        f"M{x} {y}h{stop - x}v1h-{stop - x}z"
        for (y, x), (_, stop) in zip(starts.tolist(), stops.tolist(), strict=True)
    )


def _outline(line: Line) -> str:
    """Return one line of text as outlines."""
    glyphs, widths = trace(line.face, [line.text]), metrics(line.face).widths
    units = units_per_em(line.face)
    scale = line.size / units
    at, paths = 0.0, []
    for character in line.text:
        if glyphs[character]:
            paths.append(f'<path transform="translate({at:.0f} 0)" d="{glyphs[character]}"/>')
        at += widths[ord(character)] * units / 1000
    return _scaled("".join(paths), (line.left, line.baseline), scale)


def _embed_logo(job: LabelJob, box: Box) -> str:
    """Return the logo as a picture inside the drawing: a few kilobytes."""
    if job.logo is None:
        return ""
    size = (box.width, box.height)
    if not job.is_black:
        scale = min(1.0, _LOGO_SIDE_MAX / max(size))
        size = (max(1, round(box.width * scale)), max(1, round(box.height * scale)))
    picture = base64.b64encode(encode_logo(job.logo, size, is_black=job.is_black)).decode()
    return (
        f'<image class="logo" x="{box.left}" y="{box.top}" width="{box.width}" '
        f'height="{box.height}" preserveAspectRatio="none" '
        f'href="data:image/png;base64,{picture}"/>'
    )


def _scaled(paths: str, at: tuple[int, float], scale: float) -> str:
    """Put outlines, whose y goes upwards, at a place of the drawing."""
    place = f"translate({at[0]} {at[1]:.2f}) scale({scale:.5f} {-scale:.5f})"
    return f'<g fill="#000" transform="{place}">{paths}</g>'


def read_modules(drawing: str) -> NDArray[np.uint8]:
    """Return the symbol of a drawing in its place, in dots: 0 is black, 255 white.

    Only the paths of symbol and bars are drawn, and the logo as a black box, so that one that lies
    on the symbol spoils it. What would leave the drawing is refused with ValueError, as is anything
    that is no drawing of ours.
    """
    size, symbol = _SIZE.search(drawing), _SYMBOL.search(drawing)
    if size is None or symbol is None:
        raise ValueError("no symbol in this drawing")
    width, height = int(size[1]), int(size[2])
    scale = int(symbol[3])
    paths = [(int(symbol[1]), int(symbol[2]), scale, scale, symbol[4])]
    paths += [(*map(int, bars[:4]), bars[4]) for bars in _BARS.findall(drawing)]
    if not 0 < max(width, height) <= _SIDE_MAX or any(_BOX.sub("", each[4]) for each in paths):
        raise ValueError("the symbol is damaged")
    pixels = np.full((height, width), 255, np.uint8)
    for left_, top_, wide, high in (map(int, box) for box in _LOGO.findall(drawing)):
        pixels[top_ : top_ + high, left_ : left_ + wide] = 0
    for left, top, wide, high, boxes in paths:
        for x, y, length in (map(int, box) for box in _BOX.findall(boxes)):
            right, bottom = left + (x + length) * wide, top + (y + 1) * high
            if right > width or bottom > height:
                raise ValueError("the symbol leaves the label")
            pixels[top + y * high : bottom, left + x * wide : right] = 0
    return pixels
