# SPDX-License-Identifier: Apache-2.0
"""Texts of any length stay in their box, in both languages, on every label."""

from dataclasses import replace

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


CHOSEN = LabelText(
    title="真源窖藏", lines=("500 mL",), whole=("批号 20260113A", "有效期至 2031-02-28")
)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dpi", [203, 300, 600])
@pytest.mark.parametrize("modules", [29, 53])
@pytest.mark.parametrize("shape", [(1, 1), (5, 1), (1, 4)], ids=["square", "wide", "high"])
@pytest.mark.parametrize("text", [CHOSEN, EMPTY], ids=["texts", "no texts"])
def test_a_logo_touches_neither_symbol_nor_texts_nor_the_edge(
    layout: str, dpi: int, modules: int, shape: tuple[int, int], text: LabelText
) -> None:
    try:
        placement = place_symbol(LAYOUTS[layout], modules, dpi=dpi)
        placed = typeset(text, placement, code_length=21, logo=shape)
    except InvalidError as error:
        assert error.code in {"label_too_small", "label_texts_too_long", "label_logo_too_small"}  # noqa: PT017 - either outcome is right
        return
    box = placed.logo
    assert box is not None
    assert box.width / box.height == pytest.approx(shape[0] / shape[1], rel=0.05)
    quiet = 4 * placement.dots_per_module
    left, top = placement.symbol
    is_right = box.left >= left + placement.side + quiet
    is_below = box.top >= top + placement.side + quiet
    assert is_right or is_below
    width, height = (side * placement.dpi / 25.4 for side in LAYOUTS[layout].label)
    assert 0 <= box.left <= box.left + box.width <= width
    assert 0 <= box.top <= box.top + box.height <= height
    for line in placed.fixed:
        is_apart = line.left + width_of(line.text, line.face) * line.size / 1000 <= box.left
        assert is_apart or line.baseline - 0.88 * line.size >= box.top + box.height
    code_top = placed.code.baseline - 0.73 * placed.code.size
    assert code_top >= box.top + box.height or box.left > left + placement.side
    assert max(box.width, box.height) * 25.4 / placement.dpi >= 3.9


def test_texts_make_a_logo_smaller_before_they_are_cut() -> None:
    placement = place_symbol(LAYOUTS["a4-24"], 29, dpi=300)
    alone = typeset(EMPTY, placement, code_length=21, logo=(1, 1)).logo
    text = replace(CHOSEN, whole=(*CHOSEN.whole, "生产日期 2026-01-13", "阴凉处存放"))
    crowded = typeset(text, placement, code_length=21, logo=(1, 1))
    assert alone is not None
    assert crowded.logo is not None
    assert crowded.logo.height < alone.height
    assert [line.text for line in crowded.fixed] == [text.title, *text.lines, *text.whole]


def test_a_logo_stands_beside_the_symbol_where_the_texts_are_below() -> None:
    placement = place_symbol(LAYOUTS["roll-100x150"], 29, dpi=300)
    placed = typeset(CHOSEN, placement, code_length=21, logo=(1, 1))
    assert placed.logo is not None
    assert placed.logo.top == placement.symbol[1]
    assert placed.logo.left > placement.symbol[0] + placement.side
    without = typeset(CHOSEN, placement, code_length=21)
    assert placed.fixed == without.fixed


def test_what_was_chosen_is_whole_or_nothing_is() -> None:
    placement = place_symbol(LAYOUTS["a4-24"], 29, dpi=300)
    lot = "批号 " + "20260113A" * 4
    long = LabelText(
        title="真源" * 60, lines=("很长的规格" * 9,), whole=(lot, "有效期至 2031-02-28")
    )
    lines = [line.text for line in typeset(long, placement, code_length=21).fixed]
    assert lines[0].endswith("…") or lines[1].endswith("…")
    assert lot.replace(" ", "") in "".join(lines).replace(" ", "")
    assert lines[-1] == "有效期至 2031-02-28"
    many = LabelText(title="真源", whole=tuple(f"第 {number} 行" for number in range(12)))
    with pytest.raises(InvalidError, match="label_texts_too_long"):
        typeset(many, placement, code_length=21)
    lenient = LabelText(title="真源", lines=many.whole)
    assert 2 < len(typeset(lenient, placement, code_length=21).fixed) < 13


def test_a_chosen_name_is_not_left_out() -> None:
    placement = place_symbol(LAYOUTS["a4-65"], 33, dpi=300)
    lines = ("批号 1", "生产日期 2026-01-13", "有效期至 2031-02-28", "窖藏")
    assert typeset(LabelText(title="", whole=lines), placement, code_length=21).fixed
    with pytest.raises(InvalidError, match="label_texts_too_long"):
        typeset(LabelText(title="真源", whole=(*lines, "阴凉处存放")), placement, code_length=21)


@pytest.mark.parametrize("length", [19, 21, 25])
@pytest.mark.parametrize("dpi", [203, 300, 600])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_code_of_a_plain_label_is_one_line_in_the_middle(
    layout: str, dpi: int, length: int
) -> None:
    placement = place_symbol(LAYOUTS[layout], 29, dpi=dpi, is_plain=True)
    placed = typeset(EMPTY, placement, code_length=length)
    code = placed.code
    assert placed.fixed == ()
    if not placement.is_strip:
        return
    assert code.lines == ((0, length),)
    left, top, width, height = placement.text
    used = (length + (length - 1) // 4) * width_of("0", Face.CODE) * code.size / 1000
    assert abs(2 * code.left + used - (2 * left + width)) <= 2
    assert top < code.baseline - 0.73 * code.size < code.baseline < top + height
    assert code.size * 72 / placement.dpi >= 5


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
