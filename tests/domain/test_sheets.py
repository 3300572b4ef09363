# SPDX-License-Identifier: Apache-2.0
"""Labels lie on their sheet, symbols on their labels, and advice names what is wrong."""

import pytest

from trueorigin.domain.errors import InvalidError
from trueorigin.domain.sheets import (
    LAYOUTS,
    PRINTER_DPI,
    QUIET_ZONE_MODULES,
    X_DIMENSION_MM_MAX,
    X_DIMENSION_MM_MIN,
    Layout,
    Printing,
    advise,
    dots_per_module_min,
    get_layout,
    label_corners,
    page_dots,
    place_symbol,
)

every_layout = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=lambda layout: layout.name)


@every_layout
@pytest.mark.parametrize("dpi", PRINTER_DPI)
def test_labels_lie_on_the_page_and_apart(layout: Layout, dpi: int) -> None:
    width, height = page_dots(layout, dpi=dpi)
    wide, high = (side * PRINTER_DPI[dpi] / 25.4 for side in layout.label)
    corners = label_corners(layout, dpi=dpi)
    assert len(corners) == len(set(corners)) == layout.per_page
    for x, y in corners:
        assert x >= 0
        assert y >= 0
        assert x + wide <= width + 1
        assert y + high <= height + 1
    if layout.columns > 1:
        assert corners[1][0] - corners[0][0] >= wide - 1
    if layout.rows > 1:
        assert corners[layout.columns][1] - corners[0][1] >= high - 1


@every_layout
@pytest.mark.parametrize("dpi", PRINTER_DPI)
def test_item_symbol_with_quiet_zone_is_inside_its_label_and_clear_of_the_text(
    layout: Layout, dpi: int
) -> None:
    placed = place_symbol(layout, 29, dpi=dpi)
    width, height = (side * PRINTER_DPI[dpi] / 25.4 for side in layout.label)
    quiet = QUIET_ZONE_MODULES * placed.dots_per_module
    left, top = placed.symbol
    assert left - quiet >= 0
    assert top - quiet >= 0
    assert left + placed.side + quiet <= width
    assert top + placed.side + quiet <= height
    text_left, text_top, text_width, text_height = placed.text
    is_right = text_left >= left + placed.side + quiet
    is_below = text_top >= top + placed.side + quiet
    assert is_right or is_below
    assert text_left + text_width <= width
    assert text_top + text_height <= height
    assert text_width > 0
    assert text_height > 0
    assert X_DIMENSION_MM_MIN <= placed.x_dimension_mm <= X_DIMENSION_MM_MAX


@every_layout
@pytest.mark.parametrize("dpi", PRINTER_DPI)
@pytest.mark.parametrize("modules", [25, 29, 37, 53, 65])
def test_a_plain_label_has_its_quiet_zone_and_no_text_in_it(
    layout: Layout, dpi: int, modules: int
) -> None:
    try:
        usual = place_symbol(layout, modules, dpi=dpi)
    except InvalidError:
        with pytest.raises(InvalidError, match="label_too_small"):
            place_symbol(layout, modules, dpi=dpi, is_plain=True)
        return
    placed = place_symbol(layout, modules, dpi=dpi, is_plain=True)
    assert placed.dots_per_module >= 0.9 * usual.dots_per_module
    assert X_DIMENSION_MM_MIN <= placed.x_dimension_mm <= X_DIMENSION_MM_MAX
    if not placed.is_strip:
        assert placed == usual
        return
    width, height = (side * PRINTER_DPI[dpi] / 25.4 for side in layout.label)
    quiet = QUIET_ZONE_MODULES * placed.dots_per_module
    left, top = placed.symbol
    assert min(left, top) >= quiet
    assert max(left, top) + placed.side + quiet <= max(width, height)
    # In the middle, to the dot.
    assert abs(2 * left + placed.side - width) <= 2
    text_left, text_top, text_width, text_height = placed.text
    assert text_top >= top + placed.side + quiet
    assert 0 <= text_left <= text_left + text_width <= width
    assert 0 < text_height <= text_top + text_height <= height


def test_a_plain_label_mostly_has_a_larger_symbol() -> None:
    for name, dots in (("roll-60x40", (8, 10)), ("roll-40x30", (5, 7)), ("a4-21", (9, 10))):
        usual = place_symbol(LAYOUTS[name], 29, dpi=300)
        plain = place_symbol(LAYOUTS[name], 29, dpi=300, is_plain=True)
        assert (usual.dots_per_module, plain.dots_per_module) == dots, name
    printing = Printing(dpi=300, layout=LAYOUTS["roll-40x30"], is_plain=True)
    assert advise("https://a.cn", 16, printing=printing).dots_per_module == 7


