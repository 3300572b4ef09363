# SPDX-License-Identifier: Apache-2.0
"""Whatever a person can scan, paste or type: read for what it is, or refused by name."""

from urllib.parse import quote

import pytest

from trueorigin.domain import digitallink, humancode
from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.serials import INVISIBLE

HOSTS = ("https://zy.example",)
GTIN = "06901234567892"
SSCC = "106141412345678908"
SERIAL = "7K3M9QABCDEFGHJK"
CODE = humancode.build("1010", SERIAL)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(CODE, PrintedCode(prefix="1010", serial=SERIAL), id="code"),
        pytest.param(
            humancode.group(CODE, " ").lower(),
            PrintedCode(prefix="1010", serial=SERIAL),
            id="code-as-typed",
        ),
        pytest.param(SERIAL, PrintedCode(serial=SERIAL), id="bare-serial"),
        pytest.param("0" * 14, PrintedCode(serial="0" * 14), id="bare-serial-of-digits"),
        pytest.param(SSCC, PrintedCode(sscc=SSCC), id="sscc"),
        pytest.param(f"00{SSCC}", PrintedCode(sscc=SSCC), id="sscc-with-its-identifier"),
        pytest.param(f"(00){SSCC}", PrintedCode(sscc=SSCC), id="sscc-as-printed"),
        pytest.param("(00) 1 0614141 234567890 8", PrintedCode(sscc=SSCC), id="sscc-spaced"),
        pytest.param(f"]C100{SSCC}", PrintedCode(sscc=SSCC), id="sscc-as-scanned"),
        pytest.param(f"]e000{SSCC}", PrintedCode(sscc=SSCC), id="sscc-of-another-symbol"),
        pytest.param(
            f"]Q1/C/{CODE}", PrintedCode(prefix="1010", serial=SERIAL), id="link-as-scanned"
        ),
        pytest.param("96385074" * 2, PrintedCode(serial="96385074" * 2), id="gtin-in-a-serial"),
    ],
)
def test_typed_code_is_read(text: str, expected: PrintedCode) -> None:
    assert digitallink.parse_code(text, hosts=()) == expected


@pytest.mark.parametrize("unseen", INVISIBLE, ids=lambda each: f"U+{ord(each):04X}")
def test_what_nobody_sees_of_a_code_makes_no_difference(unseen: str) -> None:
    """The iPhone's pinyin keyboard types U+2006, chats and pages wrap links in U+200B and marks."""
    printed = PrintedCode(prefix="1010", serial=SERIAL)
    typed = f"{unseen}{unseen.join(humancode.group(CODE, ' ').split(' '))}{unseen}"
    assert digitallink.parse_code(typed, hosts=HOSTS) == printed
    url = digitallink.build_group_url("https://zy.example", code=CODE)
    for pasted in (f"{unseen}{url}{unseen}", f"{url}{quote(unseen)}", f"{url}%20"):
        assert digitallink.parse_code(pasted, hosts=HOSTS) == printed
    assert digitallink.parse_code(f" {unseen} {SSCC}", hosts=HOSTS) == PrintedCode(sscc=SSCC)
    with pytest.raises(InvalidError, match="code_empty"):
        digitallink.parse_code(unseen * 3, hosts=HOSTS)


@pytest.mark.parametrize(
    ("text", "code", "params"),
    [
        pytest.param("", "code_empty", {}, id="empty"),
        pytest.param(" \n ", "code_empty", {}, id="white-space"),
        pytest.param("9" * 2_049, "code_too_long", {"max": 2_048}, id="endless"),
        pytest.param("7K3M", "code_malformed", {"reason": "length", "symbols": 4}, id="short"),
        pytest.param(
            "7" * 30, "code_malformed", {"reason": "length", "symbols": 30}, id="long-code"
        ),
        pytest.param(
            "真源",
            "code_malformed",
            {"reason": "character", "character": "真", "position": 1},
            id="chinese",
        ),
        pytest.param(
            "7K3M\x00",
            "code_malformed",
            {"reason": "character", "character": "?", "position": 5},
            id="null",
        ),
        pytest.param(
            "'; DROP TABLE unit; --",
            "code_malformed",
            {"reason": "character", "character": "'", "position": 1},
            id="sql",
        ),
        *(
            pytest.param(text, "serial_missing", {"gtin": gtin}, id=f"product-as-{text}")
            for text, gtin in (
                ("96385074", "96385074"),
                ("6 901234 567892", "6901234567892"),
                ("]E06901234567892", "6901234567892"),
                (f"(01){GTIN}", GTIN),
            )
        ),
        pytest.param("6901234567893", "code_malformed", None, id="product-mistyped"),
        pytest.param(SSCC[:-1] + "7", "sscc_check_digit", None, id="sscc-mistyped"),
        pytest.param("https://evil.example/", "foreign_url", {"host": "evil.example"}, id="url"),
    ],
)
def test_what_can_be_no_code_is_refused(
    text: str, code: str, params: dict[str, str | int] | None
) -> None:
    with pytest.raises(InvalidError) as caught:
        digitallink.parse_code(text, hosts=HOSTS)
    assert caught.value.code == code
    assert params is None or caught.value.params == params


@pytest.mark.parametrize(
    ("text", "code", "params"),
    [
        (SERIAL, "code_incomplete", {}),
        (humancode.group(CODE)[:19], "code_incomplete", {}),
        (GTIN, "serial_missing", {"gtin": GTIN}),
        (f"01{GTIN}", "serial_missing", {"gtin": GTIN}),
        ("06901234567893", "code_incomplete", {}),
    ],
)
def test_what_is_no_whole_code_says_nothing_of_goods(
    text: str, code: str, params: dict[str, str | int]
) -> None:
    """Whoever leaves the last group out, or types the number of the product, asks nothing yet."""
    assert digitallink.parse_code(text, hosts=()).serial is not None
    with pytest.raises(InvalidError) as caught:
        digitallink.parse_public_code(text, hosts=())
    assert (caught.value.code, caught.value.params) == (code, params)


@pytest.mark.parametrize("text", [CODE, CODE[:-1] + "0", SSCC, f"/01/{GTIN}/21/{SERIAL}"])
def test_whole_codes_are_read_for_everybody(text: str) -> None:
    assert digitallink.parse_public_code(text, hosts=()) == digitallink.parse_code(text, hosts=())
