# SPDX-License-Identifier: Apache-2.0
"""Designs of labels: what each shows, which choices are refused, and how a choice is kept."""

import json
from dataclasses import asdict

import pytest

from trueorigin.domain.designs import (
    DESIGN_DEFAULT,
    DESIGNS,
    FREE_LINE_LENGTH_MAX,
    LOOK_DEFAULT,
    Look,
    Part,
    parse_look,
    restore_look,
)
from trueorigin.domain.errors import InvalidError


def test_the_four_designs() -> None:
    assert list(DESIGNS) == ["plain", "text", "branded", "logistic"]
    assert [name for name in DESIGNS if parse_look(name).has_sscc] == ["logistic"]
    assert not parse_look("logistic", ()).is_plain
    assert parse_look("plain").is_plain
    assert not parse_look("plain").has_logo
    assert parse_look("text").parts == parse_look("branded").parts
    assert not parse_look("text").is_plain
    assert not parse_look("text").has_logo
    assert parse_look("branded").has_logo
    assert parse_look() == parse_look(DESIGN_DEFAULT) == LOOK_DEFAULT


def test_chosen_texts_come_in_their_own_order_and_once() -> None:
    look = parse_look("text", ["expires", "name", "lot", "name"])
    assert look.parts == (Part.NAME, Part.LOT, Part.EXPIRES)


def test_what_somebody_chose_is_printed_whole() -> None:
    assert not parse_look("text").is_whole
    assert parse_look("text", ["lot"]).is_whole
    assert parse_look("branded", line="Cellar 4").is_whole


def test_nothing_chosen_leaves_symbol_and_code() -> None:
    assert parse_look("text", []).is_plain
    assert not parse_look("branded", []).is_plain
    assert not parse_look("text", [], "Cellar 4").is_plain


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_a_blank_line_is_none(blank: str | None) -> None:
    assert parse_look("plain", [], blank).line is None
    assert parse_look("text", None, f" Keep dry{blank or ''}").line == "Keep dry"


@pytest.mark.parametrize(
    ("design", "parts", "line", "code", "field"),
    [
        pytest.param("bold", None, None, "design_unknown", "design", id="no such design"),
        pytest.param("text", ["price"], None, "part_unknown", "parts", id="no such text"),
        pytest.param("plain", ["lot"], None, "design_without_texts", "parts", id="texts on plain"),
        pytest.param("plain", None, "Hello", "design_without_texts", "line", id="a line on plain"),
        pytest.param("text", None, "a\u202eb", "text_character_refused", "line", id="reversed"),
        pytest.param("text", None, "a\nb", "text_character_refused", "line", id="two lines"),
        pytest.param(
            "text", None, "x" * (FREE_LINE_LENGTH_MAX + 1), "text_too_long", "line", id="too long"
        ),
    ],
)
def test_a_wrong_choice_is_named(
    design: str, parts: list[str] | None, line: str | None, code: str, field: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        parse_look(design, parts, line)
    assert (refused.value.code, refused.value.field) == (code, field)


@pytest.mark.parametrize(
    "look",
    [
        LOOK_DEFAULT,
        parse_look("plain"),
        parse_look("branded", ["name", "other_name"], "窖藏 Cellar 4"),
    ],
)
def test_a_look_outlives_json(look: Look) -> None:
    assert restore_look(json.loads(json.dumps(asdict(look)))) == look
