# SPDX-License-Identifier: Apache-2.0
"""Print files of every format, made from the codes of a run and read back from the outside."""

import zipfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from tests.drawn_logos import make_logo
from tests.factories import make_batch, make_organisation, make_product, make_run

from trueorigin.adapters import zpl
from trueorigin.adapters.archives import decode_png
from trueorigin.adapters.barcodes import read_back, read_symbols
from trueorigin.adapters.logos import Logo
from trueorigin.adapters.pdf import LabelJob
from trueorigin.adapters.raster import Raster
from trueorigin.adapters.svg import read_modules
from trueorigin.adapters.typesetting import LabelText
from trueorigin.domain.codelist import LevelCodes, list_urls
from trueorigin.domain.designs import DESIGNS
from trueorigin.domain.errors import DomainError, InvalidError
from trueorigin.domain.serials import SerialCipher
from trueorigin.domain.sheets import LAYOUTS
from trueorigin.services.issuing import Export
from trueorigin.services.labelling import LabelFormat, LabelOrder, build_labels, require_printable

TEXT = LabelText(title="青瓷酒 500 毫升", lines=("批号 L00007", "保质期至 2031-02-28"))
CHOSEN = LabelText(title="青瓷酒", whole=("批号 L00007", "保质期至 2031-02-28", "窖藏"))
MANY = LabelText(title="青瓷酒", whole=("批号 L00007", "保质期至 2031-02-28", *("窖藏",) * 4))
EXCESSIVE = LabelText(title="青瓷酒", whole=("窖藏",) * 60)
HAIR = Logo(pixels=np.zeros((2, 400, 3), np.uint8))


def export(start: int = 0, stop: int = 30, level: int = 0) -> Export:
    organisation = make_organisation(prefix="A1CE")
    product = make_product(organisation)
    batch = make_batch(product)
    run = make_run(batch, quantity=1000, packing=(24,), group_gtins=(None,), sscc_first=(None,))
    codes = LevelCodes(
        run=run,
        level=level,
        gtin=product.gtin if level == 0 else None,
        prefix=organisation.prefix,
        cipher=SerialCipher(bytes(range(32)), run.symbols),
    )
    return Export(codes=codes, batch=batch, product=product, maker="Alice", start=start, stop=stop)


def order(kind: LabelFormat, layout: str = "roll-60x40", skip: int = 0) -> LabelOrder:
    return LabelOrder(text=TEXT, language="zh-Hans", layout=LAYOUTS[layout], format=kind, skip=skip)


def designed(kind: LabelFormat, design: str, layout: str = "roll-60x40") -> LabelOrder:
    """Return an order of one of the three designs."""
    if design == "plain":
        return replace(order(kind, layout), text=LabelText(title=""), is_plain=True)
    return replace(order(kind, layout), logo=make_logo() if design == "branded" else None)


def read_file(path: Path, kind: LabelFormat, what: Export, layout: str) -> list[str]:
    """Return what a reader finds on each label of a file."""
    if kind is LabelFormat.PDF:
        urls = list_urls(what.codes, what.start, what.stop)
        found = read_back(path, LAYOUTS[layout], {page: [url] for page, url in enumerate(urls)})
        assert found.wrong == ()
        return urls
    if kind is LabelFormat.ZPL:
        printer = zpl.Printer()
        printed = [printer.take(line) for line in path.read_bytes().splitlines()]
        pictures = [picture for picture in printed if picture is not None]
    else:
        with zipfile.ZipFile(path) as archive:
            data = [archive.read(name) for name in archive.namelist()]
        is_svg = kind is LabelFormat.SVG
        pictures = [read_modules(each.decode()) if is_svg else decode_png(each) for each in data]
    return [symbol.text for picture in pictures for symbol in read_symbols(picture)]


@pytest.mark.parametrize("level", [0, 1])
@pytest.mark.parametrize("design", [name for name in DESIGNS if name != "logistic"])
@pytest.mark.parametrize("kind", list(LabelFormat))
def test_every_format_and_design_says_the_same(
    kind: LabelFormat, design: str, level: int, tmp_path: Path
) -> None:
    layout = "roll-100x150" if level else "roll-60x40"
    # The last case is short, and its symbol is built by itself.
    what = export(stop=42 if level else 6, start=36 if level else 0, level=level)
    path, reported = tmp_path / "labels", list[int]()
    look = designed(kind, design, layout)
    assert build_labels(what, look, path, report=reported.append) == 6
    assert sum(reported) == 6
    assert read_file(path, kind, what, layout) == list_urls(what.codes, what.start, what.stop)


