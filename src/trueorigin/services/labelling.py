# SPDX-License-Identifier: Apache-2.0
"""Print files: the labels of a range of a run, offered only after a sample was read back.

A label that cannot be read costs a recall of packages; so each file is rendered again, and symbols
of its beginning, middle and end are read by another program and compared.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from trueorigin.adapters.archives import decode_png, encode_png, read_members, write_archive
from trueorigin.adapters.barcodes import read_back, read_elements, read_symbols
from trueorigin.adapters.files import is_full
from trueorigin.adapters.logos import Logo
from trueorigin.adapters.pdf import LabelChunk, LabelJob, cut_chunks, write_labels
from trueorigin.adapters.raster import Raster
from trueorigin.adapters.svg import Drawing, read_modules
from trueorigin.adapters.typesetting import LabelText
from trueorigin.adapters.zpl import Printer, write_zpl
from trueorigin.domain import qr
from trueorigin.domain.codelist import (
    LabelRows,
    LevelCodes,
    has_sscc,
    list_label_rows,
    list_ssccs,
    list_urls,
)
from trueorigin.domain.errors import DomainError, InvalidError, UnavailableError
from trueorigin.domain.humancode import CHECK_SYMBOLS, PREFIX_SYMBOLS
from trueorigin.domain.qr_tables import size_of
from trueorigin.domain.serials import NUMBER_SYMBOLS
from trueorigin.domain.sheets import LAYOUTS, PRINTER_DPI, Layout
from trueorigin.services.issuing import Export

# Some 30 MB of file and a few seconds; whoever needs more asks for the next range.
LABELS_PER_FILE_MAX: Final = 50_000
# Each of them is a file of its own, which folders and people bear less of.
PICTURES_PER_FILE_MAX: Final = 10_000
# Pages of one label are read as fast as they are few.
LABELS_READ_BACK_MIN: Final = 12
# So many labels pass between two reports of how far the work is: a second or less.
_REPORTED: Final = 500
# Refusals that another label or another design would answer, and how many of these are named.
_TOO_SMALL: Final = frozenset(
    {
        "label_logo_too_small",
        "label_text_too_small",
        "label_texts_too_long",
        "label_too_small",
    }
)
_SUGGESTIONS_MAX: Final = 4
# Pictures in memory at a time.
_PICTURES: Final = 32


class LabelFormat(StrEnum):
    """`pdf` sheets and rolls, `zpl` for label printers, `svg` and `png` one picture a label."""

    PDF = "pdf"
    ZPL = "zpl"
    SVG = "svg"
    PNG = "png"

    @property
    def suffix(self) -> str:
        """Return how a file of this format is called: pictures come in an archive."""
        return "zip" if self in {LabelFormat.SVG, LabelFormat.PNG} else self.value

    @property
    def media_type(self) -> str:
        """Return the type of a file of this format."""
        return {"pdf": "application/pdf", "zpl": "application/vnd.zebra-zpl"}.get(
            self.value, "application/zip"
        )

    @property
    def labels_max(self) -> int:
        """Return how many labels one file of this format may hold."""
        return PICTURES_PER_FILE_MAX if self.suffix == "zip" else LABELS_PER_FILE_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelOrder:
    """How labels are to look: `text` in `language` (BCP 47), the sheet, the printer's dots.

    The first `skip` labels of the first sheet stay empty. Formats other than PDF have no sheets:
    of the layout they take the size of one label. `is_plain` says that there is nothing but
    symbol and code; a `logo` is in colour where the format has colours. `is_logistic` labels carry
    the SSCC as GS1-128, and no logo. `last_text` stands on the last label in the place of `text`:
    the last group of a run may hold less than the others.
    """

    text: LabelText
    language: str
    layout: Layout
    dpi: int = 300
    skip: int = 0
    format: LabelFormat = LabelFormat.PDF
    logo: Logo | None = None
    is_plain: bool = False
    is_logistic: bool = False
    last_text: LabelText | None = None


def _ignore(_count: int) -> None:
    """Report to nobody."""


def build_labels(
    export: Export, order: LabelOrder, path: Path, *, report: Callable[[int], None] = _ignore
) -> int:
    """Write the labels of `export` to `path`, read a sample of them back, and return how many.

    `report` is told how many more are drawn, and ends the work by raising. Refuses what
    `require_printable` refuses, before anything is written, and `disk_full`. A label that
    is not read back as it should is our defect: `labels_unreadable`.
    """
    press = _Press(export)
    job = _require_printable(export, order, press.modules)
    chunks = press.draw(is_last_apart=order.last_text is not None)
    try:
        with path.open("wb") as out:
            written = _write(out, export, order, job, _reported(chunks, report))
    except OSError as error:
        if is_full(error):
            raise UnavailableError("disk_full") from error
        raise
    if order.format is LabelFormat.PDF:
        _read_sheets_back(export, order, path)
    else:
        _read_pictures_back(export, order, path)
    return written


def require_printable(export: Export, order: LabelOrder) -> None:
    """Refuse what cannot be printed, without printing it.

    More than the format's `labels_max`, a skip of a sheet or more, a logistic label of units that
    have no SSCC, and a label too small for what is to be on it; that refusal says which labels are
    not, and which design would fit this one.
    """
    _require_printable(export, order, _Press(export).modules)


def _require_printable(export: Export, order: LabelOrder, modules: int) -> LabelJob:
    count = export.stop - export.start
    if count > order.format.labels_max:
        raise InvalidError("labels_too_many", field="to", limit=order.format.labels_max)
    if not 0 <= order.skip < order.layout.per_page:
        raise InvalidError("skip_out_of_range", field="skip", max=order.layout.per_page - 1)
    if order.is_logistic and not has_sscc(export.codes):
        raise InvalidError("design_without_sscc", field="design")
    job = build_job(export.codes, order, modules)
    try:
        _arrange(job)
    except InvalidError as error:
        if error.code not in _TOO_SMALL:
            raise
        advice = {"fits": _list_layouts(job), "design": _find_design(job)}
        raise InvalidError(error.code, field=error.field, **{**error.params, **advice}) from error
    return job


def _list_layouts(job: LabelJob) -> str:
    """Name the smallest labels that have room for all of a job, with their sizes; else "none"."""
    fitting = [
        f"{layout.name} ({layout.label[0]:g} × {layout.label[1]:g} mm)"
        for layout in sorted(LAYOUTS.values(), key=lambda each: each.label[0] * each.label[1])
        if _is_fitting(replace(job, layout=layout))
    ]
    return ", ".join(fitting[:_SUGGESTIONS_MAX]) or "none"


def _find_design(job: LabelJob) -> str:
    """Name the richest of the simpler designs that fits the label of a job; else "none"."""
    text = replace(job, logo=None, is_logistic=False)
    plain = replace(text, text=LabelText(title=""), last_text=None, is_plain=True)
    if text != job and _is_fitting(text):
        return "text"
    return "plain" if not job.is_plain and _is_fitting(plain) else "none"


def _is_fitting(job: LabelJob) -> bool:
    try:
        _arrange(job)
    except InvalidError:
        return False
    return True


def _arrange(job: LabelJob) -> None:
    for form in job.forms:
        form.arrange()


def build_job(codes: LevelCodes, order: LabelOrder, modules: int) -> LabelJob:
    """Return what all labels of an order share, with symbols of `modules` a side."""
    return LabelJob(
        layout=order.layout,
        text=order.text,
        modules=modules,
        code_length=PREFIX_SYMBOLS + codes.run.symbols + CHECK_SYMBOLS,
        dpi=order.dpi,
        language=order.language,
        skip=order.skip,
        logo=order.logo,
        is_plain=order.is_plain,
        is_black=order.format in {LabelFormat.ZPL, LabelFormat.PNG},
        is_logistic=order.is_logistic,
        last_text=order.last_text,
    )


def _write(
    out: BinaryIO,
    export: Export,
    order: LabelOrder,
    job: LabelJob,
    chunks: Iterator[LabelChunk],
) -> int:
    """Write the file of a format."""
    if order.format is LabelFormat.PDF:
        return write_labels(out, job, chunks)
    if order.format is LabelFormat.ZPL:
        return write_zpl(out, job, chunks)
    return write_archive(out, _list_pictures(export, order.format, job, chunks))


def _reported(chunks: Iterator[LabelChunk], report: Callable[[int], None]) -> Iterator[LabelChunk]:
    for chunk in cut_chunks(chunks, _REPORTED):
        yield chunk
        report(len(chunk.codes))


def _list_pictures(
    export: Export, kind: LabelFormat, job: LabelJob, chunks: Iterator[LabelChunk]
) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of one picture a label."""
    draw = _draw_svg(job) if kind is LabelFormat.SVG else _draw_png(job)
    index = export.start
    for part in cut_chunks(chunks, _PICTURES):
        for picture, code in zip(draw(part), part.codes, strict=True):
            yield _name_picture(export, kind, index, code.tobytes()), picture
            index += 1


