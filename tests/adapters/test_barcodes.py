# SPDX-License-Identifier: Apache-2.0
"""Pictures from strangers: read when they hold a symbol, refused by content, size and damage."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageFilter, ImageOps

from trueorigin.adapters.barcodes import (
    PIXELS_MAX,
    decode_image,
    read_photo,
    read_symbols,
)
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.qr import encode

URL = "https://TRUEORIG.CN/01/09506000134352/21/0123456789ABCDEF"


def symbol(text: str, scale: int) -> Image.Image:
    modules = np.kron(np.pad(encode(text).modules, 4), np.ones((scale, scale), np.bool_))
    return Image.fromarray(np.where(modules, 20, 235).astype(np.uint8))


def photo(*texts: str, size: tuple[int, int] = (1600, 1200), scale: int = 8) -> Image.Image:
    noise = np.random.default_rng(2).normal(120, 10, (size[1], size[0]))
    picture = Image.fromarray(noise.clip(0, 255).astype(np.uint8))
    for index, text in enumerate(texts):
        label = symbol(text, scale).rotate(13, expand=True, fillcolor=235)
        picture.paste(label, (60 + index * (label.width + 40), 80))
    return picture.filter(ImageFilter.GaussianBlur(1))


def encoded(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_tilted_label_in_a_photograph_is_read(kind: str) -> None:
    (read,) = read_photo(encoded(photo(URL), kind))
    assert read.text == URL


def test_two_labels_in_one_photograph_are_both_read_with_their_places() -> None:
    left, right = sorted(
        read_symbols(photo(URL, URL[:-1] + "0")), key=lambda found: found.position[0]
    )
    assert (left.text, right.text) == (URL, URL[:-1] + "0")
    assert abs(left.position[0] - 300) < 100
    assert right.position[0] > left.position[0] + 300


def test_a_small_label_in_a_large_photograph_is_read_from_all_its_pixels() -> None:
    picture = encoded(photo(URL, size=(4000, 3000), scale=3), "JPEG")
    assert decode_image(picture, draft=True).size == (2000, 1500)
    assert [read.text for read in read_photo(picture)] == [URL]


def test_a_photograph_without_symbol_gives_nothing() -> None:
    assert read_photo(encoded(photo(), "JPEG")) == []
    assert read_photo(encoded(photo(size=(4000, 3000)), "JPEG")) == []


def test_other_barcodes_are_not_symbols_of_ours() -> None:
    assert read_symbols(np.full((200, 200), 255, np.uint8)) == []


def test_a_crowded_picture_is_read_whole_and_each_symbol_once() -> None:
    texts = [f"{URL[:-2]}{index:02d}" for index in range(99)]
    texts.append(texts[0])
    sheet = Image.new("L", (2000, 2000), 255)
    for index, text in enumerate(texts):
        sheet.paste(symbol(text, 4), (index % 10 * 200, index // 10 * 200))
    read = read_symbols(sheet)
    assert [found.text for found in read] == texts
    assert read[0].position[0] < read[1].position[0]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "1", "CMYK"])
def test_every_colour_mode_is_read(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    picture = encoded(photo(URL).convert(mode), kind)
    assert [read.text for read in read_photo(picture)] == [URL]


@pytest.mark.parametrize("mode", ["LA", "RGBA", "PA"])
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_label_drawn_on_nothing_is_read_as_on_white_paper(mode: str, kind: str) -> None:
    """What programs export: black modules, and black that cannot be seen for all between."""
    ink = ImageOps.invert(symbol(URL, 8))
    black = Image.new("L", ink.size, 0)
    drawn = Image.merge("LA", (black, ink))
    if mode == "PA":
        drawn = Image.merge("RGBA", (black, black, black, ink)).quantize(4)
        assert drawn.mode == "P"
        assert drawn.has_transparency_data
    elif mode == "RGBA":
        drawn = drawn.convert("RGBA")
    out = io.BytesIO()
    drawn.save(out, kind, **({"lossless": True, "exact": True} if kind == "WEBP" else {}))
    assert [read.text for read in read_photo(out.getvalue())] == [URL]


def test_a_picture_of_65536_shades_is_read() -> None:
    """What scanners make: its darkest shade is lighter than the lightest of 256."""
    shades = np.asarray(symbol(URL, 8)).astype(np.uint16) * 200 + 3000
    picture = Image.fromarray(shades)
    assert picture.mode == "I;16"
    assert [read.text for read in read_photo(encoded(picture, "PNG"))] == [URL]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"hello", id="text"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", id="svg"),
        pytest.param(b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", id="gif"),
        pytest.param(b"%PDF-1.7\n", id="pdf"),
        pytest.param(b"II*\x00" + bytes(60), id="tiff"),
    ],
)
def test_what_is_not_a_photograph_is_refused_whatever_its_name(data: bytes) -> None:
    with pytest.raises(InvalidError) as refused:
        decode_image(data)
    assert refused.value.code == "image_type"
    assert refused.value.field == "photo"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_cut_off_photograph_is_refused_as_broken(kind: str) -> None:
    whole = encoded(photo(URL), kind)
    with pytest.raises(InvalidError) as refused:
        read_photo(whole[: len(whole) // 3])
    assert refused.value.code == "image_broken"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("seed", range(12))
def test_damaged_bytes_are_read_or_refused_and_nothing_else(kind: str, seed: int) -> None:
    data = bytearray(encoded(photo(URL, size=(400, 400), scale=5), kind))
    for at in np.random.default_rng(seed).integers(0, len(data), 25):
        data[at] ^= 0x5A
    try:
        decode_image(bytes(data))
    except InvalidError as refused:
        assert refused.code in {"image_type", "image_broken", "image_too_large"}  # noqa: PT017 either may happen


def png_claiming(width: int, height: int) -> bytes:
    """Return a small PNG whose header claims any size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [7142, 20_000, 2**31 - 1])
def test_a_pixel_bomb_is_refused_before_it_is_decoded(side: int) -> None:
    with pytest.raises(InvalidError) as refused:
        decode_image(png_claiming(side, side))
    assert refused.value.code == "image_too_large"
    assert refused.value.params == {"limit": PIXELS_MAX}
    assert 7141 * 7141 <= PIXELS_MAX < 7142 * 7142
