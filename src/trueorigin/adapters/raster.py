# SPDX-License-Identifier: Apache-2.0
"""Labels as black and white dots: for printers that take pictures, and for PNG files.

The texts are drawn with the fonts of the labels, so that Chinese comes out whatever fonts a
printer has. All labels of a job share everything but symbol and code: that part is drawn once.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from trueorigin.adapters.fonts import FOLDER, Face, metrics
from trueorigin.adapters.logos import blacken_logo
from trueorigin.adapters.pdf import LabelChunk, LabelJob
from trueorigin.adapters.typesetting import GROUP, BarBlock, Box, CodeBlock
from trueorigin.domain.gs1_128 import draw_ssccs
from trueorigin.domain.sheets import PRINTER_DPI

Dots = NDArray[np.bool_]

# What a human-readable code may hold.
_CODE_CHARACTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ()"
# Letters are drawn in greys and cut in the middle: truer than what Pillow draws in one bit.
_THRESHOLD: Final = 128


class Raster:
    """Draws labels of one job, one label a picture; `width` and `height` are in printer dots.

    `logo` is where the logo goes, with its dots; None without one. Raises what `LabelJob.arrange`
    does.
    """

    def __init__(self, job: LabelJob, *, is_logo_apart: bool = False) -> None:
        """Place and draw what all labels share; with `is_logo_apart` all but the logo."""
        self._placement, texts = job.arrange()
        per_mm = PRINTER_DPI[job.dpi] / 25.4
        self.width, self.height = (int(side * per_mm) for side in job.layout.label)
        canvas = Image.new("L", (self.width, self.height))
        pen = ImageDraw.Draw(canvas)
        for line in texts.fixed:
            font = _open_font(line.face, line.size)
            pen.text((line.left, line.baseline), line.text, fill=255, font=font, anchor="ls")
        for rule in texts.rules:
            right, bottom = rule.left + rule.width - 1, rule.top + rule.height - 1
            pen.rectangle((rule.left, rule.top, right, bottom), fill=255)
        self._shared: Dots = np.asarray(canvas) >= _THRESHOLD
        self.logo: tuple[Box, Dots] | None = None
        if job.logo is not None and texts.logo is not None:
            box = texts.logo
            self.logo = box, blacken_logo(job.logo, (box.width, box.height))
            if not is_logo_apart:
                down, right = box.top + box.height, box.left + box.width
                self._shared[box.top : down, box.left : right] |= self.logo[1]
        self._places = _code_places(texts.code)
        self._glyphs, self._ascent = _draw_glyphs(texts.code.size)
        self._bars = texts.bars
        if self._bars is not None:
            self._digits, self._digit_ascent = _draw_glyphs(self._bars.size)

    def draw(self, chunk: LabelChunk) -> Dots:
        """Return the labels of `chunk` as (n, height, width), True being black.

        Takes a third of a megabyte a label of 60 by 40 mm: ask for some dozens at a time.
        """
        count = len(chunk.codes)
        labels = np.repeat(self._shared[None], count, axis=0)
        placed = self._placement
        modules = np.unpackbits(chunk.symbols, axis=-1, count=placed.modules).astype(np.bool_)
        dots = modules.repeat(placed.dots_per_module, 1).repeat(placed.dots_per_module, 2)
        left, top = placed.symbol
        labels[:, top : top + placed.side, left : left + placed.side] = dots
        for column, (x, baseline) in enumerate(self._places):
            y = baseline - self._ascent
            glyphs = self._glyphs[chunk.codes[:, column]]
            room = labels[:, y : y + glyphs.shape[1], x : x + glyphs.shape[2]]
            room |= glyphs[:, : room.shape[1], : room.shape[2]]
        if self._bars is not None:
            self._draw_bars(labels, self._bars, chunk.digits)
        return labels

    def _draw_bars(self, labels: Dots, block: BarBlock, digits: NDArray[np.uint8]) -> None:
        """Draw the SSCC of each label: bars, and below them their text."""
        box = block.bars
        bars = draw_ssccs(digits).astype(np.bool_).repeat(block.dots_per_module, 1)
        down, right = box.top + box.height, box.left + box.width
        labels[:, box.top : down, box.left : right] = bars[:, None, :]
        mark = np.frombuffer(b"(00)", np.uint8)
        text = np.concatenate([np.broadcast_to(mark, (len(digits), 4)), digits], axis=1)
        advance = metrics(Face.CODE).widths[ord("0")] * block.size / 1000
        top = block.baseline - self._digit_ascent
        for column in range(text.shape[1]):
            x = round(block.left + column * advance)
            glyphs = self._digits[text[:, column]]
            room = labels[:, top : top + glyphs.shape[1], x : x + glyphs.shape[2]]
            room |= glyphs[:, : room.shape[1], : room.shape[2]]


def _open_font(face: Face, size: float) -> ImageFont.FreeTypeFont:
    path = FOLDER / face.value
    if not path.is_file():
        raise FileNotFoundError(f"{path.name} is missing: `make init` builds the label fonts")
    # The basic engine knows no kerning, as the typesetting assumes.
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


def _code_places(block: CodeBlock) -> list[tuple[int, int]]:
    """Return for each character of a code the dot where it starts on its baseline."""
    advance = metrics(Face.CODE).widths[ord("0")] * block.size / 1000
    places = []
    for number, (start, stop) in enumerate(block.lines):
        baseline = round(block.baseline + number * block.leading)
        places += [
            (round(block.left + (at + at // GROUP) * advance), baseline)
            for at in range(stop - start)
        ]
    return places


def _draw_glyphs(size: float) -> tuple[Dots, int]:
    """Draw the characters of codes once, by their ASCII numbers; returns also their ascent."""
    font = _open_font(Face.CODE, size)
    ascent, descent = font.getmetrics()
    width = int(np.ceil(font.getlength("0"))) + 1
    glyphs = np.zeros((128, ascent + descent, width), np.bool_)
    for character in _CODE_CHARACTERS:
        cell = Image.new("L", (width, ascent + descent))
        ImageDraw.Draw(cell).text((0, ascent), character, fill=255, font=font, anchor="ls")
        glyphs[ord(character)] = np.asarray(cell) >= _THRESHOLD
    return glyphs, ascent
