# SPDX-License-Identifier: Apache-2.0
"""Print files: label sheets and rolls as PDF, by the hundred thousand.

pikepdf keeps the container (streams, fonts, page tree); the page content is ours. All labels of a
run (but the last, whose group may be short) have the same content but for symbol and code, so a
page is a matrix of bytes, one line a label, with holes that numpy fills a thousand labels at a
time:

    q 1 0 0 1   155  3382 cm /T Do BT .. (3KQ7 ....)Tj ET 145 0 0 145 40 -185 cm BI .. ID ....>EI Q
              where it is    logo, name,  code                 symbol: a hexadecimal
              on the sheet   lot          in groups of four    image mask, a bit a module

Units on a page are the printer's dots, so every module is a whole number of dots and starts on
one. Hexadecimal, not raw, because a reader may search raw data for `EI`; deflate takes back what
it costs. The same labels give the same bytes.
"""

import io
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO, Final, cast

import numpy as np
import pikepdf
from numpy.typing import NDArray
from pikepdf import Array, Dictionary, Name

from trueorigin.adapters.fonts import Face
from trueorigin.adapters.logos import Logo, scale_logo
from trueorigin.adapters.pdf_fonts import embed_composite, embed_simple
from trueorigin.adapters.typesetting import (
    GROUP,
    BarBlock,
    Box,
    LabelText,
    Typeset,
    typeset,
    typeset_logistic,
)
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.gs1 import SSCC_DIGITS
from trueorigin.domain.gs1_128 import SSCC_MODULES, draw_ssccs
from trueorigin.domain.logistic import place_logistic
from trueorigin.domain.sheets import (
    PRINTER_DPI,
    Layout,
    Placement,
    label_corners,
    page_dots,
    place_symbol,
)

# The container is kept in memory until it is saved, 3 KB a page: 80 MB at the most. On a roll
# every label is a page.
_LABELS_MAX: Final = 100_000
_PAGES_MAX: Final = 25_000

# Pages are filled about this many labels at a time: 0.5 MB, which a second-level cache holds.
_BATCH: Final = 1024

# Symbols hardly compress: level 1 writes twice as many labels a second as level 6, in files a
# seventh larger.
_DEFLATE_LEVEL: Final = 1

# Names of the forms that hold the texts of all labels, and those of a last one that differs.
_FORMS: Final = ("T", "U")

