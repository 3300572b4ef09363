# SPDX-License-Identifier: Apache-2.0
"""Bars of GS1's measures at every printer's dots, and nothing on a logistic label overlaps."""

from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st

from trueorigin.domain.errors import InvalidError
from trueorigin.domain.gs1_128 import QUIET_ZONE_MODULES as BAR_QUIET, SSCC_MODULES
from trueorigin.domain.logistic import Area, bar_dots_min, place_logistic
from trueorigin.domain.sheets import LAYOUTS, PRINTER_DPI, QUIET_ZONE_MODULES

LARGE = ["a4-4", "a4-2", "letter-2", "roll-100x150", "roll-4x6in", "roll-a6", "roll-a5"]


def meet(one: Area, other: Area) -> bool:
    """Tell whether two boxes share a dot."""
    return all(
        one[axis] < other[axis] + other[axis + 2] and other[axis] < one[axis] + one[axis + 2]
        for axis in (0, 1)
    )


@pytest.mark.parametrize(("dpi", "dots"), [(203, 4), (300, 6), (600, 12), (1200, 24)])
def test_a_bar_is_the_fewest_whole_dots_that_gs1_allows(dpi: int, dots: int) -> None:
    assert bar_dots_min(dpi) == dots
    assert dots * 25.4 / PRINTER_DPI[dpi] >= 0.495 > (dots - 1) * 25.4 / PRINTER_DPI[dpi]


def test_an_unknown_printer_is_refused() -> None:
    with pytest.raises(InvalidError, match="dpi_unknown"):
        bar_dots_min(200)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(LARGE),
    st.sampled_from(sorted(PRINTER_DPI)),
    st.integers(1, 20).map(lambda version: 17 + 4 * version),
)
def test_everything_has_gs1s_measures_and_nothing_overlaps(
    name: str, dpi: int, modules: int
) -> None:
    layout, per_mm = LAYOUTS[name], PRINTER_DPI[dpi] / 25.4
    placed, frame = place_logistic(layout, modules, dpi=dpi)
    width, height = (int(side * per_mm) for side in layout.label)
    left, top, bars, high = frame.bars
    assert bars == SSCC_MODULES * frame.dots_per_module
    assert 0.495 <= frame.dots_per_module / per_mm <= 0.940
    assert (SSCC_MODULES + 2 * BAR_QUIET) * frame.dots_per_module / per_mm <= 165.1
    assert high / per_mm >= 31.75
    assert min(left, width - left - bars) >= BAR_QUIET * frame.dots_per_module
    quiet = QUIET_ZONE_MODULES * placed.dots_per_module
    whole = placed.side + 2 * quiet
    symbol = (placed.symbol[0] - quiet, placed.symbol[1] - quiet, whole, whole)
    assert 0.396 <= placed.x_dimension_mm <= 0.990
    boxes = [frame.head, *frame.rules, frame.bars, frame.digits, symbol, placed.text]
    for at, box in enumerate(boxes):
        assert min(box) > 0, (at, box)
        assert box[0] + box[2] <= width
        assert box[1] + box[3] <= height
        assert not any(meet(box, other) for other in boxes[:at]), at
    assert top + high < frame.digits[1]


@pytest.mark.parametrize(
    ("name", "side"),
    [
        pytest.param("roll-60x40", 0, id="narrower than the bars"),
        pytest.param("a4-8", 1, id="too low for bars and symbol"),
        pytest.param("letter-10", 1, id="far too low"),
    ],
)
def test_a_label_too_small_says_which_side_and_by_how_much(name: str, side: int) -> None:
    layout = LAYOUTS[name]
    with pytest.raises(InvalidError, match="label_too_small") as refused:
        place_logistic(layout, 49, dpi=300)
    needed = float(refused.value.params["needed"])
    assert float(refused.value.params["has"]) == round(layout.label[side], 1)
    width, height = (needed, 150.0) if side == 0 else (layout.label[0], needed)
    place_logistic(replace(layout, label=(width, height)), 49, dpi=300)
    smaller = (width - 1, height) if side == 0 else (width, height - 1)
    with pytest.raises(InvalidError, match="label_too_small"):
        place_logistic(replace(layout, label=smaller), 49, dpi=300)


def test_the_largest_symbol_fits_no_label() -> None:
    with pytest.raises(InvalidError, match="label_too_small"):
        place_logistic(LAYOUTS["roll-100x150"], 177, dpi=300)