def _draw_svg(job: LabelJob) -> Callable[[LabelChunk], list[bytes]]:
    forms = [Drawing(form) for form in job.forms]
    return lambda part: [text.encode() for text in forms[part.is_last].draw(part)]


def _draw_png(job: LabelJob) -> Callable[[LabelChunk], list[bytes]]:
    forms, dpi = [Raster(form) for form in job.forms], PRINTER_DPI[job.dpi]
    return lambda part: [encode_png(dots, dpi=dpi) for dots in forms[part.is_last].draw(part)]


def _name_picture(export: Export, kind: LabelFormat, index: int, code: bytes) -> str:
    """Name a picture by the index of its unit, all equally long, and the unit's number."""
    number = code[PREFIX_SYMBOLS : PREFIX_SYMBOLS + NUMBER_SYMBOLS].decode("ascii")
    return f"{index:0{len(str(export.stop - 1))}d}-{number}.{kind.value}"


class _Press:
    """Draws the symbols of one export, all of one size.

    Their template is that of the first row. It serves every row but those of a short last group,
    which is drawn by itself in the same version.
    """

    def __init__(self, export: Export) -> None:
        self._export = export
        codes = export.codes
        self._parts = next(list_label_rows(codes, export.start, export.start + 1)).parts
        self._version, _ = qr.measure(*self._parts)
        self.modules = size_of(self._version)

    def draw(self, *, is_last_apart: bool) -> Iterator[LabelChunk]:
        """Yield the labels in order; with `is_last_apart` the last as one of its own."""
        export = self._export
        left = export.stop - export.start
        template = qr.Template(*self._parts)
        for rows in list_label_rows(export.codes, export.start, export.stop):
            if rows.parts == self._parts:
                symbols = template.render(rows.fields)
            else:
                symbols = self._draw_plainly(rows)
            chunk = LabelChunk(symbols=symbols, codes=rows.codes, ssccs=rows.ssccs)
            left -= len(rows.codes)
            yield from (chunk,) if left or not is_last_apart else chunk.part_last()

    def draw_first(self) -> LabelChunk:
        """Return the first label alone, to look at: it may have another mask than in a file.

        Two seconds sooner for a case of 100, whose template is large.
        """
        export = self._export
        rows = next(list_label_rows(export.codes, export.start, export.start + 1))
        symbols = self._draw_plainly(rows)
        return LabelChunk(symbols=symbols, codes=rows.codes, ssccs=rows.ssccs)

    def _draw_plainly(self, rows: LabelRows) -> NDArray[np.uint8]:
        """Draw the symbols of a short last group."""
        drawn = []
        for row in rows.fields:
            text, at = "", 0
            fields = row.tobytes().decode("ascii")
            for part in rows.parts:
                text += part if isinstance(part, str) else fields[at : at + part]
                at += 0 if isinstance(part, str) else part
            symbol = qr.encode(text, version=self._version)
            drawn.append(np.packbits(symbol.modules, axis=1))
        return np.stack(drawn)


