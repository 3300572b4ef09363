# SPDX-License-Identifier: Apache-2.0
"""GS1 identifiers against published examples, an independent library, and every kind of slip."""

import biip.checksums
import biip.sscc
import pytest

from trueorigin.domain import gs1
from trueorigin.domain.errors import InvalidError


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        pytest.param("629104150021", "3", id="gtin-13-of-gs1's-check-digit-page"),
        pytest.param("61414112345", "2", id="gtin-12"),
        pytest.param("690123456789", "2", id="chinese-example"),
        pytest.param("0950600013435", "2", id="gtin-14-of-gs1's-digital-link-examples"),
        pytest.param("10614141234567890", "8", id="sscc"),
        pytest.param("9638507", "4", id="gtin-8"),
        pytest.param("0", "0", id="zero"),
        pytest.param("1", "7", id="one"),
    ],
)
def test_check_digit_of_published_numbers(digits: str, expected: str) -> None:
    assert gs1.check_digit(digits) == expected
    assert gs1.has_check_digit(digits + expected)


@pytest.mark.parametrize("length", range(1, 20))
def test_check_digit_equals_an_independent_library_at_every_length(length: int) -> None:
    for seed in range(20):
        digits = str((seed * 7_919 + 1) ** 7).zfill(length)[-length:]
        assert gs1.check_digit(digits) == str(biip.checksums.gs1_standard_check_digit(digits))


@pytest.mark.parametrize("text", ["", "12a", "１２", "²", "٣", " 1", "-1"])
def test_only_digits_have_a_check_digit(text: str) -> None:
    with pytest.raises(ValueError, match="only digits"):
        gs1.check_digit(text)
    assert not gs1.has_check_digit(text)


def test_every_single_wrong_digit_is_noticed() -> None:
    gtin = "09506000134352"
    for at in range(14):
        for digit in set("0123456789") - {gtin[at]}:
            assert not gs1.has_check_digit(gtin[:at] + digit + gtin[at + 1 :])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("96385074", "00000096385074", id="8"),
        pytest.param("614141123452", "00614141123452", id="12"),
        pytest.param("6901234567892", "06901234567892", id="13"),
        pytest.param("16901234567899", "16901234567899", id="14-with-indicator"),
        pytest.param(" 690-1234 5678-92 ", "06901234567892", id="spaces-and-hyphens"),
    ],
)
def test_gtin_is_stored_with_14_digits(text: str, expected: str) -> None:
    assert gs1.normalise_gtin(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("690123456", id="9-digits"),
        pytest.param("069012345678921", id="15-digits"),
        pytest.param("690123456789X", id="letter"),
        pytest.param("６９０１２３４５６７８９２", id="full-width-digits"),
        pytest.param("٦٩٠١٢٣٤٥٦٧٨٩٢", id="arabic-digits"),
        pytest.param("0" * 14, id="zeros"),
        pytest.param("0" * 8, id="eight-zeros"),
        pytest.param("<script>alert(1)</script>", id="html"),
        pytest.param("6901234567892'; DROP TABLE unit", id="sql"),
        pytest.param("6901234567892" + " " * 100, id="endless"),
        pytest.param("6901234567892\n", id="line-feed"),
    ],
)
def test_malformed_gtin_is_refused(text: str) -> None:
    with pytest.raises(InvalidError) as caught:
        gs1.normalise_gtin(text, field="product.gtin")
    assert caught.value.code == "gtin_malformed"
    assert caught.value.field == "product.gtin"
    assert caught.value.params == {"given": text[:40]}


def test_wrong_check_digit_names_the_right_one() -> None:
    with pytest.raises(InvalidError) as caught:
        gs1.normalise_gtin("6901234567893")
    assert caught.value.code == "gtin_check_digit"
    assert caught.value.field == "gtin"
    assert caught.value.params == {"given": "6901234567893", "digit": "3", "expected": "2"}


def test_charset_82_has_82_characters() -> None:
    assert len(gs1.CHARSET_82) == 82
    text = "".join(sorted(gs1.CHARSET_82))
    assert gs1.check_charset82(text, field="lot", length_max=82) == text


