# SPDX-License-Identifier: Apache-2.0
"""Print files are read back before they are offered, and a faulty one is not."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import numpy as np
import pytest
from tests.factories import NOW, make_batch, make_organisation, make_product, make_run

from trueorigin.adapters.aside import run_aside
from trueorigin.adapters.barcodes import rasterise, read_symbols
from trueorigin.adapters.pdf import LabelChunk, LabelJob, write_labels
from trueorigin.adapters.typesetting import LabelText
from trueorigin.domain.catalog import Contents, Run
from trueorigin.domain.codelist import LevelCodes, gtin_of_level, list_urls
from trueorigin.domain.errors import DomainError, InvalidError, UnavailableError
from trueorigin.domain.serials import SerialCipher
from trueorigin.domain.sheets import LAYOUTS
from trueorigin.services import labelling
from trueorigin.services.issuing import Export
from trueorigin.services.labelling import LABELS_PER_FILE_MAX, LabelFormat, LabelOrder, build_labels

ALICE = make_organisation(prefix="A1CE", created_at=NOW, id=UUID(int=1))
PRODUCT = make_product(ALICE)
BATCH = make_batch(PRODUCT)
RUN = make_run(BATCH, id=1, ordinal=1, quantity=1_000_000)
ORDER = LabelOrder(
    text=LabelText(title="青瓷酒 Celadon Spirit", lines=("批号 L1",)),
    language="zh-Hans",
    layout=LAYOUTS["a4-65"],
)


def make_export(start: int, stop: int, *, level: int = 0, run: Run = RUN) -> Export:
    codes = LevelCodes(
        run=run,
        level=level,
        gtin=gtin_of_level(run, level, PRODUCT.gtin),
        prefix=ALICE.prefix,
        cipher=SerialCipher(bytes(32), run.symbols),
    )
    return Export(codes=codes, batch=BATCH, product=PRODUCT, maker="Alice", start=start, stop=stop)


def read_pages(path: Path, pages: Iterable[int]) -> list[str]:
    return [s.text for page in pages for s in read_symbols(rasterise(path, page, dpi=300))]


def test_every_symbol_of_a_crowded_sheet_is_right(tmp_path: Path) -> None:
    path = tmp_path / "labels.pdf"
    export = make_export(990, 1120)
    assert build_labels(export, ORDER, path) == 130
    assert sorted(read_pages(path, range(2))) == sorted(list_urls(export.codes, 990, 1120))


@pytest.mark.parametrize("symbols", [14, 16, 20])
def test_serials_of_every_length_are_printed(tmp_path: Path, symbols: int) -> None:
    path = tmp_path / "labels.pdf"
    export = make_export(0, 5, run=replace(RUN, symbols=symbols))
    build_labels(export, ORDER, path)
    assert sorted(read_pages(path, [0])) == sorted(list_urls(export.codes, 0, 5))


@pytest.mark.parametrize("contents", list(Contents))
def test_a_short_last_group_is_printed_in_the_same_size(tmp_path: Path, contents: Contents) -> None:
    path = tmp_path / "labels.pdf"
    run = replace(RUN, quantity=1000, contents=contents)
    order = replace(ORDER, layout=LAYOUTS["a4-8"])
    export = make_export(36, 42, level=1, run=run)
    build_labels(export, order, path)
    assert sorted(read_pages(path, [0])) == sorted(list_urls(export.codes, 36, 42))
    last = make_export(41, 42, level=1, run=run)
    build_labels(last, order, path)
    assert read_pages(path, [0]) == list_urls(last.codes, 41, 42)


class FaultyPress:
    """Prints like the real one, but gives label `number` the symbol of label 0."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __call__(self, out: BinaryIO, job: LabelJob, chunks: Iterable[LabelChunk]) -> int:
        parts = list(chunks)
        symbols = np.concatenate([part.symbols for part in parts])
        symbols[self.number] = symbols[0]
        codes = np.concatenate([part.codes for part in parts])
        return write_labels(out, job, [LabelChunk(symbols=symbols, codes=codes)])


@pytest.mark.parametrize(("number", "page"), [(1, 1), (64, 1), (4 * 65, 5), (9 * 65 + 14, 10)])
def test_a_file_with_a_wrong_symbol_is_not_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, page: int
) -> None:
    monkeypatch.setattr(labelling, "write_labels", FaultyPress(number))
    with pytest.raises(DomainError) as caught:
        build_labels(make_export(0, 600), ORDER, tmp_path / "labels.pdf")
    assert caught.value.code == "labels_unreadable"
    assert caught.value.params["page"] == page
    assert caught.value.params["position"] == number % 65 + 1


def test_a_roll_is_read_back_at_a_dozen_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = replace(ORDER, layout=LAYOUTS["roll-60x40"])
    build_labels(make_export(0, 100), order, tmp_path / "labels.pdf")
    monkeypatch.setattr(labelling, "write_labels", FaultyPress(99))
    with pytest.raises(DomainError):
        build_labels(make_export(0, 100), order, tmp_path / "labels.pdf")


def test_limits_are_named(tmp_path: Path) -> None:
    path = tmp_path / "labels.pdf"
    with pytest.raises(InvalidError) as caught:
        build_labels(make_export(0, LABELS_PER_FILE_MAX + 1), ORDER, path)
    assert caught.value.code == "labels_too_many"
    for skip in (-1, 65):
        with pytest.raises(InvalidError) as caught:
            build_labels(make_export(0, 5), replace(ORDER, skip=skip), path)
        assert caught.value.code == "skip_out_of_range"
    assert not path.exists()


def test_the_largest_file_is_made(tmp_path: Path) -> None:
    path = tmp_path / "labels.pdf"
    export = make_export(0, LABELS_PER_FILE_MAX)
    assert build_labels(export, ORDER, path) == LABELS_PER_FILE_MAX
    assert path.stat().st_size < 40_000_000


@pytest.mark.parametrize("kind", LabelFormat)
def test_a_full_disk_is_a_refusal_and_ends_no_process(kind: LabelFormat) -> None:
    # Where writing a PDF raised, the process was gone with all that it served.
    with pytest.raises(UnavailableError, match="disk_full"):
        run_aside(build_labels, make_export(0, 200), replace(ORDER, format=kind), Path("/dev/full"))