def _read_sheets_back(export: Export, order: LabelOrder, path: Path) -> None:
    """Compare labels of the first, middle and last pages with what they should say."""
    per_page = order.layout.per_page
    labels = export.stop - export.start
    pages = -(-(order.skip + labels) // per_page)
    wanted = max(3, -(-LABELS_READ_BACK_MIN // per_page))
    chosen = sorted({round(step * (pages - 1) / (wanted - 1)) for step in range(wanted)})
    expected: dict[int, list[str]] = {}
    elements: dict[str, str] = {}
    for page in chosen:
        first = page * per_page - order.skip
        start, stop = max(first, 0), min(first + per_page, labels)
        urls = list_urls(export.codes, export.start + start, export.start + stop)
        expected[page] = [""] * (start - first) + urls
        if order.is_logistic:
            bars = _list_elements(export, export.start + start, export.start + stop)
            elements.update(zip(urls, bars, strict=True))
    found = read_back(
        path,
        order.layout,
        expected,
        dpi=order.dpi,
        elements=elements if order.is_logistic else None,
    )
    if found.wrong:
        page, position, _ = found.wrong[0]
        raise DomainError("labels_unreadable", page=page + 1, position=position + 1)


def _read_pictures_back(export: Export, order: LabelOrder, path: Path) -> None:
    """Compare labels of the beginning, the end and between with what they should say."""
    count = export.stop - export.start
    wanted = min(count, LABELS_READ_BACK_MIN)
    chosen = sorted({step * (count - 1) // max(wanted - 1, 1) for step in range(wanted)})
    if order.format is LabelFormat.ZPL:
        pictures = _read_lines(path, chosen)
    else:
        pictures = _read_archive(export, order.format, path, chosen)
    for position, picture in zip(chosen, pictures, strict=True):
        index = export.start + position
        expected = list_urls(export.codes, index, index + 1)
        is_right = [symbol.text for symbol in read_symbols(picture)] == expected
        if is_right and order.is_logistic:
            is_right = read_elements(picture) == _list_elements(export, index, index + 1)
        if not is_right:
            raise DomainError("labels_unreadable", page=position + 1, position=1)


def _list_elements(export: Export, start: int, stop: int) -> list[str]:
    """Return what the bars on the labels of some units should say."""
    return [f"00{row.tobytes().decode()}" for row in list_ssccs(export.codes, start, stop)]


def _read_lines(path: Path, chosen: list[int]) -> Iterator[NDArray[np.uint8]]:
    """Yield the chosen labels of a ZPL file as a printer prints them."""
    wanted, position, printer = set(chosen), 0, Printer()
    with path.open("rb") as file:
        for line in file:
            # Every line is a label but the two that store a logo and throw it away.
            is_label = b"^GFA" in line
            if not is_label or position in wanted:
                picture = printer.take(line)
                if picture is not None:
                    yield picture
            position += is_label


def _read_archive(
    export: Export, kind: LabelFormat, path: Path, chosen: list[int]
) -> Iterator[NDArray[np.uint8]]:
    """Yield the pictures of the chosen labels of an archive."""
    names = []
    for position in chosen:
        index = export.start + position
        rows = next(list_label_rows(export.codes, index, index + 1))
        names.append(_name_picture(export, kind, index, rows.codes[0].tobytes()))
    for data in read_members(path, names):
        yield read_modules(data.decode()) if kind is LabelFormat.SVG else decode_png(data)


def draw_specimen(export: Export, order: LabelOrder) -> str:
    """Draw the first label of `export` as SVG, for looking at; nothing is read back."""
    one = replace(export, stop=export.start + 1)
    press = _Press(one)
    drawing = Drawing(_require_printable(one, order, press.modules))
    return next(drawing.draw(press.draw_first()))
