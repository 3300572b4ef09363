# SPDX-License-Identifier: Apache-2.0
"""Print files at the JSON surface, and the label sheets they can be made for."""

import os
from typing import Annotated, Final, Literal

from fastapi import Query
from fastapi.responses import StreamingResponse
from pydantic import Field

from trueorigin.api.calls import Call, CallHere
from trueorigin.api.forms import Answer, RunId
from trueorigin.api.runs import CodesQuery
from trueorigin.domain.sheets import LAYOUTS, PRINTER_DPI, Layout, get_layout
from trueorigin.services import downloads
from trueorigin.services.downloads import Taking
from trueorigin.services.labelling import LabelFormat, LabelOrder
from trueorigin.web.i18n import translator
from trueorigin.web.labels import name_file, open_label_file, stream_file, word_export

PDF: Final = LabelFormat.PDF.media_type
ZPL: Final = LabelFormat.ZPL.media_type
ZIP: Final = LabelFormat.SVG.media_type
LAYOUT_DEFAULT: Final = "a4-24"


class LabelQuery(CodesQuery):
    """Which labels are wanted, on which sheet, in which language; `skip` leaves places empty."""

    layout: str = Field(default=LAYOUT_DEFAULT, max_length=40)
    language: Literal["zh", "en"] = "zh"
    dpi: int = Field(default=300, ge=1, le=max(PRINTER_DPI))
    skip: int = Field(default=0, ge=0, le=1000)


class PictureQuery(LabelQuery):
    """Which labels are wanted as pictures, and of which kind."""

    image: Literal["svg", "png"] = "svg"


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
    return _send(call, run_id, query, LabelFormat.PDF)


def build_label_commands(
    call: CallHere, run_id: RunId, query: Annotated[LabelQuery, Query()]
) -> StreamingResponse:
    """Print the labels of a range as ZPL, a picture a label; a sample has been read back."""
    return _send(call, run_id, query, LabelFormat.ZPL)


def build_label_pictures(
    call: CallHere, run_id: RunId, query: Annotated[PictureQuery, Query()]
) -> StreamingResponse:
    """Draw the labels of a range, a picture each in one ZIP; a sample has been read back."""
    return _send(call, run_id, query, LabelFormat(query.image))


def _send(call: Call, run_id: int, query: LabelQuery, kind: LabelFormat) -> StreamingResponse:
    layout, vault = get_layout(query.layout), call.context.vault
    taking = Taking(run_id=run_id, range=query.to_draft(), format=kind.value)
    export = call.write(lambda tx, act: downloads.take_codes(tx, vault, act, taking))
    order = LabelOrder(
        text=word_export(export, query.language),
        language=translator(query.language).tag,
        layout=layout,
        dpi=query.dpi,
        skip=query.skip,
        format=kind,
    )
    file = open_label_file(call.context.scratch, export, order)
    headers = {
        "Content-Disposition": f'attachment; filename="{name_file(export, kind.suffix)}"',
        "Cache-Control": "no-store",
        "Content-Length": str(os.fstat(file.fileno()).st_size),
    }
    return StreamingResponse(stream_file(file), media_type=kind.media_type, headers=headers)
