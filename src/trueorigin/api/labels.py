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
from trueorigin.domain.designs import (
    DESIGN_DEFAULT,
    DESIGNS,
    FREE_LINE_LENGTH_MAX,
    Design,
    Part,
    parse_look,
)
from trueorigin.domain.errors import DomainError
from trueorigin.domain.files import File
from trueorigin.domain.sheets import LAYOUTS, PRINTER_DPI, Layout, get_layout
from trueorigin.domain.tenancy import TenantScope
from trueorigin.services import downloads, logos
from trueorigin.services.downloads import Taking
from trueorigin.services.issuing import Export
from trueorigin.services.labelling import LabelFormat
from trueorigin.services.printing import PrintOrder
from trueorigin.storage.database import Tx
from trueorigin.web.labels import (
    build_label_order,
    name_file,
    open_label_file,
    split_parts,
    stream_file,
)

PDF: Final = LabelFormat.PDF.media_type
ZPL: Final = LabelFormat.ZPL.media_type
ZIP: Final = LabelFormat.SVG.media_type
LAYOUT_DEFAULT: Final = "a4-24"


class LabelQuery(CodesQuery):
    """Which labels are wanted, on which sheet, in which language; `skip` leaves places empty.

    `layout` is the sheet, `design` what stands on a label beside the symbol and its code. `parts`
    names, with commas between, which of the design's texts are printed, and others; `line` is one
    of your own.
    """

    layout: str = Field(default=LAYOUT_DEFAULT, max_length=40)
    design: str = Field(default=DESIGN_DEFAULT, max_length=40, examples=list(DESIGNS))
    parts: str | None = Field(default=None, max_length=200, examples=[",".join(Part)])
    line: str | None = Field(default=None, max_length=4 * FREE_LINE_LENGTH_MAX)
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


class DesignAnswer(Answer):
    """What stands on a label; `parts` are its texts unless others are asked for.

    Designs with `has_sscc` are for groups that have one, and print it as GS1-128.
    """

    name: str
    parts: list[Part]
    has_logo: bool
    has_sscc: bool

    @classmethod
    def of(cls, design: Design) -> "DesignAnswer":
        """Show a design."""
        return cls(
            name=design.name,
            parts=list(design.parts),
            has_logo=design.has_logo,
            has_sscc=design.has_sscc,
        )


class LayoutsAnswer(Answer):
    """All label sheets there are, and all designs."""

    items: list[LayoutAnswer]
    designs: list[DesignAnswer]


def list_label_layouts() -> LayoutsAnswer:
    """List the sheets and rolls that labels can be printed on, and how labels can look."""
    return LayoutsAnswer(
        items=[LayoutAnswer.of(layout) for layout in LAYOUTS.values()],
        designs=[DesignAnswer.of(design) for design in DESIGNS.values()],
    )


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
    """Make the file, read it back, and only then log the download and hand it out."""
    layout, vault, context = get_layout(query.layout), call.context.vault, call.context
    look = parse_look(query.design, split_parts(query.parts), query.line)
    taking = Taking(run_id=run_id, range=query.to_draft(), format=kind.value)

    def prepare(tx: Tx, scope: TenantScope) -> tuple[Export, File | None]:
        return downloads.prepare_codes(tx, vault, scope, taking), logos.find_logo(tx, scope, look)

    export, logo = call.read(prepare)
    order = PrintOrder(
        run_id=run_id,
        level=export.codes.level,
        start=export.start,
        stop=export.stop,
        format=kind.value,
        layout=layout.name,
        language=query.language,
        dpi=query.dpi,
        skip=query.skip,
        look=look,
    )
    labels = build_label_order(export, order, logos.open_logo(context.files, logo))
    file = open_label_file(context.scratch, export, labels)
    try:
        call.write(lambda tx, act: downloads.take_codes(tx, vault, act, taking))
    except DomainError:
        file.close()
        raise
    headers = {
        "Content-Disposition": f'attachment; filename="{name_file(export, kind.suffix)}"',
        "Cache-Control": "no-store",
        "Content-Length": str(os.fstat(file.fileno()).st_size),
    }
    return StreamingResponse(stream_file(file), media_type=kind.media_type, headers=headers)
