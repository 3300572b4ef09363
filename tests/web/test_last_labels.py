# SPDX-License-Identifier: Apache-2.0
"""The last group of a run may be short: its label says what is in it, in every format."""

import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.drawn_logos import make_logo
from tests.services.test_logistic_labels import RUN, make_export

from trueorigin.adapters import zpl
from trueorigin.adapters.archives import decode_png
from trueorigin.adapters.pdf import LabelJob
from trueorigin.domain.catalog import Run
from trueorigin.domain.designs import parse_look
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.sheets import LAYOUTS
from trueorigin.services.issuing import Export
from trueorigin.services.labelling import LabelFormat, LabelOrder, build_labels
from trueorigin.services.printing import PrintOrder
from trueorigin.web.i18n import translator
from trueorigin.web.labels import build_label_order, word_label

# Two pallets, and one of three cases, the last of which holds seven bottles.
SHORT = replace(RUN, quantity=2 * 960 + 2 * 24 + 7, packing=(24, 40))
USUAL = {1: "装 24 件", 2: "装 40 箱，共 960 件"}
LAST = {1: "装 7 件", 2: "装 3 箱，共 55 件"}


def open_last(level: int, *, count: int = 3, run: Run = SHORT) -> Export:
    """Return the last units of a level."""
    stop = run.quantity_at(level)
    return make_export(stop - count, stop, level=level, run=run)


def order_of(
    export: Export,
    kind: LabelFormat = LabelFormat.PDF,
    *,
    design: str = "text",
    layout: str = "roll-100x150",
    skip: int = 0,
) -> LabelOrder:
    order = PrintOrder(
        run_id=export.codes.run.id,
        level=export.codes.level,
        start=export.start,
        stop=export.stop,
        format=kind.value,
        layout=layout,
        language="zh",
        dpi=203,
        skip=skip,
        look=parse_look(design),
    )
    return build_label_order(export, order, make_logo() if design == "branded" else None)


def list_labels(path: Path, kind: LabelFormat) -> list[NDArray[np.uint8]]:
    """Return the labels of a file as dots; drawings as their text, for letters are outlines."""
    if kind is LabelFormat.ZPL:
        printer = zpl.Printer()
        printed = [printer.take(line) for line in path.read_bytes().splitlines()]
        return [picture for picture in printed if picture is not None]
    with zipfile.ZipFile(path) as archive:
        files = [archive.read(name) for name in archive.namelist()]
    is_svg = kind is LabelFormat.SVG
    return [np.frombuffer(each, np.uint8) if is_svg else decode_png(each) for each in files]


def read_pages(path: Path) -> list[str]:
    done = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
    )
    return done.stdout.split("\f")[:-1]


@pytest.mark.parametrize(
    ("language", "level", "index", "run", "words"),
    [
        ("zh", 1, 0, SHORT, "箱，装 24 件"),
        ("zh", 1, 82, SHORT, "箱，装 7 件"),
        ("zh", 2, 1, SHORT, "托盘，装 40 箱，共 960 件"),
        ("zh", 2, 2, SHORT, "托盘，装 3 箱，共 55 件"),
        ("en", 1, 82, SHORT, "Case of 7"),
        ("en", 2, 2, SHORT, "Pallet of 3 × Case, 55 items"),
        # As many cases as any other pallet, but not as many bottles.
        ("en", 2, 2, replace(SHORT, quantity=3 * 960 - 1), "Pallet of 40 × Case, 959 items"),
        ("en", 2, 2, replace(SHORT, quantity=2 * 960 + 1), "Pallet of 1 × Case, 1 item"),
    ],
)
def test_a_label_says_what_its_own_group_holds(
    language: str, level: int, index: int, run: Run, words: str
) -> None:
    text = word_label(make_export(0, 1, level=level, run=run), translator(language), index=index)
    assert words in text.lines


