# SPDX-License-Identifier: Apache-2.0
"""Label sheets as PDF on one core, beside two libraries: a symbol and three texts a label.

The libraries are given the symbols drawn and draw them in the fastest way they have, as pictures
of one bit a module; we draw ours. What their documents cost without labels, mostly fonts, is taken
off; ours is not. Every label of a file of ours is read back, or no ratio is shown.
"""

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from bench.rounds import LOAD_CORE, Plan, Work, interleave, on_core, rate_of
from bench.rows.symbols import TEMPLATE, draw_serials
from bench.table import Line, Reach
from fpdf import FPDF
from numpy.typing import NDArray
from PIL import Image
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from trueorigin.adapters.barcodes import read_back
from trueorigin.adapters.fonts import FOLDER, Face
from trueorigin.adapters.pdf import LabelChunk, LabelJob, write_labels
from trueorigin.adapters.typesetting import LabelText
from trueorigin.domain.qr import unpack
from trueorigin.domain.sheets import LAYOUTS

ROW: Final = "labels"
PER_SHEET: Final = 65
SHEETS: Final = 400
RIVAL_SHEETS: Final = 15
READ_SHEETS: Final = 8
TITLE: Final = "真源窖藏 浓香型白酒"
LOT: Final = "批号 20260113A"
_REACH: Final = Reach(at_least=30)
# Sizes in points, of an A4 page with 5 by 13 labels.
_PAGE: Final = (595.28, 841.89)
_SYMBOL: Final = 41.5
_SIZES: Final = {Face.TITLE: 7, Face.LINE: 6, Face.CODE: 5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a library is given: a symbol, dark modules True, its code, and its place in points."""

    modules: NDArray[np.bool_]
    code: str
    x: float
    y: float
    opens_page: bool

    @property
    def picture(self) -> Image.Image:
        """Return the symbol as a picture of one bit a module."""
        return Image.fromarray(~self.modules)

    @property
    def texts(self) -> tuple[tuple[Face, float, float, str], ...]:
        """Return face, place and text of each line."""
        beside = self.x + _SYMBOL + 4
        return (
            (Face.TITLE, beside, self.y + 8, TITLE),
            (Face.LINE, beside, self.y + 18, LOT),
            (Face.CODE, self.x, self.y + _SYMBOL + 8, self.code),
        )


def measure(plan: Plan) -> list[Line]:
    """Write label sheets in all ways in turn."""
    count = PER_SHEET * plan.scaled(SHEETS, RIVAL_SHEETS)
    rival_count = PER_SHEET * plan.scaled(RIVAL_SHEETS, 2)
    labels = list(_list_labels(rival_count))
    serials = draw_serials(count)
    _register_fonts()
    works = {
        "ours": rate_of(lambda: write_sheets(serials), count),
        "reportlab": _rate_beyond_one(partial(_with_reportlab, labels), labels),
        "fpdf2": _rate_beyond_one(partial(_with_fpdf2, labels), labels),
    }
    with on_core(LOAD_CORE):
        found = interleave(works, plan.rounds)
        unread = count_unread(draw_serials(PER_SHEET * READ_SHEETS))
    return [
        Line(
            row=ROW,
            key=name,
            title="labels written",
            unit="/s",
            ours=found["ours"],
            rival=name,
            theirs=found[name],
            reach=_REACH,
            refusal=f"{unread} of {PER_SHEET * READ_SHEETS} labels are not read" if unread else "",
        )
        for name in ("reportlab", "fpdf2")
    ]


def write_sheets(serials: NDArray[np.uint8]) -> bytes:
    """Draw the symbols of some serials and write them on sheets."""
    codes = np.concatenate([serials[:, :4], serials, serials[:, :1]], axis=1)
    job = LabelJob(
        layout=LAYOUTS["a4-65"],
        text=LabelText(title=TITLE, lines=(LOT,)),
        modules=TEMPLATE.size,
        code_length=codes.shape[1],
    )
    out = io.BytesIO()
    write_labels(out, job, [LabelChunk(symbols=TEMPLATE.render(serials), codes=codes)])
    return out.getvalue()


def count_unread(serials: NDArray[np.uint8]) -> int:
    """Return how many labels of a file zxing-cpp does not read as what they should say."""
    texts = [TEMPLATE.text(bytes(row).decode()) for row in serials]
    sheets = {
        page: texts[page * PER_SHEET : (page + 1) * PER_SHEET]
        for page in range(len(texts) // PER_SHEET)
    }
    return len(read_back(write_sheets(serials), LAYOUTS["a4-65"], sheets).wrong)


def _list_labels(count: int) -> Iterator[Label]:
    serials = draw_serials(count)
    symbols = unpack(TEMPLATE.render(serials), TEMPLATE.size)
    for number, (serial, modules) in enumerate(zip(serials, symbols, strict=True)):
        row, column = divmod(number % PER_SHEET, 5)
        yield Label(
            modules=modules,
            code=" ".join(bytes(serial[at : at + 4]).decode() for at in range(0, 16, 4)),
            x=14 + 113.4 * column,
            y=28 + 60.1 * row,
            opens_page=number % PER_SHEET == 0,
        )


def _rate_beyond_one(write: Callable[[int], object], labels: list[Label]) -> Work:
    """Return a work that measures labels a second without what a document of one label costs."""

    def measure_rate() -> float:
        started = time.process_time()
        write(1)
        one = time.process_time()
        write(len(labels))
        return (len(labels) - 1) / (time.process_time() - one - (one - started))

    return measure_rate


def _register_fonts() -> None:
    for face in Face:
        pdfmetrics.registerFont(TTFont(face.name, str(FOLDER / face.value)))


def _with_reportlab(labels: list[Label], count: int) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=_PAGE, pageCompression=1)
    for label in labels[:count]:
        if label.opens_page and label is not labels[0]:
            canvas.showPage()
        for face, x, y, text in label.texts:
            canvas.setFont(face.name, _SIZES[face])
            canvas.drawString(x, _PAGE[1] - y, text)
        bottom = _PAGE[1] - label.y - _SYMBOL
        canvas.drawInlineImage(label.picture, label.x, bottom, _SYMBOL, _SYMBOL)
    canvas.save()
    return out.getvalue()


def _with_fpdf2(labels: list[Label], count: int) -> bytes:
    pdf = FPDF(unit="pt", format="A4")
    pdf.set_auto_page_break(auto=False)
    for face in Face:
        pdf.add_font(face.name, fname=FOLDER / face.value)
    for label in labels[:count]:
        if label.opens_page:
            pdf.add_page()
        for face, x, y, text in label.texts:
            pdf.set_font(face.name, size=_SIZES[face])
            pdf.text(x, y, text)
        pdf.image(label.picture, label.x, label.y, _SYMBOL, _SYMBOL)
    return bytes(pdf.output())
