# SPDX-License-Identifier: Apache-2.0
"""Designs in print files: logo and texts are there once, and harm no symbol."""

import io
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image
from tests.drawn_logos import LOGOS, RED, make_logo

from trueorigin.adapters.barcodes import read_back
from trueorigin.adapters.pdf import LabelChunk, LabelJob, write_labels
from trueorigin.adapters.typesetting import LabelText
from trueorigin.domain.qr import Template
from trueorigin.domain.sheets import LAYOUTS

LETTERS = np.frombuffer(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", np.uint8)
TEMPLATE = Template("https://TRUEORIG.CN/01/09506000134352/21/", 16, mask=3)
TEXT = LabelText(
    title="真源窖藏", lines=("Celadon Cellar",), whole=("批号 20260113A", "窖藏 Cellar 4")
)


def job(layout: str = "a4-24", dpi: int = 300) -> LabelJob:
    return LabelJob(
        layout=LAYOUTS[layout], text=TEXT, modules=TEMPLATE.size, code_length=21, dpi=dpi
    )


def plain(layout: str = "a4-24", dpi: int = 300) -> LabelJob:
    return replace(job(layout, dpi), text=LabelText(title=""), is_plain=True)


def printed(what: LabelJob, count: int) -> tuple[bytes, list[str]]:
    rows = np.random.default_rng(5).choice(LETTERS, (count, 16))
    prefix = np.tile(np.frombuffer(b"TQ3N", np.uint8), (count, 1))
    codes = np.concatenate([prefix, rows, rows[:, :1]], axis=1)
    out = io.BytesIO()
    assert write_labels(out, what, [LabelChunk(symbols=TEMPLATE.render(rows), codes=codes)])
    return out.getvalue(), [TEMPLATE.text(bytes(row).decode()) for row in rows]


@pytest.mark.parametrize("dpi", [203, 300, 600])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_plain_labels_read_back_on_every_sheet(layout: str, dpi: int) -> None:
    what = plain(layout, dpi)
    data, urls = printed(what, what.layout.per_page)
    assert read_back(data, what.layout, {0: urls}, dpi=dpi).wrong == ()


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name != "a4-65"])
@pytest.mark.parametrize("name", LOGOS)
def test_labels_with_any_logo_read_back_on_every_sheet(layout: str, name: str) -> None:
    what = replace(job(layout), logo=make_logo(name))
    data, urls = printed(what, what.layout.per_page)
    assert read_back(data, what.layout, {0: urls}).wrong == ()


def test_logo_and_texts_are_in_the_file_once() -> None:
    branded = replace(job(), logo=make_logo("written name"))
    sizes = {
        name: [len(printed(what, count)[0]) for count in (24, 2400)]
        for name, what in (("plain", plain()), ("text", job()), ("branded", branded))
    }
    growth = {name: (many - few) / 2376 for name, (few, many) in sizes.items()}
    assert abs(growth["branded"] - growth["text"]) < 2
    # Lines of the code are two beside the symbol, and one below it.
    assert abs(growth["text"] - growth["plain"]) < 12
    with pikepdf.open(io.BytesIO(printed(branded, 2400)[0])) as file:
        images = [
            each
            for each in file.objects
            if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/Image"
        ]
        assert len(images) == 1
        assert len(file.pages) == 100


def test_the_logo_is_in_its_colours_where_it_belongs(tmp_path: Path) -> None:
    what = replace(job(), logo=make_logo("seal"))
    file = tmp_path / "labels.pdf"
    file.write_bytes(printed(what, 1)[0])
    command = ["pdftoppm", "-r", "300", "-png", str(file), str(tmp_path / "page")]
    subprocess.run(command, check=True, capture_output=True)
    with Image.open(next(tmp_path.glob("page*.png"))) as page:
        pixels = np.asarray(page.convert("RGB")).astype(int)
    red = np.argwhere(np.abs(pixels - RED).sum(axis=2) < 30)
    box = what.arrange()[1].logo
    assert box is not None
    top, left = red.min(axis=0)
    bottom, right = red.max(axis=0)
    # The label begins 1.0 mm below the page's upper edge; pixels of the edge are blended.
    corner = (297 - 8 * 37) / 2 / 25.4 * 300
    assert abs(top - corner - box.top) <= 3
    assert abs(left - box.left) <= 3
    assert abs(bottom - top - box.height) <= 4
    assert abs(right - left - box.width) <= 4


def test_texts_can_be_selected(tmp_path: Path) -> None:
    file = tmp_path / "labels.pdf"
    file.write_bytes(printed(replace(job(), logo=make_logo()), 1)[0])
    command = ["pdftotext", "-enc", "UTF-8", str(file), "-"]
    text = subprocess.run(command, check=True, capture_output=True).stdout.decode()
    for line in (TEXT.title, *TEXT.lines, *TEXT.whole):
        assert line.replace(" ", "") in text.replace(" ", ""), line
