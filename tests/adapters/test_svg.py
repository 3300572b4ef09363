# SPDX-License-Identifier: Apache-2.0
"""Labels as SVG and their archives: well-formed, self-contained, and readable."""

import base64
import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image
from tests.drawn_logos import LOGOS, make_logo

from trueorigin.adapters.archives import decode_png, encode_png, read_members, write_archive
from trueorigin.adapters.barcodes import read_symbols
from trueorigin.adapters.pdf import LabelChunk, LabelJob
from trueorigin.adapters.raster import Raster
from trueorigin.adapters.svg import Drawing, read_modules
from trueorigin.adapters.typesetting import LabelText
from trueorigin.domain.qr import Template
from trueorigin.domain.sheets import LAYOUTS, place_symbol

TEMPLATE = Template("https://TRUEORIG.CN/01/09506000134352/21/", 16, mask=3)
SERIAL = b"7K3M9QD2X5TB8WHN"
HOSTILE = LabelText(title='<script>alert("1")</script> & 青瓷酒', lines=("批号 A&B", "]]>"))


def job(text: LabelText = HOSTILE, dpi: int = 300) -> LabelJob:
    return LabelJob(
        layout=LAYOUTS["roll-60x40"], text=text, modules=TEMPLATE.size, code_length=21, dpi=dpi
    )


def chunk() -> LabelChunk:
    serial = np.frombuffer(SERIAL, np.uint8)[None]
    codes = np.frombuffer(b"TQ3N" + SERIAL + b"4", np.uint8)[None]
    return LabelChunk(symbols=TEMPLATE.render(serial), codes=codes)


def drawn(what: LabelJob) -> str:
    (drawing,) = Drawing(what).draw(chunk())
    return drawing


@pytest.mark.parametrize("dpi", [203, 300, 600, 1200])
def test_the_symbol_reads_back(dpi: int) -> None:
    symbols = read_symbols(read_modules(drawn(job(dpi=dpi))))
    assert [symbol.text for symbol in symbols] == [TEMPLATE.text(SERIAL.decode())]


def test_it_is_as_large_as_the_label_and_named_by_its_code() -> None:
    root = ET.fromstring(drawn(job()))  # noqa: S314 - our own text
    assert root.attrib["width"] == "59.944mm"
    assert root.attrib["height"] == "39.963mm"
    assert root.attrib["aria-label"] == "TQ3N 7K3M 9QD2 X5TB 8WHN 4"


def test_texts_are_outlines_and_ask_for_nothing_from_anywhere() -> None:
    drawing = drawn(job())
    names = {each.tag.rpartition("}")[2] for each in ET.fromstring(drawing).iter()}  # noqa: S314 - our own text
    assert names == {"svg", "rect", "g", "path"}
    assert "href" not in drawing
    assert "script" not in drawing
    assert drawing.count("<path") > 40


def test_the_symbol_lies_where_the_picture_for_printers_has_it() -> None:
    plain = job(LabelText(title=""))
    picture = Raster(plain).draw(chunk())[0]
    from_svg = read_modules(drawn(plain)) == 0
    text_begins = place_symbol(plain.layout, plain.modules, dpi=300).text[0]
    assert (picture[:, :text_begins] == from_svg[:, :text_begins]).all()
    assert picture[:, :text_begins].any()


@pytest.mark.parametrize("is_black", [True, False], ids=["black", "colours"])
@pytest.mark.parametrize("name", LOGOS)
def test_a_logo_is_a_small_picture_inside_the_drawing(name: str, is_black: bool) -> None:  # noqa: FBT001 - a parameter of the test
    plain = drawn(job())
    drawing = drawn(replace(job(), logo=make_logo(name), is_black=is_black))
    assert len(drawing) - len(plain) < 20_000
    root = ET.fromstring(drawing)  # noqa: S314 - our own text
    (image,) = root.iter("{http://www.w3.org/2000/svg}image")
    scheme, _, data = image.attrib["href"].partition(",")
    assert scheme == "data:image/png;base64"
    with Image.open(io.BytesIO(base64.b64decode(data, validate=True))) as picture:
        assert picture.width <= int(image.attrib["width"])
    assert [symbol.text for symbol in read_symbols(read_modules(drawing))] == [
        TEMPLATE.text(SERIAL.decode())
    ]


def test_a_logo_on_the_symbol_spoils_the_reading() -> None:
    drawing = drawn(replace(job(), logo=make_logo()))
    box = re.search(r'<image class="logo" x="\d+" y="\d+"', drawing)
    assert box is not None
    left, top = place_symbol(LAYOUTS["roll-60x40"], TEMPLATE.size, dpi=300).symbol
    moved = drawing.replace(box[0], f'<image class="logo" x="{left}" y="{top}"')
    assert read_symbols(read_modules(moved)) == []


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param('<svg viewBox="0 0 10 10"></svg>', id="no symbol"),
        pytest.param(
            '<svg viewBox="0 0 10 10"><path class="symbol" '
            'transform="translate(4 4) scale(3)" d="M0 0h7v1h-7z"/></svg>',
            id="beyond the label",
        ),
        pytest.param(
            '<svg viewBox="0 0 99 99"><path class="symbol" '
            'transform="translate(4 4) scale(3)" d="M0 0h7v1h-7zL4 4"/></svg>',
            id="another shape",
        ),
    ],
)
def test_a_damaged_drawing_is_noticed(broken: str) -> None:
    with pytest.raises(ValueError, match="symbol"):
        read_modules(broken)


def test_a_png_has_the_printers_resolution_and_reads_back() -> None:
    data = encode_png(Raster(job()).draw(chunk())[0], dpi=300)
    assert data.startswith(b"\x89PNG")
    assert [symbol.text for symbol in read_symbols(decode_png(data))] == [
        TEMPLATE.text(SERIAL.decode())
    ]


def test_an_archive_is_streamed_and_the_same_every_time(tmp_path: Path) -> None:
    class Pipe(io.RawIOBase):
        """A file that can only be written, from its beginning to its end."""

        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            part = bytes(data)  # type: ignore[call-overload] # whatever bytes accept
            self.data += part
            return len(part)

    members = [("0-AAAAAA.svg", b"<svg/>" * 50), ("1-BBBBBB.png", b"\x89PNG")]
    pipes = [Pipe(), Pipe()]
    assert [write_archive(pipe, iter(members)) for pipe in pipes] == [2, 2]  # type: ignore[arg-type] # what zipfile needs of it
    assert pipes[0].data == pipes[1].data
    path = tmp_path / "labels.zip"
    path.write_bytes(pipes[0].data)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["0-AAAAAA.svg", "1-BBBBBB.png"]
    assert read_members(path, ["1-BBBBBB.png"]) == [b"\x89PNG"]
