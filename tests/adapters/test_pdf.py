# SPDX-License-Identifier: Apache-2.0
"""Print files, rasterised by a program we did not write and read by a reader we did not write."""

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from numpy.typing import NDArray
from PIL import Image

from trueorigin.adapters import pdf
from trueorigin.adapters.barcodes import read_back, read_symbols
from trueorigin.adapters.pdf import LabelChunk, LabelJob, labels_max, write_labels
from trueorigin.adapters.typesetting import LabelText
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.qr import Template
from trueorigin.domain.sheets import LAYOUTS, label_corners

LETTERS = np.frombuffer(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", np.uint8)
TEMPLATE = Template("https://TRUEORIG.CN/01/09506000134352/21/", 16, mask=3)
CHINESE = LabelText(title="真源窖藏 浓香型白酒 52%vol 500mL", lines=("批号 20260113A",))
ENGLISH = LabelText(title="Golden Harvest Hybrid Rice Seed No. 7", lines=("Lot GH7-2026-03",))


def job(
    layout: str = "a4-65", text: LabelText = CHINESE, dpi: int = 300, skip: int = 0
) -> LabelJob:
    return LabelJob(
        layout=LAYOUTS[layout],
        text=text,
        modules=TEMPLATE.size,
        code_length=21,
        dpi=dpi,
        skip=skip,
    )


def serials(count: int) -> NDArray[np.uint8]:
    return np.random.default_rng(5).choice(LETTERS, (count, 16))


def codes(rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
    prefix = np.tile(np.frombuffer(b"TQ3N", np.uint8), (len(rows), 1))
    return np.concatenate([prefix, rows, rows[:, :1]], axis=1)


def chunks(rows: NDArray[np.uint8], size: int) -> Iterator[LabelChunk]:
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        yield LabelChunk(symbols=TEMPLATE.render(part), codes=codes(part))


def urls(rows: NDArray[np.uint8]) -> list[str]:
    return [TEMPLATE.text(bytes(row).decode()) for row in rows]


def printed(what: LabelJob, rows: NDArray[np.uint8], *, size: int = 1000) -> bytes:
    out = io.BytesIO()
    assert write_labels(out, what, chunks(rows, size)) == len(rows)
    return out.getvalue()


def rasterised(data: bytes, folder: Path, *, dpi: int = 300) -> list[Image.Image]:
    file = folder / "labels.pdf"
    file.write_bytes(data)
    subprocess.run(
        ["pdftoppm", "-r", str(dpi), "-gray", str(file), str(folder / "page")],
        check=True,
        capture_output=True,
    )
    return [Image.open(page) for page in sorted(folder.glob("page*.pgm"))]


def selectable(data: bytes, folder: Path) -> str:
    file = folder / "labels.pdf"
    file.write_bytes(data)
    done = subprocess.run(
        ["pdftotext", "-enc", "UTF-8", str(file), "-"],
        check=True,
        capture_output=True,
    )
    return done.stdout.decode()


@pytest.mark.parametrize("text", [CHINESE, ENGLISH], ids=["zh", "en"])
def test_every_symbol_of_a_full_sheet_is_read_at_300_dpi(text: LabelText, tmp_path: Path) -> None:
    rows = serials(65)
    (page,) = rasterised(printed(job(text=text), rows), tmp_path)
    read = [symbol.text for symbol in read_symbols(page)]
    assert len(read) == 65
    assert sorted(read) == sorted(urls(rows))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_every_layout_reads_back_at_every_resolution(layout: str, dpi: int) -> None:
    what = job(layout=layout, dpi=dpi)
    rows = serials(what.layout.per_page)
    outcome = read_back(printed(what, rows), what.layout, {0: urls(rows)}, dpi=dpi)
    assert outcome.wrong == ()
    assert outcome.right == len(rows)


def test_read_back_names_labels_that_are_wrong_missing_or_misplaced() -> None:
    rows = serials(4)
    expected = urls(rows)
    data = printed(job(), rows)
    swapped = [expected[1], expected[0], expected[2], expected[3], ""]
    outcome = read_back(data, LAYOUTS["a4-65"], {0: swapped})
    assert outcome.right == 3
    assert outcome.wrong == ((0, 0, expected[1]), (0, 1, expected[0]))
    missing = read_back(data, LAYOUTS["a4-65"], {0: [*expected, "https://A.CN/"]})
    assert missing.wrong == ((0, 4, "https://A.CN/"),)


def test_labels_follow_one_another_over_pages_whatever_the_chunks() -> None:
    rows = serials(200)
    whole = printed(job(), rows)
    assert printed(job(), rows, size=7) == whole
    assert printed(job(), rows, size=65) == whole
    expected = urls(rows)
    pages = {page: expected[65 * page : 65 * page + 65] for page in range(4)}
    outcome = read_back(whole, LAYOUTS["a4-65"], pages)
    assert (outcome.right, outcome.wrong) == (200, ())


def test_a_partly_used_sheet_starts_at_the_first_free_label() -> None:
    rows = serials(66)
    expected = [""] * 63 + urls(rows)
    pages = {0: expected[:65], 1: expected[65:]}
    outcome = read_back(printed(job(skip=63), rows), LAYOUTS["a4-65"], pages)
    assert outcome.wrong == ()
    assert outcome.right == 63 + 66


def test_modules_are_whole_dots_without_grey(tmp_path: Path) -> None:
    rows = serials(65)
    what = job()
    (page,) = rasterised(printed(what, rows), tmp_path)
    pixels = np.asarray(page)
    from_symbol = TEMPLATE.render(rows[64:])
    dark = np.unpackbits(from_symbol[0], axis=1, count=29).astype(np.bool_)
    x, y = label_corners(what.layout, dpi=300)[64]
    label = pixels[y : y + 250, x : x + 197]
    top, left = (int(line.min()) for line in np.nonzero(label < 128))
    square = label[top : top + 145, left : left + 145]
    assert np.array_equal(square, np.where(np.kron(dark, np.ones((5, 5), np.bool_)), 0, 255))


def test_texts_can_be_selected_in_both_languages(tmp_path: Path) -> None:
    rows = serials(2)
    text = selectable(printed(job(layout="a4-24"), rows), tmp_path)
    assert "真源窖藏" in text
    assert "批号 20260113A" in text
    for row in codes(rows):
        code = bytes(row).decode()
        groups = [code[start : start + 4] for start in range(0, 21, 4)]
        assert " ".join(groups) in " ".join(text.split())
    assert "Golden Harvest" in selectable(printed(job("a4-24", ENGLISH), rows), tmp_path)


def test_fonts_are_embedded_subsets(tmp_path: Path) -> None:
    file = tmp_path / "labels.pdf"
    file.write_bytes(printed(job(), serials(1)))
    with pikepdf.open(file) as document:
        fonts = document.pages[0].Resources.Font
        assert len(fonts) == 3
        for font in fonts.values():
            assert str(font.BaseFont)[7] == "+"
            assert "/ToUnicode" in font
            descendant = font.get("/DescendantFonts", [font])[0]
            assert 0 < int(descendant.FontDescriptor.FontFile2.Length1) < 20_000
        assert str(document.Root.ViewerPreferences.PrintScaling) == "/None"
    assert file.stat().st_size < 30_000


def test_the_same_labels_give_the_same_bytes_and_others_do_not() -> None:
    rows = serials(70)
    assert printed(job(), rows) == printed(job(), rows)
    assert printed(job(), rows) != printed(job(), rows[::-1])


def test_a_label_costs_little_more_than_its_symbol_and_code() -> None:
    few, many = printed(job(), serials(1000)), printed(job(), serials(9000))
    assert (len(many) - len(few)) / 8000 < 160


def test_texts_that_look_like_pdf_or_markup_are_only_texts(tmp_path: Path) -> None:
    text = LabelText(title="(x) Tj ET Q <b>%PDF \\) /T Do", lines=("\x00\x07\u202e批号\n😀",))
    rows = serials(1)
    data = printed(job("a4-24", text), rows)
    assert "<b>%PDF" in selectable(data, tmp_path)
    assert read_back(data, LAYOUTS["a4-24"], {0: urls(rows)}).wrong == ()


def test_no_labels_give_a_file_without_pages() -> None:
    out = io.BytesIO()
    assert write_labels(out, job(), iter(())) == 0
    with pikepdf.open(io.BytesIO(out.getvalue())) as document:
        assert len(document.pages) == 0


def test_too_many_labels_are_refused_and_nothing_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert labels_max(LAYOUTS["a4-65"]) == 100_000
    assert labels_max(LAYOUTS["roll-40x30"]) == 25_000
    monkeypatch.setattr(pdf, "_PAGES_MAX", 2)
    out = io.BytesIO()
    assert write_labels(io.BytesIO(), job(), chunks(serials(130), 50)) == 130
    with pytest.raises(InvalidError) as refused:
        write_labels(out, job(), chunks(serials(131), 50))
    assert refused.value.code == "labels_too_many"
    assert refused.value.params == {"limit": 130}
    assert out.getvalue() == b""


def test_a_symbol_too_big_for_the_layout_is_refused_before_any_label_is_drawn() -> None:
    def never() -> Iterator[LabelChunk]:
        raise AssertionError
        yield  # type: ignore[unreachable]  # makes it a generator

    large = LabelJob(layout=LAYOUTS["a4-65"], text=CHINESE, modules=53, code_length=21)
    with pytest.raises(InvalidError, match="label_too_small"):
        write_labels(io.BytesIO(), large, never())