_HEXADECIMAL: Final = np.frombuffer(
    "".join(f"{byte:02x}" for byte in range(256)).encode(), np.uint16
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelJob:
    """What all labels of one print file share.

    `modules` is the side of the symbols, `code_length` the characters of the human-readable code
    without blanks, `language` the BCP 47 tag of `text`. The first `skip` labels of the first page
    stay empty, for a sheet that is partly used. `is_plain` labels have no texts and no logo;
    `is_black` says that drawings are to show the logo as a printer without colours does.
    `is_logistic` labels show the SSCC of each unit as GS1-128, and no logo. `last_text` is what the
    last label of the file says instead of `text`: a run's last group may hold less than the others.
    """

    layout: Layout
    text: LabelText
    modules: int
    code_length: int
    dpi: int = 300
    language: str = "zh"
    skip: int = 0
    logo: Logo | None = None
    is_plain: bool = False
    is_black: bool = False
    is_logistic: bool = False
    last_text: LabelText | None = None

    @property
    def forms(self) -> tuple["LabelJob", ...]:
        """Return the job of all labels, or those of the labels before the last and of the last."""
        if self.last_text is None:
            return (self,)
        usual = replace(self, last_text=None)
        return usual, replace(usual, text=self.last_text)

    def arrange(self) -> tuple[Placement, Typeset]:
        """Return where symbol, texts and logo go; refused when the label is too small for them."""
        if self.is_logistic:
            placement, frame = place_logistic(self.layout, self.modules, dpi=self.dpi)
            length = self.code_length
            return placement, typeset_logistic(self.text, placement, frame, code_length=length)
        placement = place_symbol(self.layout, self.modules, dpi=self.dpi, is_plain=self.is_plain)
        shape = None if self.logo is None else self.logo.size
        texts = typeset(self.text, placement, code_length=self.code_length, logo=shape)
        return placement, texts


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelChunk:
    """Some labels in order: packed symbols (n, size, row_bytes), ASCII codes (n, code_length).

    `ssccs` are ASCII digits (n, 18); logistic labels need them. `is_last` says that this is the one
    label that shows the job's `last_text`.
    """

    symbols: NDArray[np.uint8]
    codes: NDArray[np.uint8]
    ssccs: NDArray[np.uint8] | None = None
    is_last: bool = False

    def cut(self, start: int, stop: int) -> "LabelChunk":
        """Return the labels [start, stop) of these."""
        return LabelChunk(
            symbols=self.symbols[start:stop],
            codes=self.codes[start:stop],
            ssccs=None if self.ssccs is None else self.ssccs[start:stop],
            is_last=self.is_last,
        )

    def part_last(self) -> tuple["LabelChunk", "LabelChunk"]:
        """Return the labels before the last of these, which may be none, and the last."""
        before = len(self.codes) - 1
        return self.cut(0, before), replace(self.cut(before, before + 1), is_last=True)

    @property
    def digits(self) -> NDArray[np.uint8]:
        """Return the SSCCs of labels that must have them."""
        if self.ssccs is None:
            raise ValueError("logistic labels have an SSCC each")
        return self.ssccs


def cut_chunks(chunks: Iterable[LabelChunk], size: int) -> Iterator[LabelChunk]:
    """Cut chunks of any size into such of at most `size` labels."""
    for chunk in chunks:
        for start in range(0, len(chunk.codes), size):
            yield chunk.cut(start, start + size)


@dataclass(frozen=True, slots=True, kw_only=True)
class _PageForm:
    """The bytes of a full page, one row a label, and where its holes are."""

    rows: NDArray[np.uint8]
    symbol: slice
    code: NDArray[np.intp]
    bars: slice | None
    digits: slice | None


def labels_max(layout: Layout) -> int:
    """Return how many labels one print file of this layout may hold."""
    return min(_LABELS_MAX, _PAGES_MAX * layout.per_page)


def write_labels(out: BinaryIO, job: LabelJob, chunks: Iterable[LabelChunk]) -> int:
    """Write a print file and return how many labels it holds; chunks may be of any size.

    Raises what `LabelJob.arrange` does, before anything is drawn, and `labels_too_many` beyond
    `labels_max`. Nothing reaches `out` until all chunks are drawn.
    """
    arranged = [form.arrange() for form in job.forms]
    forms = [
        _build_page_form(job, placement, texts, name)
        for name, (placement, texts) in zip(_FORMS, arranged, strict=False)
    ]
    pdf = pikepdf.new()
    tree = pdf.Root.Pages
    pages = []
    count, limit = 0, labels_max(job.layout)
    for content, labels in _draw_pages(job, forms, chunks):
        count += labels
        if count > limit:
            raise InvalidError("labels_too_many", field="to", limit=limit)
        stream = pikepdf.Stream(pdf, content, Filter=Name.FlateDecode)
        pages.append(pdf.make_indirect(Dictionary(Type=Name.Page, Parent=tree, Contents=stream)))
    width, height = (
        f"{dots * 72 / PRINTER_DPI[job.dpi]:.4f}" for dots in page_dots(job.layout, dpi=job.dpi)
    )
    tree.Kids = Array(pages)
    tree.Count = len(pages)
    tree.MediaBox = Array(
        [0, 0, pikepdf.Object.parse(width.encode()), pikepdf.Object.parse(height.encode())]
    )
    tree.Resources = _build_resources(pdf, job, [texts for _, texts in arranged])
    pdf.Root.Lang = job.language
    # A printer dialogue that shrinks to fit would spoil the whole-dot modules.
    pdf.Root.ViewerPreferences = Dictionary(PrintScaling=Name("/None"), DisplayDocTitle=True)
    pdf.trailer.Info = pdf.make_indirect(Dictionary(Title=job.text.title, Producer="TrueOrigin"))
    outlet = _Outlet(out)
    pdf.save(
        cast("BinaryIO", outlet),
        compress_streams=False,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        deterministic_id=True,
    )
    if outlet.failure is not None:
        raise outlet.failure
    return count


class _Outlet(io.RawIOBase):
    """Hands on what is written; where that fails it drops the rest, and keeps the `failure`.

    The library that writes PDF ends the whole process, the server, where writing raises.
    """

    def __init__(self, out: BinaryIO) -> None:
        super().__init__()
        self._out = out
        self.failure: OSError | None = None

    def writable(self) -> bool:
        return True

    def write(self, data: bytes, /) -> int:  # type: ignore[override]  # bytes is all it is given
        if self.failure is None:
            try:
                self._out.write(data)
            except OSError as error:
                self.failure = error
        return len(data)


def _build_page_form(job: LabelJob, placement: Placement, texts: Typeset, name: str) -> _PageForm:
    """Write out one page with blanks for the holes; `name` is that of the texts' form."""
    _, height = page_dots(job.layout, dpi=job.dpi)
    row_bytes = -(-job.modules // 8)
    side = placement.side
    left, top = placement.symbol
    block = texts.code
    lines = [_grouped(end - start) for start, end in block.lines]
    shown = b")Tj T*(".join(lines)
    head = (
        f"/{name} Do BT/C {block.size:.2f} Tf {block.leading:.2f} TL "
        f"{block.left} {-block.baseline:.2f} Td("
    ).encode()
    middle = (
        f")Tj ET {side} 0 0 {side} {left} {-top - side} cm "
        f"BI/W {job.modules}/H {job.modules}/IM true/D[1 0]/F/AHx ID "
    ).encode()
    hole = b"0" * (2 * job.modules * row_bytes)
    where = [
        f"q 1 0 0 1 {x:5d} {height - y:5d} cm".encode()
        for x, y in label_corners(job.layout, dpi=job.dpi)
    ]
    bars = b"" if texts.bars is None else _write_bars(texts.bars)
    rows = [place + bars + head + shown + middle + hole + b">EI Q\n" for place in where]
    code_start = len(where[0]) + len(bars) + len(head)
    symbol_start = code_start + len(shown) + len(middle)
    code = [code_start + at for at, byte in enumerate(shown) if byte == ord("#")]
    return _PageForm(
        rows=np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), -1),
        symbol=slice(symbol_start, symbol_start + len(hole)),
        code=np.array(code, np.intp),
        bars=_find_hole(rows[0], b"-"),
        digits=_find_hole(rows[0], b"="),
    )


