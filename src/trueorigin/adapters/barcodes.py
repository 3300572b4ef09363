# SPDX-License-Identifier: Apache-2.0
"""Reads QR symbols and SSCCs out of pictures: photographs from strangers, and our own print files.

A picture's bytes are hostile: its type is taken from its content, its size in pixels is known
before it is decoded, and the work on it is bounded. What a text means is not known here.
"""

import io
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import pypdfium2
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from trueorigin.domain.errors import InvalidError
from trueorigin.domain.sheets import PRINTER_DPI, Layout, label_corners

Picture: TypeAlias = Image.Image | NDArray[np.uint8]

# A 50-megapixel phone takes 8192 by 6144; a bomb of a few KB may claim far more.
PIXELS_MAX: Final = 51_000_000

_FORMATS: Final = ("JPEG", "PNG", "WEBP")

# Photographs are first decoded with at least this many pixels on the shorter side: enough for a
# label a tenth as wide as the picture.
_DRAFT_SIDE: Final = 1000

# The reader gives up at some forty symbols on a page; from this many on it is asked again, tile
# by tile.
_CROWDED: Final = 16
_TILE: Final = 800
_OVERLAP: Final = 400

# The same symbol seen in two tiles has its middle within these many pixels.
_SAME_WITHIN: Final = 12

# Not Micro QR, which is never ours: the reader finds some in a corner of a large symbol.
_QR_CODE: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)

_CODE_128: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.Code128)
# ISO/IEC 15424: Code 128 with FNC1 first, which makes it GS1-128.
_GS1_128: Final = "]C1"

# PDFium keeps global state and is not safe in two threads at once.
_PDFIUM: Final = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSymbol:
    """A symbol's text and the pixel (x, y) of its middle."""

    text: str
    position: tuple[int, int]


def decode_image(data: bytes, *, draft: bool = False) -> Image.Image:
    """Decode a JPEG, PNG or WebP in shades of grey, the first picture of several.

    With `draft` a JPEG may come out smaller by a power of two, which spares most of its decoding.
    Raises `image_type`, `image_too_large` beyond `PIXELS_MAX`, or `image_broken`.
    """
    try:
        image = Image.open(io.BytesIO(data), formats=_FORMATS)
    except UnidentifiedImageError:
        raise InvalidError("image_type", field="photo") from None
    except Image.DecompressionBombError:
        raise InvalidError("image_too_large", field="photo", limit=PIXELS_MAX) from None
    except (OSError, ValueError, SyntaxError, EOFError):
        raise InvalidError("image_broken", field="photo") from None
    if image.width * image.height > PIXELS_MAX:
        raise InvalidError("image_too_large", field="photo", limit=PIXELS_MAX)
    try:
        image.draft("L", (_DRAFT_SIDE, _DRAFT_SIDE) if draft else image.size)
        return _turn_grey(image)
    except (OSError, ValueError, SyntaxError, EOFError):
        raise InvalidError("image_broken", field="photo") from None


def _turn_grey(image: Image.Image) -> Image.Image:
    """Return a picture in 256 shades of grey, as it looks on white paper.

    Pillow alone drops transparency, under which labels drawn by programs are black throughout, and
    takes all but the darkest of 65,536 shades for white.
    """
    if image.mode.startswith("I"):
        return Image.fromarray((np.asarray(image) >> 8).clip(0, 255).astype(np.uint8))
    if not image.has_transparency_data:
        return image.convert("L")
    layers = image if image.mode in {"LA", "RGBA"} else image.convert("RGBA")
    paper = Image.new("L", image.size, 255)
    paper.paste(layers.convert("L"), mask=layers.getchannel("A"))
    return paper


def read_photo(data: bytes) -> list[ReadSymbol]:
    """Read the symbols of a photograph: of a small draft first, of all its pixels if in vain.

    Positions are in the pixels of whichever was read. Raises as `decode_image` does.
    """
    draft = decode_image(data, draft=True)
    found = read_symbols(draft)
    if found:
        return found
    whole = decode_image(data)
    return read_symbols(whole) if whole.size != draft.size else []


