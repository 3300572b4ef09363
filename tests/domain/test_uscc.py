"""统一社会信用代码: the check character of GB 32100-2015 and what people type."""

import pytest
from hypothesis import given, strategies as st

from trueorigin.domain.errors import InvalidError
from trueorigin.domain.uscc import ALPHABET, check_character, normalise_uscc

# Published codes of well-known organisations.
REAL = [
    pytest.param("91440300708461136T", id="Tencent, Shenzhen"),
    pytest.param("914403001922038216", id="Huawei, Shenzhen"),
    pytest.param("91110000802100433B", id="Baidu, Beijing"),
    pytest.param("91330100799655058B", id="Alibaba, Hangzhou"),
    pytest.param("9111000010169286X1", id="Lenovo, Beijing"),
]


@pytest.mark.parametrize("code", REAL)
def test_published_codes_are_right(code: str) -> None:
    assert normalise_uscc(code) == code
    assert check_character(code[:17]) == code[17]


@pytest.mark.parametrize(
    "typed", [" 9144 0300 7084 6113 6t ", "91440300-70846113-6-T", "91440300708461136t\n"]
)
def test_blanks_hyphens_and_lower_case_are_mended(typed: str) -> None:
    assert normalise_uscc(typed) == "91440300708461136T"


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("", id="nothing"),
        pytest.param("91440300708461136", id="17 characters"),
        pytest.param("91440300708461136T0", id="19 characters"),
        pytest.param("9144030070846113IT", id="letter that is not used"),
        pytest.param("91A40300708461136T", id="letter in the place"),
        pytest.param("９１440300708461136T", id="full-width digits"),
        pytest.param("1" * 10**6, id="endless"),
        pytest.param("<script>alert(1)</s", id="markup"),
    ],
)
def test_another_form_is_refused(typed: str) -> None:
    with pytest.raises(InvalidError) as caught:
        normalise_uscc(typed)
    assert (caught.value.code, caught.value.field) == ("uscc_malformed", "uscc")


@given(place=st.integers(0, 17), symbol=st.sampled_from(ALPHABET))
def test_every_single_mistyped_character_is_noticed(place: int, symbol: str) -> None:
    code = "91440300708461136T"
    typed = code[:place] + symbol + code[place + 1 :]
    if typed == code:
        assert normalise_uscc(typed) == code
        return
    with pytest.raises(InvalidError) as caught:
        normalise_uscc(typed)
    assert caught.value.code in {"uscc_check", "uscc_malformed"}


@given(place=st.integers(0, 16))
def test_two_exchanged_neighbours_are_noticed(place: int) -> None:
    code = "91440300708461136T"
    typed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if typed == code:
        return
    with pytest.raises(InvalidError):
        normalise_uscc(typed)
