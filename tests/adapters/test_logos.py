# SPDX-License-Identifier: Apache-2.0
"""Logos are cut to what they show, keep their colours on paper, and are known in black dots."""

import io

import numpy as np
import pytest
from PIL import Image
from tests.drawn_logos import LOGOS, RED, draw_white, make_logo

from trueorigin.adapters.logos import Logo, blacken_logo, encode_logo, open_logo, scale_logo
from trueorigin.domain.errors import InvalidError


def test_empty_margins_are_cut_off_and_what_is_transparent_is_paper() -> None:
    logo = make_logo("seal")
    assert logo.size == (200, 200)
    assert tuple(logo.pixels[100, 4]) == RED
    assert tuple(logo.pixels[0, 0]) == (255, 255, 255)


def test_a_logo_that_nobody_would_see_is_refused() -> None:
    with pytest.raises(InvalidError) as refused:
        open_logo(draw_white())
    assert (refused.value.code, refused.value.field) == ("logo_blank", "design")


def test_a_huge_logo_is_kept_small() -> None:
    out = io.BytesIO()
    Image.new("RGB", (2048, 1024), RED).save(out, "PNG")
    assert open_logo(out.getvalue()).size == (1000, 500)


def test_it_is_made_smaller_for_its_box_but_never_larger() -> None:
    logo = make_logo("seal")
    assert scale_logo(logo, (50, 50)).shape == (50, 50, 3)
    assert scale_logo(logo, (900, 900)).shape == (200, 200, 3)


@pytest.mark.parametrize("name", LOGOS)
def test_every_logo_is_seen_in_black_dots(name: str) -> None:
    dots = blacken_logo(make_logo(name), (120, 90))
    assert dots.shape == (90, 120)
    assert 0.05 < dots.mean() <= 1


def test_two_shades_are_split_cleanly_and_many_are_dithered() -> None:
    disc = blacken_logo(make_logo("pale"), (100, 100))
    assert disc[50, 5:95].all()
    assert not disc[:8, :8].any()
    picture = blacken_logo(make_logo("picture"), (300, 200))
    # From dense to sparse, with both black and white everywhere but at the ends.
    shares = [float(part.mean()) for part in np.array_split(picture, 10, axis=1)]
    assert shares == sorted(shares, reverse=True)
    assert 0.1 < shares[8] < 0.4
    assert 0.6 < shares[1] < 0.95


def test_one_shade_throughout_is_ink() -> None:
    assert blacken_logo(Logo(pixels=np.full((9, 9, 3), 90, np.uint8)), (20, 20)).all()


@pytest.mark.parametrize("is_black", [True, False])
def test_a_picture_for_drawings_is_small(is_black: bool) -> None:  # noqa: FBT001 - a parameter of the test
    for name in LOGOS:
        data = encode_logo(make_logo(name), (300, 200), is_black=is_black)
        assert len(data) < 20_000, name
        with Image.open(io.BytesIO(data)) as image:
            assert image.mode == ("1" if is_black else "P")
            assert image.width <= 300
            seen = np.asarray(image.convert("RGB")).min(axis=2) < 200
            assert seen.any()