def read_symbols(picture: Picture) -> list[ReadSymbol]:
    """Read the QR symbols of a picture in any direction, from top to bottom.

    A crowded picture is read again in overlapping tiles, which costs some 0.2 s an A4 page at 300
    dpi. A text that occurs twice at different places is returned twice.
    """
    pixels = np.asarray(picture.convert("L") if isinstance(picture, Image.Image) else picture)
    found = _read(pixels, (0, 0))
    if len(found) >= _CROWDED:
        for top in _starts(pixels.shape[0]):
            for left in _starts(pixels.shape[1]):
                tile = pixels[top : top + _TILE, left : left + _TILE]
                found += _read(np.ascontiguousarray(tile), (left, top))
    return sorted(_distinct(found), key=lambda symbol: symbol.position[::-1])


def read_elements(picture: Picture) -> list[str]:
    """Read the GS1-128 symbols of a picture: the elements of each, Application Identifier first."""
    pixels = np.asarray(picture.convert("L") if isinstance(picture, Image.Image) else picture)
    return [
        barcode.text
        for barcode in zxingcpp.read_barcodes(
            pixels, formats=_CODE_128, text_mode=zxingcpp.TextMode.Plain
        )
        if barcode.symbology_identifier == _GS1_128
    ]


def _starts(length: int) -> range:
    return range(0, max(length - _OVERLAP, 1), _TILE - _OVERLAP)


def _read(pixels: NDArray[np.uint8], origin: tuple[int, int]) -> list[ReadSymbol]:
    symbols = []
    for barcode in zxingcpp.read_barcodes(
        pixels, formats=_QR_CODE, text_mode=zxingcpp.TextMode.Plain
    ):
        place = barcode.position
        corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
        x = sum(corner.x for corner in corners) // 4 + origin[0]
        y = sum(corner.y for corner in corners) // 4 + origin[1]
        symbols.append(ReadSymbol(text=barcode.text, position=(x, y)))
    return symbols


def _distinct(symbols: Sequence[ReadSymbol]) -> list[ReadSymbol]:
    """Drop symbols that were read at the same place before."""
    places: dict[str, list[tuple[int, int]]] = {}
    kept = []
    for symbol in symbols:
        x, y = symbol.position
        earlier = places.setdefault(symbol.text, [])
        if all(max(abs(x - left), abs(y - top)) > _SAME_WITHIN for left, top in earlier):
            earlier.append(symbol.position)
            kept.append(symbol)
    return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBack:
    """The outcome of reading a print file: how many labels were right, which were not.

    `wrong` holds (page, position on the page, expected text), pages and positions from 0.
    """

    right: int
    wrong: tuple[tuple[int, int, str], ...]


def rasterise(source: bytes | Path, page: int, *, dpi: float) -> NDArray[np.uint8]:
    """Render one page of a PDF in shades of grey, (height, width); pages count from 0."""
    with _PDFIUM:
        document = pypdfium2.PdfDocument(source)
        try:
            bitmap = document[page].render(scale=dpi / 72, grayscale=True)
            pixels: NDArray[np.uint8] = bitmap.to_numpy().reshape(bitmap.height, -1).copy()
        finally:
            document.close()
    return pixels


def read_back(
    source: bytes | Path,
    layout: Layout,
    expected: Mapping[int, Sequence[str]],
    *,
    dpi: int = 300,
    elements: Mapping[str, str] | None = None,
) -> ReadBack:
    """Rasterise pages of a print file and compare each label's symbol with its text.

    `expected` has, for each page to check, the texts in order of the labels' positions; an empty
    text expects an empty label. Each label is read alone, so a right symbol in a wrong place does
    not pass. `elements` has, by those texts, what the GS1-128 symbol on the same label says.
    Some 0.3 s a sheet.
    """
    # More dots than this only cost time: a module has five already.
    dots = PRINTER_DPI[min(dpi, 300)]
    per_mm = dots / 25.4
    width, height = (int(side * per_mm) for side in layout.label)
    corners = label_corners(layout, dpi=min(dpi, 300))
    right = 0
    wrong = []
    for page, texts in expected.items():
        pixels = rasterise(source, page, dpi=dots)
        for position, text in enumerate(texts):
            x, y = corners[position]
            label = np.ascontiguousarray(pixels[y : y + height, x : x + width])
            is_right = [symbol.text for symbol in _read(label, (x, y))] == ([text] if text else [])
            if is_right and text and elements is not None:
                is_right = read_elements(label) == [elements[text]]
            if is_right:
                right += 1
            else:
                wrong.append((page, position, text))
    return ReadBack(right=right, wrong=tuple(wrong))