@pytest.mark.parametrize(
    ("text", "character", "position"),
    [
        pytest.param("LOT 1", " ", 4, id="space"),
        pytest.param("批次1", "批", 1, id="chinese"),
        pytest.param("A#1", "#", 2, id="number-sign"),
        pytest.param("A\x00", "U+0000", 2, id="null"),
        pytest.param("A\x1dB", "U+001D", 2, id="group-separator"),
        pytest.param("AB\u202e", "U+202E", 3, id="right-to-left-override"),
    ],
)
def test_foreign_character_is_named_with_its_place(
    text: str, character: str, position: int
) -> None:
    with pytest.raises(InvalidError) as caught:
        gs1.check_charset82(text, field="lot")
    assert caught.value.code == "gs1_characters"
    assert caught.value.field == "lot"
    assert caught.value.params == {"character": character, "position": position}


@pytest.mark.parametrize("length", [0, 21, 1_000_000])
def test_lot_of_wrong_length_is_refused(length: int) -> None:
    with pytest.raises(InvalidError) as caught:
        gs1.check_charset82("L" * length, field="lot")
    assert caught.value.code == "gs1_length"
    assert caught.value.params == {"length": length, "max": 20}


def test_lot_of_20_characters_is_allowed() -> None:
    assert gs1.check_charset82("L" * 20, field="lot") == "L" * 20


@pytest.mark.parametrize("prefix", ["6901", "0614141", "690123456789"])
def test_company_prefix_is_accepted(prefix: str) -> None:
    assert gs1.check_company_prefix(prefix) == prefix


@pytest.mark.parametrize("prefix", ["", "690", "6901234567890", "69O1", "６９０１", "69 01"])
def test_malformed_company_prefix_is_refused(prefix: str) -> None:
    with pytest.raises(InvalidError) as caught:
        gs1.check_company_prefix(prefix)
    assert caught.value.code == "company_prefix_malformed"
    assert caught.value.params == {"given": prefix, "min": 4, "max": 12}


@pytest.mark.parametrize("prefix", ["0212345", "0412345", "2345678", "0000000", "00000001"])
def test_prefix_of_restricted_circulation_is_refused(prefix: str) -> None:
    with pytest.raises(InvalidError) as caught:
        gs1.check_company_prefix(prefix, field="prefix")
    assert caught.value.code == "company_prefix_restricted"
    assert caught.value.field == "prefix"


@pytest.mark.parametrize(
    ("prefix", "reference", "expected"),
    [
        pytest.param("0614141", 1_234_567_890, "106141412345678908", id="published"),
        pytest.param("0614141", 0, "006141410000000005", id="first"),
        pytest.param("0614141", 9_999_999_999, "906141419999999997", id="last"),
        pytest.param("690123456789", 99_999, "969012345678999993", id="longest-prefix"),
        pytest.param("6901", 10**13 - 1, "969019999999999991", id="shortest-prefix"),
    ],
)
def test_sscc_is_built_and_split(prefix: str, reference: int, expected: str) -> None:
    built = gs1.build_sscc(prefix, reference)
    assert built == expected
    assert gs1.is_sscc(built)
    assert gs1.check_sscc(built) == built
    assert gs1.split_sscc(built, prefix) == reference
    assert biip.sscc.Sscc.parse(built).extension_digit == int(expected[0])


@pytest.mark.parametrize(("prefix", "capacity"), [("6901", 10**13), ("690123456789", 10**5)])
def test_capacity_is_what_the_digits_leave(prefix: str, capacity: int) -> None:
    assert gs1.sscc_capacity(prefix) == capacity
    gs1.build_sscc(prefix, capacity - 1)
    for beyond in (capacity, -1):
        with pytest.raises(ValueError, match="beyond prefix"):
            gs1.build_sscc(prefix, beyond)


def test_neighbouring_references_give_different_ssccs() -> None:
    built = {gs1.build_sscc("690123456789", reference) for reference in range(10_000)}
    assert len(built) == 10_000


@pytest.mark.parametrize(
    "text", ["", "106141412345678907", "10614141234567890", "1061414123456789080", "X" * 18]
)
def test_what_is_no_sscc(text: str) -> None:
    assert not gs1.is_sscc(text)
    assert gs1.split_sscc(text, "0614141") is None


def test_sscc_of_another_prefix_has_no_reference() -> None:
    assert gs1.split_sscc("106141412345678908", "0614142") is None


def test_refused_sscc_says_why() -> None:
    with pytest.raises(InvalidError) as caught:
        gs1.check_sscc("10614141234567890")
    assert caught.value.code == "sscc_malformed"
    with pytest.raises(InvalidError) as caught:
        gs1.check_sscc("106141412345678907")
    assert caught.value.code == "sscc_check_digit"
    assert caught.value.params == {"given": "106141412345678907", "expected": "8"}
