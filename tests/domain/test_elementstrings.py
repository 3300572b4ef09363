# SPDX-License-Identifier: Apache-2.0
"""GS1 element strings: the same as the link of the same elements, or refused by name."""

from random import Random

import pytest
from hypothesis import given, strategies as st

from trueorigin.domain import digitallink, humancode
from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.gs1 import check_digit
from trueorigin.domain.serials import ALPHABET

GTIN = "09506000134352"
SSCC = "106141412345678908"
SERIAL = "7K3M9QABCDEFGHJK"
CODE = humancode.build("1010", SERIAL)
GS = "\x1d"
ITEM = PrintedCode(gtin=GTIN, serial=SERIAL)
LOTTED = PrintedCode(gtin=GTIN, serial=SERIAL, lot="L-1/a")

_SERIALS = st.sampled_from((14, 16, 20)).flatmap(
    lambda n: st.text(ALPHABET, min_size=n, max_size=n)
)
# Of GS1's characters those that a link has too without being quoted.
_VALUES = st.text("ABCXYZabcxyz0123456789-._!*'", min_size=1, max_size=20).filter(
    lambda text: text.strip(".") != ""
)
_GTINS = st.text("0123456789", min_size=13, max_size=13).filter(lambda text: text.strip("0") != "")
# Elements that are of no interest: of lengths fixed by GS1, and of others that a separator ends.
_OTHERS = st.lists(
    st.sampled_from((("17", "301231"), ("3103", "001250"), ("410", "4012345000009"), ("20", "01")))
    | st.tuples(st.sampled_from(("240", "37", "8008", "91")), st.text("0129", min_size=1)),
    max_size=3,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"(01){GTIN}(21){SERIAL}", ITEM, id="as-printed"),
        pytest.param("(01) 0950 6000 1343 52 (21) 7K3M 9QAB CDEF GHJK", ITEM, id="spaced"),
        pytest.param(f"（01）{GTIN}（21）{SERIAL.lower()}", ITEM, id="full-width"),
        pytest.param(f"(01){GTIN}(10)L-1/a(21){SERIAL}", LOTTED, id="lot"),
        pytest.param(f"(21){SERIAL}(10)L-1/a(17)301231(01){GTIN}", LOTTED, id="any-order"),
        pytest.param(f"]d201{GTIN}21{SERIAL}", ITEM, id="datamatrix"),
        pytest.param(f"]Q301{GTIN}10L-1/a{GS}21{SERIAL}", LOTTED, id="qr"),
        pytest.param(f"{GS}01{GTIN}21{SERIAL}{GS}10L-1/a", LOTTED, id="separators-only"),
        pytest.param(f"01{GTIN}1730123121{SERIAL}", ITEM, id="nothing-but-digits-and-letters"),
        pytest.param(humancode.group(f"01{GTIN}21{SERIAL}"), ITEM, id="as-the-home-page-groups-it"),
        pytest.param(f"01{GTIN}21AB", PrintedCode(gtin=GTIN, serial="AB"), id="others-serial"),
        pytest.param(f"(00){SSCC}", PrintedCode(sscc=SSCC), id="sscc"),
        pytest.param(f"(00){SSCC}(02){GTIN}(37)24", PrintedCode(sscc=SSCC), id="sscc-and-more"),
        pytest.param(f"00{SSCC}02{GTIN}3724", PrintedCode(sscc=SSCC), id="sscc-and-more-sent"),
        pytest.param(f"]d2{CODE}", PrintedCode(prefix="1010", serial=SERIAL), id="code"),
    ],
)
def test_element_string_is_read(text: str, expected: PrintedCode) -> None:
    assert digitallink.parse_code(text, hosts=()) == expected
    assert digitallink.parse_public_code(text, hosts=()) == expected


@pytest.mark.parametrize(
    ("text", "code", "reason", "part"),
    [
        (f"(01){GTIN}", "serial_missing", None, None),
        (f"]C101{GTIN}", "serial_missing", None, None),
        (f"(01){GTIN}(10)L1", "serial_missing", None, None),
        (f"(01){GTIN[:-1]}3(21){SERIAL}", "gtin_check_digit", None, None),
        (f"(01){GTIN[1:]}(21){SERIAL}", "gtin_shortened", None, None),
        (f"(01){GTIN}(21)七", "gs1_characters", None, None),
        (f"(01){GTIN}(21){'A' * 21}", "gs1_length", None, None),
        (f"(00){SSCC[:-1]}7", "sscc_check_digit", None, None),
        (f"(01){GTIN}(21)", "element_string_malformed", "empty", "21"),
        (f"(01){GTIN}(21)A(21)B", "element_string_malformed", "duplicate", "21"),
        (f"(00){SSCC}(01){GTIN}(21)A", "element_string_malformed", "keys", "(00)(01)(21)"),
        (f"(00){SSCC}(21)A", "element_string_malformed", "keys", "(00)(21)"),
        (f"(21){SERIAL}", "element_string_malformed", "keys", "(21)"),
        (f"01{GTIN}10LOT2024-0121{SERIAL}", "element_string_malformed", "separator", "10"),
        (f"]d201{GTIN[:-2]}", "element_string_malformed", "short", "01"),
        (f"]d201{GTIN}?\x00", "element_string_malformed", "identifier", "??"),
    ],
)
def test_what_no_link_would_say_is_refused(
    text: str, code: str, reason: str | None, part: str | None
) -> None:
    with pytest.raises(InvalidError) as caught:
        digitallink.parse_code(text, hosts=())
    assert (caught.value.code, caught.value.field) == (code, "code")
    assert reason is None or (caught.value.params["reason"], caught.value.params["part"]) == (
        reason,
        part,
    )


@given(_GTINS, _SERIALS | _VALUES, st.none() | _VALUES, st.none() | _VALUES, _OTHERS, st.randoms())
def test_elements_and_their_link_are_the_same(
    digits: str,
    serial: str,
    lot: str | None,
    variant: str | None,
    others: list[tuple[str, str]],
    random: Random,
) -> None:
    gtin = digits + check_digit(digits)
    told = [("01", gtin), ("22", variant), ("10", lot), ("21", serial)]
    told = [(number, value) for number, value in told if value is not None]
    expected = digitallink.parse_code("".join(f"/{a}/{b}" for a, b in told), hosts=())
    elements = [*told, *others]
    random.shuffle(elements)
    shown = "".join(f"({number}){value}" for number, value in elements)
    sent = "".join(f"{number}{value}{GS}" for number, value in elements)
    assert digitallink.parse_code(shown, hosts=()) == expected
    assert digitallink.parse_code(f"]d2{sent}", hosts=()) == expected
    assert digitallink.parse_code(f"]Q3{sent.removesuffix(GS)}", hosts=()) == expected


@given(st.text(ALPHABET, min_size=4, max_size=4), _SERIALS)
def test_no_code_of_ours_is_taken_for_elements(prefix: str, serial: str) -> None:
    code = humancode.build(prefix, serial)
    expected = PrintedCode(prefix=prefix, serial=serial)
    assert digitallink.parse_code(code, hosts=()) == expected
    assert digitallink.parse_code(f"]C1{code}", hosts=()) == expected
