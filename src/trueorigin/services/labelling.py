# SPDX-License-Identifier: Apache-2.0
"""Print files: the labels of a range of a run as a PDF, offered only after a sample was read back.

A label that cannot be read costs a recall of packages; so each file is rendered again, and symbols
of its first, middle and last page are read by another program and compared.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trueorigin.adapters.barcodes import read_back
from trueorigin.adapters.pdf import LabelChunk, LabelJob, write_labels
from trueorigin.adapters.typesetting import LabelText
from trueorigin.domain import qr
from trueorigin.domain.codelist import LabelRows, list_label_rows, list_urls
from trueorigin.domain.errors import DomainError, InvalidError
from trueorigin.domain.humancode import CHECK_SYMBOLS, PREFIX_SYMBOLS
from trueorigin.domain.sheets import Layout
from trueorigin.services.issuing import Export

# Some 30 MB of file and a few seconds; whoever needs more asks for the next range.
LABELS_PER_FILE_MAX = 50_000
# Pages of one label are read as fast as they are few.
LABELS_READ_BACK_MIN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelOrder:
    """How labels are to look: `text` in `language` (BCP 47), the sheet, the printer's dots.

    The first `skip` labels of the first sheet stay empty.
    """

    text: LabelText
    language: str
    layout: Layout
    dpi: int = 300
    skip: int = 0


def build_labels(export: Export, order: LabelOrder, path: Path) -> int:
    """Write the labels of `export` to `path`, read a sample of them back, and return how many.

    Refuses more than `LABELS_PER_FILE_MAX`, a skip of a sheet or more, and symbols or texts that
    do not fit. A label that is not read back as it should is our defect: `labels_unreadable`.
    """
    count = export.stop - export.start
    if count > LABELS_PER_FILE_MAX:
        raise InvalidError("labels_too_many", field="to", limit=LABELS_PER_FILE_MAX)
    if not 0 <= order.skip < order.layout.per_page:
        raise InvalidError("skip_out_of_range", field="skip", max=order.layout.per_page - 1)
    press = _Press(export)
    job = LabelJob(
        layout=order.layout,
        text=order.text,
        modules=press.modules,
        code_length=PREFIX_SYMBOLS + export.codes.run.symbols + CHECK_SYMBOLS,
        dpi=order.dpi,
        language=order.language,
        skip=order.skip,
    )
    with path.open("wb") as out:
        written = write_labels(out, job, press.draw())
    _read_sample_back(export, order, path)
    return written


class _Press:
    """Draws the symbols of one export, all of one size.

    Built from the first rows: their template serves every row but those of a short last group,
    which is drawn by itself in the same version.
    """

    def __init__(self, export: Export) -> None:
        self._export = export
        codes = export.codes
        first = next(list_label_rows(codes, export.start, export.start + 1))
        self._template = qr.Template(*first.parts)
        self.modules = self._template.size

    def draw(self) -> Iterator[LabelChunk]:
        """Yield the labels in order."""
        export = self._export
        for rows in list_label_rows(export.codes, export.start, export.stop):
            if rows.parts == self._template.parts:
                symbols = self._template.render(rows.fields)
            else:
                symbols = self._draw_plainly(rows)
            yield LabelChunk(symbols=symbols, codes=rows.codes)

    def _draw_plainly(self, rows: LabelRows) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        """Draw the symbols of a short last group."""
        drawn = []
        for row in rows.fields:
            text, at = "", 0
            fields = row.tobytes().decode("ascii")
            for part in rows.parts:
                text += part if isinstance(part, str) else fields[at : at + part]
                at += 0 if isinstance(part, str) else part
            symbol = qr.encode(text, version=self._template.version)
            drawn.append(np.packbits(symbol.modules, axis=1))
        return np.stack(drawn)


def _read_sample_back(export: Export, order: LabelOrder, path: Path) -> None:
    """Compare labels of the first, middle and last pages with what they should say."""
    per_page = order.layout.per_page
    labels = export.stop - export.start
    pages = -(-(order.skip + labels) // per_page)
    wanted = max(3, -(-LABELS_READ_BACK_MIN // per_page))
    chosen = sorted({round(step * (pages - 1) / (wanted - 1)) for step in range(wanted)})
    expected: dict[int, list[str]] = {}
    for page in chosen:
        first = page * per_page - order.skip
        start, stop = max(first, 0), min(first + per_page, labels)
        urls = list_urls(export.codes, export.start + start, export.start + stop)
        expected[page] = [""] * (start - first) + urls
    found = read_back(path, order.layout, expected, dpi=order.dpi)
    if found.wrong:
        page, position, _ = found.wrong[0]
        raise DomainError("labels_unreadable", page=page + 1, position=position + 1)
