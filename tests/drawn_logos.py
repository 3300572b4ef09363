# SPDX-License-Identifier: Apache-2.0
"""Logos as enterprises upload them: of few colours, of many, wide, high, pale, and invisible."""

import io
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from trueorigin.adapters.fonts import FOLDER, Face
from trueorigin.adapters.logos import Logo, open_logo

RED: Final = (176, 32, 26)


def _encode(image: Image.Image, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def draw_seal() -> bytes:
    """A red seal on nothing, with wide empty margins."""
    image = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((100, 100, 299, 299), 24, fill=RED)
    font = ImageFont.truetype(str(FOLDER / Face.TITLE.value), 150)
    pen.text((200, 192), "源", fill="white", font=font, anchor="mm")
    return _encode(image)


def draw_written_name() -> bytes:
    """A name in green, five times as wide as high, in a JPEG."""
    image = Image.new("RGB", (1000, 200), "white")
    font = ImageFont.truetype(str(FOLDER / Face.TITLE.value), 160)
    ImageDraw.Draw(image).text((500, 95), "Celadon 青瓷", fill=(10, 90, 50), font=font, anchor="mm")
    return _encode(image, "JPEG")


def draw_column() -> bytes:
    """A column, three times as high as wide."""
    return _encode(Image.new("RGB", (100, 300), (40, 40, 120)))


def draw_picture() -> bytes:
    """A picture of all shades between black and white."""
    shades = np.tile(np.linspace(0, 235, 300).astype(np.uint8), (200, 1))
    return _encode(Image.fromarray(shades))


def draw_pale() -> bytes:
    """A bright yellow disc, which a plain threshold in the middle would lose."""
    image = Image.new("RGB", (300, 300), "white")
    ImageDraw.Draw(image).ellipse((10, 10, 289, 289), fill=(255, 214, 0))
    return _encode(image)


def draw_white() -> bytes:
    """A white mark on nothing: seen on a dark page, not on paper."""
    image = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((20, 20, 180, 180), fill="white")
    return _encode(image)


LOGOS: Final[Mapping[str, Callable[[], bytes]]] = {
    "seal": draw_seal,
    "written name": draw_written_name,
    "column": draw_column,
    "picture": draw_picture,
    "pale": draw_pale,
}


def make_logo(name: str = "seal") -> Logo:
    """Return one of them as labels print it."""
    return open_logo(LOGOS[name]())
