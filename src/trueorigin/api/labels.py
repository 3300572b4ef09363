# SPDX-License-Identifier: Apache-2.0
"""Print files at the JSON surface, and the label sheets they can be made for."""

import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, BinaryIO, Final, Literal

from fastapi import Query
from fastapi.responses import StreamingResponse
from pydantic import Field

from trueorigin.api.calls import CallHere
from trueorigin.api.forms import Answer, RunId
from trueorigin.api.runs import CodesQuery
from trueorigin.domain.errors import DomainError
from trueorigin.domain.sheets import LAYOUTS, PRINTER_DPI, Layout, get_layout
from trueorigin.services import issuing
from trueorigin.services.issuing import Export
from trueorigin.services.labelling import LabelOrder, build_labels
from trueorigin.web.i18n import translator
from trueorigin.web.labels import word_label

PDF: Final = "application/pdf"
LAYOUT_DEFAULT: Final = "a4-24"
# Each takes a core for seconds; readings need the others.
FILES_AT_ONCE: Final = 2
# About two files of the largest size; then it is better to say so.
WAIT_S_MAX: Final = 20
_CHUNK: Final = 2**18
_PLACES = threading.BoundedSemaphore(FILES_AT_ONCE)


class LabelQuery(CodesQuery):
    """Which labels are wanted, on which sheet, in which language; `skip` leaves places empty."""

    layout: str = Field(default=LAYOUT_DEFAULT, max_length=40)
    language: Literal["zh", "en"] = "zh"
    dpi: int = Field(default=300, ge=1, le=max(PRINTER_DPI))
    skip: int = Field(default=0, ge=0, le=1000)


class LayoutAnswer(Answer):
    """A label sheet, or a roll where a page is one label; lengths in millimetres."""

    name: str
    page: tuple[float, float]
    columns: int
    rows: int
    label: tuple[float, float]

    @classmethod
    def of(cls, layout: Layout) -> "LayoutAnswer":
        """Show a layout."""
        return cls(
            name=layout.name,
            page=layout.page,
            columns=layout.columns,
            rows=layout.rows,
            label=layout.label,
        )


class LayoutsAnswer(Answer):
    """All label sheets there are."""

    items: list[LayoutAnswer]


def list_label_layouts() -> LayoutsAnswer:
    """List the sheets and rolls that labels can be printed on."""
    return LayoutsAnswer(items=[LayoutAnswer.of(layout) for layout in LAYOUTS.values()])


def build_label_file(
    call: CallHere, run_id: RunId, query: Annotated[LabelQuery, Query()]
) -> StreamingResponse:
    """Print the labels of a range as PDF; a sample of it has been read back before it is sent."""
    layout = get_layout(query.layout)
    draft, vault = query.to_draft(), call.context.vault
    export = call.write(
        lambda tx, act: issuing.open_export(tx, vault, act, run_id, draft, purpose="label")
    )
    language = translator(query.language)
    run = export.codes.run
    order = LabelOrder(
        text=word_label(export.product, export.batch, run, query.level, language),
        language=language.tag,
        layout=layout,
        dpi=query.dpi,
        skip=query.skip,
    )
    name = f"run-{run_id}-level-{query.level}-{export.start}-{export.stop}.pdf"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    file = _open_labels(call.context.scratch, export, order)
    headers["Content-Length"] = str(os.fstat(file.fileno()).st_size)
    return StreamingResponse(_read(file), media_type=PDF, headers=headers)


def _open_labels(scratch: Path, export: Export, order: LabelOrder) -> BinaryIO:
    """Build a print file and return it open; it is on no list of files any more."""
    if not _PLACES.acquire(timeout=WAIT_S_MAX):
        raise DomainError("busy", seconds=5)
    try:
        # The folder goes when the block ends; an open file outlives its name.
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            path = Path(folder) / "labels.pdf"
            build_labels(export, order, path)
            return path.open("rb")
    finally:
        _PLACES.release()


def _read(file: BinaryIO) -> Iterator[bytes]:
    """Yield the file in pieces and close it, also when the reader goes away."""
    with file:
        while piece := file.read(_CHUNK):
            yield piece
