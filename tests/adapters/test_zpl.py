# SPDX-License-Identifier: Apache-2.0
"""ZPL print files, decoded as a printer would and read by a reader we did not write."""

import io
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.drawn_logos import LOGOS, make_logo

from trueorigin.adapters.barcodes import read_symbols
from trueorigin.adapters.pdf import LabelChunk, LabelJob, cut_chunks
from trueorigin.adapters.raster import Raster
from trueorigin.adapters.typesetting import LabelText
from trueorigin.adapters.zpl import Printer, read_picture, write_zpl
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.qr import Template
from trueorigin.domain.sheets import LAYOUTS, place_symbol

LETTERS = np.frombuffer(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", np.uint8)
TEMPLATE = Template("https://TRUEORIG.CN/01/09506000134352/21/", 16, mask=3)
CHINESE = LabelText(title="真源窖藏 浓香型白酒", lines=("批号 20260113A",))


def job(layout: str = "roll-60x40", dpi: int = 300, text: LabelText = CHINESE) -> LabelJob:
    return LabelJob(
        layout=LAYOUTS[layout], text=text, modules=TEMPLATE.size, code_length=21, dpi=dpi
    )


def chunk(count: int, seed: int = 5) -> tuple[LabelChunk, list[str]]:
    rows = np.random.default_rng(seed).choice(LETTERS, (count, 16))
    prefix = np.tile(np.frombuffer(b"TQ3N", np.uint8), (count, 1))
    codes = np.concatenate([prefix, rows, rows[:, :1]], axis=1)
    urls = [TEMPLATE.text(bytes(row).decode()) for row in rows]
    return LabelChunk(symbols=TEMPLATE.render(rows), codes=codes), urls


def written(what: LabelJob, part: LabelChunk, *, extra: int = 0) -> list[bytes]:
    out = io.BytesIO()
    count = write_zpl(out, what, [part])
    lines = out.getvalue().splitlines(keepends=True)
    assert len(lines) == count + extra
    return lines


def read(picture: NDArray[np.uint8]) -> list[str]:
    return [symbol.text for symbol in read_symbols(picture)]


@pytest.mark.parametrize("dpi", [203, 300, 600])
@pytest.mark.parametrize("layout", ["roll-40x30", "roll-60x40", "roll-100x150", "a4-65"])
def test_every_label_reads_back(layout: str, dpi: int) -> None:
    part, urls = chunk(3)
    assert [read(read_picture(line)) for line in written(job(layout, dpi), part)] == [
        [url] for url in urls
    ]


def test_a_label_is_a_format_of_its_own_and_as_large_as_the_layout() -> None:
    part, _ = chunk(40)
    lines = written(job(), part)
    assert len(lines) == 40
    assert all(line.startswith(b"^XA^PW708^LL472^LH0,0^FO0,0^GFA,") for line in lines)
    assert all(line.endswith(b"^FS^XZ\n") for line in lines)
    assert read_picture(lines[39]).shape == (472, 712)


def test_chinese_is_in_the_picture_and_does_not_touch_the_symbol() -> None:
    part, _ = chunk(1)
    with_text, without = (
        Raster(job(text=text)).draw(part)[0] for text in (CHINESE, LabelText(title=""))
    )
    differing = np.argwhere(with_text != without)
    assert len(differing) > 1000
    placed = place_symbol(LAYOUTS["roll-60x40"], TEMPLATE.size, dpi=300)
    quiet = 4 * placed.dots_per_module
    assert differing[:, 1].min() >= placed.symbol[0] + placed.side + quiet


def test_codes_differ_in_the_picture() -> None:
    first, _ = chunk(1, seed=1)
    second, _ = chunk(1, seed=2)
    mixed = LabelChunk(symbols=first.symbols, codes=second.codes)
    raster = Raster(job())
    assert (raster.draw(first) != raster.draw(mixed)).any()
    assert (raster.draw(first) == raster.draw(first)).all()


def with_logo(name: str = "seal", layout: str = "roll-60x40") -> LabelJob:
    return replace(job(layout), logo=make_logo(name))


@pytest.mark.parametrize("name", LOGOS)
def test_a_logo_is_sent_once_and_printed_on_every_label(name: str) -> None:
    part, urls = chunk(3)
    what = with_logo(name)
    out = io.BytesIO()
    assert write_zpl(out, what, [part]) == 3
    first, *labels, last = out.getvalue().splitlines(keepends=True)
    assert first.startswith(b"~DGR:TO")
    assert last.startswith(b"^XA^IDR:TO")
    printer = Printer()
    assert printer.take(first) is None
    pictures = [printer.take(line) for line in labels]
    assert printer.take(last) is None
    for picture, expected, url in zip(pictures, Raster(what).draw(part), urls, strict=True):
        assert picture is not None
        # Bit for bit what a printer without memory would be sent.
        assert ((picture == 0)[:, : expected.shape[1]] == expected).all()
        assert read(picture) == [url]


def test_a_logo_costs_a_file_its_dots_once() -> None:
    def size(what: LabelJob, count: int) -> int:
        out = io.BytesIO()
        write_zpl(out, what, [chunk(count)[0]])
        return len(out.getvalue())

    # The texts make room, so labels differ a little; 30 bytes each recall the logo.
    growth = (size(with_logo(), 40) - size(with_logo(), 20)) - (size(job(), 40) - size(job(), 20))
    assert growth / 20 < 150
    assert size(with_logo("picture"), 1) - size(job(), 1) > 1000


def test_without_its_logo_a_label_is_not_printed() -> None:
    part, _ = chunk(1)
    first, label, last = written(with_logo(), part, extra=2)
    with pytest.raises(ValueError, match="not stored"):
        Printer().take(label)
    printer = Printer()
    for line in (first, label, last):
        printer.take(line)
    with pytest.raises(ValueError, match="not stored"):
        printer.take(label)
    with pytest.raises(ValueError, match="no picture"):
        read_picture(first)


def test_logos_have_names_of_their_own() -> None:
    part, _ = chunk(1)
    names = {written(with_logo(name), part, extra=2)[0][5:18] for name in LOGOS}
    assert len(names) == len(LOGOS)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda line: line.replace(b":Z64:eJ", b":Z64:eK"), id="a changed letter"),
        pytest.param(lambda line: line.replace(b"^GFA,42008", b"^GFA,42009"), id="another length"),
        pytest.param(lambda line: line[:-20], id="cut off"),
        pytest.param(lambda line: line[:4] + b"XZ\n", id="no picture"),
    ],
)
def test_a_damaged_picture_is_noticed(damage: object) -> None:
    part, _ = chunk(1)
    line = written(job(), part)[0]
    assert callable(damage)
    with pytest.raises(ValueError, match="picture"):
        read_picture(damage(line))


def test_a_label_too_small_for_its_symbol_is_refused() -> None:
    long = Template("https://TRUEORIG.CN/00/106901230000000018?t=", 16, "&n=", 600, mask=1)
    what = LabelJob(layout=LAYOUTS["a4-65"], text=CHINESE, modules=long.size, code_length=21)
    with pytest.raises(InvalidError) as refused:
        Raster(what)
    assert refused.value.code == "label_too_small"


def test_chunks_are_cut_without_losing_a_label() -> None:
    part, _ = chunk(7)
    pieces = list(cut_chunks([part, part], 3))
    assert [len(piece.codes) for piece in pieces] == [3, 3, 1, 3, 3, 1]
    joined = np.concatenate([piece.codes for piece in pieces])
    assert (joined == np.concatenate([part.codes, part.codes])).all()