@pytest.mark.parametrize("level", [1, 2])
def test_only_a_file_with_the_short_group_has_a_text_of_its_own_for_it(level: int) -> None:
    last = SHORT.quantity_at(level) - 1
    before = order_of(make_export(last - 2, last, level=level, run=SHORT))
    assert before.last_text is None
    assert any(USUAL[level] in line for line in before.text.lines)
    alone = order_of(open_last(level, count=1))
    assert alone.last_text is None
    assert any(LAST[level] in line for line in alone.text.lines)
    full = replace(SHORT, quantity=2 * 960)
    assert order_of(open_last(level, count=2, run=full)).last_text is None
    assert order_of(make_export(0, SHORT.quantity, level=0, run=SHORT)).last_text is None


@pytest.mark.parametrize("design", ["text", "branded", "logistic"])
@pytest.mark.parametrize("level", [1, 2])
def test_a_pdf_says_it_on_the_last_label_only(level: int, design: str, tmp_path: Path) -> None:
    export, path = open_last(level), tmp_path / "labels.pdf"
    assert build_labels(export, order_of(export, design=design), path) == 3
    pages = read_pages(path)
    assert [USUAL[level] in page for page in pages] == [True, True, False]
    assert [LAST[level] in page for page in pages] == [False, False, True]


@pytest.mark.parametrize("skip", range(4))
def test_a_sheet_says_it_in_the_right_place(skip: int, tmp_path: Path) -> None:
    export, path = open_last(1, count=6), tmp_path / "labels.pdf"
    order = order_of(export, layout="a4-4", skip=skip)
    assert build_labels(export, order, path) == 6
    pages = read_pages(path)
    assert sum(page.count(USUAL[1]) for page in pages) == 5
    assert [page.count(LAST[1]) for page in pages] == [0] * (len(pages) - 1) + [1]


@pytest.mark.parametrize("design", ["text", "branded", "logistic"])
@pytest.mark.parametrize("kind", [LabelFormat.ZPL, LabelFormat.PNG, LabelFormat.SVG])
def test_pictures_say_it_on_the_last_label_only(
    kind: LabelFormat, design: str, tmp_path: Path
) -> None:
    export, path = open_last(2), tmp_path / "labels"
    order = order_of(export, kind, design=design)
    assert order.last_text is not None
    files = []
    for each in (
        order,
        replace(order, last_text=None),
        replace(order, text=order.last_text, last_text=None),
    ):
        build_labels(export, each, path)
        files.append(list_labels(path, kind))
    mixed, usual, short = files
    assert [np.array_equal(*pair) for pair in zip(mixed, usual, strict=True)] == [True, True, False]
    assert [np.array_equal(*pair) for pair in zip(mixed, short, strict=True)] == [
        False,
        False,
        True,
    ]


def test_a_label_printer_prints_the_logo_on_the_last_label_too(tmp_path: Path) -> None:
    export, printed = open_last(1), []
    for kind in (LabelFormat.ZPL, LabelFormat.PNG):
        build_labels(export, order_of(export, kind, design="branded"), tmp_path / "labels")
        pictures = list_labels(tmp_path / "labels", kind)
        # A printer's rows are whole bytes.
        printed.append([picture[:, : 8 * (picture.shape[1] // 8)] for picture in pictures])
    for zpl_picture, png_picture in zip(*printed, strict=True):
        width = min(zpl_picture.shape[1], png_picture.shape[1])
        assert np.array_equal(zpl_picture[:, :width], png_picture[:, :width])


def test_a_short_text_that_has_no_room_is_refused(tmp_path: Path) -> None:
    export = open_last(1)
    order = order_of(export, design="logistic")
    assert order.last_text is not None
    order = replace(order, last_text=replace(order.last_text, whole=("批号 " * 40,) * 9))
    with pytest.raises(InvalidError, match="label_texts_too_long"):
        build_labels(export, order, tmp_path / "labels")
    assert not (tmp_path / "labels").exists()


def test_a_job_with_one_text_has_one_form() -> None:
    order = order_of(open_last(1))
    assert order.last_text is not None
    job = LabelJob(layout=LAYOUTS["roll-60x40"], text=order.text, modules=29, code_length=21)
    assert job.forms == (job,)
    usual, last = replace(job, last_text=order.last_text).forms
    assert usual == job
    assert last == replace(job, text=order.last_text)