def test_pictures_are_named_by_index_and_number(tmp_path: Path) -> None:
    path = tmp_path / "labels.zip"
    build_labels(export(8, 12), order(LabelFormat.SVG), path)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    assert [name.split("-")[0] for name in names] == ["08", "09", "10", "11"]
    assert all(len(name) == len("08-ABCDEF.svg") for name in names)


@pytest.mark.parametrize("design", [name for name in DESIGNS if name != "logistic"])
@pytest.mark.parametrize("kind", [LabelFormat.ZPL, LabelFormat.SVG, LabelFormat.PNG])
def test_a_label_that_says_something_else_is_not_handed_out(
    kind: LabelFormat, design: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The reading back expects the label of the next unit.
    monkeypatch.setattr(
        "trueorigin.services.labelling.list_urls",
        lambda codes, start, stop: list_urls(codes, start + 1, stop + 1),
    )
    with pytest.raises(DomainError) as refused:
        build_labels(export(), designed(kind, design), tmp_path / "labels")
    assert refused.value.code == "labels_unreadable"


class Smudging(Raster):
    """Prints the logo over the middle of the symbol."""

    def __init__(self, job: LabelJob, *, is_logo_apart: bool = False) -> None:
        super().__init__(job, is_logo_apart=is_logo_apart)
        assert self.logo is not None
        left, top = job.arrange()[0].symbol
        box, dots = self.logo
        self.logo = replace(box, left=left + 40, top=top + 40), np.ones_like(dots)


def test_a_logo_over_the_symbol_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_labels(export(), designed(LabelFormat.ZPL, "branded"), tmp_path / "labels")
    monkeypatch.setattr(zpl, "Raster", Smudging)
    with pytest.raises(DomainError) as refused:
        build_labels(export(), designed(LabelFormat.ZPL, "branded"), tmp_path / "labels")
    assert refused.value.code == "labels_unreadable"


@pytest.mark.parametrize(
    ("look", "code", "design", "fits"),
    [
        pytest.param(
            replace(designed(LabelFormat.PDF, "branded", "a4-65"), text=CHOSEN),
            "label_texts_too_long",
            "text",
            "roll-40x30 (40 × 30 mm)",
            id="texts and logo",
        ),
        pytest.param(
            replace(order(LabelFormat.ZPL, "a4-65"), text=MANY),
            "label_texts_too_long",
            "plain",
            "roll-40x30 (40 × 30 mm), a4-40 (52.5 × 29.7 mm), ",
            id="too many texts",
        ),
        pytest.param(
            replace(order(LabelFormat.PNG, "roll-60x40"), text=EXCESSIVE),
            "label_texts_too_long",
            "plain",
            "none",
            id="more texts than any label holds",
        ),
        pytest.param(
            replace(designed(LabelFormat.SVG, "branded", "a4-65"), logo=HAIR),
            "label_logo_too_small",
            "text",
            "none",
            id="a logo like a hair",
        ),
    ],
)
def test_a_refusal_says_what_would_fit(
    look: LabelOrder, code: str, design: str, fits: str, tmp_path: Path
) -> None:
    acts = (require_printable, partial(build_labels, path=tmp_path / "labels"))
    for act in acts:
        with pytest.raises(InvalidError) as refused:
            act(export(), look)
        error = refused.value
        assert (error.code, error.field) == (code, "layout")
        assert error.params["design"] == design
        assert str(error.params["fits"]).startswith(fits)
        for named in str(error.params["fits"]).split(", "):
            if named != "none":
                layout = LAYOUTS[named.partition(" ")[0]]
                require_printable(export(), replace(look, layout=layout))
    assert not (tmp_path / "labels").exists()
    simpler = replace(look, logo=None)
    if design == "plain":
        simpler = replace(simpler, text=LabelText(title=""), is_plain=True)
    require_printable(export(), simpler)


def test_a_symbol_too_large_for_its_label_names_larger_ones() -> None:
    with pytest.raises(InvalidError) as refused:
        require_printable(export(level=1), order(LabelFormat.PDF, "a4-65"))
    assert refused.value.code == "label_too_small"
    assert {"needed", "has", "fits", "design"} == set(refused.value.params)
    assert "a4-40 (52.5 × 29.7 mm)" in str(refused.value.params["fits"])


@pytest.mark.parametrize("kind", list(LabelFormat))
def test_more_than_a_file_may_hold_is_refused(kind: LabelFormat, tmp_path: Path) -> None:
    with pytest.raises(InvalidError) as refused:
        build_labels(export(0, kind.labels_max + 1), order(kind), tmp_path / "labels")
    assert refused.value.code == "labels_too_many"
    assert not (tmp_path / "labels").exists()


def test_a_skip_of_a_whole_sheet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidError) as refused:
        build_labels(export(), order(LabelFormat.PDF, "a4-24", skip=24), tmp_path / "labels")
    assert refused.value.code == "skip_out_of_range"
