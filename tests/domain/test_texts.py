# SPDX-License-Identifier: Apache-2.0
"""What texts are kept as they are, tidied, or refused."""

import pytest

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.texts import parse_local_text, parse_text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<script>alert(1)</script>", id="HTML"),
        pytest.param("'; DROP TABLE run; --", id="SQL"),
        pytest.param("真源大曲 53%vol", id="Chinese"),
        pytest.param("镇江\U00031350", id="rare character of a young Unicode version"),
        pytest.param("x" * 20, id="exactly the longest"),
        pytest.param(
            "\U0001f469\u200d\U0001f33e \u0646\u0645\u06cc\u200c\u062e",
            id="joiners of emoji and Persian",
        ),
        pytest.param("\u2764\ufe0f Q\u0301", id="variation selector and marks"),
    ],
)
def test_ordinary_text_is_kept_unchanged(text: str) -> None:
    assert parse_text(text, field="f", length_max=30) == text


def test_blanks_around_and_decomposed_letters_are_tidied() -> None:
    assert parse_text("  Cafe\u0301 ", field="f", length_max=4) == "Café"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("", "text_blank", id="empty"),
        pytest.param(" \u3000 ", "text_blank", id="blanks only"),
        pytest.param("a\x00b", "text_character_refused", id="NUL"),
        pytest.param("a\ud800b", "text_character_refused", id="unpaired surrogate"),
        pytest.param("a\u202eb", "text_character_refused", id="right-to-left override"),
        pytest.param("a\u2028b", "text_character_refused", id="line separator"),
        pytest.param("a\nb", "text_character_refused", id="line feed in one line"),
        pytest.param("\u200d\ufe0f \u0301", "text_blank", id="joiners and marks without a letter"),
        pytest.param("Mao\u200btai", "text_character_refused", id="zero-width space"),
        pytest.param("\ufeffMaotai", "text_character_refused", id="byte order mark"),
        pytest.param("Mao\u00adtai", "text_character_refused", id="soft hyphen"),
        pytest.param("\u3164", "text_character_refused", id="blank of Hangul"),
        pytest.param("\u2800", "text_character_refused", id="blank of braille"),
        pytest.param("a\U000e0041", "text_character_refused", id="letter of a tag"),
        pytest.param("a\uffff", "text_character_refused", id="noncharacter"),
        pytest.param("a\ufdd0", "text_character_refused", id="another noncharacter"),
        pytest.param("x" * 21, "text_too_long", id="one too long"),
        pytest.param("x" * 100_000, "text_too_long", id="far too long"),
    ],
)
def test_unreadable_text_is_refused(text: str, code: str) -> None:
    with pytest.raises(InvalidError) as caught:
        parse_text(text, field="f", length_max=20)
    assert (caught.value.code, caught.value.field) == (code, "f")


@pytest.mark.parametrize("start", ["", "Mao", "茅台"])
def test_a_character_that_is_refused_is_found_where_people_count(start: str) -> None:
    with pytest.raises(InvalidError) as caught:
        parse_text(f"{start}\u202eb", field="name", length_max=9)
    assert caught.value.params == {"position": len(start) + 1, "symbol": "U+202E"}


def test_several_lines_are_kept_where_they_are_meant() -> None:
    assert parse_text("a\r\nb", field="f", length_max=20, is_multiline=True) == "a\nb"
    with pytest.raises(InvalidError):
        parse_text("a\rb", field="f", length_max=20, is_multiline=True)


def test_a_text_in_two_languages_names_the_wrong_one() -> None:
    with pytest.raises(InvalidError) as caught:
        parse_local_text(LocalText(zh="好", en="\x07"), field="name", length_max=20)
    assert caught.value.field == "name.en"
    with pytest.raises(InvalidError) as caught:
        parse_local_text(LocalText(zh=None, en=None), field="name", length_max=20)
    assert caught.value.code == "text_missing"
    assert parse_local_text(LocalText(zh="好", en=None), field="name", length_max=20).zh == "好"