def test_a_bigger_label_gets_a_bigger_symbol() -> None:
    small = place_symbol(LAYOUTS["a4-65"], 29, dpi=600)
    large = place_symbol(LAYOUTS["a4-24"], 29, dpi=600)
    assert large.x_dimension_mm > small.x_dimension_mm


def test_a_symbol_too_big_for_its_label_is_refused_with_the_side_it_needs() -> None:
    with pytest.raises(InvalidError) as refused:
        place_symbol(LAYOUTS["a4-65"], 53, dpi=300)
    assert refused.value.code == "label_too_small"
    assert refused.value.params == {"needed": "27.8", "has": "21.2"}
    assert place_symbol(LAYOUTS["a4-40"], 53, dpi=300).dots_per_module == 5


@pytest.mark.parametrize(("dpi", "dots"), [(203, 4), (300, 5), (600, 10), (1200, 19)])
def test_fewest_dots_that_meet_gs1(dpi: int, dots: int) -> None:
    assert dots_per_module_min(dpi) == dots
    assert dots * 25.4 / PRINTER_DPI[dpi] >= X_DIMENSION_MM_MIN
    assert (dots - 1) * 25.4 / PRINTER_DPI[dpi] < X_DIMENSION_MM_MIN


def test_unknown_dpi_and_layout_are_refused() -> None:
    with pytest.raises(InvalidError, match="dpi_unknown"):
        dots_per_module_min(72)
    with pytest.raises(InvalidError, match="layout_unknown"):
        get_layout("a4-1")
    assert get_layout("a4-65").per_page == 65


def test_advice_for_the_usual_item() -> None:
    advice = advise("https://trueorig.cn", 16)
    assert (advice.version, advice.modules, advice.dots_per_module) == (3, 29, 5)
    assert advice.footprint_mm == pytest.approx(37 * 5 * 25.4 / 300)
    assert advice.symbol_mm == pytest.approx(29 * 5 * 25.4 / 300)
    assert advice.passes
    assert advice.reasons == ()
    assert advice.characters_spare == 0


@pytest.mark.parametrize(
    ("dpi", "dots", "reasons"),
    [
        (203, 4, ()),
        (203, 3, ("x_dimension_small",)),
        (300, 5, ()),
        (300, 4, ("x_dimension_small",)),
        (600, 10, ()),
        (600, 24, ("x_dimension_large",)),
    ],
)
def test_advice_on_dots(dpi: int, dots: int, reasons: tuple[str, ...]) -> None:
    advice = advise("https://a.cn", 16, printing=Printing(dpi=dpi, dots_per_module=dots))
    assert advice.reasons == reasons
    assert advice.passes is not bool(reasons)


@pytest.mark.parametrize("host", ["a.cn", "trueorig.cn", "trueorigin.example", "a" * 60])
def test_spare_and_excess_characters_are_where_the_version_changes(host: str) -> None:
    advice = advise(f"https://{host}", 16)
    longest = host + "A" * advice.characters_spare
    assert advise(f"https://{longest}", 16).version == advice.version
    assert advise(f"https://{longest}AA", 16).version == advice.version + 1
    if advice.characters_excess < len(host):
        shorter = host[: len(host) - advice.characters_excess - 1]
        assert advise(f"https://{shorter}", 16).version == advice.version - 1


def test_advice_on_a_layout_uses_its_symbol_size() -> None:
    printing = Printing(dpi=300, layout=LAYOUTS["a4-24"])
    assert advise("https://a.cn", 16, printing=printing).dots_per_module == 10


def test_advice_says_when_a_shorter_host_or_fewer_dots_would_fit() -> None:
    tiny = Layout(
        name="tiny",
        page=(18.0, 18.0),
        columns=1,
        rows=1,
        label=(18.0, 18.0),
        origin=(0.0, 0.0),
        pitch=(18.0, 18.0),
    )
    advice = advise("https://trueorigin.cn", 16, printing=Printing(layout=tiny))
    assert advice.reasons == ("label_too_small", "host_long")
    assert advise("https://a.cn", 16, printing=Printing(layout=tiny)).passes
    large = advise("https://a.cn", 16, printing=Printing(layout=tiny, dots_per_module=6))
    assert "label_too_small" in large.reasons


def test_advice_beyond_any_symbol_is_refused() -> None:
    with pytest.raises(InvalidError, match="symbol_too_large"):
        advise("https://" + "a" * 4000, 16)
