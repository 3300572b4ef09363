"""Pictures of strangers are drawn anew, whatever they are, or refused by name."""

import io

import numpy as np
import pytest
from PIL import Image
from tests.hostile_files import (
    BROKEN,
    DISGUISED,
    HTML,
    make_image,
    make_photo,
    make_png_bomb,
    make_profile,
    make_text_bomb,
)

from trueorigin.adapters.images import PIXELS_MAX, SIDE_MAX, redraw_image
from trueorigin.domain.errors import InvalidError


def _open(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(redraw_image(data).content))


def _is_red(pixel: object) -> bool:
    assert isinstance(pixel, tuple)
    return bool(pixel[0] > 150 and pixel[2] < 80)


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")],
)
def test_a_picture_keeps_its_type_and_look(kind: str, media_type: str) -> None:
    drawn = redraw_image(make_image(kind))
    assert (drawn.media_type, drawn.width, drawn.height) == (media_type, 60, 40)
    image = Image.open(io.BytesIO(drawn.content))
    assert image.format == kind
    assert _is_red(image.convert("RGB").getpixel((5, 5)))
    assert not _is_red(image.convert("RGB").getpixel((55, 5)))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photograph_stands_upright_and_says_nothing_of_its_maker(kind: str) -> None:
    photo = make_photo(6, kind=kind)
    assert b"SECRET" in photo
    drawn = redraw_image(photo)
    # Turned by 90 degrees clockwise: what was on the left is above.
    assert (drawn.width, drawn.height) == (40, 60)
    image = Image.open(io.BytesIO(drawn.content))
    assert _is_red(image.convert("RGB").getpixel((5, 5)))
    assert not _is_red(image.convert("RGB").getpixel((5, 55)))
    assert dict(image.getexif()) == {}
    assert not {"exif", "xmp", "icc_profile", "comment"} & image.info.keys()
    assert b"SECRET" not in drawn.content


def test_what_hangs_behind_a_picture_is_gone() -> None:
    for kind in ("PNG", "JPEG", "WEBP"):
        assert HTML not in redraw_image(make_image(kind) + HTML).content


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_drawn(mode: str) -> None:
    if mode == "I;16":
        source = Image.fromarray(np.full((8, 8), 200 * 256, dtype=np.uint16))
    else:
        source = Image.new("L", (8, 8), 200).convert(mode)
    target = io.BytesIO()
    source.save(target, "PNG")
    image = _open(target.getvalue())
    assert image.mode in {"L", "RGB", "RGBA"}
    shade = image.convert("L").getpixel((4, 4))
    assert shade == (255 if mode == "1" else 200)


def test_transparency_is_kept() -> None:
    image = Image.new("RGBA", (10, 10), (0, 0, 0, 0))
    target = io.BytesIO()
    image.save(target, "PNG")
    assert _open(target.getvalue()).getpixel((5, 5)) == (0, 0, 0, 0)


def test_printers_colours_become_those_of_a_screen() -> None:
    image = _open(make_image("JPEG", mode="CMYK"))
    assert image.mode == "RGB"
    assert _is_red(image.getpixel((5, 5)))


def test_an_own_colour_profile_is_applied_and_dropped() -> None:
    assert _is_red(_open(make_image("JPEG", icc_profile=make_profile())).getpixel((5, 5)))
    broken = make_image("JPEG", icc_profile=b"no profile" * 20)
    with pytest.raises(InvalidError, match="image_broken"):
        redraw_image(broken)


def test_a_large_picture_is_reduced_to_fit() -> None:
    for kind in ("PNG", "JPEG"):
        drawn = redraw_image(make_image(kind, size=(4096, 1024)))
        assert (drawn.width, drawn.height) == (SIDE_MAX, SIDE_MAX // 4)


def test_fifty_megapixels_are_taken_and_one_row_too_many_is_not() -> None:
    assert PIXELS_MAX >= 8192 * 6144
    width, height = 8000, PIXELS_MAX // 8000
    assert redraw_image(make_png_bomb(width, height)).width == SIDE_MAX
    with pytest.raises(InvalidError) as caught:
        redraw_image(make_png_bomb(width, height + 1))
    assert (caught.value.code, caught.value.params) == ("image_too_large", {"limit": PIXELS_MAX})


@pytest.mark.parametrize(
    "size",
    [
        pytest.param((10_000, 10_000), id="100 megapixels"),
        pytest.param((60_000, 20_000), id="1200 megapixels"),
        pytest.param((2**31 - 1, 1), id="one endless row"),
    ],
)
def test_a_bomb_is_refused_before_it_is_unpacked(size: tuple[int, int]) -> None:
    bomb = make_png_bomb(size[0], 1) if size[1] == 1 else make_png_bomb(*size)
    with pytest.raises(InvalidError, match="image_too_large"):
        redraw_image(bomb)


def test_a_comment_that_unpacks_to_200_mb_is_refused() -> None:
    bomb = make_text_bomb()
    assert len(bomb) < 300_000
    with pytest.raises(InvalidError, match="image_"):
        redraw_image(bomb)


@pytest.mark.parametrize("name", DISGUISED)
def test_another_type_is_refused(name: str) -> None:
    with pytest.raises(InvalidError) as caught:
        redraw_image(DISGUISED[name](), field="logo")
    assert (caught.value.code, caught.value.field) == ("image_type", "logo")


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_picture_is_refused(name: str) -> None:
    with pytest.raises(InvalidError) as caught:
        redraw_image(BROKEN[name]())
    assert caught.value.code in {"image_broken", "image_type"}
