# SPDX-License-Identifier: Apache-2.0
"""Texts of any length stay in their box, in both languages, on every label."""

import pytest

from trueorigin.adapters.fonts import REPLACEMENT, Face, cut, metrics, printable, width_of
from trueorigin.adapters.typesetting import LabelText, shorten, typeset
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.sheets import LAYOUTS, Layout, Placement, place_symbol

SHORT = LabelText(title="真源窖藏", lines=("批号 20260113A",))
LONG_CHINESE = LabelText(
    title="阿维菌素乳油杀虫剂（二百毫升）" * 12, lines=("有效期至二〇二八年一月" * 5,) * 9
)
LONG_ENGLISH = LabelText(
    title="Golden Harvest Hybrid Rice Seed " * 9, lines=("Lot GH7-2026-03 of the third field",) * 9
)
ONE_WORD = LabelText(title="W" * 3000, lines=("M" * 3000,))
EMPTY = LabelText(title="", lines=("", "  "))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dpi", [203, 300, 600])
@pytest.mark.parametrize(
    "text",
    [SHORT, LONG_CHINESE, LONG_ENGLISH, ONE_WORD, EMPTY],
    ids=["short", "long-zh", "long-en", "one-word", "empty"],
)
def test_nothing_leaves_the_text_box(layout: str, dpi: int, text: LabelText) -> None:
    placement = place_symbol(LAYOUTS[layout], 29, dpi=dpi)
    left, top, width, height = placement.text
    placed = typeset(text, placement, code_length=21)
    floor = float(top)
    for line in placed.fixed:
        assert line.left == left
        assert width_of(line.text, line.face) * line.size / 1000 <= width + 0.01
        assert line.baseline - 0.88 * line.size >= floor - 0.01
        floor = line.baseline
    code = placed.code
    last = code.baseline + (len(code.lines) - 1) * code.leading
    assert code.baseline - 0.73 * code.size >= floor
    assert last <= top + height + 0.01
    longest = max(end - start for start, end in code.lines)
    characters = longest + (longest - 1) // 4
    assert characters * width_of("0", Face.CODE) * code.size / 1000 <= width + 0.01
    assert [code.lines[0][0], code.lines[-1][1]] == [0, 21]


def test_a_short_block_spans_the_symbol_exactly() -> None:
    placement = place_symbol(LAYOUTS["a4-24"], 29, dpi=300)
    placed = typeset(SHORT, placement, code_length=21)
    first = placed.fixed[0]
    assert first.baseline - 0.88 * first.size == pytest.approx(placement.symbol[1])
    last = placed.code.baseline + (len(placed.code.lines) - 1) * placed.code.leading
    assert last == pytest.approx(placement.symbol[1] + placement.side)


def test_a_long_name_ends_in_an_ellipsis_and_keeps_the_lot() -> None:
    text = LabelText(title=LONG_CHINESE.title, lines=("批号 20260113A",))
    placed = typeset(text, place_symbol(LAYOUTS["a4-24"], 29, dpi=300), code_length=21)
    names = [line.text for line in placed.fixed if line.face is Face.TITLE]
    assert names[-1].endswith("…")
    assert placed.fixed[-1].text == "批号 20260113A"


def test_words_are_kept_whole_and_closing_marks_do_not_begin_a_line() -> None:
    placement = place_symbol(LAYOUTS["a4-24"], 29, dpi=300)
    english = LabelText(title="Golden Harvest Hybrid Rice Seed")
    lines = [line.text for line in typeset(english, placement, code_length=21).fixed]
    assert " ".join(lines) == english.title
    assert len(lines) > 1
    chinese = LabelText(title="特级浓香型白酒，窖藏，礼盒，（限量），")
    for line in typeset(chinese, placement, code_length=21).fixed:
        assert line.text[0] not in "，）"


def test_a_label_too_small_for_a_readable_code_is_refused() -> None:
    narrow = Placement(
        dpi=300, dots_per_module=5, modules=29, symbol=(30, 30), text=(200, 20, 40, 200)
    )
    with pytest.raises(InvalidError, match="label_text_too_small"):
        typeset(SHORT, narrow, code_length=21)
    flat = Placement(
        dpi=300, dots_per_module=5, modules=29, symbol=(30, 30), text=(200, 20, 200, 30)
    )
    with pytest.raises(InvalidError, match="label_text_too_small"):
        typeset(SHORT, flat, code_length=21)


def test_upright_labels_have_their_text_below_the_symbol() -> None:
    layout: Layout = LAYOUTS["roll-100x150"]
    placement = place_symbol(layout, 53, dpi=300)
    placed = typeset(SHORT, placement, code_length=21)
    assert placed.fixed[0].baseline > placement.symbol[1] + placement.side


def test_shorten_keeps_what_fits() -> None:
    assert shorten("真源", Face.TITLE, 2000) == "真源"
    assert shorten("真源窖藏", Face.TITLE, 3000) == "真源…"
    assert shorten("真源", Face.TITLE, 10) == "…"


def test_characters_no_font_has_are_shown_as_a_box_and_blanks_are_one() -> None:
    assert printable("a\x00b 😀\n\t 源") == f"a{REPLACEMENT}b {REPLACEMENT} 源"


def test_all_of_gb_2312_is_in_the_fonts() -> None:
    characters = [
        bytes([row, cell]).decode("gb2312")
        for row in range(0xB0, 0xF8)
        for cell in range(0xA1, 0xFF)
        if not (row == 0xD7 and cell > 0xF9)
    ]
    assert len(characters) == 6763
    for face in (Face.TITLE, Face.LINE):
        assert all(ord(character) in metrics(face).widths for character in characters)


def test_a_cut_font_holds_what_was_asked_for_and_little_else() -> None:
    subset = cut(Face.TITLE, ["真源", "源A"])
    assert set(subset.glyphs) == {ord(character) for character in "真源A"}
    assert len(subset.data) < 5000


def test_a_missing_font_names_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr("trueorigin.adapters.fonts.FOLDER", tmp_path)
    metrics.cache_clear()
    with pytest.raises(FileNotFoundError, match="make init"):
        metrics(Face.CODE)
