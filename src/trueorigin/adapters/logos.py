# SPDX-License-Identifier: Apache-2.0
"""An organisation's logo as labels print it: in colour on paper, in black dots on thermal printers.

Takes only pictures that `adapters/images.py` has drawn anew; strangers' bytes do not come here.
"""

import io
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from trueorigin.domain.errors import InvalidError

Dots: TypeAlias = NDArray[np.bool_]

# Twice what the largest label shows of it at 300 dpi.
_SIDE_MAX: Final = 1000
# What differs less from white than this is paper: the noise of a JPEG, say.
_WHITE: Final = 245
# A logo whose shades fall so clearly into two is printed in two; any other one as dots.
_TWO_SHADES: Final = 0.85
# Colours of a small picture in a drawing: flat logos lose nothing, and 10,000 files stay small.
_COLOURS: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Logo:
    """A logo on white paper, its empty margins cut off: (height, width, 3) in sRGB."""

    pixels: NDArray[np.uint8]

    @property
    def size(self) -> tuple[int, int]:
        """Return width and height in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]


def open_logo(content: bytes) -> Logo:
    """Return the logo in a stored picture; `logo_blank` when it shows nothing on white paper."""
    with Image.open(io.BytesIO(content)) as image:
        # What is transparent is paper.
        shown = Image.alpha_composite(
            Image.new("RGBA", image.size, "white"), image.convert("RGBA")
        ).convert("RGB")
    marks = np.asarray(shown).min(axis=2) < _WHITE
    if not marks.any():
        raise InvalidError("logo_blank", field="design")
    rows, columns = np.flatnonzero(marks.any(axis=1)), np.flatnonzero(marks.any(axis=0))
    cut = shown.crop((int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1))
    cut.thumbnail((_SIDE_MAX, _SIDE_MAX), Image.Resampling.LANCZOS)
    return Logo(pixels=np.asarray(cut))


def scale_logo(logo: Logo, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return the logo (height, width, 3) for a box of `size` dots, in no more than its own."""
    image = Image.fromarray(logo.pixels)
    width, height = (min(wanted, own) for wanted, own in zip(size, logo.size, strict=True))
    return np.asarray(image.resize((width, height), Image.Resampling.LANCZOS))


def blacken_logo(logo: Logo, size: tuple[int, int]) -> Dots:
    """Return the logo as black dots (height, width), exactly `size`.

    Split in the middle between its two shades; a picture of many shades is dithered.
    """
    image = Image.fromarray(logo.pixels).convert("L").resize(size, Image.Resampling.LANCZOS)
    shades = np.asarray(image)
    bound, clarity = _split_shades(shades)
    if clarity >= _TWO_SHADES:
        return shades < bound
    return ~np.asarray(image.convert("1"))


def _split_shades(shades: NDArray[np.uint8]) -> tuple[int, float]:
    """Return the shade that best divides light from dark, and how much of the variance it explains.

    Otsu, "A threshold selection method from gray-level histograms", 1979.
    """
    counts = np.bincount(shades.ravel(), minlength=256).astype(np.float64)
    levels = np.arange(256)
    weight = counts / counts.sum()
    mean = float(weight @ levels)
    variance = float(weight @ (levels - mean) ** 2)
    below = np.cumsum(weight)
    partial = np.cumsum(weight * levels)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = np.nan_to_num((mean * below - partial) ** 2 / (below * (1 - below)), posinf=0)
    if variance == 0:
        # One shade throughout: it was no paper, so it is ink.
        return 256, 1.0
    best = np.flatnonzero(between >= between.max() * (1 - 1e-9))
    return int(best.mean()) + 1, float(between.max()) / variance


def encode_logo(logo: Logo, size: tuple[int, int], *, is_black: bool) -> bytes:
    """Return the logo as a small PNG for a drawing: black dots, or a few dozen colours."""
    if is_black:
        image = Image.fromarray(~blacken_logo(logo, size))
    else:
        image = Image.fromarray(scale_logo(logo, size)).quantize(_COLOURS, dither=Image.Dither.NONE)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