def _write_bars(block: BarBlock) -> bytes:
    """Write out bars and digits of an SSCC, hyphens and equals signs in the place of holes.

    The bars are a picture of one line, as high as the bars are.
    """
    box = block.bars
    return (
        f" q {box.width} 0 0 {box.height} {box.left} {-box.top - box.height} cm "
        f"BI/W {SSCC_MODULES}/H 1/IM true/D[1 0]/F/AHx ID ".encode()
        + b"-" * (2 * -(-SSCC_MODULES // 8))
        + f">EI Q BT/C {block.size:.2f} Tf {block.left} {-block.baseline} Td(\\(00\\)".encode()
        + b"=" * SSCC_DIGITS
        + b")Tj ET "
    )


def _find_hole(row: bytes, mark: bytes) -> slice | None:
    """Return where `mark` stands many times; a single hyphen is the sign of a number."""
    found = re.search(re.escape(mark) + b"{9,}", row)
    return None if found is None else slice(*found.span())


def _grouped(length: int) -> bytes:
    """Return `length` number signs in groups, to be replaced by the characters of a code."""
    return b" ".join(b"#" * min(GROUP, length - start) for start in range(0, length, GROUP))


def _draw_pages(
    job: LabelJob, forms: Sequence[_PageForm], chunks: Iterable[LabelChunk]
) -> Iterator[tuple[bytes, int]]:
    """Yield the deflated content of each page and the labels on it."""
    # The page's unit becomes the dot; 1,000 labels are drawn at once whatever a page holds.
    unit = f"{72 / PRINTER_DPI[job.dpi]:.8f}"
    opening = f"{unit} 0 0 {unit} 0 0 cm\n".encode()
    per_page = job.layout.per_page
    place = job.skip % per_page
    page: list[NDArray[np.uint8]] = []
    for chunk in cut_chunks(chunks, _BATCH):
        rows = _fill_rows(forms[chunk.is_last], chunk, place)
        while len(rows):
            part, rows = rows[: per_page - place], rows[per_page - place :]
            page.append(part)
            place = (place + len(part)) % per_page
            if not place:
                yield _deflate(opening, page)
                page = []
    if page:
        yield _deflate(opening, page)


def _fill_rows(form: _PageForm, chunk: LabelChunk, place: int) -> NDArray[np.uint8]:
    """Return the bytes of labels, one row each, the first of them at `place` on its page."""
    count = len(chunk.codes)
    rows = form.rows[np.arange(place, place + count) % len(form.rows)]
    rows[:, form.symbol] = np.take(_HEXADECIMAL, chunk.symbols.reshape(count, -1)).view(np.uint8)
    rows[:, form.code] = chunk.codes
    if form.bars is not None:
        bars = np.packbits(draw_ssccs(chunk.digits), axis=1)
        rows[:, form.bars] = np.take(_HEXADECIMAL, bars).view(np.uint8)
        rows[:, form.digits] = chunk.digits
    return rows


def _deflate(opening: bytes, page: list[NDArray[np.uint8]]) -> tuple[bytes, int]:
    """Return the content of one page and how many labels it holds."""
    content = opening + b"".join(part.tobytes() for part in page)
    return zlib.compress(content, _DEFLATE_LEVEL), sum(map(len, page))


def _build_resources(pdf: pikepdf.Pdf, job: LabelJob, texts: Sequence[Typeset]) -> pikepdf.Object:
    """Embed the fonts and draw texts and logo once, as the forms that the labels show."""
    fonts, drawn = Dictionary(), [""] * len(texts)
    for face, resource in ((Face.TITLE, "/N"), (Face.LINE, "/L")):
        lines = [
            (form, line)
            for form, each in enumerate(texts)
            for line in each.fixed
            if line.face is face
        ]
        if not lines:
            continue
        font, glyphs = embed_composite(pdf, face, [line.text for _, line in lines])
        fonts[resource] = font
        for form, line in lines:
            shown = "".join(f"{glyphs[ord(character)]:04x}" for character in line.text)
            where = f"{line.left} {-line.baseline:.2f} Td"
            drawn[form] += f"BT{resource} {line.size:.2f} Tf {where}<{shown}>Tj ET\n"
    fonts["/C"] = embed_simple(pdf, Face.CODE)
    forms = Dictionary()
    for name, content, each in zip(_FORMS, drawn, texts, strict=False):
        forms[f"/{name}"] = _build_form(pdf, job, each, content, fonts)
    return pdf.make_indirect(Dictionary(Font=fonts, XObject=forms))


def _build_form(
    pdf: pikepdf.Pdf, job: LabelJob, texts: Typeset, content: str, fonts: pikepdf.Object
) -> pikepdf.Object:
    """Return what labels share as a form: the lines drawn by `content`, logo and rules."""
    if texts.logo is not None:
        box = texts.logo
        where = f"{box.width} 0 0 {box.height} {box.left} {-box.top - box.height} cm"
        content += f"q {where}/I Do Q\n"
    for rule in texts.rules:
        content += f"{rule.left} {-rule.top - rule.height} {rule.width} {rule.height} re f\n"
    form = pikepdf.Stream(pdf, content.encode())
    per_mm = PRINTER_DPI[job.dpi] / 25.4
    width, height = (round(side * per_mm) for side in job.layout.label)
    form.Type, form.Subtype = Name.XObject, Name.Form
    form.BBox = Array([0, -height, width, 0])
    form.Resources = Dictionary(Font=fonts)
    if job.logo is not None and texts.logo is not None:
        form.Resources.XObject = Dictionary(I=_embed_logo(pdf, job.logo, texts.logo))
    return form


def _embed_logo(pdf: pikepdf.Pdf, logo: Logo, box: Box) -> pikepdf.Object:
    """Embed the picture once, in as many pixels as the printer has dots for it."""
    pixels = scale_logo(logo, (box.width, box.height))
    image = pikepdf.Stream(pdf, zlib.compress(pixels.tobytes()), Filter=Name.FlateDecode)
    image.Type, image.Subtype = Name.XObject, Name.Image
    image.Width, image.Height = pixels.shape[1], pixels.shape[0]
    image.ColorSpace, image.BitsPerComponent = Name.DeviceRGB, 8
    image.Interpolate = True
    return pdf.make_indirect(image)
