# SPDX-License-Identifier: Apache-2.0
"""The readable code: its check symbol's promises, proved exhaustively, and its diagnosis."""

import itertools

import pytest

from trueorigin.domain import humancode
from trueorigin.domain.humancode import HumanCode, Reason
from trueorigin.domain.serials import ALPHABET, SYMBOLS

PREFIX = "7K3M"
SERIALS = {14: "9QABCDEFGHJKM0", 16: "9QABCDEFGHJKM0NP", 20: "9QABCDEFGHJKM0NPRSTV"}
CODES = [humancode.build(PREFIX, SERIALS[symbols]) for symbols in SYMBOLS]
WORST_CODES = [
    *CODES,
    humancode.build("0000", "0" * 20),
    humancode.build("ZZZZ", "Z" * 16),
    humancode.build("0Z0Z", "0Z" * 10),
]


@pytest.mark.parametrize("code", WORST_CODES)
def test_every_single_wrong_symbol_is_noticed(code: str) -> None:
    for at, right in enumerate(code):
        for wrong in set(ALPHABET) - {right}:
            assert humancode.parse(code[:at] + wrong + code[at + 1 :]) is None


@pytest.mark.parametrize("code", WORST_CODES)
def test_every_swap_of_two_symbols_at_any_distance_is_noticed(code: str) -> None:
    for first, second in itertools.combinations(range(len(code)), 2):
        if code[first] == code[second]:
            continue
        swapped = list(code)
        swapped[first], swapped[second] = code[second], code[first]
        assert humancode.parse("".join(swapped)) is None


def test_every_pair_of_symbols_at_every_neighbouring_place_is_told_from_its_swap() -> None:
    # All 32 x 32 pairs, next to each other and with one symbol between, at all places.
    for distance in (1, 2):
        for at in range(24 - distance):
            for first, second in itertools.permutations(ALPHABET, 2):
                body = list("0" * 24)
                body[at], body[at + distance] = first, second
                swapped = list("0" * 24)
                swapped[at], swapped[at + distance] = second, first
                assert humancode.check_symbol("".join(body)) != humancode.check_symbol(
                    "".join(swapped)
                )


def test_doubled_symbols_mistaken_for_others_are_noticed() -> None:
    for at in range(23):
        for first, second in itertools.combinations(ALPHABET, 2):
            one = "0" * at + first * 2 + "0" * (22 - at)
            other = "0" * at + second * 2 + "0" * (22 - at)
            assert humancode.check_symbol(one) != humancode.check_symbol(other)


def test_code_of_zeros_is_not_valid() -> None:
    for length in humancode.LENGTHS:
        assert humancode.parse("0" * length) is None


def test_check_symbol_takes_every_value() -> None:
    found = {humancode.check_symbol(PREFIX + "0" * 15 + symbol) for symbol in ALPHABET}
    assert found == set(ALPHABET)


@pytest.mark.parametrize("symbols", SYMBOLS)
def test_code_is_built_grouped_and_parsed(symbols: int) -> None:
    serial = SERIALS[symbols]
    code = humancode.build(PREFIX, serial)
    assert len(code) == symbols + 5
    assert code.startswith(PREFIX + serial)
    for shown in (code, humancode.group(code), humancode.group(code, " "), code.lower()):
        assert humancode.parse(shown) == HumanCode(prefix=PREFIX, serial=serial)


def test_groups_have_four_symbols() -> None:
    assert humancode.group("7K3M9QABCDEFGHJKM0NPX") == "7K3M-9QAB-CDEF-GHJK-M0NP-X"
    assert humancode.group("7K3M9", " ") == "7K3M 9"
    assert humancode.group("") == ""


@pytest.mark.parametrize(
    ("prefix", "serial"),
    [
        pytest.param("7K3", SERIALS[16], id="short-prefix"),
        pytest.param("7K3M7", SERIALS[16], id="long-prefix"),
        pytest.param(PREFIX, "0" * 15, id="odd-serial"),
        pytest.param("7K3U", SERIALS[16], id="letter-u"),
        pytest.param("7k3m", SERIALS[16], id="not-folded"),
        pytest.param("7K-M", SERIALS[16], id="separator"),
        pytest.param(PREFIX, "真" * 16, id="chinese"),
    ],
)
def test_code_of_wrong_parts_is_not_built(prefix: str, serial: str) -> None:
    with pytest.raises(ValueError, match="prefix of 4"):
        humancode.build(prefix, serial)


def test_look_alikes_are_corrected() -> None:
    code = humancode.build("1010", "1" * 8 + "0" * 8)
    typed = code.replace("1", "l").replace("0", "O")
    assert humancode.parse(typed) == HumanCode(prefix="1010", serial="1" * 8 + "0" * 8)


CODE = CODES[1]


@pytest.mark.parametrize(
    ("text", "reason", "symbols"),
    [
        pytest.param("", Reason.EMPTY, 0, id="nothing"),
        pytest.param(" - ", Reason.EMPTY, 0, id="separators-only"),
        pytest.param(CODE[:1], Reason.TOO_SHORT, 1, id="first-symbol"),
        pytest.param(CODE[:20], Reason.TOO_SHORT, 20, id="one-missing"),
        pytest.param(CODE, Reason.COMPLETE, 21, id="complete"),
        pytest.param(humancode.group(CODE).lower(), Reason.COMPLETE, 21, id="as-typed"),
        pytest.param(CODES[0], Reason.COMPLETE, 19, id="complete-14"),
        pytest.param(CODES[2], Reason.COMPLETE, 25, id="complete-20"),
        pytest.param(CODE[:-2] + CODE[-1] + CODE[-2], Reason.CHECK_SYMBOL, 21, id="swapped"),
        pytest.param(CODE + "0", Reason.TOO_SHORT, 22, id="between-two-lengths"),
        pytest.param("0" * 26, Reason.TOO_LONG, 26, id="one-too-many"),
        pytest.param("0" * 65, Reason.TOO_LONG, 0, id="beyond-any-code"),
        pytest.param("真" * 100_000, Reason.TOO_LONG, 0, id="endless"),
    ],
)
def test_diagnosis(text: str, reason: Reason, symbols: int) -> None:
    found = humancode.diagnose(text)
    assert found.reason is reason
    assert found.symbols == symbols
    assert (found.character, found.position) == (None, None)
    assert len(found.shown.replace("-", "")) == symbols


@pytest.mark.parametrize(
    ("text", "character", "position", "shown"),
    [
        pytest.param("7K3MU", "U", 5, "7K3M", id="u"),
        pytest.param("7k3m-9q!", "!", 8, "7K3M-9Q", id="after-a-separator"),
        pytest.param("码7K3M", "码", 1, "", id="chinese-first"),
        pytest.param("7K3M9QABCDEFGHJKM0NPX*", "*", 22, "7K3M-9QAB-CDEF-GHJK-M0NP-X", id="end"),
    ],
)
def test_foreign_character_is_pointed_at(
    text: str, character: str, position: int, shown: str
) -> None:
    found = humancode.diagnose(text)
    assert found.reason is Reason.FOREIGN_CHARACTER
    assert (found.character, found.position) == (character, position)
    assert found.shown == shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [("7K3M", True), ("7K3", False), ("7K3MM", False), ("7K3U", False), ("7k3m", False)],
)
def test_prefix_has_four_symbols(text: str, expected: bool) -> None:  # noqa: FBT001 - a table's column
    assert humancode.is_prefix(text) is expected
