# SPDX-License-Identifier: Apache-2.0
"""GS1-128 symbols are those of another program, and another program reads them."""

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings, strategies as st

from trueorigin.domain.gs1 import CHARSET_82, build_sscc
from trueorigin.domain.gs1_128 import (
    CHARACTERS_MAX,
    QUIET_ZONE_MODULES,
    SSCC_MODULES,
    Bits,
    Element,
    draw_ssccs,
    encode,
    modules_of,
)

SSCC = Element(ai="00", value="395212345678901232")
GTIN = Element(ai="01", value="09521234000013")


def read(modules: Bits) -> list[tuple[str, str]]:
    """Return symbology identifier and data of what a reader finds in a picture of `modules`."""
    row = np.pad(1 - modules, QUIET_ZONE_MODULES, constant_values=1) * np.uint8(255)
    picture = np.ascontiguousarray(np.repeat(row[None], 60, axis=0).repeat(3, axis=1))
    found = zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.Plain)
    return [(each.symbology_identifier, each.text) for each in found]


def draw_elsewhere(text: str) -> Bits:
    """Draw what is printed below a symbol with another program."""
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128, gs1=True)
    image = np.array(zxingcpp.write_barcode_to_image(symbol, scale=1, add_quiet_zones=False))
    row: Bits = (image[len(image) // 2] < 128).astype(np.uint8)
    return row


def test_an_sscc_is_drawn_as_another_program_draws_it() -> None:
    symbol = encode([SSCC])
    assert symbol.text == "(00)395212345678901232"
    assert symbol.modules == SSCC_MODULES == 156
    assert np.array_equal(modules_of(symbol), draw_elsewhere(symbol.text))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**10 - 1))
def test_every_sscc_is_read_as_gs1_and_drawn_alike_alone_and_in_a_row(reference: int) -> None:
    sscc = build_sscc("9521234", reference)
    digits = np.frombuffer(sscc.encode(), np.uint8)[None]
    row = draw_ssccs(digits)[0]
    assert np.array_equal(row, modules_of(encode([Element(ai="00", value=sscc)])))
    assert read(row) == [("]C1", f"00{sscc}")]


@settings(max_examples=150, deadline=None)
@given(st.text(sorted(CHARSET_82), min_size=1, max_size=20))
def test_any_lot_is_read_back_and_never_longer_than_elsewhere(lot: str) -> None:
    symbol = encode([GTIN, Element(ai="10", value=lot)])
    assert read(modules_of(symbol)) == [("]C1", f"01{GTIN.value}10{lot}")]
    # Brackets in a value would be taken for those of an Application Identifier.
    if not set("()") & set(lot):
        assert symbol.modules <= len(draw_elsewhere(symbol.text))


@settings(max_examples=100, deadline=None)
@given(
    st.text(sorted(CHARSET_82), min_size=1, max_size=10),
    st.text(sorted(CHARSET_82), min_size=1, max_size=10),
)
def test_a_lot_before_a_serial_is_ended_by_a_separator(lot: str, serial: str) -> None:
    symbol = encode([GTIN, Element(ai="10", value=lot), Element(ai="21", value=serial)])
    assert read(modules_of(symbol)) == [("]C1", f"01{GTIN.value}10{lot}\x1d21{serial}")]


def test_no_separator_follows_what_has_a_length_of_its_own_or_is_last() -> None:
    dated = [GTIN, Element(ai="17", value="260131"), Element(ai="10", value="AB12")]
    assert read(modules_of(encode(dated))) == [("]C1", f"01{GTIN.value}17260131" + "10AB12")]


@pytest.mark.parametrize(
    "elements",
    [
        [],
        [Element(ai="0", value="1")],
        [Element(ai="0A", value="1")],
        [Element(ai="10", value="")],
        [Element(ai="10", value="批号")],
        [Element(ai="10", value="a b")],
        [Element(ai="10", value="A" * 20), Element(ai="21", value="B" * (CHARACTERS_MAX - 24))],
    ],
    ids=["nothing", "short-ai", "letter-ai", "empty", "chinese", "blank", "too-long"],
)
def test_what_gs1_128_cannot_hold_is_refused(elements: list[Element]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        encode(elements)


@pytest.mark.parametrize(
    "digits", [np.full((1, 17), 48, np.uint8), np.frombuffer(b"39521234567890123X", np.uint8)[None]]
)
def test_rows_that_are_no_ssccs_are_refused(digits: Bits) -> None:
    with pytest.raises(ValueError, match="digits"):
        draw_ssccs(digits)


def test_no_rows_are_drawn_as_no_symbols() -> None:
    assert draw_ssccs(np.empty((0, 18), np.uint8)).shape == (0, SSCC_MODULES)
