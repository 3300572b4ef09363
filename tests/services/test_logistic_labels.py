# SPDX-License-Identifier: Apache-2.0
"""Logistic labels carry group code and SSCC in every format, and both are read back."""

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.factories import make_batch, make_organisation, make_product, make_run

from trueorigin.adapters import zpl
from trueorigin.adapters.archives import decode_png
from trueorigin.adapters.barcodes import rasterise, read_elements, read_symbols
from trueorigin.adapters.svg import read_modules
from trueorigin.adapters.typesetting import LabelText
from trueorigin.domain.catalog import Contents, Run
from trueorigin.domain.codelist import LevelCodes, list_ssccs, list_urls
from trueorigin.domain.errors import DomainError, InvalidError
from trueorigin.domain.serials import SerialCipher
from trueorigin.domain.sheets import LAYOUTS
from trueorigin.services import labelling
from trueorigin.services.issuing import Export
from trueorigin.services.labelling import LabelFormat, LabelOrder, build_labels, draw_specimen

ORGANISATION = make_organisation(prefix="A1CE")
PRODUCT = make_product(ORGANISATION)
BATCH = make_batch(PRODUCT)
RUN = make_run(
    BATCH,
    quantity=100 * 40 * 3 - 7,
    packing=(100, 40),
    group_gtins=(None, None),
    gs1_prefix="6901234",
    sscc_first=(7, 7_000),
)
ORDER = LabelOrder(
    text=LabelText(title="青瓷酒", whole=("箱，每个装 100", "批号 L1"), sender="发货方：真源"),
    language="zh-Hans",
    layout=LAYOUTS["roll-100x150"],
    is_logistic=True,
)


def make_export(start: int, stop: int, *, level: int = 1, run: Run = RUN) -> Export:
    codes = LevelCodes(
        run=run,
        level=level,
        gtin=PRODUCT.gtin if level == 0 else run.group_gtins[level - 1],
        prefix=ORGANISATION.prefix,
        cipher=SerialCipher(bytes(32), run.symbols),
    )
    return Export(codes=codes, batch=BATCH, product=PRODUCT, maker="Alice", start=start, stop=stop)


def list_pictures(path: Path, kind: LabelFormat, count: int) -> list[NDArray[np.uint8]]:
    if kind is LabelFormat.PDF:
        return [rasterise(path, page, dpi=300) for page in range(count)]
    if kind is LabelFormat.ZPL:
        return [zpl.read_picture(line) for line in path.read_bytes().splitlines()]
    with zipfile.ZipFile(path) as archive:
        data = [archive.read(name) for name in archive.namelist()]
    is_svg = kind is LabelFormat.SVG
    return [read_modules(each.decode()) if is_svg else decode_png(each) for each in data]


@pytest.mark.parametrize("dpi", [203, 300, 600])
@pytest.mark.parametrize("kind", list(LabelFormat))
def test_every_format_says_group_code_and_sscc(kind: LabelFormat, dpi: int, tmp_path: Path) -> None:
    # The last case is short, and its symbol is built by itself.
    export, path = make_export(117, 120), tmp_path / "labels"
    assert build_labels(export, replace(ORDER, format=kind, dpi=dpi), path) == 3
    pictures = list_pictures(path, kind, 3)
    found = [[symbol.text for symbol in read_symbols(picture)] for picture in pictures]
    assert found == [[url] for url in list_urls(export.codes, 117, 120)]
    ssccs = [row.tobytes().decode() for row in list_ssccs(export.codes, 117, 120)]
    assert [read_elements(picture) for picture in pictures] == [[f"00{each}"] for each in ssccs]
    assert all(f"/00/{sscc}?" in text for sscc, (text,) in zip(ssccs, found, strict=True))


@pytest.mark.parametrize("layout", ["a4-4", "a4-2", "letter-2", "roll-4x6in", "roll-a6", "roll-a5"])
@pytest.mark.parametrize("level", [1, 2])
def test_every_large_label_of_a_sheet_is_read_back(layout: str, level: int, tmp_path: Path) -> None:
    order = replace(ORDER, layout=LAYOUTS[layout], skip=LAYOUTS[layout].per_page - 1)
    assert build_labels(make_export(0, 3, level=level), order, tmp_path / "labels") == 3


@pytest.mark.parametrize("kind", list(LabelFormat))
def test_a_label_with_another_sscc_is_not_handed_out(
    kind: LabelFormat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        labelling, "list_ssccs", lambda codes, start, stop: list_ssccs(codes, start + 1, stop + 1)
    )
    with pytest.raises(DomainError) as refused:
        build_labels(make_export(0, 2), replace(ORDER, format=kind), tmp_path / "labels")
    assert refused.value.code == "labels_unreadable"


@pytest.mark.parametrize(
    ("level", "run"),
    [
        pytest.param(0, RUN, id="items"),
        pytest.param(
            1, replace(RUN, group_gtins=("16901234567899", None), sscc_first=(None, 0)), id="GTIN"
        ),
        pytest.param(1, replace(RUN, gs1_prefix=None, sscc_first=(None, None)), id="no prefix"),
    ],
)
def test_units_without_sscc_have_no_logistic_label(level: int, run: Run, tmp_path: Path) -> None:
    with pytest.raises(InvalidError) as refused:
        build_labels(make_export(0, 1, level=level, run=run), ORDER, tmp_path / "labels")
    assert (refused.value.code, refused.value.field) == ("design_without_sscc", "design")


def test_a_label_too_small_names_those_large_enough_and_the_design_that_fits(
    tmp_path: Path,
) -> None:
    with pytest.raises(InvalidError) as refused:
        build_labels(make_export(0, 1), replace(ORDER, layout=LAYOUTS["a4-8"]), tmp_path / "labels")
    assert refused.value.code == "label_too_small"
    assert str(refused.value.params["fits"]).startswith("roll-100x150 (100 × 150 mm), roll-4x6in")
    assert refused.value.params["design"] == "text"
    for name in ("roll-100x150", "roll-4x6in"):
        order = replace(ORDER, layout=LAYOUTS[name])
        assert build_labels(make_export(0, 1), order, tmp_path / "labels") == 1


def test_contents_and_lot_are_whole_or_the_label_is_refused(tmp_path: Path) -> None:
    text = replace(ORDER.text, whole=("批号 " * 40,) * 9)
    with pytest.raises(InvalidError) as refused:
        build_labels(make_export(0, 1), replace(ORDER, text=text), tmp_path / "labels")
    assert refused.value.code == "label_texts_too_long"


@pytest.mark.parametrize("contents", list(Contents))
def test_the_specimen_shows_bars_and_symbol(contents: Contents) -> None:
    export = make_export(0, 1, run=replace(RUN, contents=contents))
    picture = read_modules(draw_specimen(export, ORDER))
    assert [symbol.text for symbol in read_symbols(picture)] == list_urls(export.codes, 0, 1)
    assert len(read_elements(picture)) == 1
